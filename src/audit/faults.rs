//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// Two rows of a table of predictions say different things of one recording.
    pub const INCONSISTENT_ROW: Self = Self::rule(
        "inconsistent-row",
        "give each recording one participant, one stimulus, one label and one length; name different recordings \
         differently",
    );
    /// A table of predictions has a recording twice in one model, seed and fold.
    pub const REPEATED_PREDICTION: Self = Self::rule(
        "repeated-prediction",
        "keep one row of a recording in each model, seed and fold; number repeated trainings in `seed`",
    );
    /// Two stores hold the same record with different contents.
    pub const DISAGREEING_RECORDS: Self = Self::rule(
        "disagreeing-records",
        "train the run once more to find out which of the two is right, and delete the other; nothing was merged",
    );
    /// A row of a table of predictions belongs to no known part of a split.
    pub const UNKNOWN_PART: Self = Self::rule("unknown-part", "write train, validation or test");
    /// A probability is not from 0 to 1, or those of a row do not add up to 1.
    pub const BAD_PROBABILITY: Self =
        Self::rule("bad-probability", "write the probabilities of one row so that they add up to 1");
    /// A table of predictions is well formed, and nothing can be said from it.
    pub const UNUSABLE_PREDICTIONS: Self =
        Self::rule("unusable-predictions", "see data/README.md for what a table of predictions must hold");
}
