//! Facts as short texts, to be compared with what a reader expects.

use crate::facts::body::{Arg, ExprKind, Stmt, StmtKind, expr};
use crate::facts::head::symbol;
use crate::facts::{BlockId, CallId, DefId, ExprId, Facts, Place, Run, ScopeId, Shape, Str};

/// The text at a place.
pub(super) fn at(source: &str, place: Place) -> &str {
    &source[place.at as usize..place.end() as usize]
}

/// An expression, its parts in brackets.
pub(super) fn shown(facts: &Facts, id: ExprId) -> String {
    let Some(found) = facts.expr(id) else { return "-".to_owned() };
    let sign = if found.has(expr::STORE) { "=" } else { "" };
    let kind = found.kind;
    let all = |kids: &[ExprId]| {
        let kids: Vec<String> = kids.iter().map(|&kid| shown(facts, kid)).collect();
        kids.join(" ")
    };
    let inside = match facts.shape(id) {
        Shape::Name(name) => return format!("{sign}{}", facts.text(name)),
        Shape::Path(base, name) => {
            return format!("{}::{}", shown(facts, base), facts.text(name));
        }
        Shape::Attr(base, name) => {
            return format!("{sign}{}.{}", shown(facts, base), facts.text(name));
        }
        Shape::Const(text, kind) => return format!("{kind:?}:{}", facts.text(text)),
        Shape::Call(head, call)
        | Shape::Method(head, call)
        | Shape::Macro(head, call)
        | Shape::Struct(head, call)
        | Shape::Pattern(head, call)
        | Shape::Type(head, call) => {
            let turbofish = all(call.turbofish.of(&facts.body.kids));
            let turbofish =
                if turbofish.is_empty() { turbofish } else { format!("<{turbofish}> ") };
            let args: Vec<String> = arguments(facts, call.args);
            format!("{} {turbofish}{}", shown(facts, head), args.join(" ")).trim_end().to_owned()
        }
        Shape::Index(a, b) | Shape::Two(a, b, _) => all(&[a, b]),
        Shape::Many(kids) => all(kids),
        Shape::One(operand) => all(&[operand]),
        Shape::Lambda(def) => {
            let value = facts.def(def).map_or(ExprId::NONE, |def| def.value);
            shown(facts, value)
        }
        Shape::Block(block, subject) => format!("{} {}", block.0, shown(facts, subject)),
        Shape::Compr(_) | Shape::Nothing => String::new(),
    };
    format!("{sign}{kind:?}({inside})")
}

/// Arguments, each with its name.
pub(super) fn arguments(facts: &Facts, run: Run) -> Vec<String> {
    let shown_arg = |arg: &Arg| match facts.text(arg.name) {
        "" => shown(facts, arg.value),
        name => format!("{name}:{}", shown(facts, arg.value)),
    };
    run.of(&facts.body.args).iter().map(shown_arg).collect()
}

/// A statement.
pub(super) fn statement(facts: &Facts, stmt: &Stmt) -> String {
    let (a, b) = (stmt.a, stmt.b);
    match stmt.kind {
        StmtKind::Bind => {
            let (target, value) = (shown(facts, ExprId(a)), shown(facts, ExprId(b)));
            format!("{:?} {target} {value}", stmt.op)
        }
        StmtKind::Break => format!("Break {} {}", facts.text(Str(a)), shown(facts, ExprId(b))),
        StmtKind::Continue => format!("Continue {}", facts.text(Str(a))),
        StmtKind::Def => format!("Def {a}"),
        StmtKind::Import => format!("Import {a} {b}"),
        StmtKind::Open => format!("Open {a}"),
        StmtKind::Pass => "Pass".to_owned(),
        kind => format!("{kind:?} {}", shown(facts, ExprId(a))),
    }
}

/// The statements of a block, without those of inner blocks.
pub(super) fn block(facts: &Facts, id: BlockId) -> Vec<String> {
    let own = |stmt: &&Stmt| stmt.block == id;
    let run = facts.block(id).unwrap().stmts;
    run.of(&facts.body.stmts).iter().filter(own).map(|stmt| statement(facts, stmt)).collect()
}

/// The statements of the first function's body.
pub(super) fn function(source: &str) -> Vec<String> {
    let facts = super::facts(source);
    assert_eq!(facts.head.errors, [], "{source}");
    let body = facts.head.defs.iter().find(|def| def.body.is_some()).unwrap().body;
    block(&facts, body)
}

/// The only expression of a body.
pub(super) fn expression(source: &str) -> String {
    let all = function(&format!("fn main() {{ {source}; }}"));
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].split_once(' ').unwrap().1.to_owned()
}

/// The type of a constant.
pub(super) fn ty(source: &str) -> String {
    let facts = super::facts(&format!("type X = {source};"));
    assert_eq!(facts.head.errors, [], "{source}");
    shown(&facts, facts.head.defs[0].ty)
}

/// The pattern of a `let`.
pub(super) fn pattern(source: &str) -> String {
    let all = function(&format!("fn main() {{ let {source} = v; }}"));
    all[0].strip_prefix("Let ").unwrap().strip_suffix(" v").unwrap().to_owned()
}

/// The names of a scope, each with what the scope does.
pub(super) fn names(facts: &Facts, scope: ScopeId) -> Vec<String> {
    let run = facts.scope(scope).unwrap().symbols;
    let word = |flags: u16| {
        let words = [
            (symbol::PARAM, "param"),
            (symbol::ASSIGNED, "let"),
            (symbol::REFERENCED, "read"),
            (symbol::IMPORTED, "use"),
            (symbol::DEFINED, "def"),
            (symbol::TYPE_PARAM, "type"),
        ];
        let set: Vec<&str> =
            words.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, word)| *word).collect();
        set.join("+")
    };
    let symbols = run.of(&facts.head.symbols).iter();
    symbols.map(|symbol| format!("{} {}", facts.text(symbol.name), word(symbol.flags))).collect()
}

/// The definition of a name.
pub(super) fn def<'f>(facts: &'f Facts, name: &str) -> &'f crate::facts::head::Def {
    facts.head.defs.iter().find(|def| facts.text(def.name) == name).unwrap()
}

/// The number of a definition.
pub(super) fn def_id(facts: &Facts, name: &str) -> DefId {
    let found = facts.head.defs.iter().position(|def| facts.text(def.name) == name);
    DefId::at(found.unwrap())
}

/// What is called, in the order of the text.
pub(super) fn calls(source: &str) -> Vec<String> {
    let facts = super::facts(source);
    let mut all: Vec<(u32, String)> = facts
        .call_sites()
        .map(|call| {
            let at = facts.last_segment(call.callee).map_or(0, |(_, place)| place.at);
            let sign = if call.form == ExprKind::Macro { "!" } else { "" };
            (at, format!("{}{sign}", shown(&facts, call.callee)))
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, call)| call).collect()
}

/// What a call holds.
pub(super) fn turbofish(facts: &Facts) -> Vec<String> {
    let has = facts.body.calls.iter().enumerate().filter(|(_, call)| call.turbofish.n > 0);
    has.map(|(index, _)| {
        let call = facts.call(CallId::at(index)).unwrap();
        let kids = call.turbofish.of(&facts.body.kids);
        kids.iter().map(|&kid| shown(facts, kid)).collect::<Vec<_>>().join(" ")
    })
    .collect()
}
