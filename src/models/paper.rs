//! The paper's networks and their training in numbers (2.2 to 2.4).

/// Genres: the labels, and the outputs of a network (2).
pub const GENRES: usize = 3;

/// Part of the outputs that training drops, in both LSTM networks (2.2, 2.3).
pub const DROPOUT: f64 = 0.1;

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
    /// Width of a kernel; not stated, one of the choices that the paper leaves open.
    pub const KERNEL: usize = 3;
}
