//! Progress of long work, with the time left: a bar on a terminal, plain lines elsewhere.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
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
    begun: u64,
    started: Instant,
    has_lines: bool,
    bar: Option<ProgressBar>,
}

impl Steps {
    /// Work of so many steps.
    #[must_use]
    pub fn new(steps: u64) -> Self {
        let may_draw = to_terminal() && !HAS_BAR.swap(true, Ordering::Relaxed);
        let bar = may_draw.then(|| {
            let bar = ProgressBar::new(steps);
            let style = ProgressStyle::with_template("[{elapsed_precise}] {bar:30} {pos}/{len} {msg}{left}");
            bar.set_style(
                style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("left", write_left),
            );
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { steps, begun: 0, started: Instant::now(), has_lines: !to_terminal(), bar }
    }

    /// Work that reads and computes for some seconds, and that notebooks do, too: reported on a terminal only, because a line
    /// would become part of a cell's output.
    #[must_use]
    pub(crate) fn on_terminal(steps: u64) -> Self {
        let mut own = Self::new(steps);
        own.has_lines = false;
        own
    }

    /// The next step begins.
    pub fn begin(&mut self, what: impl Into<String>) {
        let what = what.into();
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.begun);
                bar.set_message(what);
            }
            None if self.has_lines => {
                let left = left_after(self.begun, self.steps, self.started.elapsed());
                note(format_args!("[{}/{}] {what}{left}", self.begun + 1, self.steps));
            }
            None => {}
        }
        self.begun += 1;
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

fn write_left(state: &ProgressState, to: &mut dyn Write) {
    // A bar that cannot be drawn is not worth an error.
    let _ = to.write_str(&left_after(state.pos(), state.len().unwrap_or(0), state.elapsed()));
}

/// The time left after a message, once enough steps are done.
fn left_after(done: u64, steps: u64, elapsed: Duration) -> String {
    let left = if done < ENOUGH { None } else { time_left(done, steps, elapsed) };
    left.map(|left| format!(", {left}")).unwrap_or_default()
}

/// The time left if the rest takes as long for each part as what is done: `about 20 s left`. Nothing if nothing is done, or
/// if less than a second is left.
pub(crate) fn time_left(done: u64, of: u64, elapsed: Duration) -> Option<String> {
    let rest = of.checked_sub(done).filter(|_| done > 0)?;
    let seconds = (elapsed.as_secs_f64() * rest as f64 / done as f64).round() as u64;
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
        assert_eq!(left(0, 10, 5), None, "nothing is done yet");
        assert_eq!(left(10, 10, 5), None, "all is done");
        assert_eq!(left(11, 10, 5), None, "more than all is done");
        assert_eq!(left(2, 6, 5).unwrap(), "about 10 s left");
        assert_eq!(left(1, 13, 10).unwrap(), "about 2 min left");
        assert_eq!(left(1, 3, 4000).unwrap(), "about 2 h 13 min left");
    }

    #[test]
    fn the_first_steps_tell_no_time() {
        let elapsed = Duration::from_secs(60);
        assert_eq!(left_after(2, 12, elapsed), "");
        assert_eq!(left_after(3, 12, elapsed), ", about 3 min left");
    }
}
