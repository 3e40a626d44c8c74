//! The brackets of a macro's call or an attribute, read as if they held expressions: operands are recognised, operators
//! only separate them.

use tree_sitter::Node;

use super::format;
use super::kinds::Rule;
use super::reader::{Context, Reader, Value};
use super::tree_tokens::{Class, Tok};
use crate::facts::body::{Arg, ArgKind, ExprKind, expr};
use crate::facts::{ExprId, Place, Run, Str};

/// Room for one tree at a time, kept for the next.
#[derive(Default)]
pub(super) struct Scratch {
    tokens: Vec<Tok>,
    groups: Vec<Group>,
    /// Arguments of groups that are not closed yet.
    args: Vec<Arg>,
    /// The operand that may go on.
    last: Option<Operand>,
    /// `name =` before an argument.
    keyword: Option<(Str, u32)>,
    mode: Mode,
}

/// Whose brackets are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Macro,
    /// `name(…)` is no call.
    Attribute,
}

#[derive(Clone, Copy, Debug)]
struct Operand {
    expr: ExprId,
    lo: u32,
    /// Whether brackets after it belong to it.
    is_open: bool,
    turbofish: Run,
}

/// Brackets that are open.
#[derive(Clone, Copy, Debug)]
struct Group {
    owner: Owner,
    open: u8,
    at: u32,
    /// What stands before them.
    head: Option<Operand>,
    /// Where its arguments begin.
    args: usize,
    commas: usize,
    /// From which argument on a literal is a format.
    format: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Root,
    Call,
    Macro,
    Index,
    Plain,
    Angle,
}

impl<'t> Reader<'t> {
    /// Reads a tree; the value's run is its arguments.
    pub(super) fn token_tree(&mut self, node: Node<'t>, mut value: Value) {
        if self.held.is_read(node) {
            self.values.push(value);
            return;
        }
        let outer: Context = self.context;
        let mut scratch = std::mem::take(&mut self.tokens);
        scratch.mode = match self.parent_rule() {
            Rule::Attribute => Mode::Attribute,
            _ => Mode::Macro,
        };
        self.context.flags |= expr::MACRO;
        if scratch.mode == Mode::Attribute {
            self.context.flags |= expr::DECORATOR;
        }
        scratch.tokens.clear();
        self.tokens_of(node, &mut scratch.tokens);
        let format = self.macro_format();
        scratch.groups.clear();
        scratch.args.clear();
        (scratch.last, scratch.keyword) = (None, None);
        scratch.groups.push(Group::new(Owner::Root, b'(', value.lo, None, 0, format));
        let end = scratch.tokens.len().saturating_sub(1);
        for index in 1..end {
            self.token(&mut scratch, index);
        }
        while scratch.groups.len() > 1 {
            self.close(&mut scratch, value.hi);
        }
        scratch.flush();
        value.run = self.store_args(scratch.args.drain(..));
        self.tokens = scratch;
        self.context = outer;
        self.values.push(value);
    }

    /// From which argument on the macro being read takes a format.
    fn macro_format(&self) -> Option<usize> {
        let frame = self.frames.last().filter(|frame| frame.rule == Rule::MacroCall)?;
        self.format_of(self.first(frame))
    }

    fn format_of(&self, callee: ExprId) -> Option<usize> {
        let facts = &self.builder.facts;
        format::position(facts.text(facts.last_segment(callee)?.0))
    }

    fn token(&mut self, s: &mut Scratch, index: usize) {
        let Some(&tok) = s.tokens.get(index) else { return };
        match tok.class {
            Class::Name => self.token_name(s, index, tok),
            Class::Literal(rule) => self.token_literal(s, index, rule, tok),
            Class::Open(open) => self.token_open(s, index, open, tok),
            Class::Close => self.token_close(s, tok),
            Class::Await if s.is_after(index, Class::Dot) => self.postfix(s, ExprKind::Await, tok),
            Class::Question => self.postfix(s, ExprKind::Try, tok),
            Class::Dot | Class::Colons => {}
            Class::Not if s.is_macro(index) => {}
            Class::Less if s.is_after(index, Class::Colons) => {
                let head = s.last.take();
                s.open(Group::new(Owner::Angle, b'<', tok.place.at, head, s.args.len(), None));
            }
            Class::Greater if s.is_in_angle() => self.close_angle(s, index, tok),
            Class::GreaterTwice if s.is_in_angle() => {
                self.close_angle(s, index, tok);
                if s.is_in_angle() {
                    self.close_angle(s, index, tok);
                }
            }
            Class::Comma => {
                s.flush();
                if let Some(group) = s.groups.last_mut() {
                    group.commas += 1;
                }
            }
            _ => s.flush(),
        }
    }

    fn token_name(&mut self, s: &mut Scratch, index: usize, tok: Tok) {
        let before = s.class(index.wrapping_sub(1));
        let name = self.intern(tok.place.at, tok.place.end());
        match (before, s.last) {
            (Class::Quote | Class::Defines, _) => return s.flush(),
            (Class::Dot, Some(base)) => {
                return self.operand(s, ExprKind::Attr, base.expr.0, name.0, base.lo, tok);
            }
            (Class::Colons, base) => {
                let (base, lo) = self.path_base(base, s, index);
                return self.operand(s, ExprKind::Path, base.0, name.0, lo, tok);
            }
            _ => s.flush(),
        }
        let is_first = matches!(before, Class::Comma | Class::Open(_));
        let after = s.class(index + 1);
        if is_first && after == Class::Equals {
            s.keyword = Some((name, tok.place.at));
            return;
        }
        if is_first && after == Class::Colon && s.groups.last().is_some_and(|g| g.open == b'{') {
            return;
        }
        let is_let = before == Class::Binds
            || before == Class::Mut && s.class(index.wrapping_sub(2)) == Class::Binds;
        let text = self.slice(tok.place.at, tok.place.end());
        if is_let {
            self.bind(name, tok.place.at);
        } else if !matches!(text, "crate" | "super") {
            self.note_read(name, tok.place.at);
        }
        self.operand(s, ExprKind::Name, name.0, 0, tok.place.at, tok);
        if let (true, Some(last)) = (is_let, s.last) {
            self.flag(last.expr, expr::STORE);
        }
    }

    /// What stands before `::`; nothing is a segment of its own.
    fn path_base(&mut self, base: Option<Operand>, s: &Scratch, index: usize) -> (ExprId, u32) {
        if let Some(base) = base {
            return (base.expr, base.lo);
        }
        let at = s.tokens.get(index.wrapping_sub(1)).map_or(0, |colons| colons.place.at);
        (self.push(ExprKind::Name, 0, 0, Place { at, len: 0 }), at)
    }

    /// The operand that was read goes on so.
    fn operand(&mut self, s: &mut Scratch, kind: ExprKind, a: u32, b: u32, lo: u32, tok: Tok) {
        let place = Place::between(lo, tok.place.end());
        let expr = self.push(kind, a, b, place);
        s.last = Some(Operand { expr, lo, is_open: true, turbofish: Run::default() });
    }

    fn postfix(&mut self, s: &mut Scratch, kind: ExprKind, tok: Tok) {
        let Some(last) = s.last else { return };
        if kind == ExprKind::Await {
            self.flag(last.expr, expr::AWAITED);
        }
        self.operand(s, kind, last.expr.0, 0, last.lo, tok);
    }

    fn token_literal(&mut self, s: &mut Scratch, index: usize, rule: Rule, tok: Tok) {
        if let (Class::Dot, Some(base)) = (s.class(index.wrapping_sub(1)), s.last) {
            let name = self.intern(tok.place.at, tok.place.end());
            return self.operand(s, ExprKind::Attr, base.expr.0, name.0, base.lo, tok);
        }
        s.flush();
        let group = s.groups.last_mut();
        let is_string = matches!(rule, Rule::Str | Rule::RawStr);
        let format = group
            .filter(|group| is_string && group.format.is_some_and(|from| group.commas >= from));
        let is_format = format.is_some_and(|group| group.format.take().is_some());
        let held = if is_format { self.format_string(rule, tok.place) } else { ExprId::NONE };
        let expr = if held.is_some() { held } else { self.constant(rule, tok.place) };
        let lo = tok.place.at;
        s.last = Some(Operand { expr, lo, is_open: false, turbofish: Run::default() });
    }

    fn token_open(&mut self, s: &mut Scratch, index: usize, open: u8, tok: Tok) {
        let before = s.class(index.wrapping_sub(1));
        let is_joined = s.last.is_some_and(|last| last.is_open);
        let owner = match open {
            _ if before == Class::Not && s.is_macro(index - 1) => Owner::Macro,
            b'(' if is_joined => Owner::Call,
            b'[' if is_joined => Owner::Index,
            _ => Owner::Plain,
        };
        let head = if owner == Owner::Plain { None } else { s.last.take() };
        s.flush();
        let format = match head {
            Some(head) if owner == Owner::Macro => self.format_of(head.expr),
            _ => None,
        };
        s.open(Group::new(owner, open, tok.place.at, head, s.args.len(), format));
    }

    fn token_close(&mut self, s: &mut Scratch, tok: Tok) {
        while s.is_in_angle() {
            self.close(s, tok.place.at);
        }
        if s.groups.len() > 1 {
            self.close(s, tok.place.end());
        }
    }

    /// `::<…>`: of the call that follows, or of the path.
    fn close_angle(&mut self, s: &mut Scratch, index: usize, tok: Tok) {
        s.flush();
        let Some(group) = s.groups.pop() else { return };
        let Some(head) = group.head else { return };
        if s.class(index + 1) == Class::Open(b'(') {
            let values = s.args.drain(group.args..).map(|arg| arg.value);
            let kids = &mut self.builder.facts.body.kids;
            let lo = kids.len();
            kids.extend(values);
            let turbofish = Run::between(lo, kids.len());
            s.last = Some(Operand { turbofish, ..head });
            return;
        }
        let args = self.store_args(s.args.drain(group.args..));
        let call = self.add_call(args, group.at, Run::default());
        self.operand(s, ExprKind::Type, head.expr.0, call.0, head.lo, tok);
    }

    /// Closes the innermost brackets.
    fn close(&mut self, s: &mut Scratch, hi: u32) {
        s.flush();
        let Some(group) = s.groups.pop() else { return };
        let lo = group.head.map_or(group.at, |head| head.lo);
        let place = Place::between(lo, hi);
        let expr = match (group.owner, group.head) {
            (Owner::Call | Owner::Macro, Some(head)) => self.close_call(s, &group, head, place),
            (Owner::Index, Some(head)) => {
                let key = self.close_plain(s, &group, Place::between(group.at, hi));
                self.push(ExprKind::Index, head.expr.0, key.0, place)
            }
            // Brackets of types that were none: what they hold belongs to what is around them.
            (Owner::Angle, head) => {
                s.last = head;
                return;
            }
            _ => self.close_plain(s, &group, place),
        };
        let is_open = group.open != b'{';
        let operand = Operand { expr, lo, is_open, turbofish: Run::default() };
        s.last = Some(operand).filter(|operand| operand.expr.is_some());
    }

    fn close_call(&mut self, s: &mut Scratch, group: &Group, head: Operand, at: Place) -> ExprId {
        let args = self.store_args(s.args.drain(group.args..));
        let call = self.add_call(args, group.at, head.turbofish);
        let is_method = self.expr(head.expr).is_some_and(|head| head.kind == ExprKind::Attr);
        let kind = match group.owner {
            Owner::Macro => ExprKind::Macro,
            _ if s.mode == Mode::Attribute => ExprKind::Type,
            _ if is_method => ExprKind::Method,
            _ => ExprKind::Call,
        };
        self.push(kind, head.expr.0, call.0, at)
    }

    /// A tuple, a list, a block, or what brackets stand around.
    fn close_plain(&mut self, s: &mut Scratch, group: &Group, place: Place) -> ExprId {
        let held = s.args.get(group.args..).unwrap_or(&[]);
        let is_one = held.len() == 1 && group.commas == 0;
        let kind = match group.open {
            b'(' | b'[' if is_one && (group.open == b'(' || group.owner == Owner::Index) => {
                let only = held[0].value;
                s.args.truncate(group.args);
                if group.owner == Owner::Plain {
                    self.flag(only, expr::PARENTHESISED);
                }
                return only;
            }
            b'{' if held.is_empty() => return ExprId::NONE,
            b'(' if group.commas > 0 || held.is_empty() => ExprKind::Tuple,
            b'[' if group.owner == Owner::Plain => ExprKind::List,
            _ => ExprKind::Other,
        };
        let kids = &mut self.builder.facts.body.kids;
        let lo = kids.len();
        kids.extend(s.args.drain(group.args..).map(|arg| arg.value));
        let kids = Run::between(lo, kids.len());
        self.push(kind, kids.lo, kids.n, place)
    }
}

impl Group {
    const fn new(
        owner: Owner,
        open: u8,
        at: u32,
        head: Option<Operand>,
        args: usize,
        format: Option<usize>,
    ) -> Self {
        Self { owner, open, at, head, args, commas: 0, format }
    }
}

impl Scratch {
    fn class(&self, index: usize) -> Class {
        self.tokens.get(index).map_or(Class::Other, |tok| tok.class)
    }

    fn is_after(&self, index: usize, class: Class) -> bool {
        self.class(index.wrapping_sub(1)) == class
    }

    /// Whether the `!` at an index stands between a macro's name and its brackets.
    fn is_macro(&self, index: usize) -> bool {
        let is_name = self.is_after(index, Class::Name);
        is_name && matches!(self.class(index + 1), Class::Open(_))
    }

    fn is_in_angle(&self) -> bool {
        self.groups.last().is_some_and(|group| group.owner == Owner::Angle)
    }

    fn open(&mut self, group: Group) {
        self.groups.push(Group { args: self.args.len(), ..group });
        self.keyword = None;
    }

    /// The operand is at its end: it is an argument of the brackets around it.
    fn flush(&mut self) {
        let Some(last) = self.last.take() else { return };
        let arg = match self.keyword.take() {
            Some((name, at)) => Arg { kind: ArgKind::Keyword, name, at, value: last.expr },
            None => {
                Arg { kind: ArgKind::Positional, name: Str::NONE, at: last.lo, value: last.expr }
            }
        };
        self.args.push(arg);
    }
}
