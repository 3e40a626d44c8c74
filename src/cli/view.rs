//! What the live view shows: a running plan as lines for a terminal of some size. Draws nothing, reads no clock.

use std::sync::Arc;
use std::time::Duration;

use console::{Alignment, measure_text_width, pad_str, style, truncate_str};
use indexmap::IndexMap;

use crate::diagnostic::render::Color;
use crate::step::event::{StepInfo, StepStatus};

/// So many steps are remembered; those that ended first are forgotten first.
const KEPT: usize = 64;
/// So many lines are shown at most, on a terminal of any height.
const MOST_LINES: usize = 24;
/// Deeper steps are not moved further to the right.
const DEEPEST: usize = 12;
/// On a terminal as wide as that names make room for what stands beside them.
const ROOMY: usize = 40;
/// Cells of the scan's bar.
const BAR: usize = 24;

/// The steps of a run, and how far its scan is.
#[derive(Debug, Default)]
pub struct View {
    rows: IndexMap<Arc<str>, Row>,
    scan: Option<(usize, usize)>,
    ended: usize,
}

#[derive(Debug)]
struct Row {
    name: String,
    depth: usize,
    /// The orders of the steps around it and its own: rows sorted by it are the tree.
    key: Vec<u32>,
    began: Duration,
    entries: u32,
    attempt: u32,
    ended: Option<Ended>,
}

#[derive(Clone, Copy, Debug)]
struct Ended {
    status: StepStatus,
    at: Duration,
}

/// What the lines are for.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Whether it may be coloured.
    pub color: Color,
    /// The run's time.
    pub now: Duration,
    /// How the run goes on.
    pub going: Going,
    /// Whether keys are heard.
    pub keys: Keyed,
}

/// How a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// At work.
    Running,
    /// Held.
    Paused,
}

/// Whether keys are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// They are.
    Heard,
    /// Nobody listens.
    Unheard,
}

impl View {
    /// A step is entered.
    pub fn enter(&mut self, step: &StepInfo, now: Duration) {
        if let Some(row) = self.rows.get_mut(&step.id) {
            (row.began, row.entries, row.attempt, row.ended) = (now, row.entries + 1, 1, None);
            return;
        }
        if self.rows.len() >= KEPT {
            self.forget();
        }
        let parent = step.parent.as_ref().and_then(|parent| self.rows.get(parent));
        let mut key = parent.map(|row| row.key.clone()).unwrap_or_default();
        key.push(step.order);
        let name = step.desc.as_deref().unwrap_or(&step.id);
        let name = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let depth = step.depth.saturating_sub(1) as usize;
        let row = Row { name, depth, key, began: now, entries: 1, attempt: 1, ended: None };
        self.rows.insert(Arc::clone(&step.id), row);
    }

    /// A further attempt of a step begins.
    pub fn retry(&mut self, step: &str, attempt: u32) {
        if let Some(row) = self.rows.get_mut(step) {
            row.attempt = attempt;
        }
    }

    /// A step ended.
    pub fn leave(&mut self, step: &str, status: StepStatus, now: Duration) {
        self.ended += 1;
        if let Some(row) = self.rows.get_mut(step) {
            row.ended = Some(Ended { status, at: now });
        }
    }

    /// So many files of all are read.
    pub const fn scan(&mut self, done: usize, total: usize) {
        self.scan = if done < total { Some((done, total)) } else { None };
    }

    /// The lines, none wider than the frame.
    #[must_use]
    pub fn lines(&self, frame: Frame) -> Vec<String> {
        let width = frame.width.saturating_sub(1).max(1);
        let room = frame.height.saturating_sub(3).clamp(1, MOST_LINES);
        let rows = self.shown(room);
        let names = rows.iter().map(|row| row.indent(width) + measure_text_width(&row.name));
        // What stands beside a name: mark, blanks, time, and on a terminal with room attempts and entries.
        let beside = rows.iter().map(|row| row.beside(width).len()).max().unwrap_or(0);
        let room = width.saturating_sub(12 + beside);
        let longest = names.max().unwrap_or(0).min(room).max(8);
        let mut lines: Vec<String> = rows.iter().map(|row| row.line(frame, longest)).collect();
        lines.extend(self.scan.map(|(done, total)| bar(done, total, frame.color)));
        lines.push(self.foot(frame, self.rows.len() - rows.len()));
        lines.iter().map(|line| truncate_str(line, width, "…").into_owned()).collect()
    }

    /// Those that run first, then those that ended last; in the order of the tree.
    fn shown(&self, room: usize) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.values().collect();
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        rows.sort_by_key(|row| std::cmp::Reverse(row.ended.map_or(Duration::MAX, |e| e.at)));
        rows.truncate(room);
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        rows
    }

    fn forget(&mut self) {
        let ended = self.rows.values().enumerate();
        let ended = ended.filter_map(|(at, row)| Some((row.ended?.at, at)));
        if let Some((_, at)) = ended.min() {
            self.rows.shift_remove_index(at);
        }
    }

    fn foot(&self, frame: Frame, hidden: usize) -> String {
        let (word, keys) = match (frame.going, frame.keys) {
            (Going::Running, Keyed::Heard) => ("running", ", p pauses"),
            (Going::Running, Keyed::Unheard) => ("running", ""),
            (Going::Paused, Keyed::Heard) => ("paused", ", p goes on"),
            (Going::Paused, Keyed::Unheard) => ("paused", ""),
        };
        let ended = match self.ended {
            0 => String::new(),
            1 => ", 1 step ended".to_owned(),
            ended => format!(", {ended} steps ended"),
        };
        let hidden = if hidden > 0 { format!(", {hidden} not shown") } else { String::new() };
        let word = style(word).bold().force_styling(is_on(frame.color));
        let rest = format!(" {}{keys}{ended}{hidden}", time(frame.now));
        format!("{word}{}", style(rest).dim().force_styling(is_on(frame.color)))
    }
}

impl Row {
    /// How far to the right it stands: never more than a quarter of the width.
    fn indent(&self, width: usize) -> usize {
        (2 * self.depth.min(DEEPEST)).min(width / 4)
    }

    fn line(&self, frame: Frame, longest: usize) -> String {
        let colored = is_on(frame.color);
        let until = self.ended.map_or(frame.now, |ended| ended.at);
        let mark = match self.ended.map(|ended| ended.status) {
            None => style("▸").cyan(),
            Some(StepStatus::Ok) => style("✓").green(),
            Some(StepStatus::Skipped | StepStatus::NotRun) => style("–").dim(),
            Some(StepStatus::Partial) => style("~").yellow(),
            Some(StepStatus::Error) => style("✗").red(),
        };
        let width = frame.width.saturating_sub(1);
        let indent = self.indent(width);
        let cells = longest.saturating_sub(indent).max(1);
        let name = pad_str(&self.name, cells, Alignment::Left, Some("…"));
        let beside = format!("{:>8}{}", time(until.saturating_sub(self.began)), self.beside(width));
        let (mark, beside) = (mark.force_styling(colored), style(beside).dim());
        format!("{:indent$}{mark} {name}  {}", "", beside.force_styling(colored))
    }

    /// What stands behind the time.
    fn beside(&self, width: usize) -> String {
        let mut text = String::new();
        if width < ROOMY {
            return text;
        }
        if self.attempt > 1 {
            text += &format!("  attempt {}", self.attempt);
        }
        if self.entries > 1 {
            text += &format!("  {} times", self.entries);
        }
        text
    }
}

const fn is_on(color: Color) -> bool {
    matches!(color, Color::On)
}

fn bar(done: usize, total: usize, color: Color) -> String {
    let full = done.saturating_mul(BAR) / total.max(1);
    let (full, rest) = ("━".repeat(full), "─".repeat(BAR.saturating_sub(full)));
    let full = style(full).cyan().force_styling(is_on(color));
    let rest = style(rest).dim().force_styling(is_on(color));
    format!("  {full}{rest} {done} of {total} files")
}

/// Seconds and tenths, or minutes and seconds.
fn time(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{}.{} s", time.as_secs(), time.subsec_millis() / 100),
        seconds => format!("{}:{:02} min", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, parent: Option<&str>, order: u32, depth: u32) -> StepInfo {
        StepInfo {
            id: id.into(),
            parent: parent.map(Into::into),
            order,
            depth,
            ..StepInfo::default()
        }
    }

    fn frame(width: usize, height: usize) -> Frame {
        let (now, color) = (Duration::from_millis(1250), Color::Off);
        Frame { width, height, color, now, going: Going::Running, keys: Keyed::Heard }
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn steps_stand_as_a_tree_whoever_came_first() {
        let mut view = View::default();
        view.enter(&step("a", None, 1, 1), at(0));
        view.enter(&step("c", Some("a"), 4, 2), at(50));
        view.enter(&step("b", Some("a"), 2, 2), at(250));
        view.enter(&step("of_b", Some("b"), 3, 3), at(250));
        view.leave("of_b", StepStatus::Error, at(350));
        view.retry("b", 2);
        view.leave("c", StepStatus::Ok, at(150));
        view.enter(&step("c", Some("a"), 4, 2), at(150));
        let expected = [
            "▸ a            1.2 s",
            "  ▸ b          1.0 s  attempt 2",
            "    ✗ of_b     0.1 s",
            "  ▸ c          1.1 s  2 times",
            "running 1.2 s, p pauses, 2 steps ended",
        ];
        assert_eq!(view.lines(frame(80, 24)), expected);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_not_more_of_them_than_it_is_high() {
        let mut view = View::default();
        let mut parent: Option<String> = None;
        for n in 1..=100_u32 {
            let id = format!("s{n}");
            let mut info = step(&id, parent.as_deref(), n, n);
            info.desc = Some(format!("{}\n\u{1b}[31m漢字", "long words ".repeat(9)).into());
            view.enter(&info, at(u64::from(n)));
            parent = Some(id);
        }
        view.scan(3, 10);
        for (width, height) in [(0, 0), (1, 1), (10, 3), (20, 5), (40, 24), (80, 50), (300, 9)] {
            let lines = view.lines(frame(width, height));
            let widest = lines.iter().map(|line| measure_text_width(line)).max().unwrap();
            assert!(widest < width.max(2), "{width}: {lines:#?}");
            assert!(lines.len() < height.max(4), "{height}: {lines:#?}");
            assert!(lines.iter().all(|line| !line.contains(char::is_control)), "{lines:#?}");
        }
    }

    #[test]
    fn those_that_run_are_shown_before_those_that_ended_and_forgotten_last() {
        let mut view = View::default();
        for n in 1..=300_u32 {
            view.enter(&step(&format!("s{n}"), None, n, 1), at(u64::from(n)));
            if n != 7 {
                view.leave(&format!("s{n}"), StepStatus::Ok, at(u64::from(n)));
            }
        }
        assert!(view.rows.len() <= KEPT);
        let lines = view.lines(frame(80, 6));
        assert_eq!(lines.len(), 4, "{lines:#?}");
        assert!(lines[0].starts_with("▸ s7 ") && lines[2].starts_with("✓ s300 "), "{lines:#?}");
        assert_eq!(lines[3], "running 1.2 s, p pauses, 299 steps ended, 61 not shown");
    }

    #[test]
    fn minutes_are_told_from_seconds() {
        let shown = [at(59_990), at(60_000), at(3_725_000)].map(time);
        assert_eq!(shown, ["59.9 s", "1:00 min", "62:05 min"]);
    }
}
