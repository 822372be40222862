//! What the paper states, each value with its section, and what it leaves open.
//!
//! Q. Wang, *Music Genre Classification using LSTM and CNN*. The recordings are those of J. S. Rahman, T. Gedeon,
//! S. Caldwell and R. Jones, *Brain Melody Informatics: Analysing Effects of Music on Brainwave Patterns*,
//! IJCNN 2020, [doi 10.1109/IJCNN48605.2020.9207392](https://doi.org/10.1109/IJCNN48605.2020.9207392).

mod observations;
mod open_choices;
mod rahman;
mod results;
mod tables;

pub use observations::{OBSERVATIONS, Observation, Observed};
pub use open_choices::{OPEN_CHOICES, OpenChoice};
pub use rahman::{RAHMAN, RAHMAN_CHANNELS, RAHMAN_FEATURES, RahmanLabel, RahmanResult};
pub use results::{
    CLAIMS, Claim, REPORTED, Reported, ReportedSeries, Rival, TEST_RECORDINGS, TrainingAccuracy,
};
pub use tables::{claims_table, open_choices_table, reported_table};

/// Songs of the experiment, one workbook each (2.1).
pub const SONGS: u8 = 12;
/// Songs of each genre, numbered one after the other: 1-4 classical, 5-8 instrumental, 9-12 pop (2.1).
pub const SONGS_PER_GENRE: u8 = 4;
/// Genres: the labels, and the outputs of a network (2).
pub const GENRES: usize = 3;
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
    /// Units of the second of three linear layers behind it; the first and the third have [`UNITS`].
    pub const NARROW: usize = 16;
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
    /// Units of the second of three linear layers behind them; the first and the third have [`UNITS`].
    pub const NARROW: usize = 32;
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
    /// Width of a kernel; not stated, see [`OPEN_CHOICES`](super::OPEN_CHOICES).
    pub const KERNEL: usize = 3;
    /// Zeros at both ends of a signal, so that a convolution keeps its length.
    pub const PADDING: usize = (KERNEL - 1) / 2;
}
