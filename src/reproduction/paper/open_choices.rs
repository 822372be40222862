//! The paper's open choices (2.1 to 2.4), and our defaults.

/// A choice that the paper does not make, and our default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenChoice {
    /// The open choice.
    pub question: &'static str,
    /// What we take unless told otherwise.
    pub default: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// The paper's open choices (2.1 to 2.4).
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
        reason: "songs 1 and 10 have 2047 and 2197 samples, which are not multiples of 8, and the paper does \
                 not mention dropping samples",
    },
    OpenChoice {
        question: "rounding of the split",
        default: "parts held out are rounded up: 39 test, 31 validation, 122 training",
        reason: "every accuracy that the paper prints is a whole number of correct answers out of 39",
    },
    OpenChoice {
        question: "stratification of the split",
        default: "none",
        reason: "the paper says random sampling only",
    },
    OpenChoice {
        question: "samples after the last full hop",
        default: "not covered by a slice",
        reason: "slices have a fixed length, and the paper does not mention padding them",
    },
    OpenChoice {
        question: "an LSTM's input at one step",
        default: "one frame of 8 samples",
        reason: "the paper states 8 inputs for every time frame",
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
        reason: "dropout between layers needs a second layer",
    },
    OpenChoice {
        question: "initial weights, Adam's other settings",
        default: "those of PyTorch",
        reason: "the paper mentions neither, and most such work uses these",
    },
];
