//! From the name of a network to its type.

use dfdx::prelude::*;

use super::{Model, Network, NetworkDevice, builder};
use crate::error::{Error, Fault, Place, Result};

/// Frames that the LSTMs are compiled for, in samples. Each of them costs seconds of compiling.
pub const LSTM_FRAMES: [usize; 2] = [1, 8];
/// Frames in samples (its channels), and kernels in frames, that the CNN is compiled for.
pub const CNN_INPUTS: [(usize, usize); 4] = [(1, 3), (8, 3), (8, 5), (8, 7)];

/// Something to be done with a network whose type is known when the program runs.
pub trait NetworkTask<D: NetworkDevice> {
    /// What comes of it.
    type Output;

    /// Does it. `build` makes the network with initial weights from the device's random numbers.
    fn run<N: Network<D>>(self, build: impl Fn(&D) -> N + Sync) -> Self::Output;
}

/// Does something with the network of this name, frame and kernel; the kernel is the CNN's.
///
/// # Errors
/// [`Fault::BadSetting`] for a frame or kernel that the network is not compiled for.
pub fn choose<D: NetworkDevice, T: NetworkTask<D>>(
    model: Model,
    frame: usize,
    kernel: Option<usize>,
    task: T,
) -> Result<T::Output> {
    check_input(model, frame, kernel)?;
    macro_rules! build {
        ($builder:ty) => {
            Ok(task.run(|device: &D| <$builder as BuildOnDevice<D, f32>>::build_on_device(device)))
        };
    }
    match (model, frame, kernel) {
        (Model::Baseline, 1, None) => build!(builder::Baseline<1>),
        (Model::Baseline, 8, None) => build!(builder::Baseline<8>),
        (Model::Multilayer, 1, None) => build!(builder::Multilayer<1>),
        (Model::Multilayer, 8, None) => build!(builder::Multilayer<8>),
        (Model::Cnn, 1, Some(3)) => build!(builder::Cnn<1, 3, 1>),
        (Model::Cnn, 8, Some(3)) => build!(builder::Cnn<8, 3, 1>),
        (Model::Cnn, 8, Some(5)) => build!(builder::Cnn<8, 5, 2>),
        (Model::Cnn, 8, Some(7)) => build!(builder::Cnn<8, 7, 3>),
        _ => unreachable!("what is offered can be had"),
    }
}

/// Refuses a frame or kernel that a network is not compiled for.
///
/// # Errors
/// [`Fault::BadSetting`]
pub fn check_input(model: Model, frame: usize, kernel: Option<usize>) -> Result<()> {
    let offered = match (model, kernel) {
        (Model::Baseline | Model::Multilayer, None) => LSTM_FRAMES.contains(&frame),
        (Model::Cnn, Some(kernel)) => CNN_INPUTS.contains(&(frame, kernel)),
        _ => false,
    };
    if offered {
        return Ok(());
    }
    let expected = match model {
        Model::Baseline | Model::Multilayer => format!("a frame of {LSTM_FRAMES:?} samples and no kernel"),
        Model::Cnn => format!("a frame of samples and a kernel, one of {CNN_INPUTS:?}"),
    };
    let kernel = kernel.map_or_else(|| "no kernel".to_owned(), |kernel| format!("a kernel of {kernel}"));
    let found = format!("a frame of {frame} and {kernel}");
    Err(Error::new(Fault::BadSetting, Place::field(format!("network {model}")), expected, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::TestDevice;

    struct Parameters;

    impl NetworkTask<TestDevice> for Parameters {
        type Output = usize;

        fn run<N: Network<TestDevice>>(self, build: impl Fn(&TestDevice) -> N + Sync) -> usize {
            build(&TestDevice::default()).num_trainable_params()
        }
    }

    #[test]
    fn every_network_that_is_offered_can_be_had() {
        for frame in LSTM_FRAMES {
            // The frame has 4H weights for each sample.
            let baseline = choose(Model::Baseline, frame, None, Parameters).unwrap();
            assert_eq!(baseline, 7603 - 8 * 128 + frame * 128);
            let multilayer = choose(Model::Multilayer, frame, None, Parameters).unwrap();
            assert_eq!(multilayer, 94_051 - 8 * 256 + frame * 256);
        }
        for (frame, kernel) in CNN_INPUTS {
            // 32 for each sample under the first kernels, 6 · 32 · 32 for each frame under the others.
            let expected = 19_907 - 32 * 24 - 6 * 1024 * 3 + 32 * frame * kernel + 6 * 1024 * kernel;
            assert_eq!(choose(Model::Cnn, frame, Some(kernel), Parameters).unwrap(), expected);
        }
    }

    #[test]
    fn other_frames_and_kernels_are_refused_with_what_there_is() {
        for (model, frame, kernel) in [
            (Model::Baseline, 3, None),
            (Model::Multilayer, 8, Some(3)),
            (Model::Cnn, 8, None),
            (Model::Cnn, 2, Some(3)),
        ] {
            let error = choose(model, frame, kernel, Parameters).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BadSetting);
            assert!(error.to_string().contains("expected a frame of "), "{error}");
        }
    }
}
