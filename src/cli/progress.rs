//! A bar for long scans: on standard error, on a terminal, after a moment.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Format, When, Written};
use crate::step::event::Events;
use crate::system::control::Progress;

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

/// A bar if asked for, or on a terminal; `events` are told of the same.
#[must_use]
pub fn bar(told: &Written, events: &Arc<dyn Events>) -> Bar {
    let wanted = match told.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => std::io::stderr().is_terminal() && !told.quiet && told.format != Format::Json,
    };
    let events = told.events.is_some().then(|| Arc::clone(events));
    if !wanted {
        return Bar { progress: Arc::new(Told { bar: None, events }), bar: None };
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
        bar.set_style(style);
    }
    Bar { progress: Arc::new(Told { bar: Some(bar.clone()), events }), bar: Some(bar) }
}

struct Told {
    bar: Option<ProgressBar>,
    events: Option<Arc<dyn Events>>,
}

/// A scan that is over sooner shows no bar.
const MOMENT: Duration = Duration::from_millis(300);

impl Progress for Told {
    fn files(&self, done: usize, total: usize) {
        if let Some(events) = &self.events {
            events.progress(done, total);
        }
        if let Some(bar) = self.bar.as_ref().filter(|bar| bar.elapsed() >= MOMENT) {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }
}
