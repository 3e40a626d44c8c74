//! What the log of a walk says of names: undeclared, taken, read too early, set without right, never read.

use std::collections::{HashMap, HashSet};

use super::scope::{Clash, Role, Scope};
use super::suggest::Budget;
use super::walk::{Log, Use, Way, Write};
use crate::action::Kind;
use crate::diagnostic::code::names as codes;
use crate::diagnostic::{Diagnostic, Label, either, is_slip};
use crate::source::Span;
use crate::step::resolve::RESERVED;
use crate::value::function;

/// How many further places one diagnostic shows.
const SHOWN: usize = 5;

pub(super) fn check(scope: &Scope<'_>, log: &Log<'_>, found: &mut Vec<Diagnostic>) {
    let mut turns: HashMap<&str, Span> = HashMap::new();
    for turn in &log.loops {
        turns.entry(&*turn.word.text).or_insert(turn.word.span);
    }
    let mut names =
        Names { scope, log, found, budget: Budget::default(), meant: HashSet::new(), turns };
    names.clashes();
    names.loops();
    names.sets();
    names.undeclared();
    names.early();
    names.unused();
}

struct Names<'c, 'a> {
    scope: &'c Scope<'a>,
    log: &'c Log<'a>,
    found: &'c mut Vec<Diagnostic>,
    budget: Budget,
    /// Names that a misspelt one was probably meant for: they are read, one may say.
    meant: HashSet<String>,
    /// The names of loops, and the first place of each.
    turns: HashMap<&'a str, Span>,
}

/// Adds a replacement, certain or not.
type Rename = fn(Diagnostic, Span, String) -> Diagnostic;

impl<'a> Names<'_, 'a> {
    fn role(&self, name: &str) -> Option<Role> {
        self.scope.names.get(name).map(|entry| entry.role)
    }

    fn what(&self, name: &str) -> &'static str {
        match self.role(name) {
            Some(Role::Parameter) => "a parameter",
            Some(Role::Id(_)) => "the id of a step",
            Some(Role::Namespace(_)) => "the namespace of a step",
            _ => "a variable",
        }
    }

    /// A name like `wanted` that nothing has.
    fn free(&self, wanted: &str) -> String {
        let taken = |name: &str| self.scope.names.contains_key(name);
        let first = format!("{wanted}_value");
        if !taken(&first) {
            return first;
        }
        let numbered = (2..).map(|n| format!("{first}_{n}")).find(|name| !taken(name));
        numbered.unwrap_or(first)
    }

    /// Written names that are already something else, each name once.
    fn clashes(&mut self) {
        let mut groups: Vec<(&str, Vec<Clash<'a>>)> = Vec::new();
        let mut index: HashMap<&str, usize> = HashMap::new();
        for clash in &self.scope.clashes {
            let at = *index.entry(clash.name).or_insert(groups.len());
            if at == groups.len() {
                groups.push((clash.name, Vec::new()));
            }
            if let Some((_, group)) = groups.get_mut(at) {
                group.push(*clash);
            }
        }
        let mut uses: HashMap<&str, Vec<&Use<'a>>> = HashMap::new();
        for used in self.log.uses.iter().filter(|used| index.contains_key(used.name)) {
            uses.entry(used.name).or_default().push(used);
        }
        let backs = Backs::of(self.log);
        for (name, group) in groups {
            let steps: HashSet<u32> = group.iter().map(|clash| clash.step).collect();
            let uses = uses.get(name).into_iter().flatten();
            let mut uses: Vec<&Use<'a>> =
                uses.copied().filter(|used| steps.contains(&used.step)).collect();
            let first = group.first().map(|clash| clash.span);
            let first = self.log.writes.iter().find(|write| Some(write.span) == first);
            let mut rename: Rename = Diagnostic::fix;
            if let Some(write) = first {
                // A use before the first write reads what had the name already, unless a way leads back to it.
                let returns = |used: &&Use<'_>| {
                    let shared = self.share_a_region(used.region, write.region);
                    used.at < write.at && (shared || backs.lead_back(write.at, used.at))
                };
                if uses.iter().any(returns) {
                    rename = Diagnostic::propose;
                }
                uses.retain(|used| used.at > write.at);
            }
            let places = group.iter().map(|clash| clash.span);
            let places: Vec<Span> = places.chain(uses.iter().map(|used| used.span)).collect();
            self.taken(name, &places, rename);
        }
    }

    /// Says that a name is taken, at the first of `places`, and renames it at all of them.
    fn taken(&mut self, name: &str, places: &[Span], rename: Rename) {
        let Some(&span) = places.first() else { return };
        let free = self.free(name);
        let mut diagnostic = if RESERVED.contains(&name) {
            Diagnostic::error(codes::RESERVED, span, format!("`{name}` is reserved"))
        } else {
            let text = format!("`{name}` is already {}", self.what(name));
            let first = self.scope.names.get(name).map_or(span, |entry| entry.place);
            Diagnostic::error(codes::NAME_TAKEN, span, text).related(first, "it is declared here")
        };
        diagnostic = diagnostic.help(format!("call it something else, such as `{free}`"));
        for place in places {
            diagnostic = rename(diagnostic, *place, free.clone());
        }
        self.found.push(diagnostic);
    }

    /// Names of loops live beside the flat scope: they take no name of it, nor that of a loop around.
    fn loops(&mut self) {
        let mut last: HashMap<&str, (Span, Span)> = HashMap::new();
        for turn in &self.log.loops {
            let name = &*turn.word.text;
            let span = turn.word.span;
            let places: Vec<Span> =
                std::iter::once(span).chain(turn.uses.iter().copied()).collect();
            let around =
                last.get(name).filter(|(body, _)| body.holds(span.lo) || *body == turn.body);
            if RESERVED.contains(&name) || self.scope.names.contains_key(name) {
                self.taken(name, &places, Diagnostic::fix);
            } else if let Some((_, outer)) = around {
                let outer = *outer;
                let free = self.free(name);
                let text = format!("`{name}` is already the name of a loop around");
                let mut diagnostic = Diagnostic::error(codes::NAME_TAKEN, span, text)
                    .related(outer, "the loop around names it here")
                    .help(format!("call it something else, such as `{free}`"));
                for place in &places {
                    diagnostic = diagnostic.fix(*place, &*free);
                }
                self.found.push(diagnostic);
                continue;
            }
            last.insert(name, (turn.body, span));
        }
    }

    /// `set` of names that do not exist, or do not change.
    fn sets(&mut self) {
        let mut read: HashSet<&str> = HashSet::new();
        let mut said: HashSet<&str> = HashSet::new();
        for used in &self.log.uses {
            if !matches!(used.way, Way::Set(_) | Way::SetInside) {
                read.insert(used.name);
                continue;
            }
            let diagnostic = match (self.role(used.name), used.way) {
                _ if said.contains(used.name) => continue,
                _ if RESERVED.contains(&used.name) => self.fixed(used),
                (Some(Role::Parameter | Role::Id(_) | Role::Namespace(_)), _) => self.fixed(used),
                (Some(Role::Wished), Way::Set(_)) if read.contains(used.name) => unmade(used),
                (Some(Role::Wished), Way::Set(keyword)) => self.wished(used, keyword),
                _ => continue,
            };
            said.insert(used.name);
            self.found.push(diagnostic);
        }
    }

    fn fixed(&self, used: &Use<'_>) -> Diagnostic {
        let text = match self.role(used.name) {
            Some(Role::Parameter) => format!("`{}` is a parameter and does not change", used.name),
            Some(_) => format!("`{}` is the result of a step and does not change", used.name),
            None => format!("`{}` is reserved", used.name),
        };
        let free = self.free(used.name);
        Diagnostic::error(codes::SET_FIXED, used.span, text)
            .help(format!("copy it: `var {free} = {}`, then change `{free}`", used.name))
    }

    fn wished(&mut self, used: &Use<'_>, keyword: Span) -> Diagnostic {
        let diagnostic = no_variable(used);
        let scope = self.scope;
        let others =
            scope.order.iter().copied().filter(|name| {
                scope.names.get(name).is_some_and(|entry| entry.role == Role::Variable)
            });
        match self.budget.near(used.name, others).as_slice() {
            [] => {
                diagnostic.help(format!("make it with `var {} = …`", used.name)).fix(keyword, "var")
            }
            near => diagnostic
                .help(format!("make it with `var`, or did you mean {}?", either(near)))
                .propose(keyword, "var"),
        }
    }

    /// Reads of names that nothing declares, each name once.
    fn undeclared(&mut self) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        let mut groups: Vec<Vec<&Use<'a>>> = Vec::new();
        for used in &self.log.uses {
            if self.scope.names.contains_key(used.name) || RESERVED.contains(&used.name) {
                continue;
            }
            let at = *first.entry(used.name).or_insert(groups.len());
            if at == groups.len() {
                groups.push(Vec::new());
            }
            if let Some(group) = groups.get_mut(at) {
                group.push(used);
            }
        }
        for group in groups {
            if let Some(diagnostic) = self.unknown(&group) {
                self.found.push(diagnostic);
            }
        }
    }

    fn unknown(&mut self, uses: &[&Use<'a>]) -> Option<Diagnostic> {
        let used = uses.first()?;
        let name = used.name;
        let diagnostic =
            Diagnostic::error(codes::UNDECLARED, used.span, format!("nothing declares `{name}`"));
        let mut diagnostic = self.mend(diagnostic, uses, used)?;
        for other in uses.iter().skip(1).take(SHOWN) {
            diagnostic.related.push(Label { span: other.span, text: "here too".to_owned() });
        }
        Some(diagnostic)
    }

    /// Adds the remedy; `None` where the declaration may stand in text that could not be read.
    fn mend(
        &mut self,
        diagnostic: Diagnostic,
        uses: &[&Use<'a>],
        used: &Use<'a>,
    ) -> Option<Diagnostic> {
        let name = used.name;
        if let Some(turn) = self.turns.get(name) {
            let text = "the loop names it here; the name ends with the loop's body";
            let help = "write what the loop finds into a variable: `var x = …` before it, `set x = …` in it";
            return Some(diagnostic.related(*turn, text).help(help));
        }
        let scope = self.scope;
        let around = self.log.loops.iter().filter(|turn| turn.body.holds(used.span.lo));
        let names = scope.order.iter().copied().chain(around.map(|turn| &*turn.word.text));
        let names = names.chain(["error", "run", "true", "false", "null"]);
        let near = self.budget.near(name, names);
        if near.is_empty() && (scope.torn || scope.lost.contains(name)) {
            return None;
        }
        self.meant.extend(near.iter().map(|&name| name.to_owned()));
        if let [one] = near.as_slice()
            && is_slip(name, one)
        {
            let diagnostic = diagnostic.help(format!("did you mean `{one}`?"));
            return Some(
                uses.iter().fold(diagnostic, |diagnostic, used| diagnostic.fix(used.span, *one)),
            );
        }
        if !near.is_empty() {
            return Some(diagnostic.help(format!("did you mean {}?", either(&near))));
        }
        Some(self.guess(diagnostic, used))
    }

    /// The remedy where no name is near.
    fn guess(&self, diagnostic: Diagnostic, used: &Use<'_>) -> Diagnostic {
        let name = used.name;
        if function::find(name).is_some() {
            return diagnostic.help(format!("`{name}` is a function: `{name}(…)`"));
        }
        if matches!(name, "undefined" | "nil" | "NULL" | "NaN") {
            return diagnostic.help("nothing is written `null`").fix(used.span, "null");
        }
        if matches!(name, "params" | "args" | "inputs" | "ctx" | "context" | "vars" | "steps") {
            return diagnostic.help(
                "parameters, variables and steps are names of their own: `target`, `read.data`",
            );
        }
        let quoted = format!("\"{name}\"");
        match used.way {
            Way::Argument(kind) if is_text(kind) => {
                diagnostic.help(format!("text stands in quotes: `{quoted}`")).fix(used.span, quoted)
            }
            Way::SetInside => diagnostic.help(format!("make it first: `var {name} = {{}}`")),
            _ => diagnostic
                .help(format!(
                    "declare it with `var {name} = …`, or write `{quoted}` if text is meant"
                ))
                .propose(used.span, quoted),
        }
    }

    /// Reads that come before the only write, whatever way the plan takes.
    fn early(&mut self) {
        let mut only: HashMap<&str, Option<&Write<'a>>> = HashMap::new();
        for write in &self.log.writes {
            only.entry(write.name).and_modify(|known| *known = None).or_insert(Some(write));
        }
        let backs = Backs::of(self.log);
        let mut said: HashSet<&str> = HashSet::new();
        for used in &self.log.uses {
            let Some(Some(write)) = only.get(used.name) else { continue };
            let later = used.at < write.at && !self.share_a_region(used.region, write.region);
            let known = matches!(
                self.role(used.name),
                Some(Role::Variable | Role::Id(_) | Role::Namespace(_))
            );
            let held = self.scope.outer.contains(used.name);
            if !later
                || !known
                || held
                || backs.lead_back(write.at, used.at)
                || !said.insert(used.name)
            {
                continue;
            }
            self.found.push(self.too_early(used, write));
        }
    }

    fn too_early(&self, used: &Use<'_>, write: &Write<'_>) -> Diagnostic {
        let name = used.name;
        let diagnostic = Diagnostic::error(
            codes::USE_BEFORE_WRITE,
            used.span,
            format!("`{name}` is read before anything is written to it"),
        );
        match self.role(name) {
            Some(Role::Variable) => diagnostic
                .related(write.span, "the only write is here")
                .help(format!("give it a value before: `var {name} = …`")),
            _ => diagnostic
                .related(write.span, "the step's result is stored at its end")
                .help("read the result behind the step, or use the variables inside it"),
        }
    }

    /// Whether a loop or a retried step holds both.
    fn share_a_region(&self, a: u32, b: u32) -> bool {
        let (mut a, mut b) = (a, b);
        while a != b {
            let higher = if a > b { &mut a } else { &mut b };
            *higher = self.log.regions.get(*higher as usize).copied().unwrap_or(0);
        }
        a != 0
    }

    /// Variables and parameters that are never read.
    fn unused(&mut self) {
        if self.scope.torn {
            return;
        }
        let read: HashSet<&str> = self
            .log
            .uses
            .iter()
            .filter(|used| !matches!(used.way, Way::Set(_) | Way::SetInside))
            .map(|u| u.name)
            .collect();
        let mut shown: HashSet<&str> = HashSet::new();
        for write in &self.log.writes {
            let kept =
                self.scope.may_default(write.step) || self.scope.ways.may_break_off(write.step);
            if write.step != 0 && kept {
                shown.insert(write.name);
            }
        }
        for &name in &self.scope.order {
            let Some(entry) = self.scope.names.get(name) else { continue };
            let kept = self.scope.outer.contains(name) || name.starts_with('_');
            if read.contains(name) || self.meant.contains(name) || kept {
                continue;
            }
            let warning = match entry.role {
                Role::Variable if !shown.contains(name) => Diagnostic::warning(
                    codes::UNUSED,
                    entry.place,
                    format!("`{name}` is never read"),
                )
                .help(format!("return it, or call it `_{name}` if it is kept for show")),
                Role::Parameter => Diagnostic::warning(
                    codes::UNUSED,
                    entry.place,
                    format!("the parameter `{name}` is never read"),
                )
                .help("remove it, or use it"),
                _ => continue,
            };
            self.found.push(warning);
        }
    }
}

fn no_variable(used: &Use<'_>) -> Diagnostic {
    let text = format!("`set` changes a variable, and there is none called `{}`", used.name);
    Diagnostic::error(codes::SET_UNKNOWN, used.span, text)
}

/// A name that is read before the first `set` of it has to be made before that.
fn unmade(used: &Use<'_>) -> Diagnostic {
    no_variable(used).help(format!("make it before it is read: `var {} = …`", used.name))
}

/// Whether a parameter takes text and no bare words: a lone word that nothing declares is meant as text.
fn is_text(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text
            | Kind::Path
            | Kind::Globs
            | Kind::Regex
            | Kind::Pattern
            | Kind::Query
            | Kind::Signature
    )
}

/// Ways back, so that one question takes a binary search.
struct Backs {
    /// Beginning of the target, and the latest place that any jump to it or to a target before it leaves from.
    latest: Vec<(u32, u32)>,
}

impl Backs {
    fn of(log: &Log<'_>) -> Self {
        let begin = |to: u32| log.begins.get(to as usize).copied().unwrap_or(0);
        let mut latest: Vec<(u32, u32)> =
            log.backs.iter().map(|back| (begin(back.to), back.from)).collect();
        latest.sort_unstable();
        let mut most = 0;
        for (_, from) in &mut latest {
            most = most.max(*from);
            *from = most;
        }
        Self { latest }
    }

    /// Whether a jump from behind `write` can lead to before `used`.
    fn lead_back(&self, write: u32, used: u32) -> bool {
        let before = self.latest.partition_point(|(begin, _)| *begin <= used);
        before
            .checked_sub(1)
            .and_then(|at| self.latest.get(at))
            .is_some_and(|(_, from)| *from >= write)
    }
}
