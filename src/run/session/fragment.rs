//! What was typed, as a plan: bare statements are wrapped in a step, a lone expression in one that returns it.

use std::sync::Arc;

use super::Session;
use crate::check::Outer;
use crate::diagnostic::{Diagnostic, code};
use crate::run::{Library, Loaded, Surroundings, inspect};
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::ast::{Attribute, Block, Expr, File, Statement, StatementKind, Step, Word};
use crate::syntax::{self, Parsed};

/// What errors call the text that is typed.
const NAME: &str = "<repl>";
/// What stands before an expression, so that it is a statement.
const RETURN: &str = "return = ";

/// What a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Statements, with steps or meta beside them; the last is bare.
    Bare,
    /// Steps or meta; the last is a step.
    Steps,
    /// An expression.
    Value,
    /// A whole plan, read from a file.
    File,
}

/// What a fragment is read against.
#[derive(Clone, Copy)]
pub(super) struct Against<'a> {
    /// The names that are there.
    pub(super) outer: &'a [Outer],
    /// The modules that are there.
    pub(super) library: &'a Library<'a>,
}

impl<'a> Against<'a> {
    fn around(self, session: &'a Session, lang: Option<&'a str>) -> Surroundings<'a> {
        Surroundings { registry: &session.registry, library: self.library, lang }
    }
}

pub(super) struct Fragment {
    pub(super) plan: Loaded,
    pub(super) form: Form,
}

/// Reads what was typed: as statements, and if they are wrong, as an expression.
pub(super) fn read(session: &Session, text: &str, against: Against<'_>) -> Fragment {
    let (sources, id) = Sources::single(Source::new(NAME, text));
    let parsed = syntax::parse(id, text);
    let is_bare = parsed.file.body.statements.last().is_some_and(|last| !is_top(last));
    let form = if is_bare { Form::Bare } else { Form::Steps };
    let statements = Fragment { plan: loaded(session, sources, parsed, against), form };
    if statements.plan.runs() || text.trim().is_empty() {
        return statements;
    }
    let expression = value(session, text, against);
    if expression.runs() || begins_with_a_name(session, text, against) {
        return Fragment { plan: expression, form: Form::Value };
    }
    statements
}

/// Reads an expression; a text that holds more than one is wrong.
pub(super) fn value(session: &Session, text: &str, against: Against<'_>) -> Loaded {
    let text = format!("{RETURN}{text}");
    let (sources, id) = Sources::single(Source::new(NAME, &*text));
    let mut parsed = syntax::parse(id, &text);
    if let [_, second, ..] = parsed.file.body.statements.as_slice() {
        let fault =
            Diagnostic::error(code::parsing::UNEXPECTED, second.span, "expected one expression");
        parsed.diagnostics.push(fault.help("statements are typed without a command before them"));
    }
    loaded(session, sources, parsed, against)
}

/// Reads a whole plan: nothing is wrapped.
pub(super) fn file(session: &Session, name: &str, text: &str, against: Against<'_>) -> Loaded {
    let (sources, id) = Sources::single(Source::new(name, text));
    let Parsed { file, diagnostics } = syntax::parse(id, text);
    let around = against.around(session, session.options.lang.as_deref());
    inspect(sources, file, diagnostics, around, against.outer)
}

/// The text of an expression as it was typed, and what points into it moved there: what is put before it to make it a
/// statement is not shown.
pub(super) fn as_typed(plan: &mut Loaded, text: &str) {
    let mut sources = Sources::single(Source::new(NAME, text)).0;
    let further = plan.sources.iter().skip(1).map(|(_, source)| source);
    for source in further {
        sources.add(source.clone());
    }
    plan.sources = sources;
    moved_all(&mut plan.diagnostics);
}

/// The same of diagnostics that were told apart.
pub(super) fn moved_all(diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics {
        let related = diagnostic.related.iter_mut().map(|label| &mut label.span);
        let suggested = diagnostic.suggestions.iter_mut().map(|suggestion| &mut suggestion.span);
        for span in related.chain(suggested).chain([&mut diagnostic.span]) {
            *span = moved(*span);
        }
    }
}

/// A place in the statement as one in the expression.
pub(super) fn moved(span: Span) -> Span {
    // The prefix is a few bytes long.
    let by = u32::try_from(RETURN.len()).unwrap_or(0);
    match span.source {
        SourceId(0) => {
            Span { lo: span.lo.saturating_sub(by), hi: span.hi.saturating_sub(by), ..span }
        }
        _ => span,
    }
}

fn loaded(session: &Session, sources: Sources, parsed: Parsed, against: Against<'_>) -> Loaded {
    let file = wrap(session, parsed.file, against.outer);
    let says_lang = file.body.statements.iter().any(
        |statement| matches!(&statement.kind, StatementKind::Meta(meta) if &*meta.key.text == "lang"),
    );
    let lang = session.options.lang.as_deref().filter(|_| !says_lang);
    inspect(sources, file, parsed.diagnostics, against.around(session, lang), against.outer)
}

/// Whether the text is about a value of the session rather than a call: its first word is a name and no action.
fn begins_with_a_name(session: &Session, text: &str, against: Against<'_>) -> bool {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(text.len());
    let word = &text[..end];
    let is_name = against.outer.iter().any(|outer| *outer.name == *word);
    is_name && session.registry.find(word).is_none()
}

/// Whether a statement stands at the top of a plan.
fn is_top(statement: &Statement) -> bool {
    matches!(
        statement.kind,
        StatementKind::Plan(_) | StatementKind::Meta(_) | StatementKind::Step(_)
    )
}

/// Each run of bare statements in a step of its own.
fn wrap(session: &Session, mut file: File, outer: &[Outer]) -> File {
    let mut number = session.wrapped;
    let mut wrapped: Vec<Statement> = Vec::new();
    let mut bare: Vec<Statement> = Vec::new();
    for statement in std::mem::take(&mut file.body.statements) {
        if is_top(&statement) {
            wrapped.extend(step(std::mem::take(&mut bare), &mut number, outer));
            wrapped.push(statement);
        } else {
            bare.push(statement);
        }
    }
    wrapped.extend(step(bare, &mut number, outer));
    file.body.statements = wrapped;
    file
}

/// The step around bare statements. Its id is the next that is free, so that results can be read later.
fn step(statements: Vec<Statement>, number: &mut usize, outer: &[Outer]) -> Option<Statement> {
    let (first, last) = (statements.first()?.span, statements.last()?.span);
    let span = Span { hi: last.hi, ..first };
    let mut id = String::new();
    while id.is_empty() || outer.iter().any(|outer| *outer.name == *id) {
        *number += 1;
        id = format!("{WRAPPED}{number}");
    }
    let key = Word { text: Arc::from("id"), span: first.start() };
    let step = Step {
        number: 0,
        attributes: vec![Attribute { key, value: Expr::text(&id, first.start()) }],
        output: None,
        body: Block { statements, span },
        head: first.start(),
    };
    Some(Statement { kind: StatementKind::Step(Box::new(step)), span })
}

/// How the ids of such steps begin.
const WRAPPED: &str = "step_";

/// The ids of the steps that were put around bare statements: their heads are nowhere in the text.
pub(super) fn wrapped(plan: &Loaded) -> Vec<Arc<str>> {
    let put_in = |statement: &Statement| match &statement.kind {
        StatementKind::Step(step) if step.head.lo == step.head.hi => {
            Some(Arc::clone(&plan.steps.node(step.number).id))
        }
        _ => None,
    };
    plan.file.body.statements.iter().filter_map(put_in).collect()
}
