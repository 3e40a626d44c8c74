//! All statements of a tree in the order of its text. The parser bounds their nesting, so recursion is safe.

use super::{Block, Else, If, Statement, StatementKind};

/// Shows every statement of a block, and of the blocks inside it, before what it holds.
pub fn statements<'a>(block: &'a Block, see: &mut dyn FnMut(&'a Statement)) {
    for statement in &block.statements {
        see(statement);
        match &statement.kind {
            StatementKind::Plan(body) => statements(body, see),
            StatementKind::Step(step) => statements(&step.body, see),
            StatementKind::If(branch) => branches(branch, see),
            StatementKind::While(turn) => statements(&turn.body, see),
            StatementKind::Each(each) => statements(&each.body, see),
            StatementKind::Parallel(parallel) => statements(&parallel.body, see),
            _ => {}
        }
    }
}

/// A loop, since a chain of `else if` may be long.
fn branches<'a>(branch: &'a If, see: &mut dyn FnMut(&'a Statement)) {
    let mut next = Some(branch);
    while let Some(branch) = next.take() {
        statements(&branch.then, see);
        match &branch.otherwise {
            Some(Else::Block(body)) => statements(body, see),
            Some(Else::If(other, _)) => next = Some(other),
            None => {}
        }
    }
}
