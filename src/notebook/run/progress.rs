//! Progress of running notebooks: a bar for each on a terminal, a line for each cell elsewhere.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::report::{note, time_left, to_terminal};

/// Notebooks that run side by side.
#[derive(Debug)]
pub(super) struct Progress {
    bars: Option<MultiProgress>,
    whole: ProgressBar,
    notebooks: usize,
    started: Instant,
}

impl Progress {
    /// So many notebooks.
    pub fn new(notebooks: usize) -> Self {
        let bars = to_terminal().then(MultiProgress::new);
        let whole = match &bars {
            Some(bars) => bars.add(bar(notebooks, "[{elapsed_precise}] {bar:24} {pos}/{len} notebooks{msg}")),
            None => ProgressBar::hidden(),
        };
        Self { bars, whole, notebooks, started: Instant::now() }
    }

    /// One more has ended: the time left, after a message.
    fn ended(&self) -> String {
        self.whole.inc(1);
        let left = time_left(self.whole.position() as f64, self.notebooks as f64, self.started.elapsed());
        let left = left.map(|left| format!(", {left}")).unwrap_or_default();
        self.whole.set_message(left.clone());
        left
    }

    /// A notebook of so many cells begins.
    pub fn notebook(&self, name: &str, cells: usize) -> Notebook<'_> {
        let bar = self.bars.as_ref().map(|bars| {
            let bar =
                bars.insert_before(&self.whole, bar(cells, "  {prefix} {bar:24} {pos}/{len} {wide_msg}"));
            bar.set_prefix(name.to_owned());
            bar.set_message("the kernel starts");
            bar
        });
        Notebook { progress: self, name: name.to_owned(), cells, bar }
    }

    /// All is done: the bars go.
    pub fn finish(&self) {
        self.whole.finish_and_clear();
    }
}

fn bar(length: usize, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(length as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// One of them.
#[derive(Debug)]
pub(super) struct Notebook<'a> {
    progress: &'a Progress,
    name: String,
    cells: usize,
    bar: Option<ProgressBar>,
}

impl Notebook<'_> {
    /// A cell begins.
    pub fn cell(&self, number: u64, first_line: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(number - 1);
                bar.set_message(first_line.to_owned());
            }
            None => note(format_args!("{} cell {number} of {}: {first_line}", self.name, self.cells)),
        }
    }

    /// It has come to its end, or failed.
    pub fn end(self, passed: bool, seconds: f64) {
        let verdict = if passed { "passed" } else { "failed" };
        let left = self.progress.ended();
        match self.bar {
            Some(bar) => bar.finish_and_clear(),
            None => note(format_args!("{} {verdict} after {seconds:.0} s{left}", self.name)),
        }
    }
}
