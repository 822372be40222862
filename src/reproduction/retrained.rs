//! Runs that are trained again, held against the committed records of the same seeds.

use std::fmt;

use serde::Serialize;

use crate::error::Result;
use crate::models::Model;
use crate::report::Table;
use crate::runs::{Curve, Record, Store};
use crate::store::Project;

/// How much of each network was trained again, and how much of it is as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retrained {
    /// A row for each network.
    pub networks: Vec<RetrainedNetwork>,
}

/// How much of a network was trained again, and how much of it is as recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RetrainedNetwork {
    /// The network.
    pub model: Model,
    /// Runs.
    pub runs: usize,
    /// Epochs of all runs together.
    pub epochs: usize,
    /// Of these, those with the recorded losses (four significant digits) and right answers, in training and validation.
    pub same: usize,
}

impl Retrained {
    /// Holds trainings on the published recordings against the committed records.
    ///
    /// # Errors
    /// Those of [`Store::read`].
    pub fn of(project: &Project, trained: &[(Model, Vec<Record>)]) -> Result<Self> {
        let networks = trained.iter().map(|(model, records)| {
            let recorded = Store::read(project.committed_records().join("raw").join(model.name()))?;
            Ok(RetrainedNetwork::of(*model, records, &recorded))
        });
        Ok(Self { networks: networks.collect::<Result<_>>()? })
    }

    /// A row for each network.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(["trained again", "runs", "epochs in all", "of them as recorded"]);
        for network in &self.networks {
            let RetrainedNetwork { model, runs, epochs, same } = network;
            table.push([model.name().to_owned(), runs.to_string(), epochs.to_string(), same.to_string()]);
        }
        table
    }
}

impl RetrainedNetwork {
    fn of(model: Model, trained: &[Record], recorded: &[Record]) -> Self {
        let same = trained.iter().map(|one| {
            let other = recorded.iter().find(|other| other.run == one.run);
            other.map_or(0, |other| {
                let parts = [
                    (&one.history.training, &other.history.training),
                    (&one.history.validation, &other.history.validation),
                ];
                (0..one.history.training.epochs())
                    .filter(|epoch| parts.iter().all(|(one, other)| is_same(one, other, *epoch)))
                    .count()
            })
        });
        let epochs = trained.iter().map(|record| record.history.training.epochs()).sum();
        Self { model, runs: trained.len(), epochs, same: same.sum() }
    }
}

fn is_same(one: &Curve, other: &Curve, epoch: usize) -> bool {
    one.loss.get(epoch) == other.loss.get(epoch) && one.right.get(epoch) == other.right.get(epoch)
}

impl fmt::Display for Retrained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table().to_string().trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_the_same_if_losses_and_right_answers_are() {
        let curve = |loss: &[f64]| Curve {
            recordings: 4,
            examples: 4,
            loss: loss.to_vec(),
            right: vec![1; loss.len()],
            ..Curve::default()
        };
        let (one, other) = (curve(&[1.0, 0.5]), curve(&[1.0, 0.6, 0.4]));
        assert_eq!([0, 1, 2].map(|epoch| is_same(&one, &other, epoch)), [true, false, false]);
        let fewer_right = Curve { right: vec![0, 1], ..one.clone() };
        assert!(!is_same(&fewer_right, &other, 0));
    }
}
