//! Numbers the steps of a plan and gives each its id, path, parent, children, policy and outputs. Knows no names but
//! those of steps: what a plan may read and write is `check`'s.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::attribute::{self, Head};
use super::{Policy, Resolved, StepNode};
use crate::diagnostic::{Diagnostic, code::names::ID_TWICE};
use crate::source::Span;
use crate::syntax::ast::{Action, Block, Else, File, If, Statement, StatementKind, Step, Template};

/// Names nothing in a plan may take: what every plan has, and words that are read as what they say.
pub const RESERVED: [&str; 10] =
    ["error", "run", "true", "false", "null", "not", "TRUE", "FALSE", "NULL", "NOT"];

/// Numbers all steps, depth first from 1, and describes each. `render` gives the text of a description with holes.
pub fn resolve(
    file: &mut File,
    render: &dyn Fn(&Template) -> Arc<str>,
) -> (Resolved, Vec<Diagnostic>) {
    let mut taken: HashSet<Arc<str>> = RESERVED.into_iter().map(Arc::from).collect();
    written(&file.body, &mut taken);
    let mut resolver = Resolver {
        render,
        resolved: Resolved::default(),
        ids: HashMap::new(),
        taken,
        suffixes: HashMap::new(),
        outputs: Vec::new(),
        diagnostics: Vec::new(),
    };
    resolver.block(&mut file.body, Inside { step: None, own: Own::No });
    (resolver.resolved, resolver.diagnostics)
}

/// Every name the plan writes down: generated ids keep clear of them.
fn written(block: &Block, taken: &mut HashSet<Arc<str>>) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Plan(body) => written(body, taken),
            StatementKind::Meta(meta) if &*meta.key.text == "params" => {
                for item in &meta.items {
                    let name = item.key.as_ref().map(|key| &key.text);
                    taken.extend(name.or_else(|| item.value.base_name().map(|b| b.0)).cloned());
                }
            }
            StatementKind::Step(step) => {
                taken.extend(attribute::written_id(step));
                taken.extend(step.output.iter().map(|word| Arc::clone(&word.text)));
                written(&step.body, taken);
            }
            StatementKind::Each(each) => {
                taken.insert(Arc::clone(&each.first.text));
                taken.extend(each.second.iter().map(|word| Arc::clone(&word.text)));
                written(&each.body, taken);
            }
            StatementKind::If(branch) => each_branch(branch, &mut |block| written(block, taken)),
            StatementKind::While(turn) => written(&turn.body, taken),
            StatementKind::Parallel(parallel) => written(&parallel.body, taken),
            _ => taken.extend(output(statement).cloned()),
        }
    }
}

/// The variable a statement writes by `->` or `var`.
fn output(statement: &Statement) -> Option<&Arc<str>> {
    match &statement.kind {
        StatementKind::Action(Action { output, .. })
        | StatementKind::Future(Action { output, .. }) => output.as_ref().map(|word| &word.text),
        StatementKind::Var(var) => Some(&var.name.text),
        _ => None,
    }
}

/// Visits the bodies of an `if` with all its `else if`s; a loop, since a chain may be long.
fn each_branch(branch: &If, visit: &mut dyn FnMut(&Block)) {
    let mut next = Some(branch);
    while let Some(branch) = next.take() {
        visit(&branch.then);
        match &branch.otherwise {
            Some(Else::Block(block)) => visit(block),
            Some(Else::If(other, _)) => next = Some(other),
            None => {}
        }
    }
}

/// Where a block stands.
#[derive(Clone, Copy)]
struct Inside {
    /// The innermost step around it.
    step: Option<u32>,
    /// Whether it is that step's own body.
    own: Own,
}

#[derive(Clone, Copy, PartialEq)]
enum Own {
    Yes,
    No,
}

struct Resolver<'r> {
    render: &'r dyn Fn(&Template) -> Arc<str>,
    resolved: Resolved,
    /// Written ids and where.
    ids: HashMap<Arc<str>, Span>,
    /// Names that a generated id must not take.
    taken: HashSet<Arc<str>>,
    /// The next suffix to try for a base.
    suffixes: HashMap<Arc<str>, u32>,
    /// The outputs seen of the steps around, innermost last.
    outputs: Vec<HashSet<Arc<str>>>,
    diagnostics: Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn block(&mut self, block: &mut Block, inside: Inside) {
        for statement in &mut block.statements {
            self.statement(statement, inside);
        }
    }

    fn statement(&mut self, statement: &mut Statement, inside: Inside) {
        let nested = Inside { own: Own::No, ..inside };
        match &mut statement.kind {
            StatementKind::Plan(body) => self.block(body, nested),
            StatementKind::Step(step) => self.step(step, inside),
            StatementKind::If(branch) => self.branch(branch, nested),
            StatementKind::While(turn) => self.block(&mut turn.body, nested),
            StatementKind::Each(each) => self.block(&mut each.body, nested),
            StatementKind::Parallel(parallel) => self.block(&mut parallel.body, nested),
            _ => {
                if let (Some(name), Some(number)) = (output(statement), inside.step) {
                    self.add_output(number, name);
                }
            }
        }
    }

    fn branch(&mut self, branch: &mut If, inside: Inside) {
        let mut next = Some(branch);
        while let Some(branch) = next.take() {
            self.block(&mut branch.then, inside);
            match &mut branch.otherwise {
                Some(Else::Block(block)) => self.block(block, inside),
                Some(Else::If(other, _)) => next = Some(other),
                None => {}
            }
        }
    }

    fn add_output(&mut self, number: u32, name: &Arc<str>) {
        let new = self.outputs.last_mut().is_some_and(|seen| seen.insert(Arc::clone(name)));
        if let (true, Some(node)) = (new, self.resolved.steps.get_mut(number as usize - 1)) {
            node.outputs.push(Arc::clone(name));
        }
    }

    fn step(&mut self, step: &mut Step, inside: Inside) {
        let head = attribute::read(step, self.render, &mut self.diagnostics);
        let number = u32::try_from(self.resolved.steps.len() + 1).unwrap_or(u32::MAX);
        step.number = number;
        let node = self.node(step, head, inside);
        self.resolved.by_id.entry(Arc::clone(&node.id)).or_insert(number);
        self.resolved.steps.push(node);
        if let Some(parent) = inside.step.and_then(|p| self.resolved.steps.get_mut(p as usize - 1))
        {
            parent.children.push(number);
        }
        self.outputs.push(HashSet::new());
        self.block(&mut step.body, Inside { step: Some(number), own: Own::Yes });
        self.outputs.pop();
    }

    fn node(&mut self, step: &Step, head: Head, inside: Inside) -> StepNode {
        let id = self.id(step.number, &head);
        let parent = inside.step.map(|number| self.resolved.node(number));
        let mut path = parent.map_or_else(Vec::new, |parent| parent.path.clone());
        path.push(head.desc.clone().unwrap_or_else(|| Arc::clone(&id)));
        let chain = match parent {
            Some(parent) if inside.own == Own::Yes => {
                std::iter::once(parent.number).chain(parent.chain.iter().copied()).collect()
            }
            _ => Vec::new(),
        };
        StepNode {
            number: step.number,
            namespace: step
                .output
                .as_ref()
                .map_or_else(|| Arc::clone(&id), |w| Arc::clone(&w.text)),
            id,
            desc: head.desc,
            kind: head.kind,
            path,
            parent: inside.step,
            children: Vec::new(),
            depth: parent.map_or(1, |parent| parent.depth + 1),
            policy: head.policy.unwrap_or_else(|| Policy { backoff: 1.0, ..Policy::default() }),
            timeout: head.timeout.filter(|timeout| *timeout > Duration::ZERO),
            outputs: Vec::new(),
            chain,
            span: step.head,
        }
    }

    /// The written id, unless another step has it; else one made of the description as written, or of the number:
    /// never of a parameter, so that ids are the same before and in every run.
    fn id(&mut self, number: u32, head: &Head) -> Arc<str> {
        if let Some((id, span)) = &head.id {
            let Some(first) = self.ids.get(id).copied() else {
                self.ids.insert(Arc::clone(id), *span);
                return Arc::clone(id);
            };
            let other = self.free(id);
            let text = format!("another step has the id `{id}`");
            self.diagnostics.push(
                Diagnostic::error(ID_TWICE, *span, text)
                    .related(first, "the first one is here")
                    .help("give each step an id of its own")
                    .propose(*span, &*other),
            );
            return other;
        }
        let base = head.written_desc.as_deref().map(slug).filter(|slug| !slug.is_empty());
        self.free(&base.unwrap_or_else(|| format!("step_{number}")))
    }

    /// `base`, or `base_2`, `base_3`, … if the plan has that name already; takes it.
    fn free(&mut self, base: &str) -> Arc<str> {
        if !self.taken.contains(base) {
            let name: Arc<str> = base.into();
            self.taken.insert(Arc::clone(&name));
            return name;
        }
        let mut suffix = self.suffixes.get(base).copied().unwrap_or(2);
        let mut name = format!("{base}_{suffix}");
        while self.taken.contains(name.as_str()) {
            suffix += 1;
            name = format!("{base}_{suffix}");
        }
        self.suffixes.insert(base.into(), suffix + 1);
        let name: Arc<str> = name.into();
        self.taken.insert(Arc::clone(&name));
        name
    }
}

/// A word made of a description: lower case, other characters as `_`, none at the ends, `step_` before a digit.
fn slug(description: &str) -> String {
    let lower = description.to_lowercase();
    let word: String =
        lower.chars().map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' }).collect();
    let word = word.trim_matches('_');
    match word.chars().next() {
        Some(first) if !unicode_ident::is_xid_start(first) => format!("step_{word}"),
        _ => word.to_owned(),
    }
}
