//! Rows in columns: the fields every analysis row has, and how many rows one answer may hold.

use std::sync::Arc;

use crate::action::{Args, Field};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::needs::{Lang, Scope};
use crate::scan::session::Source;
use crate::value::table::Cells;
use crate::value::{Column, Value};

/// Most rows of one answer.
const MAX_ROWS: usize = 1_000_000;
/// Most bytes that the rows of one answer take, about.
const MAX_BYTES: usize = 1 << 28;
/// What a row takes beside its texts, about.
const ROW_BYTES: usize = 200;

/// Where a row points.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) source: &'s Source,
    pub(super) lo: u32,
    pub(super) hi: u32,
}

/// Columns as they grow, until a bound is hit.
pub(super) struct Rows {
    limit: usize,
    bytes: usize,
    limits: Vec<&'static str>,
    file: Vec<Arc<str>>,
    language: Vec<Arc<str>>,
    kind: Vec<Arc<str>>,
    text: Vec<Arc<str>>,
    numbers: [Vec<i64>; 4],
    /// Names of languages, shared by their rows.
    names: Vec<Arc<str>>,
}

impl Rows {
    /// Rows up to the `limit` a caller gave.
    pub(super) fn new(limit: Option<i64>) -> Self {
        Self {
            limit: limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0)),
            bytes: 0,
            limits: Vec::new(),
            file: Vec::new(),
            language: Vec::new(),
            kind: Vec::new(),
            text: Vec::new(),
            numbers: Default::default(),
            names: Vec::new(),
        }
    }

    /// Whether another row, whose texts have so many bytes, has room; if not, why not is noted.
    pub(super) fn has_room(&mut self, bytes: usize) -> bool {
        if !self.limits.is_empty() {
            return false;
        }
        self.bytes = self.bytes.saturating_add(bytes + ROW_BYTES);
        let bound = match self.file.len() {
            rows if rows >= self.limit => "limit",
            rows if rows >= MAX_ROWS => "rows",
            _ if self.bytes > MAX_BYTES => "bytes",
            _ => return true,
        };
        self.limits.push(bound);
        false
    }

    /// Notes that rows are missing which the scan had no room to store.
    pub(super) fn note_unstored(&mut self) {
        if self.has_room(0) {
            self.limits.push("stored");
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, place: Place<'_>, kind: Arc<str>, text: Arc<str>) {
        let (start, end) = (place.source.position(place.lo), place.source.position(place.hi));
        let language = self.name(place.source.language());
        self.file.push(Arc::clone(&place.source.path));
        self.language.push(language);
        self.kind.push(kind);
        self.text.push(text);
        let numbers = [start.line, start.col, end.line, end.col];
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column.push(i64::from(number));
        }
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        match self.names.iter().find(|known| ***known == *name) {
            Some(known) => Arc::clone(known),
            None => {
                let shared: Arc<str> = name.into();
                self.names.push(Arc::clone(&shared));
                shared
            }
        }
    }

    /// The columns between those that only some actions have, all of one evidence, and the bounds that were hit.
    pub(super) fn finish(
        self,
        before: Vec<Column>,
        mut behind: Vec<Column>,
        evidence: (&str, f64),
    ) -> (Vec<Column>, Vec<&'static str>) {
        let (rows, shared) = (self.file.len(), Arc::<str>::from(evidence.0));
        behind.push(column("evidence", Cells::Text(vec![shared; rows])));
        behind.push(column("confidence", Cells::Any(vec![Value::Float(evidence.1); rows])));
        self.columns(before, behind)
    }

    /// The columns between those that only some actions have, and the bounds that were hit.
    pub(super) fn columns(
        self,
        before: Vec<Column>,
        behind: Vec<Column>,
    ) -> (Vec<Column>, Vec<&'static str>) {
        let [line, col, end_line, end_col] = self.numbers.map(Cells::Int);
        let mut columns = before;
        columns.extend([
            column("kind", Cells::Text(self.kind)),
            column("file", Cells::Text(self.file)),
            column("line", line),
            column("col", col),
            column("end_line", end_line),
            column("end_col", end_col),
            column("language", Cells::Text(self.language)),
            column("text", Cells::Text(self.text)),
        ]);
        columns.extend(behind);
        (columns, self.limits)
    }
}

pub(super) fn column(name: &str, cells: Cells) -> Column {
    Column { name: name.into(), cells }
}

/// A documented field of a row.
pub(super) const fn field(name: &'static str, kind: &'static str, doc: &'static str) -> Field {
    Field { name, kind, doc }
}

/// The scope that the common arguments ask for.
pub(super) fn scope(args: &Args) -> Scope {
    Scope {
        within: args.maybe_text("in").map(str::to_owned),
        exclude: args.texts("exclude"),
        globs: args.texts("globs"),
        lang: args.maybe_text("lang").and_then(Lang::parse).unwrap_or_default(),
        around: args.around().to_vec(),
    }
}

/// A fault of an argument that was only known when the plan ran.
pub(super) fn argument(code: crate::diagnostic::Code, message: impl Into<String>) -> Fault {
    Fault::new(Kind::Argument, code, message)
}

/// What is given as an argument or in the query, but not in both.
pub(super) fn once<T>(
    name: &str,
    argument_value: Option<T>,
    query_value: Option<T>,
) -> Result<Option<T>, Fault> {
    match (argument_value, query_value) {
        (Some(_), Some(_)) => Err(argument(
            codes::TWO_WAYS,
            format!("`{name}` is given as an argument and in the query"),
        )),
        (a, b) => Ok(a.or(b)),
    }
}
