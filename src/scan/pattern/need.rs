//! From what a query says to what the scan is asked: the one way, for actions and for the tests that draw queries.

use std::sync::Arc;

use super::entity::is_declaration;
use crate::facts::needs::{
    self, Code, Composite, End, EntityKind, Op, Pattern, Scope, Strictness, Target, Tolerance,
};
use crate::query::ir::{self, Name, Side, Stop};

/// What a pattern asks.
#[must_use]
pub fn of_pattern(asked: &ir::Pattern, scope: Scope) -> Pattern {
    let target = match &asked.code {
        Some(code) => Target::Code(self::code(code)),
        None => Target::Any,
    };
    let tolerance = if asked.is_tolerant { Tolerance::Tolerant } else { Tolerance::AstGrep };
    let need = Pattern { tolerance, ..Pattern::of(target, scope) };
    let far = |relation: &ir::Relation| widens(relation).then_some(needs::Stop::Widened);
    with_conditions(need, &asked.conditions, &far)
}

/// What an entity asks of trees; nothing where facts alone tell.
#[must_use]
pub fn of_entity(asked: &ir::Entity, kind: EntityKind, scope: &Scope) -> Option<Pattern> {
    if !asked.conditions.needs_nodes() {
        return None;
    }
    let word = match &asked.name {
        Some(Name::Exact(name)) => name
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .max_by_key(|part| part.len())
            .filter(|part| !part.is_empty() && kind != EntityKind::Module)
            .map(Arc::from),
        _ => None,
    };
    let target = Target::Entity(needs::Entity { kind, word });
    let far = |relation: &ir::Relation| widens(relation).then_some(needs::Stop::End);
    Some(with_conditions(Pattern::of(target, scope.clone()), &asked.conditions, &far))
}

/// Whether a relation looks to the end unless it says otherwise: between a declaration and what it holds there is always a
/// block, so that as a neighbor it would never be found.
#[must_use]
pub fn widens(relation: &ir::Relation) -> bool {
    relation.stop == Stop::Unsaid
        && !relation.side.is_sibling()
        && is_declaration(&relation.code.text)
}

fn code(asked: &ir::Code) -> Code {
    Code {
        text: Arc::clone(&asked.text.text),
        selector: asked.selector.as_ref().map(|selector| Arc::clone(&selector.text)),
        strictness: asked.strictness.as_deref().and_then(Strictness::parse).unwrap_or_default(),
    }
}

fn with_conditions(
    need: Pattern,
    asked: &ir::Conditions,
    unsaid: &dyn Fn(&ir::Relation) -> Option<needs::Stop>,
) -> Pattern {
    let composite = |composite: &ir::Composite| Composite {
        op: match composite.op {
            ir::Op::All => Op::All,
            ir::Op::Any => Op::Any,
            ir::Op::Not => Op::Not,
        },
        patterns: composite.patterns.iter().map(|pattern| Arc::clone(&pattern.text)).collect(),
    };
    let nth_child = |nth: &ir::NthChild| needs::NthChild {
        position: Arc::clone(&nth.position.text),
        from: if nth.is_reverse { End::Back } else { End::Front },
        of: nth.of.as_ref().map(|of| Arc::clone(&of.text)),
    };
    Pattern {
        composites: asked.composites.iter().map(composite).collect(),
        nth_child: asked.nth_child.as_ref().map(nth_child),
        relations: asked.relations.iter().map(|r| relation(r, unsaid(r))).collect(),
        ..need
    }
}

fn relation(asked: &ir::Relation, unsaid: Option<needs::Stop>) -> needs::Relation {
    needs::Relation {
        side: match asked.side {
            Side::Inside => needs::Side::Inside,
            Side::Has => needs::Side::Has,
            Side::Precedes => needs::Side::Precedes,
            Side::Follows => needs::Side::Follows,
        },
        pattern: Arc::clone(&asked.code.text),
        stop: match &asked.stop {
            Stop::Unsaid => unsaid.unwrap_or(needs::Stop::Neighbor),
            Stop::Neighbor => needs::Stop::Neighbor,
            Stop::End => needs::Stop::End,
            Stop::At(code) => needs::Stop::At(Arc::clone(&code.text)),
        },
        field: asked.field.as_ref().map(|field| Arc::clone(&field.text)),
    }
}
