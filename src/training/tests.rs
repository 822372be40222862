use super::*;
use crate::models::Recurrent;
use crate::nn::testing::{TestDevice, assert_close};
use crate::preparation::Frames;
use crate::preparation::split::testing::signal;

/// A small network: one LSTM layer of 8 units over frames of 2.
type Small = Recurrent<Const<2>, Const<8>, Const<6>, Const<3>, 1, f32, TestDevice>;

const HYPERPARAMETERS: Hyperparameters =
    Hyperparameters { epochs: 1, batch: 4, learning_rate: 0.02, dropout: 0.1 };

/// Run 2 of seed 1, with weights from another seed.
fn training_from(weights: u64, hyperparameters: Hyperparameters) -> Training<Small, TestDevice> {
    let device = TestDevice::seed_from_u64(weights);
    let network = Small::new(&device, 1, Default::default()).unwrap();
    Training::new(device, network, hyperparameters, 1, &[2]).unwrap()
}

fn training(hyperparameters: Hyperparameters) -> Training<Small, TestDevice> {
    training_from(5, hyperparameters)
}

/// The loss of an epoch of the one run.
fn epoch(training: &mut Training<Small, TestDevice>, examples: &[Frames]) -> Result<f64> {
    training.epoch(examples).unwrap().remove(0)
}

fn evaluate(training: &Training<Small, TestDevice>, examples: &[Frames]) -> Result<Evaluation> {
    training.evaluate(examples)?.remove(0)
}

/// The same run from another checkpoint.
fn resumed(hyperparameters: Hyperparameters, checkpoint: &Checkpoint) -> Training<Small, TestDevice> {
    Training::resume(TestDevice::default(), hyperparameters, 1, &[(2, checkpoint.clone())]).unwrap()
}

/// Signals whose level is their genre's.
fn examples() -> Vec<Frames> {
    (0..12_usize)
        .map(|n| {
            let name = format!("S{}/P{:02}", 1 + n % 3 * 4, n + 1);
            Frames::of(&signal(&name, &vec![n as f32 % 3.0 - 1.0; 6 + n % 4]), 2).unwrap()
        })
        .collect()
}

#[test]
fn a_network_learns_what_tells_genres_apart() {
    let (mut training, examples) = (training(HYPERPARAMETERS), examples());
    let before = evaluate(&training, &examples).unwrap();
    for _ in 0..150 {
        epoch(&mut training, &examples).unwrap();
    }
    let after = evaluate(&training, &examples).unwrap();
    assert!(before.loss() > 1.0 && after.loss() < 0.2, "{} -> {}", before.loss(), after.loss());
    assert_eq!(after.accuracy(), 1.0);
    assert!(after.votes().iter().all(|vote| vote.predicted == vote.class));
}

#[test]
fn a_resumed_training_ends_with_the_same_bits() {
    let examples = examples();
    let mut whole = training(HYPERPARAMETERS);
    let losses: Vec<f64> = (0..6).map(|_| epoch(&mut whole, &examples).unwrap()).collect();

    let mut first = training(HYPERPARAMETERS);
    let mut found: Vec<f64> = (0..3).map(|_| epoch(&mut first, &examples).unwrap()).collect();
    let checkpoints = first.checkpoints();
    let mut second = resumed(HYPERPARAMETERS, &checkpoints[0].1);
    assert_eq!(second.checkpoints(), checkpoints);
    found.extend((0..3).map(|_| epoch(&mut second, &examples).unwrap()));
    assert_eq!(found, losses);
    assert_eq!(second.checkpoints(), whole.checkpoints());
    assert_eq!((whole.epochs(), whole.checkpoints()[0].1.steps), (6, 18));
}

#[test]
fn a_checkpoint_of_another_network_is_refused() {
    let device = TestDevice::default();
    let sizes = (Size(2), Size(5), Size(3), Size(3));
    let other = Recurrent::<_, _, _, _, 1, f32, _>::new(&device, 1, sizes).unwrap();
    let other = Checkpoint::initial(&other).unwrap().remove(0);
    let own = training(HYPERPARAMETERS).checkpoints();
    for error in [
        Training::<Small, _>::resume(device, HYPERPARAMETERS, 1, &[(2, other.clone())]).unwrap_err(),
        own[0].1.must_be_like(&other).unwrap_err(),
    ] {
        assert!(error.problems().iter().all(|problem| problem.fault == Fault::FOREIGN_WEIGHTS));
    }
    assert_eq!(own[0].1.must_be_like(&own[0].1), Ok(()));
}

#[test]
fn a_network_has_as_many_runs_as_are_named() {
    let device = TestDevice::default();
    let network = Small::new(&device, 2, Default::default()).unwrap();
    let error = Training::new(device, network, HYPERPARAMETERS, 1, &[2]).unwrap_err();
    assert!(error.to_string().contains("expected runs for a network of 2, found [2]"), "{error}");
}

#[test]
fn a_loss_that_is_not_finite_names_run_epoch_and_batch() {
    let mut training = training(Hyperparameters { batch: 12, ..HYPERPARAMETERS });
    let mut examples = examples();
    epoch(&mut training, &examples).unwrap();
    let recording = examples[0].recording();
    examples[0] = Frames::of(&signal(&recording.to_string(), &[f32::NAN; 4]), 2).unwrap();
    let error = epoch(&mut training, &examples).unwrap_err();
    assert!(
        error.to_string().starts_with("run 2, epoch 2, batch 1: expected a finite loss, found NaN"),
        "{error}"
    );
}

/// What a training of one batch an epoch says once its checkpoint was changed.
fn error_after(change: impl Fn(&mut Checkpoint)) -> String {
    let hyperparameters = Hyperparameters { batch: 12, ..HYPERPARAMETERS };
    let mut training = training(hyperparameters);
    epoch(&mut training, &examples()).unwrap();
    let mut checkpoint = training.checkpoints().remove(0).1;
    change(&mut checkpoint);
    epoch(&mut resumed(hyperparameters, &checkpoint), &examples()).unwrap_err().to_string()
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
    assert!(gradient.starts_with("run 2, epoch 2: expected steps that leave finite numbers"), "{gradient}");
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
        for place in 0..3 {
            let mut logits = vec![0.0; 3];
            logits[place] = value;
            let error = Answer::new(recording, 1, logits).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::NOT_FINITE);
            assert!(error.to_string().starts_with("recording S5/P02: expected finite outputs"), "{error}");
        }
    }
    // Of a network.
    let mut checkpoint = training(HYPERPARAMETERS).checkpoints().remove(0).1;
    fill(&mut checkpoint.network, "out.weight", 3e38);
    fill(&mut checkpoint.network, "out.bias", 3e38);
    let error = evaluate(&resumed(HYPERPARAMETERS, &checkpoint), &examples()).unwrap_err();
    assert!(error.to_string().starts_with("recording S"), "{error}");
}

#[test]
fn seed_and_run_decide_the_course() {
    let examples = examples();
    let course = |seed, run| {
        let device = TestDevice::seed_from_u64(5);
        let network = Small::new(&device, 1, Default::default()).unwrap();
        let mut training = Training::new(device, network, HYPERPARAMETERS, seed, &[run]).unwrap();
        epoch(&mut training, &examples).unwrap();
        training.weights()
    };
    assert_eq!(course(1, 2), course(1, 2));
    assert_ne!(course(1, 2), course(1, 3));
    assert_ne!(course(1, 2), course(2, 2));
}

#[test]
fn frames_of_another_size_are_refused_by_name() {
    let mut examples = examples();
    let recording = examples[3].recording();
    examples[3] = Frames::of(&signal(&recording.to_string(), &[1.0; 6]), 3).unwrap();
    let error = evaluate(&training(HYPERPARAMETERS), &examples).unwrap_err();
    let place = format!("recording {recording}");
    assert_eq!(error.problems()[0].place.to_string(), place);
}

/// The runs, each alone, from weights of its own.
fn alone(runs: &[u64]) -> Vec<Training<Small, TestDevice>> {
    let training = |&run: &u64| {
        let device = TestDevice::seed_from_u64(run);
        let network = Small::new(&device, 1, Default::default()).unwrap();
        Training::new(device, network, HYPERPARAMETERS, 1, &[run]).unwrap()
    };
    runs.iter().map(training).collect()
}

/// The same runs in one training.
fn together(alone: &[Training<Small, TestDevice>]) -> Training<Small, TestDevice> {
    let standing: Vec<(u64, Checkpoint)> = alone.iter().flat_map(Training::checkpoints).collect();
    Training::resume(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap()
}

fn values(dict: &StateDict) -> Vec<f32> {
    dict.names().flat_map(|name| dict.get(name).unwrap().1.to_vec()).collect()
}

#[test]
fn every_run_takes_the_course_that_it_takes_alone() {
    let examples = examples();
    let mut alone = alone(&[2, 0, 7]);
    let mut together = together(&alone);
    for _ in 0..8 {
        let found = together.epoch(&examples).unwrap();
        for (training, found) in alone.iter_mut().zip(found) {
            let expected = epoch(training, &examples).unwrap();
            assert!((found.unwrap() - expected).abs() < 1e-5 * expected.abs());
        }
    }
    let evaluations = together.evaluate(&examples).unwrap();
    for ((training, (run, found)), evaluation) in alone.iter().zip(together.checkpoints()).zip(evaluations) {
        let expected = training.checkpoints().remove(0).1;
        assert_eq!((found.epochs, found.steps), (8, 24));
        assert_close(&values(&found.network), &values(&expected.network), 1e-4, &format!("run {run}"));
        for (found, expected) in found.moments.iter().zip(&expected.moments) {
            assert_close(&values(found), &values(expected), 1e-3, &format!("moments of run {run}"));
        }
        let (evaluation, expected) = (evaluation.unwrap(), evaluate(training, &examples).unwrap());
        assert!((evaluation.loss() - expected.loss()).abs() < 1e-4);
        let votes = |evaluation: &Evaluation| {
            evaluation.votes().iter().map(|vote: &Vote| vote.recording).collect::<Vec<_>>()
        };
        assert_eq!(votes(&evaluation), votes(&expected));
    }
}

#[test]
fn what_was_taken_apart_goes_on_alone_or_together() {
    let examples = examples();
    let epochs = |training: &mut Training<Small, TestDevice>, count: usize| {
        (0..count).for_each(|_| assert!(training.epoch(&examples).unwrap().iter().all(Result::is_ok)));
    };
    let mut whole = together(&alone(&[0, 1]));
    epochs(&mut whole, 4);
    let mut first = together(&alone(&[0, 1]));
    epochs(&mut first, 2);
    let standing = first.checkpoints();
    let mut again: Training<Small, _> =
        Training::resume(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap();
    assert_eq!(again.checkpoints(), standing);
    epochs(&mut again, 2);
    assert_eq!(again.checkpoints(), whole.checkpoints());

    let mut single: Training<Small, _> =
        Training::resume(TestDevice::default(), HYPERPARAMETERS, 1, &standing[1..]).unwrap();
    epochs(&mut single, 2);
    let [found, expected] = [&single.weights()[0], &whole.weights()[1]].map(values);
    assert_close(&found, &expected, 1e-4, "run 1");
}

#[test]
fn a_loss_that_is_not_finite_is_told_of_its_run_and_harms_no_other() {
    let (mut examples, alone) = (examples(), alone(&[0, 1]));
    let mut healthy = together(&alone[..1]);
    let mut standing = together(&alone).checkpoints();
    let network = &mut standing[1].1.network;
    let (shape, mut weights) = {
        let (shape, weights) = network.get("out.weight").unwrap();
        (shape.to_vec(), weights.to_vec())
    };
    weights[0] = f32::INFINITY;
    network.insert("out.weight".to_owned(), shape, weights);
    let mut both: Training<Small, _> =
        Training::resume(TestDevice::default(), HYPERPARAMETERS, 1, &standing).unwrap();
    let losses = both.epoch(&examples).unwrap();
    let expected = healthy.epoch(&examples).unwrap();
    assert!((losses[0].clone().unwrap() - expected[0].clone().unwrap()).abs() < 1e-5);
    let error = losses[1].clone().unwrap_err();
    assert!(error.to_string().starts_with("run 1, epoch 1, batch 1: expected a finite loss"), "{error}");
    let [both, healthy_alone] = [&both, &healthy].map(|training| values(&training.weights()[0]));
    assert_close(&both, &healthy_alone, 1e-5, "run 0");

    // A recording that is not finite stops all.
    let recording = examples[0].recording();
    examples[0] = Frames::of(&signal(&recording.to_string(), &[f32::NAN; 4]), 2).unwrap();
    assert!(healthy.epoch(&examples).unwrap().iter().all(Result::is_err));
}

#[test]
fn runs_that_do_not_stand_together_are_refused() {
    let mut alone = alone(&[0, 1]);
    epoch(&mut alone[1], &examples()).unwrap();
    let standing: Vec<(u64, Checkpoint)> = alone.iter().flat_map(Training::checkpoints).collect();
    let resume =
        |standing: &[_]| Training::<Small, _>::resume(TestDevice::default(), HYPERPARAMETERS, 1, standing);
    let error = resume(&standing).unwrap_err();
    assert!(error.to_string().contains("found run 1 after 1 epochs and 3 steps"), "{error}");
    let error = resume(&[]).unwrap_err();
    assert!(error.to_string().contains("found none"), "{error}");
}
