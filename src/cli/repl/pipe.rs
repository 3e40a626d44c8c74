//! Statements from a pipe or a file, read as they would be typed: without a prompt, and without an editor.

use std::io::BufRead;

use super::{Next, Repl, is_command};
use crate::syntax::open::{Lines, Open};

/// Reads to the end; gives the exit code.
pub(super) fn run(repl: &mut Repl<'_>) -> u8 {
    let mut input = std::io::stdin().lock();
    let mut typed = Lines::default();
    loop {
        let mut bytes = Vec::new();
        match input.read_until(b'\n', &mut bytes) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                repl.complain(&format!("cannot read `<stdin>`: {error}"));
                break;
            }
        }
        let Ok(line) = String::from_utf8(bytes) else {
            repl.complain("a line of `<stdin>` is not UTF-8, and is left out");
            continue;
        };
        if typed.is_empty() && is_command(&line) {
            if repl.take(&line) == Next::Quit {
                return repl.exit_code();
            }
            continue;
        }
        let waits = match typed.push(&line) {
            Some(Open::Inside) => true,
            Some(Open::Unfinished) => !line.trim().is_empty(),
            None => false,
        };
        if !waits && repl.take(&typed.take()) == Next::Quit {
            return repl.exit_code();
        }
    }
    repl.take(&typed.take());
    repl.exit_code()
}
