//! Features beside those of scipy, antropy, nolds and EntropyHub, on signals of several kinds.
//!
//! The expected numbers come from `tests/features/generate.py`, whose head says how to run it.

use std::collections::BTreeMap;

use eegenre::features::{Feature, FeatureVector};

/// A linear congruential generator: uniform on [0, 1).
fn noise(count: usize) -> Vec<f64> {
    let next = |state: &mut u64| {
        *state = (1_103_515_245 * *state + 12_345) % (1 << 31);
        Some(*state as f64 / f64::from(1_u32 << 31))
    };
    (0..count).scan(1, |state, _| next(state)).collect()
}

fn signal(name: &str) -> Vec<f64> {
    let of_time = |value: fn(f64) -> f64| (0..1000).map(|i| value(f64::from(i))).collect();
    match name {
        "noise" => noise(1000),
        "sine" => of_time(|i| (0.1 * i).sin()),
        "ramp" => of_time(|i| i),
        "heavy" => noise(1000).into_iter().map(|uniform| 0.05 / (uniform + 0.001).powf(1.5)).collect(),
        "walk" => noise(1000)
            .into_iter()
            .scan(0.0, |sum, uniform| {
                *sum += uniform - 0.5;
                Some(*sum)
            })
            .collect(),
        "two-tones" => of_time(|i| (0.05 * i).sin() + 0.3 * (1.7 * i).cos()),
        "short" => noise(60),
        "very-short" => noise(12),
        other => panic!("no signal is called {other}"),
    }
}

#[test]
fn every_feature_agrees_with_other_libraries_on_signals_of_every_kind() {
    let expected: BTreeMap<String, BTreeMap<Feature, f64>> =
        serde_json::from_str(include_str!("features/expected.json")).unwrap();
    let mut wrong = Vec::new();
    for (name, expected) in &expected {
        let features = FeatureVector::of(&signal(name));
        for feature in Feature::ALL {
            let (found, expected) = (features[feature], expected.get(&feature).copied());
            let agree = match (found, expected) {
                (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * (1.0 + expected.abs()),
                _ => found == expected,
            };
            if !agree {
                wrong.push(format!("{name}: {feature} is {found:?} and not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(expected.len(), 8);
}
