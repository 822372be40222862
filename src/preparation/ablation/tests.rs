use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::preparation::FRAME;
use crate::preparation::split::testing::{data_set, paper_like, recording};
use crate::preparation::{Normalisation, Preparation};
use crate::recordings::{Channels, Genre, Label, Recording, Song};

const EVERY: [Ablated; 9] = [
    Ablated::Signal,
    Ablated::SignalButScale,
    Ablated::Length,
    Ablated::End,
    Ablated::Order { block_seconds: NonZeroUsize::MIN },
    Ablated::Order { block_seconds: NonZeroUsize::new(16).unwrap() },
    Ablated::ParticipantScale,
    Ablated::Labels,
    Ablated::ParticipantLabels,
];

fn ablated(set: &DataSet, of: Ablated) -> DataSet {
    Ablation { of, seed: 0 }.apply(set).unwrap()
}

/// One recording of so many samples, all different.
fn ramp(samples: usize) -> DataSet {
    data_set(vec![recording("S1/P01", &(1..=samples).map(|value| value as f64).collect::<Vec<_>>())])
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut samples = samples.to_vec();
    samples.sort_by(f64::total_cmp);
    samples
}

#[test]
fn what_is_made_of_synthetic_recordings_is_synthetic() {
    let set = crate::recordings::synthetic::generate(&Default::default()).unwrap();
    let truncate = NonZeroUsize::new(1000);
    let ablations = EVERY.map(|of| Some(Ablation { of, seed: 0 }));
    for ablation in ablations.into_iter().chain([None]) {
        let left = Preparation { truncate, ablation, ..Preparation::default() }.remaining(&set).unwrap();
        assert_eq!(left.provenance(), set.provenance(), "{ablation:?}");
    }
}

#[test]
fn names_are_read_as_written() {
    for of in EVERY {
        let name = of.to_string();
        assert_eq!(name.parse(), Ok(of));
        assert_eq!(serde_json::to_string(&of).unwrap(), format!("\"{name}\""));
    }
    for name in ["", "shuffle", "shuffle-0", "shuffle--1", "Noise"] {
        assert_eq!(name.parse::<Ablated>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING, "{name}");
    }
}

#[test]
fn without_signal_length_is_all_that_is_left() {
    let set = data_set(vec![recording("S1/P01", &[3.0, 4.0]), recording("S2/P01", &[9.0])]);
    let ablated = ablated(&set, Ablated::Signal);
    let samples: Vec<&[f64]> = ablated.recordings().iter().map(|r| r.samples.as_slice()).collect();
    assert_eq!(samples, [&[1.0, 1.0][..], &[1.0]]);
}

#[test]
fn noise_has_the_root_mean_square_of_its_recording_and_nothing_else_of_it() {
    let set = data_set(vec![
        recording("S1/P01", &[5.0; 20_000]),
        recording("S2/P01", &[5.0; 20_000]),
        recording("S2/P02", &[0.0; 4]),
    ]);
    let ablated = ablated(&set, Ablated::SignalButScale);
    let [one, other, silent] = ablated.recordings() else { panic!("three recordings") };
    assert_eq!(silent.samples, [0.0; 4]);
    let mean_square = one.samples.iter().map(|s| s * s).sum::<f64>() / 20_000.0;
    // The square of a standard normal has variance 2: standard error 25 √2 / √20000 = 0.25.
    assert!((mean_square - 25.0).abs() < 1.0, "{mean_square}");
    assert!(one.samples.iter().all(|sample| *sample >= 0.0));
    let centred = |samples: &[f64]| {
        let mean = samples.iter().sum::<f64>() / samples.len() as f64;
        samples.iter().map(|sample| sample - mean).collect::<Vec<_>>()
    };
    let [a, b] = [&one.samples, &other.samples].map(|samples| centred(samples));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let power = (product(&a, &a) * product(&b, &b)).sqrt();
    assert!((product(&a, &b) / power).abs() < 0.03 && (product(&a[1..], &a) / power).abs() < 0.03);
}

#[test]
fn scales_of_participants_go_and_differences_within_them_stay() {
    let set = data_set(vec![
        recording("S1/P01", &[1.0, 2.0]),
        recording("S2/P01", &[3.0]),
        recording("S1/P02", &[100.0, 200.0, 300.0]),
        recording("S1/P03", &[0.0, 0.0, 7.0]),
    ]);
    let ablated = ablated(&set, Ablated::ParticipantScale);
    let of = |name: &str| ablated.recording(name.parse().unwrap()).unwrap().samples.clone();
    assert_eq!((of("S1/P01"), of("S2/P01")), (vec![0.5, 1.0], vec![1.5]));
    assert_eq!((of("S1/P02"), of("S1/P03")), (vec![0.5, 1.0, 1.5], vec![0.0, 0.0, 7.0]));
}

#[test]
fn channels_stay_together_and_have_scales_of_their_own() {
    let channels = Channels::named(["C3", "Cz"].map(str::to_owned).to_vec()).unwrap();
    let [one, other]: [Vec<f64>; 2] =
        [1.0, 1000.0].map(|scale| (1..=2048).map(|sample| scale * f64::from(sample)).collect());
    let samples = Channels::join(vec![one.clone(), other.clone()]);
    let both = Recording { channels, rate_hz: 128.0, ..recording("S1/P01", &samples) };
    let set = data_set(vec![both]);
    let (frame, second) = (Framing::unit(&set), Framing::second(&set));
    assert_eq!((frame, second), (16, 128));
    for of in EVERY {
        let ablated = ablated(&set, of);
        let [recording] = ablated.recordings() else { panic!("one recording") };
        let split = recording.channels.split(&recording.samples);
        let is_scaled =
            |factor: f64| split[0].iter().zip(&split[1]).all(|(a, b)| (b / a / factor - 1.0).abs() < 1e-12);
        match of {
            Ablated::SignalButScale => {
                let root = |samples: &[f64]| samples.iter().map(|sample| sample * sample).sum::<f64>().sqrt();
                for (noise, own) in split.iter().zip([&one, &other]) {
                    assert!((root(noise) / root(own) - 1.0).abs() < 0.1, "{}", root(noise) / root(own));
                }
            }
            Ablated::Signal | Ablated::ParticipantScale => assert!(is_scaled(1.0), "{of}"),
            _ => assert!(is_scaled(1000.0), "{of}"),
        }
        let length = match of {
            Ablated::End => 2048 - 128,
            Ablated::Length => recording.length(),
            _ => 2048,
        };
        assert_eq!(recording.length(), length, "{of}");
        assert!(recording.length() >= of.shortest(&set, 2048), "{of}");
        if let Ablated::Order { block_seconds } = of {
            let block = block_seconds.get() * second;
            let is_whole = |block: &[f64]| block.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
            assert!(split[0].chunks(block).all(is_whole), "{of}");
        }
    }
}

#[test]
fn labels_are_dealt_out_and_class_counts_stay() {
    let set = paper_like();
    let counts =
        |set: &DataSet| Genre::ALL.map(|g| set.recordings().iter().filter(|r| r.label == g.into()).count());
    let genre = |stimulus| Label::from(Song::try_from(stimulus).unwrap().genre());
    let matches = |set: &DataSet| set.recordings().iter().filter(|r| r.label == genre(r.stimulus)).count();
    for of in [Ablated::Labels, Ablated::ParticipantLabels] {
        let dealt = ablated(&set, of);
        assert_eq!(counts(&dealt), counts(&set));
        // A third of 192 by chance; standard deviation below 7 for single labels, more for whole participants.
        assert!((20..128).contains(&matches(&dealt)), "{of}: {}", matches(&dealt));
        let other = Ablation { of, seed: 1 }.apply(&set).unwrap();
        assert_ne!(dealt, other);
    }
    let exchanged = ablated(&set, Ablated::ParticipantLabels);
    assert!(exchanged.participants().into_iter().all(|p| exchanged.labels_of(p).len() == 2));
}

#[test]
fn participants_exchange_genres_with_those_who_heard_as_many() {
    let names = ["S1/P01", "S2/P01", "S5/P01", "S1/P02", "S9/P02", "S5/P03"];
    let set = data_set(names.map(|name| recording(name, &[1.0])).to_vec());
    let seen: BTreeSet<[Label; 6]> = (0..100)
        .map(|seed| {
            let exchanged = Ablation { of: Ablated::ParticipantLabels, seed }.apply(&set).unwrap();
            names.map(|name| exchanged.recording(name.parse().unwrap()).unwrap().label)
        })
        .collect();
    // Two ways to deal two pairs, each in two orders; the third participant is alone with one label.
    assert_eq!(seen.len(), 8);
    for [first, second, third, one, other, alone] in seen {
        assert_eq!((first, alone), (second, Genre::Instrumental.into()));
        assert!(
            first != third && one != other && BTreeSet::from([first, third]) != BTreeSet::from([one, other])
        );
    }
}

#[test]
fn an_incomplete_last_frame_stays_and_frames_stay_whole() {
    let set = ramp(20 * FRAME + 3);
    let shuffled = ablated(&set, Ablated::Order { block_seconds: NonZeroUsize::MIN });
    let samples = &shuffled.recordings()[0].samples;
    assert_eq!(samples[20 * FRAME..], set.recordings()[0].samples[20 * FRAME..]);
    assert!(samples[..20 * FRAME].chunks(FRAME).all(|frame| (frame[0] - 1.0) % FRAME as f64 == 0.0
        && frame.windows(2).all(|pair| pair[1] == pair[0] + 1.0)));
    assert_ne!(samples, &set.recordings()[0].samples);
}

#[test]
fn a_recording_without_a_frame_cannot_be_cropped_and_one_without_samples_not_at_all() {
    let fault =
        |set: &DataSet, of: Ablated| Ablation { of, seed: 0 }.apply(set).unwrap_err().problems()[0].fault;
    assert_eq!(fault(&ramp(FRAME - 1), Ablated::Length), Fault::EMPTY_RECORDING);
    for of in EVERY {
        assert_eq!(fault(&data_set(vec![recording("S1/P01", &[])]), of), Fault::EMPTY_RECORDING);
    }
}

#[test]
fn the_last_second_goes_and_nothing_else() {
    let set = ramp(21);
    assert_eq!(ablated(&set, Ablated::End).recordings()[0].samples, set.recordings()[0].samples[..13]);
    let error = Ablation { of: Ablated::End, seed: 0 }.apply(&ramp(8)).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::EMPTY_RECORDING);
}

#[test]
fn crops_take_every_length_and_place() {
    let long: Vec<f64> = (1..=30 * FRAME).map(|value| value as f64).collect();
    let set = data_set(vec![recording("S1/P01", &[1.0; 20 * FRAME]), recording("S1/P02", &long)]);
    let mut seen = BTreeSet::new();
    for seed in 0..2000 {
        let cropped = Ablation { of: Ablated::Length, seed }.apply(&set).unwrap();
        let samples = &cropped.recordings()[1].samples;
        seen.insert((samples.len() / FRAME, (samples[0] as usize - 1) / FRAME));
    }
    // Lengths 12 to 20 frames of 30: 19 + 18 + ... + 11 places.
    assert_eq!(seen.len(), (11..=19).sum::<usize>());
}

#[test]
fn truncation_comes_before_and_normalisation_after() {
    let set = data_set(vec![recording("S1/P01", &(0..5 * FRAME).map(|v| v as f64).collect::<Vec<_>>())]);
    let preparation = Preparation {
        truncate: NonZeroUsize::new(2 * FRAME),
        ablation: Some(Ablation { of: Ablated::Order { block_seconds: NonZeroUsize::MIN }, seed: 3 }),
        normalisation: Normalisation::MinMax,
        ..Preparation::default()
    };
    let signals = preparation.signals(&set, &["S1/P01".parse().unwrap()]).unwrap();
    let found: Vec<f64> = signals[0].samples.iter().map(|sample| f64::from(*sample)).collect();
    let expected: Vec<f64> =
        (0..2 * FRAME).map(|value| f64::from(value as f32 / (2 * FRAME - 1) as f32)).collect();
    assert!(sorted(&found).iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
    let alone = preparation.signal(&set.recordings()[0], &set.labels()).unwrap_err();
    assert_eq!(alone.problems()[0].fault, Fault::BAD_SETTING);
    let json = serde_json::to_string(&preparation).unwrap();
    assert!(json.contains(r#""ablation":{"of":"shuffle-1","seed":3}"#), "{json}");
    assert_eq!(serde_json::from_str::<Preparation>(&json).unwrap(), preparation);
}

proptest! {
    #[test]
    fn shuffling_keeps_every_block_and_only_their_order_changes(
        samples in 1_usize..400, block in 1_usize..20, seed: u64,
    ) {
        let set = ramp(samples);
        let block_seconds = NonZeroUsize::new(block).unwrap();
        let shuffled = Ablation { of: Ablated::Order { block_seconds }, seed }.apply(&set).unwrap();
        let (before, after) = (&set.recordings()[0].samples, &shuffled.recordings()[0].samples);
        prop_assert_eq!(&sorted(after), before);
        // Breaks in the ramp are at most the borders of blocks.
        let breaks = after.windows(2).filter(|pair| pair[1] != pair[0] + 1.0).count();
        prop_assert!(breaks <= (samples / FRAME).div_ceil(block));
    }

    #[test]
    fn no_recordings_chance_depends_on_the_others(a in vec(0.1..9.0, 80..200), b in vec(0.1..9.0, 80..200), seed: u64) {
        let alone = data_set(vec![recording("S3/P07", &a)]);
        let beside = data_set(vec![recording("S3/P07", &a), recording("S4/P02", &b)]);
        for of in [Ablated::SignalButScale, Ablated::Order { block_seconds: NonZeroUsize::MIN }] {
            let [one, two] = [&alone, &beside].map(|set| Ablation { of, seed }.apply(set).unwrap());
            prop_assert_eq!(&one.recordings()[0], &two.recordings()[0]);
        }
    }
}
