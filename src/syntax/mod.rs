//! From text to tree: lexer, depth guard, grammar, printer. Knows no actions and runs nothing.

pub mod ast;
