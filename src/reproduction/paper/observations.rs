//! What the paper says of its training curves (2.2 to 2.4, Figures 3, 5 and 7), in our words.

use serde::Serialize;

use super::ReportedSeries;

/// A statement on a curve that training leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// In our words.
    pub statement: &'static str,
    /// Where.
    pub section: &'static str,
    /// Of which network; both series of the multi-layer LSTM have the same curves.
    pub series: ReportedSeries,
    /// What is said of which curve.
    pub observed: Observed,
}

/// What a curve is said to do. Epochs are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed {
    /// Validation accuracy stays near this many percent in the last epochs.
    ValidationAccuracyNear {
        /// Percent.
        percent: u32,
    },
    /// Validation loss rises from this epoch on.
    ValidationLossRisesAfter {
        /// The epoch.
        epoch: usize,
    },
    /// Training loss keeps going down to the end.
    TrainingLossFalls,
    /// Validation loss keeps going down to the end.
    ValidationLossFalls,
}

/// The statements.
pub const OBSERVATIONS: [Observation; 5] = [
    Observation {
        statement: "the baseline's accuracy on validation stays at 45 %",
        section: "2.2, Figure 3",
        series: ReportedSeries::Baseline,
        observed: Observed::ValidationAccuracyNear { percent: 45 },
    },
    Observation {
        statement: "the baseline's loss on validation rises after 200 epochs",
        section: "2.2, Figure 3",
        series: ReportedSeries::Baseline,
        observed: Observed::ValidationLossRisesAfter { epoch: 200 },
    },
    Observation {
        statement: "the multi-layer LSTM's accuracy on validation stays around 50 %",
        section: "2.3, Figure 5",
        series: ReportedSeries::MultilayerFinal,
        observed: Observed::ValidationAccuracyNear { percent: 50 },
    },
    Observation {
        statement: "the CNN's loss on training keeps going down",
        section: "2.4, Figure 7",
        series: ReportedSeries::Cnn,
        observed: Observed::TrainingLossFalls,
    },
    Observation {
        statement: "the CNN's loss on validation keeps going down",
        section: "2.4, Figure 7",
        series: ReportedSeries::Cnn,
        observed: Observed::ValidationLossFalls,
    },
];
