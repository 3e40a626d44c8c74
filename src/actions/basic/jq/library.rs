//! The native filters of jq programs: jaq's, where they only compute, and our own where jaq's would reach outside, never
//! end, or know another kind of value.

use jaq_core::box_iter::box_once;
use jaq_core::native::{Filter, Fun, bome, run, unary, v};
use jaq_core::{DataT, Error, Exn, Lut, RunPtr, ValR, ValT, ValXs, data};

use super::value::V;
use super::{guard, order, part};
use crate::action::Cx;
use crate::value::function::{number, text};
use crate::value::{Value, ops, show};

/// What programs are evaluated over.
pub(super) struct Jq;

/// What a program can reach while it runs.
#[derive(Clone, Copy)]
pub(super) struct Data<'a> {
    pub(super) lut: &'a Lut<Jq>,
    pub(super) cx: &'a Cx<'a>,
    /// What `env` and `$ENV` yield.
    pub(super) environment: &'a dyn Environment,
}

/// The environment, through the gate.
pub(super) trait Environment {
    /// Every variable, or the end of the evaluation.
    fn all(&self) -> V;
}

impl DataT for Jq {
    type V<'a> = V;
    type Data<'a> = Data<'a>;
}

impl<'a> data::HasLut<'a, Jq> for Data<'a> {
    /// Asked for before each term is evaluated, which makes it the place to stop.
    fn lut(&self) -> &'a Lut<Jq> {
        guard::enter(|| self.cx.system.held());
        self.lut
    }
}

/// jaq's native filters that do nothing but compute.
const COMPUTING: &[&str] = &[
    "acos",
    "acosh",
    "ascii_downcase",
    "ascii_upcase",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "copysign",
    "cos",
    "cosh",
    "decode_base64",
    "decode_uri",
    "encode_base64",
    "encode_uri",
    "erf",
    "erfc",
    "error_empty",
    "escape_html",
    "escape_sh",
    "exp",
    "exp10",
    "exp2",
    "explode",
    "expm1",
    "fabs",
    "fdim",
    "first",
    "floor",
    "fma",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "fromdateiso8601",
    "gmtime",
    "group_by",
    "halt",
    "hypot",
    "ilogb",
    "j0",
    "j1",
    "jn",
    "key_values",
    "keys_unsorted",
    "last",
    "ldexp",
    "lgamma",
    "limit",
    "log",
    "log10",
    "log1p",
    "log2",
    "ltrim",
    "matches",
    "max_by_or_empty",
    "min_by_or_empty",
    "mktime",
    "modf",
    "nearbyint",
    "nextafter",
    "path",
    "path_value",
    "pow",
    "remainder",
    "reverse",
    "rint",
    "round",
    "rtrim",
    "scalbln",
    "sin",
    "sinh",
    "skip",
    "sort",
    "sort_by",
    "split_",
    "split_matches",
    "sqrt",
    "strftime",
    "tan",
    "tanh",
    "tgamma",
    "todateiso8601",
    "trim",
    "trunc",
    "unescape_html",
    "utf8bytelength",
    "y0",
    "y1",
    "yn",
];

/// Every native filter.
pub(super) fn filters() -> impl Iterator<Item = Fun<Jq>> {
    let jaq = jaq_core::funs().chain(jaq_std::funs());
    let jaq = jaq.filter(|(name, ..)| COMPUTING.binary_search(name).is_ok());
    let jaq = jaq.map(|(name, arity, filter)| (guarded(name), arity, filter));
    let own = [world(), values(), texts()].into_iter().flatten();
    jaq.chain(own.map(run::<Jq>))
}

/// jaq's own reckoning with times overflows beyond the years there are: it is reached through a definition that looks first.
fn guarded(name: &'static str) -> &'static str {
    match name {
        "gmtime" => "gmtime_",
        "mktime" => "mktime_",
        "strftime" => "strftime_",
        "todateiso8601" => "todateiso8601_",
        name => name,
    }
}

type Own = Filter<RunPtr<Jq>>;

/// What reaches outside, through the gate; and `range`, which never needs a term.
fn world() -> Vec<Own> {
    vec![
        ("env", v(0), |cv| box_once(Ok(cv.0.data().environment.all()))),
        ("now", v(0), |cv| {
            let now = cv.0.data().cx.system.now();
            bome(Ok(V::from(now.as_duration().as_secs_f64())))
        }),
        ("debug_empty", v(0), |cv| {
            cv.0.data().cx.output.log("debug", &show::plain(cv.1.value()));
            Box::new(std::iter::empty())
        }),
        ("range", v(3), |mut cv| {
            let by = cv.0.pop_var();
            let to = cv.0.pop_var();
            range(cv.0.pop_var(), to, by)
        }),
        ("time_", v(0), |cv| bome(time(cv.1))),
        ("strptime", v(1), |cv| {
            unary(cv, |text, format| match (text.value().as_str(), format.value().as_str()) {
                (Some(text), Some(format)) => parse_time(text, format),
                _ => Err(Error::typ(text, "string")),
            })
        }),
    ]
}

fn values() -> Vec<Own> {
    vec![
        ("nan", v(0), |_| bome(Ok(V::from(f64::NAN)))),
        ("infinite", v(0), |_| bome(Ok(V::from(f64::INFINITY)))),
        ("isnan", v(0), |cv| {
            bome(match ops::number(cv.1.value()) {
                Some(x) => Ok(V::from(x.is_nan())),
                None => Err(Error::typ(cv.1, "number")),
            })
        }),
        ("length", v(0), |cv| bome(length(cv.1))),
        ("contains", v(1), |cv| unary(cv, |a, b| Ok(V::from(contains(a.value(), b.value()))))),
        ("has", v(1), |cv| unary(cv, has)),
        ("indices", v(1), |cv| unary(cv, indices)),
        ("bsearch", v(1), |cv| unary(cv, bsearch)),
        ("add_", v(0), |cv| {
            bome(cv.1.values().try_fold(Sum::default(), Sum::with).and_then(Sum::done))
        }),
        ("delpaths_", v(1), |cv| unary(cv, |value, paths| part::without(value, paths.value()))),
    ]
}

fn texts() -> Vec<Own> {
    vec![
        ("tojson", v(0), |cv| bome(Ok(V::made(Value::from(show::json(cv.1.value())))))),
        ("implode", v(0), |cv| bome(implode(cv.1))),
        ("fromjson", v(0), |cv| bome(from_json(cv.1))),
        ("tonumber_", v(0), |cv| {
            bome(
                number::num(cv.1.value())
                    .map(V::new)
                    .map_err(|_| V::error(format!("cannot parse {} as number", short(&cv.1)))),
            )
        }),
        ("join_", v(1), |cv| unary(cv, join)),
        ("startswith", v(1), |cv| unary(cv, |a, b| ends(a, b, true))),
        ("endswith", v(1), |cv| unary(cv, |a, b| ends(a, b, false))),
        ("startswith_", v(1), |cv| {
            unary(cv, |a, b| Ok(ends(a, b, true).unwrap_or(V::from(false))))
        }),
        ("endswith_", v(1), |cv| unary(cv, |a, b| Ok(ends(a, b, false).unwrap_or(V::from(false))))),
    ]
}

fn ends(text: V, part: V, start: bool) -> ValR<V> {
    match (text.value(), part.value()) {
        (Value::Str(text), Value::Str(part)) if start => Ok(V::from(text.starts_with(&**part))),
        (Value::Str(text), Value::Str(part)) => Ok(V::from(text.ends_with(&**part))),
        (Value::Str(_), _) => Err(Error::typ(part, "string")),
        _ => Err(Error::typ(text, "string")),
    }
}

fn range<'a>(from: V, to: V, by: V) -> ValXs<'a, V> {
    let up = order::compare(by.value(), &Value::Int(0));
    let mut next = Some(Ok(from));
    Box::new(std::iter::from_fn(move || {
        guard::tick();
        let at = match next.take()? {
            Ok(at) => at,
            Err(error) => return Some(Err(Exn::from(error))),
        };
        let left = order::compare(to.value(), at.value());
        let inside = if up.is_eq() { left.is_ne() } else { left == up };
        inside.then(|| {
            next = Some(at.clone() + by.clone());
            Ok(at)
        })
    }))
}

/// A number of seconds, or a time in parts, that is within the years a calendar has.
fn time(value: V) -> ValR<V> {
    let fits = match value.value() {
        Value::Int(seconds) => seconds.unsigned_abs() < 1 << 40,
        Value::List(parts) => {
            let small = |part: &Value| ops::number(part).is_some_and(|part| part.abs() < 1e5);
            let month = parts.items().get(1).and_then(ops::number);
            parts.items().iter().all(small) && month.is_none_or(|month| month.abs() < 100.0)
        }
        _ => true,
    };
    if fits { Ok(value) } else { Err(V::error(format!("{} is no time", short(&value)))) }
}

/// As jaq's, but without zones by name, which would be read from the machine's files.
fn parse_time(text: &str, format: &str) -> ValR<V> {
    let mut time = jiff::fmt::strtime::BrokenDownTime::parse(format, text).map_err(Error::str)?;
    if time.iana_time_zone().is_some() {
        return Err(V::error("zones by name are not read; write an offset, as in `%z`"));
    }
    if time.offset().is_none() {
        time.set_offset(Some(jiff::tz::Offset::UTC));
    }
    let zoned = time.to_zoned().map_err(Error::str)?;
    let at = zoned.datetime();
    let second = if at.subsec_nanosecond() == 0 {
        Value::Int(at.second().into())
    } else {
        Value::Float(f64::from(at.second()) + f64::from(at.subsec_nanosecond()) / 1e9)
    };
    let whole = [
        at.year().into(),
        i64::from(at.month()) - 1,
        at.day().into(),
        at.hour().into(),
        at.minute().into(),
    ];
    let days = [i64::from(at.weekday().to_sunday_zero_offset()), i64::from(at.day_of_year()) - 1];
    let parts = whole.into_iter().map(Value::Int).chain([second]).chain(days.map(Value::Int));
    Ok(V::new(Value::list(parts)))
}

fn length(value: V) -> ValR<V> {
    Ok(V::new(match value.value() {
        Value::Null => Value::Int(0),
        Value::Int(n) => match n.checked_abs() {
            Some(n) => Value::Int(n),
            None => return -value,
        },
        Value::Float(x) => Value::Float(x.abs()),
        Value::Str(text) => Value::count(text.chars().count()),
        Value::List(list) => Value::count(list.items().len()),
        Value::Object(object) => Value::count(object.len()),
        Value::Bool(_) | Value::Table(_) => return Err(V::error(format!("{value} has no length"))),
    }))
}

fn contains(a: &Value, b: &Value) -> bool {
    guard::tick();
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => {
            memchr::memmem::find(a.as_bytes(), b.as_bytes()).is_some()
        }
        (Value::List(a), Value::List(b)) => {
            b.items().iter().all(|b| a.items().iter().any(|a| contains(a, b)))
        }
        (Value::Object(a), Value::Object(b)) => {
            b.iter().all(|(key, b)| a.field(key).is_some_and(|a| contains(a, b)))
        }
        _ => order::equal(a, b),
    }
}

fn has(value: V, key: V) -> ValR<V> {
    match (value.value(), key.value()) {
        (Value::Object(object), Value::Str(key)) => Ok(V::from(object.field(key).is_some())),
        (Value::List(list), Value::Int(at)) => {
            let there = usize::try_from(*at).is_ok_and(|at| at < list.items().len());
            Ok(V::from(there))
        }
        _ => Err(Error::index(value, key)),
    }
}

fn indices(value: V, wanted: V) -> ValR<V> {
    Ok(V::made(match (value.value(), wanted.value()) {
        (Value::Null, _) => Value::Null,
        (Value::Str(_), Value::Str(wanted)) if wanted.is_empty() => Value::Null,
        (Value::Str(text), Value::Str(wanted)) => occurrences(text, wanted),
        (Value::List(list), Value::List(wanted)) => part::occurrences(list.items(), wanted.items()),
        (Value::List(list), _) => part::occurrences(list.items(), &[wanted.into_value()]),
        _ => return Err(Error::index(value, wanted)),
    }))
}

/// Where a part of a text begins, in characters, overlapping ones too.
fn occurrences(text: &str, wanted: &str) -> Value {
    let (mut from, mut before) = (0, 0);
    let mut found = Vec::new();
    while let Some(at) = memchr::memmem::find(&text.as_bytes()[from..], wanted.as_bytes()) {
        guard::tick();
        let at = from + at;
        before += text[from..at].chars().count();
        found.push(Value::count(before));
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
        before += 1;
    }
    Value::list(found)
}

fn bsearch(value: V, wanted: V) -> ValR<V> {
    let Value::List(list) = value.value() else { return Err(Error::typ(value, "array")) };
    let found = list.items().binary_search_by(|item| order::compare(item, wanted.value()));
    let place = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
    Ok(V::new(Value::Int(found.map_or_else(|at| -1 - place(at), place))))
}

fn implode(value: V) -> ValR<V> {
    let Value::List(list) = value.value() else { return Err(Error::typ(value, "array")) };
    let character = |item: &Value| match item {
        Value::Int(code) => u32::try_from(*code).ok().and_then(char::from_u32),
        _ => None,
    };
    match list.items().iter().map(character).collect::<Option<String>>() {
        Some(text) => Ok(V::from(text)),
        None => Err(Error::typ(value, "array of characters' numbers")),
    }
}

fn from_json(value: V) -> ValR<V> {
    let Some(text) = value.value().as_str() else { return Err(Error::typ(value, "string")) };
    match super::super::json::parse(text) {
        Ok(value) => Ok(V::made(value)),
        Err(fault) if fault.kind == crate::diagnostic::Kind::Limit => guard::end(fault),
        Err(fault) => Err(V::error(format!("{}: {}", short(&value), fault.message))),
    }
}

/// The parts as text; `null` as nothing, as in jq.
fn join(value: V, separator: V) -> ValR<V> {
    let Value::List(list) = value.value() else { return Err(Error::typ(value, "array")) };
    let Some(separator) = separator.value().as_str() else {
        return Err(Error::typ(separator, "string"));
    };
    let parts = list.items().iter().map(|item| match item {
        Value::Null => Ok(Value::from("")),
        Value::List(_) | Value::Object(_) | Value::Table(_) => {
            Err(Error::typ(V::new(item.clone()), "text to join"))
        }
        item => Ok(item.clone()),
    });
    match text::join(&Value::list(parts.collect::<Result<Vec<_>, _>>()?), separator) {
        Ok(joined) => Ok(V::made(joined)),
        Err(fault) => guard::end(fault),
    }
}

/// The sum of values; strings are put together at the end, so that many take linear time.
#[derive(Default)]
struct Sum {
    texts: Option<String>,
    other: Option<V>,
}

impl Sum {
    fn with(mut self, item: ValR<V>) -> ValR<Self, V> {
        let item = item?;
        match (&mut self.texts, item.value()) {
            (_, Value::Null) => Ok(self),
            (Some(texts), Value::Str(text)) => {
                guard::room(texts.len() as u64 + text.len() as u64);
                texts.push_str(text);
                Ok(self)
            }
            (None, Value::Str(text)) if self.other.is_none() => {
                Ok(Self { texts: Some(text.to_string()), other: None })
            }
            _ => {
                let sum = (self.done()? + item)?;
                Ok(Self { texts: None, other: Some(sum) })
            }
        }
    }

    fn done(self) -> ValR<V> {
        let texts = self.texts.map(V::from);
        Ok(self.other.or(texts).unwrap_or_else(|| V::new(Value::Null)))
    }
}

/// A value as messages show it.
pub(super) fn short(value: &impl std::fmt::Display) -> String {
    let mut text = Short(String::new());
    // Cut is an error of the writer, and no error of ours.
    let _ = std::fmt::Write::write_fmt(&mut text, format_args!("{value}"));
    text.0
}

/// Text that takes no more than a message has room for.
struct Short(String);

/// Longest text of an error, in bytes.
const LONGEST: usize = 400;

impl std::fmt::Write for Short {
    fn write_str(&mut self, more: &str) -> std::fmt::Result {
        let room = LONGEST.saturating_sub(self.0.len());
        if more.len() <= room {
            self.0.push_str(more);
            return Ok(());
        }
        let cut = more.floor_char_boundary(room);
        self.0.push_str(&more[..cut]);
        self.0.push('…');
        Err(std::fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever jaq gains is refused until somebody has looked at it.
    const NOT_TAKEN: &[&str] = &[
        "debug_empty",
        "endswith",
        "env",
        "implode",
        "localtime",
        "ltrimstr",
        "now",
        "range",
        "rtrimstr",
        "startswith",
        "stderr_empty",
        "strflocaltime",
        "strptime",
    ];

    #[test]
    fn every_filter_of_jaq_is_taken_or_left_on_purpose() {
        assert!(COMPUTING.is_sorted());
        let mut names: Vec<&str> =
            jaq_core::funs::<Jq>().chain(jaq_std::funs()).map(|f| f.0).collect();
        names.sort_unstable();
        let mut known: Vec<&str> = COMPUTING.iter().chain(NOT_TAKEN).copied().collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
