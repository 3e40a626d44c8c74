//! Single keys from a terminal, without waiting for the end of a line. Ctrl-C stays a signal.

/// Listens to the keys of standard input while it lives, if that is a terminal and the program is in its foreground.
pub struct Keys {
    is_listening: bool,
}

impl Keys {
    /// Begins to listen.
    #[must_use]
    pub fn listen() -> Self {
        Self { is_listening: terminal::raw() }
    }

    /// Whether there is a terminal to listen to.
    #[must_use]
    pub const fn are_heard(&self) -> bool {
        self.is_listening
    }

    /// The keys that were pressed since; never waits.
    #[must_use]
    pub fn pressed(&self) -> Vec<u8> {
        if self.is_listening { terminal::pressed() } else { Vec::new() }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        terminal::back();
    }
}

/// Leaves the terminal as it was, before the program ends at once.
pub fn restore() {
    terminal::back_for_good();
}

#[cfg(unix)]
mod terminal {
    use std::io::IsTerminal;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::getpgrp;
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};

    /// How the terminal was, for a program that ends at once.
    static OLD: Mutex<Option<Termios>> = Mutex::new(None);

    fn old() -> MutexGuard<'static, Option<Termios>> {
        OLD.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A program in the background that touches its terminal is stopped by the system.
    fn is_in_foreground() -> bool {
        tcgetpgrp(std::io::stdin()).is_ok_and(|group| group == getpgrp())
    }

    /// Takes keys one by one and unseen; says whether it does.
    pub(super) fn raw() -> bool {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() || !is_in_foreground() {
            return false;
        }
        let mut old = old();
        let Ok(before) = tcgetattr(&stdin) else { return false };
        let mut new = before.clone();
        new.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        let is_raw = tcsetattr(&stdin, OptionalActions::Now, &new).is_ok();
        if is_raw {
            *old = Some(before);
        }
        is_raw
    }

    pub(super) fn back() {
        set_back(&mut old());
    }

    /// The same; the terminal stays as it is then, whatever other threads want.
    pub(super) fn back_for_good() {
        let mut old = old();
        set_back(&mut old);
        std::mem::forget(old);
    }

    fn set_back(old: &mut Option<Termios>) {
        if let Some(old) = old.take()
            && is_in_foreground()
        {
            // A terminal that is gone needs nothing back.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &old);
        }
    }

    pub(super) fn pressed() -> Vec<u8> {
        let stdin = std::io::stdin();
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let is_ready = is_in_foreground() && poll(&mut fds, Some(&now)).is_ok_and(|n| n > 0);
        let mut keys = [0; 64];
        // Past the buffer of the standard library, which would keep keys from the next look.
        let read = if is_ready { rustix::io::read(&stdin, &mut keys).unwrap_or(0) } else { 0 };
        keys[..read].to_vec()
    }
}

#[cfg(not(unix))]
mod terminal {
    pub(super) fn raw() -> bool {
        false
    }

    pub(super) fn back() {}

    pub(super) fn back_for_good() {}

    pub(super) fn pressed() -> Vec<u8> {
        Vec::new()
    }
}
