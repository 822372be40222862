//! What trains the runs of a series: threads, one run each, or one training of all of them.

use std::collections::BTreeMap;

use super::course::Course;
use super::group::{Group, OpenRun, Parts};
use super::queue::side_by_side;
use super::store::Store;
use super::{Control, Event, Record, Runs, Settings};
use crate::error::Result;
use crate::models::{Network, NetworkDevice};
use crate::nn::{WorkingMemory, random};
use crate::store::Lock;
use crate::training::Checkpoint;

/// Runs of a series, and what makes each.
pub(super) struct Workers<'a, X, F, B> {
    pub(super) store: &'a Store,
    pub(super) runs: &'a Runs,
    pub(super) control: &'a Control<'a>,
    pub(super) parts: &'a Parts<X>,
    pub(super) device: &'a F,
    pub(super) build: &'a B,
}

impl<X: Send + Sync, F, B> Workers<'_, X, F, B> {
    /// Runs side by side, each on a thread of its own. Nothing for a run that another process trains.
    pub(super) fn side_by_side<N: Network<D, Example = X>, D: NetworkDevice>(
        &self,
    ) -> Vec<Option<Result<Record>>>
    where
        F: Fn(u64) -> Result<D> + Sync,
        B: Fn(&D) -> Result<N> + Sync,
    {
        let attempt = |run: u64| {
            self.lock(run).and_then(|lock| lock.map(|lock| self.alone::<N, D>(run, lock)).transpose())
        };
        let work = |_: &mut WorkingMemory, run: &u64| {
            let result = attempt(*run).transpose();
            if matches!(result, Some(Err(_))) {
                self.control.tell(*run, Event::Failed);
            }
            result
        };
        let runs: Vec<u64> = self.runs.iter().collect();
        let stopped = || self.control.stopped();
        let results = side_by_side(self.control.threads, &runs, stopped, WorkingMemory::of_training, work);
        results.into_iter().map(Option::flatten).collect()
    }

    /// Runs that advance together. Nothing for a run that another process trains.
    ///
    /// # Errors
    /// Why there is no device.
    pub(super) fn together<N: Network<D, Example = X>, D: NetworkDevice>(
        &self,
    ) -> Result<Vec<Option<Result<Record>>>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> Result<N>,
    {
        let _memory = WorkingMemory::of_training();
        let mut results: BTreeMap<u64, Option<Result<Record>>> =
            self.runs.iter().map(|run| (run, None)).collect();
        let mut waiting = Vec::new();
        for (&run, result) in &mut results {
            let opened =
                self.lock(run).and_then(|lock| lock.map(|lock| self.open::<N, D>(run, lock)).transpose());
            match opened.transpose() {
                Some(Ok(Opened::Done(record))) => *result = Some(Ok(*record)),
                Some(Ok(Opened::Waits(open))) => waiting.push(*open),
                Some(Err(error)) => {
                    self.control.tell(run, Event::Failed);
                    *result = Some(Err(error));
                }
                None => {}
            }
        }
        for (run, result) in self.group()?.finish::<N>(waiting) {
            if result.is_err() {
                self.control.tell(run, Event::Failed);
            }
            results.insert(run, Some(result));
        }
        Ok(results.into_values().collect())
    }

    /// The right to train a run; none if another process has it.
    fn lock(&self, run: u64) -> Result<Option<Lock>> {
        let lock = self.store.try_lock(run)?;
        if lock.is_none() {
            self.control.tell(run, Event::Elsewhere);
        }
        Ok(lock)
    }

    /// The record of a run that is done. Another process may have ended it while this one was waiting for the lock.
    fn present(&self, run: u64) -> Result<Option<Record>> {
        let record = self.store.record(run)?;
        if record.is_some() {
            self.store.remove_checkpoint(run);
            self.control.tell(run, Event::Present);
        }
        Ok(record)
    }

    pub(super) fn alone<N: Network<D, Example = X>, D: NetworkDevice>(
        &self,
        run: u64,
        lock: Lock,
    ) -> Result<Record>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> Result<N>,
    {
        match self.open::<N, D>(run, lock)? {
            Opened::Done(record) => Ok(*record),
            Opened::Waits(open) => self.group()?.finish::<N>(vec![*open]).remove(0).1,
        }
    }

    /// Where a run stands: at its record, at its checkpoint, or at its own initial weights.
    fn open<N: Network<D, Example = X>, D: NetworkDevice>(&self, run: u64, lock: Lock) -> Result<Opened<'_>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> Result<N>,
    {
        if let Some(record) = self.present(run)? {
            return Ok(Opened::Done(Box::new(record)));
        }
        let (course, checkpoint) = Course::open(self.store, run, self.control.training_curve)?;
        let device = (self.device)(random::bits(self.store.configuration().settings.seed, run))?;
        let initial = Checkpoint::initial(&(self.build)(&device)?)?.remove(0);
        let checkpoint = match checkpoint {
            None => initial,
            Some(checkpoint) => {
                checkpoint.must_be_like(&initial).map_err(|error| course.unusable(error))?;
                checkpoint
            }
        };
        Ok(Opened::Waits(Box::new(OpenRun { course, checkpoint, lock })))
    }

    fn group<D: NetworkDevice>(&self) -> Result<Group<'_, X, D>>
    where
        F: Fn(u64) -> Result<D>,
    {
        let Settings { hyperparameters, seed, .. } = self.store.configuration().settings;
        let device = (self.device)(seed)?;
        Ok(Group { device, hyperparameters, seed, parts: self.parts, control: self.control })
    }
}

/// A run that another process does not train.
enum Opened<'a> {
    Done(Box<Record>),
    Waits(Box<OpenRun<'a>>),
}
