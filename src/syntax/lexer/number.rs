//! Numbers and durations, and what is glued to them by mistake.

use super::scan::Scanner;
use crate::diagnostic::code::lexing;
use crate::source::OffsetMap;
use crate::syntax::ast::{Number, Numeric, Text};
use crate::syntax::token::{Kind, Payload};

/// Units as people write them, and ours.
const UNITS: &[(&str, &[&str])] = &[
    ("ms", &["msec", "msecs", "millis", "milliseconds", "millisecond", "MS"]),
    ("s", &["sec", "secs", "second", "seconds", "S"]),
    ("m", &["min", "mins", "minute", "minutes", "M"]),
    ("h", &["hr", "hrs", "hour", "hours", "H"]),
];

/// Our name of a unit of time.
pub(super) fn unit(word: &str) -> Option<&'static str> {
    let of = |(ours, names): &&(&str, &[&str])| word == *ours || names.contains(&word);
    UNITS.iter().find(of).map(|(ours, _)| *ours)
}

impl Scanner<'_> {
    pub(super) fn number(&mut self) {
        let lo = self.at;
        let (end, float) = self.number_end(lo);
        if float && self.version(lo, end) {
            return;
        }
        let unit_end = end + self.word_len(end);
        self.at = unit_end;
        if unit_end == end {
            return self.plain_number(lo, end, float);
        }
        match &self.text[end..unit_end] {
            "ms" | "s" | "m" | "h" => {
                let text = self.text[lo..unit_end].into();
                self.push_with(Kind::Duration, lo, Payload::Word(text));
            }
            other => self.bad_unit(lo, end, other),
        }
    }

    /// `1.2.3`, which is text without its quotes.
    fn version(&mut self, lo: usize, from: usize) -> bool {
        let bytes = self.text.as_bytes();
        let mut end = from;
        while bytes.get(end) == Some(&b'.') && digits(bytes, end + 1) > end + 1 {
            end = digits(bytes, end + 1);
        }
        if end == from {
            return false;
        }
        let whole = &self.text[lo..end];
        let right = format!("\"{whole}\"");
        let fault = self.fault(lexing::BAD_NUMBER, lo, end, format!("`{whole}` is no number"));
        self.report(
            fault.help("a version is text, in quotes").fix(self.span(lo, end), right.clone()),
        );
        let map = OffsetMap::at(self.span(lo, end).lo);
        let text = Text { raw: right.into(), value: whole.into(), map };
        self.at = end;
        self.push_with(Kind::String, lo, Payload::Text(Box::new(text)));
        true
    }

    /// Where the digits, the point and the exponent end, and whether there is a point or an exponent.
    fn number_end(&self, lo: usize) -> (usize, bool) {
        let bytes = self.text.as_bytes();
        let mut end = digits(bytes, lo);
        let mut float = false;
        if bytes.get(end) == Some(&b'.') && digits(bytes, end + 1) > end + 1 {
            end = digits(bytes, end + 1);
            float = true;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let after = digits(bytes, end + 1 + sign);
            if after > end + 1 + sign {
                end = after;
                float = true;
            }
        }
        (end, float)
    }

    /// The least integer, whose digits alone do not fit: its sign is a part of it.
    fn least_integer(&mut self, lo: usize, end: usize) -> bool {
        const DIGITS: &str = "9223372036854775808";
        let digits = &self.text[lo..end];
        let before = self.text[..lo].strip_suffix('-').map(|before| before.chars().last());
        let signed = before.is_some_and(|last| {
            last.is_none_or(|c| c.is_whitespace() || "=([{,:;+-*/%<>!".contains(c))
        });
        let mut tokens = self.out.tokens.iter().rev().map(|token| token.kind);
        let sign = tokens.next() == Some(Kind::Minus)
            && tokens.next().is_none_or(|kind| kind == Kind::Word || !kind.ends_operand());
        if digits.len() > 40 || digits.replace('_', "") != DIGITS || !signed || !sign {
            return false;
        }
        self.out.tokens.pop();
        let raw = format!("-{digits}").into();
        let number = Number { raw, value: Numeric::Int(i64::MIN) };
        self.push_with(Kind::Number, lo - 1, Payload::Number(Box::new(number)));
        true
    }

    fn plain_number(&mut self, lo: usize, end: usize, float: bool) {
        if !float && self.least_integer(lo, end) {
            return;
        }
        let raw = &self.text[lo..end];
        let digits = raw.replace('_', "");
        let value = if float {
            digits.parse().ok().filter(|f: &f64| f.is_finite()).map(Numeric::Float)
        } else {
            digits.parse().ok().map(Numeric::Int)
        };
        if value.is_none() {
            let fault =
                self.fault(lexing::BAD_NUMBER, lo, end, format!("`{raw}` does not fit 64 bits"));
            self.report(fault.help("write it with an exponent, `1e20`, or as a string"));
        }
        self.push_number(lo, raw, value);
    }

    /// Adds a number; without a value it stands for whatever was meant.
    fn push_number(&mut self, lo: usize, raw: &str, value: Option<Numeric>) {
        let number = |value| Payload::Number(Box::new(Number { raw: raw.into(), value }));
        self.push_with(Kind::Number, lo, value.map_or(Payload::None, number));
    }

    fn bad_unit(&mut self, lo: usize, end: usize, unit: &str) {
        let hi = self.at;
        let whole = &self.text[lo..hi];
        if let Some(ours) = self::unit(unit) {
            let fault = self.fault(lexing::BAD_NUMBER, end, hi, format!("unknown unit `{unit}`"));
            let right = format!("{}{ours}", &self.text[lo..end]);
            self.report(fault.help(format!("write `{right}`")).fix(self.span(end, hi), ours));
            return self.push_with(Kind::Duration, lo, Payload::Word(right.into()));
        }
        let fault = self.fault(
            lexing::BAD_NUMBER,
            lo,
            hi,
            format!("`{whole}` is neither a number nor a name"),
        );
        let fault = match based(whole) {
            Some(value) => fault
                .help(format!("numbers are decimal: `{value}`"))
                .fix(self.span(lo, hi), value.to_string()),
            None if matches!(unit, "d" | "day" | "days") => {
                let hours = self.text[lo..end].parse::<u32>().map(|days| u64::from(days) * 24);
                let fault = fault.help("the longest unit is the hour, `h`");
                hours.map_or(fault.clone(), |hours| {
                    fault.fix(self.span(lo, hi), format!("{hours}h"))
                })
            }
            None => fault.help(
                "a duration is a number glued to `ms`, `s`, `m` or `h`; other text is quoted",
            ),
        };
        self.report(fault);
        self.push_number(lo, whole, based(whole).map(Numeric::Int));
    }
}

/// The end of the digits at `from`, with `_` between them.
fn digits(bytes: &[u8], from: usize) -> usize {
    let mut end = from;
    while let Some(b) = bytes.get(end) {
        let between =
            *b == b'_' && end > from && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !b.is_ascii_digit() && !between {
            break;
        }
        end += 1;
    }
    end
}

/// The value of `0x1F`, `0b1`, `0o7`.
fn based(whole: &str) -> Option<i64> {
    let (prefix, digits) = (whole.get(..2)?, whole.get(2..)?);
    let base = match prefix {
        "0x" | "0X" => 16,
        "0b" | "0B" => 2,
        "0o" | "0O" => 8,
        _ => return None,
    };
    i64::from_str_radix(&digits.replace('_', ""), base).ok()
}
