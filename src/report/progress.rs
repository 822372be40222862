//! Progress of long work: a bar on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::printing::{note, to_terminal};

/// A known number of steps, reported on standard error as each begins.
#[derive(Debug)]
pub struct Steps {
    steps: u64,
    begun: u64,
    bar: Option<ProgressBar>,
}

impl Steps {
    /// Work of so many steps.
    #[must_use]
    pub fn new(steps: u64) -> Self {
        let bar = to_terminal().then(|| {
            let bar = ProgressBar::new(steps);
            let style = ProgressStyle::with_template("[{elapsed_precise}] {bar:30} {pos}/{len} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { steps, begun: 0, bar }
    }

    /// The next step begins.
    pub fn begin(&mut self, what: impl Into<String>) {
        let what = what.into();
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.begun);
                bar.set_message(what);
            }
            None => note(format_args!("[{}/{}] {what}", self.begun + 1, self.steps)),
        }
        self.begun += 1;
    }

    /// All steps are done: the bar goes.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
