//! What the paper compares itself with: J. S. Rahman, T. Gedeon, S. Caldwell and R. Jones, *Brain melody informatics:
//! analysing effects of music on brainwave patterns*, IJCNN 2020, doi 10.1109/IJCNN48605.2020.9207392 (3.4).

use std::fmt;

use serde::Serialize;

/// What a classifier was to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RahmanLabel {
    /// The genre of the music.
    Genre,
    /// How the listener rated it, from tensing to relaxing. Ratings are not in the published data.
    Rating,
    /// One of the two: where it is quoted, it is not said of which it is.
    Unclear,
}

impl fmt::Display for RahmanLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Genre => "genre",
            Self::Rating => "rating",
            Self::Unclear => "genre or rating",
        })
    }
}

/// An accuracy that Rahman et al. report, from features of 14 channels, each participant left out in turn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RahmanResult {
    /// The classifier, as it is called there.
    pub classifier: &'static str,
    /// What it was to tell.
    pub label: RahmanLabel,
    /// Accuracy in percent.
    pub percent: f64,
    /// Whether the paper itself quotes it (3.4).
    pub is_quoted: bool,
}

/// The highest accuracy of each classifier.
pub const RAHMAN: [RahmanResult; 4] = [
    RahmanResult { classifier: "KNN", label: RahmanLabel::Unclear, percent: 73.8, is_quoted: true },
    RahmanResult { classifier: "SVM", label: RahmanLabel::Unclear, percent: 58.9, is_quoted: false },
    RahmanResult { classifier: "NN", label: RahmanLabel::Genre, percent: 97.5, is_quoted: false },
    RahmanResult { classifier: "NN", label: RahmanLabel::Rating, percent: 98.6, is_quoted: true },
];

/// Channels of EEG that their features come from. One of them, F7, is published as it was recorded.
pub const RAHMAN_CHANNELS: usize = 14;
/// Features of each channel.
pub const RAHMAN_FEATURES: usize = 25;
