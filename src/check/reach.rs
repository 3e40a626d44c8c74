//! The ways through a plan: jumps and their targets, loops that are left, statements that nothing reaches.

use std::collections::HashMap;

use super::scope::blocks;
use super::suggest::Budget;
use crate::diagnostic::{
    Diagnostic, Label, Severity, Suggestion, code::names as codes, either, is_slip,
};
use crate::source::Span;
use crate::step::{Last, Resolved};
use crate::syntax::ast::{Block, Else, ExprKind, File, If, Jump, Statement, StatementKind, Step};

/// Which steps can be passed: their last statement can be behind them.
#[derive(Debug, Default)]
pub(super) struct Ways {
    passed: Vec<bool>,
    /// Steps that a jump, `break`, `continue` or `stop` inside may leave early.
    left: Vec<bool>,
}

impl Ways {
    /// Whether control can reach the end of the step's body.
    pub(super) fn may_pass(&self, step: u32) -> bool {
        self.passed.get(step as usize).copied().unwrap_or(true)
    }

    /// Whether something other than `return` and `skip` may leave the step before its end.
    pub(super) fn may_break_off(&self, step: u32) -> bool {
        self.left.get(step as usize).copied().unwrap_or(true)
    }
}

/// How a block can be left.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    /// By its end.
    passes: bool,
    /// By `return` or `skip`.
    leaves: bool,
    /// By a jump, `break`, `continue` or `stop`.
    away: bool,
}

impl Ends {
    const NEVER: Self = Self { passes: false, leaves: false, away: false };
    const PASSES: Self = Self { passes: true, ..Self::NEVER };
    const LEAVES: Self = Self { leaves: true, ..Self::NEVER };
    const AWAY: Self = Self { away: true, ..Self::NEVER };

    fn or(self, other: Self) -> Self {
        Self {
            passes: self.passes || other.passes,
            leaves: self.leaves || other.leaves,
            away: self.away || other.away,
        }
    }
}

/// A jump and where it stands.
struct Source {
    target: String,
    place: Span,
    quote: &'static str,
    region: u32,
}

pub(super) fn check(file: &File, resolved: &Resolved, found: &mut Vec<Diagnostic>) -> Ways {
    let count = resolved.steps.len() + 1;
    let mut map = Map { regions: vec![0], of_step: vec![0; count], sources: Vec::new(), resolved };
    map.block(&file.body, 0);
    let entered = map.targets(found);
    let mut flow = Flow {
        resolved,
        entered,
        ways: Ways { passed: vec![true; count], left: vec![false; count] },
        found,
        loops: 0,
        step: 0,
    };
    flow.block(&file.body);
    flow.ways
}

/// Bodies of loops, `if` and `parallel`: what a jump cannot enter.
struct Map<'a> {
    /// The parent of each body; 0 is the plan, its own parent.
    regions: Vec<u32>,
    /// The body each step stands in, by number.
    of_step: Vec<u32>,
    sources: Vec<Source>,
    resolved: &'a Resolved,
}

impl Map<'_> {
    fn block(&mut self, block: &Block, region: u32) {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Step(step) => {
                    self.policy(step, region);
                    if let Some(slot) = self.of_step.get_mut(step.number as usize) {
                        *slot = region;
                    }
                    self.block(&step.body, region);
                }
                StatementKind::Plan(body) => self.block(body, region),
                StatementKind::Jump(jump) => self.jump(jump, region),
                _ => {
                    for body in blocks(statement) {
                        self.regions.push(region);
                        let inner = u32::try_from(self.regions.len() - 1).unwrap_or(u32::MAX);
                        self.block(body, inner);
                    }
                }
            }
        }
    }

    fn jump(&mut self, jump: &Jump, region: u32) {
        let quote = if jump.quoted { "\"" } else { "" };
        let target = jump.target.text.to_string();
        self.sources.push(Source { target, place: jump.target.span, quote, region });
    }

    fn policy(&mut self, step: &Step, region: u32) {
        let node = self.resolved.steps.get((step.number as usize).wrapping_sub(1));
        let Some(Last::Jump(target)) = node.map(|node| &node.policy.last) else { return };
        let value = step
            .attributes
            .iter()
            .find(|attribute| &*attribute.key.text == "onError")
            .map(|a| &a.value);
        let place = match value.map(|value| (&value.kind, value.span)) {
            Some((ExprKind::Text(text), span)) => match text.value.rfind(&**target) {
                Some(at) => {
                    let ends = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                    text.map.span(span.source, ends(at)..ends(at + target.len()))
                }
                None => span,
            },
            Some((_, span)) => span,
            None => step.head,
        };
        self.sources.push(Source { target: target.to_string(), place, quote: "", region });
    }

    /// Checks every jump; gives, by step number, whether a jump goes to the step or through it.
    fn targets(&self, found: &mut Vec<Diagnostic>) -> Vec<bool> {
        let mut entered = vec![false; self.of_step.len()];
        let mut unknown: HashMap<&str, usize> = HashMap::new();
        let mut budget = Budget::default();
        for source in &self.sources {
            let Some(node) = self.resolved.find(&source.target) else {
                match unknown.get(source.target.as_str()) {
                    Some(&first) => again(&mut found[first], source),
                    None => {
                        unknown.insert(&source.target, found.len());
                        found.push(self.unknown(source, &mut budget));
                    }
                }
                continue;
            };
            let body = self.of_step.get(node.number as usize).copied().unwrap_or(0);
            if !self.holds(body, source.region) {
                let text = format!("step `{}` lies inside a body that the jump is not in", node.id);
                found.push(
                    Diagnostic::error(codes::JUMP_UNREACHABLE, source.place, text)
                        .related(node.span, "the step is here")
                        .help(
                            "jump to a step that holds the body, or move the step out of the body",
                        ),
                );
            }
            for number in node.chain.iter().chain([&node.number]) {
                if let Some(slot) = entered.get_mut(*number as usize) {
                    *slot = true;
                }
            }
        }
        entered
    }

    /// Whether `body` is `region` or around it.
    fn holds(&self, body: u32, region: u32) -> bool {
        let mut at = region;
        while at > body {
            at = self.regions.get(at as usize).copied().unwrap_or(0);
        }
        at == body
    }

    fn unknown(&self, source: &Source, budget: &mut Budget) -> Diagnostic {
        let target = &source.target;
        let diagnostic = Diagnostic::error(
            codes::JUMP_UNKNOWN,
            source.place,
            format!("there is no step `{target}`"),
        );
        let steps = &self.resolved.steps;
        let described: Vec<&str> = steps
            .iter()
            .take(if budget.is_spent() { 0 } else { usize::MAX })
            .filter(|node| node.desc.as_deref() == Some(target) || *node.namespace == **target)
            .map(|node| &*node.id)
            .collect();
        let near = match described.as_slice() {
            [one] => vec![*one],
            _ => budget.near(target, steps.iter().map(|node| &*node.id)),
        };
        let quote = source.quote;
        match near.as_slice() {
            [one] if !described.is_empty() || is_slip(target, one) => diagnostic
                .help(format!("did you mean `{one}`?"))
                .fix(source.place, format!("{quote}{one}{quote}")),
            [] if steps.is_empty() || steps.len() > 12 => {
                diagnostic.help("a jump aims at the `id=` of a step")
            }
            [] => {
                let ids: Vec<&str> = steps.iter().map(|node| &*node.id).collect();
                diagnostic
                    .help(format!("the steps are {}", either(&ids).replace(" or `", " and `")))
            }
            many => diagnostic.help(format!("did you mean {}?", either(many))),
        }
    }
}

/// The same unknown target once more: one mistake, said once.
fn again(first: &mut Diagnostic, source: &Source) {
    if first.related.len() < 5 {
        first.related.push(Label { span: source.place, text: "here too".to_owned() });
    }
    if let Some(fix) = first.suggestions.first().filter(|fix| fix.applicable) {
        let id = fix.text.trim_matches('"');
        let text = format!("{quote}{id}{quote}", quote = source.quote);
        first.suggestions.push(Suggestion { span: source.place, text, applicable: true });
    }
}

/// Walks the blocks for what cannot be reached.
struct Flow<'a> {
    resolved: &'a Resolved,
    entered: Vec<bool>,
    ways: Ways,
    found: &'a mut Vec<Diagnostic>,
    loops: u32,
    step: u32,
}

impl Flow<'_> {
    fn block(&mut self, block: &Block) -> Ends {
        let mut stopper: Option<&Statement> = None;
        let mut said = false;
        let mut ends = Ends::NEVER;
        for statement in &block.statements {
            if self.is_entered(statement) {
                (stopper, said) = (None, false);
            }
            if let (Some(stopper), false) = (stopper, said) {
                said = true;
                self.found.push(unreachable(statement, stopper));
            }
            let here = self.statement(statement);
            if stopper.is_none() {
                ends = ends.or(Ends { passes: false, ..here });
                stopper = (!here.passes).then_some(statement);
            }
        }
        Ends { passes: stopper.is_none(), ..ends }
    }

    fn is_entered(&self, statement: &Statement) -> bool {
        match &statement.kind {
            StatementKind::Step(step) => {
                self.entered.get(step.number as usize).copied().unwrap_or(false)
            }
            _ => false,
        }
    }

    fn statement(&mut self, statement: &Statement) -> Ends {
        match &statement.kind {
            StatementKind::Plan(body) => self.block(body),
            StatementKind::Step(step) => self.step(step),
            StatementKind::If(branch) => {
                let has_else = ends_in_else(branch);
                let bodies: Vec<Ends> =
                    blocks(statement).into_iter().map(|body| self.block(body)).collect();
                let all = bodies.into_iter().fold(Ends::NEVER, Ends::or);
                if has_else { all } else { all.or(Ends::PASSES) }
            }
            StatementKind::While(_) | StatementKind::Each(_) => {
                self.loops += 1;
                let inner = blocks(statement)
                    .into_iter()
                    .map(|body| self.block(body))
                    .fold(Ends::PASSES, Ends::or);
                self.loops -= 1;
                inner
            }
            // Each statement is a branch that begins with the others.
            StatementKind::Parallel(parallel) => {
                let branches = parallel.body.statements.iter();
                branches.fold(Ends::PASSES, |ends, branch| ends.or(self.statement(branch)))
            }
            StatementKind::Return(_) | StatementKind::Skip => Ends::LEAVES,
            // A jump to nowhere is a mistake of its own; what stands behind it is not.
            StatementKind::Jump(jump) if self.resolved.find(&jump.target.text).is_none() => {
                Ends::PASSES
            }
            StatementKind::Jump(_) | StatementKind::Stop => Ends::AWAY,
            StatementKind::Break => self.turn("break", statement.span),
            StatementKind::Continue => self.turn("continue", statement.span),
            _ => Ends::PASSES,
        }
    }

    /// A step is passed by its end or by leaving it; a policy may go on behind it, too.
    fn step(&mut self, step: &Step) -> Ends {
        let outer = std::mem::replace(&mut self.step, step.number.max(1));
        let inner = self.block(&step.body);
        self.step = outer;
        let number = step.number as usize;
        if let (Some(passed), Some(left)) =
            (self.ways.passed.get_mut(number), self.ways.left.get_mut(number))
        {
            (*passed, *left) = (inner.passes, inner.away);
        }
        let policy = self
            .resolved
            .steps
            .get((step.number as usize).wrapping_sub(1))
            .map(|node| &node.policy.last);
        Ends {
            passes: inner.passes || inner.leaves || policy == Some(&Last::Continue),
            leaves: false,
            ..inner
        }
    }

    fn turn(&mut self, word: &str, span: Span) -> Ends {
        if self.loops == 0 && self.step > 0 {
            let text = format!("`{word}` outside a loop");
            self.found.push(
                Diagnostic::error(codes::OUTSIDE_LOOP, span, text)
                    .help("`skip` leaves a step, `stop` ends the plan, `return` gives the step its result")
                    .propose(span, "skip"),
            );
            return Ends::PASSES;
        }
        Ends::AWAY
    }
}

fn ends_in_else(branch: &If) -> bool {
    let mut next = branch;
    loop {
        match &next.otherwise {
            Some(Else::Block(_)) => return true,
            Some(Else::If(other, _)) => next = other,
            None => return false,
        }
    }
}

fn unreachable(statement: &Statement, stopper: &Statement) -> Diagnostic {
    let what = match &stopper.kind {
        StatementKind::Return(_) => "`return`",
        StatementKind::Skip => "`skip`",
        StatementKind::Stop => "`stop`",
        StatementKind::Jump(_) => "`jump`",
        StatementKind::Break => "`break`",
        StatementKind::Continue => "`continue`",
        StatementKind::If(_) => "an `if` that always leaves",
        _ => "a step that is never passed",
    };
    let place = |statement: &Statement| match &statement.kind {
        StatementKind::Step(step) => step.head,
        _ => statement.span,
    };
    // A whole step that cannot be reached may be set aside for now; a statement can only be a mistake.
    let severity = match &stopper.kind {
        StatementKind::Step(_) => Severity::Warning,
        _ => Severity::Error,
    };
    let message = format!("nothing runs behind {what}");
    Diagnostic { severity, ..Diagnostic::error(codes::UNREACHABLE, place(statement), message) }
        .related(place(stopper), "this never goes on")
        .help("remove what stands behind, or move it before")
}
