//! Progress of long work, with the time left: a bar on a terminal, plain lines elsewhere.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::printing::{note, to_terminal};

/// Steps that are done before the time left is told: the first ones are often unlike the others.
const ENOUGH: u64 = 3;

/// Whether steps have a bar. Two at a time would be drawn over each other, so steps within a step have none.
static HAS_BAR: AtomicBool = AtomicBool::new(false);

/// A known number of steps, reported on standard error as each begins.
#[derive(Debug)]
pub struct Steps {
    steps: u64,
    work: Arc<Mutex<Work>>,
    started: Instant,
    has_lines: bool,
    bar: Option<ProgressBar>,
}

/// How much is done of some work, in any unit.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// Steps that began.
    begun: u64,
    /// The work of the steps before the last that began.
    done: f64,
    /// The work of the last that began.
    current: f64,
    all: f64,
}

impl Steps {
    /// So many steps that take about the same time.
    #[must_use]
    pub fn new(steps: u64) -> Self {
        Self::unequal(steps, steps as f64)
    }

    /// So many steps, of which some take longer: all of them together are so much work, in any unit.
    #[must_use]
    pub fn unequal(steps: u64, work: f64) -> Self {
        let work = Arc::new(Mutex::new(Work { begun: 0, done: 0.0, current: 0.0, all: work }));
        let may_draw = to_terminal() && !HAS_BAR.swap(true, Ordering::Relaxed);
        let bar = may_draw.then(|| {
            let bar = ProgressBar::new(steps);
            let style = ProgressStyle::with_template("[{elapsed_precise}] {bar:30} {pos}/{len} {msg}{left}");
            let work = Arc::clone(&work);
            let write_left = move |state: &ProgressState, to: &mut dyn Write| {
                // A bar that cannot be drawn is not worth an error.
                let _ = to.write_str(&copy(&work).left(state.elapsed()));
            };
            bar.set_style(
                style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("left", write_left),
            );
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { steps, work, started: Instant::now(), has_lines: !to_terminal(), bar }
    }

    /// Work that reads and computes for some seconds, and that notebooks do, too: reported on a terminal only, because a line
    /// would become part of a cell's output.
    #[must_use]
    pub(crate) fn on_terminal(steps: u64) -> Self {
        let mut own = Self::new(steps);
        own.has_lines = false;
        own
    }

    /// The next step begins, one of equal steps.
    pub fn begin(&mut self, what: impl Into<String>) {
        self.begin_of(1.0, what);
    }

    /// The next step begins, which is so much work.
    pub fn begin_of(&mut self, current: f64, what: impl Into<String>) {
        let what = what.into();
        let work = {
            let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
            *work = Work { begun: work.begun + 1, done: work.done + work.current, current, ..*work };
            *work
        };
        match &self.bar {
            Some(bar) => {
                bar.set_position(work.begun - 1);
                bar.set_message(what);
            }
            None if self.has_lines => {
                let left = work.left(self.started.elapsed());
                note(format_args!("[{}/{}] {what}{left}", work.begun, self.steps));
            }
            None => {}
        }
    }

    /// All steps are done: the bar goes.
    pub fn finish(self) {}
}

impl Drop for Steps {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            HAS_BAR.store(false, Ordering::Relaxed);
        }
    }
}

fn copy(work: &Mutex<Work>) -> Work {
    *work.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work {
    /// The time left after a message, once enough steps are done.
    fn left(self, elapsed: Duration) -> String {
        let left = if self.begun > ENOUGH { time_left(self.done, self.all, elapsed) } else { None };
        left.map(|left| format!(", {left}")).unwrap_or_default()
    }
}

/// The time left if the rest takes as long for each part as what is done: `about 20 s left`. Nothing if nothing is done, or
/// if less than a second is left.
pub(crate) fn time_left(done: f64, of: f64, elapsed: Duration) -> Option<String> {
    let rest = Some(of - done).filter(|rest| *rest >= 0.0 && done > 0.0)?;
    let seconds = (elapsed.as_secs_f64() * rest / done).round() as u64;
    match seconds {
        0 => None,
        1..60 => Some(format!("about {seconds} s left")),
        60..3600 => Some(format!("about {} min left", seconds.div_ceil(60))),
        _ => Some(format!("about {} h {} min left", seconds / 3600, seconds % 3600 / 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_what_is_done() {
        let left = |done, of, seconds| time_left(done, of, Duration::from_secs(seconds));
        assert_eq!(left(0.0, 10.0, 5), None, "nothing is done yet");
        assert_eq!(left(10.0, 10.0, 5), None, "all is done");
        assert_eq!(left(11.0, 10.0, 5), None, "more than all is done");
        assert_eq!(left(2.0, 6.0, 5).unwrap(), "about 10 s left");
        assert_eq!(left(1.0, 13.0, 10).unwrap(), "about 2 min left");
        assert_eq!(left(1.0, 3.0, 4000).unwrap(), "about 2 h 13 min left");
    }

    #[test]
    fn the_first_steps_tell_no_time_and_long_steps_count_more() {
        let mut steps = Steps::unequal(5, 103.0);
        let mut left = |work| {
            steps.begin_of(work, "training");
            copy(&steps.work).left(Duration::from_secs(3))
        };
        assert_eq!([left(1.0), left(1.0), left(1.0)], ["", "", ""]);
        // Three of 103 parts took three seconds.
        assert_eq!(left(50.0), ", about 2 min left");
        assert_eq!(left(50.0), ", about 3 s left");
    }
}
