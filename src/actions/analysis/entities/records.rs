//! Which records of a file's facts an entity is, what they are called, and where a tree shows them. Reads no source.

use std::cmp::Reverse;

use crate::facts::body::{ExprKind, expr};
use crate::facts::head::{Def, DefKind, Import, ImportForm};
use crate::facts::{CallId, DefId, ExprId, Facts, ImportId, Place};
use crate::query::ir::Name;

/// An entity's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// A definition.
    Def(DefId),
    /// A call.
    Call(ExprId),
    /// A binding of an import.
    Import(ImportId),
}

/// The records of an entity in reading order, an outer one before those inside it.
pub(super) fn records(facts: &Facts, entity: &str) -> Vec<Record> {
    match entity {
        "callsite" => calls(facts),
        "import" => {
            let imports = 0..facts.head.imports.len();
            imports.map(|index| Record::Import(ImportId::at(index))).collect()
        }
        _ => {
            let defs = facts.head.defs.iter().enumerate();
            let meant = defs.filter(|(_, def)| is(facts, def, entity));
            meant.map(|(index, _)| Record::Def(DefId::at(index))).collect()
        }
    }
}

/// Whether anything of a file may be called so, told by its texts alone: of a name or a path, the last part is one of
/// them, or of a module's name.
pub(super) fn may_be_called(facts: &Facts, name: &Name) -> bool {
    match name {
        Name::Exact(exact) => {
            let last = exact.rsplit(['.', ':']).next().unwrap_or_default();
            last == "*" || facts.strings.may_hold(last)
        }
        Name::Glob(_) | Name::Regex(_) => true,
    }
}

fn calls(facts: &Facts) -> Vec<Record> {
    let mut calls: Vec<(Place, ExprId)> = facts
        .call_sites()
        .filter_map(|call| Some((facts.expr(call.expr)?.place, call.expr)))
        .collect();
    calls.sort_unstable_by_key(|(place, id)| (place.at, Reverse(place.len), Reverse(*id)));
    calls.into_iter().map(|(_, id)| Record::Call(id)).collect()
}

fn is(facts: &Facts, def: &Def, entity: &str) -> bool {
    match entity {
        "function" => def.kind == DefKind::Function,
        "method" => facts.is_method(def),
        _ => matches!(
            def.kind,
            DefKind::Class | DefKind::Struct | DefKind::Enum | DefKind::Trait | DefKind::Union
        ),
    }
}

impl Record {
    /// What rows call it.
    pub(super) fn kind(self, facts: &Facts) -> &'static str {
        match self {
            Self::Def(id) => match facts.def(id) {
                Some(def) => facts.kind_of(def),
                None => "",
            },
            Self::Call(id) => match facts.expr(id).map(|expr| expr.kind) {
                Some(ExprKind::Macro) => "macro",
                _ => "call",
            },
            Self::Import(id) => facts.import(id).map_or("", |import| form(import.form)),
        }
    }

    /// What it is called: a definition's name, the last part of a callee, what an import binds.
    pub(super) fn name(self, facts: &Facts) -> &str {
        match self {
            Self::Def(id) => facts.def(id).map_or("", |def| facts.text(def.name)),
            Self::Call(id) => {
                let callee = callee(facts, id);
                callee
                    .and_then(|callee| facts.last_segment(callee))
                    .map_or("", |(name, _)| facts.text(name))
            }
            Self::Import(id) => match facts.import(id) {
                Some(import) if import.binds.is_none() => "*",
                Some(import) => facts.text(import.binds),
                None => "",
            },
        }
    }

    /// Whether it is meant by a name.
    pub(super) fn is_called(self, facts: &Facts, name: &Name) -> bool {
        if name.matches(self.name(facts)) {
            return true;
        }
        match self {
            Self::Def(_) => false,
            Self::Call(id) => {
                let path = || callee(facts, id).and_then(|callee| dotted(facts, callee));
                is_path(name) && path().is_some_and(|path| name.matches(&path))
            }
            Self::Import(id) => facts.import(id).is_some_and(|import| {
                name.matches(facts.text(import.name))
                    || name.matches(facts.text(import.module))
                    || import.level > 0 && name.matches(&module(facts, import))
            }),
        }
    }

    /// The byte that a tree shows it by; none of what a tree does not show as a node.
    pub(super) fn tie(self, facts: &Facts) -> Option<u32> {
        match self {
            Self::Def(id) => facts.def(id).map(|def| def.name_at.at),
            Self::Call(id) => {
                let call = facts.expr(id).filter(|call| !call.has(expr::MACRO | expr::QUOTED))?;
                facts.call(CallId(call.b)).map(|call| call.open_at)
            }
            Self::Import(id) => facts.import(id).map(|import| import.place.at),
        }
    }
}

/// What a call calls.
pub(super) fn callee(facts: &Facts, call: ExprId) -> Option<ExprId> {
    facts.as_call(call).map(|call| call.callee)
}

/// The module of an import, leading dots included.
pub(super) fn module(facts: &Facts, import: &Import) -> String {
    ".".repeat(usize::from(import.level)) + facts.text(import.module)
}

/// Whether a name is written with more than one part.
fn is_path(name: &Name) -> bool {
    let written = name.written();
    match name {
        Name::Regex(_) => written.contains(r"\.") || written.contains("::"),
        _ => written.contains('.') || written.contains("::"),
    }
}

/// A callee of names only: `a.b.c`, `a::b`.
fn dotted(facts: &Facts, callee: ExprId) -> Option<String> {
    let mut parts: Vec<(&str, &str)> = Vec::new();
    let mut at = callee;
    loop {
        let expr = facts.expr(at)?;
        let (base, name, sign) = match expr.kind {
            ExprKind::Name => (ExprId::NONE, expr.a, ""),
            ExprKind::Attr => (ExprId(expr.a), expr.b, "."),
            ExprKind::Path => (ExprId(expr.a), expr.b, "::"),
            _ => return None,
        };
        let sign = if base.is_none() { "" } else { sign };
        parts.push((sign, facts.text(crate::facts::Str(name))));
        if base.is_none() {
            break;
        }
        at = base;
    }
    Some(parts.into_iter().rev().flat_map(|(sign, name)| [sign, name]).collect())
}

const fn form(form: ImportForm) -> &'static str {
    match form {
        ImportForm::Import => "import",
        ImportForm::From | ImportForm::Future => "from_import",
        ImportForm::Star => "star_import",
        ImportForm::Use => "use",
        ImportForm::UseGlob => "use_glob",
        ImportForm::ExternCrate => "extern_crate",
        ImportForm::Mod => "mod",
    }
}
