//! Progress of a series, with the time left: bars on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Event, Observer, Runs};
use crate::report::{note, time_left, to_terminal};

/// The runs of a series: on a terminal a bar for each running one and one for the whole, elsewhere a line now and then.
#[derive(Debug)]
pub struct Progress {
    series: String,
    runs: Runs,
    epochs: u64,
    bars: Option<MultiProgress>,
    whole: ProgressBar,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: BTreeMap<u64, ProgressBar>,
    /// Epochs done of each run, for the whole.
    epochs: BTreeMap<u64, u64>,
    /// Epochs of all runs that were done before.
    before: u64,
    /// When a line was last written of each run.
    lines: BTreeMap<u64, Instant>,
}

/// Time between two lines of a run.
const LINE_EVERY: Duration = Duration::from_secs(30);

const RUN_TEMPLATE: &str = "  {prefix} {bar:24} epoch {pos}/{len}  {msg}  {eta} left";
const WHOLE_TEMPLATE: &str = "[{elapsed_precise}] {prefix} {bar:24} {percent} %  {eta} left";

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Progress {
    /// Progress of these runs, or of as many as a number says, each of `epochs` epochs.
    #[must_use]
    pub fn new(series: impl Into<String>, runs: impl Into<Runs>, epochs: usize) -> Self {
        let (series, runs, epochs) = (series.into(), runs.into(), epochs as u64);
        let bars = to_terminal().then(MultiProgress::new);
        let whole = match &bars {
            Some(bars) => bars.add(ProgressBar::new(runs.count() * epochs).with_style(style(WHOLE_TEMPLATE))),
            None => ProgressBar::hidden(),
        };
        whole.set_prefix(format!("{series}, {} runs", runs.count()));
        Self { series, runs, epochs, bars, whole, started: Instant::now(), state: Mutex::default() }
    }

    /// All is done: the bars go.
    pub fn finish(&self) {
        self.whole.finish_and_clear();
    }

    /// The time left of all runs, after a message.
    fn left(&self, state: &State) -> String {
        let all = self.runs.count() * self.epochs;
        let done: u64 = state.epochs.values().sum();
        let left = time_left(
            done.saturating_sub(state.before) as f64,
            all.saturating_sub(state.before) as f64,
            self.started.elapsed(),
        );
        left.map(|left| format!("; {left} in all")).unwrap_or_default()
    }

    fn line(&self, run: u64, what: &str) {
        if self.bars.is_none() {
            note(format_args!("{} run {run:02} of {}: {what}", self.series, self.runs));
        }
    }
}

impl Observer for Progress {
    fn observe(&self, run: u64, event: Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Present => {
                state.epochs.insert(run, self.epochs);
                state.before += self.epochs;
                self.line(run, "done before");
            }
            Event::Elsewhere => self.line(run, "another process is training it"),
            Event::Began { epoch, .. } => {
                state.before += epoch as u64;
                state.epochs.insert(run, epoch as u64);
                if let Some(bars) = &self.bars {
                    let bar = ProgressBar::new(self.epochs).with_style(style(RUN_TEMPLATE));
                    bar.set_prefix(format!("run {run:02}"));
                    bar.set_position(epoch as u64);
                    bar.reset_eta();
                    state.running.insert(run, bars.add(bar));
                }
                state.lines.insert(run, Instant::now());
                let from = if epoch == 0 { "begins".into() } else { format!("goes on after epoch {epoch}") };
                self.line(run, &from);
            }
            Event::Epoch { epoch, history } => {
                state.epochs.insert(run, epoch as u64);
                let curves = [("training", &history.training), ("validation", &history.validation)];
                let parts: Vec<String> = curves
                    .into_iter()
                    .filter_map(|(part, curve)| {
                        let (loss, accuracy) = (curve.loss.last()?, curve.accuracy().last()?);
                        Some(format!("{part} loss {loss:.3}, accuracy {:.0} %", 100.0 * accuracy))
                    })
                    .collect();
                let message = parts.join("; ");
                if let Some(bar) = state.running.get(&run) {
                    bar.set_position(epoch as u64);
                    bar.set_message(message);
                } else if state.lines.get(&run).is_none_or(|last| last.elapsed() >= LINE_EVERY) {
                    state.lines.insert(run, Instant::now());
                    let left = self.left(&state);
                    self.line(run, &format!("epoch {epoch} of {}: {message}{left}", self.epochs));
                }
            }
            Event::Finished { record } => {
                if let Some(bar) = state.running.remove(&run) {
                    bar.finish_and_clear();
                }
                let [last, best] = [&record.last, &record.best].map(|outcome| 100.0 * outcome.accuracy());
                self.line(run, &format!("done: test accuracy {last:.1} %, best on validation {best:.1} %"));
            }
            Event::Failed => {
                if let Some(bar) = state.running.remove(&run) {
                    bar.finish_and_clear();
                }
                self.line(run, "stopped");
            }
        }
        self.whole.set_position(state.epochs.values().sum());
    }
}
