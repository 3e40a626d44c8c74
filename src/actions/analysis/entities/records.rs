//! Which records of a file's facts an entity is, what they are called, and where a tree shows them. Reads no source.

use std::borrow::Cow;
use std::cmp::Reverse;

use crate::facts::body::{ExprKind, expr};
use crate::facts::head::{Def, DefKind, Import, ImportForm, Param, ParamKind, ScopeKind};
use crate::facts::{
    BlockId, CallId, DefId, ExprId, Facts, ImportId, Language, ParamId, Place, Shape,
};
use crate::project::variables::{self, Variable};
use crate::project::{DefRef, FileId, Project};
use crate::query::ir::Name;

/// A file whose records are looked at.
#[derive(Clone, Copy)]
pub(super) struct In<'a> {
    pub(super) facts: &'a Facts,
    pub(super) project: &'a Project,
    /// None of a file that the model does not hold.
    pub(super) file: Option<FileId>,
}

/// An entity's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// The file itself, as a module.
    File,
    /// A definition.
    Def(DefId),
    /// A call.
    Call(ExprId),
    /// A binding of an import.
    Import(ImportId),
    /// A name that is bound.
    Variable(Variable),
    /// A parameter of a definition, and the name it binds where that is part of a pattern.
    Param(DefId, ParamId, ExprId),
}

/// Whether closures of Rust count as functions: only where it is asked what they take from around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closures {
    Count,
    DoNot,
}

/// The records of an entity in reading order, an outer one before those inside it.
pub(super) fn records(of: In<'_>, entity: &str, closures: Closures) -> Vec<Record> {
    let facts = of.facts;
    let defs = |is: &dyn Fn(&Def) -> bool| -> Vec<Record> {
        let all = facts.head.defs.iter().enumerate();
        let meant = all.filter(|(_, def)| is(def));
        meant.map(|(index, _)| Record::Def(DefId::at(index))).collect()
    };
    match entity {
        "callsite" => calls(facts),
        "import" => {
            let imports = 0..facts.head.imports.len();
            imports.map(|index| Record::Import(ImportId::at(index))).collect()
        }
        "module" => {
            let inside = modules_in(facts).into_iter();
            let inside = inside.filter(|record| !of.is_file_elsewhere(*record));
            std::iter::once(Record::File).chain(inside).collect()
        }
        "variable" => variables::variables(facts).into_iter().map(Record::Variable).collect(),
        "parameter" => parameters(facts),
        "constant" | "type" => {
            let mut all = defs(&|def| is(facts, def, entity, closures));
            all.extend(
                variables::variables(facts)
                    .into_iter()
                    .filter(|variable| stands_for(facts, variable, entity))
                    .map(Record::Variable),
            );
            all.sort_by_key(|record| record.begin(facts));
            all
        }
        _ => defs(&|def| is(facts, def, entity, closures)),
    }
}

/// The modules that stand in a file, those whose text is a file of its own too.
pub(super) fn modules_in(facts: &Facts) -> Vec<Record> {
    let defs = facts.head.defs.iter().enumerate();
    let modules = defs.filter(|(_, def)| def.kind == DefKind::Module);
    modules.map(|(index, _)| Record::Def(DefId::at(index))).collect()
}

/// Whether anything of a file may be called so, told by its texts alone: of a name or a path, the last part is one of
/// them, or of a module's name.
pub(super) fn may_be_called(facts: &Facts, entity: &str, name: &Name) -> bool {
    match name {
        Name::Exact(exact) => {
            let last = exact.rsplit(['.', ':']).next().unwrap_or_default();
            last == "*" || entity == "module" || facts.strings.may_hold(last)
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

/// Every parameter at its name; one that is a pattern once for each name that it binds.
fn parameters(facts: &Facts) -> Vec<Record> {
    let mut found = Vec::new();
    for (index, def) in facts.head.defs.iter().enumerate() {
        for (at, param) in def.params.range().zip(def.params.of(&facts.head.params)) {
            let record = |name| Record::Param(DefId::at(index), ParamId::at(at), name);
            if param.pattern.is_none() {
                found.push(record(ExprId::NONE));
                continue;
            }
            let names = variables::bound_by(facts, param.pattern).into_iter();
            found.extend(names.filter(|&name| text(facts, name) != "_").map(record));
        }
    }
    found.sort_by_key(|record| record.begin(facts));
    found
}

/// Whether a definition is such an entity.
pub(super) fn is(facts: &Facts, def: &Def, entity: &str, closures: Closures) -> bool {
    match entity {
        "function" => {
            def.kind == DefKind::Function
                || def.kind == DefKind::Closure && closures == Closures::Count
        }
        "method" => facts.is_method(def),
        "class" => matches!(
            def.kind,
            DefKind::Class | DefKind::Struct | DefKind::Enum | DefKind::Trait | DefKind::Union
        ),
        "decorator" => !def.decorators.is_empty(),
        "impl" => def.kind == DefKind::Impl,
        "macro" => def.kind == DefKind::Macro,
        "type" => def.kind == DefKind::Type,
        "constant" => matches!(def.kind, DefKind::Const | DefKind::Static),
        _ => false,
    }
}

/// Whether a variable of Python is a constant, by its name or by `Final`, or another name of a type, by `TypeAlias`.
pub(super) fn stands_for(facts: &Facts, variable: &Variable, entity: &str) -> bool {
    let scope = facts.scope(variable.scope).map(|scope| scope.kind);
    let stated = stated(facts, variable.ty);
    if facts.language != Language::Python {
        return false;
    }
    if entity != "constant" {
        return entity == "type" && stated == "TypeAlias";
    }
    let is_shared = matches!(scope, Some(ScopeKind::Module | ScopeKind::Class));
    is_shared && stated != "TypeAlias" && (stated == "Final" || is_upper(facts.text(variable.name)))
}

/// The last name of a type, without its arguments.
fn stated(facts: &Facts, mut ty: ExprId) -> &str {
    while let Shape::Index(head, _) = facts.shape(ty) {
        ty = head;
    }
    facts.last_segment(ty).map_or("", |(name, _)| facts.text(name))
}

/// Whether a name is written as PEP 8 writes constants.
fn is_upper(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The text of a name.
fn text(facts: &Facts, name: ExprId) -> &str {
    match facts.shape(name) {
        Shape::Name(name) => facts.text(name),
        _ => "",
    }
}

impl In<'_> {
    /// Whether a definition is a `mod x;` whose file is known, and so a module of its own.
    fn is_file_elsewhere(&self, record: Record) -> bool {
        let (Record::Def(def), Some(file)) = (record, self.file) else { return false };
        let is_declaration = self.facts.def(def).is_some_and(|def| def.body == BlockId::NONE);
        is_declaration && self.project.file_of_module(DefRef { file, def }).is_some()
    }

    /// The qualified name of the module that the file is.
    pub(super) fn module_name(&self) -> Cow<'_, str> {
        match self.file {
            Some(file) => self.project.module_name(file).to_string().into(),
            None => Cow::Borrowed(""),
        }
    }
}

impl Record {
    /// What rows call it.
    pub(super) fn kind(self, of: In<'_>) -> &'static str {
        let facts = of.facts;
        match self {
            Self::File => of.file.map_or("module", |file| of.project.kind_of_module(file)),
            Self::Def(id) => match facts.def(id) {
                Some(def) => facts.kind_of(def),
                None => "",
            },
            Self::Call(id) => match facts.expr(id).map(|expr| expr.kind) {
                Some(ExprKind::Macro) => "macro",
                _ => "call",
            },
            Self::Import(id) => facts.import(id).map_or("", |import| form(import.form)),
            Self::Variable(_) => "variable",
            Self::Param(..) => "parameter",
        }
    }

    /// What it is called: a definition's name, the last part of a callee, what an import binds, the type of an `impl`.
    pub(super) fn name<'a>(self, of: In<'a>) -> Cow<'a, str> {
        let facts = of.facts;
        let found = match self {
            Self::File => {
                let whole = of.module_name();
                let last = whole.rsplit(['.', ':']).next().unwrap_or_default();
                return Cow::Owned(last.to_owned());
            }
            Self::Def(id) => match facts.def(id) {
                Some(def) if def.kind == DefKind::Impl => stated(facts, def.self_ty),
                Some(def) => facts.text(def.name),
                None => "",
            },
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
            Self::Variable(variable) => facts.text(variable.name),
            Self::Param(_, param, name) if name.is_none() => {
                of.param(param).map_or("", |param| facts.text(param.name))
            }
            Self::Param(_, _, name) => text(facts, name),
        };
        Cow::Borrowed(found)
    }

    /// Whether it is meant by a name.
    pub(super) fn is_called(self, of: In<'_>, name: &Name) -> bool {
        if name.matches(&self.name(of)) {
            return true;
        }
        let facts = of.facts;
        match self {
            Self::Variable(_) | Self::Param(..) => false,
            Self::File => is_path(name) && name.matches(&of.module_name()),
            Self::Def(id) => facts.def(id).is_some_and(|def| {
                def.kind == DefKind::Impl && name.matches(stated(facts, def.trait_ty))
            }),
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
            Self::File => Some(0),
            Self::Def(id) => facts.def(id).map(|def| def.name_at.at),
            Self::Call(id) => {
                let call = facts.expr(id).filter(|call| !call.has(expr::MACRO | expr::QUOTED))?;
                facts.call(CallId(call.b)).map(|call| call.open_at)
            }
            Self::Import(id) => facts.import(id).map(|import| import.place.at),
            Self::Variable(variable) => Some(variable.place.at),
            Self::Param(..) => Some(self.begin(facts)),
        }
    }

    /// Where it begins; of a parameter and a variable the name.
    fn begin(self, facts: &Facts) -> u32 {
        match self {
            Self::File => 0,
            Self::Def(id) => facts.def(id).map_or(0, |def| def.full.at),
            Self::Call(id) => facts.expr(id).map_or(0, |expr| expr.place.at),
            Self::Import(id) => facts.import(id).map_or(0, |import| import.place.at),
            Self::Variable(variable) => variable.place.at,
            Self::Param(_, param, name) if name.is_none() => {
                let params = &facts.head.params;
                let param = param.index().and_then(|index| params.get(index));
                param.map_or(0, |param| param.place.at)
            }
            Self::Param(_, _, name) => facts.expr(name).map_or(0, |expr| expr.place.at),
        }
    }
}

impl<'a> In<'a> {
    /// A parameter.
    pub(super) fn param(&self, id: ParamId) -> Option<&'a Param> {
        self.facts.head.params.get(id.index()?)
    }
}

/// How arguments reach a parameter.
pub(super) const fn how(kind: ParamKind) -> &'static str {
    match kind {
        ParamKind::SelfValue => "self",
        ParamKind::PositionalOnly => "positional_only",
        ParamKind::Positional => "positional",
        ParamKind::Star => "star",
        ParamKind::KeywordOnly => "keyword_only",
        ParamKind::DoubleStar => "double_star",
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

/// An expression of names only: `a.b.c`, `a::b`.
pub(super) fn dotted(facts: &Facts, callee: ExprId) -> Option<String> {
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
