//! Ctrl-C while a statement runs ends the statement. At the prompt the editor has it as a key.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::cli::ABORTED;
use crate::step::handle::Handle;

/// A signal so shortly behind a statement was meant for it.
const MOMENT: Duration = Duration::from_millis(500);

/// Whom a signal is for.
#[derive(Clone)]
pub(super) struct Interrupts {
    shared: Arc<Mutex<Shared>>,
    input: Input,
}

#[derive(Clone, Copy, PartialEq)]
enum Input {
    Terminal,
    Pipe,
}

struct Shared {
    /// Ends the statement that runs.
    running: Option<Handle>,
    /// When the last one ended.
    ended: Instant,
}

impl Interrupts {
    /// Takes the signals of this process.
    pub(super) fn install(is_terminal: bool) -> Self {
        let shared = Shared { running: None, ended: Instant::now() };
        let input = if is_terminal { Input::Terminal } else { Input::Pipe };
        let interrupts = Self { shared: Arc::new(Mutex::new(shared)), input };
        let handler = interrupts.clone();
        // A second handler in one process is refused: the first one is as good.
        let _ = ctrlc::set_handler(move || handler.signal());
        interrupts
    }

    /// Whether a user sits there.
    pub(super) fn is_terminal(&self) -> bool {
        self.input == Input::Terminal
    }

    /// The statement that a signal ends from now on.
    pub(super) fn watch(&self, running: Option<Handle>) {
        *self.lock() = Shared { running, ended: Instant::now() };
    }

    /// The first signal ends the statement, a second one the program; so does one while nothing runs.
    fn signal(&self) {
        let shared = self.lock();
        match &shared.running {
            Some(handle) if handle.cancel().reason().is_none() => handle.abort(),
            None if self.is_terminal() && shared.ended.elapsed() < MOMENT => {}
            _ => std::process::exit(i32::from(ABORTED)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
