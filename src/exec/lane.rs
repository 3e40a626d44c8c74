//! Lines in the order of the plan: those of a branch wait until every branch before it has ended.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::action::Output;
use crate::diagnostic::{Fault, Kind, code};

/// So many bytes of lines may wait.
const MOST_HELD: usize = 64 << 20;

/// What one branch writes, until it is its turn.
#[derive(Debug, Default)]
pub struct Lane {
    state: Mutex<State>,
    /// The lane its own lines go to; none: the run's output.
    outer: Option<Arc<Lane>>,
}

#[derive(Debug, Default)]
struct State {
    is_open: bool,
    held: Vec<Line>,
    bytes: usize,
}

#[derive(Debug)]
enum Line {
    Print(String),
    Log(String, String),
}

impl Lane {
    /// A lane whose lines wait for [`Lane::open`].
    pub(super) fn closed(outer: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), outer })
    }

    /// It is this lane's turn: what waits is written, and what comes is written at once.
    ///
    /// # Errors
    /// When a line cannot be written.
    pub(super) fn open(&self, output: &dyn Output) -> Result<(), Fault> {
        let mut state = self.lock();
        state.is_open = true;
        state.bytes = 0;
        for line in std::mem::take(&mut state.held) {
            pass(self.outer.as_ref(), output, line)?;
        }
        Ok(())
    }

    /// Nobody wants what waits.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.held.clear();
        state.bytes = 0;
    }

    fn take(&self, output: &dyn Output, line: Line) -> Result<(), Fault> {
        let mut state = self.lock();
        if state.is_open {
            return pass(self.outer.as_ref(), output, line);
        }
        let bytes = match &line {
            Line::Print(text) => text.len(),
            Line::Log(level, text) => level.len() + text.len(),
        };
        state.bytes = state.bytes.saturating_add(bytes).saturating_add(size_of::<Line>());
        if state.bytes > MOST_HELD {
            let message = format!("lines of {} MiB wait for a branch before", MOST_HELD >> 20);
            return Err(Fault::new(Kind::Limit, code::execution::TOO_MUCH_OUTPUT, message)
                .help("print less inside the branch"));
        }
        state.held.push(line);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pass(lane: Option<&Arc<Lane>>, output: &dyn Output, line: Line) -> Result<(), Fault> {
    match (lane, line) {
        (Some(lane), line) => lane.take(output, line),
        (None, Line::Print(text)) => output.line(&text),
        (None, Line::Log(level, text)) => {
            output.log(&level, &text);
            Ok(())
        }
    }
}

/// The output as one thread of execution has it.
pub(super) struct Laned<'a> {
    pub(super) lane: Option<&'a Arc<Lane>>,
    pub(super) output: &'a dyn Output,
}

impl Output for Laned<'_> {
    fn line(&self, text: &str) -> Result<(), Fault> {
        match self.lane {
            None => self.output.line(text),
            Some(lane) => lane.take(self.output, Line::Print(text.to_owned())),
        }
    }

    fn log(&self, level: &str, text: &str) {
        match self.lane {
            None => self.output.log(level, text),
            // A log line that cannot wait is not worth an error.
            Some(lane) => {
                drop(lane.take(self.output, Line::Log(level.to_owned(), text.to_owned())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Lines(Mutex<Vec<String>>);

    impl Output for Lines {
        fn line(&self, text: &str) -> Result<(), Fault> {
            self.0.lock().unwrap().push(text.to_owned());
            Ok(())
        }

        fn log(&self, level: &str, text: &str) {
            self.0.lock().unwrap().push(format!("{level}: {text}"));
        }
    }

    #[test]
    fn lines_come_in_the_order_of_lanes_whoever_is_first() {
        let lines = Lines::default();
        let outer = Lane::closed(None);
        let (first, second) =
            (Lane::closed(Some(Arc::clone(&outer))), Lane::closed(Some(outer.clone())));
        let say = |lane: &Arc<Lane>, text: &str| {
            Laned { lane: Some(lane), output: &lines }.line(text).unwrap();
        };
        say(&second, "2a");
        first.open(&lines).unwrap();
        say(&first, "1a");
        Laned { lane: Some(&second), output: &lines }.log("warn", "2b");
        assert!(lines.0.lock().unwrap().is_empty());
        outer.open(&lines).unwrap();
        say(&first, "1b");
        second.open(&lines).unwrap();
        say(&second, "2c");
        assert_eq!(*lines.0.lock().unwrap(), ["1a", "1b", "2a", "warn: 2b", "2c"]);
    }
}
