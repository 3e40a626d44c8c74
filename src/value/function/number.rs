//! Functions over numbers.

use std::cmp::Ordering;

use super::path::Path;
use super::{argument, expected, select};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::ops::{self, refuse};
use crate::value::{Value, access};

/// Most decimal digits `round` keeps: a float has no more.
const DIGITS: i64 = 15;

/// The number that a string writes, blanks around it aside; a number is itself.
///
/// # Errors
/// Another value, other text, a number that is too large.
pub fn num(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Int(_) | Value::Float(_) => Ok(value.clone()),
        Value::Str(text) => parse(text.trim()).ok_or_else(|| {
            refuse(
                codes::FUNCTION_VALUE,
                format!("`num` expected a number in the string, found `{text}`"),
            )
            .help("the string holds a number and nothing else: `\"12\"`, `\"-2.5\"`")
        }),
        _ => Err(expected("num", "a string or a number", value)),
    }
}

fn parse(text: &str) -> Option<Value> {
    let begins =
        text.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if let Ok(n) = text.parse() {
        return Some(Value::Int(n));
    }
    text.parse().ok().filter(|x: &f64| begins && x.is_finite()).map(Value::Float)
}

/// The sum of a list, or of the fields of its rows at a path.
///
/// # Errors
/// Items that are no numbers, overflow.
pub fn sum(list: &Value, path: Option<&Value>) -> Result<Value, Fault> {
    let path = path.map(|path| Path::of("sum", path)).transpose()?;
    let mut total = Value::Int(0);
    for row in select::rows_of("sum", list)? {
        let item = path.as_ref().map_or_else(|| Ok(row.clone()), |path| path.find(&row))?;
        if ops::number(&item).is_none() {
            return Err(expected("sum", "numbers", &item));
        }
        total = ops::add(&total, &item)?;
    }
    Ok(total)
}

/// `min` or `max` of a list, of the fields of its rows at a path, or of several values.
///
/// # Errors
/// Values of different types.
pub fn extreme(name: &str, args: &[Value]) -> Result<Value, Fault> {
    let first = argument(args, 0);
    let chosen = match args {
        [list] => select::rows_of(name, list)?.collect(),
        [rows, Value::Str(_)] if ops::rows(rows).is_some() => {
            let path = Path::of(name, argument(args, 1))?;
            select::rows_of(name, first)?
                .map(|row| path.find(&row))
                .collect::<Result<Vec<_>, _>>()?
        }
        several => several.to_vec(),
    };
    let wanted = if name == "min" { Ordering::Less } else { Ordering::Greater };
    let mut items = chosen.into_iter();
    let Some(mut best) = items.next() else { return Ok(Value::Null) };
    for item in items {
        if ops::compare(&item, &best)? == wanted {
            best = item;
        }
    }
    Ok(best)
}

/// The nearest integer, or number of `digits` decimal digits; halves away from zero.
///
/// # Errors
/// Values that are no numbers, an integer that does not fit, more than 15 digits.
pub fn round(value: &Value, digits: Option<&Value>) -> Result<Value, Fault> {
    let digits = match digits.map(|value| (value, access::whole(value))) {
        None => 0,
        Some((_, Some(digits))) if (0..=DIGITS).contains(&digits) => digits,
        Some((other, None)) => return Err(expected("round", "a whole number of digits", other)),
        Some((other, _)) => {
            let message = format!(
                "`round` expected 0 to {DIGITS} digits, found {}",
                crate::value::show::plain(other)
            );
            return Err(refuse(codes::FUNCTION_VALUE, message)
                .help("leave the digits out for a whole number"));
        }
    };
    match value {
        Value::Int(_) => Ok(value.clone()),
        Value::Float(x) if digits == 0 => integer(x.round()),
        Value::Float(x) => Ok(Value::Float(to_digits(*x, i32::try_from(digits).unwrap_or(0)))),
        _ => Err(expected("round", "a number", value)),
    }
}

fn integer(x: f64) -> Result<Value, Fault> {
    if x.abs() < 9.2e18 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number within 64 bits by the test above"
        )]
        return Ok(Value::Int(x as i64));
    }
    Err(refuse(codes::OVERFLOW, format!("`round({x})` overflows a 64-bit integer"))
        .help("a number of that size has no fraction: leave `round` out"))
}

/// Rounds the exact value of `x`: the product with the power of ten is corrected by its own error.
fn to_digits(x: f64, digits: i32) -> f64 {
    let power = 10_f64.powi(digits);
    let scaled = x * power;
    if !scaled.is_finite() || scaled.abs() >= 4.5e15 {
        return x;
    }
    let error = x.mul_add(power, -scaled);
    let tie = scaled.fract().abs() == 0.5;
    let toward_zero = error != 0.0 && (error < 0.0) == (scaled > 0.0);
    (if tie && toward_zero { scaled.trunc() } else { scaled.round() }) / power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_of_the_exact_value_and_halves_go_away_from_zero() {
        for (x, digits, rounded) in [
            (0.125, 2, 0.13),
            (-0.125, 2, -0.13),
            (2.675, 2, 2.67),
            (1.005, 2, 1.0),
            (1.115, 2, 1.11),
            (1e300, 3, 1e300),
        ] {
            assert_eq!(to_digits(x, digits), rounded, "round({x}, {digits})");
        }
        assert_eq!(round(&Value::Float(-2.5), None), Ok(Value::Int(-3)));
        assert!(round(&Value::Float(1e19), None).is_err());
    }

    #[test]
    fn num_reads_numbers_only() {
        assert_eq!(num(&" -12 ".into()), Ok(Value::Int(-12)));
        assert_eq!(num(&"1e3".into()), Ok(Value::Float(1000.0)));
        for bad in ["", "inf", "nan", "-infinity", "1e999", "12px", "0x10", "--1"] {
            assert!(num(&bad.into()).is_err(), "{bad}");
        }
    }
}
