//! What an answer says of itself: how many rows there are, whether they are all, and what was looked at.

use std::sync::Arc;

use crate::action::Field;
use crate::facts::needs::Lang;
use crate::scan::session::{Broken, Cover};
use crate::value::{Column, Object, Table, Value};

/// Fields that every analysis action's value has.
pub(super) static FIELDS: &[Field] = &[
    Field { name: "count", kind: "integer", doc: "all rows there are, before `limit`" },
    Field {
        name: "complete",
        kind: "boolean",
        doc: "whether nothing was cut, left out or seen only in part",
    },
    Field { name: "rows", kind: "list", doc: "what was found, by path and position" },
    Field { name: "summary", kind: "object", doc: "`text`, one line, and the figures in it" },
    Field {
        name: "coverage",
        kind: "object",
        doc: "the files looked at and left out, and bounds that were hit",
    },
    Field {
        name: "warnings",
        kind: "list",
        doc: "what is probably not meant, such as an empty scope; absent if nothing",
    },
];

/// The answer as it grows.
pub(super) struct Answer<'c> {
    /// Files looked at.
    pub(super) cover: &'c Cover,
    /// All rows there are.
    pub(super) count: usize,
    /// Files seen only in part, beside those of the cover.
    pub(super) broken: &'c [Broken],
    /// Files left out for this question only.
    pub(super) refused: Vec<(Arc<str>, &'static str)>,
    /// What was asked, for the warning about an empty scope.
    pub(super) scope: String,
    /// The summary behind `text`.
    pub(super) summary: Vec<(&'static str, Value)>,
    /// What is probably not meant.
    pub(super) warnings: Vec<String>,
    /// Further fields of the value.
    pub(super) more: Vec<(&'static str, Value)>,
}

/// What may be missing in an answer.
pub(super) struct Doubts {
    /// Names that mean nothing known, or several things of which one is asked for.
    pub(super) unresolved: usize,
    /// Files seen only in part that may hold more.
    pub(super) unseen: usize,
}

impl Answer<'_> {
    /// The value of the action; `limits` names the bounds that cut rows.
    pub(super) fn table(self, text: &str, columns: Vec<Column>, limits: &[&'static str]) -> Value {
        let doubts = Doubts { unresolved: 0, unseen: self.broken().count() };
        self.doubted(text, columns, limits, &doubts)
    }

    /// The value of an action that says itself what leaves its answer in doubt.
    pub(super) fn doubted(
        mut self,
        text: &str,
        columns: Vec<Column>,
        limits: &[&'static str],
        doubts: &Doubts,
    ) -> Value {
        let is_hidden = self.cover.skipped.iter().any(|skipped| !skipped.is_choice);
        let is_certain = doubts.unresolved == 0 && doubts.unseen == 0;
        let complete = limits.is_empty() && !is_hidden && is_certain && self.refused.is_empty();
        if self.cover.in_scope == 0 {
            self.warnings.push(nothing(self.cover, &self.scope));
        }
        let mut summary = vec![("text", Value::str(text))];
        summary.append(&mut self.summary);
        let mut head: Vec<(Arc<str>, Value)> = vec![
            ("count".into(), Value::count(self.count)),
            ("complete".into(), Value::Bool(complete)),
            ("summary".into(), Value::object(summary)),
            ("coverage".into(), self.coverage(limits, doubts)),
        ];
        head.extend(std::mem::take(&mut self.more).into_iter().map(|(k, v)| (Arc::from(k), v)));
        if !self.warnings.is_empty() {
            head.push((
                "warnings".into(),
                Value::list(self.warnings.iter().map(|text| Value::str(text.as_str()))),
            ));
        }
        Value::Table(Arc::new(Table::new(head.into_iter().collect::<Object>(), columns)))
    }

    /// Files seen only in part.
    pub(super) fn broken(&self) -> impl Iterator<Item = &Broken> {
        self.cover.broken.iter().chain(self.broken)
    }

    fn coverage(&self, limits: &[&'static str], doubts: &Doubts) -> Value {
        let broken = self.broken().map(|Broken { path, line, reason }| {
            Value::object([
                ("file", Value::Str(Arc::clone(path))),
                ("line", Value::Int(i64::from(*line))),
                ("reason", Value::Str(Arc::clone(reason))),
            ])
        });
        let left_out = |path: &Arc<str>, reason: Value| {
            Value::object([("file", Value::Str(Arc::clone(path))), ("reason", reason)])
        };
        let skipped =
            self.cover.skipped.iter().map(|s| left_out(&s.path, Value::Str(Arc::clone(&s.reason))));
        let refused = self.refused.iter().map(|(path, reason)| left_out(path, Value::str(*reason)));
        Value::object([
            ("files_in_scope", Value::count(self.cover.in_scope)),
            ("files_scanned", Value::count(self.cover.scanned)),
            ("files_cached", Value::count(self.cover.cached)),
            ("unparsable", Value::list(broken)),
            ("skipped", Value::list(skipped.chain(refused))),
            ("unresolved", Value::count(doubts.unresolved)),
            ("truncated", Value::Bool(!limits.is_empty())),
            ("limits_hit", Value::list(limits.iter().map(|&limit| Value::str(limit)))),
        ])
    }
}

/// That the scope is empty: of what, and whether anything else is there.
fn nothing(cover: &Cover, scope: &str) -> String {
    let of = match cover.lang {
        Lang::Auto if cover.others == 0 => String::new(),
        Lang::Auto => " of python or rust".to_owned(),
        lang => format!(" of {}", lang.name()),
    };
    let others = match cover.others {
        0 => String::new(),
        1 => "; 1 other file does".to_owned(),
        n => format!("; {n} other files do"),
    };
    format!("no source file{of} lies in {scope}{others}")
}

/// `1 file`, `2 files`.
pub(super) fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}

/// `1 match in 1 file`, `417 matches in 169 files`.
pub(super) fn tally(count: usize, one: &str, many: &str, files: usize) -> String {
    let what = if count == 1 { one } else { many };
    match files {
        0 => format!("no {many}"),
        _ => format!("{count} {what} in {}", self::files(files)),
    }
}
