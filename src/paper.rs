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

/// The open choices of the data layer (2.1, 2.4).
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
];
