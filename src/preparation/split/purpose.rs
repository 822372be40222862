//! What a split draws at random.

/// What an order is drawn for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// All recordings, for the paper's split.
    Recordings,
    /// The stimuli of each label.
    Stimuli,
    /// The participants, before they are dealt into groups.
    Groups,
    /// The participants, or the recordings of sessions that train, which may validate in the fold of this index.
    Validation(usize),
}

impl Purpose {
    /// The stream of random numbers of a [`Shuffler`](crate::evaluation::shuffle::Shuffler).
    pub(super) const fn stream(self) -> u64 {
        match self {
            Self::Recordings => 0,
            Self::Stimuli => 1,
            Self::Groups => 2,
            Self::Validation(fold) => 3 + fold as u64,
        }
    }
}
