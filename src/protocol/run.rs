//! A run alone: from initial weights, or from where it stood, to its record.

use std::time::Instant;

use dfdx::prelude::*;

use super::course::Course;
use super::store::Store;
use super::{Control, Event, Purpose, Record};
use crate::error::Result;
use crate::models::Network;
use crate::nn::StateDict;
use crate::training::{Checkpoint, Training};

/// The examples of a split's three parts, and what weights that they make are for.
pub(super) struct Parts<X> {
    pub(super) training: Vec<X>,
    pub(super) validation: Vec<X>,
    pub(super) test: Vec<X>,
    pub(super) purpose: Purpose,
}

/// A run under way.
pub(super) struct Run<'a, N: Network<D>, D: Device<f32>> {
    course: Course<'a>,
    training: Training<N, D>,
    epochs: usize,
}

impl<'a, N: Network<D>, D: Device<f32>> Run<'a, N, D> {
    /// A run from the beginning of its training, or from its checkpoint if there is one.
    pub(super) fn new(store: &'a Store, mut training: Training<N, D>, run: u64) -> Result<Self> {
        let (course, checkpoint) = Course::open(store, run)?;
        if let Some(checkpoint) = checkpoint {
            training.restore(&checkpoint).map_err(|error| course.unusable(error))?;
        }
        Ok(Self { course, training, epochs: store.configuration().settings.hyperparameters.epochs })
    }

    /// Where it stands, for a training of several runs at once.
    pub(super) fn standing(self) -> (Course<'a>, Checkpoint) {
        let checkpoint = self.training.checkpoint();
        (self.course, checkpoint)
    }

    /// Trains to the last epoch and writes the record.
    pub(super) fn finish(mut self, parts: &Parts<N::Example>, control: &Control) -> Result<Record> {
        let (run, epochs) = (self.course.run, self.epochs);
        control.tell(run, Event::Began { epoch: self.training.epochs(), epochs });
        let mut saved = Instant::now();
        while self.training.epochs() < epochs {
            if control.stopped() {
                return Err(self.course.interrupt(&self.training.checkpoint())?);
            }
            let start = Instant::now();
            self.epoch(parts)?;
            self.course.seconds += start.elapsed().as_secs_f64();
            let epoch = self.training.epochs();
            control.tell(run, Event::Epoch { epoch, history: self.course.history() });
            if saved.elapsed() >= control.checkpoint_every && epoch < epochs {
                self.course.save(&self.training.checkpoint())?;
                saved = Instant::now();
            }
        }
        let weights = StateDict::of(self.training.network());
        let course = &self.course;
        let at = |epoch: usize| move |error| course.in_epoch(epoch, error);
        let last = self.training.evaluate(&parts.test).map_err(at(epochs))?;
        self.training.load(self.course.best_weights(&weights))?;
        let best = self.training.evaluate(&parts.test).map_err(at(self.course.best_epoch()))?;
        self.course.finish(&weights, &parts.purpose, [&last, &best], control, 1)
    }

    fn epoch(&mut self, parts: &Parts<N::Example>) -> Result<()> {
        let Self { course, training, .. } = self;
        training.epoch(&parts.training)?;
        let epoch = training.epochs();
        let at = |error| course.in_epoch(epoch, error);
        let of_training = training.evaluate(&parts.training).map_err(at)?;
        let of_validation = match parts.validation.is_empty() {
            true => None,
            false => Some(training.evaluate(&parts.validation).map_err(at)?),
        };
        let weights = || StateDict::of(training.network());
        course.add(epoch, &of_training, of_validation.as_ref(), weights);
        Ok(())
    }
}
