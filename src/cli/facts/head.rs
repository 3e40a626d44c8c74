//! The tables of the head and the trivia as rows.

use serde_json::{Map, Value};

use super::row::Row;
use crate::facts::Facts;
use crate::facts::head::{def, scope, symbol};

type Rows = Vec<Map<String, Value>>;

const DEF: &[(u32, &str)] = &[
    (def::ASYNC, "async"),
    (def::GENERATOR, "generator"),
    (def::OVERLOAD, "overload"),
    (def::ABSTRACT, "abstract"),
    (def::UNSAFE, "unsafe"),
    (def::CONST, "const"),
    (def::EXTERN, "extern"),
    (def::DEFAULT, "default"),
    (def::CFG, "cfg"),
    (def::TEST, "test"),
    (def::MACRO_EXPORT, "macro_export"),
    (def::MUT, "mut"),
];

const SCOPE: &[(u32, &str)] = &[
    (scope::FUTURE_ANNOTATIONS as u32, "future_annotations"),
    (scope::USES_CLASS as u32, "uses_class"),
    (scope::STAR_IMPORT as u32, "star_import"),
    (scope::DYNAMIC as u32, "dynamic"),
    (scope::MOVE as u32, "move"),
    (scope::ASYNC as u32, "async"),
];

const SYMBOL: &[(u32, &str)] = &[
    (symbol::PARAM as u32, "param"),
    (symbol::ASSIGNED as u32, "assigned"),
    (symbol::REFERENCED as u32, "referenced"),
    (symbol::IMPORTED as u32, "imported"),
    (symbol::ANNOTATED as u32, "annotated"),
    (symbol::DEFINED as u32, "defined"),
    (symbol::DELETED as u32, "deleted"),
    (symbol::ITERATED as u32, "iterated"),
    (symbol::GLOBAL as u32, "global"),
    (symbol::NONLOCAL as u32, "nonlocal"),
    (symbol::TYPE_PARAM as u32, "type_param"),
];

pub(super) fn errors(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.errors.iter().map(|error| {
        let row = Row::unnamed(facts, text).word("kind", error.kind).str("text", error.text);
        row.place("at", error.place).done()
    });
    rows.collect()
}

pub(super) fn defs(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.defs.iter().enumerate().map(|(index, def)| {
        Row::new(facts, text, 'd', index)
            .word("kind", def.kind)
            .str("name", def.name)
            .flags(def.flags, DEF)
            .word("visibility", def.visibility)
            .place("name_at", def.name_at)
            .place("full", def.full)
            .place("head", def.head)
            .id("scope", 's', def.scope.0)
            .id("own", 's', def.own.0)
            .id("block", 'b', def.block.0)
            .id("body", 'b', def.body.0)
            .run("params", 'p', def.params)
            .run("type_params", 'g', def.type_params)
            .list("decorators", 'e', def.decorators.of(&facts.body.kids).iter().map(|e| e.0))
            .run("bases", 'a', def.bases)
            .id("type", 'e', def.ty.0)
            .id("value", 'e', def.value.0)
            .id("self_type", 'e', def.self_ty.0)
            .id("trait", 'e', def.trait_ty.0)
            .place("doc", def.doc)
            .done()
    });
    rows.collect()
}

pub(super) fn params(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.params.iter().enumerate().map(|(index, param)| {
        Row::new(facts, text, 'p', index)
            .word("kind", param.kind)
            .str("name", param.name)
            .place("at", param.place)
            .id("type", 'e', param.ty.0)
            .id("default", 'e', param.default.0)
            .id("pattern", 'e', param.pattern.0)
            .done()
    });
    rows.collect()
}

pub(super) fn type_params(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.type_params.iter().enumerate().map(|(index, param)| {
        Row::new(facts, text, 'g', index)
            .word("kind", param.kind)
            .str("name", param.name)
            .place("at", param.place)
            .id("bound", 'e', param.bound.0)
            .id("default", 'e', param.default.0)
            .done()
    });
    rows.collect()
}

pub(super) fn imports(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.imports.iter().enumerate().map(|(index, import)| {
        Row::new(facts, text, 'i', index)
            .word("form", import.form)
            .number("level", u32::from(import.level))
            .str("module", import.module)
            .str("name", import.name)
            .str("binds", import.binds)
            .word("visibility", import.visibility)
            .truth("macro_use", import.macro_use)
            .str("path", import.path)
            .id("stmt", 't', import.stmt.0)
            .id("scope", 's', import.scope.0)
            .place("at", import.place)
            .done()
    });
    rows.collect()
}

pub(super) fn exports(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.exports.iter().map(|export| {
        Row::unnamed(facts, text)
            .word("op", export.op)
            .str("value", export.value)
            .id("expr", 'e', export.expr.0)
            .place("at", export.place)
            .done()
    });
    rows.collect()
}

pub(super) fn scopes(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.scopes.iter().enumerate().map(|(index, scope)| {
        Row::new(facts, text, 's', index)
            .word("kind", scope.kind)
            .flags(u32::from(scope.flags), SCOPE)
            .id("parent", 's', scope.parent.0)
            .id("def", 'd', scope.def.0)
            .id("block", 'b', scope.block.0)
            .run("exprs", 'e', scope.exprs)
            .run("symbols", 'y', scope.symbols)
            .place("at", scope.place)
            .done()
    });
    rows.collect()
}

pub(super) fn declared(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.declared.iter().enumerate().map(|(index, declared)| {
        Row::new(facts, text, 'n', index)
            .word("kind", declared.kind)
            .str("name", declared.name)
            .id("scope", 's', declared.scope.0)
            .place("at", declared.place)
            .done()
    });
    rows.collect()
}

pub(super) fn symbols(facts: &Facts, text: &str) -> Rows {
    let rows = facts.head.symbols.iter().enumerate().map(|(index, symbol)| {
        Row::new(facts, text, 'y', index)
            .str("name", symbol.name)
            .flags(u32::from(symbol.flags), SYMBOL)
            .done()
    });
    rows.collect()
}

pub(super) fn tokens(facts: &Facts, text: &str) -> Rows {
    let rows = facts.trivia.tokens.iter().map(|token| {
        let row = Row::unnamed(facts, text).word("kind", token.kind);
        row.place("at", token.place).code(token.place).done()
    });
    rows.collect()
}
