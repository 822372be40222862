//! The training loop of several runs at once.
//!
//! Every run sees its own order of examples, its own masks and its own losses, so it takes the course that it would
//! take alone, to rounding. The loss of all is the sum of theirs: its gradient for the weights of a run is that of the
//! run's own loss.

use dfdx::prelude::*;

use super::{
    Adam, Checkpoint, Evaluation, Hyperparameters, LOSS, STEP, check_examples, fault, labels, not_finite,
    order,
};
use crate::error::{Error, Fault, Place, Result};
use crate::models::{Network, Networks, device_failed, runs};
use crate::nn::runs::Runs;
use crate::nn::{Dropout, StateDict, WorkingMemory};

/// The [`Training`](super::Training)s of several runs of a seed, which advance together.
#[derive(Debug)]
pub struct Trainings<N: Network<D>, D: Device<f32>> {
    device: D,
    networks: N::Runs,
    adam: Adam<D>,
    gradients: Gradients<f32, D>,
    hyperparameters: Hyperparameters,
    seed: u64,
    runs: Vec<u64>,
    epochs: usize,
}

impl<N: Network<D>, D: Device<f32>> Trainings<N, D> {
    /// Runs of a seed that stand at the same epoch.
    ///
    /// # Errors
    /// Those of [`Hyperparameters::check`]; [`Fault::BadSetting`] if there are none, or not all stand at the same step;
    /// [`Fault::ForeignWeights`] if one is of another network; [`Fault::DeviceFailed`] if the device cannot hold them all.
    pub fn new(
        device: D,
        hyperparameters: Hyperparameters,
        seed: u64,
        standing: &[(u64, Checkpoint)],
    ) -> Result<Self> {
        hyperparameters.check()?;
        let place = || Place::field("runs that advance together");
        let Some((_, first)) = standing.first() else {
            return Err(Error::new(Fault::BadSetting, place(), "at least one", "none"));
        };
        let stands =
            |checkpoint: &Checkpoint| format!("{} epochs and {} steps", checkpoint.epochs, checkpoint.steps);
        if let Some((run, odd)) = standing.iter().find(|(_, checkpoint)| stands(checkpoint) != stands(first))
        {
            let found = format!("run {run} after {}", stands(odd));
            return Err(Error::new(
                Fault::BadSetting,
                place(),
                format!("all after {}", stands(first)),
                found,
            ));
        }
        let stack = |part: fn(&Checkpoint) -> &StateDict| {
            let parts: Vec<StateDict> =
                standing.iter().map(|(_, checkpoint)| part(checkpoint).clone()).collect();
            StateDict::stack(&parts)
        };
        let networks: N::Runs = stack(|checkpoint| &checkpoint.network)?.build(&device)?;
        let gradients = networks.try_alloc_grads().map_err(device_failed)?;
        let mut adam = Adam::new(&networks, hyperparameters.learning_rate)?;
        let moments =
            [stack(|checkpoint| &checkpoint.moments[0])?, stack(|checkpoint| &checkpoint.moments[1])?];
        adam.restore(&networks, first.steps, &moments)?;
        let runs = standing.iter().map(|(run, _)| *run).collect();
        Ok(Self { device, networks, adam, gradients, hyperparameters, seed, runs, epochs: first.epochs })
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
    /// statistic or a moment of the optimiser that is not, has [`Fault::NotFinite`] and is of no use any more; the
    /// others are as if it had not been there.
    ///
    /// # Errors
    /// [`Fault::BadSetting`] without examples; those of [`Networks::training_logits`], for all runs.
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
        let mut spoilt = not_finite(&self.networks, &self.adam, self.runs.len());
        let mut mean = |(place, run): (usize, &u64)| {
            let epoch = format!("run {run}, epoch {}", self.epochs);
            let mut sum = 0.0;
            for (index, (losses, examples)) in losses.iter().enumerate() {
                let loss = f64::from(losses[place]);
                if !loss.is_finite() {
                    return Err(fault(format!("{epoch}, batch {}", index + 1), LOSS, loss));
                }
                sum += loss * *examples as f64;
            }
            match spoilt[place].take() {
                None => Ok(sum / examples.len() as f64),
                Some(found) => Err(fault(epoch, STEP, found)),
            }
        };
        Ok(self.runs.iter().enumerate().map(&mut mean).collect())
    }

    /// One batch of each run: the losses, and a step of the optimiser.
    fn step(&mut self, batches: &[&[&N::Example]]) -> Result<Tensor<(Runs,), f32, D>> {
        let Self { device, networks, adam, hyperparameters, seed, runs, .. } = self;
        let dropouts: Vec<Dropout> = (runs.iter())
            .map(|&run| Dropout::new(hyperparameters.dropout, *seed, run, u64::from(adam.steps())))
            .collect::<Result<_>>()?;
        // Gradients travel with the tape, so that their memory is used again.
        let gradients = std::mem::replace(&mut self.gradients, Gradients::leaky());
        let logits = networks.training_logits(device, batches, gradients, &dropouts)?;
        let labels = labels(&batches.concat());
        let labels = device.try_tensor_from_vec(labels, *logits.shape()).map_err(device_failed)?;
        let (losses, mut gradients) = losses_and_gradients(logits, labels).map_err(device_failed)?;
        adam.update(networks, &mut gradients).map_err(device_failed)?;
        networks.try_zero_grads(&mut gradients).map_err(device_failed)?;
        self.gradients = gradients;
        Ok(losses)
    }

    /// Each run's answers in evaluation mode; [`Fault::NotFinite`] with the recording for a run with an answer that is
    /// not finite.
    ///
    /// # Errors
    /// Those of [`Networks::logits`].
    pub fn evaluate(&self, examples: &[N::Example]) -> Result<Vec<Result<Evaluation>>> {
        Evaluation::of_runs(&self.networks, &self.device, examples)
    }

    /// Takes other weights for each run, for evaluation.
    ///
    /// # Errors
    /// [`Fault::ForeignWeights`] if they are those of another network or of another number of runs.
    pub fn load(&mut self, weights: &[StateDict]) -> Result<()> {
        StateDict::stack(weights)?.load_into(&mut self.networks)
    }

    /// Each run's weights and running statistics.
    #[must_use]
    pub fn weights(&self) -> Vec<StateDict> {
        StateDict::of(&self.networks).unstack()
    }

    /// Where each run stands.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<(u64, Checkpoint)> {
        let [first, second] = self.adam.moments(&self.networks).map(|moments| moments.unstack());
        let moments = first.into_iter().zip(second).map(|(first, second)| [first, second]);
        let (epochs, steps) = (self.epochs, self.adam.steps());
        let checkpoint = |((run, network), moments): ((&u64, StateDict), _)| {
            (*run, Checkpoint { epochs, steps, network, moments })
        };
        self.runs.iter().zip(self.weights()).zip(moments).map(checkpoint).collect()
    }
}

/// Each run's cross-entropy, and the gradients of their sum.
#[expect(clippy::type_complexity, reason = "two tensors of one place")]
fn losses_and_gradients<D: Device<f32>>(
    logits: runs::Logits<D, OwnedTape<f32, D>>,
    labels: runs::Logits<D>,
) -> Result<(Tensor<(Runs,), f32, D>, Gradients<f32, D>), D::Err> {
    let examples = logits.shape().1 as f32;
    let of_labels = logits.try_log_softmax::<Axis<2>>()?.try_mul(labels)?;
    let losses = of_labels.try_sum::<(Runs,), Axes2<1, 2>>()?.try_mul(-1.0 / examples)?;
    let (losses, tape) = losses.split_tape();
    let gradients = losses.clone().put_tape(tape).try_sum::<Rank0, _>()?.try_backward()?;
    Ok((losses, gradients))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{HYPERPARAMETERS, Small, SmallBuilder, examples};
    use super::super::{Training, Vote};
    use super::*;
    use crate::nn::testing::{TestDevice, assert_close};
    use crate::preparation::{Frames, LastFrame, Signal};

    type SmallTrainings = Trainings<Small, TestDevice>;

    /// Each run alone, from weights of its own.
    fn alone(runs: &[u64]) -> Vec<Training<Small, TestDevice>> {
        let training = |&run: &u64| {
            let device = TestDevice::seed_from_u64(run);
            let network = device.build_module::<SmallBuilder, f32>();
            Training::new(device, network, HYPERPARAMETERS, 1, run).unwrap()
        };
        runs.iter().map(training).collect()
    }

    fn together(alone: &[Training<Small, TestDevice>], runs: &[u64]) -> SmallTrainings {
        let standing: Vec<(u64, Checkpoint)> =
            runs.iter().zip(alone).map(|(&run, training)| (run, training.checkpoint())).collect();
        Trainings::new(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap()
    }

    fn values(dict: &StateDict) -> Vec<f32> {
        dict.names().flat_map(|name| dict.get(name).unwrap().1.to_vec()).collect()
    }

    #[test]
    fn every_run_takes_the_course_that_it_takes_alone() {
        let (examples, runs) = (examples(), [2, 0, 7]);
        let mut alone = alone(&runs);
        let mut together = together(&alone, &runs);
        for _ in 0..8 {
            let found = together.epoch(&examples).unwrap();
            for (training, found) in alone.iter_mut().zip(found) {
                let expected = training.epoch(&examples).unwrap();
                assert!((found.unwrap() - expected).abs() < 1e-5 * expected.abs());
            }
        }
        let evaluations = together.evaluate(&examples).unwrap();
        for ((training, (run, found)), evaluation) in
            alone.iter().zip(together.checkpoints()).zip(evaluations)
        {
            let expected = training.checkpoint();
            assert_eq!((found.epochs, found.steps), (8, 24));
            assert_close(&values(&found.network), &values(&expected.network), 1e-4, &format!("run {run}"));
            for (found, expected) in found.moments.iter().zip(&expected.moments) {
                assert_close(&values(found), &values(expected), 1e-3, &format!("moments of run {run}"));
            }
            let expected = training.evaluate(&examples).unwrap();
            let evaluation = evaluation.unwrap();
            assert!((evaluation.loss() - expected.loss()).abs() < 1e-4);
            let votes = |evaluation: &Evaluation| {
                evaluation.votes().iter().map(|vote: &Vote| vote.recording).collect::<Vec<_>>()
            };
            assert_eq!(votes(&evaluation), votes(&expected));
        }
    }

    #[test]
    fn what_was_taken_apart_goes_on_alone_or_together() {
        let (examples, runs) = (examples(), [0, 1]);
        let mut whole = together(&alone(&runs), &runs);
        (0..4).for_each(|_| drop(whole.epoch(&examples).unwrap()));
        let mut first = together(&alone(&runs), &runs);
        (0..2).for_each(|_| drop(first.epoch(&examples).unwrap()));
        let standing = first.checkpoints();
        let mut again: SmallTrainings =
            Trainings::new(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap();
        assert_eq!(again.checkpoints(), standing);
        (0..2).for_each(|_| drop(again.epoch(&examples).unwrap()));
        assert_eq!(again.checkpoints(), whole.checkpoints());

        let mut single = alone(&runs).swap_remove(1);
        single.restore(&standing[1].1).unwrap();
        (0..2).for_each(|_| assert!(single.epoch(&examples).is_ok()));
        let expected = &whole.checkpoints()[1].1.network;
        assert_close(&values(&single.checkpoint().network), &values(expected), 1e-4, "run 1");
    }

    #[test]
    fn a_loss_that_is_not_finite_is_told_of_its_run_and_harms_no_other() {
        let (mut examples, runs) = (examples(), [0, 1]);
        let mut healthy = together(&alone(&runs)[..1], &runs[..1]);
        let mut standing = together(&alone(&runs), &runs).checkpoints();
        // An infinite weight.
        let (shape, mut weights) = {
            let (shape, weights) = standing[1].1.network.get("out.weight").unwrap();
            (shape.to_vec(), weights.to_vec())
        };
        weights[0] = f32::INFINITY;
        standing[1].1.network.insert("out.weight".to_owned(), shape, weights);
        let mut both: SmallTrainings =
            Trainings::new(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap();
        let losses = both.epoch(&examples).unwrap();
        let expected = healthy.epoch(&examples).unwrap();
        assert!((losses[0].clone().unwrap() - expected[0].clone().unwrap()).abs() < 1e-5);
        let error = losses[1].clone().unwrap_err();
        assert!(error.to_string().starts_with("run 1, epoch 1, batch 1: expected a finite loss"), "{error}");
        let [both, healthy_alone] = [&both, &healthy].map(|trainings| values(&trainings.weights()[0]));
        assert_close(&both, &healthy_alone, 1e-5, "run 0");

        // A recording that is not finite stops all.
        let recording = examples[0].recording();
        let signal = Signal {
            recording,
            genre: recording.song.genre(),
            samples: vec![f32::NAN; 4],
            last_frame: LastFrame::default(),
        };
        examples[0] = Frames::of(&signal, 2).unwrap();
        assert!(healthy.epoch(&examples).unwrap().iter().all(Result::is_err));
    }

    #[test]
    fn runs_that_do_not_stand_together_are_refused() {
        let examples = examples();
        let mut alone = alone(&[0, 1]);
        alone[1].epoch(&examples).unwrap();
        let standing: Vec<(u64, Checkpoint)> = (0..).zip(alone.iter().map(Training::checkpoint)).collect();
        let error = SmallTrainings::new(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap_err();
        assert!(error.to_string().contains("found run 1 after 1 epochs and 3 steps"), "{error}");
        let error = SmallTrainings::new(TestDevice::default(), HYPERPARAMETERS, 1, &[]).unwrap_err();
        assert!(error.to_string().contains("found none"), "{error}");
    }
}
