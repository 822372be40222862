use super::*;
use crate::models::{Recurrent, builder};
use crate::nn::StateDict;
use crate::nn::testing::TestDevice;
use crate::preparation::{Frames, LastFrame, Signal};

/// A small network: one LSTM layer of 8 units over frames of 2.
pub(super) type Small = Recurrent<2, 8, 1, 6, f32, TestDevice>;
pub(super) type SmallBuilder = builder::Recurrent<2, 8, 1, 6>;

pub(super) const HYPERPARAMETERS: Hyperparameters =
    Hyperparameters { epochs: 1, batch: 4, learning_rate: 0.02, dropout: 0.1 };

fn training(hyperparameters: Hyperparameters) -> Training<Small, TestDevice> {
    let device = TestDevice::seed_from_u64(5);
    let network = device.build_module::<SmallBuilder, f32>();
    Training::new(device, network, hyperparameters, 1, 2).unwrap()
}

/// Signals whose level is their genre's.
pub(super) fn examples() -> Vec<Frames> {
    (0..12_usize)
        .map(|n| {
            let recording = format!("S{}/P{}", 1 + n % 3 * 4, n + 1).parse().unwrap();
            let samples = vec![n as f32 % 3.0 - 1.0; 6 + n % 4];
            Frames::of(
                &Signal {
                    recording,
                    genre: recording.song.genre(),
                    samples,
                    last_frame: LastFrame::default(),
                },
                2,
            )
            .unwrap()
        })
        .collect()
}

#[test]
fn a_network_learns_what_tells_genres_apart() {
    let (mut training, examples) = (training(HYPERPARAMETERS), examples());
    let before = training.evaluate(&examples).unwrap();
    for _ in 0..150 {
        training.epoch(&examples).unwrap();
    }
    let after = training.evaluate(&examples).unwrap();
    assert!(before.loss() > 1.0 && after.loss() < 0.2, "{} -> {}", before.loss(), after.loss());
    assert_eq!(after.accuracy(), 1.0);
    assert_eq!(after.accuracy_by_vote(), 1.0);
}

#[test]
fn a_restored_training_ends_with_the_same_bits() {
    let examples = examples();
    let mut whole = training(HYPERPARAMETERS);
    let losses: Vec<f64> = (0..6).map(|_| whole.epoch(&examples).unwrap()).collect();

    let mut first = training(HYPERPARAMETERS);
    let mut found: Vec<f64> = (0..3).map(|_| first.epoch(&examples).unwrap()).collect();
    let checkpoint = first.checkpoint();
    let device = TestDevice::seed_from_u64(99);
    let network = device.build_module::<SmallBuilder, f32>();
    let mut second = Training::new(device, network, HYPERPARAMETERS, 1, 2).unwrap();
    second.restore(&checkpoint).unwrap();
    assert_eq!(second.checkpoint(), checkpoint);
    found.extend((0..3).map(|_| second.epoch(&examples).unwrap()));
    assert_eq!(found, losses);
    assert_eq!(second.checkpoint(), whole.checkpoint());
    assert_eq!((whole.epochs(), whole.checkpoint().steps), (6, 18));
}

#[test]
fn a_checkpoint_of_another_network_is_refused() {
    let device = TestDevice::default();
    let network = device.build_module::<builder::Recurrent<2, 5, 1, 3>, f32>();
    let mut other = Training::new(device, network, HYPERPARAMETERS, 1, 2).unwrap();
    let error = other.restore(&training(HYPERPARAMETERS).checkpoint()).unwrap_err();
    assert!(error.problems().iter().all(|problem| problem.fault == Fault::ForeignWeights));
}

#[test]
fn a_loss_that_is_not_finite_names_run_epoch_and_batch_and_moves_nothing() {
    let mut training = training(Hyperparameters { batch: 12, ..HYPERPARAMETERS });
    let mut examples = examples();
    training.epoch(&examples).unwrap();
    let before = training.checkpoint();
    let recording = examples[0].recording();
    let signal = Signal {
        recording,
        genre: recording.song.genre(),
        samples: vec![f32::NAN; 4],
        last_frame: LastFrame::default(),
    };
    examples[0] = Frames::of(&signal, 2).unwrap();
    let error = training.epoch(&examples).unwrap_err();
    assert!(
        error.to_string().starts_with("run 2, epoch 2, batch 1: expected a finite loss, found NaN"),
        "{error}"
    );
    assert_eq!(training.checkpoint(), before);
}

/// What a training of one batch an epoch says once its checkpoint was changed.
fn error_after(change: impl Fn(&mut Checkpoint)) -> String {
    let hyperparameters = Hyperparameters { batch: 12, ..HYPERPARAMETERS };
    let mut training = training(hyperparameters);
    training.epoch(&examples()).unwrap();
    let mut checkpoint = training.checkpoint();
    change(&mut checkpoint);
    training.restore(&checkpoint).unwrap();
    training.epoch(&examples()).unwrap_err().to_string()
}

/// Puts a value into every element of a tensor.
fn fill(dict: &mut StateDict, name: &str, value: f32) {
    let (shape, values) = dict.get(name).unwrap();
    let (shape, values) = (shape.to_vec(), vec![value; values.len()]);
    dict.insert(name.to_owned(), shape, values);
}

#[test]
fn a_gradient_a_weight_or_a_moment_that_overflows_names_run_epoch_batch_and_tensor() {
    // Finite outputs of one size: the loss is finite. The gradient of what comes before them is not.
    let gradient = error_after(|checkpoint| {
        let (shape, values) = checkpoint.network.get("out.weight").unwrap();
        let (shape, count) = (shape.to_vec(), values.len());
        let signed = (0..count).map(|place| if place % 2 == 0 { 1e30 } else { -1e30 });
        checkpoint.network.insert("out.weight".into(), shape, signed.collect());
    });
    assert!(
        gradient.starts_with("run 2, epoch 2, batch 1: expected a step that leaves finite"),
        "{gradient}"
    );
    assert!(gradient.contains("inf in the squared gradients of "), "{gradient}");
    // The step's size is m / √v: here 1e30 in place of about 1.
    let weight = error_after(|checkpoint| {
        fill(&mut checkpoint.moments[0], "out.bias", -3e38);
        fill(&mut checkpoint.moments[1], "out.bias", 1e-20);
    });
    assert!(weight.contains("inf in out.bias, element 0"), "{weight}");
}

#[test]
fn an_answer_that_is_not_finite_is_no_answer() {
    let recording: crate::recordings::RecordingId = "S5/P02".parse().unwrap();
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for place in 0..GENRES {
            let mut logits = [0.0; GENRES];
            logits[place] = value;
            let error = Answer::new(recording, recording.song.genre(), logits).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::NotFinite);
            assert!(error.to_string().starts_with("recording S5/P02: expected finite outputs"), "{error}");
        }
    }
    // Of a network.
    let mut training = training(HYPERPARAMETERS);
    let mut checkpoint = training.checkpoint();
    fill(&mut checkpoint.network, "out.weight", 3e38);
    fill(&mut checkpoint.network, "out.bias", 3e38);
    training.restore(&checkpoint).unwrap();
    let error = training.evaluate(&examples()).unwrap_err();
    assert!(error.to_string().starts_with("recording S"), "{error}");
}

#[test]
fn seed_and_run_decide_the_course() {
    let examples = examples();
    let course = |seed, run| {
        let device = TestDevice::seed_from_u64(5);
        let network = device.build_module::<SmallBuilder, f32>();
        let mut training = Training::new(device, network, HYPERPARAMETERS, seed, run).unwrap();
        training.epoch(&examples).unwrap();
        StateDict::of(training.network())
    };
    assert_eq!(course(1, 2), course(1, 2));
    assert_ne!(course(1, 2), course(1, 3));
    assert_ne!(course(1, 2), course(2, 2));
}

#[test]
fn frames_of_another_size_are_refused_by_name() {
    let mut examples = examples();
    let recording = examples[3].recording();
    let signal = Signal {
        recording,
        genre: recording.song.genre(),
        samples: vec![1.0; 6],
        last_frame: LastFrame::default(),
    };
    examples[3] = Frames::of(&signal, 3).unwrap();
    let error = training(HYPERPARAMETERS).evaluate(&examples).unwrap_err();
    let place = format!("recording {recording}");
    assert_eq!(error.problems()[0].place.to_string(), place);
}
