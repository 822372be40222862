//! All features by name, and their values of one signal.

use std::fmt;
use std::ops::Index;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{amplitude, differences, entropy, hjorth, moments, scaling, spread};
use crate::error::{Error, Fault, Place, Result};

macro_rules! features {
    ($($(#[$doc:meta])* $feature:ident $name:literal $function:expr;)*) => {
        /// A number that a signal is described by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum Feature {
            $($(#[$doc])* #[doc = concat!("Named `", $name, "`.")] $feature,)*
        }

        impl Feature {
            /// All of them, in the order of a [`FeatureVector`].
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$feature),*];

            /// Its name in files and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$feature => $name,)*
                }
            }

            /// Its value for samples: a finite number, or none (see the [module](super)).
            #[must_use]
            pub fn of(self, samples: &[f64]) -> Option<f64> {
                let value = match self {
                    $(Self::$feature => $function(samples),)*
                };
                value.filter(|value| value.is_finite())
            }
        }
    };
}

features! {
    /// [`moments::mean`].
    Mean "mean" moments::mean;
    /// [`amplitude::maximum`].
    Maximum "maximum" amplitude::maximum;
    /// [`amplitude::minimum`].
    Minimum "minimum" amplitude::minimum;
    /// [`moments::standard_deviation`].
    StandardDeviation "standard-deviation" moments::standard_deviation;
    /// [`spread::interquartile_range`].
    InterquartileRange "interquartile-range" spread::interquartile_range;
    /// [`moments::variance`].
    Variance "variance" moments::variance;
    /// [`amplitude::sum`].
    Sum "sum" amplitude::sum;
    /// [`moments::skewness`].
    Skewness "skewness" moments::skewness;
    /// [`moments::kurtosis`].
    Kurtosis "kurtosis" moments::kurtosis;
    /// [`differences::mean_absolute_first_difference`].
    MeanAbsoluteFirstDifference "first-difference" differences::mean_absolute_first_difference;
    /// [`differences::mean_absolute_second_difference`].
    MeanAbsoluteSecondDifference "second-difference" differences::mean_absolute_second_difference;
    /// [`amplitude::root_mean_square`].
    RootMeanSquare "root-mean-square" amplitude::root_mean_square;
    /// [`amplitude::absolute_sum`].
    AbsoluteSum "absolute-sum" amplitude::absolute_sum;
    /// [`amplitude::simple_square_integral`].
    SimpleSquareIntegral "square-integral" amplitude::simple_square_integral;
    /// [`amplitude::mean_absolute_value`].
    MeanAbsoluteValue "mean-absolute-value" amplitude::mean_absolute_value;
    /// [`amplitude::log_detector`].
    LogDetector "log-detector" amplitude::log_detector;
    /// [`differences::average_amplitude_change`].
    AverageAmplitudeChange "amplitude-change" differences::average_amplitude_change;
    /// [`differences::difference_absolute_standard_deviation`].
    DifferenceAbsoluteStandardDeviation "difference-deviation" differences::difference_absolute_standard_deviation;
    /// [`scaling::fluctuation_exponent`].
    FluctuationExponent "fluctuation-exponent" scaling::fluctuation_exponent;
    /// [`entropy::approximate`].
    ApproximateEntropy "approximate-entropy" entropy::approximate;
    /// [`entropy::fuzzy`].
    FuzzyEntropy "fuzzy-entropy" entropy::fuzzy;
    /// [`entropy::shannon`].
    ShannonEntropy "shannon-entropy" entropy::shannon;
    /// [`entropy::permutation`].
    PermutationEntropy "permutation-entropy" entropy::permutation;
    /// [`hjorth::mobility`].
    HjorthMobility "hjorth-mobility" hjorth::mobility;
    /// [`hjorth::complexity`].
    HjorthComplexity "hjorth-complexity" hjorth::complexity;
    /// [`scaling::hurst_exponent`].
    HurstExponent "hurst-exponent" scaling::hurst_exponent;
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Feature {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == text).ok_or_else(|| {
            let expected = format!("one of {}", Self::ALL.map(Self::name).join(", "));
            Error::new(Fault::BAD_SETTING, Place::field("feature"), expected, format!("{text:?}"))
        })
    }
}

impl From<Feature> for String {
    fn from(feature: Feature) -> Self {
        feature.name().to_owned()
    }
}

impl TryFrom<String> for Feature {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// The values of all features of one signal, in the order of [`Feature::ALL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeatureVector([Option<f64>; Feature::ALL.len()]);

impl FeatureVector {
    /// The features of samples.
    #[must_use]
    pub fn of(samples: &[f64]) -> Self {
        Self(Feature::ALL.map(|feature| feature.of(samples)))
    }

    /// The values, in the order of [`Feature::ALL`].
    #[must_use]
    pub const fn values(&self) -> &[Option<f64>; Feature::ALL.len()] {
        &self.0
    }
}

impl Index<Feature> for FeatureVector {
    type Output = Option<f64>;

    fn index(&self, feature: Feature) -> &Option<f64> {
        &self.0[feature as usize]
    }
}

#[cfg(test)]
mod tests;
