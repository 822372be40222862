//! How runs are watched and stopped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{History, Processor, Record, Schedule};

/// What happens to a run.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// It was done before.
    Present,
    /// Another process is training it.
    Elsewhere,
    /// It starts after `epoch` epochs of `epochs`: 0, or where it stood when it was stopped.
    Began {
        /// Epochs done.
        epoch: usize,
        /// Epochs in all.
        epochs: usize,
    },
    /// An epoch is done.
    Epoch {
        /// Epochs done.
        epoch: usize,
        /// How training has gone so far.
        history: &'a History,
    },
    /// It has left its record.
    Finished {
        /// The record.
        record: &'a Record,
    },
    /// It has failed; the others go on.
    Failed,
}

/// Sees what happens. Runs tell from their own threads.
pub trait Observer: Sync {
    /// Something happened to a run.
    fn observe(&self, run: u64, event: Event);
}

/// Sees nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn observe(&self, _: u64, _: Event) {}
}

/// How a series is trained, where that does not change what its runs learn but for rounding.
#[derive(Clone, Copy)]
pub struct Control<'a> {
    /// What computes.
    pub processor: Processor,
    /// How runs share the time.
    pub schedule: Schedule,
    /// Runs side by side.
    pub threads: usize,
    /// At least this often an unfinished run says where it stands.
    pub checkpoint_every: Duration,
    /// Once it is true, runs say where they stand and end.
    pub stop: &'a AtomicBool,
    /// Whether accuracy and loss on the recordings that train are measured after each epoch. If not, they are measured with the
    /// weights that are tested, and a run takes 0.72 to 0.79 of the time (`benches/README.md`).
    pub training_curve: bool,
    /// Whether what other [instructions](super::Instructions) began may go on here.
    pub any_level: bool,
    /// Is told what happens.
    pub observer: &'a dyn Observer,
}

impl<'a> Control<'a> {
    /// On the CPU with one run on each core, watched by nobody, until it is done or `stop` becomes true.
    #[must_use]
    pub fn new(stop: &'a AtomicBool) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (processor, checkpoint_every) = (Processor::Cpu, Duration::from_secs(20));
        let schedule = Schedule::usual_on(processor);
        Self {
            processor,
            schedule,
            threads,
            checkpoint_every,
            stop,
            training_curve: true,
            any_level: false,
            observer: &NoObserver,
        }
    }

    pub(super) fn tell(&self, run: u64, event: Event) {
        self.observer.observe(run, event);
    }

    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
