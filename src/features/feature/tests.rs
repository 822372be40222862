use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn names_are_unique_and_are_read_as_written() {
    let names: BTreeSet<&str> = Feature::ALL.map(Feature::name).into();
    assert_eq!(names.len(), Feature::ALL.len());
    for (index, feature) in Feature::ALL.into_iter().enumerate() {
        assert_eq!(feature as usize, index);
        assert_eq!(feature.name().parse(), Ok(feature));
        assert_eq!(serde_json::to_string(&feature).unwrap(), format!("\"{feature}\""));
    }
    assert_eq!("Mean".parse::<Feature>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
}

#[test]
fn a_constant_has_an_amplitude_entropies_of_zero_and_nothing_that_divides_by_its_spread() {
    let features = FeatureVector::of(&[0.1; 200]);
    let absent: Vec<&str> =
        Feature::ALL.into_iter().filter(|feature| features[*feature].is_none()).map(Feature::name).collect();
    assert_eq!(
        absent,
        [
            "skewness",
            "kurtosis",
            "fluctuation-exponent",
            "hjorth-mobility",
            "hjorth-complexity",
            "hurst-exponent"
        ]
    );
    for entropy in [
        Feature::ApproximateEntropy,
        Feature::FuzzyEntropy,
        Feature::ShannonEntropy,
        Feature::PermutationEntropy,
        Feature::StandardDeviation,
    ] {
        assert_eq!(features[entropy], Some(0.0), "{entropy}");
    }
}

#[test]
fn features_come_one_after_the_other_as_a_signal_grows() {
    let signal: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17)).collect();
    let known = |length: usize| FeatureVector::of(&signal[..length]).values().iter().flatten().count();
    assert_eq!([0, 1, 2, 3, 4, 47, 48, 49, 50].map(known), [0, 11, 19, 23, 24, 24, 25, 25, 26]);
}

#[test]
fn what_leaves_double_precision_is_absent() {
    let features = FeatureVector::of(&[1e200, -1e200, 3e200, 2e200, 1e200]);
    assert_eq!(features[Feature::SimpleSquareIntegral], None);
    assert!(agree(features[Feature::Mean].map(|mean| mean / 1e200), Some(1.2)));
}

/// Up to 120 samples, some of them equal.
fn signal() -> impl Strategy<Value = Vec<f64>> {
    let smooth = prop::collection::vec(-1000.0..1000.0, 0..120);
    let coarse = prop::collection::vec((-3..3).prop_map(f64::from), 0..120);
    prop_oneof![smooth, coarse]
}

/// How a feature changes when the samples are multiplied by a power of 2, which rounds nothing.
fn power_of_scale(feature: Feature) -> i32 {
    match feature {
        Feature::Variance | Feature::SimpleSquareIntegral => 2,
        Feature::Skewness
        | Feature::Kurtosis
        | Feature::FluctuationExponent
        | Feature::ApproximateEntropy
        | Feature::FuzzyEntropy
        | Feature::ShannonEntropy
        | Feature::PermutationEntropy
        | Feature::HjorthMobility
        | Feature::HjorthComplexity
        | Feature::HurstExponent => 0,
        _ => 1,
    }
}

/// Features that a shift leaves as they are.
const SHIFTABLE: [Feature; 17] = [
    Feature::StandardDeviation,
    Feature::InterquartileRange,
    Feature::Variance,
    Feature::Skewness,
    Feature::Kurtosis,
    Feature::MeanAbsoluteFirstDifference,
    Feature::MeanAbsoluteSecondDifference,
    Feature::AverageAmplitudeChange,
    Feature::DifferenceAbsoluteStandardDeviation,
    Feature::FluctuationExponent,
    Feature::ApproximateEntropy,
    Feature::FuzzyEntropy,
    Feature::ShannonEntropy,
    Feature::PermutationEntropy,
    Feature::HjorthMobility,
    Feature::HjorthComplexity,
    Feature::HurstExponent,
];

/// Features that look the same forwards and backwards. Not those whose boxes are counted from the start, nor that which
/// orders equal samples by time, nor that which leaves the last vector out.
fn is_reversible(feature: Feature) -> bool {
    !matches!(
        feature,
        Feature::FluctuationExponent
            | Feature::HurstExponent
            | Feature::PermutationEntropy
            | Feature::FuzzyEntropy
    )
}

/// Whether both are absent, or both there and as good as equal.
fn agree(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-8 * (1.0 + expected.abs()),
        _ => found == expected,
    }
}

proptest! {
    #[test]
    fn no_feature_is_ever_not_a_number(samples in prop::collection::vec(any::<f64>(), 0..80)) {
        for value in FeatureVector::of(&samples).values().iter().flatten() {
            prop_assert!(value.is_finite());
        }
    }

    #[test]
    fn a_scale_multiplies_what_has_a_unit_and_nothing_else(samples in signal(), exponent in -20..20) {
        let scale = f64::from(exponent).exp2();
        let scaled: Vec<f64> = samples.iter().map(|sample| scale * sample).collect();
        for feature in Feature::ALL {
            let expected = feature.of(&samples).map(|value| value * scale.powi(power_of_scale(feature)));
            let found = feature.of(&scaled);
            prop_assert!(agree(found, expected), "{}: {:?} and not {:?}", feature, found, expected);
        }
    }

    #[test]
    fn a_shift_leaves_what_does_not_know_where_zero_is(
        samples in prop::collection::vec((-1000..1000).prop_map(f64::from), 0..120),
        shift in (-1000..1000).prop_map(f64::from),
    ) {
        // Whole numbers, so that a shift rounds nothing and no two samples change their order.
        let shifted: Vec<f64> = samples.iter().map(|sample| sample + shift).collect();
        for feature in SHIFTABLE {
            let (found, expected) = (feature.of(&shifted), feature.of(&samples));
            prop_assert!(agree(found, expected), "{}: {:?} and not {:?}", feature, found, expected);
        }
    }

    #[test]
    fn time_may_run_backwards(samples in signal()) {
        let reversed: Vec<f64> = samples.iter().rev().copied().collect();
        for feature in Feature::ALL.into_iter().filter(|feature| is_reversible(*feature)) {
            let (found, expected) = (feature.of(&reversed), feature.of(&samples));
            prop_assert!(agree(found, expected), "{}: {:?} and not {:?}", feature, found, expected);
        }
    }

    #[test]
    fn order_does_not_matter_to_what_ignores_time(samples in signal().prop_flat_map(|samples| {
        (Just(samples.clone()), Just(samples).prop_shuffle())
    })) {
        let ignoring = [
            Feature::Mean, Feature::Maximum, Feature::Minimum, Feature::StandardDeviation,
            Feature::InterquartileRange, Feature::Variance, Feature::Sum, Feature::Skewness, Feature::Kurtosis,
            Feature::RootMeanSquare, Feature::AbsoluteSum, Feature::SimpleSquareIntegral,
            Feature::MeanAbsoluteValue, Feature::LogDetector, Feature::ShannonEntropy,
        ];
        for feature in ignoring {
            let (found, expected) = (feature.of(&samples.1), feature.of(&samples.0));
            prop_assert!(agree(found, expected), "{}: {:?} and not {:?}", feature, found, expected);
        }
    }
}
