//! How values are written: on one line, or lists, objects and calls over several where the line would be too long.

use super::WIDTH;
use crate::syntax::ast::{Accessor, Binary, Entry, Expr, ExprKind, Part, Template, Text, Unary};

/// The value, broken into lines if it would not fit behind `used` characters.
pub(super) fn value(expr: &Expr, level: usize, used: usize) -> String {
    let text = flat(expr);
    let first = text.split('\n').next().unwrap_or("");
    if used + first.chars().count() <= WIDTH {
        return text;
    }
    let inner = |value: &Expr, used: usize| self::value(value, level + 1, (level + 1) * 2 + used);
    let lines = |open: &str, items: Vec<String>, close: &str| {
        let indent = "  ".repeat(level + 1);
        let items: String = items.iter().map(|item| format!("{indent}{item},\n")).collect();
        format!("{open}\n{items}{}{close}", "  ".repeat(level))
    };
    match &expr.kind {
        ExprKind::List(values) if !values.is_empty() => {
            lines("[", values.iter().map(|value| inner(value, 0)).collect(), "]")
        }
        ExprKind::Call(name, values) if !values.is_empty() => lines(
            &format!("{}(", name.text),
            values.iter().map(|value| inner(value, 0)).collect(),
            ")",
        ),
        ExprKind::Object(entries) if !entries.is_empty() => {
            let entry = |entry: &Entry| {
                let key = key(entry);
                format!("{key}: {}", inner(&entry.value, key.chars().count() + 2))
            };
            lines("{", entries.iter().map(entry).collect(), "}")
        }
        _ => text,
    }
}

/// The value on one line, strings over several lines apart.
pub(super) fn flat(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, &mut out);
    out
}

fn write(expr: &Expr, out: &mut String) {
    match &expr.kind {
        ExprKind::Null | ExprKind::Error => out.push_str("null"),
        ExprKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        ExprKind::Number(number) => out.push_str(&number.raw),
        ExprKind::Duration(text) | ExprKind::Name(text) => out.push_str(text),
        ExprKind::Text(text) => write_text(text, out),
        ExprKind::Template(template) => write_template(template, out),
        ExprKind::List(values) => write_all("[", values, "]", out),
        ExprKind::Object(entries) => write_object(entries, out),
        ExprKind::Call(name, values) => {
            out.push_str(&name.text);
            write_all("(", values, ")", out);
        }
        ExprKind::Access(base, step) => {
            write_above(base, POSTFIX, out);
            out.push_str(&accessor(step));
        }
        ExprKind::Unary(Unary::Not, inner) => {
            out.push_str("not ");
            write_above(inner, NOT, out);
        }
        ExprKind::Unary(Unary::Minus, inner) => {
            out.push('-');
            write_above(inner, MINUS, out);
        }
        ExprKind::Binary(op, left, right) => write_binary(*op, left, right, out),
        ExprKind::Exists(inner, exists) => {
            write_above(inner, SUM, out);
            out.push_str(if *exists { " exists" } else { " not_exists" });
        }
        ExprKind::Paren(inner) => {
            out.push('(');
            write(inner, out);
            out.push(')');
        }
    }
}

const NOT: u8 = 3;
const SUM: u8 = 5;
const MINUS: u8 = 7;
const POSTFIX: u8 = 8;

/// How strongly an expression holds together; the loosest is `or`.
const fn strength(expr: &Expr) -> u8 {
    match &expr.kind {
        ExprKind::Binary(op, ..) => binary_strength(*op),
        ExprKind::Unary(Unary::Not, _) => NOT,
        ExprKind::Exists(..) => 4,
        ExprKind::Unary(Unary::Minus, _) => MINUS,
        _ => POSTFIX,
    }
}

const fn binary_strength(op: Binary) -> u8 {
    match op {
        Binary::Or => 1,
        Binary::And => 2,
        Binary::Add | Binary::Sub => SUM,
        Binary::Mul | Binary::Div | Binary::Rem => 6,
        _ => 4,
    }
}

/// In parentheses, if it holds together less than needed: trees that were not read from text may lack them.
fn write_above(expr: &Expr, needed: u8, out: &mut String) {
    if strength(expr) >= needed {
        return write(expr, out);
    }
    out.push('(');
    write(expr, out);
    out.push(')');
}

/// Operators of one strength join from the left; a comparison joins nothing of its own strength.
fn write_binary(op: Binary, left: &Expr, right: &Expr, out: &mut String) {
    let own = binary_strength(op);
    write_above(left, if own == 4 { SUM } else { own }, out);
    out.push(' ');
    out.push_str(op.symbol());
    out.push(' ');
    write_above(right, own + 1, out);
}

fn write_all(open: &str, values: &[Expr], close: &str, out: &mut String) {
    out.push_str(open);
    for (i, value) in values.iter().enumerate() {
        out.push_str(if i == 0 { "" } else { ", " });
        write(value, out);
    }
    out.push_str(close);
}

fn write_object(entries: &[Entry], out: &mut String) {
    out.push('{');
    for (i, entry) in entries.iter().enumerate() {
        out.push_str(if i == 0 { "" } else { ", " });
        out.push_str(&key(entry));
        out.push_str(": ");
        write(&entry.value, out);
    }
    out.push('}');
}

fn key(entry: &Entry) -> String {
    entry.raw.as_deref().unwrap_or(&entry.key.text).to_owned()
}

fn write_text(text: &Text, out: &mut String) {
    if text.raw.is_empty() {
        out.push_str(&quoted(&text.value));
    } else {
        out.push_str(&text.raw);
    }
}

fn write_template(template: &Template, out: &mut String) {
    out.push_str(template.quote);
    for part in &template.parts {
        match part {
            Part::Text(text) => out.push_str(&text.raw),
            Part::Hole(inner) => {
                out.push_str("${");
                write(inner, out);
                out.push('}');
            }
        }
    }
    out.push_str(template.quote);
}

/// `.name` or `[index]`.
pub(super) fn accessor(step: &Accessor) -> String {
    match step {
        Accessor::Field(name) => format!(".{}", name.text),
        Accessor::Index(index) => format!("[{}]", flat(index)),
    }
}

/// A text between double quotes, escaped where it must be.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '$' => out.push_str("\\$"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
