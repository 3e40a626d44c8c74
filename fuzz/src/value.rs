//! Expressions, and values for arguments of every kind, by decisions. They are right by the grammar; what they mean need
//! not make sense.

use std::fmt::Write as _;

use qplan::action::{Kind, Param};
use qplan::value::function::FUNCTIONS;

use super::dice::Dice;

const TEXTS: &[&str] = &[
    "",
    "a",
    "load",
    "src/a.py",
    "2024-05-01",
    "größe €",
    "{\"a\": [1, 2]}",
    "a.b[0]",
    "x${",
    "~",
    "%Y",
];
const NUMBERS: &[&str] =
    &["0", "1", "2", "7", "2.5", "1e3", "1_000", "9223372036854775807", "0.1", "1e308"];

/// What may be read.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Variables, parameters and steps that are over.
    pub all: Vec<String>,
}

/// Writes expressions.
pub struct Values<'w, 'b> {
    pub dice: &'w mut Dice<'b>,
    pub names: &'w Names,
    /// Levels that are left.
    pub depth: usize,
}

impl Values<'_, '_> {
    /// An expression that may stand anywhere, behind `if` and as a lone value too.
    pub fn expression(&mut self) -> String {
        if self.depth == 0 {
            return self.atom();
        }
        self.depth -= 1;
        let text = match self.dice.roll(12) {
            0..=3 => self.atom(),
            4 => self.list(),
            5 => self.object(),
            6 | 7 => self.call(),
            8 => self.arithmetic(),
            9 => self.comparison(),
            10 => self.logic(),
            _ => self.access(),
        };
        self.depth += 1;
        text
    }

    fn atom(&mut self) -> String {
        match self.dice.roll(8) {
            0 => "1".to_owned(),
            1..=3 => self.name(),
            4 => self.dice.pick(NUMBERS).to_owned(),
            5 => self.dice.pick(&["true", "false", "null", "200ms", "error", "run"]).to_owned(),
            _ => self.text(),
        }
    }

    /// A name that may be read, or a number where there is none.
    pub fn name(&mut self) -> String {
        let names: Vec<&str> = self.names.all.iter().map(String::as_str).collect();
        if names.is_empty() { "7".to_owned() } else { self.dice.pick(&names).to_owned() }
    }

    /// A string of any form.
    pub fn text(&mut self) -> String {
        let text = self.dice.pick(TEXTS);
        match self.dice.roll(6) {
            0 => quoted(text),
            1 if !text.contains(['"', '\'']) => format!("r'{text}'"),
            2 => format!("\"\"\"\n  {}\n  $X \\t\n  \"\"\"", escaped(text)),
            3 | 4 if self.depth > 0 => self.holes(text),
            _ => quoted(text),
        }
    }

    /// A string with expressions in it.
    fn holes(&mut self, text: &str) -> String {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1).min(1);
        let mut whole = format!("\"{}", escaped(text));
        for _ in 0..=self.dice.roll(2) {
            // In one line.
            let inner = self.expression().replace('\n', " ");
            let inner = if inner.contains("\"\"\"") { "1".to_owned() } else { inner };
            let _ = write!(whole, "${{{inner}}} $");
        }
        self.depth = depth;
        whole + "\""
    }

    fn list(&mut self) -> String {
        let items: Vec<String> = (0..self.dice.roll(4)).map(|_| self.expression()).collect();
        format!("[{}]", items.join(", "))
    }

    fn object(&mut self) -> String {
        let mut entries = Vec::new();
        for key in ["a", "b", "\"c d\""].iter().take(self.dice.roll(4)) {
            entries.push(format!("{key}: {}", self.expression()));
        }
        // Not taken for a block.
        format!("({{{}}})", entries.join(", "))
    }

    fn call(&mut self) -> String {
        let function = &FUNCTIONS[self.dice.roll(FUNCTIONS.len())];
        let most = function.most.min(function.least + 2);
        let count = function.least + self.dice.roll(most - function.least + 1);
        let mut values = Vec::new();
        for name in function.params.iter().chain(std::iter::repeat(&"more")).take(count) {
            values.push(match *name {
                "path" => self.dice.pick(&["\"a\"", "\"a.b\"", "\"b[0]\""]).to_owned(),
                "list" | "rows" => self.rows(),
                "regex" => self.dice.pick(&["r\"\\w+\"", "\"a|b\"", "\"(?i)x\""]).to_owned(),
                "pattern" => self.dice.pick(&["\"*.py\"", "\"**/a\""]).to_owned(),
                _ => self.expression(),
            });
        }
        format!("{}({})", function.name, values.join(", "))
    }

    /// What functions of lists take.
    pub fn rows(&mut self) -> String {
        match self.dice.roll(4) {
            0 => "[{a: 2, b: [1]}, {a: 1}]".to_owned(),
            1 => self.list(),
            2 => "[3, 1, 2]".to_owned(),
            _ => self.name(),
        }
    }

    fn arithmetic(&mut self) -> String {
        let (left, right) = (self.expression(), self.expression());
        let operator = self.dice.pick(&["+", "-", "*", "/", "%"]);
        match self.dice.roll(4) {
            0 => format!("(-({left}))"),
            _ => format!("({left} {operator} {right})"),
        }
    }

    fn comparison(&mut self) -> String {
        let left = self.expression();
        match self.dice.roll(10) {
            0 => format!("({left} exists)"),
            1 => format!("({left} not_exists)"),
            roll => {
                let operators = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"];
                format!("({left} {} {})", operators[roll - 2], self.expression())
            }
        }
    }

    fn logic(&mut self) -> String {
        let left = self.expression();
        match self.dice.roll(3) {
            0 => format!("(not {left})"),
            1 => format!("({left} and {})", self.expression()),
            _ => format!("({left} or {})", self.expression()),
        }
    }

    fn access(&mut self) -> String {
        let accessor = self.dice.pick(&[".a", "[0]", "[-1]", "[\"a\"]", ".rows", ".count"]);
        match self.dice.roll(3) {
            0 => format!("({{a: [1, 2]}}){accessor}"),
            1 => format!("[[1], {{a: 2}}]{accessor}"),
            _ => format!("[{}][0]", self.name()),
        }
    }

    /// A value for a parameter, right by its kind most of the time.
    pub fn argument(&mut self, param: &Param) -> String {
        if self.dice.one_in(16) {
            return self.expression();
        }
        if param.name == "entity" {
            return self.dice.pick(&["function", "class", "\"import\"", "callsite"]).to_owned();
        }
        match param.kind {
            Kind::Any | Kind::Free => self.expression(),
            Kind::Names => format!("[{}]", self.name()),
            Kind::Text => self.text(),
            Kind::Int(least, most) => {
                let most = most.min(least.saturating_add(40)).max(least);
                let span = usize::try_from(most.saturating_sub(least.max(0))).unwrap_or(0);
                let value = least
                    .max(0)
                    .saturating_add(i64::try_from(self.dice.roll(span + 1)).unwrap_or(0));
                value.to_string()
            }
            Kind::Number => self.dice.pick(NUMBERS).to_owned(),
            Kind::Bool => self.dice.pick(&["true", "false"]).to_owned(),
            Kind::Duration => self.dice.pick(&["1ms", "\"2ms\"", "0s"]).to_owned(),
            Kind::Enum(words) => self.dice.pick(words).to_owned(),
            Kind::List => self.rows(),
            Kind::Object => "{a: 1, b: {c: 2}}".to_owned(),
            Kind::Path => {
                self.dice.pick(&["\"src\"", "\"src/a.py\"", "\".\"", "\"out/x.txt\""]).to_owned()
            }
            Kind::Globs => self.dice.pick(&["\"*.py\"", "[\"a/**\", \"!b\"]"]).to_owned(),
            Kind::Symbol => self
                .dice
                .pick(&["load", "\"Stock.take\"", "take", "nothing_of_it", "\"src/a.py:3\""])
                .to_owned(),
            Kind::Query => self
                .dice
                .pick(&[
                    "\"entity=function name=l*\"",
                    "\"pattern='f($X)'\"",
                    "\"load\"",
                    "\"entity=class\"",
                ])
                .to_owned(),
            Kind::Pattern => self
                .dice
                .pick(&["\"f($X)\"", "\"$A + $B\"", "\"def $F($$$A): $$$B\"", "\"load\""])
                .to_owned(),
            Kind::Regex => self.dice.pick(&["r\"\\w+\"", "\"^a\"", "\"(a|b)*c\""]).to_owned(),
            Kind::Signature => self.dice.pick(&["\"load(path)\"", "\"f(a, *, b=1)\""]).to_owned(),
            Kind::Target => self.dice.pick(&["\"src/a.py:3:5\"", "\"function:load\""]).to_owned(),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}
