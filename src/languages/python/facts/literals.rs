//! Literals, f-strings, and strings that are annotations.

use std::fmt::Write as _;

use ruff_python_ast::{
    ExprBytesLiteral, ExprFString, ExprNumberLiteral, ExprStringLiteral, ExprTString, FStringPart,
    InterpolatedStringElement, InterpolatedStringElements, Number, StringLiteral,
};
use ruff_python_parser::parse_string_annotation;
use ruff_text_size::TextRange;

use super::depth;
use super::reader::Reader;
use crate::facts::ExprId;
use crate::facts::body::{ConstKind, ExprKind, expr};

/// The longest text of a literal that is kept, in bytes.
const LONGEST: usize = 256;

/// How deep an annotation in a string may nest: it is read on the stack of the source around it.
const DEEPEST: u32 = 100;

impl Reader<'_> {
    /// A literal that is a word.
    pub(super) fn word(&mut self, kind: ConstKind, text: &str, range: TextRange) -> ExprId {
        let (text, kind) = if text.len() > LONGEST {
            let hash = blake3::hash(text.as_bytes()).to_hex();
            (self.intern(hash.as_str()), ConstKind::Long)
        } else {
            (self.intern(text), kind)
        };
        self.push(ExprKind::Const, text.0, kind as u32, range)
    }

    pub(super) fn number(&mut self, number: &ExprNumberLiteral) -> ExprId {
        let kind = match number.value {
            Number::Int(_) => ConstKind::Int,
            Number::Float(_) => ConstKind::Float,
            Number::Complex { .. } => ConstKind::Complex,
        };
        let text = self.text;
        let written = text.get(number.range.to_std_range()).unwrap_or_default();
        self.word(kind, written, number.range)
    }

    pub(super) fn bytes(&mut self, bytes: &ExprBytesLiteral) -> ExprId {
        let mut text = String::new();
        for byte in bytes.value.bytes() {
            if byte.is_ascii() {
                text.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        self.word(ConstKind::Bytes, &text, bytes.range)
    }

    pub(super) fn string(&mut self, string: &ExprStringLiteral) -> ExprId {
        if self.strings_are_types
            && let [part] = string.value.as_slice()
            && let Some(id) = self.quoted(part)
        {
            return id;
        }
        self.word(ConstKind::Str, string.value.to_str(), string.range)
    }

    /// The expression inside a string that is an annotation; `None` where its places would not be those of the source,
    /// or it is no expression.
    fn quoted(&mut self, part: &StringLiteral) -> Option<ExprId> {
        let content = self.text.get(part.content_range().to_std_range())?;
        if content != &*part.value || content.contains('\\') {
            return None;
        }
        if !depth::look(content, DEEPEST).cuts.is_empty() {
            return None;
        }
        let parsed = parse_string_annotation(self.text, part).ok()?;
        Some(self.under(expr::QUOTED, |reader| reader.expr(parsed.expr())))
    }

    pub(super) fn f_string(&mut self, string: &ExprFString) -> ExprId {
        let base = self.pending.kids.len();
        for part in &string.value {
            if let FStringPart::FString(part) = part {
                self.holes(&part.elements);
            }
        }
        self.push_many(ExprKind::FString, 0, base, string.range)
    }

    pub(super) fn t_string(&mut self, string: &ExprTString) -> ExprId {
        let base = self.pending.kids.len();
        for part in &string.value {
            self.holes(&part.elements);
        }
        self.push_many(ExprKind::FString, 0, base, string.range)
    }

    fn holes(&mut self, elements: &InterpolatedStringElements) {
        let types = std::mem::replace(&mut self.strings_are_types, false);
        for element in elements {
            if let InterpolatedStringElement::Interpolation(hole) = element {
                let id = self.expr(&hole.expression);
                self.pending.kids.push(id);
                if let Some(format) = &hole.format_spec {
                    self.holes(&format.elements);
                }
            }
        }
        self.strings_are_types = types;
    }
}
