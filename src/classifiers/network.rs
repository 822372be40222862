//! A network with one hidden layer, on dfdx.

use dfdx::prelude::*;
use ndarray::Array2;

use super::Examples;
use super::examples::check_finite;
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::models::{Logits, device_failed};
use crate::nn::random::{bits, symmetric};
use crate::nn::{Linear, Relu, Rows, Size, StateDict, visit_modules};
use crate::training::{Adam, Hyperparameters, losses_and_gradients, not_finite};

/// Hidden units: those of Rahman et al.
pub const HIDDEN: usize = 30;

/// How it is trained. Rahman et al. do not say how theirs was: these are the step size and the epochs of scikit-learn's
/// `MLPClassifier` and the batch of the paper's LSTMs.
pub const TRAINING: Hyperparameters =
    Hyperparameters { epochs: 200, batch: 16, learning_rate: 1e-3, dropout: 0.0 };

/// Its name in errors.
const WHAT: &str = "network";

/// Features → 30 hidden units, ReLU → a logit for each label, trained with Adam on cross-entropy.
///
/// Initial weights and biases are PyTorch's, uniform on ±1/√n for n inputs, here features. Everything random comes from
/// the seed.
#[derive(Debug, Clone)]
pub struct HiddenLayer(Stack<f32, Cpu>);

impl HiddenLayer {
    /// Trains a network from its initial weights on all rows, in another order each epoch.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless there are rows of at least one feature, each with its label; [`Fault::NOT_FINITE`];
    /// [`Fault::DEVICE_FAILED`].
    pub fn fit(training: &Examples, seed: u64) -> Result<Self> {
        Ok(Self::fit_each(std::slice::from_ref(training), seed)?.remove(0))
    }

    /// As [`Self::fit`], for each of several sets of rows with one seed. The networks train side by side, because a call of dfdx
    /// takes longer than the arithmetic of one such network.
    ///
    /// # Errors
    /// As [`Self::fit`]; [`Fault::BAD_SETTING`] unless all have as many rows, features and labels.
    pub(super) fn fit_each(training: &[Examples], seed: u64) -> Result<Vec<Self>> {
        let trained = Stack::fit(training, seed)?;
        let of_one = |dict| StateDict::stack(&[dict])?.build(&Cpu::default()).map(Self);
        StateDict::of_runs(&trained).into_iter().map(of_one).collect()
    }

    /// The class of each row: that of the greatest logit; of equal ones, the lowest.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if rows have other features than those it was trained on; [`Fault::NOT_FINITE`];
    /// [`Fault::DEVICE_FAILED`].
    pub fn predict(&self, values: &Array2<f64>) -> Result<Vec<usize>> {
        let ((rows, found), features) = (values.dim(), self.0.features());
        if found != features {
            let expected = format!("rows of {features} features");
            return Err(Error::new(Fault::BAD_SETTING, Place::field(WHAT), expected, found.to_string()));
        }
        if rows == 0 {
            return Ok(Vec::new());
        }
        let inputs = tensor(single_precision(values)?, (Size(1), rows, Size(features)))?;
        let logits = self.0.logits(inputs)?.as_vec();
        let greatest = |row: &[f32]| {
            let classes = 1..row.len();
            classes.fold(0, |best, class| if row[class] > row[best] { class } else { best })
        };
        let answer = |(index, row): (usize, &[f32])| {
            if row.iter().all(|logit| logit.is_finite()) {
                return Ok(greatest(row));
            }
            let place = Place::field(format!("{WHAT}, row {}", index + 1));
            Err(Error::new(Fault::NOT_FINITE, place, "finite outputs", format!("{row:?}")))
        };
        logits.chunks_exact(self.0.classes()).enumerate().map(answer).collect()
    }
}

/// Networks of one shape, each with weights of its own.
#[derive(Debug, Clone)]
struct Stack<E: Dtype, D: Storage<E>> {
    hidden: Linear<Size, Const<HIDDEN>, E, D>,
    out: Linear<Const<HIDDEN>, Size, E, D>,
}

impl TensorCollection<f32, Cpu> for Stack<f32, Cpu> {
    type To<E2: Dtype, D2: Device<E2>> = Stack<E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, Cpu>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Stack { hidden, out })
    }
}

impl Stack<f32, Cpu> {
    fn fit(training: &[Examples], seed: u64) -> Result<Self> {
        let (rows, features, classes) = common_shape(training)?;
        let inputs: Vec<Vec<f32>> =
            training.iter().map(|one| single_precision(&one.values)).collect::<Result<_>>()?;
        let mut networks = Self::initial(training.len(), features, classes, seed)?;
        let mut adam = Adam::new(&networks, TRAINING.learning_rate)?;
        let mut gradients = networks.try_alloc_grads().map_err(device_failed)?;
        for epoch in 0..TRAINING.epochs {
            let mut order: Vec<usize> = (0..rows).collect();
            Shuffler::of_epoch(seed, 0, epoch as u64).shuffle(&mut order);
            for batch in order.chunks(TRAINING.batch) {
                let mut batches = Vec::with_capacity(training.len() * batch.len() * features);
                let mut labels = vec![0.0; training.len() * batch.len() * classes];
                let mut of_row = labels.chunks_exact_mut(classes);
                for (one, inputs) in training.iter().zip(&inputs) {
                    for (&row, label) in batch.iter().zip(&mut of_row) {
                        batches.extend_from_slice(&inputs[row * features..][..features]);
                        label[one.classes[row]] = 1.0;
                    }
                }
                gradients = networks.step(&mut adam, gradients, batch.len(), batches, labels)?.0;
            }
        }
        Ok(networks)
    }

    /// Networks that all have the initial weights of a seed.
    fn initial(networks: usize, features: usize, classes: usize, seed: u64) -> Result<Self> {
        let draw = |tensor: u64, count: usize, fan_in: usize| -> Vec<f32> {
            let (key, bound) = (bits(seed, tensor), 1.0 / (fan_in as f64).sqrt());
            let own: Vec<f32> = (0..count as u64).map(|index| symmetric(key, index, bound) as f32).collect();
            own.repeat(networks)
        };
        let (runs, features_, classes_) = (Size(networks), Size(features), Size(classes));
        Ok(Self {
            hidden: Linear {
                weight: tensor(draw(0, HIDDEN * features, features), (runs, Const, features_))?,
                bias: tensor(draw(1, HIDDEN, features), (runs, Const))?,
            },
            out: Linear {
                weight: tensor(draw(2, classes * HIDDEN, HIDDEN), (runs, classes_, Const))?,
                bias: tensor(draw(3, classes, HIDDEN), (runs, classes_))?,
            },
        })
    }

    fn networks(&self) -> usize {
        self.hidden.bias.shape().0.0
    }

    fn features(&self) -> usize {
        self.hidden.weight.shape().2.0
    }

    fn classes(&self) -> usize {
        self.out.bias.shape().1.0
    }

    /// One step of the optimiser on a batch of each network: inputs `[networks, rows, features]` and labels as probabilities
    /// `[networks, rows, labels]`. Returns the gradients' memory and each network's loss before the step.
    fn step(
        &mut self,
        adam: &mut Adam<Cpu>,
        gradients: Gradients<f32, Cpu>,
        rows: usize,
        batches: Vec<f32>,
        labels: Vec<f32>,
    ) -> Result<(Gradients<f32, Cpu>, Vec<f32>)> {
        let inputs = tensor(batches, (Size(self.networks()), rows, Size(self.features())))?;
        let logits = self.logits(inputs.traced(gradients))?;
        let labels = tensor(labels, *logits.shape())?;
        let (losses, mut gradients) = losses_and_gradients(logits, labels).map_err(device_failed)?;
        let losses = losses.as_vec();
        if let Some(loss) = losses.iter().find(|loss| !loss.is_finite()) {
            let place = Place::field(format!("{WHAT}, step {}", adam.steps() + 1));
            return Err(Error::new(Fault::NOT_FINITE, place, "a finite loss", loss.to_string()));
        }
        adam.update(self, &mut gradients).map_err(device_failed)?;
        self.try_zero_grads(&mut gradients).map_err(device_failed)?;
        if let Some(found) = not_finite(self, adam, self.networks()).into_iter().flatten().next() {
            let place = Place::field(format!("{WHAT}, step {}", adam.steps()));
            return Err(Error::new(Fault::NOT_FINITE, place, "finite numbers behind it", found));
        }
        Ok((gradients, losses))
    }

    fn logits<T: Tape<f32, Cpu>>(&self, inputs: Rows<Size, f32, Cpu, T>) -> Result<Logits<Size, Cpu, T>> {
        let hidden = self.hidden.try_forward(inputs).and_then(|hidden| Relu.try_forward(hidden));
        hidden.and_then(|hidden| self.out.try_forward(hidden)).map_err(device_failed)
    }
}

/// Numbers of rows, features and labels, which all trainings share.
fn common_shape(training: &[Examples]) -> Result<(usize, usize, usize)> {
    let shape = |one: &Examples| (one.values.nrows(), one.values.ncols(), one.labels.count());
    Error::gather(training.iter().map(|one| one.check(WHAT)))?;
    let mut shapes = training.iter().map(shape);
    let first = shapes.next();
    let same = first.filter(|first| shapes.all(|other| other == *first));
    same.ok_or_else(|| {
        let found = format!("{:?}", training.iter().map(shape).collect::<Vec<_>>());
        let expected = "trainings of as many rows, features and labels";
        Error::new(Fault::BAD_SETTING, Place::field(WHAT), expected, found)
    })
}

/// Row after row, in single precision.
fn single_precision(values: &Array2<f64>) -> Result<Vec<f32>> {
    let single = values.mapv(|value| value as f32);
    check_finite(WHAT, &single.mapv(f64::from))?;
    Ok(single.into_iter().collect())
}

fn tensor<S: Shape>(values: Vec<f32>, shape: S) -> Result<Tensor<S, f32, Cpu>> {
    Cpu::default().try_tensor_from_vec(values, shape).map_err(device_failed)
}

#[cfg(test)]
mod tests {
    use super::super::accuracy;
    use super::super::testing::{examples, noise};
    use super::*;

    fn separable(rows: usize) -> Examples {
        examples(rows, 5, |row, column| noise(row * 5 + column) + if column == row % 3 { 3.0 } else { 0.0 })
    }

    #[test]
    fn steps_of_training_agree_with_numpy() {
        // tests/classifiers/generate.py: two batches in turn, weights by formula.
        let all = examples(24, 5, |row, column| noise(row * 5 + column));
        let mut network = Stack::initial(1, 5, 3, 0).unwrap();
        let cosines = |tensor: usize, count: usize| -> Vec<f32> {
            (0..count).map(|i| (0.3 * ((i + tensor) as f64).powi(2).cos()) as f32).collect()
        };
        network.hidden.weight.copy_from(&cosines(0, HIDDEN * 5));
        network.hidden.bias.copy_from(&cosines(1, HIDDEN));
        network.out.weight.copy_from(&cosines(2, 3 * HIDDEN));
        network.out.bias.copy_from(&cosines(3, 3));
        let mut adam = Adam::new(&network, 0.01).unwrap();
        let mut gradients = network.try_alloc_grads().unwrap();
        let inputs = single_precision(&all.values).unwrap();
        for (step, expected) in [
            1.188_501, 1.076_383, 1.092_793, 1.024_467, 1.025_648, 0.978_851, 0.968_901, 0.937_428,
            0.921_818, 0.899_553, 0.881_354, 0.865_883, 0.845_45, 0.835_471, 0.813_256, 0.808_128, 0.784_375,
            0.783_219, 0.758_403, 0.761_244,
        ]
        .into_iter()
        .enumerate()
        {
            let rows = 12 * (step % 2)..12 * (step % 2 + 1);
            let batch = inputs[rows.start * 5..rows.end * 5].to_vec();
            let label = |row: usize| (0..3).map(move |class| f32::from(u8::from(class == row % 3)));
            let labels = rows.flat_map(label).collect();
            let losses;
            (gradients, losses) = network.step(&mut adam, gradients, 12, batch, labels).unwrap();
            let loss = f64::from(losses[0]);
            assert!((loss - expected).abs() < 2e-5, "{step}: {loss} and not {expected}");
        }
    }

    #[test]
    fn it_learns_what_can_be_learnt_the_same_way_each_time() {
        let training = separable(60);
        let network = HiddenLayer::fit(&training, 1).unwrap();
        let unseen = separable(90).with_rows(&(60..90).collect::<Vec<_>>());
        assert!(accuracy(&network.predict(&unseen.values).unwrap(), &unseen.classes) > 0.9);
        let weights = |seed| StateDict::of(&HiddenLayer::fit(&training, seed).unwrap().0);
        assert_eq!(weights(1), StateDict::of(&network.0));
        assert_ne!(weights(1), weights(2));
    }

    #[test]
    fn it_learns_from_any_number_of_columns() {
        // More columns than rows, too, as spectra have them.
        for columns in [5, 70, 8193] {
            let all = examples(90, columns, |row, column| {
                noise(row * columns + column) + if column % 3 == row % 3 { 3.0 } else { 0.0 }
            });
            let training = all.with_rows(&(0..60).collect::<Vec<_>>());
            let unseen = all.with_rows(&(60..90).collect::<Vec<_>>());
            let network = HiddenLayer::fit(&training, 1).unwrap();
            let correct = accuracy(&network.predict(&unseen.values).unwrap(), &unseen.classes);
            assert!(correct > 0.9, "{columns} columns: {correct}");
        }
    }

    #[test]
    fn side_by_side_networks_are_those_that_are_trained_alone() {
        // Other labels, and other rows, some of which are not a whole batch.
        let training: Vec<Examples> = (0..3)
            .map(|turn| {
                let mut one = separable(21 + turn).with_rows(&(turn..turn + 21).collect::<Vec<_>>());
                one.classes.rotate_left(turn);
                one
            })
            .collect();
        let together = HiddenLayer::fit_each(&training, 4).unwrap();
        assert_eq!(together.len(), 3);
        for (one, together) in training.iter().zip(&together) {
            let alone = HiddenLayer::fit(one, 4).unwrap();
            assert_eq!(StateDict::of(&together.0), StateDict::of(&alone.0));
        }
    }

    #[test]
    fn no_rows_unequal_rows_and_another_width_are_refused() {
        let fault =
            |training: &[Examples]| HiddenLayer::fit_each(training, 0).unwrap_err().problems()[0].fault;
        assert_eq!(fault(&[separable(6).with_rows(&[])]), Fault::BAD_SETTING);
        assert_eq!(fault(&[separable(6).with_columns(&[])]), Fault::BAD_SETTING);
        assert_eq!(fault(&[separable(6), separable(7)]), Fault::BAD_SETTING);
        assert_eq!(fault(&[]), Fault::BAD_SETTING);
        let network = HiddenLayer::fit(&separable(6), 0).unwrap();
        assert!(network.predict(&Array2::zeros((1, 6))).is_err());
        assert_eq!(network.predict(&Array2::zeros((0, 5))), Ok(vec![]));
    }
}
