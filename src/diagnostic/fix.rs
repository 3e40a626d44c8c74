//! Mends a text by its diagnostics: applies the suggestions whose meaning is certain.

use std::collections::BTreeMap;

use super::Diagnostic;
use crate::source::SourceId;

/// The text with every applicable suggestion for it applied. A diagnostic's suggestions go together; where two
/// diagnostics would change the same place, the earlier one is taken and the other left for the next turn.
#[must_use]
pub fn apply(text: &str, source: SourceId, diagnostics: &[Diagnostic]) -> String {
    let mut taken: BTreeMap<(u32, u32), &str> = BTreeMap::new();
    for diagnostic in diagnostics {
        let mut wanted: BTreeMap<(u32, u32), &str> = BTreeMap::new();
        let own =
            diagnostic.suggestions.iter().filter(|new| new.applicable && new.span.source == source);
        let fits = own.filter(|new| text.get(new.span.range()).is_some()).all(|new| {
            let place = (new.span.lo, new.span.hi);
            let free = is_free(&taken, place) && is_free(&wanted, place);
            wanted.insert(place, &new.text);
            free
        });
        if fits {
            taken.append(&mut wanted);
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for ((lo, hi), new) in taken {
        out.push_str(&text[at..lo as usize]);
        out.push_str(new);
        at = hi as usize;
    }
    out.push_str(&text[at..]);
    out
}

/// Whether nothing taken meets the place; two insertions at one place do.
fn is_free(taken: &BTreeMap<(u32, u32), &str>, (lo, hi): (u32, u32)) -> bool {
    let before =
        taken.range(..(hi, u32::MAX)).rev().find(|(other, _)| other.0 < hi || **other == (lo, hi));
    before.is_none_or(|(other, _)| other.1 <= lo && *other != (lo, hi))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Span;

    fn fault(at: u32) -> Diagnostic {
        Diagnostic::error(Code("QP0000"), span(at, at), "no")
    }

    fn span(lo: u32, hi: u32) -> Span {
        Span::new(SourceId(0), lo, hi)
    }

    #[test]
    fn suggestions_that_meet_wait_for_the_next_turn() {
        let first = fault(0).fix(span(0, 3), "x").fix(span(5, 5), "!");
        let second = fault(2).fix(span(2, 4), "y");
        let third = fault(4).fix(span(4, 5), "z");
        assert_eq!(apply("abcde", SourceId(0), &[first, second, third]), "xdz!");
    }

    #[test]
    fn guesses_and_other_texts_are_left_alone() {
        let guess = fault(0).propose(span(0, 1), "x");
        let other = fault(0).fix(Span::new(SourceId(1), 0, 1), "x");
        assert_eq!(apply("abc", SourceId(0), &[guess, other]), "abc");
    }
}
