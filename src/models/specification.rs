//! Which network, and how large: from values to a network.

use super::architecture::{Architecture, Kind, Layer, Shape};
use super::paper::{self, baseline, cnn, multilayer};
use super::{Convolutional, Model, Network, NetworkDevice, Recurrent, device_failed};
use crate::error::{Error, Fault, Place, Result};
use crate::nn::Size;
use crate::preparation::{FEWEST_FRAMES, Framing, LONGEST_FRAME, MOST_OVERLAP};
use crate::recordings::{MOST_CHANNELS, MOST_LABELS};

/// The widest kernel that is accepted, in frames.
pub const LARGEST_KERNEL: usize = 255;
/// The most units of a layer, or channels of a convolution, that are accepted.
pub const MOST_UNITS: usize = 1024;
/// The most values of a frame that are accepted: samples, times channels.
pub const MOST_INPUTS: usize = 1 << 16;
/// The longest slice that is accepted, in samples: over half an hour at 512 Hz.
pub const LONGEST_SLICE: usize = 1 << 20;

/// One of the paper's networks, with its sizes or with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specification {
    /// Which one.
    pub model: Model,
    /// Samples of a frame, of a slice of the CNN, and from one slice to the next.
    pub framing: Framing,
    /// Channels of a recording. A step of an LSTM, and a place of a convolution, reads `frame × channels` values.
    pub channels: usize,
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
        Self { model, framing: Framing::PAPER, channels: 1, kernel, units, classes: paper::GENRES }
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

    /// Values of a frame: what the first layer reads.
    #[must_use]
    pub const fn inputs(self) -> usize {
        self.framing.frame.saturating_mul(self.channels)
    }

    /// Units of the narrow linear layer of an LSTM network: half of the others, as the paper has it.
    const fn narrow(self) -> usize {
        self.units.div_ceil(2)
    }

    /// Refuses sizes that a network cannot have.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] for each of: a frame that is not from 1 to [`LONGEST_FRAME`] samples, or of the CNN does not
    /// divide its slice and its hop or goes fewer than [`FEWEST_FRAMES`] times into its slice; channels that are not from 1 to
    /// [`MOST_CHANNELS`], or that make more than [`MOST_INPUTS`] values of a frame; a slice of the CNN that is not from
    /// [`FEWEST_FRAMES`] to [`LONGEST_SLICE`] samples; a hop that is longer than the slice, or shorter than its
    /// [`MOST_OVERLAP`]th part; a kernel of an LSTM, or one of the CNN that is not odd
    /// and at most [`LARGEST_KERNEL`]; units that are not from 1 to [`MOST_UNITS`]; fewer than two labels, or more than
    /// [`MOST_LABELS`].
    pub fn check(self) -> Result<()> {
        let Self { model, framing: Framing { frame, slice, hop }, channels, kernel, units, classes } = self;
        let is_cnn = model == Model::Cnn;
        // Two poolings.
        const { assert!(cnn::POOL * cnn::POOL == FEWEST_FRAMES) };
        let slices = FEWEST_FRAMES..=LONGEST_SLICE;
        let hops = slice.div_ceil(MOST_OVERLAP)..=slice;
        let fits_slices =
            || slice.is_multiple_of(frame) && hop.is_multiple_of(frame) && slice / frame >= FEWEST_FRAMES;
        let fits = |kernel: usize| is_cnn && kernel % 2 == 1 && kernel <= LARGEST_KERNEL;
        let expected_kernel = match is_cnn {
            true => format!("an odd number from 1 to {LARGEST_KERNEL}"),
            false => format!("none, because the {model} network has no kernels"),
        };
        let expected_frame = match is_cnn {
            true => {
                let most = slice / FEWEST_FRAMES;
                format!("a divisor of the slice of {slice} and of the hop of {hop} samples, from 1 to {most}")
            }
            false => format!("1 to {LONGEST_FRAME} samples"),
        };
        let found = |kernel: Option<usize>| kernel.map_or_else(|| "none".to_owned(), |one| one.to_string());
        let is_frame = (1..=LONGEST_FRAME).contains(&frame) && (!is_cnn || fits_slices());
        let most_channels = MOST_CHANNELS.min(MOST_INPUTS / frame.clamp(1, LONGEST_FRAME));
        let expected_channels = format!("1 to {most_channels} with frames of {frame} samples");
        let rules = [
            (is_frame, "frame", expected_frame, frame.to_string()),
            ((1..=most_channels).contains(&channels), "channels", expected_channels, channels.to_string()),
            (
                !is_cnn || slices.contains(&slice),
                "slice",
                format!("{} to {} samples", slices.start(), slices.end()),
                slice.to_string(),
            ),
            (
                !is_cnn || hop > 0 && hops.contains(&hop),
                "hop",
                format!("{} to {} samples for a slice of {slice}", hops.start(), hops.end()),
                hop.to_string(),
            ),
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
        let recurrent = (Size(self.inputs()), Size(self.units), Size(self.narrow()), classes);
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
                let sizes = (Size(self.inputs()), Size(self.units), Size(kernel), classes);
                task.run(move |device: &D| Convolutional::new(device, 1, sizes).map_err(device_failed))
            }
        })
    }

    /// The layers of such a network; the CNN's over its slices.
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
            let inputs = if layer == 1 { self.inputs() } else { units };
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
        (Shape::Signal { values: self.inputs() }, lstm.chain(head).collect())
    }

    fn convolutional_layers(self) -> (Shape, Vec<Layer>) {
        let (channels, kernel) = (self.units, self.kernel.unwrap_or(cnn::KERNEL));
        let frames = self.framing.slice / self.framing.frame;
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
            convolution("stem", self.inputs(), frames),
            block("block1", frames),
            pool(frames),
            block("block2", half),
            pool(half),
            block("block3", quarter),
            Layer::new(None, Kind::AveragePool, Shape::Vector { values: channels }, 0),
            Layer::linear("out", channels, self.classes),
        ];
        (Shape::Slice { frames, values: self.inputs() }, layers)
    }
}

#[cfg(test)]
mod tests {
    use dfdx::prelude::*;

    use super::*;
    use crate::nn::testing::TestDevice;

    struct Parameters;

    fn framed(frame: usize, of: Specification) -> Specification {
        Specification { framing: Framing { frame, ..of.framing }, ..of }
    }

    fn sliced(slice: usize, hop: usize, of: Specification) -> Specification {
        Specification { framing: Framing { slice, hop, ..of.framing }, ..of }
    }

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
            framed(1, paper(Model::Baseline)),
            Specification { units: 7, classes: 2, ..framed(5, paper(Model::Multilayer)) },
            Specification { channels: 3, ..framed(16, paper(Model::Multilayer)) },
            Specification { units: 3, kernel: Some(9), classes: 64, ..framed(1, paper(Model::Cnn)) },
            Specification { channels: 256, units: 2, ..sliced(64, 16, paper(Model::Cnn)) },
            Specification { kernel: Some(1), ..framed(240, paper(Model::Cnn)) },
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
                Specification { units: 0, kernel: Some(3), ..framed(0, baseline) },
                vec!["frame", "kernel", "units"],
            ),
            (Specification { units: 1025, ..framed(4097, baseline) }, vec!["frame", "units"]),
            (Specification { channels: 257, ..baseline }, vec!["channels"]),
            (Specification { channels: 0, ..cnn }, vec!["channels"]),
            (Specification { channels: 17, ..framed(4096, baseline) }, vec!["channels"]),
            (sliced(2, 1, cnn), vec!["frame", "slice"]),
            (sliced(usize::MAX, usize::MAX, cnn), vec!["frame", "slice"]),
            (sliced(960, 968, cnn), vec!["hop"]),
            (sliced(960, 8, cnn), vec!["hop"]),
            (sliced(960, 0, cnn), vec!["hop"]),
            // An LSTM reads no slices.
            (sliced(0, 0, baseline), vec![]),
            (Specification { classes: 1, ..baseline }, vec!["labels"]),
            (Specification { classes: 65, ..cnn }, vec!["labels"]),
            // It divides the slice, but not the hop.
            (framed(64, cnn), vec!["frame"]),
            (Specification { kernel: None, ..cnn }, vec!["kernel"]),
            (Specification { kernel: Some(4), ..framed(7, cnn) }, vec!["frame", "kernel"]),
            (Specification { kernel: Some(257), ..framed(480, cnn) }, vec!["frame", "kernel"]),
        ] {
            assert_eq!(places(specification), expected, "{specification:?}");
            assert_eq!(specification.architecture().is_ok(), expected.is_empty());
        }
    }
}
