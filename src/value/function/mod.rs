//! The functions of the language: one table, a function pointer each. `select` works on rows, `text` on strings.

pub mod number;
pub mod path;
pub mod select;
pub mod text;

use super::ops::{self, refuse};
use super::{Value, show};
use crate::diagnostic::{Fault, code::execution as codes};

/// A function of the language.
#[derive(Debug)]
pub struct Function {
    /// As plans call it.
    pub name: &'static str,
    /// What its parameters are called; the last of a variadic one stands for all that follow.
    pub params: &'static [&'static str],
    /// The fewest arguments it takes.
    pub least: usize,
    /// The most arguments it takes; `usize::MAX` for any number.
    pub most: usize,
    /// One sentence, lower case, no full stop.
    pub summary: &'static str,
    /// A call; a test computes it.
    pub example: &'static str,
    /// The example's value as JSON.
    pub result: &'static str,
    /// Computes it; the number of arguments is within `least` and `most`.
    pub run: fn(&[Value]) -> Result<Value, Fault>,
}

/// The function of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Every function, sorted by name.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "contains",
        params: &["hay", "needle"],
        least: 2,
        most: 2,
        summary: "whether a list holds an item, a string a part, an object a key",
        example: "contains([1, 2], 2)",
        result: "true",
        run: |args| contains(argument(args, 1), argument(args, 0)),
    },
    Function {
        name: "ends_with",
        params: &["text", "part"],
        least: 2,
        most: 2,
        summary: "whether a string ends with a part",
        example: "ends_with(\"a.py\", \".py\")",
        result: "true",
        run: text::ends_with,
    },
    Function {
        name: "filter",
        params: &["rows", "path", "value"],
        least: 2,
        most: 3,
        summary: "the rows whose field at a path is a value, or is true where no value is given",
        example: "filter([{k: 1}, {k: 2}], \"k\", 2)",
        result: "[{\"k\":2}]",
        run: |args| select::filter(argument(args, 0), argument(args, 1), args.get(2)),
    },
    Function {
        name: "first",
        params: &["list"],
        least: 1,
        most: 1,
        summary: "the first item, row or character; `null` where there is none",
        example: "first([3, 1])",
        result: "3",
        run: |args| ops::index(argument(args, 0), &Value::Int(0)),
    },
    Function {
        name: "flatten",
        params: &["list"],
        least: 1,
        most: 1,
        summary: "the items of the lists in a list, one level deep",
        example: "flatten([[1, 2], [3], 4])",
        result: "[1,2,3,4]",
        run: |args| select::flatten(argument(args, 0)),
    },
    Function {
        name: "glob",
        params: &["text", "pattern"],
        least: 2,
        most: 2,
        summary: "whether a path matches a glob; without `/` the glob matches the last part of the path",
        example: "glob(\"src/a.py\", \"*.py\")",
        result: "true",
        run: text::glob,
    },
    Function {
        name: "group",
        params: &["rows", "path"],
        least: 2,
        most: 2,
        summary: "an object of lists: the rows by the text of their field at a path",
        example: "group([{f: \"a\", n: 1}, {f: \"a\", n: 2}], \"f\")",
        result: "{\"a\":[{\"f\":\"a\",\"n\":1},{\"f\":\"a\",\"n\":2}]}",
        run: |args| select::group(argument(args, 0), argument(args, 1)),
    },
    Function {
        name: "join_text",
        params: &["list", "separator"],
        least: 1,
        most: 2,
        summary: "the items as text with a separator between them, which is empty where not given",
        example: "join_text([1, \"b\"], \", \")",
        result: "\"1, b\"",
        run: text::join_text,
    },
    Function {
        name: "keys",
        params: &["object"],
        least: 1,
        most: 1,
        summary: "the names of an object's fields in order",
        example: "keys({a: 1, b: 2})",
        result: "[\"a\",\"b\"]",
        run: |args| select::keys(argument(args, 0)),
    },
    Function {
        name: "last",
        params: &["list"],
        least: 1,
        most: 1,
        summary: "the last item, row or character; `null` where there is none",
        example: "last([3, 1])",
        result: "1",
        run: |args| ops::index(argument(args, 0), &Value::Int(-1)),
    },
    Function {
        name: "len",
        params: &["value"],
        least: 1,
        most: 1,
        summary: "number of characters, items, fields or rows",
        example: "len([1, 2])",
        result: "2",
        run: |args| ops::len(argument(args, 0)).map(Value::count),
    },
    Function {
        name: "lines",
        params: &["text"],
        least: 1,
        most: 1,
        summary: "the lines of a string without their ends",
        example: "lines(\"a\\nb\\n\")",
        result: "[\"a\",\"b\"]",
        run: text::lines,
    },
    Function {
        name: "map",
        params: &["rows", "path"],
        least: 2,
        most: 2,
        summary: "the field at a path of each row; `null` where it is missing",
        example: "map([{a: {b: 1}}, {}], \"a.b\")",
        result: "[1,null]",
        run: |args| select::map(argument(args, 0), argument(args, 1)),
    },
    Function {
        name: "matches",
        params: &["text", "regex"],
        least: 2,
        most: 2,
        summary: "whether a regular expression matches somewhere in a string",
        example: "matches(\"get_user\", \"^get_\")",
        result: "true",
        run: text::matches,
    },
    Function {
        name: "max",
        params: &["list", "more"],
        least: 1,
        most: usize::MAX,
        summary: "the greatest of a list, of the fields of its rows at a path, or of several values; `null` of none",
        example: "max([3, 1, 2])",
        result: "3",
        run: |args| number::extreme("max", args),
    },
    Function {
        name: "min",
        params: &["list", "more"],
        least: 1,
        most: usize::MAX,
        summary: "the least of a list, of the fields of its rows at a path, or of several values; `null` of none",
        example: "min(3, 1, 2)",
        result: "1",
        run: |args| number::extreme("min", args),
    },
    Function {
        name: "num",
        params: &["text"],
        least: 1,
        most: 1,
        summary: "the number that a string writes",
        example: "num(\"12\")",
        result: "12",
        run: |args| number::num(argument(args, 0)),
    },
    Function {
        name: "round",
        params: &["number", "digits"],
        least: 1,
        most: 2,
        summary: "the nearest integer, or number of that many decimal digits; halves away from zero",
        example: "round(2.5)",
        result: "3",
        run: |args| number::round(argument(args, 0), args.get(1)),
    },
    Function {
        name: "sort",
        params: &["list", "path"],
        least: 1,
        most: 2,
        summary: "the items in ascending order, of rows by their field at a path; equal ones keep their order",
        example: "sort([3, 1, 2])",
        result: "[1,2,3]",
        run: |args| select::sort(argument(args, 0), args.get(1)),
    },
    Function {
        name: "split",
        params: &["text", "separator"],
        least: 2,
        most: 2,
        summary: "the parts of a string between separators; its characters for an empty one",
        example: "split(\"a,b\", \",\")",
        result: "[\"a\",\"b\"]",
        run: text::split,
    },
    Function {
        name: "starts_with",
        params: &["text", "part"],
        least: 2,
        most: 2,
        summary: "whether a string starts with a part",
        example: "starts_with(\"get_user\", \"get_\")",
        result: "true",
        run: text::starts_with,
    },
    Function {
        name: "str",
        params: &["value"],
        least: 1,
        most: 1,
        summary: "the value as text, as `print` shows it",
        example: "str([1, \"a\"])",
        result: "\"[1,\\\"a\\\"]\"",
        run: |args| Ok(Value::str(show::plain(argument(args, 0)))),
    },
    Function {
        name: "sum",
        params: &["list", "path"],
        least: 1,
        most: 2,
        summary: "the sum of numbers, of rows that of their fields at a path; 0 of none",
        example: "sum([1, 2, 3])",
        result: "6",
        run: |args| number::sum(argument(args, 0), args.get(1)),
    },
    Function {
        name: "unique",
        params: &["list"],
        least: 1,
        most: 1,
        summary: "the items without those equal to an earlier one",
        example: "unique([1, 2, 1.0])",
        result: "[1,2]",
        run: |args| select::unique(argument(args, 0), None),
    },
    Function {
        name: "values",
        params: &["object"],
        least: 1,
        most: 1,
        summary: "the values of an object's fields in order",
        example: "values({a: 1, b: 2})",
        result: "[1,2]",
        run: |args| select::values(argument(args, 0)),
    },
];

fn contains(needle: &Value, hay: &Value) -> Result<Value, Fault> {
    ops::found_in("contains", needle, hay).map(Value::Bool)
}

/// The argument at `at`; `null` past the last, which the count of arguments rules out.
fn argument(args: &[Value], at: usize) -> &Value {
    const NULL: &Value = &Value::Null;
    args.get(at).unwrap_or(NULL)
}

/// A fault that says what `name` expected and found.
pub(crate) fn expected(name: &str, what: &str, found: &Value) -> Fault {
    let fault =
        refuse(codes::FUNCTION_VALUE, format!("`{name}` expected {what}, found {}", found.kind()));
    fault.help(match found {
        _ if what.contains("path") => "write the path in quotes: `\"name\"`, `\"call.args[0]\"`",
        _ if what.contains("list") => ops::held(found),
        Value::Null => "a missing value is `null`: test it with `exists` first",
        Value::Str(_) if what.contains("number") => "turn a string into a number with `num(…)`",
        _ if what.contains("string") => "turn it into a string with `str(…)`",
        _ if what.contains("object") => {
            "an object is `{key: value}`; a field of each item is `map(xs, \"name\")`"
        }
        _ => "a number is `12` or `1.5`; in a list they are counted with `len(…)`",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_and_their_examples_call_them() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        for function in FUNCTIONS {
            assert!(
                function.example.starts_with(&format!("{}(", function.name)),
                "{}",
                function.example
            );
            assert!(
                serde_json::from_str::<serde_json::Value>(function.result).is_ok(),
                "{}",
                function.result
            );
        }
    }

    #[test]
    fn a_glob_without_a_slash_matches_the_last_part() {
        let glob = |text: &str, pattern: &str| text::glob(&[text.into(), pattern.into()]);
        for (path, pattern, holds) in [
            ("src/a.py", "*.py", true),
            ("src/a.py", "src/*", true),
            ("src/b/a.py", "src/*", false),
            ("src/b/a.py", "src/**", true),
            ("b/src/a.py", "src/**", false),
            ("a.py", "/a.py", true),
            ("src/a.py", "/a.py", false),
            ("src/a.py", "**/a.{py,rs}", true),
        ] {
            assert_eq!(glob(path, pattern), Ok(Value::Bool(holds)), "{path} {pattern}");
        }
        assert!(glob("a", "[").is_err());
    }
}
