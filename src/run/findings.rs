//! From the rows of every answer to findings: bounded, named, each fact once.

use std::sync::Arc;

use crate::action::finding::{self, Row, Told};
use crate::action::{FindingForm, Registry};
use crate::exec::journal::ActionRecord;
use crate::report::SECTIONS;
use crate::report::finding::{Anchor, Finding, FoundBy, Score, Section, Severity};
use crate::report::merge::{Fact, Key, merge};
use crate::report::score::{Numbers, impact, rounded};
use crate::step::Resolved;
use crate::value::{Object, Table, Value, ops, show};

/// Most findings of a run; what is beyond it stands in the rows, and the summary says how many.
pub const MOST: usize = 10_000;
/// What a field may weigh in a finding's data; heavier ones stand in the row.
const HEAVIEST: u64 = 1_000;
/// Fields of a row that a finding has elsewhere, or that are code.
const TOLD: [&str; 13] = [
    "file",
    "line",
    "col",
    "end_line",
    "end_col",
    "language",
    "evidence",
    "confidence",
    "severity",
    "text",
    "snippet",
    "match",
    "category",
];

/// What was made of the answers.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Each fact once.
    pub findings: Vec<Finding>,
    /// The sections of each action.
    pub sections: Vec<Vec<Section>>,
    /// Rows that became none.
    pub dropped: usize,
}

/// Makes findings of the answers of all actions, at most [`MOST`]; each gets its share.
#[must_use]
pub fn make(actions: &[ActionRecord], steps: &Resolved, registry: &Registry) -> Made {
    let sizes: Vec<usize> = actions.iter().map(size).collect();
    let shares = shares(&sizes, MOST);
    let mut facts = Vec::new();
    let mut shapes: Vec<Vec<Title>> = Vec::new();
    for (record, share) in actions.iter().zip(&shares) {
        let mut action = Maker::new(record, steps, registry, *share);
        let titles = action.sections();
        action.rows();
        shapes.push(titles.into_iter().map(|title| title.behind(facts.len())).collect());
        facts.append(&mut action.facts);
    }
    let merged = merge(facts);
    let id = |place: &usize| merged.findings[*place].id.clone();
    let section = |title: Title| Section {
        title: title.text,
        findings: merged.places[title.facts].iter().map(id).collect(),
    };
    let sections =
        shapes.into_iter().map(|titles| titles.into_iter().map(section).collect()).collect();
    let dropped = sizes.iter().sum::<usize>() - shares.iter().sum::<usize>();
    Made { findings: merged.findings, sections, dropped }
}

/// A section's title and which facts are its.
struct Title {
    text: String,
    facts: std::ops::Range<usize>,
}

impl Title {
    fn behind(self, before: usize) -> Self {
        Self { facts: self.facts.start + before..self.facts.end + before, ..self }
    }
}

/// How many findings each may have, so that all together have at most `most`: small ones all, great ones the same.
fn shares(sizes: &[usize], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&at| sizes[at]);
    let mut left = most;
    let mut shares = vec![0; sizes.len()];
    for (done, at) in order.into_iter().enumerate() {
        shares[at] = sizes[at].min(left / (sizes.len() - done));
        left -= shares[at];
    }
    shares
}

/// Rows of an answer and of its sections.
fn size(record: &ActionRecord) -> usize {
    let Some(table) = table(record) else { return 0 };
    let beside: usize = sections(table).iter().map(|section| list(section, "rows").len()).sum();
    table.len() + beside
}

fn table(record: &ActionRecord) -> Option<&Table> {
    match &record.outcome {
        Ok(Value::Table(table)) => Some(table),
        _ => None,
    }
}

fn sections(table: &Table) -> &[Value] {
    match table.head().field(SECTIONS) {
        Some(Value::List(list)) => list.items(),
        _ => &[],
    }
}

fn list(value: &Value, field: &str) -> Vec<Value> {
    match ops::field(value, field) {
        Ok(Value::List(list)) => list.items().to_vec(),
        _ => Vec::new(),
    }
}

/// Makes the facts of one action.
struct Maker<'a> {
    table: Option<&'a Table>,
    name: &'static str,
    form: Option<FindingForm>,
    source: FoundBy,
    question: String,
    left: usize,
    facts: Vec<Fact>,
}

impl<'a> Maker<'a> {
    fn new(record: &'a ActionRecord, steps: &Resolved, registry: &Registry, share: usize) -> Self {
        let step = (record.step > 0).then(|| Arc::clone(&steps.node(record.step).id));
        Self {
            table: table(record),
            name: record.name,
            form: registry.find(record.name).and_then(|action| action.finding),
            source: FoundBy { step, action: Arc::clone(&record.id) },
            question: format!("{} {}", record.name, show::plain(&record.args)),
            left: share,
            facts: Vec::new(),
        }
    }

    fn sections(&mut self) -> Vec<Title> {
        let mut titles = Vec::new();
        for section in self.table.map_or(&[][..], sections) {
            let text =
                ops::field(section, "title").map_or_else(|_| String::new(), |t| show::plain(&t));
            let from = self.facts.len();
            for row in list(section, "rows") {
                if let (Value::Object(row), true) = (&row, self.left > 0) {
                    self.left -= 1;
                    self.facts.push(self.of_section(&text, Row(row)));
                }
            }
            titles.push(Title { text, facts: from..self.facts.len() });
        }
        titles
    }

    fn rows(&mut self) {
        let Some(table) = self.table else { return };
        for index in 0..table.len().min(self.left) {
            if let Value::Object(row) = table.row(index) {
                let row = Row(&row);
                let told = match self.form {
                    Some(form) => form(table.head(), row),
                    None => finding::plain(self.name, row),
                };
                self.facts.push(self.of_row(told, row));
            }
        }
    }

    /// Equal rows are numbered by their ends, where actions agree that differ in a use's beginning; definitions by their
    /// lines.
    fn of_row(&self, told: Told, row: Row<'_>) -> Fact {
        let number =
            |fields: [&str; 2]| fields.iter().find_map(|field| row.int(field)).unwrap_or(0);
        let at = match told.text.as_str() {
            "" => (number(["line", "line"]), 0),
            _ => (number(["end_line", "line"]), number(["end_col", "col"])),
        };
        let key = Key::new(told.fact, file(row), &told.owner, &told.text);
        Fact { key, at, finding: self.finding(told.category, told.message, row) }
    }

    /// A section's row belongs to the question; what it counts is no part of what it is.
    fn of_section(&self, title: &str, row: Row<'_>) -> Fact {
        let text = row.text("text").unwrap_or("");
        let category = row.text("category").map_or_else(|| word(title), str::to_owned);
        let key = Key::new(&category, file(row), &self.question, text);
        let at = (row.int("line").unwrap_or(0), row.int("col").unwrap_or(0));
        let finding = self.finding(category, finding::first_line(text), row);
        Fact { key, at, finding }
    }

    fn finding(&self, category: String, message: String, row: Row<'_>) -> Finding {
        let severity = row.text("severity").and_then(Severity::parse).unwrap_or_default();
        let evidence = row.text("evidence").map(Arc::from);
        let confidence = row.number("confidence").map(rounded);
        Finding {
            id: String::new(),
            category,
            severity,
            message,
            anchor: anchor(row),
            score: Score { impact: impact(numbers(row), severity), confidence, evidence },
            language: row.text("language").map(Arc::from),
            data: data(row),
            sources: vec![self.source.clone()],
        }
    }
}

fn file(row: Row<'_>) -> Arc<str> {
    row.text("file").unwrap_or("").into()
}

fn anchor(row: Row<'_>) -> Option<Anchor> {
    let [line, col, end_line, end_col] =
        ["line", "col", "end_line", "end_col"].map(|field| row.int(field));
    Some(Anchor { file: row.text("file")?.into(), line, col, end_line, end_col })
}

/// The finding's own numbers: of a definition those who call it or whom it calls; of a sum what it counts.
fn numbers(row: Row<'_>) -> Numbers {
    let int = |fields: &[&str], or: u32| {
        let found = fields.iter().filter_map(|field| row.int(field)).max();
        found.map_or(or, |n| u32::try_from(n.max(0)).unwrap_or(u32::MAX))
    };
    Numbers {
        sites: int(&["sites", "count", "caller_count", "callee_count"], 1),
        files: int(&["files"], 1),
        depth: int(&["depth"], 0),
        breakages: int(&["breakages"], 0),
        ambiguities: int(&["ambiguities"], 0),
    }
}

fn data(row: Row<'_>) -> Value {
    let kept = row.0.iter().filter(|(name, value)| {
        let is_told = TOLD.contains(&&***name) || says_nothing(value);
        !is_told && value.size().weight <= HEAVIEST
    });
    let data: Object = kept.map(|(name, value)| (Arc::clone(name), value.clone())).collect();
    if data.is_empty() { Value::Null } else { Value::Object(Arc::new(data)) }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(list) => list.items().is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// A title as a category: `Argument shapes` is `argument_shapes`.
fn word(title: &str) -> String {
    let letters = |part: &&str| !part.is_empty();
    let parts = title.split(|c: char| !c.is_alphanumeric()).filter(letters);
    let word = parts.map(str::to_lowercase).collect::<Vec<_>>().join("_");
    if word.is_empty() { "section".to_owned() } else { word }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::value::Column;
    use crate::value::table::Cells;

    /// An answer of `rows` calls, one a line, with a section of two rows.
    fn record(id: &str, rows: usize) -> ActionRecord {
        let text = |make: &dyn Fn(usize) -> String| -> Cells {
            Cells::Text((0..rows).map(|n| make(n).into()).collect())
        };
        let columns = vec![
            Column { name: "kind".into(), cells: text(&|_| "call".into()) },
            Column { name: "file".into(), cells: text(&|_| "a.py".into()) },
            Column { name: "line".into(), cells: Cells::Int((1..).take(rows).collect()) },
            Column { name: "text".into(), cells: text(&|n| format!("f({n})")) },
        ];
        let row = |text: &str, count: i64| {
            Value::object([("text", text.into()), ("count", Value::Int(count))])
        };
        let mut placed = row("eval", 1);
        if let Value::Object(fields) = &mut placed {
            let fields = Arc::make_mut(fields);
            fields.insert("file".into(), "b.py".into());
            fields.insert("line".into(), Value::Int(7));
            fields.insert("severity".into(), "warning".into());
        }
        let sections = Value::list([Value::object([
            ("title", "Argument shapes".into()),
            ("rows", Value::list([row("args=1", 100), placed])),
        ])]);
        let head = [("count".into(), Value::count(rows)), (SECTIONS.into(), sections)];
        ActionRecord {
            place: 0,
            id: id.into(),
            step: 0,
            name: "unknown",
            args: Value::object([("function", Value::str(id))]),
            elapsed: Duration::ZERO,
            outcome: Ok(Value::Table(Arc::new(Table::new(head.into_iter().collect(), columns)))),
        }
    }

    fn made(records: &[ActionRecord]) -> Made {
        make(records, &Resolved::default(), &Registry::new(&[]))
    }

    #[test]
    fn rows_of_sections_are_findings_that_the_section_names() {
        let made = made(&[record("a", 1)]);
        let [shape, hazard, row] = made.findings.as_slice() else { panic!("{made:?}") };
        assert_eq!(made.sections[0][0].title, "Argument shapes");
        assert_eq!(made.sections[0][0].findings, [shape.id.clone(), hazard.id.clone()]);
        assert_eq!((shape.category.as_str(), &shape.anchor), ("argument_shapes", &None));
        assert_eq!(shape.data, Value::object([("count", Value::Int(100))]));
        assert_eq!(hazard.severity, Severity::Warning);
        assert_eq!(hazard.anchor.as_ref().and_then(|anchor| anchor.line), Some(7));
        // 0.5 · (0.45 · 100/100 + 0.25 · 1/20).
        assert!((shape.score.impact - 0.2313).abs() < 1e-9, "{}", shape.score.impact);
        assert_eq!((row.message.as_str(), row.category.as_str()), ("f(0)", "call"));
    }

    #[test]
    fn rows_of_two_actions_unite_and_sums_of_two_questions_do_not() {
        let made = made(&[record("a", 2), record("b", 3)]);
        assert_eq!(made.findings.len(), 2 + 2 + 3);
        let shared = made.findings.iter().filter(|finding| finding.sources.len() == 2);
        assert_eq!(shared.count(), 2);
        assert_ne!(made.sections[0][0].findings, made.sections[1][0].findings);
    }

    #[test]
    fn a_million_rows_are_bounded_and_what_is_left_out_is_counted() {
        let made = made(&[record("small", 10), record("great", 1_000_000)]);
        assert_eq!(made.dropped, 12 + 1_000_002 - MOST);
        // The ten of the small one are among the great one's first.
        assert_eq!(made.findings.len(), MOST - 10);
        assert!(made.findings.iter().any(|finding| finding.sources.len() == 2));
    }

    #[test]
    fn small_answers_have_all_their_findings_and_great_ones_the_same_share() {
        assert_eq!(shares(&[5, 100, 0, 100], 45), [5, 20, 0, 20]);
        assert_eq!(shares(&[3, 4], 45), [3, 4]);
        assert_eq!(shares(&[], 45), Vec::<usize>::new());
        assert_eq!(shares(&[9, 9, 9], 2).iter().sum::<usize>(), 2);
    }

    #[test]
    fn titles_are_words_too() {
        assert_eq!(word("Uses by kind"), "uses_by_kind");
        assert_eq!(word("  "), "section");
    }
}
