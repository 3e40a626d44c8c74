//! Parts of values as jq names them: found, cut out, changed. What is missing is `null`, as in jq.

use std::ops::Range;
use std::sync::Arc;

use jaq_core::path::Opt;
use jaq_core::{Error, Exn, ValR, ValX};

use super::order;
use super::value::V;
use crate::value::{Object, Value, ops};

/// The ends of a slice; absent or `null`: that of the whole.
pub(super) type Ends<'v> = Range<Option<&'v Value>>;

/// `.[index]`: `None` where such an index means nothing, `Some(None)` where nothing is there.
pub(super) fn find(value: &Value, index: &Value) -> Option<Option<Value>> {
    match (value, index) {
        (Value::Null, Value::Null | Value::Str(_) | Value::Int(_) | Value::Float(_)) => Some(None),
        (Value::Object(object), Value::Str(key)) => Some(object.field(key).cloned()),
        (Value::List(list), Value::Int(_) | Value::Float(_)) => {
            let at = place(index, list.items().len(), f64::floor)?;
            Some(at.and_then(|at| list.items().get(at)).cloned())
        }
        (Value::List(list), Value::List(needle)) => {
            Some(Some(occurrences(list.items(), needle.items())))
        }
        (Value::List(_) | Value::Str(_) | Value::Null, Value::Object(range)) => {
            slice(value, &ends(range)).map(Some)
        }
        _ => None,
    }
}

/// `.[from:to]` of an array, of a string in characters, of `null`.
pub(super) fn slice(value: &Value, ends: &Ends<'_>) -> Option<Value> {
    match value {
        Value::Null => Some(Value::Null),
        Value::List(list) => {
            let range = within(ends, list.items().len())?;
            Some(Value::list(list.items().get(range)?.iter().cloned()))
        }
        Value::Str(text) => {
            let range = within(ends, text.chars().count())?;
            Some(Value::from(text.chars().skip(range.start).take(range.len()).collect::<String>()))
        }
        _ => None,
    }
}

/// `.[index] |= f`: without a new value the part is taken out.
pub(super) fn change<'a>(
    value: V,
    index: &V,
    opt: Opt,
    f: impl FnOnce(V) -> Result<Option<V>, Exn<'a, V>>,
) -> ValX<'a, V> {
    match (value.into_value(), index.value()) {
        (Value::Null, Value::Str(key)) => match f(V::new(Value::Null))? {
            Some(new) => Ok(V::made(Value::object([(Arc::clone(key), new.into_value())]))),
            None => Ok(V::new(Value::Null)),
        },
        (Value::Object(object), Value::Str(key)) => field(object, key, f),
        (Value::Null, Value::Int(_)) => item(Value::list([]), index, opt, f),
        (list @ Value::List(_), Value::Int(_)) => item(list, index, opt, f),
        (value, Value::Object(range)) => replace(V::new(value), &ends(range), opt, f),
        (value, _) => opt.fail(V::new(value), |v| Exn::from(Error::index(v, index.clone()))),
    }
}

fn field<'a>(
    mut object: Arc<Object>,
    key: &Arc<str>,
    f: impl FnOnce(V) -> Result<Option<V>, Exn<'a, V>>,
) -> ValX<'a, V> {
    let fields = Arc::make_mut(&mut object);
    let there = fields.field(key).is_some();
    match f(V::new(fields.take(key).unwrap_or_default()))? {
        Some(new) => fields.insert(Arc::clone(key), new.into_value()),
        None if there => {
            let kept = fields.iter().filter(|(name, _)| *name != key);
            *fields = kept.map(|(name, value)| (Arc::clone(name), value.clone())).collect();
        }
        None => {}
    }
    Ok(V::made(Value::Object(object)))
}

fn item<'a>(
    list: Value,
    index: &V,
    opt: Opt,
    f: impl FnOnce(V) -> Result<Option<V>, Exn<'a, V>>,
) -> ValX<'a, V> {
    let Value::List(mut list) = list else { return Ok(V::new(list)) };
    let len = list.items().len();
    let at = match (place(index.value(), len, f64::floor).flatten(), index.value()) {
        (Some(at), _) => at,
        (None, Value::Int(at)) if *at >= 0 => usize::try_from(*at).unwrap_or(usize::MAX),
        _ => {
            let fault = |_| Exn::from(V::error(format!("index {index} lies before the array")));
            return opt.fail(V::new(Value::List(list)), fault);
        }
    };
    let items = Arc::make_mut(&mut list);
    let old = if at < len { items.take(at) } else { Value::Null };
    match f(V::new(old))? {
        Some(new) if at < len => items.replace(at, new.into_value()),
        Some(new) => {
            super::guard::room((at as u64).saturating_mul(Value::Null.size().weight));
            items.extend(std::iter::repeat_n(Value::Null, at - len));
            items.extend([new.into_value()]);
        }
        None if at < len => {
            let kept = items.items().iter().enumerate().filter(|(nth, _)| *nth != at);
            *items = kept.map(|(_, value)| value.clone()).collect();
        }
        None => {}
    }
    Ok(V::made(Value::List(list)))
}

/// `.[from:to] |= f`: without a new value the part is taken out.
pub(super) fn replace<'a>(
    value: V,
    ends: &Ends<'_>,
    opt: Opt,
    f: impl FnOnce(V) -> Result<Option<V>, Exn<'a, V>>,
) -> ValX<'a, V> {
    let value = match value.into_value() {
        Value::Null => Value::list([]),
        value => value,
    };
    let (Value::List(list), Some(part)) = (&value, slice(&value, ends)) else {
        return opt.fail(V::new(value), |v| Exn::from(Error::typ(v, "array, cut by integers")));
    };
    let range = within(ends, list.items().len()).unwrap_or_default();
    let new = match f(V::new(part))?.map(V::into_value) {
        None => Value::list([]),
        Some(new @ Value::List(_)) => new,
        Some(new) => return Err(Exn::from(Error::typ(V::new(new), "array"))),
    };
    let (before, after) =
        (list.items().iter().take(range.start), list.items().iter().skip(range.end));
    let middle = ops::rows(&new).into_iter().flatten();
    Ok(V::made(Value::list(before.cloned().chain(middle).chain(after.cloned()))))
}

fn ends(range: &Object) -> Ends<'_> {
    range.field("start")..range.field("end")
}

fn within(ends: &Ends<'_>, len: usize) -> Option<Range<usize>> {
    let end = |at: Option<&Value>, default: usize, round: fn(f64) -> f64| match at {
        None | Some(Value::Null) => Some(default),
        Some(at) => Some(clamped(whole(at, round)?, len)),
    };
    let (from, to) = (end(ends.start, 0, f64::floor)?, end(ends.end, len, f64::ceil)?);
    Some(from.min(to)..to)
}

/// A place in something of `len`, negative ones from the end: `None` for what is no number.
fn place(index: &Value, len: usize, round: fn(f64) -> f64) -> Option<Option<usize>> {
    let at = whole(index, round)?;
    let steps = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
    Some(if at < 0 { len.checked_sub(steps) } else { Some(steps).filter(|at| *at < len) })
}

fn clamped(at: i64, len: usize) -> usize {
    let steps = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
    if at < 0 { len.saturating_sub(steps) } else { steps.min(len) }
}

#[expect(clippy::cast_possible_truncation, reason = "a place beyond 64 bits is beyond every end")]
fn whole(at: &Value, round: fn(f64) -> f64) -> Option<i64> {
    match at {
        Value::Int(n) => Some(*n),
        Value::Float(x) => Some(round(*x) as i64),
        _ => None,
    }
}

/// Where `needle` begins in `items`.
pub(super) fn occurrences(items: &[Value], needle: &[Value]) -> Value {
    if needle.is_empty() {
        return Value::Null;
    }
    let same = |window: &[Value]| window.iter().zip(needle).all(|(a, b)| order::equal(a, b));
    let found = items.windows(needle.len()).enumerate().filter(|(_, window)| same(window));
    Value::list(found.map(|(at, _)| Value::count(at)))
}

/// The value without what the paths lead to; the last parts go first, so that no place moves.
pub(super) fn without(value: V, paths: &Value) -> ValR<V> {
    let Value::List(paths) = paths else {
        return Err(Error::typ(V::new(paths.clone()), "array of paths"));
    };
    let mut sorted = paths.items().to_vec();
    sorted.sort_by(|a, b| order::compare(b, a));
    sorted.iter().try_fold(value, |value, path| match path {
        Value::List(path) => cut(value, path.items()),
        other => Err(Error::typ(V::new(other.clone()), "path")),
    })
}

fn cut(value: V, path: &[Value]) -> ValR<V> {
    let Some((first, rest)) = path.split_first() else { return Ok(V::new(Value::Null)) };
    let there = find(value.value(), first);
    if matches!(there, Some(None)) || matches!(value.value(), Value::Null) {
        return Ok(value);
    }
    let index = V::new(first.clone());
    let cut = change(value, &index, Opt::Essential, |old| {
        if rest.is_empty() { Ok(None) } else { Ok(Some(cut(old, rest)?)) }
    });
    cut.map_err(|exception| exception.get_err().unwrap_or_else(|_| V::error("no such path")))
}
