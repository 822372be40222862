//! The paper's statements, each value with its section, and its open choices. A value that the program uses is defined where it
//! is used first, and is shown here beside the others.
//!
//! Q. Wang, *Music Genre Classification using LSTM and CNN*. The recordings are those of J. S. Rahman, T. Gedeon,
//! S. Caldwell and R. Jones, *Brain Melody Informatics: Analysing Effects of Music on Brainwave Patterns*,
//! IJCNN 2020, [doi 10.1109/IJCNN48605.2020.9207392](https://doi.org/10.1109/IJCNN48605.2020.9207392).

mod observations;
mod open_choices;
mod results;
mod tables;

pub use observations::{OBSERVATIONS, Observation, Observed};
pub use open_choices::{OPEN_CHOICES, OpenChoice};
pub use results::{CLAIMS, Claim, REPORTED, Reported, Rival, TEST_RECORDINGS, TrainingAccuracy};
pub use tables::{claims_table, open_choices_table, reported_table};

pub use crate::classifiers::trials::{RAHMAN, RAHMAN_CHANNELS, RAHMAN_FEATURES, RahmanLabel, RahmanResult};
pub use crate::models::paper::{DROPOUT, GENRES, baseline, cnn, multilayer};
pub use crate::preparation::split::{TEST_FRACTION, VALIDATION_FRACTION};
pub use crate::preparation::{FRAME, HOP, SLICE};
pub use crate::recordings::published::{LONGEST, PARTICIPANTS, SHORTEST, SONGS, SONGS_PER_GENRE};
pub use crate::runs::RUNS;
pub use crate::runs::series::ReportedSeries;
