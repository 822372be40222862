//! What the paper states, each value with its section, and what it leaves open.
//!
//! Q. Wang, *Music Genre Classification using LSTM and CNN*. The recordings are those of J. S. Rahman, T. Gedeon,
//! S. Caldwell and R. Jones, *Brain Melody Informatics: Analysing Effects of Music on Brainwave Patterns*,
//! IJCNN 2020, [doi 10.1109/IJCNN48605.2020.9207392](https://doi.org/10.1109/IJCNN48605.2020.9207392).

/// Songs of the experiment, one workbook each (2.1).
pub const SONGS: u8 = 12;
/// Songs of each genre, numbered one after the other: 1-4 classical, 5-8 instrumental, 9-12 pop (2.1).
pub const SONGS_PER_GENRE: u8 = 4;
/// Participants (1).
pub const PARTICIPANTS: u16 = 24;

/// Samples of the shortest recording (2.1).
pub const SHORTEST: usize = 1608;
/// Samples of the longest recording (2.1).
pub const LONGEST: usize = 2197;

/// Samples of a time frame, the unit that an LSTM reads in one step (2.1).
pub const FRAME: usize = 8;
/// Samples of a slice, the CNN's input (2.4).
pub const SLICE: usize = 960;
/// Samples between the starts of neighbouring slices (2.4).
pub const HOP: usize = 480;

/// Part of all recordings that is kept for testing (2.1).
pub const TEST_FRACTION: f64 = 0.2;
/// Part of the rest that is kept for validation (2.1).
pub const VALIDATION_FRACTION: f64 = 0.2;

/// A choice that the paper does not make, and the default that stands in for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenChoice {
    /// What is open.
    pub question: &'static str,
    /// What we take unless told otherwise.
    pub default: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// What the paper leaves open (2.1 to 2.4).
pub const OPEN_CHOICES: &[OpenChoice] = &[
    OpenChoice {
        question: "normalisation",
        default: "none (raw)",
        reason: "the paper mentions none; the authors of the recordings suggest min-max and a median filter, \
                 so both can be chosen",
    },
    OpenChoice {
        question: "last incomplete frame",
        default: "zero-padded and counted",
        reason: "songs 1 and 10 have 2047 and 2197 samples, which are not multiples of 8, and no samples are \
                 said to be dropped",
    },
    OpenChoice {
        question: "rounding of the split",
        default: "parts held out are rounded up: 39 test, 31 validation, 122 training",
        reason: "every accuracy that the paper prints is a whole number of correct answers out of 39",
    },
    OpenChoice {
        question: "stratification of the split",
        default: "none",
        reason: "the paper says random sampling and no more",
    },
    OpenChoice {
        question: "samples after the last full hop",
        default: "not covered by a slice",
        reason: "slices have a fixed length and nothing is said of padding them",
    },
    OpenChoice {
        question: "an LSTM's input at one step",
        default: "one frame of 8 samples",
        reason: "the paper speaks of 8 inputs for every time frame",
    },
    OpenChoice {
        question: "the CNN's input",
        default: "8 channels of 120 frames",
        reason: "the same 8 inputs for every time frame; one channel of 960 samples can be chosen",
    },
    OpenChoice {
        question: "the CNN's kernels and padding",
        default: "3 wide, one zero at both ends",
        reason: "the paper names no width; a residual block keeps the length, so the padding follows from it",
    },
    OpenChoice {
        question: "dropout on a single LSTM layer",
        default: "on its output",
        reason: "there is no second layer to drop the inputs of",
    },
    OpenChoice {
        question: "initial weights, Adam's other settings",
        default: "those of PyTorch",
        reason: "nothing is said of either, and they are what most such work is done with",
    },
];

/// Part of the outputs that training drops, in both LSTM networks (2.2, 2.3).
pub const DROPOUT: f64 = 0.1;

/// Trainings of each network; its average is the mean without the lowest and the highest (2, 3).
pub const RUNS: usize = 15;

/// The baseline (2.2).
pub mod baseline {
    /// Units of the LSTM layer.
    pub const UNITS: usize = 32;
    /// LSTM layers.
    pub const LAYERS: usize = 1;
    /// Units of the three linear layers behind it.
    pub const LINEAR: [usize; 3] = [32, 16, 32];
    /// Passes over the training recordings.
    pub const EPOCHS: usize = 300;
    /// Recordings of a batch.
    pub const BATCH: usize = 16;
    /// Adam's step size.
    pub const LEARNING_RATE: f64 = 1e-3;
}

/// The multi-layer LSTM (2.3).
pub mod multilayer {
    /// Units of each LSTM layer.
    pub const UNITS: usize = 64;
    /// LSTM layers.
    pub const LAYERS: usize = 3;
    /// Units of the three linear layers behind them.
    pub const LINEAR: [usize; 3] = [64, 32, 64];
    /// Passes over the training recordings.
    pub const EPOCHS: usize = 600;
    /// Recordings of a batch.
    pub const BATCH: usize = 16;
    /// Adam's step size.
    pub const LEARNING_RATE: f64 = 1e-3;
}

/// The CNN (2.4).
pub mod cnn {
    /// Channels of every convolution.
    pub const CHANNELS: usize = 32;
    /// Residual blocks, a max-pooling by [`POOL`] between them.
    pub const BLOCKS: usize = 3;
    /// Width and stride of a max-pooling.
    pub const POOL: usize = 2;
    /// Passes over the training slices.
    pub const EPOCHS: usize = 3000;
    /// Slices of a batch.
    pub const BATCH: usize = 64;
    /// Adam's step size.
    pub const LEARNING_RATE: f64 = 2e-3;
    /// Width of a kernel; not stated, see [`super::OPEN_CHOICES`].
    pub const KERNEL: usize = 3;
    /// Zeros at both ends of a signal, so that a convolution keeps its length.
    pub const PADDING: usize = (KERNEL - 1) / 2;
}
