//! Where a training stands: all that is needed to go on as if it had not stopped.

use dfdx::prelude::*;

use super::Training;
use crate::error::Result;
use crate::models::Network;
use crate::nn::StateDict;

/// A training between two epochs. There is no state of random numbers: they follow from the numbers of the seed, the
/// run, the epoch and the step.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Epochs done.
    pub epochs: usize,
    /// Steps of the optimiser.
    pub steps: u32,
    /// Weights and running statistics.
    pub network: StateDict,
    /// The optimiser's m and v.
    pub moments: [StateDict; 2],
}

impl<N: Network<D>, D: Device<f32>> Training<N, D> {
    /// Where the training stands.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            epochs: self.epochs,
            steps: self.adam.steps(),
            network: StateDict::of(&self.network),
            moments: self.adam.moments(&self.network),
        }
    }

    /// Takes other weights, for evaluation.
    ///
    /// # Errors
    /// [`Fault::ForeignWeights`](crate::error::Fault::ForeignWeights) if they are those of another network.
    pub fn load(&mut self, weights: &StateDict) -> Result<()> {
        weights.load_into(&mut self.network)
    }

    /// Goes on from a checkpoint of the same run.
    ///
    /// # Errors
    /// [`Fault::ForeignWeights`](crate::error::Fault::ForeignWeights) if it is that of another network.
    pub fn restore(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        checkpoint.network.load_into(&mut self.network)?;
        self.adam.restore(&self.network, checkpoint.steps, &checkpoint.moments)?;
        self.epochs = checkpoint.epochs;
        Ok(())
    }
}
