//! Actions on values and, through the gate, on the world. They know no repository and ask nothing of the scan.

pub mod assert;
pub mod date;
pub mod echo;
pub mod env;
pub mod file;
pub mod future;
pub mod http;
pub mod join;
pub mod jq;
pub mod json;
pub mod list;
pub mod log;
pub mod math;
pub mod sleep;
pub mod string;
pub mod time;
pub mod timeout;

use crate::action::Args;
use crate::diagnostic::{Code, Fault, Kind};
use crate::value::{Value, show};

/// The value of a parameter; `null` if absent.
fn value<'a>(args: &'a Args, name: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    args.value(name).unwrap_or(NULL)
}

/// The parameter `first` as text, then `key=value` for each key that is none of `own`.
fn line(args: &Args, first: &str, own: &[&str]) -> String {
    let mut words: Vec<String> = args.value(first).map(show::plain).into_iter().collect();
    let further = args.iter().filter(|(key, _)| !own.contains(key));
    words.extend(further.map(|(key, value)| format!("{key}={}", show::plain(value))));
    words.join(" ")
}

/// A fault of kind `argument`.
fn refuse(code: Code, message: impl Into<String>) -> Fault {
    Fault::new(Kind::Argument, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Action, Cx, Engine, Form, Forms, Output, Stats};
    use crate::diagnostic::code;
    use crate::facts::Needs;
    use crate::system::control::{Cancel, Slots};
    use crate::system::memory::Memory;
    use crate::system::os::Os;
    use crate::system::{Gate, System};
    use std::path::Path;

    struct Nothing;

    impl Engine for Nothing {
        fn declare(&self, _: Needs) {}
        fn meet(&self, _: &Cancel) -> Result<(), Fault> {
            Ok(())
        }
        fn stats(&self) -> Stats {
            Stats::default()
        }
    }

    impl Output for Nothing {
        fn line(&self, _: &str) -> Result<(), Fault> {
            Ok(())
        }
        fn log(&self, _: &str, _: &str) {}
    }

    /// The plain text of what an operation gives below `root`, or the code of its fault.
    fn call(
        system: &dyn System,
        root: &Path,
        action: &Action,
        op: &str,
        args: &[(&str, Value)],
    ) -> String {
        let Forms::Ops(ops) = &action.forms else { panic!("the action has operations") };
        let op = ops.iter().find(|known| known.name == op).unwrap();
        run(system, root, &op.form, args)
            .map_or_else(|fault| fault.code.0.to_owned(), |value| show::plain(&value))
    }

    /// What a form gives below `root`.
    pub(super) fn run(
        system: &dyn System,
        root: &Path,
        form: &Form,
        args: &[(&str, Value)],
    ) -> Result<Value, Fault> {
        let gate = Gate { root: root.to_owned(), ..Gate::default() };
        let cancel = Cancel::new().child(Some(std::time::Duration::from_secs(2)));
        let slots = Slots::new(1);
        let cx = Cx {
            system,
            gate: &gate,
            engine: &Nothing,
            cancel: &cancel,
            slots: &slots,
            output: &Nothing,
        };
        let mut bound = Args::default();
        args.iter().for_each(|(name, value)| bound.insert(*name, value.clone()));
        (form.run)(&cx, &bound)
    }

    #[test]
    fn a_file_that_is_not_text_is_refused_with_the_place() {
        let world = Memory::new().file("/r/bad", b"ab\xff").file("/r/mark", b"\xef\xbb\xbfx");
        let read = |path: &str| {
            call(&world, Path::new("/r"), &file::ACTION, "read", &[("path", path.into())])
        };
        assert_eq!(read("bad"), code::system::NOT_UTF8.0);
        assert_eq!(read("mark"), "x");
        assert_eq!(read("../r2/x"), code::system::READ_REFUSED.0);
    }

    #[cfg(unix)]
    #[test]
    fn a_glob_follows_no_link_to_a_directory() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("a/b")).unwrap();
        std::fs::write(root.path().join("a/b/x.txt"), "").unwrap();
        symlink(root.path(), root.path().join("a/b/up")).unwrap();
        symlink("nowhere", root.path().join("a/dangling.txt")).unwrap();
        let real = root.path().canonicalize().unwrap();
        let args = [("pattern", "*.txt".into()), ("in", ".".into())];
        assert_eq!(call(&Os, &real, &file::ACTION, "glob", &args), r#"["a/b/x.txt"]"#);
    }

    #[test]
    fn the_clock_is_the_worlds() {
        let world = Memory::new().at("2024-02-29T23:30:00.1234567Z".parse().unwrap());
        let root = Path::new("/");
        assert_eq!(call(&world, root, &time::ACTION, "now", &[]), "2024-02-29T23:30:00.123Z");
        assert_eq!(call(&world, root, &time::ACTION, "epoch", &[]), "1709249400123");
        assert_eq!(call(&world, root, &date::ACTION, "today", &[]), "2024-02-29");
    }

    #[test]
    fn times_in_forms_of_their_own_are_read_as_utc() {
        let parse = |text: &str, format: &str| {
            let args = [("text", text.into()), ("format", format.into())];
            call(&Memory::new(), Path::new("/"), &time::ACTION, "parse", &args)
        };
        assert_eq!(parse("02.01.1970 00:01", "%d.%m.%Y %H:%M"), "86460000");
        assert_eq!(parse("02.01.1970", "%d.%m.%Y"), "86400000");
        assert_eq!(parse("1970-01-02 01:00 +0100", "%Y-%m-%d %H:%M %z"), "86400000");
        assert_eq!(parse("12:00", "%H:%M"), code::execution::BAD_TIME.0);
        assert_eq!(parse("x", "%"), code::execution::BAD_TIME.0);
    }

    #[test]
    fn a_format_of_any_text_is_an_answer_or_an_error() {
        for format in ["%", "%H", "%Q", "%99999999999d", "%:", "%-", "\u{0}%", "%é"] {
            let args = [("date", "2024-05-01".into()), ("format", format.into())];
            call(&Memory::new(), Path::new("/"), &date::ACTION, "format", &args);
        }
    }

    #[test]
    fn days_are_reckoned_as_calendars_do() {
        let add = |date: &str, unit: &'static str, n: i64| {
            call(
                &Memory::new(),
                Path::new("/"),
                &date::ACTION,
                "add",
                &[("date", date.into()), (unit, Value::Int(n))],
            )
        };
        assert_eq!(add("2024-01-31", "months", 1), "2024-02-29");
        assert_eq!(add("2024-02-29", "years", 1), "2025-02-28");
        assert_eq!(add("2024-03-01", "days", -1), "2024-02-29");
        assert_eq!(add("9999-12-31", "days", 1), code::execution::BAD_TIME.0);
        assert_eq!(add("2024-01-01", "days", 8_000_000), code::execution::BAD_TIME.0);
    }

    #[test]
    fn deep_json_is_refused() {
        let parse = |text: String| {
            call(&Memory::new(), Path::new("/"), &json::ACTION, "parse", &[("text", text.into())])
        };
        assert_eq!(parse("[".repeat(127) + &"]".repeat(127)).len(), 254);
        assert_eq!(parse("[".repeat(100_000)), code::execution::BAD_JSON.0);
    }
}
