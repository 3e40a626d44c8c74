//! The tree-sitter grammars as ast-grep wants them: a language for its patterns, with ast-grep's own rules for `$`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use ast_grep_core::matcher::PatternBuilder;
use ast_grep_core::tree_sitter::{LanguageExt, StrDoc, TSLanguage};
use ast_grep_core::{Pattern, PatternError};

use super::allocator;
use crate::facts::Language;

/// Stands for `$` while a pattern is parsed: a letter of identifiers in every language here.
pub const EXPANDO: char = 'µ';

/// The grammar of a language; every use of tree-sitter begins here.
#[must_use]
pub fn grammar(language: Language) -> &'static TSLanguage {
    static PYTHON: OnceLock<TSLanguage> = OnceLock::new();
    static RUST: OnceLock<TSLanguage> = OnceLock::new();
    let cell = match language {
        Language::Python => &PYTHON,
        Language::Rust => &RUST,
    };
    cell.get_or_init(|| {
        allocator::install();
        (language.dialect().grammar)()
    })
}

/// The names of the kinds of nodes that trees of a language hold.
pub fn kinds(language: Language) -> impl Iterator<Item = &'static str> {
    let grammar = grammar(language);
    (0..u16::try_from(grammar.node_kind_count()).unwrap_or(u16::MAX))
        .filter(|&id| grammar.node_kind_is_named(id) && grammar.node_kind_is_visible(id))
        .filter_map(|id| grammar.node_kind_for_id(id))
}

thread_local! {
    /// One parser a thread and language.
    static PARSERS: RefCell<[Option<tree_sitter::Parser>; 2]> = const { RefCell::new([None, None]) };
}

/// Parses a source, asking `stop` now and then whether to give up; `None` if it did.
pub fn parse(text: &str, language: Language, stop: &dyn Fn() -> bool) -> Option<tree_sitter::Tree> {
    parse_ranges(text, language, &[], stop)
}

/// Parses a part of a source as if it stood alone; its nodes are where they are in the whole.
pub fn parse_part(
    text: &str,
    language: Language,
    part: tree_sitter::Range,
    stop: &dyn Fn() -> bool,
) -> Option<tree_sitter::Tree> {
    parse_ranges(text, language, &[part], stop)
}

fn parse_ranges(
    text: &str,
    language: Language,
    ranges: &[tree_sitter::Range],
    stop: &dyn Fn() -> bool,
) -> Option<tree_sitter::Tree> {
    let grammar = grammar(language);
    PARSERS.with_borrow_mut(|parsers| {
        let slot = &mut parsers[language as usize];
        let parser = match slot {
            Some(parser) => parser,
            None => {
                let mut parser = tree_sitter::Parser::new();
                parser.set_language(grammar).ok()?;
                slot.insert(parser)
            }
        };
        parser.set_included_ranges(ranges).ok()?;
        let mut ask =
            |_: &_| if stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut ask);
        let bytes = text.as_bytes();
        let mut read = |at: usize, _| bytes.get(at..).unwrap_or(&[]);
        let tree = parser.parse_with_options(&mut read, None, Some(options));
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

impl ast_grep_core::Language for Language {
    fn kind_to_id(&self, kind: &str) -> u16 {
        grammar(*self).id_for_node_kind(kind, true)
    }

    fn field_to_id(&self, field: &str) -> Option<u16> {
        grammar(*self).field_id_for_name(field).map(std::num::NonZero::get)
    }

    fn expando_char(&self) -> char {
        EXPANDO
    }

    fn pre_process_pattern<'q>(&self, query: &'q str) -> Cow<'q, str> {
        Cow::Owned(expand(query))
    }

    fn build_pattern(&self, builder: &PatternBuilder<'_>) -> Result<Pattern, PatternError> {
        builder.build(|source| StrDoc::try_new(source, *self))
    }
}

impl LanguageExt for Language {
    fn get_ts_language(&self) -> TSLanguage {
        grammar(*self).clone()
    }
}

/// Puts [`EXPANDO`] for every `$` that begins a metavariable, as ast-grep does: before `A`–`Z` and `_`, and for `$$$`.
#[must_use]
pub fn expand(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut dollars = 0;
    for c in pattern.chars() {
        if c == '$' {
            dollars += 1;
            continue;
        }
        let is_variable = matches!(c, 'A'..='Z' | '_') || dollars == 3;
        out.extend(std::iter::repeat_n(if is_variable { EXPANDO } else { '$' }, dollars));
        dollars = 0;
        out.push(c);
    }
    out.extend(std::iter::repeat_n(if dollars == 3 { EXPANDO } else { '$' }, dollars));
    out
}

/// The offset in a pattern that an offset of its expanded form comes from; expanding only makes `$` a byte longer.
#[must_use]
pub fn unexpand(pattern: &str, expanded: &str, offset: usize) -> usize {
    let mut longer = expanded.char_indices();
    for (at, _) in pattern.char_indices() {
        match longer.next() {
            Some((other, c)) if other + c.len_utf8() > offset => return at,
            Some(_) => {}
            None => break,
        }
    }
    pattern.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_expand_where_a_metavariable_begins() {
        assert_eq!(expand("f($A, $$$B, $$$)"), "f(µA, µµµB, µµµ)");
        assert_eq!(expand("'$1' $a $$"), "'$1' $a $$");
    }

    #[test]
    fn offsets_lead_back_to_the_pattern() {
        let (pattern, expanded) = ("f($A, $B)", expand("f($A, $B)"));
        assert_eq!(
            unexpand(pattern, &expanded, expanded.find('B').unwrap()),
            pattern.find('B').unwrap()
        );
        assert_eq!(unexpand(pattern, &expanded, expanded.len()), pattern.len());
    }
}
