//! Everything of the library that is made of values which a user chooses: what makes no sense is an error with a place,
//! and never a panic.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dfdx::prelude::{Const, Cpu, Module};
use eegenre::audit::ArtefactScan;
use eegenre::classifiers::trials::{Division, Origin, Trial, TrialRecord};
use eegenre::classifiers::{
    Classifier, Examples, HiddenLayer, NearestNeighbours, Recipe, Selection, SupportVectors,
};
use eegenre::error::{Error, Result};
use eegenre::evaluation::statistics as of;
use eegenre::features::{FeatureRow, FeatureTable, FeatureVector};
use eegenre::figures::Figure;
use eegenre::models::{Baseline, Model, Specification};
use eegenre::nn::{Dropout, Level, Packed, Packing, Size, StateDict};
use eegenre::preparation::{Frames, LastFrame, MedianFilter, Preparation, Scheme, Signal, Slicing, Split};
use eegenre::recordings::synthetic;
use eegenre::recordings::{
    Channels, DataSet, Description, Genre, Labels, Participant, Provenance, Recording, RecordingId, Song,
};
use eegenre::report::{Steps, Table};
use eegenre::reproduction::results::Results;
use eegenre::reproduction::study::Variation;
use eegenre::runs::prediction::WeightsFile;
use eegenre::runs::profile::Profile;
use eegenre::runs::series::Series;
use eegenre::runs::{self, Control, Settings, Weights, runs_table};
use eegenre::store::Project;
use eegenre::training::{Adam, Answer, Evaluation, Hyperparameters, Training};
use ndarray::Array2;
use serde_json::json;

/// A way to make something of values that make no sense.
type Case = (&'static str, Box<dyn FnOnce() -> Result<()>>);

fn case<T>(name: &'static str, make: impl FnOnce() -> Result<T> + 'static) -> Case {
    (name, Box::new(move || make().map(drop)))
}

/// Asserts of each case that it is an error, and that the error says where, what was expected and what was found.
fn all_are_refused(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for (name, make) in cases {
        match catch_unwind(AssertUnwindSafe(make)) {
            Err(_) => wrong.push(format!("{name}: a panic")),
            Ok(Ok(())) => wrong.push(format!("{name}: accepted")),
            Ok(Err(error)) => {
                let problem = &error.problems()[0];
                let parts = [&problem.place.to_string(), &problem.expected, &problem.found];
                if parts.iter().any(|part| part.is_empty()) {
                    wrong.push(format!("{name}: {error}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn signal(samples: &[f32], last_frame: LastFrame) -> Signal {
    let recording: RecordingId = "S1/P01".parse().unwrap();
    Signal { recording, class: 0, channels: 1, samples: samples.to_vec(), last_frame }
}

fn recording(name: &str, samples: &[f64]) -> Recording {
    let RecordingId { stimulus, participant, take } = name.parse().unwrap();
    Recording {
        stimulus,
        label: Song::try_from(stimulus).unwrap().genre().into(),
        participant,
        take,
        session: None,
        rate_hz: 8.0,
        channels: Channels::ONE,
        samples: samples.to_vec(),
        synthetic: None,
    }
}

fn set() -> &'static DataSet {
    static SET: OnceLock<DataSet> = OnceLock::new();
    SET.get_or_init(|| synthetic::generate(&synthetic::Settings::default()).unwrap())
}

fn table(values: &[&[Option<f64>]]) -> Result<FeatureTable> {
    let names = (0..values.first().map_or(0, |row| row.len())).map(|column| format!("f{column}")).collect();
    let row = |(index, values): (usize, &&[Option<f64>])| FeatureRow {
        participant: Participant::new(1 + index as u32 % 3),
        stimulus: None,
        take: 1,
        band: None,
        recording: index,
        label: Genre::ALL[index % 3].into(),
        values: values.to_vec(),
    };
    FeatureTable::new(names, values.iter().enumerate().map(row).collect())
}

/// Rows with these numbers of values, labels and participants.
fn examples(rows: usize, columns: usize, classes: usize) -> Examples {
    Examples {
        values: Array2::from_shape_fn((rows, columns), |(row, column)| (row * 7 % 5 + column) as f64),
        classes: (0..classes).map(|row| row % 3).collect(),
        labels: Labels::published(),
        participants: (0..classes as u32).map(Participant::new).collect(),
    }
}

#[test]
fn recordings_and_their_preparation() {
    let nan = f64::NAN;
    let strength = |strength| synthetic::Settings { strength, ..synthetic::Settings::default() };
    all_are_refused(vec![
        case("an empty name", || "".parse::<eegenre::recordings::Label>()),
        case("song 0", || Song::new(0)),
        case("song 13", || Song::new(13)),
        case("a recording without a song", || "P01".parse::<RecordingId>()),
        case("an empty name", || "".parse::<RecordingId>()),
        case("no recordings", || DataSet::new(vec![])),
        case("no rate", || DataSet::new(vec![Recording { rate_hz: 0.0, ..recording("S1/P01", &[1.0]) }])),
        case("a label of another study", || {
            let labels = Labels::of(["rest".parse().unwrap()]);
            Preparation::default().signal(&recording("S1/P01", &[1.0]), &labels)
        }),
        case("no samples", || Preparation::default().signal(&recording("S1/P01", &[]), &Labels::published())),
        case("NaN", move || DataSet::new(vec![recording("S1/P01", &[1.0, nan])])),
        case("infinity", || DataSet::new(vec![recording("S1/P01", &[f64::INFINITY])])),
        case("NaN to be prepared", move || {
            Preparation::default().signal(&recording("S1/P01", &[1.0, nan]), &Labels::published())
        }),
        case("beyond single precision", || {
            Preparation::default().signal(&recording("S1/P01", &[1e300]), &Labels::published())
        }),
        case("one twice", || DataSet::new(["S1/P01"; 2].map(|name| recording(name, &[1.0])).to_vec())),
        case("strength NaN", move || synthetic::generate(&strength(nan))),
        case("strength below 0", move || synthetic::generate(&strength(-0.1))),
        case("strength without bound", move || synthetic::generate(&strength(f64::INFINITY))),
        case("a filter of width 0", || MedianFilter::new(0)),
        case("a filter without end", || MedianFilter::new(u32::MAX)),
        case("a filter of even width", || MedianFilter::new(4)),
        case("a frame of 0", || Frames::of(&signal(&[1.0], LastFrame::Zero), 0)),
        case("a frame without end", || Frames::of(&signal(&[1.0], LastFrame::Zero), usize::MAX)),
        case("frames of no samples", || Frames::of(&signal(&[], LastFrame::Hold), 8)),
        case("an only frame that is cut off", || Frames::of(&signal(&[1.0; 7], LastFrame::Cut), 8)),
        case("slices of frame 0", || Slicing::new(0, 960, 480)),
        case("slices of length 0", || Slicing::new(8, 0, 480)),
        case("slices at every 0th sample", || Slicing::new(8, 960, 0)),
        case("slices without end", || Slicing::new(8, usize::MAX, usize::MAX)),
        case("a slice longer than the signal", || {
            Slicing::default().slices(&signal(&[1.0; 8], LastFrame::Zero))
        }),
        case("no such preparation", || "bogus".parse::<eegenre::preparation::Normalisation>()),
        case("no such ablation", || "shuffle-0".parse::<eegenre::preparation::Ablated>()),
    ]);
}

#[test]
fn splits() {
    let few = || DataSet::new(vec![recording("S1/P01", &[1.0])]).unwrap();
    let name = |name: &str| name.parse::<RecordingId>().unwrap();
    let mut cases = vec![
        case("no such scheme", || "bogus".parse::<Scheme>()),
        case("too few for a random split", move || Split::random(&few(), 0)),
        case("no parts", || Split::custom(set(), vec![], vec![], vec![])),
        case("a part without recordings", move || {
            Split::custom(set(), vec![name("S1/P01")], vec![name("S1/P02")], vec![])
        }),
        case("a recording in two parts", move || {
            Split::custom(set(), vec![name("S1/P01")], vec![name("S1/P01")], vec![name("S1/P02")])
        }),
        case("a recording that is not there", move || {
            Split::custom(set(), vec![name("S1/P99")], vec![], vec![name("S1/P02")])
        }),
        case("an empty manifest", || Split::from_json("", set())),
        case("an empty object", || Split::from_json("{}", set())),
        case("a manifest that is not there", || Split::read("/nonexistent/split.json", set())),
    ];
    for scheme in [Scheme::Random, Scheme::Participant, Scheme::Stimulus, Scheme::Both] {
        cases.push(case("one recording for a scheme", move || scheme.draw(&few(), 0)));
    }
    all_are_refused(cases);
}

type Network = Baseline<Cpu>;

fn network() -> Network {
    Baseline::new(&Cpu::default(), 1, Default::default()).unwrap()
}

fn training(change: impl FnOnce(&mut Hyperparameters)) -> Result<Training<Network, Cpu>> {
    let mut hyperparameters = Hyperparameters::BASELINE;
    change(&mut hyperparameters);
    Training::new(Cpu::default(), network(), hyperparameters, 0, &[0])
}

fn resumed(change: impl FnOnce(&mut Hyperparameters)) -> Result<Training<Network, Cpu>> {
    let mut hyperparameters = Hyperparameters::BASELINE;
    change(&mut hyperparameters);
    Training::resume(Cpu::default(), hyperparameters, 0, &training(|_| ())?.checkpoints())
}

type Frames8 = Packed<Const<8>, f32, Cpu>;

/// One of the paper's networks with other sizes.
fn sizes(model: Model, change: impl FnOnce(&mut Specification)) -> Result<()> {
    let mut specification = Specification::paper(model);
    change(&mut specification);
    specification.check()
}

#[test]
fn layers_networks_and_trainings() {
    let device = || Cpu::default();
    all_are_refused(vec![
        case("a packed batch of nothing", move || {
            Frames8::from_sequences(&device(), Const, &[&[] as &[Vec<f32>]])
        }),
        case("a sequence of half a frame", move || {
            Frames8::from_sequences(&device(), Const, &[[vec![1.0; 4]]])
        }),
        case("frames of nothing", move || {
            Packed::<Size, f32, Cpu>::from_sequences(&device(), Size(0), &[[vec![1.0; 4]]])
        }),
        case("no runs", move || Frames8::from_sequences(&device(), Const, &[] as &[[Vec<f32>; 1]])),
        case("an empty sequence", move || Frames8::from_sequences(&device(), Const, &[[vec![]]])),
        case("runs of different batches", move || {
            Frames8::from_sequences(&device(), Const, &[vec![&[1.0; 8][..]], vec![]])
        }),
        case("a batch for no runs", move || Frames8::shared(&device(), Const, 0, &[&[1.0; 8][..]])),
        case("nothing for two runs", move || Frames8::shared(&device(), Const, 2, &[] as &[&[f32]])),
        case("dropout NaN", || Dropout::new(f64::NAN, 0, 0, 0)),
        case("dropout below 0", || Dropout::new(-0.1, 0, 0, 0)),
        case("dropout of everything", || Dropout::new(1.0, 0, 0, 0)),
        case("a file without weights", || {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("empty.safetensors");
            std::fs::write(&file, []).unwrap();
            WeightsFile::read(file)
        }),
        case("nothing to stack", || StateDict::stack(&[])),
        case("networks that differ", || StateDict::stack(&[StateDict::default(), StateDict::of(&network())])),
        case("weights of another network", move || StateDict::default().build::<Network, Cpu>(&device())),
        case("no such level", || Level::choose("bogus")),
        case("a frame of nothing", || sizes(Model::Baseline, |own| own.framing.frame = 0)),
        case("an endless frame", || sizes(Model::Baseline, |own| own.framing.frame = usize::MAX)),
        case("a slice of nothing", || sizes(Model::Cnn, |own| own.framing.slice = 0)),
        case("an endless slice", || sizes(Model::Cnn, |own| own.framing.slice = usize::MAX)),
        case("no hop", || sizes(Model::Cnn, |own| own.framing.hop = 0)),
        case("no channels", || sizes(Model::Baseline, |own| own.channels = 0)),
        case("endless channels", || sizes(Model::Cnn, |own| own.channels = usize::MAX)),
        case("a kernel of nothing", || sizes(Model::Cnn, |own| own.kernel = Some(0))),
        case("an endless kernel", || sizes(Model::Cnn, |own| own.kernel = Some(usize::MAX))),
        case("a kernel of an LSTM", || sizes(Model::Multilayer, |own| own.kernel = Some(3))),
        case("no units", || sizes(Model::Multilayer, |own| own.units = 0)),
        case("endless units", || sizes(Model::Cnn, |own| own.units = usize::MAX)),
        case("no such network", || "bogus".parse::<Model>()),
        case("Adam with NaN", || Adam::<Cpu>::new(&network(), f64::NAN)),
        case("Adam that climbs", || Adam::<Cpu>::new(&network(), -0.1)),
        case("batch 0", || training(|settings| settings.batch = 0)),
        case("no epochs", || training(|settings| settings.epochs = 0)),
        case("rate NaN", || training(|settings| settings.learning_rate = f64::NAN)),
        case("rate 0", || training(|settings| settings.learning_rate = 0.0)),
        case("dropout 1", || training(|settings| settings.dropout = 1.0)),
        case("batch 0, resumed", || resumed(|settings| settings.batch = 0)),
        case("rate NaN, resumed", || resumed(|settings| settings.learning_rate = f64::NAN)),
        case("no runs together", move || {
            Training::<Network, Cpu>::resume(device(), Hyperparameters::BASELINE, 0, &[])
        }),
        case("more runs than networks", move || {
            Training::new(device(), network(), Hyperparameters::BASELINE, 0, &[0, 1])
        }),
        case("an epoch of nothing", || training(|_| ())?.epoch(&[])),
        case("answers to nothing", || Evaluation::of(&network(), &Cpu::default(), &[])),
        case("answers that are not finite", || {
            Answer::new("S1/P01".parse().unwrap(), 2, vec![0.0, f32::NAN, 0.0])
        }),
        case("weights that are not there", || WeightsFile::read("/nonexistent/weights.safetensors")),
    ]);
}

#[test]
fn experiments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let train = move |runs, threads, change: fn(&mut Settings)| {
        let stop = AtomicBool::new(false);
        let (set, mut settings) = (set(), Settings::paper(Model::Baseline));
        change(&mut settings);
        let control = Control { threads, ..Control::new(&stop) };
        runs::train(set, &Split::random(set, 0)?, settings, runs, &path.join("records"), &control)
    };
    let [one, two, three, four, five] = [(); 5].map(|()| train.clone());
    all_are_refused(vec![
        case("no runs", move || one(0, 1, |_| ())),
        case("no threads", move || two(1, 0, |_| ())),
        case("batch 0", move || three(1, 1, |settings| settings.hyperparameters.batch = 0)),
        case("frame 0", move || four(1, 1, |settings| settings.frame = 0)),
        case("an LSTM with a kernel", move || five(1, 1, |settings| settings.kernel = Some(0))),
        case("a series of nothing", || Series::of(&[], Weights::Final)),
        case("results of nothing", || Results::of(&[], &Provenance::Published)),
        case("results of an empty series", || Results::of(&[&[]], &Provenance::Published)),
        case("curves of nothing", || Figure::training(&[], &Provenance::Published)),
        case("records that are not there", || Results::read("/nonexistent", set())),
        case("no such profile", || "bogus".parse::<Profile>()),
        case("no such variation", || Variation::named("bogus")),
        case("a scan of frames of 0", || ArtefactScan::of(set(), 0)),
        case("a scan under no scheme", || ArtefactScan::under(set(), 8, &[])),
        case("no checkout", || Project::at("/nonexistent").notebooks()),
    ]);
    assert!(!folder.path().join("records").exists(), "something was begun");
}

#[test]
fn features_and_classifiers() {
    let rows = || table(&[&[Some(1.0), Some(2.0)][..]; 12]).unwrap();
    let fit = move |classifier, training: &[usize], selection| {
        Recipe { selection, ..Recipe::of(classifier) }.fit(&rows(), training, 0)
    };
    let mut cases = vec![
        case("a table of nothing", || FeatureTable::new(vec![], vec![])),
        case("a table of no features", || table(&[&[]])),
        case("a row too short", || {
            let mut rows = table(&[&[Some(1.0), Some(2.0)][..]; 2]).unwrap().rows().to_vec();
            rows[1].values.pop();
            FeatureTable::new(vec!["a".into(), "b".into()], rows)
        }),
        case("two features of one name", || {
            let rows = table(&[&[Some(1.0), Some(2.0)]]).unwrap().rows().to_vec();
            FeatureTable::new(vec!["a".into(), "a".into()], rows)
        }),
        case("a value that is not finite", || table(&[&[Some(f64::NAN)]])),
        case("0 neighbours", || NearestNeighbours::fit(examples(4, 2, 4), 0)),
        case("more neighbours than rows", || NearestNeighbours::fit(examples(4, 2, 4), 5)),
        case("neighbours of more labels than rows", || {
            NearestNeighbours::fit(examples(2, 2, 4), 3)?.predict(&Array2::zeros((1, 2)))
        }),
        case("neighbours of fewer labels than rows", || {
            NearestNeighbours::fit(examples(4, 2, 1), 1)?.predict(&Array2::from_elem((1, 2), 3.0))
        }),
        case("neighbours of no features", || {
            NearestNeighbours::fit(examples(4, 0, 4), 1)?.predict(&Array2::zeros((1, 0)))
        }),
        case("machines of nothing", || SupportVectors::fit(&examples(0, 2, 0))),
        case("machines of no features", || SupportVectors::fit(&examples(4, 0, 4))),
        case("machines of fewer labels than rows", || SupportVectors::fit(&examples(4, 2, 3))),
        case("machines asked about other features", || {
            SupportVectors::fit(&examples(6, 2, 6))?.predict(&Array2::zeros((1, 3)))
        }),
        case("a network of nothing", || HiddenLayer::fit(&examples(0, 2, 0), 0)),
        case("a network of more labels than rows", || HiddenLayer::fit(&examples(4, 2, 6), 0)),
        case("no such selection", || Selection::named("bogus", 3)),
        case("a trial of one participant", move || {
            let trial = Trial::new(Origin::Recordings, Division::Participant, Recipe::of(Classifier::Svm));
            let mut rows = rows().rows().to_vec();
            rows.iter_mut().for_each(|row| row.participant = Participant::new(1));
            TrialRecord::make(trial, &FeatureTable::new(vec!["a".into(), "b".into()], rows)?)
        }),
    ];
    for classifier in [Classifier::Knn, Classifier::Svm, Classifier::Mlp] {
        let none = Some(Selection::MutualInformation { count: 0 });
        let all = Some(Selection::FloatingForward { count: 99 });
        cases.push(case("no rows to learn from", move || fit(classifier, &[], None)));
        cases.push(case("a row that is not there", move || fit(classifier, &[0, 1, 99], None)));
        cases.push(case("no feature selected", move || fit(classifier, &[0, 1, 2], none)));
        cases.push(case("more selected than there are", move || fit(classifier, &[0, 1, 2], all)));
    }
    all_are_refused(cases);
}

/// Runs something that has an answer to everything, and only must not panic.
fn answers<T: Debug>(name: &str, make: impl FnOnce() -> T) {
    let begun = Instant::now();
    let answer = catch_unwind(AssertUnwindSafe(|| format!("{:?}", make())));
    assert!(begun.elapsed() < Duration::from_secs(30), "{name}: for ever");
    assert!(answer.is_ok_and(|answer| !answer.is_empty()), "{name}: a panic");
}

#[test]
fn what_has_an_answer_to_everything_does_not_panic() {
    let odd: [&[f64]; 6] = [
        &[],
        &[1.0],
        &[f64::NAN; 3],
        &[f64::INFINITY, f64::NEG_INFINITY],
        &[0.0; 40],
        &[f64::MAX, -f64::MAX],
    ];
    for values in odd {
        answers("features", || FeatureVector::of(values));
        answers("mean", || (of::mean(values), of::standard_deviation(values), of::trimmed_mean(values)));
        answers("intervals", || (of::mean_interval(values), of::trimmed_mean_interval(values)));
        answers("average", || (of::average(values), of::average_interval(values), of::trend(values)));
        answers("differences", || {
            [of::difference_of_averages(values, &[]), of::difference_of_paired_averages(values, values)]
        });
        answers("exchanges", || {
            let signs = of::average_sign_flip_test(values);
            [of::exchange_test(values, &[]), of::exchange_test(values, values), signs]
        });
        answers("pairs", || of::paired_exchange_test(values, values));
        answers("quantile", || [f64::NAN, -1.0, 0.0, 1.0, 2.0].map(|part| of::quantile(values, part)));
        answers("holm", || of::holm(values));
        answers("ranks", || of::rank_eta_squared(&[values.to_vec(), vec![], values.to_vec()]));
    }
    answers("clusters", || [of::cluster_interval(&[]), of::cluster_interval(&[(f64::NAN, 0), (1.0, 0)])]);
    answers("clopper", || [(0, 0), (1, 0), (9, 3)].map(|(right, all)| of::clopper_pearson(right, all)));
    answers("clopper of a mean", || [f64::NAN, -1.0, 1e300].map(|mean| of::clopper_pearson_of_mean(mean, 3)));
    answers("binomial", || [f64::NAN, -1.0, 2.0].map(|part| of::binomial_test(1, 2, part)));
    answers("signs", || (of::sign_flip_test(&[]), of::sign_flip_test(&[i64::MIN, i64::MAX, 1])));
    answers("levels", || of::level_test(&[], [0, 0]));
    answers("ranges", || [0, 1, u32::MAX].map(|count| of::mean_interval_from_range(0.0, 1.0, 0.0, count)));
    answers("packing", || {
        [&[][..], &[0], &[0, 3]]
            .map(|lengths| (Packing::new(lengths).frames(), Packing::new(lengths).steps()))
    });
    answers("a table of ragged rows", || {
        let mut table = Table::new(["a", "b"]);
        table.push(["1"; 2]);
        table.to_string()
    });
    answers("runs of nothing", || runs_table(&[]).to_string());
    // Recordings that no preparation takes can still be looked at.
    for samples in [&[][..], &[1.0], &[0.0; 3], &[-1.0, 1e300]] {
        let odd = DataSet::new(vec![recording("S1/P01", samples), recording("S9/P02", &[1.0; 9])]).unwrap();
        answers("a description", || format!("{} {}", Description::of(&odd), json!(Description::of(&odd))));
        answers("features of a set", || FeatureTable::of(&odd).digest());
        answers("the shortest length", || Preparation::of_one_length(&odd).remaining(&odd).is_ok());
        answers("a scan", || ArtefactScan::of(&odd, 8).is_ok());
        let folder = tempfile::tempdir().unwrap();
        answers("figures", || {
            [Figure::recordings(&odd), Figure::design(&odd)].map(|figure| figure.save(&folder).is_ok())
        });
    }
    answers("no steps", || {
        let mut steps = Steps::new(0);
        steps.begin("one too many");
        steps.finish();
    });
    answers("preparation of one sample", || {
        let set = DataSet::new(vec![recording("S1/P01", &[1.0])]).unwrap();
        let median = MedianFilter::new(255).unwrap();
        let preparation = Preparation { median: Some(median), ..Preparation::default() };
        preparation.signals(&set, &["S1/P01".parse().unwrap()])
    });
    answers("a network on one frame", || -> Result<Vec<f32>, Error> {
        let packed = Frames8::from_sequences(&Cpu::default(), Const, &[[vec![0.0_f32; 8]]])?;
        Ok(network().forward(packed).as_vec())
    });
}
