//! The one training loop of all networks (paper, sections 2.2 to 2.4).
//!
//! ```text
//! each epoch:  examples in a new order ─► batches ─► logits ─► cross-entropy ─► gradients ─► Adam
//! ```
//!
//! A training has one run, or several that advance together: networks in one stack, which share each launch of a kernel on a
//! GPU. Every run has its own order of examples, its own masks and its own losses, so it ends as it would alone, to rounding.
//! The loss of all runs is the sum of their losses: its gradient for the weights of one run is that of the run's own loss.
//!
//! Everything random comes from numbers: the order of an epoch from (seed, run, epoch), a dropout mask from (seed,
//! run, step, layer), the initial weights from (seed, run). So no state of a generator has to be saved, and runs
//! side by side do not disturb one another.

mod adam;
mod checkpoint;
mod evaluation;
mod finite;
mod hyperparameters;

pub use adam::Adam;
pub use checkpoint::Checkpoint;
pub use evaluation::{Answer, Evaluation, Vote};
pub(crate) use finite::not_finite;
pub use hyperparameters::Hyperparameters;

use dfdx::prelude::*;

use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::models::{Logits, Network, device_failed};
use crate::nn::{Dropout, Size, StateDict, WorkingMemory};
use crate::preparation::Example;

/// A stack of networks on its way from initial weights to trained ones.
#[derive(Debug)]
pub struct Training<N: Network<D>, D: Device<f32>> {
    device: D,
    network: N,
    adam: Adam<D>,
    gradients: Gradients<f32, D>,
    hyperparameters: Hyperparameters,
    seed: u64,
    runs: Vec<u64>,
    epochs: usize,
}

impl<N: Network<D>, D: Device<f32>> Training<N, D> {
    /// Runs of a seed, before their first epoch. The network has the initial weights of each.
    ///
    /// # Errors
    /// Those of [`Hyperparameters::check`]; [`Fault::BAD_SETTING`] unless the network has as many runs, at least one;
    /// [`Fault::DEVICE_FAILED`] if the device cannot hold the gradients and moments.
    pub fn new(
        device: D,
        network: N,
        hyperparameters: Hyperparameters,
        seed: u64,
        runs: &[u64],
    ) -> Result<Self> {
        hyperparameters.check()?;
        if network.runs() != runs.len() || runs.is_empty() {
            let (expected, found) =
                (format!("runs for a network of {}", network.runs()), format!("{runs:?}"));
            return Err(Error::new(Fault::BAD_SETTING, together(), expected, found));
        }
        let gradients = network.try_alloc_grads().map_err(device_failed)?;
        let adam = Adam::new(&network, hyperparameters.learning_rate)?;
        let runs = runs.to_vec();
        Ok(Self { device, network, adam, gradients, hyperparameters, seed, runs, epochs: 0 })
    }

    /// Runs of a seed that all stand at the same epoch.
    ///
    /// # Errors
    /// Those of [`Hyperparameters::check`]; [`Fault::BAD_SETTING`] if there are none, or not all stand at the same step;
    /// [`Fault::FOREIGN_WEIGHTS`] if one is of another network; [`Fault::DEVICE_FAILED`] if the device cannot hold them all.
    pub fn resume(
        device: D,
        hyperparameters: Hyperparameters,
        seed: u64,
        standing: &[(u64, Checkpoint)],
    ) -> Result<Self> {
        let Some((_, first)) = standing.first() else {
            return Err(Error::new(Fault::BAD_SETTING, together(), "at least one", "none"));
        };
        let stands =
            |checkpoint: &Checkpoint| format!("{} epochs and {} steps", checkpoint.epochs, checkpoint.steps);
        if let Some((run, odd)) = standing.iter().find(|(_, checkpoint)| stands(checkpoint) != stands(first))
        {
            let (expected, found) =
                (format!("all after {}", stands(first)), format!("run {run} after {}", stands(odd)));
            return Err(Error::new(Fault::BAD_SETTING, together(), expected, found));
        }
        let stack = |part: fn(&Checkpoint) -> &StateDict| {
            let parts: Vec<StateDict> =
                standing.iter().map(|(_, checkpoint)| part(checkpoint).clone()).collect();
            StateDict::stack(&parts)
        };
        let network: N = stack(|checkpoint| &checkpoint.network)?.build(&device)?;
        let moments =
            [stack(|checkpoint| &checkpoint.moments[0])?, stack(|checkpoint| &checkpoint.moments[1])?];
        let runs: Vec<u64> = standing.iter().map(|(run, _)| *run).collect();
        let mut training = Self::new(device, network, hyperparameters, seed, &runs)?;
        training.adam.restore(&training.network, first.steps, &moments)?;
        training.epochs = first.epochs;
        Ok(training)
    }

    /// The networks with their present weights.
    #[must_use]
    pub const fn network(&self) -> &N {
        &self.network
    }

    /// The runs, in the order of all that is told of each.
    #[must_use]
    pub fn runs(&self) -> &[u64] {
        &self.runs
    }

    /// Epochs done.
    #[must_use]
    pub const fn epochs(&self) -> usize {
        self.epochs
    }

    /// Trains every run on every example once. Returns each run's mean loss, measured on each batch before the step
    /// that it causes, with dropout. A run whose loss is not finite, or that ends the epoch with a weight, a running
    /// statistic or a moment of the optimiser that is not, has [`Fault::NOT_FINITE`] and is of no use any more; the
    /// others are as if it had not been there.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] without examples; those of [`Network::training_logits`], for all runs.
    pub fn epoch(&mut self, examples: &[N::Example]) -> Result<Vec<Result<f64>>> {
        let _memory = WorkingMemory::of_training();
        check_examples(examples)?;
        let orders: Vec<_> =
            self.runs.iter().map(|&run| order(examples, self.seed, run, self.epochs)).collect();
        let batch = self.hyperparameters.batch;
        let mut losses = Vec::with_capacity(examples.len().div_ceil(batch));
        for start in (0..examples.len()).step_by(batch) {
            let rows = start..examples.len().min(start + batch);
            let batches: Vec<&[&N::Example]> = orders.iter().map(|order| &order[rows.clone()]).collect();
            losses.push((self.step(&batches)?, rows.len()));
        }
        self.epochs += 1;
        // Read at the end of an epoch and not of each step, for which a GPU would have to wait.
        let losses: Vec<(Vec<f32>, usize)> =
            losses.into_iter().map(|(losses, examples)| (losses.as_vec(), examples)).collect();
        let mut spoilt = not_finite(&self.network, &self.adam, self.runs.len());
        let mut mean = |(place, run): (usize, &u64)| {
            let epoch = format!("run {run}, epoch {}", self.epochs);
            let mut sum = 0.0;
            for (index, (losses, examples)) in losses.iter().enumerate() {
                let loss = f64::from(losses[place]);
                if !loss.is_finite() {
                    let place = format!("{epoch}, batch {}", index + 1);
                    return Err(not_finite_at(place, "a finite loss", loss.to_string()));
                }
                sum += loss * *examples as f64;
            }
            match spoilt[place].take() {
                Some(found) => Err(not_finite_at(epoch, "steps that leave finite numbers", found)),
                None => Ok(sum / examples.len() as f64),
            }
        };
        Ok(self.runs.iter().enumerate().map(&mut mean).collect())
    }

    /// A batch for each run: their losses, and a step of the optimiser.
    fn step(&mut self, batches: &[&[&N::Example]]) -> Result<Tensor<(Size,), f32, D>> {
        let Self { device, network, adam, hyperparameters, seed, runs, .. } = self;
        let dropouts: Vec<Dropout> = (runs.iter())
            .map(|&run| Dropout::new(hyperparameters.dropout, *seed, run, u64::from(adam.steps())))
            .collect::<Result<_>>()?;
        // Gradients travel with the tape, so that their memory is used again.
        let gradients = std::mem::replace(&mut self.gradients, Gradients::leaky());
        let logits = network.training_logits(device, batches, gradients, &dropouts)?;
        let labels = labels(&batches.concat(), logits.shape().2.size())?;
        let labels = device.try_tensor_from_vec(labels, *logits.shape()).map_err(device_failed)?;
        let (losses, mut gradients) = losses_and_gradients(logits, labels).map_err(device_failed)?;
        adam.update(network, &mut gradients).map_err(device_failed)?;
        network.try_zero_grads(&mut gradients).map_err(device_failed)?;
        self.gradients = gradients;
        Ok(losses)
    }

    /// Each run's answers in evaluation mode; [`Fault::NOT_FINITE`] with the recording for a run with an answer that is
    /// not finite.
    ///
    /// # Errors
    /// Those of [`Evaluation::of`].
    pub fn evaluate(&self, examples: &[N::Example]) -> Result<Vec<Result<Evaluation>>> {
        Evaluation::of(&self.network, &self.device, examples)
    }
}

/// Where trainings that advance together are told to be wrong.
fn together() -> Place {
    Place::field("runs that advance together")
}

/// Each run's cross-entropy, and the gradients of their sum.
///
/// The same steps as [`cross_entropy_with_logits_loss`], for each run.
pub(crate) fn losses_and_gradients<G: Dim, D: Device<f32>>(
    logits: Logits<G, D, OwnedTape<f32, D>>,
    labels: Logits<G, D>,
) -> Result<(Tensor<(Size,), f32, D>, Gradients<f32, D>), D::Err> {
    let of_one_class = (1.0 / logits.shape().2.size() as f64) as f32;
    let of_labels = logits.try_log_softmax::<Axis<2>>()?.try_mul(labels)?;
    let losses = of_labels.try_mean::<(Size,), Axes2<1, 2>>()?.try_negate()?.try_div(of_one_class)?;
    let (losses, tape) = losses.split_tape();
    let gradients = losses.clone().put_tape(tape).try_sum::<Rank0, _>()?.try_backward()?;
    Ok((losses, gradients))
}

/// Refuses to train on nothing, or to answer nothing: no mean follows from it.
fn check_examples<X>(examples: &[X]) -> Result<()> {
    if examples.is_empty() {
        return Err(Error::new(Fault::BAD_SETTING, Place::field("examples"), "at least one", "none"));
    }
    Ok(())
}

/// The examples in the order of an epoch.
fn order<X>(examples: &[X], seed: u64, run: u64, epoch: usize) -> Vec<&X> {
    let mut order: Vec<&X> = examples.iter().collect();
    Shuffler::of_epoch(seed, run, epoch as u64).shuffle(&mut order);
    order
}

fn not_finite_at(place: String, expected: &str, found: String) -> Error {
    Error::new(Fault::NOT_FINITE, Place::field(place), expected, found)
}

/// The labels as probabilities, `[batch, classes]`: 1 for the class of the example, else 0.
fn labels<X: Example>(batch: &[&X], classes: usize) -> Result<Vec<f32>> {
    let mut values = vec![0.0; batch.len() * classes];
    for (row, example) in values.chunks_exact_mut(classes).zip(batch) {
        *row.get_mut(example.class()).ok_or_else(|| {
            let place = Place::field(format!("recording {}", example.recording()));
            let expected = format!("one of the {classes} classes of this network");
            Error::new(Fault::BAD_SETTING, place, expected, format!("class {}", example.class()))
        })? = 1.0;
    }
    Ok(values)
}

#[cfg(test)]
mod tests;
