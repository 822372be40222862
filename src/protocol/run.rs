//! One run: from initial weights, or from where it stood, to its record.

use std::path::PathBuf;
use std::time::Instant;

use dfdx::prelude::*;
use serde::{Deserialize, Serialize};

use super::store::Store;
use super::{Configuration, Control, Event, History, Outcome, Record, Weights};
use crate::error::{Error, Fault, Place, Result};
use crate::models::Network;
use crate::nn::StateDict;
use crate::training::{Checkpoint, Training};

/// The examples of a split's three parts.
pub(super) struct Parts<X> {
    pub(super) training: Vec<X>,
    pub(super) validation: Vec<X>,
    pub(super) test: Vec<X>,
}

/// The best weights so far.
#[derive(Debug, Clone)]
struct Best {
    epoch: usize,
    right: usize,
    network: StateDict,
}

/// What a checkpoint holds beside its tensors.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    configuration: Configuration,
    run: u64,
    epochs: usize,
    steps: u32,
    best_epoch: usize,
    best_right: usize,
    history: History,
    seconds: f64,
}

/// What may differ between two runs that leave the same record.
#[derive(Debug, Serialize)]
struct Times<'a> {
    /// Seconds of training and evaluation, on all attempts together.
    seconds: f64,
    threads: usize,
    instructions: &'a str,
    system: String,
}

/// What is wrong with a checkpoint, at its path. Whatever is damaged in it, the advice is to delete the file.
fn unusable(path: PathBuf, error: Error) -> Error {
    if error.problems().iter().any(|problem| problem.fault == Fault::ForeignRecords) {
        return error.placed(|place| Place { field: place.field, ..Place::file(&path) });
    }
    let found: Vec<&str> = error.problems().iter().map(|problem| problem.found.as_str()).collect();
    let expected = "a checkpoint as training writes it";
    Error::new(Fault::BadRecord, Place::file(path), expected, found.join(", "))
}

/// A run under way.
pub(super) struct Run<'a, N: Network<D>, D: Device<f32>> {
    store: &'a Store,
    run: u64,
    training: Training<N, D>,
    history: History,
    best: Option<Best>,
    seconds: f64,
}

impl<'a, N: Network<D>, D: Device<f32>> Run<'a, N, D> {
    /// A run from its beginning, or from its checkpoint if there is one.
    pub(super) fn new(store: &'a Store, run: u64, device: D, network: N) -> Result<Self> {
        let settings = &store.configuration().settings;
        let training = Training::new(device, network, settings.hyperparameters, settings.seed, run)?;
        let mut new = Self { store, run, training, history: History::default(), best: None, seconds: 0.0 };
        if let Some(bytes) = store.checkpoint(run)? {
            new.restore(&bytes).map_err(|error| unusable(store.checkpoint_path(run), error))?;
        }
        Ok(new)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        let (dict, note) = StateDict::from_bytes(bytes)?;
        let note: Note = serde_json::from_str(&note.unwrap_or_default()).map_err(|cause| {
            let place = Place::field("note");
            Error::new(Fault::BadRecord, place, "a checkpoint as training writes it", cause.to_string())
        })?;
        if (&note.configuration, note.run) != (self.store.configuration(), self.run) {
            let expected = format!("run {} of this folder's configuration", self.run);
            let found = format!("run {} of another", note.run);
            return Err(Error::new(Fault::ForeignRecords, Place::field("configuration"), expected, found));
        }
        self.training.restore(&Checkpoint {
            epochs: note.epochs,
            steps: note.steps,
            network: dict.nested("network"),
            moments: [dict.nested("first"), dict.nested("second")],
        })?;
        let best = Best { epoch: note.best_epoch, right: note.best_right, network: dict.nested("best") };
        self.best = (note.best_epoch > 0).then_some(best);
        self.history = note.history;
        self.seconds = note.seconds;
        Ok(())
    }

    fn save(&self) -> Result<()> {
        let Checkpoint { epochs, steps, network, moments: [first, second] } = self.training.checkpoint();
        let mut dict = StateDict::default();
        for (prefix, part) in [("network", &network), ("first", &first), ("second", &second)] {
            dict.nest(prefix, part);
        }
        if let Some(best) = &self.best {
            dict.nest("best", &best.network);
        }
        let note = Note {
            configuration: self.store.configuration().clone(),
            run: self.run,
            epochs,
            steps,
            best_epoch: self.best.as_ref().map_or(0, |best| best.epoch),
            best_right: self.best.as_ref().map_or(0, |best| best.right),
            history: self.history.clone(),
            seconds: self.seconds,
        };
        let note = serde_json::to_string(&note).unwrap_or_default();
        self.store.write_checkpoint(self.run, &dict.to_bytes(Some(note)))
    }

    /// Trains to the last epoch and writes the record.
    pub(super) fn finish(mut self, parts: &Parts<N::Example>, control: &Control) -> Result<Record> {
        let epochs = self.store.configuration().settings.hyperparameters.epochs;
        control.tell(self.run, Event::Began { epoch: self.training.epochs(), epochs });
        let mut saved = Instant::now();
        while self.training.epochs() < epochs {
            if control.stopped() {
                self.save()?;
                let place = Place::field(format!("run {}", self.run));
                let found = format!("a request to stop after {}", self.training.epochs());
                return Err(Error::new(Fault::Interrupted, place, format!("{epochs} epochs"), found));
            }
            let start = Instant::now();
            self.epoch(parts)?;
            self.seconds += start.elapsed().as_secs_f64();
            control.tell(self.run, Event::Epoch { epoch: self.training.epochs(), history: &self.history });
            if saved.elapsed() >= control.checkpoint_every && self.training.epochs() < epochs {
                self.save()?;
                saved = Instant::now();
            }
        }
        let record = self.record(parts, control)?;
        control.tell(record.run, Event::Finished { record: &record });
        Ok(record)
    }

    fn epoch(&mut self, parts: &Parts<N::Example>) -> Result<()> {
        self.training.epoch(&parts.training)?;
        self.history.training.push(&self.training.evaluate(&parts.training)?);
        if parts.validation.is_empty() {
            return Ok(());
        }
        let validation = &mut self.history.validation;
        validation.push(&self.training.evaluate(&parts.validation)?);
        let votes =
            if validation.right_by_vote.is_empty() { &validation.right } else { &validation.right_by_vote };
        let right = votes.last().copied().unwrap_or(0);
        // Of equal epochs, the earliest.
        if self.best.as_ref().is_none_or(|best| right > best.right) {
            let network = StateDict::of(self.training.network());
            self.best = Some(Best { epoch: self.training.epochs(), right, network });
        }
        Ok(())
    }

    fn record(mut self, parts: &Parts<N::Example>, control: &Control) -> Result<Record> {
        let last_weights = StateDict::of(self.training.network());
        let last = Outcome::new(self.training.epochs(), &self.training.evaluate(&parts.test)?);
        // Without validation nothing was chosen: the last weights are the best that are known.
        let best = self.best.take();
        let (best_weights, best) = match best {
            Some(best) => {
                self.training.load(&best.network)?;
                (best.network, Outcome::new(best.epoch, &self.training.evaluate(&parts.test)?))
            }
            None => (last_weights.clone(), last.clone()),
        };
        let record = Record {
            configuration: self.store.configuration().clone(),
            run: self.run,
            program: concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned(),
            history: self.history,
            last,
            best,
        };
        // So that the weights can be used without the record.
        let settings = serde_json::to_string(&self.store.configuration().settings).ok();
        let weights = [
            (Weights::Final, last_weights.to_bytes(settings.clone())),
            (Weights::Best, best_weights.to_bytes(settings)),
        ];
        let times = Times {
            seconds: self.seconds,
            threads: control.threads,
            instructions: crate::nn::Level::detected().name(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        };
        self.store.finish(&record, &weights, &times)?;
        Ok(record)
    }
}
