//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// A recording has no samples.
    pub const EMPTY_RECORDING: Self =
        Self::rule("empty-recording", "give the recording samples or leave it out");
    /// A negative sample was to be put on a logarithmic scale.
    pub const NEGATIVE_SAMPLE: Self =
        Self::rule("negative-sample", "correct the sample, or choose another normalisation than log");
    /// A recording is shorter than one slice, so nothing could vote for its label.
    pub const SHORTER_THAN_SLICE: Self =
        Self::rule("shorter-than-slice", "choose a shorter slice, or truncate the recordings less");
    /// A set of recordings is too small, or lacks stimuli, for a scheme of splitting.
    pub const TOO_FEW_TO_SPLIT: Self =
        Self::rule("too-few-to-split", "add recordings or choose another scheme");
    /// A part of a split that must hold recordings holds none.
    pub const EMPTY_PART: Self = Self::rule("empty-part", "move a recording into the part");
    /// A split names a recording that the data set does not have.
    pub const UNKNOWN_RECORDING: Self =
        Self::rule("unknown-recording", "remove the name, or add the recording to the data");
    /// A split names a recording twice.
    pub const REPEATED_RECORDING: Self = Self::rule("repeated-recording", "keep the name in one place");
    /// The parts of a split share what its scheme promises to keep apart.
    pub const BROKEN_SCHEME: Self =
        Self::rule("broken-scheme", "move the recordings, or give the manifest the scheme \"custom\"");
    /// A manifest is not valid JSON of the documented form.
    pub const BAD_MANIFEST: Self =
        Self::rule("bad-manifest", "compare the manifest with one that `eegenre split` writes");
    /// A manifest belongs to other recordings.
    pub const FOREIGN_MANIFEST: Self =
        Self::rule("foreign-manifest", "make a split for these recordings with `eegenre split`");
}
