//! Plans by decisions: every kind of statement, names that are there, actions with their arguments from the registry. What
//! it writes is right by the grammar, and mostly right altogether.

use std::fmt::Write as _;

use qplan::action::{Action, Form, Forms, Kind, Param, Presence};
use qplan::actions;

use super::dice::Dice;
use super::value::{Names, Values};

/// Deeper, statements hold no others.
const DEEP: usize = 4;

/// What may stand where a statement is written.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    depth: usize,
    in_loop: bool,
    in_branch: bool,
}

impl Place {
    const fn inside(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

/// Writes one plan.
pub struct Writer<'b> {
    dice: Dice<'b>,
    out: String,
    names: Names,
    /// Variables that `set` may change.
    variables: Vec<String>,
    /// Ids of the steps at the top, which jumps may go to.
    tops: usize,
    /// Numbers the names.
    made: usize,
    indent: usize,
}

/// The plan that the bytes stand for.
pub fn plan(bytes: &[u8]) -> String {
    let mut writer = Writer {
        dice: Dice::new(bytes),
        out: String::new(),
        names: Names::default(),
        variables: Vec::new(),
        tops: 1,
        made: 0,
        indent: 0,
    };
    writer.tops = 1 + writer.dice.roll(4);
    writer.whole();
    writer.out
}

impl<'b> Writer<'b> {
    fn whole(&mut self) {
        let wrapped = self.dice.one_in(6);
        if wrapped {
            self.line("plan {");
            self.indent += 1;
        }
        if self.dice.one_in(3) {
            self.line("@title \"A plan of ${amount}\"  // made");
            self.line("@params amount=3, name=\"load\"");
            self.names.all.extend(["amount".to_owned(), "name".to_owned()]);
        }
        if self.dice.one_in(8) {
            let meta = self.dice.pick(&[
                "@in \"src\"",
                "@exclude \"out/**\", \"*.txt\"",
                "@lang python",
                "@version \"1\"",
            ]);
            self.line(meta);
        }
        for number in 0..self.tops {
            self.step(&format!("s{number}"), Place::default());
        }
        if wrapped {
            self.indent -= 1;
            self.line("}");
        }
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(self.indent));
    }

    fn fresh(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{}", self.made)
    }

    fn values(&mut self) -> Values<'_, 'b> {
        Values { dice: &mut self.dice, names: &self.names, depth: 2 }
    }

    fn step(&mut self, id: &str, place: Place) {
        let mut head = match self.dice.roll(3) {
            0 => format!("step \"Step {id}\" id={id}"),
            1 => format!("step id=\"{id}\""),
            _ => format!("step id={id} desc='What ${{it}} is', type=task"),
        };
        if self.dice.one_in(2) {
            let _ = write!(head, " onError=\"{}\"", self.policy(place));
        }
        if self.dice.one_in(8) {
            head.push_str(" timeout=5s");
        }
        let namespace = self.dice.one_in(6).then(|| self.fresh("ns"));
        if let Some(namespace) = &namespace {
            let _ = write!(head, " -> {namespace}");
        }
        self.block(&head, place.inside(), "");
        self.names.all.push(id.to_owned());
        self.names.all.extend(namespace);
    }

    fn policy(&mut self, place: Place) -> String {
        let last = match self.dice.roll(4) {
            3 if !place.in_loop && !place.in_branch => {
                format!("jump='s{}'", self.dice.roll(self.tops))
            }
            2 => "fail".to_owned(),
            _ => "continue".to_owned(),
        };
        match self.dice.roll(4) {
            0 => format!("retry=1, {last}"),
            1 => format!("retry=2, delay=1ms, backoff=1.5, {last}"),
            _ => last,
        }
    }

    /// A head, statements between braces, and what follows the brace.
    fn block(&mut self, head: &str, place: Place, tail: &str) {
        self.line(&format!("{head} {{"));
        self.indent += 1;
        for _ in 0..=self.dice.roll(4) {
            self.statement(place);
        }
        self.indent -= 1;
        self.line(&format!("}}{tail}"));
    }

    fn statement(&mut self, place: Place) {
        match self.dice.roll(if place.depth < DEEP { 20 } else { 9 }) {
            0 | 1 => self.print(),
            2 | 3 => self.var(),
            4 => self.set(),
            5 | 6 => self.action(""),
            7 => self.leave(place),
            8 => self
                .line(["# a comment", "/* one */ print 1", "print 1; print 2, k=3"][self.made % 3]),
            9 | 10 => self.branch(place),
            11 | 12 => self.each(place),
            13 => self.turn(place),
            14 => {
                let id = self.fresh("inner");
                self.step(&id, place);
            }
            15 => self.jump(place),
            16 => self.parallel(place),
            17 => self.future(),
            18 => self.fall(place),
            _ => self.action(""),
        }
    }

    fn print(&mut self) {
        let mut text = format!("print {}", self.values().expression());
        if self.dice.one_in(3) {
            let _ = write!(
                text,
                ", {}, key={}",
                self.values().expression(),
                self.values().expression()
            );
        }
        self.line(&text);
    }

    fn var(&mut self) {
        let value = self.values().expression();
        let name = self.fresh("v");
        let text = if self.dice.one_in(5) {
            format!("var {value} -> {name}")
        } else {
            format!("var {name} = {value}")
        };
        self.line(&text);
        self.made_variable(name);
    }

    fn made_variable(&mut self, name: String) {
        self.names.all.push(name.clone());
        self.variables.push(name);
    }

    fn set(&mut self) {
        let variables: Vec<&str> = self.variables.iter().map(String::as_str).collect();
        if variables.is_empty() {
            return self.var();
        }
        let name = self.dice.pick(&variables).to_owned();
        let place = self.dice.pick(&["", "", "", ".a", "[0]", "[\"b\"]", ".a[-1]"]);
        let value = self.values().expression();
        self.line(&format!("set {name}{place} = {value}"));
    }

    /// A call of an action of the registry; `before` stands in front of it.
    fn action(&mut self, before: &str) {
        if self.dice.one_in(12) {
            return self.module(before);
        }
        let mut action: &'static Action = actions::ALL[self.dice.roll(actions::ALL.len())];
        if action.name == "future" {
            // Its name is a word of the language: it has a statement of its own.
            action = actions::ALL[0];
        }
        let mut text = format!("{before}{}", action.name);
        let form: &'static Form = match &action.forms {
            Forms::One(form) => form,
            Forms::Ops(ops) => {
                let op = &ops[self.dice.roll(ops.len())];
                let _ = write!(text, " {}", op.name);
                &op.form
            }
        };
        let mut keys = String::new();
        let mut asked = false;
        for param in form.params {
            if !self.is_given(param, asked) {
                continue;
            }
            asked |= param.kind == Kind::Query;
            let value = self.values().argument(param);
            if param.primary {
                let _ = write!(text, " {value}");
            } else {
                let _ = write!(keys, " {}={value}", param.name);
            }
        }
        if form.open && self.dice.one_in(2) {
            let _ = write!(keys, " more={}", self.values().expression());
        }
        let name = self.fresh("r");
        self.line(&format!("{text}{keys} -> {name}"));
        self.made_variable(name);
    }

    /// A call of a module written in QPlan.
    fn module(&mut self, before: &str) {
        let calls = [
            "twice 2",
            "twice fails=true",
            "twice",
            "down count=2",
            "down 40",
            "todo-census",
            "api_surface \"l*\"",
            "where-imported os",
        ];
        let call = self.dice.pick(&calls);
        let narrow = self.dice.pick(&["", "", " in=\"src\"", " lang=python exclude=\"b.py\""]);
        let name = self.fresh("m");
        self.line(&format!("{before}{call}{narrow} -> {name}"));
        self.made_variable(name);
    }

    /// Whether an argument is written. A query says what the others would say, and something has to be asked.
    fn is_given(&mut self, param: &Param, asked: bool) -> bool {
        let chance = match param.name {
            _ if param.presence == Presence::Required => 1,
            _ if asked => 60,
            "entity" => 1,
            name if name.contains('.') || param.kind == Kind::Pattern => 60,
            _ if param.primary => 2,
            _ => 4,
        };
        chance == 1 || self.dice.one_in(chance)
    }

    fn future(&mut self) {
        if self.dice.one_in(4) {
            let name = self.fresh("f");
            let value = self.values().expression();
            self.line(&format!("future delay=1ms value={value} -> {name}"));
            self.names.all.push(name);
            return;
        }
        self.action("future ");
    }

    /// A way out of the step, the loop or the plan, taken under a condition.
    fn leave(&mut self, place: Place) {
        let way = match self.dice.roll(8) {
            _ if place.in_branch => return self.print(),
            0 if place.in_loop => "break".to_owned(),
            1 if place.in_loop => "continue".to_owned(),
            2 => "skip".to_owned(),
            3 => "stop".to_owned(),
            4 => "return".to_owned(),
            5 => format!("return = {}", self.values().expression()),
            6 => format!("return {{a: {}}}", self.values().expression()),
            _ => format!("return k={}, {}", self.values().expression(), self.named()),
        };
        let condition = self.values().expression();
        self.line(&format!("if {condition} {{ {way} }}"));
    }

    /// An entry of `return` among several: a name, or one with a key.
    fn named(&mut self) -> String {
        let name = self.values().name();
        if name.starts_with(|c: char| c.is_ascii_digit()) { "l=7".to_owned() } else { name }
    }

    fn branch(&mut self, place: Place) {
        let condition = self.values().expression();
        self.block(&format!("if {condition}"), place.inside(), "");
        if self.dice.one_in(2) {
            // `else` goes on behind the brace.
            self.out.truncate(self.out.trim_end().len());
            let condition = self.values().expression();
            let head = if self.dice.one_in(3) {
                format!(" else if {condition}")
            } else {
                " else".to_owned()
            };
            let indent = std::mem::take(&mut self.indent);
            let _ = writeln!(self.out, "{head} {{");
            self.indent = indent + 1;
            self.statement(place.inside());
            self.indent = indent;
            self.line("}");
        }
    }

    fn each(&mut self, place: Place) {
        let list = self.values().rows();
        let (first, second) = (self.fresh("x"), self.fresh("k"));
        let pair = self.dice.one_in(3);
        let names = if pair { format!("({second}, {first})") } else { first.clone() };
        let known = self.names.all.len();
        self.names.all.push(first);
        if pair {
            self.names.all.push(second);
        }
        let own = self.names.all.len() - known;
        self.block(
            &format!("each {names} in {list}"),
            Place { in_loop: true, ..place.inside() },
            "",
        );
        // What the body wrote stays; the loop's own names do not.
        self.names.all.drain(known..known + own);
    }

    /// A loop that counts.
    fn turn(&mut self, place: Place) {
        let name = self.fresh("n");
        self.line(&format!("var {name} = 0"));
        self.line(&format!("while {name} < 3 {{"));
        self.indent += 1;
        self.line(&format!("set {name} = {name} + 1"));
        self.names.all.push(name);
        for _ in 0..=self.dice.roll(3) {
            self.statement(Place { in_loop: true, ..place.inside() });
        }
        self.indent -= 1;
        self.line("}");
    }

    fn jump(&mut self, place: Place) {
        if place.in_branch {
            return self.print();
        }
        let target = self.dice.roll(self.tops);
        let condition = self.values().expression();
        let jump = if self.dice.one_in(2) {
            format!("jump s{target}")
        } else {
            format!("jump to=\"s{target}\"")
        };
        self.line(&format!("if {condition} {{ {jump} }}"));
    }

    fn parallel(&mut self, place: Place) {
        let options = self.dice.pick(&[
            "",
            " ignoreErrors=true",
            " concurrency=2",
            " concurrency=1 ignoreErrors=true",
        ]);
        let closed = self.dice.one_in(2);
        self.line(&if closed {
            format!("parallel{options} {{")
        } else {
            format!("parallel{options}:")
        });
        self.indent += 1;
        let known = self.names.clone();
        let variables = std::mem::take(&mut self.variables);
        let mut written = Names::default();
        for _ in 0..=self.dice.roll(4) {
            let own = self.names.all.len();
            self.statement(Place { in_branch: true, in_loop: false, ..place.inside() });
            written.all.extend(self.names.all.drain(own.min(self.names.all.len())..));
            self.names = known.clone();
            self.variables.clear();
        }
        self.names.all.extend(written.all);
        self.variables = variables;
        self.indent -= 1;
        self.line(if closed { "}" } else { "end" });
    }

    /// An error and what the plan makes of it.
    fn fall(&mut self, place: Place) {
        let id = self.fresh("falls");
        let policy = self.policy(place);
        self.line(&format!("step id={id} onError=\"{policy}\" {{"));
        self.indent += 1;
        let condition = self.values().expression();
        self.line(&format!("assert {condition} message=\"no\""));
        self.indent -= 1;
        self.line("}");
        self.names.all.push(id);
    }
}
