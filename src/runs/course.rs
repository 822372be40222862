//! The course of a run: what it has beside its training, and the files in which it leaves both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::store::Store;
use super::{Configuration, Control, Curve, Event, History, Instructions, Outcome, Purpose, Record, Weights};
use crate::error::{Error, Fault, Place, Result};
use crate::nn::StateDict;
use crate::store::to_json;
use crate::training::{Checkpoint, Evaluation};

/// The best weights so far.
#[derive(Debug, Clone)]
struct Best {
    epoch: usize,
    right: usize,
    network: StateDict,
}

/// What a checkpoint holds beside its tensors.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Times {
    /// Seconds of training and evaluation, on all attempts together.
    seconds: f64,
    threads: usize,
    system: String,
    device: String,
    /// Runs that shared these seconds.
    at_once: usize,
}

/// What certain weights answer once the run is at its end.
pub(super) struct Tested {
    /// To the test recordings.
    pub(super) test: Evaluation,
    /// To those that train, if that was not measured [after each epoch](Control::training_curve).
    pub(super) training: Option<Evaluation>,
}

/// The course of a run so far.
#[derive(Debug, Clone)]
pub(super) struct Course<'a> {
    store: &'a Store,
    pub(super) run: u64,
    history: History,
    best: Option<Best>,
    /// Those of all attempts.
    instructions: Instructions,
    /// Of training and evaluation.
    pub(super) seconds: f64,
}

impl<'a> Course<'a> {
    /// A run at its beginning, or where its checkpoint is, if there is one; with a curve of the recordings that train, or without.
    pub(super) fn open(
        store: &'a Store,
        run: u64,
        training_curve: bool,
    ) -> Result<(Self, Option<Checkpoint>)> {
        let instructions = store.configuration().instructions.clone();
        let mut course =
            Self { store, run, history: History::default(), best: None, instructions, seconds: 0.0 };
        let checkpoint = match store.checkpoint(run)? {
            Some(bytes) => {
                let restored = course.restore(&bytes, training_curve);
                Some(restored.map_err(|error| course.unusable(error))?)
            }
            None => None,
        };
        Ok((course, checkpoint))
    }

    fn restore(&mut self, bytes: &[u8], training_curve: bool) -> Result<Checkpoint> {
        let (dict, note) = StateDict::from_bytes(bytes)?;
        let bad = |found: String| {
            Error::new(Fault::BAD_RECORD, Place::field("note"), "a checkpoint as training writes it", found)
        };
        let note = note.ok_or_else(|| bad("none".to_owned()))?;
        let note: Note = serde_json::from_str(&note).map_err(|cause| bad(cause.to_string()))?;
        let ours = self.store.configuration();
        if (note.configuration.of_series(), note.run) != (ours.of_series(), self.run) {
            let expected = format!("run {} of this folder's configuration", self.run);
            let found = format!("run {} of another", note.run);
            return Err(Error::new(Fault::FOREIGN_RECORDS, Place::field("configuration"), expected, found));
        }
        if training_curve && note.history.training.epochs() < note.epochs {
            return Err(bad("one without the accuracy on training recordings after each epoch".to_owned()));
        }
        let found = &note.configuration.instructions;
        self.store.accept(found, Place::field("configuration.instructions"))?;
        self.instructions = found.and(&ours.instructions);
        let best = Best { epoch: note.best_epoch, right: note.best_right, network: dict.nested("best") };
        self.best = (note.best_epoch > 0).then_some(best);
        self.history = note.history;
        self.seconds = note.seconds;
        Ok(Checkpoint {
            epochs: note.epochs,
            steps: note.steps,
            network: dict.nested("network"),
            moments: [dict.nested("first"), dict.nested("second")],
        })
    }

    /// What is wrong with the run's checkpoint, at its path. Whatever is damaged in it, the advice is to delete the
    /// file.
    pub(super) fn unusable(&self, error: Error) -> Error {
        let path = self.store.checkpoint_path(self.run);
        let foreign = [Fault::FOREIGN_RECORDS, Fault::FOREIGN_INSTRUCTIONS];
        if error.problems().iter().any(|problem| foreign.contains(&problem.fault)) {
            return error.placed(|place| Place { field: place.field, ..Place::file(&path) });
        }
        let found: Vec<&str> = error.problems().iter().map(|problem| problem.found.as_str()).collect();
        let expected = "a checkpoint as training writes it";
        Error::new(Fault::BAD_RECORD, Place::file(path), expected, found.join(", "))
    }

    /// Writes down where the run stands.
    pub(super) fn save(&self, checkpoint: &Checkpoint) -> Result<()> {
        let Checkpoint { epochs, steps, network, moments: [first, second] } = checkpoint;
        let mut dict = StateDict::default();
        for (prefix, part) in [("network", network), ("first", first), ("second", second)] {
            dict.nest(prefix, part);
        }
        if let Some(best) = &self.best {
            dict.nest("best", &best.network);
        }
        let note = Note {
            configuration: self.configuration(),
            run: self.run,
            epochs: *epochs,
            steps: *steps,
            best_epoch: self.best.as_ref().map_or(0, |best| best.epoch),
            best_right: self.best.as_ref().map_or(0, |best| best.right),
            history: self.history.clone(),
            seconds: self.seconds,
        };
        let text = to_json("checkpoint", &note)?;
        if !matches!(serde_json::from_str::<Note>(&text), Ok(read) if read == note) {
            let place = Place::file(self.store.checkpoint_path(self.run));
            let expected = "a checkpoint that can be read again";
            return Err(Error::new(Fault::UNREADABLE_RECORD, place, expected, text));
        }
        self.store.write_checkpoint(self.run, &dict.to_bytes(Some(text)))
    }

    fn configuration(&self) -> Configuration {
        Configuration { instructions: self.instructions.clone(), ..self.store.configuration().clone() }
    }

    /// How training has gone so far.
    pub(super) const fn history(&self) -> &History {
        &self.history
    }

    /// What an epoch has come to; `weights` gives the weights after it, should they be the best so far.
    pub(super) fn add(
        &mut self,
        epoch: usize,
        training: Option<&Evaluation>,
        validation: Option<&Evaluation>,
        weights: impl FnOnce() -> StateDict,
    ) {
        if let Some(evaluation) = training {
            self.history.training.push(evaluation);
        }
        let Some(evaluation) = validation else { return };
        let validation = &mut self.history.validation;
        validation.push(evaluation);
        let votes =
            if validation.right_by_vote.is_empty() { &validation.right } else { &validation.right_by_vote };
        let right = votes.last().copied().unwrap_or(0);
        // Of equal epochs, the earliest.
        if self.best.as_ref().is_none_or(|best| right > best.right) {
            self.best = Some(Best { epoch, right, network: weights() });
        }
    }

    /// The epoch of the best weights: the last, if nothing was chosen.
    pub(super) fn best_epoch(&self) -> usize {
        let last = self.store.configuration().settings.hyperparameters.epochs;
        self.best.as_ref().map_or(last, |best| best.epoch)
    }

    /// An error of the evaluation after an epoch, at its place in the run.
    pub(super) fn in_epoch(&self, epoch: usize, error: Error) -> Error {
        error.placed(|place| {
            let inner = place.field.map_or_else(String::new, |field| format!(", {field}"));
            Place { field: Some(format!("run {}, epoch {epoch}{inner}", self.run)), ..place }
        })
    }

    /// The best weights; `last` if nothing was chosen, without validation.
    pub(super) fn best_weights<'b>(&'b self, last: &'b StateDict) -> &'b StateDict {
        self.best.as_ref().map_or(last, |best| &best.network)
    }

    /// Stops where the run stands, at the user's request.
    pub(super) fn interrupt(&self, checkpoint: &Checkpoint) -> Result<Error> {
        self.save(checkpoint)?;
        let epochs = self.store.configuration().settings.hyperparameters.epochs;
        let place = Place::field(format!("run {}", self.run));
        let found = format!("a request to stop after {}", checkpoint.epochs);
        Ok(Error::new(Fault::INTERRUPTED, place, format!("{epochs} epochs"), found))
    }

    /// Leaves the record: what the last weights and the best ones answer to the test recordings. `at_once` runs have
    /// shared the device.
    pub(super) fn finish(
        mut self,
        last_weights: &StateDict,
        purpose: &Purpose,
        [last, best]: [&Tested; 2],
        control: &Control,
        at_once: usize,
    ) -> Result<Record> {
        let configuration = self.store.configuration();
        let epochs = configuration.settings.hyperparameters.epochs;
        let best_epoch = self.best_epoch();
        if let (Some(best), Some(last)) = (&best.training, &last.training) {
            self.history.training = Curve::of(&BTreeMap::from([(best_epoch, best), (epochs, last)]));
        }
        // So that the weights can be used without the record.
        let note = Some(purpose.to_note()?);
        let weights = [
            (Weights::Final, last_weights.to_bytes(note.clone())),
            (Weights::Best, self.best_weights(last_weights).to_bytes(note)),
        ];
        let times = Times {
            seconds: self.seconds,
            threads: control.threads,
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            device: control.processor.to_string(),
            at_once,
        };
        let labels = &purpose.labels;
        let record = Record {
            configuration: self.configuration(),
            run: self.run,
            program: concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned(),
            history: self.history,
            last: Outcome::new(epochs, &last.test, labels),
            best: Outcome::new(best_epoch, &best.test, labels),
        };
        self.store.finish(&record, &weights, &times)?;
        control.tell(record.run, Event::Finished { record: &record });
        Ok(record)
    }
}
