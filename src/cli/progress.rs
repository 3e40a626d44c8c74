//! A bar for long scans: on standard error, on a terminal, after a moment.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Common, Format, When};
use crate::system::control::{Progress, Quiet};

/// A bar, or none.
pub struct Bar {
    /// What the scan tells.
    pub progress: Arc<dyn Progress>,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// Takes it off the screen.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A bar if asked for, or on a terminal.
#[must_use]
pub fn bar(common: &Common) -> Bar {
    let wanted = match common.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            std::io::stderr().is_terminal() && !common.quiet && common.format != Format::Json
        }
    };
    if !wanted {
        return Bar { progress: Arc::new(Quiet), bar: None };
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
        bar.set_style(style);
    }
    Bar { progress: Arc::new(Shown(bar.clone())), bar: Some(bar) }
}

struct Shown(ProgressBar);

/// A scan that is over sooner shows no bar.
const MOMENT: Duration = Duration::from_millis(300);

impl Progress for Shown {
    fn files(&self, done: usize, total: usize) {
        if self.0.elapsed() < MOMENT {
            return;
        }
        self.0.set_length(total as u64);
        self.0.set_position(done as u64);
    }
}
