//! `parallel` blocks: their options, and that their branches can run side by side. A branch is one direct statement.

use std::collections::{HashMap, HashSet};

use super::scope::blocks;
use super::walk::{Log, Way};
use crate::diagnostic::{Diagnostic, code::names as codes, is_slip, near};
use crate::source::Span;
use crate::step::{Last, Resolved};
use crate::syntax::ast::visit;
use crate::syntax::ast::{
    Attribute, Each, ExprKind, File, Numeric, Parallel, Statement, StatementKind,
};

/// The options of `parallel`.
const OPTIONS: [&str; 2] = ["concurrency", "ignoreErrors"];
/// So many branches run at once at most.
const AT_ONCE: i64 = 256;

pub(super) fn check(file: &File, resolved: &Resolved, log: &Log<'_>, found: &mut Vec<Diagnostic>) {
    let mut blocks: Vec<&Parallel> = Vec::new();
    visit::statements(&file.body, &mut |statement| {
        if let StatementKind::Parallel(block) = &statement.kind {
            blocks.push(block);
        }
    });
    if blocks.is_empty() {
        return;
    }
    let names = Names::of(log);
    for block in blocks {
        options(block, found);
        names.check(block, found);
        for branch in &block.body.statements {
            Left { branch, resolved, found }.statement(branch, Inside::default());
        }
    }
    // A sibling's output is read too early whatever the order of the text.
    let said: HashSet<Span> =
        found.iter().filter(|d| d.code == codes::BRANCH_READS).map(|d| d.span).collect();
    found.retain(|d| d.code != codes::USE_BEFORE_WRITE || !said.contains(&d.span));
}

fn options(block: &Parallel, found: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for option in &block.options {
        let (key, span) = (&*option.key.text, option.key.span);
        if let Some(first) = seen.insert(key, span) {
            let text = format!("`{key}` is given twice");
            found.push(
                Diagnostic::error(codes::PARALLEL_OPTION, span, text)
                    .related(first, "the first one is here")
                    .help("leave one of the two out"),
            );
        }
        found.extend(option_fault(option));
    }
}

fn option_fault(option: &Attribute) -> Option<Diagnostic> {
    let (key, value) = (&*option.key.text, &option.value);
    let fault = |span, text: String| Diagnostic::error(codes::PARALLEL_OPTION, span, text);
    let is_right = match (key, &value.kind) {
        ("concurrency", ExprKind::Number(number)) => {
            matches!(number.value, Numeric::Int(n) if (1..=AT_ONCE).contains(&n))
        }
        // The grammar has said what is wrong.
        (_, ExprKind::Error) => true,
        ("ignoreErrors", kind) => matches!(kind, ExprKind::Bool(_)),
        ("concurrency", _) => false,
        _ => {
            let diagnostic = fault(option.key.span, format!("`parallel` has no option `{key}`"));
            let wanted = key.replace(['_', '-'], "").to_lowercase();
            let same = OPTIONS.into_iter().find(|option| option.to_lowercase() == wanted);
            let meant = same.or_else(|| near(key, OPTIONS).first().copied());
            return Some(match meant {
                Some(meant) if same.is_some() || is_slip(key, meant) => {
                    diagnostic.help(format!("did you mean `{meant}`?")).fix(option.key.span, meant)
                }
                _ => diagnostic.help("it takes `concurrency=N` and `ignoreErrors=true`"),
            });
        }
    };
    let expected = match key {
        "concurrency" => format!("a whole number from 1 to {AT_ONCE}"),
        _ => "`true` or `false`".to_owned(),
    };
    let text = format!("expected {expected} for `{key}`");
    let help = "leave it out to run all branches at once";
    (!is_right).then(|| match key {
        "concurrency" => fault(value.span, text).help(help),
        _ => fault(value.span, text).help("leave it out, and the first error is raised"),
    })
}

/// What is read and written where, by place.
struct Names<'a> {
    reads: Vec<(Span, &'a str)>,
    writes: Vec<(Span, &'a str)>,
}

impl<'a> Names<'a> {
    fn of(log: &Log<'a>) -> Self {
        let mut reads = Vec::new();
        let mut writes: Vec<_> = log.writes.iter().map(|write| (write.span, write.name)).collect();
        for used in &log.uses {
            let is_write = matches!(used.way, Way::Set(_) | Way::SetInside);
            if is_write { &mut writes } else { &mut reads }.push((used.span, used.name));
        }
        reads.sort_unstable();
        writes.sort_unstable();
        Self { reads, writes }
    }

    fn check(&self, block: &Parallel, found: &mut Vec<Diagnostic>) {
        let mut owner: HashMap<&str, (usize, Span)> = HashMap::new();
        let mut said: HashSet<(usize, &str)> = HashSet::new();
        for (at, branch) in block.body.statements.iter().enumerate() {
            for &(span, name) in within(&self.writes, branch.span) {
                let (first, place) = *owner.entry(name).or_insert((at, span));
                if first != at && said.insert((at, name)) {
                    let text = format!("two branches write `{name}`");
                    found.push(
                        Diagnostic::error(codes::BRANCHES_WRITE, span, text)
                            .related(place, "the other one writes it here")
                            .help("give each branch a name of its own"),
                    );
                }
            }
        }
        for (at, branch) in block.body.statements.iter().enumerate() {
            for &(span, name) in within(&self.reads, branch.span) {
                let Some(&(_, place)) = owner.get(name).filter(|(other, _)| *other != at) else {
                    continue;
                };
                if said.insert((at, name)) {
                    let text = format!("`{name}` is written by another branch");
                    found.push(
                        Diagnostic::error(codes::BRANCH_READS, span, text)
                            .related(place, "it is written here, and seen behind the block")
                            .help("read it behind the block, or put both statements into one step"),
                    );
                }
            }
        }
    }
}

/// The places inside a range; they are sorted.
fn within<'n, 'a>(all: &'n [(Span, &'a str)], range: Span) -> &'n [(Span, &'a str)] {
    let from = all.partition_point(|(span, _)| span.lo < range.lo);
    let to = all.partition_point(|(span, _)| span.lo < range.hi);
    &all[from..to.max(from)]
}

/// What of a branch is around a statement.
#[derive(Clone, Copy, Default)]
struct Inside {
    step: bool,
    each: bool,
}

/// Looks for flow that leaves a branch.
struct Left<'f, 'a> {
    branch: &'a Statement,
    resolved: &'a Resolved,
    found: &'f mut Vec<Diagnostic>,
}

impl Left<'_, '_> {
    fn statement(&mut self, statement: &Statement, inside: Inside) {
        let word = match &statement.kind {
            StatementKind::Return(_) if !inside.step => Some("return"),
            StatementKind::Skip if !inside.step => Some("skip"),
            StatementKind::Break if !inside.each => Some("break"),
            StatementKind::Continue if !inside.each => Some("continue"),
            StatementKind::Jump(jump) if self.leads_out(&jump.target.text) => Some("jump"),
            _ => None,
        };
        if let Some(word) = word {
            let end = statement.span.lo.saturating_add(u32::try_from(word.len()).unwrap_or(0));
            self.found.push(left(word, Span { hi: end, ..statement.span }));
        }
        if let StatementKind::Step(step) = &statement.kind {
            let node = self.resolved.steps.get((step.number as usize).wrapping_sub(1));
            if let Some(Last::Jump(target)) = node.map(|node| &node.policy.last)
                && self.leads_out(target)
            {
                self.found.push(left("jump", step.head));
            }
        }
        let inside = match &statement.kind {
            StatementKind::Step(_) => Inside { step: true, ..inside },
            StatementKind::While(_) | StatementKind::Each(Each { .. }) => {
                Inside { each: true, ..inside }
            }
            // Its own branches are looked at for themselves.
            StatementKind::Parallel(_) => return,
            _ => inside,
        };
        for block in blocks(statement) {
            block.statements.iter().for_each(|inner| self.statement(inner, inside));
        }
    }

    /// Whether a step lies outside the branch; one that does not exist is an error of its own.
    fn leads_out(&self, target: &str) -> bool {
        let node = self.resolved.find(target);
        node.is_some_and(|node| !self.branch.span.holds(node.span.lo))
    }
}

fn left(word: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::BRANCH_LEFT, span, format!("`{word}` leaves a branch of `parallel`"))
        .help("a branch runs to its end; `stop` ends the whole plan")
}
