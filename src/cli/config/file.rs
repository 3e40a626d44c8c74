//! Settings from `qplan.toml`, else from `[tool.qplan]` of `pyproject.toml`, at the root. The file belongs to whoever
//! wrote the repository: it may narrow and arrange a run, never allow it anything.

use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, Item, Key, TableLike, Value};

use super::setting::{Joined, Level, SETTINGS, Setting, Takes, refusal};
use super::{Origin, Wrong, environment, find};
use crate::cli::args::Common;
use crate::diagnostic::code::{arguments as codes, system};
use crate::diagnostic::{Code, Diagnostic, near};
use crate::run::settings::{glob_faults, outside};
use crate::source::{Source, SourceId, Sources, Span};
use crate::step::meta::Meta;
use crate::system::System;
use crate::system::os::Os;

/// The file of its own.
const OWN: &str = "qplan.toml";
/// The file it may share.
const SHARED: &str = "pyproject.toml";
/// Bytes of a file of settings; more are a mistake.
const MOST: usize = 4 << 20;

/// Adds what the file at `root` says, where neither flags nor the environment, nor `meta` for its keys, have said it.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read(common: &mut Common, root: &Path, meta: &Meta) -> Result<(), Wrong> {
    common.settled.meta(meta);
    let misplaced = environment::misplaced(common, root);
    if !misplaced.is_empty() {
        return Err(Wrong { diagnostics: misplaced, sources: Sources::new() });
    }
    let Some((name, text)) = find_file(root)? else { return Ok(()) };
    let (sources, id) = Sources::single(Source::new(name, text.as_str()));
    let document = match Document::parse(text.as_str()) {
        Ok(document) => document,
        Err(_) if name == SHARED && !text.contains("tool.qplan") => return Ok(()),
        Err(error) => {
            let span = error.span().map_or(Span::NOWHERE, |range| span(id, &range));
            let message = format!("`{name}` is not TOML: {}", reason(error.message()));
            return Err(Wrong {
                diagnostics: vec![Diagnostic::error(codes::BAD_CONFIG, span, message)],
                sources,
            });
        }
    };
    let mut reader = Reader { common, name, root, id, wrong: Vec::new(), seen: Vec::new() };
    if name == OWN {
        reader.table(document.as_table());
    } else if let Some(item) = document.get("tool").and_then(|tool| tool.get("qplan")) {
        match item.as_table_like() {
            Some(table) => reader.table(table),
            None => {
                let message = format!("expected a table for `tool.qplan`, found {}", kind(item));
                reader.error(codes::BAD_SETTING, item.span(), message, "write `[tool.qplan]`");
            }
        }
    }
    let mut diagnostics = reader.wrong;
    if diagnostics.is_empty() {
        return Ok(());
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    Err(Wrong { diagnostics, sources })
}

/// The file that counts, and its text without a byte-order mark.
fn find_file(root: &Path) -> Result<Option<(&'static str, String)>, Wrong> {
    if Os.kind(&root.join(OWN)).is_ok() {
        let bytes = bytes(root, OWN)?;
        return text(OWN, bytes).map(|text| Some((OWN, text)));
    }
    if Os.kind(&root.join(SHARED)).is_err() || leads_out(root, SHARED) {
        return Ok(None);
    }
    let bytes = bytes(root, SHARED)?;
    // Most projects have one, and few speak of this program in it.
    if memchr::memmem::find(&bytes, b"qplan").is_none() {
        return Ok(None);
    }
    if std::str::from_utf8(&bytes).is_err() && memchr::memmem::find(&bytes, b"tool.qplan").is_none()
    {
        return Ok(None);
    }
    text(SHARED, bytes).map(|text| Some((SHARED, text)))
}

fn leads_out(root: &Path, name: &str) -> bool {
    let inside = Os.canonical(root).and_then(|root| Ok((Os.canonical(&root.join(name))?, root)));
    inside.is_ok_and(|(file, root)| !file.starts_with(root))
}

fn bytes(root: &Path, name: &'static str) -> Result<Vec<u8>, Wrong> {
    if leads_out(root, name) {
        let message = format!("`{name}` is a link that leads out of the root");
        return Err(unread(system::READ_REFUSED, message));
    }
    let bytes = Os.read(&root.join(name)).map_err(|error| {
        unread(system::CANNOT_READ, format!("`{name}` cannot be read: {error}"))
    })?;
    Ok(bytes)
}

fn text(name: &'static str, bytes: Vec<u8>) -> Result<String, Wrong> {
    if bytes.len() > MOST {
        let message = format!("`{name}` holds more than {MOST} bytes");
        return Err(unread(codes::BAD_CONFIG, message));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        unread(system::NOT_UTF8, format!("`{name}` is not UTF-8: byte {at} is wrong"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A file of which there is nothing to show.
fn unread(code: Code, message: String) -> Wrong {
    let diagnostics = vec![Diagnostic::error(code, Span::NOWHERE, message)];
    Wrong { diagnostics, sources: Sources::new() }
}

fn span(id: SourceId, range: &Range<usize>) -> Span {
    // Files of more than 4 MiB have been refused.
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(id, offset(range.start), offset(range.end))
}

/// The message without the parser's list of what else could stand there.
fn reason(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    line.split_once(", expected ").map_or(line, |(reason, _)| reason)
}

/// For messages.
fn kind(item: &Item) -> &'static str {
    match item {
        Item::None => "nothing",
        Item::Table(_) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
        Item::Value(value) => value_kind(value),
    }
}

fn value_kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a point",
        Value::Boolean(_) => "a boolean",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::InlineTable(_) => "a table",
    }
}

struct Reader<'a> {
    common: &'a mut Common,
    name: &'static str,
    root: &'a Path,
    id: SourceId,
    wrong: Vec<Diagnostic>,
    /// Settings and where they were first written.
    seen: Vec<(&'static str, Span)>,
}

/// A text and its place.
type Placed = (String, Span);

impl Reader<'_> {
    fn error(&mut self, code: Code, place: Option<Range<usize>>, message: String, help: &str) {
        let span = place.map_or(Span::NOWHERE, |range| span(self.id, &range));
        self.wrong.push(Diagnostic::error(code, span, message).help(help));
    }

    fn table(&mut self, table: &dyn TableLike) {
        for (name, _) in table.iter() {
            if let Some((key, item)) = table.get_key_value(name) {
                self.entry(key, item);
            }
        }
    }

    fn entry(&mut self, key: &Key, item: &Item) {
        let place = key.span().or_else(|| item.span()).map(|range| span(self.id, &range));
        let place = place.unwrap_or(Span::NOWHERE);
        let setting = find(key.get()).filter(|setting| setting.is_for_files());
        let Some(setting) = setting else {
            self.wrong.push(self.unknown(key.get(), place));
            return;
        };
        if let Some((_, first)) = self.seen.iter().find(|(name, _)| *name == setting.name) {
            let message = format!("`{}` is given twice", setting.name);
            self.wrong.push(
                Diagnostic::error(codes::BAD_SETTING, place, message)
                    .related(*first, "the first one is here")
                    .help("keep one of the two; `-` and `_` are the same here"),
            );
            return;
        }
        self.seen.push((setting.name, place));
        match self.texts(setting, item) {
            Some(texts) => self.set(setting, &texts),
            None => self.unfit(setting, item),
        }
    }

    /// A value of another form.
    fn unfit(&mut self, setting: &Setting, item: &Item) {
        let list = item.as_array().filter(|_| matches!(setting.takes, Takes::Texts(_)));
        let other = list.and_then(|list| list.iter().find(|value| !value.is_str()));
        let (place, takes, found) = match other {
            Some(other) => (other.span(), "strings in the list", value_kind(other)),
            None => (item.span(), setting.takes.name(), kind(item)),
        };
        let message = format!("expected {takes} for `{}`, found {found}", setting.name);
        let help = format!("write `{} = {}`", setting.name, setting.example);
        self.error(codes::BAD_SETTING, place, message, &help);
    }

    fn unknown(&self, name: &str, place: Span) -> Diagnostic {
        if let Some(reason) = refusal(name) {
            let message = format!("`{name}` cannot be set in a file");
            return Diagnostic::error(codes::REFUSED_SETTING, place, message).help(reason);
        }
        let fault = |help: &str| {
            let message = format!("there is no setting `{name}`");
            Diagnostic::error(codes::UNKNOWN_SETTING, place, message).help(help)
        };
        if name == "root" {
            return fault("the root is the directory the file lies in");
        }
        if name == "tool" && self.name == OWN {
            return fault("in `qplan.toml` settings stand at the top, without `[tool.qplan]`");
        }
        let settings = SETTINGS.iter().filter(|setting| setting.is_for_files());
        let names = settings.map(|setting| setting.name);
        let meant = near(name, names.clone());
        if meant.is_empty() {
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            return fault(&format!("the settings are {}", all.join(", ")));
        }
        fault("").did_you_mean(place, name, &meant, "")
    }

    /// The texts of a value of the right form.
    fn texts(&self, setting: &Setting, item: &Item) -> Option<Vec<Placed>> {
        let one = |value: &Value| {
            let text = match (setting.takes, value) {
                (Takes::Text | Takes::Size | Takes::Texts(_), Value::String(text)) => {
                    text.value().clone()
                }
                (Takes::Count | Takes::Size, Value::Integer(number)) => number.value().to_string(),
                (Takes::Switch, Value::Boolean(value)) => value.value().to_string(),
                _ => return None,
            };
            let place = value.span().map_or(Span::NOWHERE, |range| span(self.id, &range));
            Some((text, place))
        };
        match (setting.takes, item.as_value()?) {
            (Takes::Texts(_), Value::Array(list)) => list.iter().map(one).collect(),
            (_, value) => one(value).map(|text| vec![text]),
        }
    }

    fn set(&mut self, setting: &'static Setting, texts: &[Placed]) {
        let is_open = self.common.settled.is_open(setting);
        let faults: Vec<Diagnostic> =
            texts.iter().flat_map(|text| self.faults(setting, text, is_open)).collect();
        if !faults.is_empty() {
            self.wrong.extend(faults);
            return;
        }
        let mut aside = self.common.clone();
        let into = if is_open { &mut *self.common } else { &mut aside };
        for (text, place) in texts {
            if let Err(help) = (setting.set)(into, Level::File(self.root), text) {
                let message = format!("`{}` cannot be `{text}`", setting.name);
                let fault = Diagnostic::error(codes::BAD_SETTING, *place, message).help(help);
                self.wrong.push(fault);
            }
        }
        if is_open {
            let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
            let origin = Origin::File(self.name.to_owned());
            self.common.settled.note(setting.name, origin, texts.join(", "));
        }
    }

    /// What is wrong with a path or glob in force.
    fn faults(&self, setting: &Setting, text: &Placed, is_open: bool) -> Vec<Diagnostic> {
        let Takes::Texts(joined) = setting.takes else { return Vec::new() };
        if text.0.trim().is_empty() {
            let message = format!("an entry of `{}` is empty", setting.name);
            let help = format!("write `{} = {}`", setting.name, setting.example);
            return vec![Diagnostic::error(codes::BAD_SETTING, text.1, message).help(help)];
        }
        if joined == Joined::All {
            return glob_faults(text);
        }
        if !is_open {
            return Vec::new();
        }
        let root = Os.canonical(self.root).unwrap_or_else(|_| self.root.to_owned());
        let help = format!("`{}` names what lies below the root of the file", setting.name);
        outside(text, &root, &Os).map(|fault| fault.help(help)).into_iter().collect()
    }
}
