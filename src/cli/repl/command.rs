//! The commands of a session: lines that begin with `:`.

use std::path::Path;

use super::{Next, Repl, Times, show};
use crate::action::doc;
use crate::cli::args::EventSink;
use crate::cli::events::Sink;
use crate::cli::{explain, output};
use crate::diagnostic::near;
use crate::system::System;
use crate::system::os::Os;
use std::sync::Arc;

/// A command.
pub(super) struct Command {
    /// With its `:`.
    pub(super) name: &'static str,
    /// What it takes, as help shows it.
    takes: &'static str,
    /// What its word is, for completion.
    pub(super) word: Word,
    /// One sentence, lower case, no full stop.
    about: &'static str,
    run: fn(&mut Repl<'_>, &str) -> Next,
}

/// What a command takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Nothing,
    Command,
    Value,
    Code,
    Switch,
    File,
    Directory,
}

/// All of them, in the order help lists them.
pub(super) const ALL: &[Command] = &[
    Command {
        name: ":help",
        takes: "[NAME]",
        word: Word::Command,
        about: "lists the commands, or tells of an action",
        run: help,
    },
    Command {
        name: ":vars",
        takes: "",
        word: Word::Nothing,
        about: "lists the variables, each with what it holds",
        run: vars,
    },
    Command {
        name: ":show",
        takes: "NAME",
        word: Word::Value,
        about: "shows a variable, a result or a part of one: `:show defs[0].name`",
        run: value,
    },
    Command {
        name: ":full",
        takes: "",
        word: Word::Nothing,
        about: "shows the last result whole",
        run: full,
    },
    Command {
        name: ":steps",
        takes: "",
        word: Word::Nothing,
        about: "lists the steps that ran",
        run: steps,
    },
    Command {
        name: ":explain",
        takes: "[CODE]",
        word: Word::Code,
        about: "explains an error code; without one, the last error's",
        run: explained,
    },
    Command {
        name: ":events",
        takes: "on|off",
        word: Word::Switch,
        about: "prints every event as a line of JSON while statements run",
        run: events,
    },
    Command {
        name: ":time",
        takes: "on|off",
        word: Word::Switch,
        about: "tells what each statement took",
        run: time,
    },
    Command {
        name: ":load",
        takes: "FILE",
        word: Word::File,
        about: "runs a plan in this session",
        run: load,
    },
    Command {
        name: ":save",
        takes: "FILE",
        word: Word::File,
        about: "writes the statements that ran as a plan",
        run: save,
    },
    Command {
        name: ":root",
        takes: "[DIR]",
        word: Word::Directory,
        about: "looks at another repository; without one, says which",
        run: root,
    },
    Command {
        name: ":reset",
        takes: "",
        word: Word::Nothing,
        about: "forgets all variables, results and statements",
        run: reset,
    },
    Command {
        name: ":quit",
        takes: "",
        word: Word::Nothing,
        about: "ends the session, as Ctrl-D does",
        run: quit,
    },
];

/// Runs the command that a line is.
pub(super) fn run(repl: &mut Repl<'_>, line: &str) -> Next {
    let (name, word) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let word = word.trim();
    let Some(command) = ALL.iter().find(|command| command.name == name) else {
        return unknown(repl, name);
    };
    if command.word == Word::Nothing && !word.is_empty() {
        repl.complain(&format!("`{name}` takes nothing, found `{word}`"));
        return Next::Prompt;
    }
    if word.is_empty() && !command.takes.is_empty() && !command.takes.starts_with('[') {
        repl.complain(&format!("`{name}` takes {}: `{name} {}`", what(command), command.takes));
        return Next::Prompt;
    }
    (command.run)(repl, word)
}

fn what(command: &Command) -> &'static str {
    match command.word {
        Word::Switch => "`on` or `off`",
        Word::File => "a file",
        Word::Directory => "a directory",
        Word::Value => "the name of a value",
        Word::Nothing | Word::Command | Word::Code => "a word",
    }
}

fn unknown(repl: &mut Repl<'_>, name: &str) -> Next {
    let names = ALL.iter().map(|command| command.name);
    let starts: Vec<&str> = names.clone().filter(|known| known.starts_with(name)).collect();
    let help = match (starts.as_slice(), near(name, names).first()) {
        ([one], _) | ([], Some(one)) => format!("did you mean `{one}`?"),
        _ => "`:help` lists them".to_owned(),
    };
    repl.complain(&format!("there is no command `{name}`; {help}"));
    Next::Prompt
}

/// Writes to standard output; what keeps it from being written has been said.
fn emit(text: &str) -> Next {
    let _ = output::emit(|out| out.write_all(text.as_bytes()));
    Next::Prompt
}

fn help(repl: &mut Repl<'_>, word: &str) -> Next {
    if word.is_empty() {
        let width = ALL.iter().map(|c| c.name.len() + c.takes.len() + 1).max().unwrap_or(0);
        let mut text = String::new();
        for command in ALL {
            let usage = format!("{} {}", command.name, command.takes);
            text += &format!("{usage:width$}  {}\n", command.about);
        }
        text += "\nAnything else is a statement (`q \"entity=class\" -> classes`), a step or an expression (`classes[0].name`).\n`:help NAME` tells of an action; `qplan modules` lists them.\n";
        return emit(&text);
    }
    let command = ALL
        .iter()
        .find(|command| command.name.trim_start_matches(':') == word.trim_start_matches(':'));
    if let Some(command) = command {
        return emit(&format!("{} {}  {}\n", command.name, command.takes, command.about));
    }
    let actions = repl.session.borrow().actions(&Os);
    let found = actions.find(word);
    match found {
        Some(action) => emit(&doc::help(action)),
        None => {
            let near = near(word, actions.names()).first().copied();
            let help = near.map_or_else(
                || "`qplan modules` lists the actions".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            repl.complain(&format!("there is no action `{word}`; {help}"));
            Next::Prompt
        }
    }
}

fn vars(repl: &mut Repl<'_>, _: &str) -> Next {
    emit(&show::variables(&repl.session.borrow()))
}

fn value(repl: &mut Repl<'_>, word: &str) -> Next {
    repl.show(word)
}

fn full(repl: &mut Repl<'_>, _: &str) -> Next {
    if repl.last.is_empty() {
        repl.complain("nothing was shown yet");
        return Next::Prompt;
    }
    show::whole(&repl.last, repl.common);
    Next::Prompt
}

fn steps(repl: &mut Repl<'_>, _: &str) -> Next {
    emit(&show::steps(&repl.session.borrow()))
}

fn explained(repl: &mut Repl<'_>, word: &str) -> Next {
    let code = match (word, repl.code) {
        ("", Some(code)) => code.0,
        ("", None) => {
            repl.complain("nothing went wrong yet; `:explain CODE` explains a code");
            return Next::Prompt;
        }
        (word, _) => word,
    };
    match explain::text(code) {
        Ok(text) => emit(&text),
        Err(message) => {
            repl.complain(&message);
            Next::Prompt
        }
    }
}

fn switch(repl: &mut Repl<'_>, word: &str) -> Option<bool> {
    match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => {
            repl.complain(&format!("expected `on` or `off`, found `{word}`"));
            None
        }
    }
}

fn events(repl: &mut Repl<'_>, word: &str) -> Next {
    match switch(repl, word) {
        Some(true) => match Sink::open(&EventSink::StandardError, &repl.run_id) {
            Ok(sink) => repl.sink = Some(Arc::new(sink)),
            Err(message) => repl.complain(&message),
        },
        Some(false) => repl.sink = None,
        None => {}
    }
    Next::Prompt
}

fn time(repl: &mut Repl<'_>, word: &str) -> Next {
    match switch(repl, word) {
        Some(true) => repl.times = Times::Told,
        Some(false) => repl.times = Times::Untold,
        None => {}
    }
    Next::Prompt
}

fn load(repl: &mut Repl<'_>, word: &str) -> Next {
    if word == "-" {
        repl.complain("`:load` takes a file; standard input is where statements come from");
        return Next::Prompt;
    }
    repl.load(word)
}

fn save(repl: &mut Repl<'_>, word: &str) -> Next {
    let script = repl.session.borrow().script(&Os);
    match script {
        Ok(text) if text.is_empty() => repl.complain("no statement ran yet"),
        Ok(text) => {
            let path = std::path::absolute(word).unwrap_or_else(|_| Path::new(word).to_owned());
            match Os.write(&path, text.as_bytes()) {
                Ok(()) => {
                    let lines = text.lines().count();
                    output::aside(|out| writeln!(out, "wrote {lines} lines to `{word}`"));
                }
                Err(error) => repl.complain(&format!("cannot write `{word}`: {error}")),
            }
        }
        Err(unsaved) => {
            let plan = unsaved.plan;
            output::show_aside(&plan.diagnostics, &plan.sources, &repl.common.shown);
            repl.complain("what was typed is no plan: nothing was written");
        }
    }
    Next::Prompt
}

fn root(repl: &mut Repl<'_>, word: &str) -> Next {
    if !word.is_empty() {
        match Os.canonical(Path::new(word)) {
            Ok(path) if path.is_dir() => {
                repl.session.borrow_mut().set_root(path);
                repl.remarked.clear();
            }
            Ok(_) => repl.complain(&format!("`{word}` is no directory")),
            Err(error) => repl.complain(&format!("cannot open `{word}`: {error}")),
        }
        return Next::Prompt;
    }
    let root = repl.session.borrow().root(&Os);
    match root {
        Ok(root) => emit(&format!("{}\n", root.display())),
        Err(diagnostics) => {
            let text = diagnostics.first().map_or("", |diagnostic| &diagnostic.message);
            repl.complain(text);
            Next::Prompt
        }
    }
}

fn reset(repl: &mut Repl<'_>, _: &str) -> Next {
    repl.session.borrow_mut().reset();
    repl.last.clear();
    repl.remarked.clear();
    repl.code = None;
    Next::Prompt
}

fn quit(_: &mut Repl<'_>, _: &str) -> Next {
    Next::Quit
}
