//! Which of the bindings of a name can hold where it is used, by their blocks alone: what every way passes later hides
//! what was before, what only some ways pass is one of several.

use super::bindings::Binding;
use crate::facts::body::{Block, BlockKind};
use crate::facts::{BlockId, Facts, ScopeId};

/// Most blocks one inside another that are looked at.
const DEEPEST: usize = 1_000;

/// The bindings that hold when the scope was left: after the last one that every way passes, and that itself. What
/// functions bind through `global` counts as passed by some way.
pub(super) fn at_end<'b>(facts: &Facts, bindings: &'b [Binding]) -> Vec<&'b Binding> {
    let scope = bindings.first().map_or(ScopeId::NONE, |binding| binding.scope);
    let body = facts.scope(scope).map_or(BlockId::NONE, |scope| scope.block);
    let is_own = |binding: &Binding| binding.block.is_none() || plain(facts, binding.block) == body;
    let last = bindings.iter().rposition(is_own).unwrap_or(0);
    let foreign = bindings[..last]
        .iter()
        .filter(|binding| facts.block(binding.block).is_some_and(|block| block.scope != scope));
    foreign.chain(&bindings[last..]).collect()
}

/// The bindings that can hold at a byte of the same scope, in the block `user`.
pub(super) fn at_use<'b>(
    facts: &Facts,
    bindings: &'b [Binding],
    at: u32,
    user: BlockId,
) -> Vec<&'b Binding> {
    let around = chain(facts, user);
    let is_passed = |binding: &Binding| {
        binding.block.is_none() || around.contains(&plain(facts, binding.block))
    };
    let behind = bindings.partition_point(|binding| binding.from <= at);
    let (before, after) = bindings.split_at(behind);
    let last = before.iter().rposition(is_passed);
    let loop_block = around.iter().rev().copied().find(|block| is_loop(facts, *block));
    let mut found: Vec<&Binding> = before[last.unwrap_or(0)..]
        .iter()
        .filter(|binding| loop_block.is_some() || !is_other_branch(facts, binding.block, &around))
        .collect();
    // What a later part of the loop binds holds in its next turn, unless the turn binds it anew before the use.
    if let Some(outer) = loop_block {
        let is_renewed = last.is_some_and(|last| is_inside(facts, before[last].block, outer));
        if !is_renewed {
            found.extend(after.iter().filter(|binding| is_inside(facts, binding.block, outer)));
        }
    }
    if found.is_empty() { at_end(facts, bindings) } else { found }
}

/// The block itself, or the one around it where every way through that passes it.
fn plain(facts: &Facts, block: BlockId) -> BlockId {
    climb(facts, block).find(|(_, record)| !is_always(record)).map_or(block, |(block, _)| block)
}

fn is_always(block: &Block) -> bool {
    matches!(block.kind, BlockKind::With | BlockKind::Finally | BlockKind::Plain)
}

fn is_loop(facts: &Facts, block: BlockId) -> bool {
    facts.block(block).is_some_and(|block| matches!(block.kind, BlockKind::For | BlockKind::While))
}

/// The block and those around it, those of scopes around among them.
fn chain(facts: &Facts, block: BlockId) -> Vec<BlockId> {
    let outer = |block: &BlockId| facts.block(*block).map(|block| block.parent);
    std::iter::successors(Some(block), outer)
        .take_while(|block| block.is_some())
        .take(DEEPEST)
        .collect()
}

/// The block and those around it, up to the one that its scope begins with.
fn climb(facts: &Facts, block: BlockId) -> impl Iterator<Item = (BlockId, &Block)> {
    let scope = facts.block(block).map(|block| block.scope);
    let first = facts.block(block).map(|record| (block, record));
    std::iter::successors(first, move |(_, record)| {
        let outer = facts.block(record.parent)?;
        (Some(outer.scope) == scope).then_some((record.parent, outer))
    })
    .take(DEEPEST)
}

fn is_inside(facts: &Facts, block: BlockId, outer: BlockId) -> bool {
    climb(facts, block).any(|(block, _)| block == outer)
}

/// Whether a block lies in another branch of a compound than the use.
fn is_other_branch(facts: &Facts, block: BlockId, around: &[BlockId]) -> bool {
    climb(facts, block).any(|(block, record)| {
        let is_branch = matches!(
            record.kind,
            BlockKind::If | BlockKind::Elif | BlockKind::Else | BlockKind::Case
        );
        is_branch
            && around.iter().any(|&other| {
                other != block && facts.block(other).is_some_and(|other| other.stmt == record.stmt)
            })
    })
}
