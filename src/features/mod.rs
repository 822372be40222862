//! Features of a signal: the input of the classifiers of Rahman et al. (IJCNN 2020, doi 10.1109/IJCNN48605.2020.9207392), in
//! place of the signal (paper, section 3.4).
//!
//! ```text
//! DataSet ─► FeatureTable::of ──┐
//!                               ├─► FeatureTable: a row for each recording (and band), a column for each feature
//! music-eeg-features.xlsx ──────┤
//! anyone's own table.csv ───────┘
//!            read
//! ```
//!
//! | family | features | module |
//! |---|---|---|
//! | amplitude | sum, sum of absolute values, mean absolute value, root mean square, simple square integral, log detector, maximum, minimum | [`amplitude`] |
//! | moments | mean, variance, standard deviation, skewness, kurtosis | [`moments`] |
//! | spread | interquartile range | [`spread`] |
//! | differences | mean absolute first and second difference, average amplitude change, difference absolute standard deviation | [`differences`] |
//! | Hjorth | mobility, complexity | [`hjorth`] |
//! | entropy | approximate, fuzzy, Shannon, permutation | [`entropy`] |
//! | scaling | detrended fluctuation analysis, Hurst exponent | [`scaling`] |
//!
//! Stronger features of a whole course, which the paper's predecessors did not have: [`minirocket`], and level, spectrum and
//! quantiles in [`course`].
//!
//! Rahman et al. name their features but define none of them: the definitions here are the usual ones of the sources
//! that each function names, and each function says which choice it makes (embedding, tolerance, sizes) and why.
//!
//! Of several channels, each has every feature, in a column of its own: `C3 mean`.
//!
//! # What has no value
//! A feature is a finite number or it is absent (`None`): where the signal is too short for it, where it divides by a
//! spread that is zero, or where the result leaves double precision. Nothing is ever not-a-number.
//!
//! | absent for | features |
//! |---|---|
//! | no samples | all |
//! | one sample | variance, standard deviation, first differences, and all of the following |
//! | a constant | skewness, kurtosis, Hjorth parameters, fluctuation and Hurst exponents; its entropies are 0 |
//! | constant differences (a ramp) | Hjorth complexity |
//! | 2 samples | second difference, approximate and permutation entropy, Hjorth complexity |
//! | 3 samples | fuzzy entropy |
//! | 47 samples | Hurst exponent |
//! | 49 samples | fluctuation exponent |
//!
//! # Information in features besides music
//! Sum, sum of absolute values and simple square integral grow with the length of a recording, and the length determines its
//! label. The log detector is 0 as soon as one sample is exactly 0, which happens only at the ends of classical and pop
//! recordings. All amplitudes identify the participant: scales of participants differ by orders of magnitude.
//!
//! # No bands
//! Theta, alpha, beta and gamma cannot be computed from these recordings. A sample is a band power already, eight of them a
//! second, so frequencies above 4 Hz are lost.
//!
//! # Example
//! ```
//! use eegenre::features::Feature;
//!
//! let sine: Vec<f64> = (0..1000).map(|i| (0.1 * f64::from(i)).sin()).collect();
//! let mobility = Feature::HjorthMobility.of(&sine).expect("a sine has a mobility");
//! assert!((mobility - 0.1).abs() < 1e-3); // its angular frequency, in radians per sample
//! assert_eq!(Feature::Skewness.of(&[1.0, 1.0, 1.0]), None);
//! ```

pub mod amplitude;
mod constant;
pub mod course;
pub mod csv;
pub mod differences;
pub mod entropy;
mod faults;
mod feature;
pub mod hjorth;
pub mod minirocket;
pub mod moments;
pub mod published;
pub mod scaling;
pub mod spread;
mod summary;
mod table;

pub use feature::{Feature, FeatureVector};
pub use summary::{FeatureSummary, SummarisedFeature};
pub use table::{FeatureRow, FeatureTable};

use std::path::Path;

use crate::error::Result;

/// Reads a table of features: a workbook as [`published`], anything else as [`csv`].
///
/// # Errors
/// Those of [`published::read`] and of [`csv::read`].
pub fn read(path: impl AsRef<Path>) -> Result<FeatureTable> {
    let is_workbook = path.as_ref().extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    if is_workbook { published::read(path) } else { csv::read(path) }
}
