//! What programs and agents are told: actions as data, the prompt, completions. All of it is held to the tables it is
//! made from, and every plan in it is checked and run.

use std::path::Path;
use std::process::Command;

use qplan::action::{Action, Forms, Kind, Param, Presence, Registry, args, page};
use qplan::actions;
use qplan::cli::prompt::{self, Length};
use qplan::run::{Library, library};
use qplan::source::Sources;
use qplan::system::memory::Memory;
use qplan::value::function::FUNCTIONS;
use serde_json::{Value, json};

use crate::docs::{complain, small, told};
use crate::harness::Place;
use crate::schema::{complaints, list, published};

/// The actions of the program and the modules that come with it.
fn everything() -> Registry {
    let world = Memory::new();
    let library = Library::new(&world, Path::new("/"), &[]);
    library::all(&actions::registry(), &library, &mut Sources::default()).registry
}

/// Every parameter of an action with the operation it belongs to.
fn params(action: &'static Action) -> Vec<(Option<&'static str>, &'static Param)> {
    match &action.forms {
        Forms::One(form) => args::params(action, form).map(|param| (None, param)).collect(),
        Forms::Ops(ops) => ops
            .iter()
            .flat_map(|op| args::params(action, &op.form).map(|param| (Some(op.name), param)))
            .collect(),
    }
}

/// The argument of a page, by operation and name.
fn argument<'p>(page: &'p Value, op: Option<&str>, name: &str) -> &'p Value {
    let form = list(&page["forms"]).iter().find(|form| form["op"].as_str() == op);
    let arguments = form.map_or(&[][..], |form| list(&form["arguments"]));
    arguments.iter().find(|argument| argument["name"] == name).unwrap_or(&Value::Null)
}

#[test]
fn modules_for_programs_are_the_registry_as_published() {
    let place = Place::new([]);
    let pages: Value =
        serde_json::from_str(&place.qplan(&["modules", "--format", "json"], "").stdout)
            .expect("pages are JSON");
    assert_eq!(complaints(&published("modules"), &pages), Vec::<String>::new());
    let everything = everything();
    assert_eq!(list(&pages).len(), everything.iter().count());
    for (action, page) in everything.iter().zip(list(&pages)) {
        assert_eq!(
            (&page["name"], &page["summary"]),
            (&json!(action.name), &json!(action.summary))
        );
        for (op, param) in params(action) {
            let told = argument(page, op, param.name);
            assert_eq!(told["doc"], param.doc, "{} {op:?} {}", action.name, param.name);
            assert_eq!(told["kind"], param.kind.name());
            assert_eq!(told["required"], param.presence == Presence::Required);
            assert_eq!(told["primary"], param.primary);
            match param.presence {
                Presence::Default(text) => assert_eq!(told["default"], text),
                Presence::Required | Presence::Optional => assert!(told["default"].is_null()),
            }
            match param.kind {
                Kind::Enum(words) => assert_eq!(told["words"], json!(words)),
                Kind::Int(least, most) => {
                    assert!(least == i64::MIN || told["least"] == least, "{told}");
                    assert!(most == i64::MAX || told["most"] == most, "{told}");
                }
                _ => {}
            }
        }
        let names =
            |rows: &Value| list(rows).iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
        let known = |fields: &[qplan::action::Field]| {
            fields.iter().map(|f| json!(f.name)).collect::<Vec<_>>()
        };
        assert_eq!(names(&page["fields"]), known(action.fields));
        assert_eq!(names(&page["rows"]), known(action.rows));
        assert_eq!(list(&page["examples"]).len(), action.examples.len());
        let one = place.qplan(&["modules", action.name, "--format", "json"], "");
        assert_eq!(&serde_json::from_str::<Value>(&one.stdout).expect("a page is JSON"), page);
    }
    assert!(serde_json::to_value(page::all(&everything)).is_ok_and(|all| all == pages));
}

#[test]
fn modules_for_people_say_all_of_it_within_a_hundred_columns() {
    let place = Place::new([]);
    for action in everything().iter() {
        let text = place.qplan(&["modules", action.name], "").stdout;
        let flowing: Vec<&str> = text.split_whitespace().collect();
        let flowing = flowing.join(" ");
        for (op, param) in params(action) {
            let line = format!("{} {}", param.name, param.doc);
            assert!(flowing.contains(&line), "{} {op:?}: {line}\n{text}", action.name);
        }
        for field in action.fields.iter().chain(action.rows) {
            assert!(flowing.contains(field.doc), "{}: {}", action.name, field.name);
        }
        let example = |line: &str| action.examples.iter().any(|e| e.plan.contains(line.trim()));
        let long = text.lines().find(|line| line.chars().count() > 100 && !example(line));
        assert_eq!(long, None, "{}", action.name);
    }
}

#[test]
fn the_schema_of_an_action_has_every_argument() {
    let place = Place::new([]);
    for action in everything().iter() {
        let schema = place.qplan(&["schema", "action", action.name], "").stdout;
        let schema: Value = serde_json::from_str(&schema).expect("a schema is JSON");
        let forms = schema.get("oneOf").map_or(std::slice::from_ref(&schema), list);
        for (op, param) in params(action) {
            let form = forms.iter().find(|form| form["properties"]["op"]["const"].as_str() == op);
            let form = form.unwrap_or_else(|| panic!("{} {op:?} is missing", action.name));
            assert_eq!(form["properties"][param.name]["description"], param.doc);
            let required = list(&form["required"]).contains(&json!(param.name));
            assert_eq!(required, param.presence == Presence::Required, "{}", param.name);
        }
    }
}

fn told_to_agents(length: Length, requirement: &str) -> String {
    prompt::text(&everything(), length, requirement)
}

/// The plans of a Markdown text.
pub(crate) fn plans(text: &str) -> Vec<&str> {
    let blocks = text.split("\n```qp\n").skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap_or("")).collect()
}

#[test]
fn every_plan_of_the_prompt_is_right_and_runs() {
    let text = told_to_agents(Length::Full, "");
    let plans = plans(&text);
    assert!(plans.len() >= 4, "{plans:?}");
    let mut complaints = Vec::new();
    for plan in plans {
        let place = small();
        place.file("plan.qp", plan);
        let checked = place.qplan(&["check", "plan.qp", "--diagnostics", "json"], "");
        let ran = place.qplan(&["plan.qp", "--root", "."], "");
        if checked.stdout.trim() != "[]" || ran.code != 0 {
            complaints.push(format!("{plan}\n{}{}", checked.stdout, told(&ran)));
        }
    }
    complain(&complaints);
}

/// More than a tokenizer of today makes of a text: its letters by 3.5, or its words and signs, whichever is more.
fn tokens(text: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut inside = false;
    let mut parts = 0;
    for c in text.chars() {
        let begins = is_word(c) && !inside;
        let sign = !is_word(c) && !c.is_whitespace();
        parts += usize::from(begins || sign);
        inside = is_word(c);
    }
    parts.max((text.chars().count() * 2).div_ceil(7))
}

#[test]
fn the_compact_prompt_is_small_and_names_every_action_and_function() {
    assert_eq!(tokens("if a_1 == \"b\" { stop }"), 10);
    let text = told_to_agents(Length::Compact, "");
    assert!(tokens(&text) <= 1500, "{} tokens", tokens(&text));
    assert!(!text.contains("{{"), "every place is filled in");
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).collect();
    for action in everything().iter() {
        assert!(words.contains(&action.name), "{}", action.name);
        let ops = match &action.forms {
            Forms::Ops(ops) => *ops,
            Forms::One(_) => &[],
        };
        for op in ops {
            assert!(words.contains(&op.name), "{} {}", action.name, op.name);
        }
        for row in action.rows {
            assert!(words.contains(&row.name), "{}: {}", action.name, row.name);
        }
    }
    for function in FUNCTIONS {
        assert!(words.contains(&function.name), "{}", function.name);
    }
}

#[test]
fn the_prompt_ends_with_the_requirement() {
    let place = Place::new([]);
    let whole = place.qplan(&["prompt", "list", "every `open`"], "").stdout;
    assert_eq!(whole, told_to_agents(Length::Full, "list every `open`"));
    let (_, task) = whole.split_once("\n## Your task\n\n").expect("there is a task");
    assert_eq!(task, "list every `open`\n\nAnswer with one plan in a `qp` block.\n");
    let compact = place.qplan(&["prompt", "--compact"], "").stdout;
    assert_eq!(compact, told_to_agents(Length::Compact, ""));
    assert!(whole.starts_with(&compact), "the long one begins like the short one");
}

/// What a shell says of a script; none where there is no such shell.
fn shell(name: &str, args: &[&str]) -> Option<(bool, String)> {
    let output = Command::new(name).args(args).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn completions_are_right_in_every_shell_there_is() {
    let place = Place::new([]);
    for name in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = place.qplan(&["completions", name], "");
        assert!(ran.code == 0 && ran.stdout.contains("qplan"), "{name}: {}", told(&ran));
        place.file(&format!("qplan.{name}"), &ran.stdout);
    }
    for name in ["bash", "zsh", "fish"] {
        let file = place.path().join(format!("qplan.{name}")).to_string_lossy().into_owned();
        if let Some((ok, text)) = shell(name, &["-n", &file]) {
            assert!(ok, "{name}: {text}");
        }
    }
}

#[test]
fn bash_completes_commands_options_and_words() {
    let place = Place::new([]);
    let script = place.qplan(&["completions", "bash"], "").stdout;
    let completed = |words: &[&str]| {
        let last = words.last().expect("there is a word");
        let asked = format!(
            "{script}\nCOMP_WORDS=({}); COMP_CWORD={}; _qplan qplan '{last}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1,
            words[words.len() - 2],
        );
        shell("bash", &["--norc", "-c", &asked]).map(|(_, text)| text)
    };
    let Some(commands) = completed(&["qplan", "mod"]) else { return };
    assert_eq!(commands, "modules\n");
    let options = completed(&["qplan", "search", "--ignore"]).unwrap_or_default();
    assert_eq!(options, "--ignore-case\n");
    let words = completed(&["qplan", "search", "--lang", "p"]).unwrap_or_default();
    assert_eq!(words, "python\n");
}
