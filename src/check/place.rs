//! What may stand where: meta, one `plan` and steps at the top, everything else inside steps.

use super::scope::blocks;
use crate::diagnostic::{Diagnostic, code::names as codes};
use crate::source::Span;
use crate::syntax::ast::{Block, File, Statement, StatementKind};

/// Where a block stands.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    File,
    Plan,
    Inside,
}

pub(super) fn check(file: &File) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    block(&file.body, Level::File, &mut found);
    found
}

fn block(body: &Block, level: Level, found: &mut Vec<Diagnostic>) {
    match level {
        Level::File | Level::Plan => top(&body.statements, level, found),
        Level::Inside => body.statements.iter().for_each(|statement| inside(statement, found)),
    }
    for statement in &body.statements {
        let next = match (&statement.kind, level) {
            (StatementKind::Plan(_), Level::File) => Level::Plan,
            _ => Level::Inside,
        };
        for inner in blocks(statement) {
            block(inner, next, found);
        }
    }
}

/// The top of a file or plan: runs of loose statements are one mistake each.
fn top(statements: &[Statement], level: Level, found: &mut Vec<Diagnostic>) {
    let mut plan: Option<Span> = None;
    let has_plan =
        statements.iter().any(|statement| matches!(statement.kind, StatementKind::Plan(_)));
    let mut loose: Option<(Span, Span)> = None;
    let mut beside = false;
    for statement in statements {
        match &statement.kind {
            StatementKind::Plan(_) => {
                flush(&mut loose, found);
                found.extend(second_plan(statement, plan, level));
                plan.get_or_insert(statement.span);
            }
            StatementKind::Step(step) => {
                flush(&mut loose, found);
                if has_plan && !std::mem::replace(&mut beside, true) {
                    let text = "a step beside `plan { … }`";
                    let help =
                        "move it into the plan, or leave the `plan { … }` around the others out";
                    found.push(Diagnostic::error(codes::PLAN_PLACE, step.head, text).help(help));
                }
            }
            StatementKind::Meta(_) | StatementKind::Error => flush(&mut loose, found),
            _ => {
                loose = Some(match loose {
                    Some((first, _)) => (first, statement.span),
                    None => (statement.span, statement.span),
                });
            }
        }
    }
    flush(&mut loose, found);
}

fn second_plan(statement: &Statement, first: Option<Span>, level: Level) -> Option<Diagnostic> {
    let place = Span { hi: statement.span.lo.saturating_add(4), ..statement.span };
    if level == Level::Plan {
        return Some(nested_plan(place));
    }
    let first = first?;
    Some(
        Diagnostic::error(codes::PLAN_PLACE, place, "a second `plan`")
            .related(first, "the first one is here")
            .help("a file is one plan: put all steps into the first"),
    )
}

fn nested_plan(place: Span) -> Diagnostic {
    Diagnostic::error(codes::PLAN_PLACE, place, "a `plan` inside another block")
        .help("`plan { … }` stands at the top of the file and holds all steps")
}

/// Says that statements stand outside a step, and how to wrap them.
fn flush(loose: &mut Option<(Span, Span)>, found: &mut Vec<Diagnostic>) {
    let Some((first, last)) = loose.take() else { return };
    let text =
        if first == last { "a statement outside a step" } else { "statements outside a step" };
    found.push(
        Diagnostic::error(codes::OUTSIDE_STEP, first, text)
            .help("wrap it: `step \"…\" { … }`")
            .fix(first.start(), "step \"Main\" {\n")
            .fix(last.end(), "\n}"),
    );
}

fn inside(statement: &Statement, found: &mut Vec<Diagnostic>) {
    match &statement.kind {
        StatementKind::Plan(_) => {
            found.push(nested_plan(Span {
                hi: statement.span.lo.saturating_add(4),
                ..statement.span
            }));
        }
        StatementKind::Meta(meta) => {
            let text = format!("`@{}` inside a step", meta.key.text);
            found.push(
                Diagnostic::error(codes::META_PLACE, statement.span, text)
                    .help("write it at the top of the file, before the first step"),
            );
        }
        _ => {}
    }
}
