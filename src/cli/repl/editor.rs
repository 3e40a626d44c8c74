//! The prompt on a terminal: rustyline with the history, the completion and the colours of a session.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::IsTerminal;
use std::path::Path;
use std::rc::Rc;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Behavior, CompletionType, Config, Context, Editor, Helper, Result};

use super::{FAILED, Next, Repl, complete, history, is_command};
use crate::action::doc;
use crate::cli::output;
use crate::report::render::text::Paint;
use crate::run::session::Session;
use crate::syntax::open::{Open, open};

const PROMPT: &str = "qplan> ";

/// Statements that are kept.
const KEPT: usize = 2_000;

/// Prompts until the user leaves; gives the exit code.
pub(super) fn run(repl: &mut Repl<'_>) -> u8 {
    let mut editor = match editor(repl) {
        Ok(editor) => editor,
        Err(error) => {
            output::complain(&format!("the terminal cannot be used: {error}"));
            return FAILED;
        }
    };
    let path = match history::file() {
        Ok(path) => {
            // A file that is no history of ours is left as it is, and nothing is recalled.
            let _ = editor.load_history(&path);
            Some(path)
        }
        Err(message) => {
            output::aside(|out| writeln!(out, "{message}"));
            None
        }
    };
    if !repl.common.written.quiet {
        let version = env!("CARGO_PKG_VERSION");
        output::aside(|out| writeln!(out, "qplan {version}, `:help` lists the commands"));
    }
    loop {
        match editor.readline(PROMPT) {
            Ok(text) => {
                remember(&mut editor, &text, path.as_deref());
                if repl.take(&text) == Next::Quit {
                    return repl.exit_code();
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return repl.exit_code(),
            Err(error) => {
                output::complain(&format!("cannot read the terminal: {error}"));
                return FAILED;
            }
        }
    }
}

type Line = Editor<Typing, DefaultHistory>;

fn editor(repl: &Repl<'_>) -> Result<Line> {
    // What statements print may go elsewhere; the prompt stays with the user.
    let behavior =
        if std::io::stdout().is_terminal() { Behavior::Stdio } else { Behavior::PreferTerm };
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .history_ignore_dups(true)?
        .max_history_size(KEPT)?
        .behavior(behavior)
        .build();
    let mut editor = Editor::with_config(config)?;
    let paint = output::paint_aside(&repl.common.shown);
    editor.set_helper(Some(Typing { session: Rc::clone(&repl.session), paint }));
    Ok(editor)
}

/// Kept at once, so that nothing is lost however the session ends.
fn remember(editor: &mut Line, text: &str, path: Option<&Path>) {
    if text.trim().is_empty() {
        return;
    }
    if editor.add_history_entry(text).unwrap_or(false)
        && let Some(path) = path
    {
        let _ = editor.append_history(path);
    }
}

/// What the editor asks while the user types.
#[derive(Helper)]
struct Typing {
    session: Rc<RefCell<Session>>,
    paint: Paint,
}

impl Validator for Typing {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let text = context.input();
        let last = text.rsplit('\n').next().unwrap_or("");
        let waits = match open(text) {
            _ if is_command(text) => false,
            Some(Open::Inside) => true,
            Some(Open::Unfinished) => !last.trim().is_empty(),
            None => false,
        };
        Ok(if waits { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Completer for Typing {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> Result<(usize, Vec<Pair>)> {
        let (from, words) = complete::complete(&self.session.borrow(), &line[..at]);
        let pair = |word: String| Pair { display: word.clone(), replacement: word };
        Ok((from, words.into_iter().map(pair).collect()))
    }
}

/// Behind the name of an action stands how it is called.
impl Hinter for Typing {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        let statement = line.rsplit(['\n', ';', '{']).next()?.trim_start();
        let name = statement.strip_suffix(' ').filter(|_| at == line.len())?;
        let action = self.session.borrow().registry().find(name)?;
        doc::usage(action, None).strip_prefix(action.name).map(|usage| usage.trim().to_owned())
    }
}

impl Highlighter for Typing {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        match self.paint {
            Paint::Colored => format!("\u{1b}[2m{hint}\u{1b}[0m").into(),
            Paint::Plain => hint.into(),
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match self.paint {
            Paint::Colored => format!("\u{1b}[1;36m{prompt}\u{1b}[0m").into(),
            Paint::Plain => prompt.into(),
        }
    }
}
