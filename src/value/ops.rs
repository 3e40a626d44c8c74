//! What operators do with values. Paths into values are `access`; both are used under this name.

use std::cmp::Ordering;
use std::sync::Arc;

pub use super::access::{Key, Rows, field, index, rows, set_path};
use super::{MAX_DEPTH, MAX_WEIGHT, Value, show};
use crate::diagnostic::{Code, Fault, Kind, code::execution as codes};

/// Orders an integer and a float by value, exactly.
#[must_use]
pub fn compare_int_float(int: i64, float: f64) -> Ordering {
    if float >= 9.223_372_036_854_776e18 {
        return Ordering::Less;
    }
    if float < -9.223_372_036_854_776e18 {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "in range by the two tests above")]
    let whole = float.trunc() as i64;
    int.cmp(&whole).then_with(|| 0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}

/// A fault of kind `argument`.
pub(crate) fn refuse(code: Code, message: impl Into<String>) -> Fault {
    Fault::new(Kind::Argument, code, message)
}

/// `a + b`: adds numbers, concatenates if a side is a string, joins lists and the rows of tables.
///
/// # Errors
/// Other operands, overflow, a result that is too big.
pub fn add(a: &Value, b: &Value) -> Result<Value, Fault> {
    match (a, b) {
        (Value::Str(_), _) | (_, Value::Str(_)) => {
            room_for(a.size().weight.saturating_add(b.size().weight))?;
            let mut text = show::plain(a);
            show::push_plain(&mut text, b);
            Ok(Value::Str(text.into()))
        }
        _ => match (rows(a), rows(b)) {
            (Some(left), Some(right)) => {
                room_for(a.size().weight.saturating_add(b.size().weight))?;
                Ok(Value::list(left.chain(right)))
            }
            _ => arithmetic("+", a, b, i64::checked_add, |x, y| x + y),
        },
    }
}

/// `target + more` in place: a list that nobody else holds grows without being copied.
///
/// # Errors
/// As [`add`]; the target is unchanged then.
pub fn append(target: &mut Value, more: &Value) -> Result<(), Fault> {
    let weight = target.size().weight.saturating_add(more.size().weight);
    if let (Value::List(list), Value::List(items)) = (&mut *target, more)
        && let Some(list) = Arc::get_mut(list)
    {
        room_for(weight)?;
        list.extend(items.items().iter().cloned());
        return Ok(());
    }
    *target = add(target, more)?;
    Ok(())
}

/// `a - b`.
///
/// # Errors
/// Operands that are no numbers, overflow.
pub fn sub(a: &Value, b: &Value) -> Result<Value, Fault> {
    arithmetic("-", a, b, i64::checked_sub, |x, y| x - y)
}

/// `a * b`.
///
/// # Errors
/// Operands that are no numbers, overflow.
pub fn mul(a: &Value, b: &Value) -> Result<Value, Fault> {
    arithmetic("*", a, b, i64::checked_mul, |x, y| x * y)
}

/// `a / b`; of two integers an integer when it is exact.
///
/// # Errors
/// Operands that are no numbers, division by zero, overflow.
pub fn div(a: &Value, b: &Value) -> Result<Value, Fault> {
    not_zero("/", a, b)?;
    match (a, b) {
        (Value::Int(x), Value::Int(y)) if x.wrapping_rem(*y) != 0 => {
            finite("/", a, b, real(*x) / real(*y))
        }
        _ => arithmetic("/", a, b, i64::checked_div, |x, y| x / y),
    }
}

/// `a % b`, with the sign of `b`.
///
/// # Errors
/// Operands that are no numbers, division by zero.
pub fn rem(a: &Value, b: &Value) -> Result<Value, Fault> {
    not_zero("%", a, b)?;
    let int = |x: i64, y: i64| {
        let rest = x.wrapping_rem(y);
        Some(if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest })
    };
    let float = |x: f64, y: f64| {
        let rest = x % y;
        if rest == 0.0 {
            rest.copysign(y)
        } else if (rest < 0.0) != (y < 0.0) {
            rest + y
        } else {
            rest
        }
    };
    arithmetic("%", a, b, int, float)
}

/// `-a`.
///
/// # Errors
/// An operand that is no number, overflow.
pub fn negate(a: &Value) -> Result<Value, Fault> {
    match a {
        Value::Int(n) => {
            n.checked_neg().map(Value::Int).ok_or_else(|| overflow(&format!("-({n})")))
        }
        Value::Float(x) => Ok(Value::Float(-x)),
        _ => {
            let fault =
                refuse(codes::OPERAND, format!("`-` expected a number, found {}", a.kind()));
            Err(as_number(fault, "-", &[a]))
        }
    }
}

/// `a` to the power of `b`; of two integers an integer when it is exact.
///
/// # Errors
/// Operands that are no numbers, overflow, a result that is no number.
pub fn pow(a: &Value, b: &Value) -> Result<Value, Fault> {
    let (Some(x), Some(y)) = (number(a), number(b)) else { return Err(operands("pow", a, b)) };
    match (a, b) {
        (Value::Int(base), Value::Int(exponent)) if *exponent >= 0 => u32::try_from(*exponent)
            .ok()
            .and_then(|exponent| power(*base, exponent))
            .map(Value::Int)
            .ok_or_else(|| overflow(&format!("pow({base}, {exponent})"))),
        _ => finite("pow", a, b, x.powf(y)),
    }
}

fn power(base: i64, exponent: u32) -> Option<i64> {
    match base {
        0 | 1 => Some(if exponent == 0 { 1 } else { base }),
        -1 => Some(if exponent.is_multiple_of(2) { 1 } else { -1 }),
        _ => base.checked_pow(exponent),
    }
}

/// The order of two values of one type; lists compare item by item.
///
/// # Errors
/// Two different types; objects and tables, which have no order.
pub fn compare(a: &Value, b: &Value) -> Result<Ordering, Fault> {
    Ok(match (a, b) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        (Value::Int(x), Value::Int(y)) => x.cmp(y),
        (Value::Float(x), Value::Float(y)) => x.partial_cmp(y).unwrap_or(Ordering::Equal),
        (Value::Int(x), Value::Float(y)) => compare_int_float(*x, *y),
        (Value::Float(x), Value::Int(y)) => compare_int_float(*y, *x).reverse(),
        (Value::Str(x), Value::Str(y)) => x.cmp(y),
        (Value::List(x), Value::List(y)) => {
            for (x, y) in x.items().iter().zip(y.items()) {
                match compare(x, y)? {
                    Ordering::Equal => {}
                    different => return Ok(different),
                }
            }
            x.items().len().cmp(&y.items().len())
        }
        _ => return Err(no_order(a, b)),
    })
}

fn no_order(a: &Value, b: &Value) -> Fault {
    let fault = refuse(codes::NO_ORDER, format!("{} and {} have no order", a.kind(), b.kind()));
    match (a, b) {
        (Value::Str(_), Value::Int(_) | Value::Float(_)) | (Value::Int(_) | Value::Float(_), Value::Str(_)) => {
            fault.help("turn the string into a number with `num(…)`, or the number into a string with `str(…)`")
        }
        (Value::Null, _) | (_, Value::Null) => fault.help("test with `exists` first: a missing value is `null`"),
        (Value::Object(_) | Value::Table(_), _) => fault.help("compare a field of them"),
        _ => fault.help("compare values of one type"),
    }
}

/// Whether a condition holds: not for `false null 0 "" [] {}` and tables without rows.
#[must_use]
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Int(n) => *n != 0,
        Value::Float(x) => *x != 0.0,
        Value::Str(text) => !text.is_empty(),
        Value::Object(object) => rows(value).map_or(!object.is_empty(), |rows| rows.len() > 0),
        Value::List(list) => !list.items().is_empty(),
        Value::Table(table) => !table.is_empty(),
    }
}

/// `value exists`: not for `null` and `""`.
#[must_use]
pub fn exists(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Str(text) => !text.is_empty(),
        _ => true,
    }
}

/// `needle in hay`: an item of a list, a row of a table, a part of a string, a key of an object.
///
/// # Errors
/// A `hay` that holds nothing; a needle for a string or an object that is no string.
pub fn contains(needle: &Value, hay: &Value) -> Result<bool, Fault> {
    found_in("in", needle, hay)
}

/// [`contains`] by the name it is asked for.
///
/// # Errors
/// As those of `contains`.
pub fn found_in(name: &str, needle: &Value, hay: &Value) -> Result<bool, Fault> {
    if let Value::List(list) = hay {
        return Ok(list.items().contains(needle));
    }
    if let Some(mut rows) = rows(hay) {
        return Ok(rows.any(|row| row == *needle));
    }
    match (hay, needle) {
        (Value::Str(hay), Value::Str(needle)) => {
            Ok(memchr::memmem::find(hay.as_bytes(), needle.as_bytes()).is_some())
        }
        (Value::Object(object), Value::Str(key)) => Ok(object.field(key).is_some()),
        (Value::Str(_) | Value::Object(_), _) => Err(refuse(
            codes::OPERAND,
            format!(
                "`{name}` expected a string to look for in {}, found {}",
                hay.kind(),
                needle.kind()
            ),
        )
        .help("turn what is looked for into a string with `str(…)`")),
        _ => Err(refuse(
            codes::OPERAND,
            format!(
                "`{name}` expected a list, a table, an object or a string, found {}",
                hay.kind()
            ),
        )
        .help(held(hay))),
    }
}

/// What to do where a value holds nothing.
pub(crate) const fn held(found: &Value) -> &'static str {
    match found {
        Value::Null => "a missing value is `null`: test it with `exists` first, or write `x or []`",
        Value::Str(_) => "split the string first: `split(x, \",\")`, `lines(x)`",
        Value::Object(_) => "take its fields: `keys(x)`, `values(x)`",
        _ => "put it into a list first: `[x]`",
    }
}

/// Number of characters, items, fields or rows.
///
/// # Errors
/// A value that holds nothing.
pub fn len(value: &Value) -> Result<usize, Fault> {
    match value {
        Value::Str(text) => Ok(text.chars().count()),
        Value::List(list) => Ok(list.items().len()),
        Value::Table(table) => Ok(table.len()),
        Value::Object(object) => Ok(rows(value).map_or(object.len(), |rows| rows.len())),
        _ => Err(refuse(
            codes::FUNCTION_VALUE,
            format!(
                "`len` expected a string, a list, an object or a table, found {}",
                value.kind()
            ),
        )
        .help(held(value))),
    }
}

/// Whether a value is within [`MAX_DEPTH`] and [`MAX_WEIGHT`].
///
/// # Errors
/// A fault of kind `limit` if it is not.
pub fn check_size(value: &Value) -> Result<(), Fault> {
    let size = value.size();
    if size.depth > MAX_DEPTH {
        let message = format!("a value nests deeper than {MAX_DEPTH} levels");
        return Err(Fault::new(Kind::Limit, codes::TOO_BIG, message));
    }
    room_for(size.weight)
}

/// Whether a value of `weight` may be built; asked before it is.
///
/// # Errors
/// A fault of kind `limit` if it may not.
pub fn room_for(weight: u64) -> Result<(), Fault> {
    if weight > MAX_WEIGHT {
        let message = format!("a value grows over {} MiB", MAX_WEIGHT >> 20);
        return Err(Fault::new(Kind::Limit, codes::TOO_BIG, message)
            .help("look for a loop that doubles a string or a list"));
    }
    Ok(())
}

/// The number as a float, if it is one.
#[must_use]
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(real(*n)),
        Value::Float(x) => Some(*x),
        _ => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "arithmetic of integers with floats is float arithmetic"
)]
const fn real(n: i64) -> f64 {
    n as f64
}

fn arithmetic(
    name: &str,
    a: &Value,
    b: &Value,
    int: impl Fn(i64, i64) -> Option<i64>,
    float: impl Fn(f64, f64) -> f64,
) -> Result<Value, Fault> {
    if let (Value::Int(x), Value::Int(y)) = (a, b) {
        return int(*x, *y).map(Value::Int).ok_or_else(|| overflow(&format!("{x} {name} {y}")));
    }
    match (number(a), number(b)) {
        (Some(x), Some(y)) => finite(name, a, b, float(x, y)),
        _ => Err(operands(name, a, b)),
    }
}

fn finite(name: &str, a: &Value, b: &Value, result: f64) -> Result<Value, Fault> {
    if result.is_finite() {
        return Ok(Value::Float(result));
    }
    let message =
        format!("`{} {name} {}` is not a number that can be held", show::plain(a), show::plain(b));
    Err(refuse(codes::OVERFLOW, message)
        .help("the result is beyond what a float holds; compute with smaller numbers"))
}

fn overflow(written: &str) -> Fault {
    refuse(codes::OVERFLOW, format!("`{written}` overflows a 64-bit integer"))
        .help("make one side a float, as in `1.0`, if the exact value does not matter")
}

fn not_zero(name: &str, a: &Value, b: &Value) -> Result<(), Fault> {
    let zero = match b {
        Value::Int(n) => *n == 0,
        Value::Float(x) => *x == 0.0,
        _ => false,
    };
    if zero && number(a).is_some() {
        let message = format!("`{} {name} 0` divides by zero", show::plain(a));
        return Err(refuse(codes::DIVISION_BY_ZERO, message).help("test the divisor first"));
    }
    Ok(())
}

fn operands(name: &str, a: &Value, b: &Value) -> Fault {
    let fault = refuse(
        codes::OPERAND,
        format!("`{name}` expected two numbers, found {} and {}", a.kind(), b.kind()),
    );
    as_number(fault, name, &[a, b])
}

/// Adds how the operands become numbers, or what does the work on what they are.
fn as_number(fault: Fault, name: &str, operands: &[&Value]) -> Fault {
    let any = |test: fn(&Value) -> bool| operands.iter().any(|value| test(value));
    fault.help(if any(|value| *value == Value::Null) {
        "a name is `null` until it is written; give it a value first"
    } else if any(|value| matches!(value, Value::Str(_))) {
        "turn a string into a number with `num(…)`"
    } else if any(|value| rows(value).is_some()) && name == "+" {
        "a list grows by a list: `xs + [x]`"
    } else if any(|value| rows(value).is_some()) {
        "take their number with `len(…)`, their sum with `sum(…)`, or one of them with `[0]`"
    } else if any(|value| matches!(value, Value::Object(_))) {
        "take a field of the object; `set o.key = value` writes one"
    } else {
        "a boolean is no number: write `if c { … } else { … }`"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn int(n: i64) -> Value {
        Value::Int(n)
    }

    #[test]
    fn division_is_exact_where_it_can_be() {
        assert!(matches!(div(&int(6), &int(2)), Ok(Value::Int(3))));
        assert!(matches!(div(&int(7), &int(2)), Ok(Value::Float(x)) if x == 3.5));
        assert_eq!(div(&int(i64::MIN), &int(-1)).map_err(|f| f.code), Err(codes::OVERFLOW));
        assert_eq!(
            div(&int(1), &Value::Float(0.0)).map_err(|f| f.code),
            Err(codes::DIVISION_BY_ZERO)
        );
    }

    #[test]
    fn remainder_has_the_sign_of_the_divisor() {
        for (a, b, rest) in
            [(7, 3, 1), (-7, 3, 2), (7, -3, -2), (-7, -3, -1), (6, -3, 0), (i64::MIN, -1, 0)]
        {
            assert_eq!(rem(&int(a), &int(b)), Ok(int(rest)), "{a} % {b}");
        }
        assert_eq!(rem(&Value::Float(-0.5), &int(2)), Ok(Value::Float(1.5)));
    }

    #[test]
    fn overflow_is_an_error_not_another_number() {
        for result in [
            add(&int(i64::MAX), &int(1)),
            sub(&int(i64::MIN), &int(1)),
            mul(&int(i64::MAX), &int(2)),
            negate(&int(i64::MIN)),
            mul(&Value::Float(1e308), &int(10)),
            pow(&int(2), &int(63)),
            pow(&Value::Float(-1.0), &Value::Float(0.5)),
        ] {
            assert_eq!(result.map_err(|f| f.code), Err(codes::OVERFLOW));
        }
        assert_eq!(pow(&int(-1), &int(i64::from(u32::MAX))), Ok(int(-1)));
    }

    #[test]
    fn a_string_makes_plus_a_concatenation() {
        assert_eq!(add(&"n=".into(), &Value::list([int(1), Value::Null])), Ok("n=[1,null]".into()));
        assert_eq!(add(&Value::Null, &"!".into()), Ok("null!".into()));
        assert_eq!(add(&int(1), &Value::Null).map_err(|f| f.code), Err(codes::OPERAND));
    }

    #[test]
    fn a_doubled_string_meets_the_bound_before_it_is_built() {
        let half: Value = "x".repeat(usize::try_from(MAX_WEIGHT).unwrap() / 2).into();
        assert_eq!(add(&half, &half).map_err(|f| f.kind), Err(Kind::Limit));
    }

    #[test]
    fn integers_and_floats_compare_exactly() {
        let near = 9_007_199_254_740_993; // 2^53 + 1, which no float holds
        assert_ne!(int(near), Value::Float(9_007_199_254_740_992.0));
        assert_eq!(
            compare(&int(near), &Value::Float(9_007_199_254_740_992.0)),
            Ok(Ordering::Greater)
        );
        assert_eq!(int(i64::MIN), Value::Float(-9_223_372_036_854_775_808.0));
        assert_eq!(
            compare(&int(i64::MAX), &Value::Float(9_223_372_036_854_775_808.0)),
            Ok(Ordering::Less)
        );
    }

    fn scalar() -> impl Strategy<Value = Value> {
        let wide = prop_oneof![any::<i64>(), -3..3_i64];
        prop_oneof![
            wide.prop_map(Value::Int),
            any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Value::Float),
            (-3..3_i32).prop_map(|n| Value::Float(f64::from(n) / 2.0)),
        ]
    }

    proptest! {
        #[test]
        fn order_of_numbers_is_total(a in scalar(), b in scalar(), c in scalar()) {
            let order = |x: &Value, y: &Value| compare(x, y).unwrap();
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            prop_assert_eq!(order(&a, &b).is_eq(), a == b);
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                prop_assert!(order(&a, &c).is_le());
            }
        }

        #[test]
        fn quotient_and_remainder_give_back_the_dividend(a in -1000..1000_i64, b in -50..50_i64) {
            prop_assume!(b != 0);
            let Ok(Value::Int(rest)) = rem(&Value::Int(a), &Value::Int(b)) else { panic!("an integer") };
            prop_assert_eq!((a - rest) % b, 0);
            prop_assert!(rest.abs() < b.abs() && (rest == 0 || (rest < 0) == (b < 0)));
        }
    }
}
