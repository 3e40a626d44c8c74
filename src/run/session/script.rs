//! The statements of a session as one plan. What failed and what was made anew later is left out where that gives a
//! plan that runs.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Kept;
use super::fragment::Form;
use crate::run::{Loaded, Surroundings, load};
use crate::source::Span;
use crate::syntax::ast::{
    Attribute, Block, Expr, File, Item, Meta, Statement, StatementKind, Step, Word,
};
use crate::syntax::print;

/// No plan says what the session did; this is the nearest one, and what is wrong with it.
#[derive(Debug)]
pub struct Unsaved {
    /// The plan, with its diagnostics.
    pub plan: Box<Loaded>,
}

/// What becomes of statements that failed, or whose step was run again under the same id.
#[derive(Clone, Copy, PartialEq)]
enum Past {
    /// They are left out.
    LeftOut,
    /// They stay, under a policy or another id, since something needs what they wrote.
    Stays,
}

pub(super) fn script(kept: &[Kept], around: Surroundings<'_>) -> Result<String, Unsaved> {
    let lean = composed(kept, Past::LeftOut);
    if load(NAME, &lean, around).runs() {
        return Ok(lean);
    }
    let whole = composed(kept, Past::Stays);
    let plan = load(NAME, &whole, around);
    if plan.runs() { Ok(whole) } else { Err(Unsaved { plan: Box::new(plan) }) }
}

const NAME: &str = "<saved>";

fn composed(kept: &[Kept], past: Past) -> String {
    let mut metas: IndexMap<Arc<str>, Meta> = IndexMap::new();
    let mut text = String::new();
    for (at, fragment) in kept.iter().enumerate() {
        let later = kept.get(at + 1..).unwrap_or_default();
        let mut steps = Vec::new();
        parted(&fragment.file.body.statements, &mut metas, &mut steps);
        let again = |id: &Arc<str>| later.iter().any(|other| other.ids.contains(id));
        let mut chosen: Vec<Statement> = Vec::new();
        for (statement, id) in steps.into_iter().zip(&fragment.ids) {
            match past {
                Past::LeftOut if again(id) => {}
                Past::Stays if again(id) => chosen.push(renamed(statement, id, at)),
                _ => chosen.push(statement),
            }
        }
        let failed = !matches!(fragment.status, "completed" | "stopped");
        match past {
            _ if chosen.is_empty() => continue,
            Past::LeftOut if failed && fragment.form != Form::File => continue,
            Past::Stays if failed => chosen = vec![forgiven(chosen)],
            _ => {}
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text += &print(&with(&fragment.file, chosen));
    }
    let head = metas
        .into_values()
        .map(|meta| Statement { kind: StatementKind::Meta(meta), span: Span::NOWHERE });
    let head = print(&File {
        body: Block { statements: head.collect(), span: Span::NOWHERE },
        ..File::default()
    });
    if head.is_empty() || text.is_empty() { head + &text } else { format!("{head}\n{text}") }
}

/// The file with other statements, its comments kept.
fn with(file: &File, statements: Vec<Statement>) -> File {
    File { body: Block { statements, span: file.body.span }, ..file.clone() }
}

/// Parts meta from steps. A later meta replaces an earlier one; parameters and excludes unite.
fn parted(
    statements: &[Statement],
    metas: &mut IndexMap<Arc<str>, Meta>,
    steps: &mut Vec<Statement>,
) {
    for statement in statements {
        match &statement.kind {
            StatementKind::Plan(body) => parted(&body.statements, metas, steps),
            StatementKind::Meta(meta) => match metas.get_mut(&meta.key.text) {
                Some(known) if matches!(&*meta.key.text, "params" | "exclude") => {
                    unite(&mut known.items, &meta.items);
                }
                _ => drop(metas.insert(Arc::clone(&meta.key.text), meta.clone())),
            },
            StatementKind::Step(_) => steps.push(statement.clone()),
            _ => {}
        }
    }
}

/// A parameter that is declared again replaces the earlier one.
fn unite(known: &mut Vec<Item>, more: &[Item]) {
    let name = |item: &Item| {
        item.key
            .as_ref()
            .map(|key| Arc::clone(&key.text))
            .or_else(|| item.value.base_name().map(|(name, _)| Arc::clone(name)))
    };
    for item in more {
        known.retain(|old| name(old).is_none() || name(old) != name(item));
        known.push(item.clone());
    }
}

/// The step under another id.
fn renamed(mut statement: Statement, id: &str, at: usize) -> Statement {
    if let StatementKind::Step(step) = &mut statement.kind {
        step.attributes.retain(|attribute| &*attribute.key.text != "id");
        step.attributes.push(attribute("id", &format!("{id}_before_{}", at + 1)));
        step.output = None;
    }
    statement
}

/// The steps in one whose policy lets the plan go on, as the session did.
fn forgiven(statements: Vec<Statement>) -> Statement {
    let step = Step {
        number: 0,
        attributes: vec![
            attribute("desc", "Failed in the session"),
            attribute("onError", "continue"),
        ],
        output: None,
        body: Block { statements, span: Span::NOWHERE },
        head: Span::NOWHERE,
    };
    Statement { kind: StatementKind::Step(Box::new(step)), span: Span::NOWHERE }
}

fn attribute(key: &str, value: &str) -> Attribute {
    let key = Word { text: key.into(), span: Span::NOWHERE };
    Attribute { key, value: Expr::text(value, Span::NOWHERE) }
}
