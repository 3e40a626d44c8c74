//! Bounds how deep a plan is nested before the grammar, which recurses, sees it. Counts tokens only.

use super::token::{Kind, Token};
use crate::source::Span;

/// Levels of brackets, blocks, `not`, unary `-` and `else if` inside each other.
pub(crate) const MAX_LEVELS: u32 = 128;
/// Operators and accessors one behind the other, those around them included.
pub(crate) const MAX_CHAIN: u32 = 512;
/// Levels that any thread's stack holds, in any build.
const SHALLOW_LEVELS: u32 = 8;
/// Operators in a row that any thread's stack holds.
const SHALLOW_CHAIN: u32 = 64;

/// How deep a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Any stack will do.
    Shallow,
    /// Needs a large stack.
    Deep,
    /// Too deep, from this place on.
    Beyond(Span),
}

/// What nests inside one bracket or block without a bracket of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Level {
    /// `not` and `-` whose operand is not over.
    prefixes: u32,
    /// `else if` of the statement at hand.
    branches: u32,
    /// Operators and accessors of the expression at hand.
    chain: u32,
}

/// Measures the nesting; linear.
pub(crate) fn measure(tokens: &[Token]) -> Depth {
    let mut open: Vec<Level> = Vec::new();
    let mut level = Level::default();
    // The sums over `open`.
    let (mut around, mut chain_around) = (0_u32, 0_u32);
    let (mut deepest, mut longest) = (0, 0);
    let mut before = Kind::Newline;
    for token in tokens {
        // A string with a hole is one level, not two.
        if token.kind.closes() && token.kind != Kind::TemplateClose {
            level = open.pop().unwrap_or_default();
            around = around.saturating_sub(level.prefixes + level.branches + 1);
            chain_around = chain_around.saturating_sub(level.chain);
        } else {
            level = level.with(token.kind, before);
        }
        let levels = around + level.prefixes + level.branches;
        let chain = chain_around + level.chain;
        if levels > MAX_LEVELS || chain > MAX_CHAIN {
            return Depth::Beyond(token.span);
        }
        (deepest, longest) = (deepest.max(levels), longest.max(chain));
        if token.kind.opens() && token.kind != Kind::TemplateOpen {
            around = levels + 1;
            chain_around = chain;
            open.push(std::mem::take(&mut level));
        }
        before = token.kind;
    }
    if deepest <= SHALLOW_LEVELS && longest <= SHALLOW_CHAIN { Depth::Shallow } else { Depth::Deep }
}

impl Level {
    /// The level behind one more token that closes nothing.
    fn with(self, kind: Kind, before: Kind) -> Self {
        match kind {
            Kind::Newline => Self::default(),
            Kind::Comma | Kind::Key | Kind::Assign | Kind::Colon => {
                Self { branches: self.branches, ..Self::default() }
            }
            Kind::If if before == Kind::Else => {
                Self { branches: self.branches + 1, ..Self::default() }
            }
            Kind::Else => Self { branches: self.branches, ..Self::default() },
            _ if before == Kind::BlockClose => Self::default(),
            Kind::Not => Self { prefixes: self.prefixes + 1, ..self },
            Kind::Minus if !before.ends_operand() => Self { prefixes: self.prefixes + 1, ..self },
            Kind::And | Kind::Or => Self { prefixes: 0, chain: self.chain + 1, ..self },
            kind if kind.is_binary() => Self { chain: self.chain + 1, ..self },
            Kind::Dot | Kind::Index => Self { chain: self.chain + 1, ..self },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn depth_of(text: &str) -> Depth {
        measure(&crate::syntax::lexer::lex(SourceId(0), text).tokens)
    }

    #[test]
    fn the_limit_is_128_levels() {
        let nested = |n: usize| format!("print {}1{}", "(".repeat(n), ")".repeat(n));
        assert_eq!(depth_of(&nested(128)), Depth::Deep);
        assert!(
            matches!(depth_of(&nested(129)), Depth::Beyond(span) if span.lo == 6 + 128 || span.lo == 6 + 129)
        );
    }

    #[test]
    fn levels_end_where_their_statement_ends() {
        assert_eq!(depth_of(&"print not not (-1)\n".repeat(100)), Depth::Shallow);
        assert_eq!(depth_of(&"if not a { }\n".repeat(200)), Depth::Shallow);
        assert_eq!(depth_of(&format!("print {}", "not a and ".repeat(60) + "b")), Depth::Shallow);
    }

    #[test]
    fn each_else_if_is_a_level() {
        let chain = |n: usize| format!("if a {{ }}{}", " else if b { }".repeat(n));
        assert_eq!(depth_of(&chain(100)), Depth::Deep);
        assert!(matches!(depth_of(&chain(200)), Depth::Beyond(_)));
    }
}
