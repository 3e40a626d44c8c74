//! jq programs as text: read, checked, compiled; what is wrong points at its bytes.

use std::ops::Range;

use jaq_core::compile::Undefined;
use jaq_core::load::{self, Arena, File, Loader, lex, parse};
use jaq_core::path::Part;
use jaq_core::{Compiler, Filter};

use super::guard::Nesting;
use super::library::{self, Jq};

/// Longest program, in bytes.
pub(super) const LONGEST: usize = 64 << 10;

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
    let own = load::parse(include_str!("library.jq"), |p| p.defs()).unwrap_or_default();
    let prelude = jaq_core::defs().chain(jaq_std::defs()).filter(is_taken).chain(own);
    let modules = Loader::new(prelude)
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

/// Definitions of jaq's that need what is not there.
fn is_taken(def: &parse::Def<&'static str>) -> bool {
    !matches!(def.name, "stderr" | "debug" | "halt_error" | "nan" | "infinite" | "isnan")
}

fn flaws<E>(
    code: &str,
    errors: load::Errors<&str, (), E>,
    read: impl Fn(&str, E) -> Vec<Flaw>,
) -> Vec<Flaw> {
    let mut found: Vec<Flaw> = errors.into_iter().flat_map(|(_, error)| read(code, error)).collect();
    found.sort_by_key(|flaw| flaw.range.start);
    found
}

fn unreadable(code: &str, error: load::Error<&str>) -> Vec<Flaw> {
    match error {
        load::Error::Io(paths) => {
            let refused = |(path, _): (&str, String)| Flaw {
                range: range(code, path),
                message: format!("the jq program asks for the module `{path}`"),
                help: Some("jq programs of plans read no files: write the definitions into the program"),
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

/// Whether a definition that takes filters calls itself: each call then holds the one before it.
pub(super) fn nesting(code: &str) -> Nesting {
    let term: parse::Term<&str> = load::parse(code, |p| p.term()).unwrap_or_default();
    if grows(&term, &mut Vec::new()) { Nesting::Growing } else { Nesting::Written }
}

type Term<'s> = parse::Term<&'s str>;

/// `open` are the definitions with filters as arguments around a term, by name and arity.
fn grows<'s>(term: &Term<'s>, open: &mut Vec<(&'s str, usize)>) -> bool {
    use parse::Term as T;
    match term {
        T::Id | T::Recurse | T::Num(_) | T::Break(_) | T::Var(_) | T::Arr(None) => false,
        T::Str(_, parts) => parts.iter().any(|part| match part {
            lex::StrPart::Term(term) => grows(term, open),
            _ => false,
        }),
        T::Arr(Some(term)) | T::Neg(term) | T::Label(_, term) => grows(term, open),
        T::Obj(fields) => fields.iter().any(|(key, value)| {
            grows(key, open) || value.as_ref().is_some_and(|value| grows(value, open))
        }),
        T::BinOp(left, op, right) => {
            matches!(op, parse::BinaryOp::Pipe(Some(pattern)) if in_pattern(pattern, open))
                || grows(left, open)
                || grows(right, open)
        }
        T::Fold(_, term, pattern, args) => {
            grows(term, open) || in_pattern(pattern, open) || args.iter().any(|arg| grows(arg, open))
        }
        T::TryCatch(term, catch) => {
            grows(term, open) || catch.as_ref().is_some_and(|catch| grows(catch, open))
        }
        T::IfThenElse(cases, otherwise) => {
            cases.iter().any(|(test, then)| grows(test, open) || grows(then, open))
                || otherwise.as_ref().is_some_and(|term| grows(term, open))
        }
        T::Def(defs, body) => defs.iter().any(|def| in_def(def, open)) || grows(body, open),
        T::Call(name, args) => {
            open.contains(&(*name, args.len())) || args.iter().any(|arg| grows(arg, open))
        }
        T::Path(term, path) => {
            grows(term, open) || path.0.iter().any(|(part, _)| in_part(part, open))
        }
    }
}

fn in_def<'s>(def: &parse::Def<&'s str>, open: &mut Vec<(&'s str, usize)>) -> bool {
    let takes_filters = def.args.iter().any(|arg| !arg.starts_with('$'));
    if takes_filters {
        open.push((def.name, def.args.len()));
    }
    let found = grows(&def.body, open);
    if takes_filters {
        open.pop();
    }
    found
}

fn in_pattern<'s>(pattern: &parse::Pattern<&'s str>, open: &mut Vec<(&'s str, usize)>) -> bool {
    match pattern {
        parse::Pattern::Var(_) => false,
        parse::Pattern::Arr(parts) => parts.iter().any(|part| in_pattern(part, open)),
        parse::Pattern::Obj(fields) => {
            fields.iter().any(|(key, part)| grows(key, open) || in_pattern(part, open))
        }
    }
}

fn in_part<'s>(part: &Part<Term<'s>>, open: &mut Vec<(&'s str, usize)>) -> bool {
    match part {
        Part::Index(term) => grows(term, open),
        Part::Range(from, to) => {
            [from, to].into_iter().flatten().any(|term| grows(term, open))
        }
    }
}
