//! What a training is told.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::models::paper::{self, baseline, cnn, multilayer};

/// Settings of a training; the rest of the paper's recipe, Adam and cross-entropy, is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hyperparameters {
    /// Passes over the training examples.
    pub epochs: usize,
    /// Examples of a batch; the last one of an epoch may have fewer.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Part of a layer's outputs that is dropped.
    pub dropout: f64,
}

impl Hyperparameters {
    /// Refuses settings that train nothing.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] for each of: no epochs, no examples in a batch, a learning rate that is not above 0, a
    /// dropout that is not from 0 to 0.99.
    pub fn check(&self) -> Result<()> {
        let Self { epochs, batch, learning_rate, dropout } = *self;
        let rules = [
            (epochs > 0, "epochs", "at least 1", epochs.to_string()),
            (batch > 0, "batch", "at least 1", batch.to_string()),
            ((0.0..=0.99).contains(&dropout), "dropout", "a rate from 0 to 0.99", dropout.to_string()),
        ];
        let rule = |(kept, name, expected, found): (bool, &str, &str, String)| {
            if kept {
                Ok(())
            } else {
                Err(Error::new(Fault::BAD_SETTING, Place::field(name), expected, found))
            }
        };
        Error::gather(rules.into_iter().map(rule).chain([check_learning_rate(learning_rate)])).map(|_| ())
    }

    /// Those of the baseline (paper: 2.2).
    pub const BASELINE: Self = Self {
        epochs: baseline::EPOCHS,
        batch: baseline::BATCH,
        learning_rate: baseline::LEARNING_RATE,
        dropout: paper::DROPOUT,
    };
    /// Those of the multi-layer LSTM (paper: 2.3).
    pub const MULTILAYER: Self = Self {
        epochs: multilayer::EPOCHS,
        batch: multilayer::BATCH,
        learning_rate: multilayer::LEARNING_RATE,
        dropout: paper::DROPOUT,
    };
    /// Those of the CNN, which has no dropout (paper: 2.4).
    pub const CNN: Self =
        Self { epochs: cnn::EPOCHS, batch: cnn::BATCH, learning_rate: cnn::LEARNING_RATE, dropout: 0.0 };
}

/// Refuses a learning rate that is not above 0.
///
/// # Errors
/// [`Fault::BAD_SETTING`]
pub(super) fn check_learning_rate(learning_rate: f64) -> Result<()> {
    if learning_rate > 0.0 && learning_rate.is_finite() {
        return Ok(());
    }
    let place = Place::field("learning rate");
    Err(Error::new(Fault::BAD_SETTING, place, "a number above 0", learning_rate.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_train_nothing_are_all_named() {
        let nothing = Hyperparameters { epochs: 0, batch: 0, learning_rate: f64::NAN, dropout: 1.0 };
        let error = nothing.check().unwrap_err();
        let places: Vec<String> = error.problems().iter().map(|problem| problem.place.to_string()).collect();
        assert_eq!(places, ["epochs", "batch", "dropout", "learning rate"]);
        for paper in [Hyperparameters::BASELINE, Hyperparameters::MULTILAYER, Hyperparameters::CNN] {
            assert_eq!(paper.check(), Ok(()));
        }
    }
}
