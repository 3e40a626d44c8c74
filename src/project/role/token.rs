//! The names that hits meet, each with its role: definitions, parameters, arguments, expressions. One look at each table.

use super::{Found, Hits, Role, Subject};
use crate::facts::body::{Arg, ArgKind, Expr, ExprKind, expr};
use crate::facts::head::{Def, DefKind, Param};
use crate::facts::{BlockId, CallId, DefId, ExprId, Facts, Language, Place, Str};

/// A name where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) place: Place,
    pub(super) found: Found,
}

/// It is called.
const CALLEE: u8 = 1;
/// It is what a decorator is called.
const DECORATOR: u8 = 1 << 1;
/// It is part of a parameter's pattern.
const PARAM: u8 = 1 << 2;

/// The names that hits meet, in order; of several readings of one the first of: definition, export, parameter, assignment,
/// argument, any other.
pub(super) fn tokens(facts: &Facts, hits: &Hits<'_>) -> Vec<Token> {
    let mut gather = Gather { facts, hits, tokens: Vec::new() };
    gather.heads();
    let marks = marks(facts);
    for (index, expr) in facts.body.exprs.iter().enumerate() {
        gather.expr(ExprId::at(index), expr, marks.get(index).copied().unwrap_or(0));
    }
    let mut tokens = gather.tokens;
    tokens.sort_by_key(|token| (token.place.at, rank(token.found.role)));
    tokens.dedup_by(|next, kept| next.place.at < kept.place.end());
    tokens
}

const fn rank(role: Role) -> u8 {
    match role {
        Role::Definition => 0,
        Role::Export => 1,
        Role::Parameter => 2,
        Role::Assignment => 3,
        Role::KeywordArgument => 4,
        _ => 5,
    }
}

struct Gather<'g> {
    facts: &'g Facts,
    hits: &'g Hits<'g>,
    tokens: Vec<Token>,
}

impl Gather<'_> {
    fn add(&mut self, place: Place, role: Role, name: Str, subject: Subject) {
        if place.len > 0 && self.hits.meet(place) && !self.is_wildcard(role, name) {
            self.tokens.push(Token { place, found: Found { role, name, subject } });
        }
    }

    /// Whether it is the `_` of Rust, which binds and reads nothing; `const _` is an item without a name.
    fn is_wildcard(&self, role: Role, name: Str) -> bool {
        self.facts.language == Language::Rust
            && role != Role::Definition
            && self.facts.text(name) == "_"
    }

    /// What the head names.
    fn heads(&mut self) {
        let head = &self.facts.head;
        for (index, def) in head.defs.iter().enumerate() {
            if def.name.is_some() && !is_mod_declaration(def) && !self.is_counted(def) {
                let subject = Subject::Def(DefId::at(index));
                self.add(def.name_at, Role::Definition, def.name, subject);
            }
            self.arguments(def.bases.of(&self.facts.body.args), Role::KeywordArgument);
        }
        let nothing = Subject::Nothing;
        // The names in a pattern are expressions of their own.
        let named = |param: &&Param| param.name.is_some() && param.pattern.is_none();
        for param in head.params.iter().filter(named) {
            self.add(param.place, Role::Parameter, param.name, nothing);
        }
        for param in &head.type_params {
            self.add(param.place, Role::Parameter, param.name, nothing);
        }
        for declared in &head.declared {
            self.add(declared.place, Role::Reference, declared.name, nothing);
        }
        for export in head.exports.iter().filter(|export| export.value.is_some()) {
            self.add(export.place, Role::Export, export.value, Subject::Export);
        }
    }

    /// Whether a definition has a number for a name, which stands nowhere: a field of a tuple, where its type is.
    fn is_counted(&self, def: &Def) -> bool {
        def.kind == DefKind::Field
            && self.facts.text(def.name).starts_with(|c: char| c.is_ascii_digit())
    }

    fn expr(&mut self, id: ExprId, expr: &Expr, marks: u8) {
        match expr.kind {
            ExprKind::Name => {
                self.add(expr.place, role(expr, marks), Str(expr.a), Subject::Expr(id));
            }
            ExprKind::Attr | ExprKind::Path => {
                if let Some((name, place)) = self.facts.last_segment(id) {
                    self.add(place, role(expr, marks), name, Subject::Expr(id));
                }
            }
            ExprKind::Call
            | ExprKind::Method
            | ExprKind::Macro
            | ExprKind::Struct
            | ExprKind::Pattern => self.call(expr, Role::KeywordArgument),
            ExprKind::Type => self.call(expr, Role::Annotation),
            _ => {}
        }
    }

    fn call(&mut self, expr: &Expr, role: Role) {
        if let Some(call) = self.facts.call(CallId(expr.b)) {
            self.arguments(call.args.of(&self.facts.body.args), role);
        }
    }

    fn arguments(&mut self, args: &[Arg], role: Role) {
        for arg in args.iter().filter(|arg| arg.kind == ArgKind::Keyword) {
            let length = u32::try_from(self.facts.text(arg.name).len()).unwrap_or(0);
            let value = self.facts.expr(arg.value);
            // `S { x }`: the argument's name is what is read, too.
            let is_short =
                value.is_some_and(|value| value.kind == ExprKind::Name && value.place.at == arg.at);
            let subject = if is_short { Subject::Expr(arg.value) } else { Subject::Nothing };
            self.add(Place { at: arg.at, len: length }, role, arg.name, subject);
        }
    }
}

/// `mod x;`, which is told as an import.
fn is_mod_declaration(def: &Def) -> bool {
    def.kind == DefKind::Module && def.body == BlockId::NONE
}

fn role(expr: &Expr, marks: u8) -> Role {
    let is_set = expr.has(expr::STORE | expr::DEL);
    if marks & DECORATOR != 0 || expr.has(expr::DECORATOR) {
        Role::Decorator
    } else if marks & CALLEE != 0 {
        Role::Callsite
    } else if marks & PARAM != 0 && is_set {
        Role::Parameter
    } else if is_set {
        Role::Assignment
    } else if is_type(expr) {
        Role::Annotation
    } else if expr.kind == ExprKind::Attr {
        Role::Attribute
    } else {
        Role::Reference
    }
}

const fn is_type(expr: &Expr) -> bool {
    expr.has(expr::ANNOTATION | expr::TYPE)
}

/// What only the owner of an expression knows of it.
fn marks(facts: &Facts) -> Vec<u8> {
    let mut marks = vec![0; facts.body.exprs.len()];
    let mut mark = |id: ExprId, bit: u8| {
        if let Some(slot) = id.index().and_then(|index| marks.get_mut(index)) {
            *slot |= bit;
        }
    };
    for expr in &facts.body.exprs {
        if matches!(expr.kind, ExprKind::Call | ExprKind::Method | ExprKind::Macro) {
            mark(ExprId(expr.a), CALLEE);
        }
    }
    for def in &facts.head.defs {
        for &decorator in def.decorators.of(&facts.body.kids) {
            chain(facts, decorator, &mut |id| mark(id, DECORATOR));
        }
    }
    for param in &facts.head.params {
        inside(facts, param.pattern, &mut |id| mark(id, PARAM));
    }
    marks
}

/// The segments of what a decorator is called.
fn chain(facts: &Facts, decorator: ExprId, visit: &mut dyn FnMut(ExprId)) {
    let mut id = facts.as_call(decorator).map_or(decorator, |call| call.callee);
    while let Some(expr) = facts.expr(id) {
        visit(id);
        match expr.kind {
            // Children stand before their parents, so this ends.
            ExprKind::Attr | ExprKind::Path if ExprId(expr.a) < id => id = ExprId(expr.a),
            _ => return,
        }
    }
}

/// An expression and those it consists of, which stand before it.
fn inside(facts: &Facts, id: ExprId, visit: &mut dyn FnMut(ExprId)) {
    let (Some(last), Some(whole)) = (id.index(), facts.expr(id)) else { return };
    let exprs = facts.body.exprs.get(..=last).unwrap_or(&[]);
    let own = exprs.iter().rev().take_while(|expr| whole.place.covers(expr.place)).count();
    (0..own).for_each(|back| visit(ExprId::at(last - back)));
}
