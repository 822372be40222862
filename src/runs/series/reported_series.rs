//! The four series of test accuracies that the paper's Figure 8 shows.

use serde::Serialize;

/// A series of test accuracies that the paper reports (Figure 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedSeries {
    /// The baseline after its last epoch (3.1).
    Baseline,
    /// The multi-layer LSTM after its last epoch (3.2).
    MultilayerFinal,
    /// The multi-layer LSTM after the epoch that was best on validation (3.2).
    MultilayerBest,
    /// The CNN after its last epoch (3.3).
    Cnn,
}

impl ReportedSeries {
    /// Its name in tables.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::MultilayerFinal => "multi-layer, final weights",
            Self::MultilayerBest => "multi-layer, best on validation",
            Self::Cnn => "CNN",
        }
    }
}
