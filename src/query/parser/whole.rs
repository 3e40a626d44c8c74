//! What is wrong with keys beside each other, and the query they make.

use super::super::ir::{
    Body, Code, Conditions, Entity, Flaw, More, NthChild, Op, Pattern, Query, Relation, Side, Stop,
};
use super::super::keys;
use super::Draft;
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::either;

/// Entities that have a scope of their own.
const FUNCTIONS: &[&str] = &["function", "method"];
/// Entities that are definitions, which decorators or attributes may stand before.
const DEFINITIONS: &[&str] =
    &["function", "method", "class", "module", "decorator", "impl", "macro", "type", "constant"];

impl Draft {
    pub(super) fn finish(mut self, length: usize) -> Result<Query, Vec<Flaw>> {
        self.check_together();
        let conditions = Conditions {
            relations: self.take_relations(),
            nth_child: self.position.take().map(|position| NthChild {
                position,
                is_reverse: self.is_reverse,
                of: self.of_rule.take(),
            }),
            composites: std::mem::take(&mut self.composites),
            filters: std::mem::take(&mut self.filters),
        };
        let is_wanted = |op| conditions.composites.iter().any(|composite| composite.op == op);
        let text = self.pattern.take().or(self.context.take());
        let code = text.map(|text| Code {
            text,
            selector: self.selector.take(),
            strictness: self.strictness.take(),
        });
        let body = match self.entity.take() {
            Some((word, _)) if code.is_none() => Body::Entity(Entity {
                word,
                name: self.name,
                facts: self.facts,
                more: self.more,
                conditions,
            }),
            _ if code.is_some() || is_wanted(Op::All) || is_wanted(Op::Any) => {
                Body::Pattern(Pattern { code, is_tolerant: self.is_tolerant, conditions })
            }
            _ => {
                if self.flaws.is_empty() {
                    let message = "the query asks for nothing: it has no `entity` and no `pattern`";
                    self.flaws.push(Flaw::error(codes::QUERY_EMPTY, 0..length, message));
                }
                return Err(self.flaws);
            }
        };
        if self.flaws.is_empty() {
            Ok(Query { body, scope: self.scope, limit: self.limit, why: self.why })
        } else {
            Err(self.flaws)
        }
    }

    fn check_together(&mut self) {
        if let (Some(pattern), Some(context)) = (&self.pattern, &self.context) {
            let message = "`pattern.context` takes the place of `pattern`: the selector picks the pattern out of it";
            let at = pattern.range.start.min(context.range.start)
                ..pattern.range.end.max(context.range.end);
            self.flaws.push(Flaw::error(codes::TWO_WAYS, at, message).help("give one of them"));
        }
        let code = self.pattern.as_ref().or(self.context.as_ref());
        if let (Some(_), Some((_, at))) = (code, &self.entity) {
            let message = "`entity` and `pattern` are two questions";
            let help = "`all` says what an entity must match, `has` and `inside` what it holds and where it stands; without `entity` the rows are the pattern's matches";
            self.flaws.push(Flaw::error(codes::TWO_WAYS, at.clone(), message).help(help));
        }
        for (key, range) in self.seen.clone() {
            self.check_beside(&key, range);
        }
    }

    /// What a key says more of must be there.
    fn check_beside(&mut self, key: &str, range: std::ops::Range<usize>) {
        let is_pattern = self.is_seen("pattern") || self.is_seen("pattern.context");
        let is_composite = self.is_seen("all") || self.is_seen("any");
        let is_base = self.is_seen("entity") || is_pattern || is_composite;
        let needs = match key {
            "name" | "expand" | "fields" if !self.is_seen("entity") => "entity",
            "pattern.selector" | "pattern.strictness" if !is_pattern => "pattern",
            // Composites beside an entity are compared as ast-grep does.
            "pattern.tolerant" if !is_pattern && (!is_composite || self.is_seen("entity")) => {
                "pattern"
            }
            "nthChild.reverse" | "nthChild.ofRule" if !self.is_seen("nthChild") => "nthChild",
            "scope" | "captures" | "has_cells" => {
                return self.check_entity(key, range, FUNCTIONS);
            }
            "expand" if self.more.contains(&More::Scope) => {
                return self.check_entity("expand=scope", range, FUNCTIONS);
            }
            "decorated_by" | "decorator_count_min" | "decorator_count_max" => {
                return self.check_entity(key, range, DEFINITIONS);
            }
            "defines" | "exports" => return self.check_entity(key, range, &["module"]),
            "not" | "nthChild" if !is_base => {
                let message = format!("`{key}` alone is true of nearly every node");
                let help = "say which nodes are meant: by `entity`, `pattern`, `all` or `any`";
                self.flaws.push(Flaw::error(codes::QUERY_PART, range, message).help(help));
                return;
            }
            _ => match keys::part(key) {
                Some((side, part)) if !part.is_empty() && !self.is_seen(side.name()) => side.name(),
                _ => return,
            },
        };
        let message = format!("`{key}` says more of `{needs}`, which is not there");
        self.flaws.push(Flaw::error(codes::QUERY_PART, range, message));
    }

    /// Some keys tell of some entities only.
    fn check_entity(&mut self, key: &str, range: std::ops::Range<usize>, words: &[&str]) {
        let message = match &self.entity {
            Some((word, _)) if words.contains(word) => return,
            Some((word, _)) => format!("`{key}` says nothing of `entity={word}`"),
            // An entity that was not understood is told of already.
            None if self.is_seen("entity") => return,
            None => format!("`{key}` says more of `entity`, which is not there"),
        };
        let help = format!("it is for {}", either(words));
        self.flaws.push(Flaw::error(codes::QUERY_PART, range, message).help(help));
    }

    fn is_seen(&self, key: &str) -> bool {
        self.seen.iter().any(|(seen, _)| seen == key)
    }

    fn take_relations(&mut self) -> Vec<Relation> {
        let parts = std::mem::take(&mut self.relations);
        let whole = Side::ALL.into_iter().zip(parts).filter_map(|(side, part)| {
            let stop = part.stop.unwrap_or(Stop::Unsaid);
            Some(Relation { side, code: part.code?, stop, field: part.field })
        });
        whole.collect()
    }
}
