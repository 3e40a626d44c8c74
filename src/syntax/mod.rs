//! From text to tree: lexer, depth guard, grammar, printer. Knows no actions and runs nothing.

pub mod ast;
pub mod class;
mod depth;
mod grammar;
mod lexer;
pub mod open;
mod print;
mod token;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{lexing, parsing};
use crate::source::{SourceId, Span};
pub use print::print;

/// What a text holds: always a tree, with `Error` nodes where the text could not be read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree.
    pub file: ast::File,
    /// Everything that is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// The stack for plans that are nested; the grammar recurses.
const STACK: usize = 32 << 20;

/// Reads a plan. Linear in the text; nesting beyond 128 levels and texts of 4 GiB and more are refused with a diagnostic.
#[must_use]
pub fn parse(source: SourceId, text: &str) -> Parsed {
    let Ok(len) = u32::try_from(text.len()) else {
        let span = Span::new(source, 0, 0);
        let fault = Diagnostic::error(lexing::TOO_LARGE, span, "the text has 4 GiB or more");
        return Parsed {
            file: ast::File::default(),
            diagnostics: vec![fault.help("split the plan into modules")],
        };
    };
    let lexed = lexer::lex(source, text);
    let mut diagnostics = lexed.diagnostics;
    let span = Span::new(source, 0, len);
    let body = match depth::measure(&lexed.tokens) {
        depth::Depth::Beyond(place) => {
            diagnostics = vec![too_deep(place)];
            ast::Block {
                statements: vec![ast::Statement { kind: ast::StatementKind::Error, span }],
                span,
            }
        }
        depth::Depth::Shallow => grammar::parse(text, &lexed.tokens, &mut diagnostics),
        depth::Depth::Deep => {
            on_large_stack(|| grammar::parse(text, &lexed.tokens, &mut diagnostics))
        }
    };
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.lo, diagnostic.span.hi));
    Parsed {
        file: ast::File {
            body: ast::Block { span, ..body },
            comments: lexed.comments,
            blanks: blank_lines(text),
            lost: lexed.lost,
        },
        diagnostics,
    }
}

/// The first byte of each line that holds only blanks.
fn blank_lines(text: &str) -> Vec<u32> {
    let mut at = 0;
    let mut blanks = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            // The text's length fits, so its offsets do.
            blanks.extend(u32::try_from(at));
        }
        at += line.len();
    }
    blanks
}

fn too_deep(place: Span) -> Diagnostic {
    let levels = depth::MAX_LEVELS;
    Diagnostic::error(parsing::TOO_DEEP, place, format!("nested deeper than {levels} levels"))
        .help("move the inner part into a variable, a step or a module of its own")
}

/// Runs `work` on a thread with a large stack, or here if none can be had.
fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let mut work = Some(work);
    let mut result = None;
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("parse".into()).stack_size(STACK);
        let (work, result) = (&mut work, &mut result);
        let spawned = builder.spawn_scoped(scope, move || *result = work.take().map(|work| work()));
        drop(spawned.map(std::thread::ScopedJoinHandle::join));
    });
    match (result, work) {
        (Some(result), _) => result,
        (None, Some(work)) => work(),
        (None, None) => {
            unreachable!("the work was taken by a thread that ended without a result: it panicked")
        }
    }
}

/// The words that begin a statement, for completion.
pub fn keywords() -> impl Iterator<Item = &'static str> {
    token::STATEMENT_WORDS.iter().map(|(word, _)| *word)
}

/// The words that are operators or values inside an expression, for completion.
pub fn expression_words() -> impl Iterator<Item = &'static str> {
    token::OPERATOR_WORDS.iter().chain(token::OPERAND_WORDS).map(|(word, _)| *word)
}
