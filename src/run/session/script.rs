//! The statements of a session as one plan. What failed and what was made anew later is left out where that gives a
//! plan that runs.

use std::collections::{HashMap, HashSet};
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

/// What becomes of statements that failed, and of steps that were run again under the same id.
#[derive(Clone, Copy, PartialEq)]
enum Past {
    /// Both are left out.
    LeftOut,
    /// The same, but the last of several steps of one id takes the place of the first: something reads it in between.
    Replaced,
    /// They stay, under a policy or another id, since something needs what they wrote.
    Stays,
}

/// What one fragment gives to the plan.
struct Piece<'k> {
    file: &'k File,
    steps: Vec<(Arc<str>, Statement)>,
    /// A loaded plan that failed is a plan all the same.
    is_dropped: bool,
    has_failed: bool,
}

pub(super) fn script(kept: &[Kept], around: Surroundings<'_>) -> Result<String, Unsaved> {
    for past in [Past::LeftOut, Past::Replaced] {
        let text = composed(kept, past);
        if load(NAME, &text, around).runs() {
            return Ok(text);
        }
    }
    let whole = composed(kept, Past::Stays);
    let plan = load(NAME, &whole, around);
    if plan.runs() { Ok(whole) } else { Err(Unsaved { plan: Box::new(plan) }) }
}

const NAME: &str = "<saved>";

fn composed(kept: &[Kept], past: Past) -> String {
    let mut metas: IndexMap<Arc<str>, Meta> = IndexMap::new();
    let pieces = kept.iter().map(|fragment| {
        let mut steps = Vec::new();
        parted(&fragment.file.body.statements, &mut metas, &mut steps);
        let has_failed = !matches!(fragment.status, "completed" | "stopped");
        Piece {
            file: &fragment.file,
            steps: fragment.ids.iter().cloned().zip(steps).collect(),
            is_dropped: has_failed && fragment.form != Form::File,
            has_failed,
        }
    });
    let pieces: Vec<Piece<'_>> = pieces.collect();
    let parts = match past {
        Past::LeftOut => last_of_each(pieces),
        Past::Replaced => in_first_place(pieces),
        Past::Stays => all(pieces),
    };
    let head = metas.into_values().map(StatementKind::Meta);
    let head = head.map(|kind| Statement { kind, span: Span::NOWHERE }).collect();
    let mut text = print(&with(&File::default(), head));
    for part in parts.iter().map(print).filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &part;
    }
    text
}

/// The piece that each id stands in last, of those that are not dropped.
fn latest(pieces: &[Piece<'_>]) -> HashMap<Arc<str>, usize> {
    let kept = pieces.iter().enumerate().filter(|(_, piece)| !piece.is_dropped);
    kept.flat_map(|(at, piece)| piece.steps.iter().map(move |(id, _)| (Arc::clone(id), at)))
        .collect()
}

fn last_of_each(pieces: Vec<Piece<'_>>) -> Vec<File> {
    let latest = latest(&pieces);
    let kept = pieces.into_iter().enumerate().filter(|(_, piece)| !piece.is_dropped);
    let parts = kept.map(|(at, piece)| {
        let own = piece.steps.into_iter().filter(|(id, _)| latest.get(id) == Some(&at));
        (piece.file, own.map(|(_, statement)| statement).collect::<Vec<_>>())
    });
    parts.filter(|(_, own)| !own.is_empty()).map(|(file, own)| with(file, own)).collect()
}

fn in_first_place(pieces: Vec<Piece<'_>>) -> Vec<File> {
    let latest = latest(&pieces);
    let mut seen: HashSet<&Arc<str>> = HashSet::new();
    let mut parts = Vec::new();
    for (id, _) in pieces.iter().filter(|piece| !piece.is_dropped).flat_map(|piece| &piece.steps) {
        let chosen = latest.get(id).and_then(|at| pieces.get(*at)).filter(|_| seen.insert(id));
        let found =
            chosen.and_then(|piece| Some((piece, piece.steps.iter().find(|(i, _)| i == id)?)));
        if let Some((piece, (_, statement))) = found {
            let mut part = with(piece.file, vec![statement.clone()]);
            part.comments.retain(|comment| statement.span.holds(comment.span.lo));
            parts.push(part);
        }
    }
    parts
}

fn all(pieces: Vec<Piece<'_>>) -> Vec<File> {
    let mut last: HashMap<Arc<str>, usize> = HashMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        last.extend(piece.steps.iter().map(|(id, _)| (Arc::clone(id), at)));
    }
    let parts = pieces.into_iter().enumerate().map(|(at, piece)| {
        let steps = piece.steps.into_iter().map(|(id, statement)| {
            if last.get(&id) == Some(&at) { statement } else { renamed(statement, &id, at) }
        });
        let steps: Vec<Statement> = steps.collect();
        let is_wrapped = piece.has_failed && !steps.is_empty();
        with(piece.file, if is_wrapped { vec![forgiven(steps)] } else { steps })
    });
    parts.filter(|part| !part.body.statements.is_empty()).collect()
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
