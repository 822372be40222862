//! A network with one hidden layer, on dfdx.

use dfdx::nn::modules::Linear;
use dfdx::prelude::*;
use ndarray::Array2;

use super::Examples;
use super::examples::check_finite;
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::models::device_failed;
use crate::nn::Relu;
use crate::nn::random::{bits, symmetric};
use crate::recordings::MOST_LABELS;
use crate::training::{Adam, Hyperparameters, not_finite};

/// Hidden units: those of Rahman et al.
pub const HIDDEN: usize = 30;

/// The most features that it can read: 26 of each of 256 channels, and some.
pub const MOST_FEATURES: usize = WIDTHS[3];

/// How many features the layers can read that dfdx compiles.
const WIDTHS: [usize; 4] = [64, 512, 2048, 8192];

/// How it is trained. Rahman et al. do not say how theirs was: these are the step size and the epochs of scikit-learn's
/// `MLPClassifier` and the batch of the paper's LSTMs.
pub const TRAINING: Hyperparameters =
    Hyperparameters { epochs: 200, batch: 16, learning_rate: 1e-3, dropout: 0.0 };

/// A row for each example.
type Rows<const N: usize, T = NoneTape> = Tensor<(usize, Const<N>), f32, Cpu, T>;

/// Features → 30 hidden units, ReLU → a logit for each label, trained with Adam on cross-entropy.
///
/// dfdx knows the size of a layer when it is compiled. A row of fewer features than a width (64, 512, 2048 or 8192) is filled
/// up with zeros: their weights change neither an output nor a gradient. Outputs beyond the labels of the study have a bias so low that their
/// probability, and so their gradient, is exactly 0. Initial weights and biases are PyTorch's, uniform on ±1/√n for n
/// inputs, here features. Everything random comes from the seed.
#[derive(Debug, Clone)]
pub struct HiddenLayer(Fitted);

/// A network of the least width that its features fit into.
#[derive(Debug, Clone)]
enum Fitted {
    Narrow(OfWidth<{ WIDTHS[0] }>),
    Middle(OfWidth<{ WIDTHS[1] }>),
    Wide(OfWidth<{ WIDTHS[2] }>),
    Widest(OfWidth<{ WIDTHS[3] }>),
}

impl HiddenLayer {
    /// Trains a network from its initial weights on all rows, in another order each epoch.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless there are rows and from 1 to [`MOST_FEATURES`] features; [`Fault::NOT_FINITE`];
    /// [`Fault::DEVICE_FAILED`].
    pub fn fit(training: &Examples, seed: u64) -> Result<Self> {
        let features = training.values.ncols();
        Ok(Self(match WIDTHS.iter().position(|width| features <= *width) {
            Some(0) => Fitted::Narrow(OfWidth::fit(training, seed)?),
            Some(1) => Fitted::Middle(OfWidth::fit(training, seed)?),
            Some(2) => Fitted::Wide(OfWidth::fit(training, seed)?),
            _ => Fitted::Widest(OfWidth::fit(training, seed)?),
        }))
    }

    /// The class of each row: that of the greatest logit; of equal ones, the lowest.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if rows have other features than those it was trained on; [`Fault::NOT_FINITE`];
    /// [`Fault::DEVICE_FAILED`].
    pub fn predict(&self, values: &Array2<f64>) -> Result<Vec<usize>> {
        match &self.0 {
            Fitted::Narrow(network) => network.predict(values),
            Fitted::Middle(network) => network.predict(values),
            Fitted::Wide(network) => network.predict(values),
            Fitted::Widest(network) => network.predict(values),
        }
    }
}

/// The network for rows of at most so many features.
#[derive(Debug, Clone)]
struct OfWidth<const WIDTH: usize> {
    hidden: Linear<WIDTH, HIDDEN, f32, Cpu>,
    out: Linear<HIDDEN, MOST_LABELS, f32, Cpu>,
    features: usize,
    classes: usize,
}

/// The bias of an output that stands for no label.
const NEVER: f32 = -1e9;

impl<const WIDTH: usize> TensorCollection<f32, Cpu> for OfWidth<WIDTH> {
    type To<E2: Dtype, D2: Device<E2>> = Layers<WIDTH, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, Cpu>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::module("hidden", |s| &s.hidden, |s| &mut s.hidden),
                Self::module("out", |s| &s.out, |s| &mut s.out),
            ),
            |layers| layers,
        )
    }
}

/// What dfdx makes of the layers on another device.
type Layers<const WIDTH: usize, E, D> = (Linear<WIDTH, HIDDEN, E, D>, Linear<HIDDEN, MOST_LABELS, E, D>);

impl<const WIDTH: usize> OfWidth<WIDTH> {
    fn fit(training: &Examples, seed: u64) -> Result<Self> {
        let mut network = Self::initial(training, seed)?;
        let mut adam = Adam::new(&network, TRAINING.learning_rate)?;
        let mut gradients = network.try_alloc_grads().map_err(device_failed)?;
        for epoch in 0..TRAINING.epochs {
            let mut order: Vec<usize> = (0..training.len()).collect();
            Shuffler::of_epoch(seed, 0, epoch as u64).shuffle(&mut order);
            for batch in order.chunks(TRAINING.batch) {
                gradients = network.step(&mut adam, gradients, &training.with_rows(batch))?.0;
            }
        }
        Ok(network)
    }

    fn initial(training: &Examples, seed: u64) -> Result<Self> {
        let features = training.values.ncols();
        training.check("network")?;
        if features > WIDTH {
            let expected = format!("rows of 1 to {WIDTH} features");
            return Err(Error::new(
                Fault::BAD_SETTING,
                Place::field("network"),
                expected,
                features.to_string(),
            ));
        }
        let device = Cpu::default();
        let (mut hidden, mut out): Layers<WIDTH, f32, Cpu> = device
            .build_module::<(builders::Linear<WIDTH, HIDDEN>, builders::Linear<HIDDEN, MOST_LABELS>), f32>();
        let draw = |tensor: u64, count: usize, fan_in: usize| -> Vec<f32> {
            let (key, bound) = (bits(seed, tensor), 1.0 / (fan_in as f64).sqrt());
            (0..count as u64).map(|index| symmetric(key, index, bound) as f32).collect()
        };
        let mut weights = vec![0.0; HIDDEN * WIDTH];
        let drawn = draw(0, HIDDEN * features, features);
        for (row, drawn) in weights.chunks_exact_mut(WIDTH).zip(drawn.chunks_exact(features)) {
            row[..features].copy_from_slice(drawn);
        }
        hidden.weight.copy_from(&weights);
        hidden.bias.copy_from(&draw(1, HIDDEN, features));
        let classes = training.labels.count();
        out.weight.copy_from(&filled(draw(2, classes * HIDDEN, HIDDEN), MOST_LABELS * HIDDEN, 0.0));
        out.bias.copy_from(&filled(draw(3, classes, HIDDEN), MOST_LABELS, NEVER));
        Ok(Self { hidden, out, features, classes })
    }

    /// One batch: a step of the optimiser. Gives the gradients' memory back, and the loss before the step.
    fn step(
        &mut self,
        adam: &mut Adam<Cpu>,
        gradients: Gradients<f32, Cpu>,
        batch: &Examples,
    ) -> Result<(Gradients<f32, Cpu>, f32)> {
        let logits = self.logits(self.inputs(&batch.values)?.traced(gradients))?;
        let mut labels = vec![0.0; batch.len() * MOST_LABELS];
        for (row, class) in labels.chunks_exact_mut(MOST_LABELS).zip(&batch.classes) {
            row[*class] = 1.0;
        }
        let labels =
            Cpu::default().try_tensor_from_vec(labels, (batch.len(), Const)).map_err(device_failed)?;
        // As `cross_entropy_with_logits_loss`, whose mean would be over outputs that stand for no label too.
        let numbers = (batch.len() * self.classes) as f32;
        let loss = (logits.log_softmax::<Axis<1>>() * labels).sum() / numbers;
        let loss = loss.negate() / (1.0 / self.classes as f64) as f32;
        let value = loss.as_vec()[0];
        if !value.is_finite() {
            let place = Place::field(format!("network, step {}", adam.steps() + 1));
            return Err(Error::new(Fault::NOT_FINITE, place, "a finite loss", value.to_string()));
        }
        let mut gradients = loss.try_backward().map_err(device_failed)?;
        adam.update(self, &mut gradients).map_err(device_failed)?;
        self.try_zero_grads(&mut gradients).map_err(device_failed)?;
        if let Some(found) = not_finite(self, adam, 1).remove(0) {
            let place = Place::field(format!("network, step {}", adam.steps()));
            return Err(Error::new(Fault::NOT_FINITE, place, "finite numbers behind it", found));
        }
        Ok((gradients, value))
    }

    /// `[rows, features]` to `[rows, WIDTH]`, in single precision.
    fn inputs(&self, values: &Array2<f64>) -> Result<Rows<WIDTH>> {
        if values.ncols() != self.features {
            let expected = format!("rows of {} features", self.features);
            let found = values.ncols().to_string();
            return Err(Error::new(Fault::BAD_SETTING, Place::field("network"), expected, found));
        }
        let single = values.mapv(|value| f64::from(value as f32));
        check_finite("network", &single)?;
        let mut padded = vec![0.0; values.nrows() * WIDTH];
        for (padded, row) in padded.chunks_exact_mut(WIDTH).zip(values.rows()) {
            for (padded, value) in padded.iter_mut().zip(row) {
                *padded = *value as f32;
            }
        }
        Cpu::default().try_tensor_from_vec(padded, (values.nrows(), Const)).map_err(device_failed)
    }

    fn logits<T: Tape<f32, Cpu>>(&self, inputs: Rows<WIDTH, T>) -> Result<Rows<MOST_LABELS, T>> {
        let hidden = Relu.try_forward(self.hidden.try_forward(inputs).map_err(device_failed)?);
        self.out.try_forward(hidden.map_err(device_failed)?).map_err(device_failed)
    }

    fn predict(&self, values: &Array2<f64>) -> Result<Vec<usize>> {
        if values.nrows() == 0 {
            return Ok(Vec::new());
        }
        let logits = self.logits(self.inputs(values)?)?.as_vec();
        let greatest = |row: &[f32]| {
            let classes = 1..self.classes;
            classes.fold(0, |best, class| if row[class] > row[best] { class } else { best })
        };
        let answer = |(index, row): (usize, &[f32])| {
            if row.iter().all(|logit| logit.is_finite()) {
                return Ok(greatest(row));
            }
            let place = Place::field(format!("network, row {}", index + 1));
            Err(Error::new(Fault::NOT_FINITE, place, "finite outputs", format!("{row:?}")))
        };
        logits.chunks_exact(MOST_LABELS).enumerate().map(answer).collect()
    }
}

/// Values, and the same value behind them up to a length.
fn filled(mut values: Vec<f32>, length: usize, value: f32) -> Vec<f32> {
    values.resize(length, value);
    values
}

#[cfg(test)]
mod tests {
    use super::super::accuracy;
    use super::super::testing::{examples, noise};
    use super::*;

    const NARROW: usize = WIDTHS[0];

    fn separable(rows: usize) -> Examples {
        examples(rows, 5, |row, column| noise(row * 5 + column) + if column == row % 3 { 3.0 } else { 0.0 })
    }

    #[test]
    fn steps_of_training_agree_with_numpy() {
        // tests/classifiers/generate.py: two batches in turn, weights by formula.
        let all = examples(24, 5, |row, column| noise(row * 5 + column));
        let batches = [0, 12].map(|start| all.with_rows(&(start..start + 12).collect::<Vec<_>>()));
        let mut network = OfWidth::<NARROW>::initial(&all, 0).unwrap();
        let cosines = |tensor: usize, count: usize| -> Vec<f32> {
            (0..count).map(|i| (0.3 * ((i + tensor) as f64).powi(2).cos()) as f32).collect()
        };
        let mut weights = vec![0.0; HIDDEN * NARROW];
        for (row, drawn) in weights.chunks_exact_mut(NARROW).zip(cosines(0, HIDDEN * 5).chunks_exact(5)) {
            row[..5].copy_from_slice(drawn);
        }
        network.hidden.weight.copy_from(&weights);
        network.hidden.bias.copy_from(&cosines(1, HIDDEN));
        network.out.weight.copy_from(&filled(cosines(2, 3 * HIDDEN), MOST_LABELS * HIDDEN, 0.0));
        network.out.bias.copy_from(&filled(cosines(3, 3), MOST_LABELS, NEVER));
        let mut adam = Adam::new(&network, 0.01).unwrap();
        let mut gradients = network.try_alloc_grads().unwrap();
        for (step, expected) in [
            1.188_501, 1.076_383, 1.092_793, 1.024_467, 1.025_648, 0.978_851, 0.968_901, 0.937_428,
            0.921_818, 0.899_553, 0.881_354, 0.865_883, 0.845_45, 0.835_471, 0.813_256, 0.808_128, 0.784_375,
            0.783_219, 0.758_403, 0.761_244,
        ]
        .into_iter()
        .enumerate()
        {
            let loss;
            (gradients, loss) = network.step(&mut adam, gradients, &batches[step % 2]).unwrap();
            assert!((f64::from(loss) - expected).abs() < 2e-5, "{step}: {loss} and not {expected}");
        }
        // Weights of what is not there have not moved.
        let weights = network.hidden.weight.as_vec();
        assert!(weights.chunks_exact(NARROW).all(|row| row[5..].iter().all(|weight| *weight == 0.0)));
    }

    #[test]
    fn it_learns_what_can_be_learnt_the_same_way_each_time() {
        let training = separable(60);
        let network = OfWidth::<NARROW>::fit(&training, 1).unwrap();
        let unseen = separable(90).with_rows(&(60..90).collect::<Vec<_>>());
        assert!(accuracy(&network.predict(&unseen.values).unwrap(), &unseen.classes) > 0.9);
        let weights = |seed| OfWidth::<NARROW>::fit(&training, seed).unwrap().out.weight.as_vec();
        assert_eq!(weights(1), network.out.weight.as_vec());
        assert_ne!(weights(1), weights(2));
    }

    #[test]
    fn no_rows_too_many_features_and_another_width_are_refused() {
        let fault = |training: &Examples| HiddenLayer::fit(training, 0).unwrap_err().problems()[0].fault;
        assert_eq!(fault(&separable(6).with_rows(&[])), Fault::BAD_SETTING);
        assert_eq!(fault(&separable(6).with_columns(&[])), Fault::BAD_SETTING);
        assert_eq!(fault(&examples(6, MOST_FEATURES + 1, |_, _| 0.0)), Fault::BAD_SETTING);
        let network = OfWidth::<NARROW>::initial(&separable(6), 0).unwrap();
        assert!(network.predict(&Array2::zeros((1, 6))).is_err());
        assert_eq!(network.predict(&Array2::zeros((0, 5))), Ok(vec![]));
    }
    #[test]
    fn a_width_changes_neither_weights_nor_answers() {
        let (training, unseen) = (separable(30), separable(40));
        let narrow = OfWidth::<NARROW>::fit(&training, 1).unwrap().predict(&unseen.values);
        assert_eq!(OfWidth::<{ WIDTHS[1] }>::fit(&training, 1).unwrap().predict(&unseen.values), narrow);
        let many = examples(30, 70, |row, column| {
            noise(row * 70 + column) + if column == row % 3 { 3.0 } else { 0.0 }
        });
        let answers = HiddenLayer::fit(&many, 0).unwrap().predict(&many.values).unwrap();
        assert!(accuracy(&answers, &many.classes) > 0.9);
    }
}
