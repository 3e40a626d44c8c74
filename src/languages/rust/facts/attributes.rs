//! Attributes and doc comments: they stand before what they belong to, and wait for it.

use tree_sitter::Node;

use super::kinds::{Field, Rule};
use super::reader::{Frame, Reader, Value};
use crate::facts::body::{Arg, ArgKind, Call, ExprKind, expr};
use crate::facts::head::{Visibility, def};
use crate::facts::trivia::{Token, TokenKind};
use crate::facts::{CallId, ExprId, Place, Run, Str};

/// What was met before the next statement.
#[derive(Default)]
pub(super) struct Lead<'t> {
    pub attributes: Vec<Node<'t>>,
    /// The doc comment, all its lines.
    pub doc: Option<Place>,
    /// A visibility that is no part of a node, and where it begins.
    pub visibility: Option<(Visibility, u32)>,
    /// Where it begins.
    pub at: Option<u32>,
}

/// What attributes say of what they stand at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// Of [`def`].
    pub flags: u32,
    /// `#[macro_use]`.
    pub macro_use: bool,
    /// `#[path = "…"]`.
    pub path: Str,
    /// The attributes, of [`Body::kids`](crate::facts::Body::kids).
    pub decorators: Run,
}

impl<'t> Reader<'t> {
    /// Reads the attributes that wait.
    pub(super) fn attributes(&mut self, lead: &Lead<'t>) -> Marks {
        let mut marks = Marks::default();
        let mut read = Vec::with_capacity(lead.attributes.len());
        for &node in &lead.attributes {
            let attribute = self.walk(node, Field::None);
            self.mark_by(attribute.expr, &mut marks);
            read.push(attribute.expr);
        }
        let kids = &mut self.body().kids;
        let lo = kids.len();
        kids.extend(read.into_iter().filter(|expr| expr.is_some()));
        marks.decorators = Run::between(lo, kids.len());
        marks
    }

    /// What one attribute says.
    pub(super) fn mark_by(&mut self, attribute: ExprId, marks: &mut Marks) {
        let facts = &self.builder.facts;
        let Some((name, _)) = facts.last_segment(attribute) else { return };
        match facts.text(name) {
            "test" => marks.flags |= def::TEST,
            "cfg" => {
                marks.flags |= def::CFG;
                if self.is_cfg_test(attribute) {
                    marks.flags |= def::TEST;
                }
            }
            "macro_export" => marks.flags |= def::MACRO_EXPORT,
            "macro_use" => marks.macro_use = true,
            "path" => marks.path = self.attribute_text(attribute),
            _ => {}
        }
    }

    fn attribute_args(&self, attribute: ExprId) -> &[Arg] {
        let facts = &self.builder.facts;
        match facts.expr(attribute) {
            Some(found) if found.kind == ExprKind::Type => {
                facts.call(CallId(found.b)).map_or(&[], |call| call.args.of(&facts.body.args))
            }
            _ => &[],
        }
    }

    /// Whether it is `cfg(test)`, or `cfg(all(test, …))`.
    fn is_cfg_test(&self, attribute: ExprId) -> bool {
        let facts = &self.builder.facts;
        let name = |id: ExprId| facts.last_segment(id).map_or("", |(name, _)| facts.text(name));
        let is_test = |arg: &Arg| arg.kind == ArgKind::Positional && name(arg.value) == "test";
        match self.attribute_args(attribute) {
            [only] if is_test(only) => true,
            [only] if name(only.value) == "all" => {
                self.attribute_args(only.value).iter().any(is_test)
            }
            _ => false,
        }
    }

    /// The text of `#[name = "text"]`.
    fn attribute_text(&self, attribute: ExprId) -> Str {
        let value = self.attribute_args(attribute).first().map(|arg| arg.value);
        match value.and_then(|value| self.expr(value)) {
            Some(value) if value.kind == ExprKind::Const => Str(value.a),
            _ => Str::NONE,
        }
    }

    /// `path`, `path(…)` or `path = value`: a path, or a `Type` of the path and what was given.
    pub(super) fn attribute(&mut self, frame: &Frame) -> ExprId {
        let head = self.first(frame);
        let value = self.part(frame, Field::Value);
        let tree = self.part(frame, Field::Argument);
        let (args, open_at) = match (value, tree) {
            (Some(value), _) => {
                let arg = Arg {
                    kind: ArgKind::Positional,
                    name: Str::NONE,
                    at: value.lo,
                    value: value.expr,
                };
                (self.store_args([arg]), value.lo)
            }
            (None, Some(tree)) => (tree.run, tree.lo),
            (None, None) => return head,
        };
        let calls = &mut self.body().calls;
        calls.push(Call { args, open_at, turbofish: Run::default() });
        let call = CallId::at(calls.len() - 1);
        self.push(ExprKind::Type, head.0, call.0, Place::between(frame.lo, frame.hi))
    }

    /// `#[…]`, `#![…]`.
    pub(super) fn close_attribute(&mut self, frame: &Frame, value: &mut Value) {
        let place = Place::between(frame.lo, frame.hi);
        self.trivia().tokens.push(Token { kind: TokenKind::Attribute, place });
        value.expr = self.first(frame);
        self.flag(value.expr, expr::DECORATOR);
    }

    /// Notes an attribute, a comment or a visibility that stands before a statement; whether it was one.
    pub(super) fn is_lead(&mut self, node: Node<'t>, rule: Rule) -> bool {
        let at = node.start_byte() as u32;
        match rule {
            Rule::AttributeItem => {
                self.lead.attributes.push(node);
                let _ = self.lead.at.get_or_insert(at);
            }
            Rule::Comment => {
                let place = Place::between(at, node.end_byte() as u32);
                if let Some(doc) = self.comment_place(place) {
                    self.note_doc(doc);
                }
            }
            Rule::Visibility => {
                self.lead.visibility = Some((self.visibility(place(node)), at));
                let _ = self.lead.at.get_or_insert(at);
            }
            _ => return false,
        }
        true
    }

    /// A doc comment belongs to what follows it, or with a `!` to what it stands in.
    fn note_doc(&mut self, doc: Place) {
        let is_inner = self.slice(doc.at, doc.end()).as_bytes().get(2) == Some(&b'!');
        let join = |known: Place| Place::between(known.at, doc.end());
        if is_inner {
            let owner = self.owner;
            if let Some(owner) = self.def_mut(owner) {
                let known = Some(owner.doc).filter(|doc| doc.len > 0);
                owner.doc = known.map_or(doc, join);
            }
            return;
        }
        self.lead.doc = Some(self.lead.doc.map_or(doc, join));
        let _ = self.lead.at.get_or_insert(doc.at);
    }
}

/// The place of a node.
pub(super) fn place(node: Node<'_>) -> Place {
    Place::between(node.start_byte() as u32, node.end_byte() as u32)
}
