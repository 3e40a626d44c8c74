//! jq programs as text: read, checked, compiled; what is wrong points at its bytes.

use std::ops::Range;

use jaq_core::compile::Undefined;
use jaq_core::load::{self, Arena, File, Loader, lex, parse};
use jaq_core::{Compiler, Filter};

use super::library::{self, Jq};
use super::prelude;

/// Longest program, in bytes: definitions inside each other take jaq quadratic time to compile.
pub(super) const LONGEST: usize = 16 << 10;

/// Something wrong in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Bytes of the program.
    pub(super) range: Range<usize>,
    /// Lower case, names in backticks.
    pub(super) message: String,
    /// The remedy.
    pub(super) help: Option<&'static str>,
}

/// Compiles a program whose variables have these names, each with its `$`. Recurses as deeply as the program nests, so
/// the caller gives it a stack for [`LONGEST`] bytes.
pub(super) fn compile(code: &str, names: &[String]) -> Result<Filter<Jq>, Vec<Flaw>> {
    let arena = Arena::default();
    let modules = Loader::new(prelude::wanted(code))
        .load(&arena, File { code, path: () })
        .map_err(|errors| flaws(code, errors, unreadable))?;
    load::import(&modules, |_| Err(String::new()))
        .map_err(|errors| flaws(code, errors, unreadable))?;
    Compiler::default()
        .with_funs(library::filters())
        .with_global_vars(names.iter().map(String::as_str))
        .compile(modules)
        .map_err(|errors| {
            flaws(code, errors, |code, wrong| {
                wrong.into_iter().map(|(name, what)| undefined(code, name, &what)).collect()
            })
        })
}

fn flaws<E>(
    code: &str,
    errors: load::Errors<&str, (), E>,
    read: impl Fn(&str, E) -> Vec<Flaw>,
) -> Vec<Flaw> {
    let mut found: Vec<Flaw> =
        errors.into_iter().flat_map(|(_, error)| read(code, error)).collect();
    found.sort_by_key(|flaw| flaw.range.start);
    found
}

fn unreadable(code: &str, error: load::Error<&str>) -> Vec<Flaw> {
    match error {
        load::Error::Io(paths) => {
            let refused = |(path, _): (&str, String)| Flaw {
                range: range(code, path),
                message: format!("the jq program asks for the module `{path}`"),
                help: Some(
                    "jq programs of plans read no files: write the definitions into the program",
                ),
            };
            paths.into_iter().map(refused).collect()
        }
        load::Error::Lex(errors) => {
            errors.into_iter().map(|(expected, at)| unlexed(code, &expected, at)).collect()
        }
        load::Error::Parse(errors) => {
            let unparsed = |(expected, at): (parse::Expect<&str>, &str)| {
                expected_found(code, expected.as_str(), at)
            };
            errors.into_iter().map(unparsed).collect()
        }
    }
}

fn unlexed(code: &str, expected: &lex::Expect<&str>, at: &str) -> Flaw {
    let first = at.chars().next().map_or("", |c| &at[..c.len_utf8()]);
    expected_found(code, expected.as_str(), first)
}

fn expected_found(code: &str, expected: &str, at: &str) -> Flaw {
    let range = range(code, at);
    let shown: String = at.chars().take(40).collect();
    let found = if shown.is_empty() { "the end".to_owned() } else { format!("`{shown}`") };
    Flaw {
        range,
        message: format!("the jq program cannot be read: expected {expected}, found {found}"),
        help: None,
    }
}

fn undefined(code: &str, name: &str, what: &Undefined) -> Flaw {
    let (shown, help) = match what {
        Undefined::Filter(arity) if *arity > 0 => (format!("{name}/{arity}"), elsewhere(name)),
        Undefined::Var => (
            name.to_owned(),
            Some("give it with `args=`, as in `jq \". + $n\" input=1 args={n: 2}`"),
        ),
        _ => (name.to_owned(), elsewhere(name)),
    };
    let message = format!("the jq program knows no {} `{shown}`", what.as_str());
    Flaw { range: range(code, name), message, help }
}

/// What to write for filters of jq that are not there.
fn elsewhere(name: &str) -> Option<&'static str> {
    Some(match name {
        "input" | "inputs" | "input_filename" | "input_line_number" => {
            "a program has one input, `input=`: read files with `file read`"
        }
        "localtime" | "strflocaltime" => "times are UTC here: `gmtime`, `strftime`",
        _ => return None,
    })
}

/// Where a part of the program stands; its end for a part of something else.
fn range(code: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(code.as_ptr().addr());
    match start.checked_add(part.len()) {
        Some(end) if end <= code.len() => start..end,
        _ => code.len()..code.len(),
    }
}

/// Everything that a program's text could mean as a variable, with its `$`.
pub(super) fn variables(code: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named =
        code.split('$').skip(1).map(|rest| rest.split(|c| !is_word(c)).next().unwrap_or(""));
    named.filter(|name| !name.is_empty()).map(|name| format!("${name}")).collect()
}
