//! Which network, and how large: from values to a network.

use super::architecture::{Architecture, Kind, Layer, Shape};
use super::paper::{self, baseline, cnn, multilayer};
use super::{Convolutional, Model, Network, NetworkDevice, Recurrent, device_failed};
use crate::error::{Error, Fault, Place, Result};
use crate::nn::Size;
use crate::preparation::{FRAME, HOP, SLICE};
use crate::preparation::{LONGEST_FRAME, Slicing};
use crate::recordings::MOST_LABELS;

/// The widest kernel that is accepted, in frames.
pub const LARGEST_KERNEL: usize = 255;
/// The most units of a layer, or channels of a convolution, that are accepted.
pub const MOST_UNITS: usize = 1024;

/// One of the paper's networks, with its sizes or with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specification {
    /// Which one.
    pub model: Model,
    /// Samples of a frame.
    pub frame: usize,
    /// Width of the CNN's kernels, in frames; the LSTMs have none.
    pub kernel: Option<usize>,
    /// Units of an LSTM's layers, or channels of the CNN's.
    pub units: usize,
    /// Labels to be told apart: outputs.
    pub classes: usize,
}

/// Something to be done with a network whose type is known when the program runs.
pub trait NetworkTask<D: NetworkDevice> {
    /// What comes of it.
    type Output;

    /// Does it. `build` makes a network of one run with initial weights from the device's random numbers.
    fn run<N: Network<D>>(self, build: impl Fn(&D) -> Result<N> + Sync) -> Self::Output;
}

impl Specification {
    /// One of the paper's networks as it is.
    #[must_use]
    pub const fn paper(model: Model) -> Self {
        let (units, kernel) = match model {
            Model::Baseline => (baseline::UNITS, None),
            Model::Multilayer => (multilayer::UNITS, None),
            Model::Cnn => (cnn::CHANNELS, Some(cnn::KERNEL)),
        };
        Self { model, frame: FRAME, kernel, units, classes: paper::GENRES }
    }

    /// LSTM layers, or residual blocks.
    #[must_use]
    pub const fn layers(self) -> usize {
        match self.model {
            Model::Baseline => baseline::LAYERS,
            Model::Multilayer => multilayer::LAYERS,
            Model::Cnn => cnn::BLOCKS,
        }
    }

    /// Units of the narrow linear layer of an LSTM network: half of the others, as the paper has it.
    const fn narrow(self) -> usize {
        self.units.div_ceil(2)
    }

    /// Refuses sizes that a network cannot have.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] for each of: a frame that is not from 1 to [`LONGEST_FRAME`] samples, or of the CNN does not
    /// divide its hop or goes fewer than four times into its slice; a kernel of an LSTM, or one of the CNN that is not odd
    /// and at most [`LARGEST_KERNEL`]; units that are not from 1 to [`MOST_UNITS`]; fewer than two labels, or more than
    /// [`MOST_LABELS`].
    pub fn check(self) -> Result<()> {
        let Self { model, frame, kernel, units, classes } = self;
        let is_cnn = model == Model::Cnn;
        // Two poolings.
        let fewest = cnn::POOL * cnn::POOL;
        let fits_slices = !is_cnn || Slicing::new(frame, SLICE, HOP).is_ok() && SLICE / frame >= fewest;
        let fits = |kernel: usize| is_cnn && kernel % 2 == 1 && kernel <= LARGEST_KERNEL;
        let expected_kernel = match is_cnn {
            true => format!("an odd number from 1 to {LARGEST_KERNEL}"),
            false => format!("none, because the {model} network has no kernels"),
        };
        let expected_frame = match is_cnn {
            true => format!("a divisor of {HOP}, at most {}", SLICE / fewest),
            false => format!("1 to {LONGEST_FRAME} samples"),
        };
        let found = |kernel: Option<usize>| kernel.map_or_else(|| "none".to_owned(), |one| one.to_string());
        let rules = [
            ((1..=LONGEST_FRAME).contains(&frame) && fits_slices, "frame", expected_frame, frame.to_string()),
            (kernel.map_or(!is_cnn, fits), "kernel", expected_kernel, found(kernel)),
            ((1..=MOST_UNITS).contains(&units), "units", format!("1 to {MOST_UNITS}"), units.to_string()),
            (
                (2..=MOST_LABELS).contains(&classes),
                "labels",
                format!("2 to {MOST_LABELS}"),
                classes.to_string(),
            ),
        ];
        let rule = |(kept, name, expected, found): (bool, &str, String, String)| match kept {
            true => Ok(()),
            false => Err(Error::new(Fault::BAD_SETTING, Place::field(name), expected, found)),
        };
        Error::gather(rules.into_iter().map(rule)).map(drop)
    }

    /// Does something with such a network.
    ///
    /// # Errors
    /// Those of [`Self::check`].
    pub fn with<D: NetworkDevice, T: NetworkTask<D>>(self, task: T) -> Result<T::Output> {
        self.check()?;
        let classes = Size(self.classes);
        let recurrent = (Size(self.frame), Size(self.units), Size(self.narrow()), classes);
        Ok(match self.model {
            Model::Baseline => task.run(move |device: &D| {
                Recurrent::<_, _, _, _, { baseline::LAYERS }, f32, D>::new(device, 1, recurrent)
                    .map_err(device_failed)
            }),
            Model::Multilayer => task.run(move |device: &D| {
                Recurrent::<_, _, _, _, { multilayer::LAYERS }, f32, D>::new(device, 1, recurrent)
                    .map_err(device_failed)
            }),
            Model::Cnn => {
                let kernel = self.kernel.unwrap_or(cnn::KERNEL);
                let sizes = (Size(self.frame), Size(self.units), Size(kernel), classes);
                task.run(move |device: &D| Convolutional::new(device, 1, sizes).map_err(device_failed))
            }
        })
    }

    /// The layers of such a network; the CNN's over slices of the paper's length.
    ///
    /// # Errors
    /// Those of [`Self::check`].
    pub fn architecture(self) -> Result<Architecture> {
        self.check()?;
        let (input, layers) = match self.model {
            Model::Baseline | Model::Multilayer => self.recurrent_layers(),
            Model::Cnn => self.convolutional_layers(),
        };
        Ok(Architecture { model: self.model, input, layers })
    }

    fn recurrent_layers(self) -> (Shape, Vec<Layer>) {
        let (units, narrow) = (self.units, self.narrow());
        let lstm = (1..=self.layers()).map(|layer| {
            let inputs = if layer == 1 { self.frame } else { units };
            // Four gates, each with weights for the frame and the state and with two biases.
            let parameters = 4 * units * (inputs + units + 2);
            let output = Shape::Signal { values: units };
            let lstm = Layer::new(Some("lstm"), Kind::Lstm { layer }, output, parameters);
            // What the last layer drops is dropped at the true end only.
            if layer < self.layers() { lstm.then_dropout() } else { lstm }
        });
        let head = [
            Layer::new(None, Kind::TrueEnd, Shape::Vector { values: units }, 0).then_dropout(),
            Layer::linear("fc1", units, units).then_relu().then_dropout(),
            Layer::linear("fc2", units, narrow).then_relu().then_dropout(),
            Layer::linear("fc3", narrow, units).then_relu().then_dropout(),
            Layer::linear("out", units, self.classes),
        ];
        (Shape::Signal { values: self.frame }, lstm.chain(head).collect())
    }

    fn convolutional_layers(self) -> (Shape, Vec<Layer>) {
        let (channels, kernel) = (self.units, self.kernel.unwrap_or(cnn::KERNEL));
        let frames = SLICE / self.frame;
        let at = |frames| Shape::Slice { frames, values: channels };
        let convolution = |name, inputs, frames| {
            let parameters = channels * inputs * kernel + channels;
            let kind = Kind::Convolution { kernel, padding: kernel / 2 };
            Layer::new(Some(name), kind, at(frames), parameters)
        };
        let block = |name, frames| {
            let norm = |name| Layer::new(Some(name), Kind::BatchNorm, at(frames), 2 * channels);
            let inside = vec![
                convolution("conv1", channels, frames),
                norm("norm1").then_relu(),
                convolution("conv2", channels, frames),
                norm("norm2").then_relu(),
            ];
            let parameters = inside.iter().map(|layer| layer.parameters).sum();
            let block = Layer::new(Some(name), Kind::ResidualBlock, at(frames), parameters).then_relu();
            Layer { inside, ..block }
        };
        let pool = |frames| Layer::new(None, Kind::MaxPool { width: cnn::POOL }, at(frames / cnn::POOL), 0);
        let (half, quarter) = (frames / cnn::POOL, frames / cnn::POOL / cnn::POOL);
        let layers = vec![
            convolution("stem", self.frame, frames),
            block("block1", frames),
            pool(frames),
            block("block2", half),
            pool(half),
            block("block3", quarter),
            Layer::new(None, Kind::AveragePool, Shape::Vector { values: channels }, 0),
            Layer::linear("out", channels, self.classes),
        ];
        (Shape::Slice { frames, values: self.frame }, layers)
    }
}

#[cfg(test)]
mod tests {
    use dfdx::prelude::*;

    use super::*;
    use crate::nn::testing::TestDevice;

    struct Parameters;

    impl NetworkTask<TestDevice> for Parameters {
        type Output = usize;

        fn run<N: Network<TestDevice>>(self, build: impl Fn(&TestDevice) -> Result<N> + Sync) -> usize {
            build(&TestDevice::default()).unwrap().num_trainable_params()
        }
    }

    #[test]
    fn a_network_of_any_size_within_bounds_can_be_had() {
        let paper = Specification::paper;
        for specification in [
            paper(Model::Baseline),
            paper(Model::Multilayer),
            paper(Model::Cnn),
            Specification { frame: 1, ..paper(Model::Baseline) },
            Specification { frame: 5, units: 7, classes: 2, ..paper(Model::Multilayer) },
            Specification { frame: 1, units: 3, kernel: Some(9), classes: 64, ..paper(Model::Cnn) },
            Specification { frame: 240, kernel: Some(1), ..paper(Model::Cnn) },
        ] {
            let architecture = specification.architecture().unwrap();
            let found: usize = specification.with(Parameters).unwrap();
            assert_eq!(found, architecture.parameters(), "{specification:?}");
        }
    }

    #[test]
    fn every_size_that_a_network_cannot_have_is_named() {
        let places = |specification: Specification| -> Vec<String> {
            let Err(error) = specification.check() else { return Vec::new() };
            error.problems().iter().map(|problem| problem.place.to_string()).collect()
        };
        let [baseline, _, cnn] = Model::ALL.map(Specification::paper);
        for (specification, expected) in [
            (baseline, vec![]),
            (
                Specification { frame: 0, units: 0, kernel: Some(3), ..baseline },
                vec!["frame", "kernel", "units"],
            ),
            (Specification { frame: 4097, units: 1025, ..baseline }, vec!["frame", "units"]),
            (Specification { classes: 1, ..baseline }, vec!["labels"]),
            (Specification { classes: 65, ..cnn }, vec!["labels"]),
            // It divides the slice, but not the hop.
            (Specification { frame: 64, ..cnn }, vec!["frame"]),
            (Specification { kernel: None, ..cnn }, vec!["kernel"]),
            (Specification { kernel: Some(4), frame: 7, ..cnn }, vec!["frame", "kernel"]),
            (Specification { kernel: Some(257), frame: 480, ..cnn }, vec!["frame", "kernel"]),
        ] {
            assert_eq!(places(specification), expected, "{specification:?}");
            assert_eq!(specification.architecture().is_ok(), expected.is_empty());
        }
    }
}
