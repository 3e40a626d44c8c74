//! What a run tells while it goes on, on the trait and as lines: a grammar that every run's events have to fit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use qplan::diagnostic::Fault;
use qplan::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use qplan::system::control::Progress;
use qplan::value::Value;

/// One event, from the trait or from a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    /// Id and parent of the step.
    pub(crate) step: Option<(String, Option<String>)>,
    pub(crate) attempt: u64,
    /// Of an action.
    pub(crate) id: String,
    /// `new` and `old`, or the status of a step or plan, or the target of a jump.
    pub(crate) words: Vec<String>,
}

/// Remembers every event.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<Vec<Event>>);

impl Heard {
    pub(crate) fn all(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().filter(|event| event.name == name).count()
    }

    fn hear(&self, name: &str, step: Option<&StepInfo>, more: Event) {
        let step =
            step.map(|step| (step.id.to_string(), step.parent.as_ref().map(|p| p.to_string())));
        let event = Event { name: name.to_owned(), step, ..more };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }
}

fn words<const N: usize>(words: [&str; N]) -> Event {
    Event { words: words.map(str::to_owned).to_vec(), ..Event::default() }
}

fn attempt(attempt: u32) -> Event {
    Event { attempt: u64::from(attempt), ..Event::default() }
}

fn action(action: &ActionInfo<'_>) -> Event {
    Event { id: action.id.to_owned(), ..Event::default() }
}

impl Events for Heard {
    fn plan_start(&self) {
        self.hear("plan_start", None, Event::default());
    }
    fn plan_end(&self, state: State) {
        self.hear("plan_end", None, words([state.name()]));
    }
    fn step_start(&self, step: &StepInfo) {
        self.hear("step_start", Some(step), Event::default());
    }
    fn step_end(&self, step: &StepInfo, status: StepStatus, _: &Value) {
        self.hear("step_end", Some(step), words([status.name()]));
    }
    fn step_error(&self, step: &StepInfo, number: u32, _: &Fault) {
        self.hear("step_error", Some(step), attempt(number));
    }
    fn step_retry(&self, step: &StepInfo, number: u32, _: &Fault) {
        self.hear("step_retry", Some(step), attempt(number));
    }
    fn step_jump(&self, step: &StepInfo, target: &str) {
        self.hear("step_jump", Some(step), words([target]));
    }
    fn action_start(&self, info: &ActionInfo<'_>) {
        self.hear("action_start", Some(info.step), action(info));
    }
    fn action_end(&self, info: &ActionInfo<'_>, _: u64, _: Option<i64>, _: Option<&Fault>) {
        self.hear("action_end", Some(info.step), action(info));
    }
    fn progress(&self, _: usize, _: usize) {
        self.hear("progress", None, Event::default());
    }
    fn print(&self, _: &str) {
        self.hear("print", None, Event::default());
    }
    fn abort(&self) {
        self.hear("abort", None, Event::default());
    }
    fn pause(&self) {
        self.hear("pause", None, Event::default());
    }
    fn resume(&self) {
        self.hear("resume", None, Event::default());
    }
    fn timeout(&self, step: Option<&StepInfo>) {
        self.hear("timeout", step, Event::default());
    }
    fn state_change(&self, new: State, old: State) {
        self.hear("state_change", None, words([new.name(), old.name()]));
    }
}

impl Progress for Heard {
    fn files(&self, done: usize, total: usize) {
        self.progress(done, total);
    }
}

/// The events of `--events jsonl`; each line has to name the run and its time, and to describe its step.
pub(crate) fn of_lines(text: &str) -> Result<Vec<Event>, String> {
    let mut runs = BTreeSet::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let json: serde_json::Value =
            serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        let word = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        runs.insert(word("run_id"));
        let time = word("time").parse::<jiff::Timestamp>();
        time.map_err(|error| format!("{error}: {line}"))?;
        let step = match &json["step"] {
            serde_json::Value::Null => None,
            step => {
                let fields = ["order", "path", "depth", "errorPolicy"];
                if let Some(missing) = fields.iter().find(|field| step[**field].is_null()) {
                    return Err(format!("no `{missing}`: {line}"));
                }
                let id = step["stepId"].as_str().ok_or_else(|| format!("no id: {line}"))?;
                Some((id.to_owned(), step["parentStepId"].as_str().map(str::to_owned)))
            }
        };
        let words: Vec<String> = match &*word("event") {
            "state_change" => vec![word("new"), word("old")],
            "plan_end" | "step_end" => vec![word("status")],
            "step_jump" => vec![word("target")],
            _ => Vec::new(),
        };
        let (attempt, id) = (json["attempt"].as_u64().unwrap_or(0), word("id"));
        events.push(Event { name: word("event"), step, attempt, id, words });
    }
    match runs.len() {
        1 => Ok(events),
        _ => Err(format!("one run, not {runs:?}")),
    }
}

/// How an entry of a step goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Entry {
    /// An attempt.
    Tries(u64),
    /// An attempt failed.
    Failed(u64),
    /// Behind a jump only its end may come.
    Leaves,
}

/// What is open while events are read.
#[derive(Default)]
struct Open {
    steps: BTreeMap<String, (Entry, Option<String>)>,
    actions: BTreeMap<String, String>,
    state: String,
    held: bool,
}

/// Says where the events of a run do not fit: pairs, nesting, attempts, states.
pub(crate) fn misfit(events: &[Event]) -> Option<String> {
    let mut open = Open { state: "idle".to_owned(), ..Open::default() };
    for (at, event) in events.iter().enumerate() {
        let is_edge = |name: &str, place: usize| (event.name == name) == (at == place);
        let fits = if !is_edge("plan_start", 0) || !is_edge("plan_end", events.len() - 1) {
            Err("not at its end of the plan".to_owned())
        } else {
            match &event.step {
                Some((id, parent)) => open.step(event, id, parent.as_ref()),
                None => open.plan(event),
            }
        };
        if let Err(why) = fits {
            let before = &events[at.saturating_sub(4)..=at];
            return Some(format!("event {at}, {}: {why}; after {before:#?}", event.name));
        }
    }
    let left = (!open.steps.is_empty()).then(|| format!("steps that do not end: {:?}", open.steps));
    let last = events.last().map(|event| event.words.clone()).unwrap_or_default();
    left.or_else(|| {
        (last != [open.state.clone()])
            .then(|| format!("{last:?} is not the last state, {}", open.state))
    })
}

impl Open {
    fn plan(&mut self, event: &Event) -> Result<(), String> {
        match (&*event.name, event.words.as_slice()) {
            ("state_change", [new, old]) => {
                if *old != self.state {
                    return Err(format!("from `{old}`, but it is `{}`", self.state));
                }
                let is_next = match &**old {
                    "idle" => new == "running",
                    "running" => new != "idle" && new != "running",
                    "paused" => new != "idle" && new != "paused",
                    _ => false,
                };
                self.state.clone_from(new);
                if is_next { Ok(()) } else { Err(format!("from `{old}` to `{new}`")) }
            }
            ("pause" | "resume", _) => {
                let is_pause = event.name == "pause";
                let fits = self.held != is_pause;
                self.held = is_pause;
                if fits { Ok(()) } else { Err("twice".to_owned()) }
            }
            ("abort" | "timeout" | "print" | "progress" | "plan_start" | "plan_end", _) => Ok(()),
            (name, words) => Err(format!("unknown event {name} {words:?}")),
        }
    }

    fn step(&mut self, event: &Event, id: &str, parent: Option<&String>) -> Result<(), String> {
        let entry = self.steps.get(id).map(|(entry, _)| *entry);
        let next = match (&*event.name, entry) {
            ("step_start", None) => {
                if let Some(parent) = parent
                    && !matches!(self.steps.get(parent), Some((Entry::Tries(_), _)))
                {
                    return Err(format!("its parent `{parent}` is not at work"));
                }
                Entry::Tries(1)
            }
            ("step_error", Some(Entry::Tries(n))) if event.attempt == n => Entry::Failed(n),
            ("step_retry", Some(Entry::Failed(n))) if event.attempt == n + 1 => Entry::Tries(n + 1),
            ("step_jump", Some(Entry::Tries(_) | Entry::Failed(_))) => Entry::Leaves,
            ("timeout", Some(entry @ Entry::Tries(_))) => entry,
            ("step_end", Some(_)) => return self.end(id),
            ("action_start", Some(entry @ Entry::Tries(_))) => {
                if self.actions.insert(event.id.clone(), id.to_owned()).is_some() {
                    return Err(format!("action `{}` is at work", event.id));
                }
                entry
            }
            ("action_end", Some(entry @ Entry::Tries(_))) => {
                if self.actions.remove(&event.id).as_deref() != Some(id) {
                    return Err(format!("action `{}` has not begun here", event.id));
                }
                entry
            }
            (_, entry) => return Err(format!("while step `{id}` is {entry:?}")),
        };
        self.steps.insert(id.to_owned(), (next, parent.cloned()));
        Ok(())
    }

    fn end(&mut self, id: &str) -> Result<(), String> {
        let inner = self.steps.iter().find(|(_, (_, parent))| parent.as_deref() == Some(id));
        if let Some((inner, _)) = inner {
            return Err(format!("before its step `{inner}`"));
        }
        if let Some((action, _)) = self.actions.iter().find(|(_, step)| *step == id) {
            return Err(format!("before its action `{action}`"));
        }
        self.steps.remove(id);
        Ok(())
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let event = |name: &str, words: &[&str]| Event {
        name: name.to_owned(),
        step: name.starts_with("step").then(|| ("a".to_owned(), None)),
        attempt: 1,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        ..Event::default()
    };
    let good = [
        event("plan_start", &[]),
        event("state_change", &["running", "idle"]),
        event("step_start", &[]),
        event("step_error", &[]),
        event("step_end", &["error"]),
        event("state_change", &["error", "running"]),
        event("plan_end", &["error"]),
    ];
    assert_eq!(misfit(&good), None);
    for missing in [0, 1, 2, 4, 5, 6] {
        let mut bad = good.to_vec();
        bad.remove(missing);
        assert!(misfit(&bad).is_some(), "without {missing}");
    }
    for (one, other) in [(0, 1), (2, 3), (3, 4), (5, 6)] {
        let mut bad = good.to_vec();
        bad.swap(one, other);
        assert!(misfit(&bad).is_some(), "{one} and {other} swapped");
    }
}
