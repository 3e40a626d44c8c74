//! Single keys from a terminal, without waiting for the end of a line. Ctrl-C stays a signal.

use std::time::Duration;

/// Listens to the keys of standard input while it lives, if that is a terminal.
pub struct Keys {
    #[cfg(unix)]
    old: Option<rustix::termios::Termios>,
}

#[cfg(unix)]
mod terminal {
    use std::io::{IsTerminal, Read};
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// How the terminal was, for a program that ends at once.
    static OLD: Mutex<Option<Termios>> = Mutex::new(None);

    pub(super) fn raw() -> Option<Termios> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let old = tcgetattr(&stdin).ok()?;
        let mut new = old.clone();
        new.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &new).ok()?;
        *OLD.lock().unwrap_or_else(PoisonError::into_inner) = Some(old.clone());
        Some(old)
    }

    pub(super) fn back() {
        if let Some(old) = OLD.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A terminal that is gone needs nothing back.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &old);
        }
    }

    pub(super) fn next(wait: Duration) -> Option<u8> {
        let stdin = std::io::stdin();
        let wait = Timespec::try_from(wait).ok()?;
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let ready = poll(&mut fds, Some(&wait)).ok()?;
        let mut key = [0];
        (ready > 0 && stdin.lock().read(&mut key).ok()? == 1).then_some(key[0])
    }
}

#[cfg(unix)]
impl Keys {
    /// Begins to listen.
    #[must_use]
    pub fn listen() -> Self {
        Self { old: terminal::raw() }
    }

    /// Whether it waits for keys at all.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.old.is_some()
    }

    /// The next key, if one comes in time.
    #[must_use]
    pub fn next(&self, wait: Duration) -> Option<u8> {
        if self.waits() { terminal::next(wait) } else { None }
    }
}

#[cfg(unix)]
impl Drop for Keys {
    fn drop(&mut self) {
        restore();
    }
}

/// Leaves the terminal as it was, before the program ends at once.
pub fn restore() {
    #[cfg(unix)]
    terminal::back();
}

#[cfg(not(unix))]
impl Keys {
    /// There are no keys to listen to here.
    #[must_use]
    pub const fn listen() -> Self {
        Self {}
    }

    /// Never.
    #[must_use]
    pub const fn waits(&self) -> bool {
        false
    }

    /// None.
    #[must_use]
    pub const fn next(&self, _: Duration) -> Option<u8> {
        None
    }
}
