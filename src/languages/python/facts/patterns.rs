//! Patterns of `case`, as expressions: a capture is a name that is stored to.

use ruff_python_ast::{
    Identifier, Pattern, PatternMatchAs, PatternMatchClass, PatternMatchMapping,
    PatternMatchSequence, Singleton,
};
use ruff_text_size::{Ranged, TextRange};

use super::reader::Reader;
use crate::facts::body::{Arg, ArgKind, ConstKind, ExprKind, expr};
use crate::facts::head::symbol;
use crate::facts::{ExprId, Str};

impl Reader<'_> {
    /// Reads a pattern. `P as x` is an `Assign` of `x`, alternatives are an `Either`, `_` is an `Other` without kids.
    pub(super) fn pattern(&mut self, node: &Pattern) -> ExprId {
        match node {
            Pattern::MatchValue(value) => self.expr(&value.value),
            Pattern::MatchSingleton(singleton) => self.singleton(singleton.value, singleton.range),
            Pattern::MatchSequence(sequence) => self.sequence(sequence),
            Pattern::MatchMapping(mapping) => self.mapping(mapping),
            Pattern::MatchClass(class) => self.class_pattern(class),
            Pattern::MatchStar(star) => {
                let name = self.capture(star.name.as_ref());
                self.push_flagged(ExprKind::Starred, 0, [name.0, 0], star.range)
            }
            Pattern::MatchAs(node) => self.as_pattern(node),
            Pattern::MatchOr(either) => {
                let base = self.pending.kids.len();
                self.pattern_kids(&either.patterns);
                self.push_many(ExprKind::Either, 0, base, either.range)
            }
        }
    }

    fn pattern_kids<'a>(&mut self, patterns: impl IntoIterator<Item = &'a Pattern>) {
        for pattern in patterns {
            let id = self.pattern(pattern);
            self.pending.kids.push(id);
        }
    }

    /// A name that a pattern or `except` binds; none where there is none.
    pub(super) fn capture(&mut self, name: Option<&Identifier>) -> ExprId {
        let Some(name) = name.filter(|name| name.is_valid()) else { return ExprId::NONE };
        let id = self.intern(name);
        self.mention(id, symbol::ASSIGNED);
        self.push_flagged(ExprKind::Name, expr::STORE, [id.0, 0], name.range)
    }

    fn singleton(&mut self, value: Singleton, range: TextRange) -> ExprId {
        match value {
            Singleton::None => self.word(ConstKind::None, "None", range),
            Singleton::True => self.word(ConstKind::True, "True", range),
            Singleton::False => self.word(ConstKind::False, "False", range),
        }
    }

    fn sequence(&mut self, sequence: &PatternMatchSequence) -> ExprId {
        let base = self.pending.kids.len();
        self.pattern_kids(&sequence.patterns);
        let first = self.text.as_bytes().get(sequence.range.start().to_usize());
        let kind = if first == Some(&b'[') { ExprKind::List } else { ExprKind::Tuple };
        self.push_many(kind, 0, base, sequence.range)
    }

    /// `{key: pattern, **rest}`: the key of the rest is none.
    fn mapping(&mut self, mapping: &PatternMatchMapping) -> ExprId {
        let base = self.pending.kids.len();
        for (key, pattern) in mapping.keys.iter().zip(&mapping.patterns) {
            let key = self.expr(key);
            self.pending.kids.push(key);
            let pattern = self.pattern(pattern);
            self.pending.kids.push(pattern);
        }
        if mapping.rest.is_some() {
            let rest = self.capture(mapping.rest.as_ref());
            self.pending.kids.extend([ExprId::NONE, rest]);
        }
        self.push_many(ExprKind::Dict, 0, base, mapping.range)
    }

    fn class_pattern(&mut self, class: &PatternMatchClass) -> ExprId {
        let head = self.expr(&class.cls);
        let base = self.pending.args.len();
        let open_at = class.arguments.range.start().to_u32();
        let outer = std::mem::replace(&mut self.call_open, open_at);
        for pattern in &class.arguments.patterns {
            let (at, value) = (pattern.start().to_u32(), self.pattern(pattern));
            self.pending.args.push(Arg { kind: ArgKind::Positional, name: Str::NONE, at, value });
        }
        for part in &class.arguments.keywords {
            let name = self.intern(&part.attr);
            let (at, value) = (part.range.start().to_u32(), self.pattern(&part.pattern));
            self.pending.args.push(Arg { kind: ArgKind::Keyword, name, at, value });
        }
        self.call_open = outer;
        let args = self.take_args(base);
        let id = self.push_call(args, open_at);
        self.push(ExprKind::Pattern, head.0, id.0, class.range)
    }

    fn as_pattern(&mut self, node: &PatternMatchAs) -> ExprId {
        let Some(pattern) = &node.pattern else {
            let name = self.capture(node.name.as_ref());
            if name.is_some() {
                return name;
            }
            return self.push(ExprKind::Other, 0, 0, node.range);
        };
        let pattern = self.pattern(pattern);
        let name = self.capture(node.name.as_ref());
        self.push(ExprKind::Assign, name.0, pattern.0, node.range)
    }
}
