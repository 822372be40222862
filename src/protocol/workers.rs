//! What trains the runs of a series: threads, one run each, or one training of all of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::run::{Parts, Run};
use super::store::Store;
use super::together::{Standing, Together};
use super::{Control, Event, Record, Settings};
use crate::error::Result;
use crate::models::{Network, NetworkDevice};
use crate::nn::{WorkingMemory, random};
use crate::store::Lock;
use crate::training::Training;

/// All runs of a series, and what makes each.
pub(super) struct Workers<'a, X, F, B> {
    pub(super) store: &'a Store,
    pub(super) runs: u64,
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
        B: Fn(&D) -> N + Sync,
    {
        let results: Vec<Mutex<Option<Result<Record>>>> = (0..self.runs).map(|_| Mutex::new(None)).collect();
        let next = AtomicU64::new(0);
        let attempt =
            |run: u64| self.lock(run).and_then(|lock| lock.map(|lock| self.alone(run, lock)).transpose());
        let work = || {
            let _memory = WorkingMemory::of_training();
            while !self.control.stopped() {
                let run = next.fetch_add(1, Ordering::Relaxed);
                let Some(place) = usize::try_from(run).ok().and_then(|run| results.get(run)) else { return };
                let result = attempt(run).transpose();
                if matches!(result, Some(Err(_))) {
                    self.control.tell(run, Event::Failed);
                }
                *place.lock().unwrap_or_else(PoisonError::into_inner) = result;
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.control.threads {
                scope.spawn(work);
            }
        });
        (results.into_iter())
            .map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
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
        B: Fn(&D) -> N,
    {
        let _memory = WorkingMemory::of_training();
        let settings = self.store.configuration().settings;
        let mut results: Vec<Option<Result<Record>>> = (0..self.runs).map(|_| None).collect();
        let mut waiting = Vec::new();
        for (run, result) in (0..).zip(&mut results) {
            let standing =
                self.lock(run).and_then(|lock| lock.map(|lock| self.standing(run, lock)).transpose());
            match standing.transpose() {
                Some(Ok(Ready::Done(record))) => *result = Some(Ok(*record)),
                Some(Ok(Ready::Waits(standing))) => waiting.push(*standing),
                Some(Err(error)) => {
                    self.control.tell(run, Event::Failed);
                    *result = Some(Err(error));
                }
                None => {}
            }
        }
        let together = Together {
            device: (self.device)(settings.seed)?,
            hyperparameters: settings.hyperparameters,
            seed: settings.seed,
            parts: self.parts,
            control: self.control,
        };
        for (run, result) in together.finish::<N>(waiting) {
            if result.is_err() {
                self.control.tell(run, Event::Failed);
            }
            results[run as usize] = Some(result);
        }
        Ok(results)
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

    /// A training at its beginning, from the run's own initial weights.
    fn training<N: Network<D, Example = X>, D: NetworkDevice>(&self, run: u64) -> Result<Training<N, D>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        let Settings { hyperparameters, seed, .. } = self.store.configuration().settings;
        let device = (self.device)(random::bits(seed, run))?;
        let network = (self.build)(&device);
        Training::new(device, network, hyperparameters, seed, run)
    }

    pub(super) fn alone<N: Network<D, Example = X>, D: NetworkDevice>(
        &self,
        run: u64,
        _lock: Lock,
    ) -> Result<Record>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        match self.present(run)? {
            Some(record) => Ok(record),
            None => Run::new(self.store, self.training::<N, D>(run)?, run)?.finish(self.parts, self.control),
        }
    }

    /// Where a run stands.
    fn standing<N: Network<D, Example = X>, D: NetworkDevice>(
        &self,
        run: u64,
        lock: Lock,
    ) -> Result<Ready<'_>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        if let Some(record) = self.present(run)? {
            return Ok(Ready::Done(Box::new(record)));
        }
        let run = Run::new(self.store, self.training::<N, D>(run)?, run)?;
        let (course, checkpoint) = run.standing();
        Ok(Ready::Waits(Box::new(Standing { course, checkpoint, lock })))
    }
}

/// A run before runs advance together.
enum Ready<'a> {
    Done(Box<Record>),
    Waits(Box<Standing<'a>>),
}
