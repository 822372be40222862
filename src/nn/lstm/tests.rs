use std::sync::Arc;

use dfdx::optim::{Adam, AdamConfig, Optimizer};
use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::nn::testing::{self, TestDevice, assert_close, cosines, scattered};
use crate::nn::{Packings, Rows};

/// Visits a model's tensors in order: the i-th becomes cos(0 + i), cos(1 + i), … times a scale.
struct FillWithCosines {
    scale: f64,
    index: usize,
}

impl<E: Dtype, D: Device<E>> TensorVisitor<E, D> for FillWithCosines {
    type Viewer = ViewTensorMut;
    type Err = D::Err;
    type E2 = E;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, E, D>,
        tensor: &mut Tensor<S, E, D>,
    ) -> Result<Option<Tensor<S, E, D>>, D::Err> {
        let scale = E::from_f64(self.scale).unwrap();
        let values: Vec<E> = cosines(tensor.shape().num_elements(), self.index);
        tensor.copy_from(&values.into_iter().map(|value| value * scale).collect::<Vec<_>>());
        self.index += 1;
        Ok(None)
    }
}

/// Layers of constant sizes.
type Layers<const I: usize, const H: usize, const LAYERS: usize, E, D> =
    Lstm<Const<I>, Const<H>, LAYERS, E, D>;

fn with_cosines<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: Device<E>>(
    device: &D,
    scale: f64,
) -> Layers<I, H, LAYERS, E, D> {
    let mut model = Lstm::new(device, 1, Const, Const).unwrap();
    let mut visitor = FillWithCosines { scale, index: 0 };
    Lstm::iter_tensors(&mut RecursiveWalker { m: &mut model, f: &mut visitor }).unwrap();
    model
}

/// All gradients of a model's tensors, in order, with their names.
struct ListGradients<'a, E: Dtype, D: Device<E>> {
    gradients: &'a Gradients<E, D>,
    list: Vec<(String, Vec<E>)>,
}

impl<E: Dtype, D: Device<E>> TensorVisitor<E, D> for ListGradients<'_, E, D> {
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = D::Err;
    type E2 = E;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, E, D>,
        (tensor, name): (&Tensor<S, E, D>, String),
    ) -> Result<Option<Tensor<S, E, D>>, D::Err> {
        self.list.push((name, self.gradients.get(tensor).as_vec()));
        Ok(None)
    }
}

fn list_gradients<I: ConstDim, H: ConstDim, const LAYERS: usize, E: Dtype, D: Device<E>>(
    model: &Lstm<I, H, LAYERS, E, D>,
    gradients: &Gradients<E, D>,
) -> Vec<(String, Vec<E>)> {
    let mut visitor = ListGradients { gradients, list: Vec::new() };
    Lstm::iter_tensors(&mut RecursiveWalker { m: (model, String::new()), f: &mut visitor }).unwrap();
    visitor.list
}

/// Sequences of these lengths; sequence n is cos(0.7 i + n).
fn sequences<E: Dtype>(inputs: usize, lengths: &[usize]) -> Vec<Vec<E>> {
    let value = |i: usize, n: usize| E::from_f64((i as f64).mul_add(0.7, n as f64).cos()).unwrap();
    lengths.iter().map(|&n| (0..inputs * n).map(|i| value(i, n)).collect()).collect()
}

/// A batch of one run.
fn packed<const I: usize, E: Dtype, D: Device<E>>(
    device: &D,
    sequences: &[Vec<E>],
) -> Packed<Const<I>, E, D> {
    Packed::from_sequences(device, Const, &[sequences]).unwrap()
}

/// Σ of all elements, each weighted by a cosine, so that no two gradients are alike.
fn weighted_sum<H: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Rows<H, E, D, T>,
) -> Tensor<Rank0, E, D, T> {
    let weights = cosines(x.shape().num_elements(), 0);
    testing::weighted_sum(x, weights)
}

/// ```python
/// import torch
/// from torch import arange, cos
/// from torch.nn.utils.rnn import pack_sequence
///
/// lstm = torch.nn.LSTM(2, 3, num_layers=2)
/// for i, (name, p) in enumerate(lstm.named_parameters()):
///     p.data = cos(arange(p.numel()) + i).reshape(p.shape) * 0.5
/// x = [cos(arange(2 * n) * 0.7 + n).reshape(n, 2).requires_grad_() for n in [3, 1, 4]]
/// _, (h, _) = lstm(pack_sequence(x, enforce_sorted=False))
/// ends = h[-1]
/// (ends * cos(arange(9.0)).reshape(3, 3)).sum().backward()
/// print(ends, *((name, p.grad) for name, p in lstm.named_parameters()), *(a.grad for a in x))
/// ```
#[test]
fn values_and_gradients_are_those_of_pytorch() {
    let device = TestDevice::default();
    let model: Layers<2, 3, 2, f32, _> = with_cosines(&device, 0.5);
    let batch = packed(&device, &sequences(2, &[3, 1, 4]));
    let (frames, packing) = (batch.frames().clone(), Arc::clone(&batch.packings().runs()[0]));

    let ends = model.forward(batch.leaky_traced()).ends();
    #[rustfmt::skip]
    let expected = [
        0.1737086, 0.1356305, -0.09198731, 0.1291581, 0.09156497, -0.04262781, 0.169769, 0.1509849,
        -0.1073664,
    ];
    assert_close(&ends.as_vec(), &expected, 1e-5, "ends");

    let gradients = weighted_sum(ends).backward();
    #[rustfmt::skip]
    let expected: [(&str, &[f32]); 8] = [
        ("weight_ih_l0", &[
            0.02220401, 0.01186523, 0.004538349, -0.005517558, 0.001101586, 0.001552049, -0.002437852,
            -0.004801942, -0.005386315, -0.006103246, 0.0001639643, -0.0004673841, 0.03147506, 0.05902044,
            -0.01824994, -0.01010057, 0.007355953, 0.003393081, 0.003013908, 0.0007368876, -0.001932056,
            -0.003879367, 0.0001469525, 0.000282356,
        ]),
        ("weight_hh_l0", &[
            0.0003314346, 0.001984279, 0.0001546122, 0.002227703, 0.004628005, 0.001657561, -0.0002284771,
            -0.0005211582, -0.0001632557, 0.0008991573, 0.00163408, 0.0002916845, 0.001317529,
            0.002529396, 0.001055901, -5.49964e-05, -0.0002023975, -0.0002308281, -0.01006557,
            -0.01751514, -0.005517979, -0.00188556, -0.004853849, -0.002613472, 0.000564785, 0.001603147,
            0.0005425955, 0.0008246521, 0.002060508, 0.0009507498, 0.001689638, 0.003374189, 0.00165043,
            -0.0001433347, -0.0003465239, -0.0001570225,
        ]),
        ("bias_ih_l0", &[
            -0.02157105, -0.02745153, 0.002729804, -0.00828884, -0.01253066, 0.0008874742, 0.08324259,
            0.03409938, -0.01621227, -0.009551865, -0.01494933, 0.001807931,
        ]),
        ("bias_hh_l0", &[
            -0.02157105, -0.02745154, 0.002729805, -0.00828884, -0.01253066, 0.0008874742, 0.08324258,
            0.03409938, -0.01621227, -0.009551865, -0.01494933, 0.001807931,
        ]),
        ("weight_ih_l1", &[
            -0.006503715, -0.01604467, -0.01176865, -0.005405155, -0.01397924, -0.01088483, -0.003888349,
            -0.008389389, -0.005019894, -0.007733101, -0.01762731, -0.01481931, -0.005493396, -0.01322391,
            -0.01137088, -0.001892779, -0.004080945, -0.003278502, -0.01439728, -0.03575339, -0.0267832,
            -0.02288714, -0.0587031, -0.0446226, 0.02464776, 0.05083328, 0.02662266, -0.02237548,
            -0.05558452, -0.04602088, -0.01068144, -0.02711658, -0.02337474, -0.003043289, -0.007038496,
            -0.005711653,
        ]),
        ("weight_hh_l1", &[
            0.01259049, 0.009437041, -0.005898845, 0.01049159, 0.007968067, -0.005064673, 0.005380371,
            0.003820727, -0.00220697, 0.01121808, 0.008457885, -0.005319685, 0.008179924, 0.006320942,
            -0.004113188, 0.002663046, 0.001937459, -0.001160584, 0.02782284, 0.02086772, -0.0130408,
            0.04448678, 0.03377619, -0.02148953, -0.03129113, -0.0220251, 0.01262934, 0.04290587,
            0.03291057, -0.02111998, 0.01980491, 0.01560646, -0.01038753, 0.0051218, 0.003784776,
            -0.002298533,
        ]),
        ("bias_ih_l1", &[
            0.05004491, 0.04469883, 0.03505773, 0.06903509, 0.04969396, 0.01688426, 0.1137745, 0.182929,
            -0.213298, 0.1705807, 0.07973978, 0.02669626,
        ]),
        ("bias_hh_l1", &[
            0.05004492, 0.04469883, 0.03505773, 0.06903509, 0.04969397, 0.01688426, 0.1137745, 0.182929,
            -0.213298, 0.1705807, 0.07973978, 0.02669626,
        ]),
    ];
    let found = list_gradients(&model, &gradients);
    assert_eq!(found.len(), expected.len());
    for ((name, found), (expected_name, expected)) in found.iter().zip(expected) {
        assert_eq!(name, expected_name);
        assert_close(found, expected, 1e-4, name);
    }

    let found = gradients.get(&frames).as_vec();
    #[rustfmt::skip]
    let expected: [&[f32]; 3] = [
        &[0.0005223514, -0.003118032, 0.003796137, 0.007395678, 0.01402053, 0.01908447],
        &[-0.004921956, -0.005348785],
        &[0.00220247, 0.001892676, 0.008026259, 0.009875007, 0.006599795, 0.008363206, -0.001542705, -0.001472456],
    ];
    for (sequence, expected) in expected.into_iter().enumerate() {
        let rows = (0..).map_while(|step| packing.row(sequence, step));
        let found: Vec<f32> = rows.flat_map(|row| found[2 * row..][..2].to_vec()).collect();
        assert_close(&found, expected, 1e-4, "x");
    }
}

/// Output, gradients of the weights and gradient of the frames.
type Found<E> = (Vec<E>, Vec<(String, Vec<E>)>, Vec<E>);

/// Zeros for what lies behind the frames of a run.
fn of_frames<E: Dtype>(packings: &Packings, mut values: Vec<E>) -> Vec<E> {
    let columns = values.len() / packings.runs().len() / packings.rows();
    for (run, values) in packings.runs().iter().zip(values.chunks_exact_mut(packings.rows() * columns)) {
        values[run.frames() * columns..].fill(E::default());
    }
    values
}

/// What both passes find when a model is computed by `stack`.
fn passes<I: ConstDim, H: ConstDim, const LAYERS: usize, E: Dtype, D: Device<E>>(
    model: &Lstm<I, H, LAYERS, E, D>,
    batch: Packed<I, E, D>,
    stack: impl FnOnce(
        Packed<I, E, D, OwnedTape<E, D>>,
        &Lstm<I, H, LAYERS, E, D>,
    ) -> Result<Packed<H, E, D, OwnedTape<E, D>>, D::Err>,
) -> Found<E> {
    let frames = batch.frames().clone();
    let (output, packings) = stack(batch.leaky_traced(), model).unwrap().into_parts();
    let values = of_frames(&packings, output.as_vec());
    // All outputs at half weight and the ends at full weight: both ways into the backward pass.
    let weights = of_frames(&packings, scattered(values.len()));
    let (output, tape) = output.split_tape();
    let ends = Packed::from_parts(output.clone().put_tape(tape), packings).ends();
    let half = E::from_f64(0.5).unwrap();
    let of_all = testing::weighted_sum(output.retaped::<OwnedTape<E, D>>(), weights);
    let of_ends = scattered(ends.shape().num_elements());
    let mut gradients = (testing::weighted_sum(ends, of_ends) + of_all * half).backward();
    // In a single step nothing is multiplied by W_hh, and dfdx then knows no gradient, not even zero.
    gradients.try_alloc_for(&model.first.weight_hh).unwrap();
    for layer in &model.rest {
        gradients.try_alloc_for(&layer.weight_hh).unwrap();
    }
    (values, list_gradients(model, &gradients), gradients.get(&frames).as_vec())
}

/// Of one or two runs with I and H.
fn fused_agrees_with_composed<const LAYERS: usize>(
    [inputs, units]: [usize; 2],
    lengths: &[Vec<usize>],
    rate: Option<f64>,
) {
    let device = Cpu::default();
    let (inputs, units, runs) = (Size(inputs), Size(units), lengths.len());
    let model: Lstm<Size, Size, LAYERS, f32, Cpu> = Lstm::new(&device, runs, inputs, units).unwrap();
    let sequences: Vec<Vec<Vec<f32>>> = lengths
        .iter()
        .map(|lengths| lengths.iter().map(|&length| scattered(inputs.0 * length)).collect())
        .collect();
    let dropouts: Option<Vec<Dropout>> =
        rate.map(|rate| (0..runs as u64).map(|run| Dropout::new(rate, 1, run, 3).unwrap()).collect());
    let dropouts = dropouts.as_deref();
    let batch = || Packed::from_sequences(&device, inputs, &sequences).unwrap();
    let expected =
        passes(&model, batch(), |batch, model| composed::stack(batch, &model.first, &model.rest, dropouts));
    for level in Level::available() {
        let found = passes(&model, batch(), |batch, model| {
            cpu::stack(level, batch, &model.first, &model.rest, dropouts)
        });
        assert_close(&found.0, &expected.0, 1e-5, level.name());
        assert_close(&found.2, &expected.2, 1e-4, level.name());
        for ((name, found), (_, expected)) in found.1.iter().zip(&expected.1) {
            assert_close(found, expected, 1e-4, &format!("{} {name}", level.name()));
        }
    }
}

/// Random batches are this much smaller where nothing is optimised: the composed layer is slow.
const DEBUG: usize = if cfg!(debug_assertions) { 10 } else { 1 };

fn batches() -> impl Strategy<Value = Vec<usize>> {
    let length = 1..=300 / DEBUG;
    let equal = (1_usize..=33, length.clone()).prop_map(|(batch, length)| vec![length; batch]);
    let ragged = prop::collection::vec(length, 1..=33);
    prop_oneof![2 => equal, 3 => ragged]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn fused_and_composed_agree_on_random_batches(
        lengths in batches(),
        size in 0..4,
        rate in 0.0..0.5,
    ) {
        // A second run, whose batch is shorter.
        let shorter = lengths.iter().map(|length| length.div_ceil(3)).collect();
        let lengths = [lengths, shorter];
        match size {
            0 => fused_agrees_with_composed::<1>([8, 32], &lengths[..1], None),
            1 => fused_agrees_with_composed::<2>([5, 19], &lengths, Some(rate)),
            2 => fused_agrees_with_composed::<1>([17, 16], &lengths, Some(rate)),
            _ => fused_agrees_with_composed::<3>([1, 1], &lengths[..1], Some(rate)),
        }
    }
}

#[test]
fn fused_and_composed_agree_at_the_sizes_of_the_paper() {
    let lengths: Vec<usize> = (0..16).map(|n| (201 + 5 * n) / DEBUG).collect();
    fused_agrees_with_composed::<1>([64, 64], &[lengths], None);
}

/// Ends alone and the ends of all outputs are the same numbers, with the same gradients.
fn ends_agree<const I: usize, const H: usize, const LAYERS: usize>(lengths: &[usize]) {
    let device = TestDevice::default();
    let model: Layers<I, H, LAYERS, f32, _> = with_cosines(&device, 0.5);
    let dropouts = [Dropout::new(0.2, 1, 2, 3).unwrap()];
    let dropouts = Some(&dropouts[..]);
    let batch = || packed(&device, &sequences(I, lengths));
    let frames = batch();
    let expected = TestDevice::lstm(frames.clone().leaky_traced(), &model.first, &model.rest, dropouts);
    let expected = expected.unwrap().ends();
    let found = model.ends(frames.clone().leaky_traced(), dropouts);
    assert_eq!(found.as_vec(), expected.as_vec());
    let [found, expected] = [found, expected].map(|ends| weighted_sum(ends).backward());
    let frames = frames.frames();
    assert_close(&found.get(frames).as_vec(), &expected.get(frames).as_vec(), 1e-5, "frames");
    let expected = list_gradients(&model, &expected);
    for ((name, found), (_, expected)) in list_gradients(&model, &found).iter().zip(&expected) {
        assert_close(found, expected, 1e-5, name);
    }
    // Training does not ask for the gradient of the frames; everything else is as before.
    let trained = weighted_sum(model.ends(batch().traced(model.alloc_grads()), dropouts)).backward();
    for ((name, found), (_, expected)) in list_gradients(&model, &trained).iter().zip(&expected) {
        assert_close(found, expected, 1e-5, name);
    }
}

#[test]
fn ends_alone_are_the_ends_of_all_outputs() {
    ends_agree::<2, 3, 2>(&[3, 1, 4]);
    ends_agree::<8, 16, 3>(&[30, 7, 7, 1, 9]);
    ends_agree::<3, 21, 1>(&[40; 5]);
}

/// (L(w + ε) - L(w - ε)) / 2ε for every weight and every value of the frames, in double precision.
#[test]
fn gradients_are_the_limits_of_finite_differences() {
    const EPSILON: f64 = 1e-5;
    let device = Cpu::default();
    let mut model: Layers<2, 3, 2, f64, Cpu> = with_cosines(&device, 0.8);
    let batch = packed(&device, &sequences::<f64>(2, &[4, 2, 7]));
    let loss = |model: &Layers<2, 3, 2, f64, Cpu>, batch: &Packed<Const<2>, f64, Cpu>| {
        weighted_sum(model.forward(batch.clone()).ends()).array()
    };
    let frames = batch.frames().clone();
    let gradients = weighted_sum(model.forward(batch.clone().leaky_traced()).ends()).backward();

    let mut expected = Vec::new();
    for index in 0..frames.shape().num_elements() {
        let shifted = |by: f64| {
            let mut values = frames.as_vec();
            values[index] += by;
            let frames = device.tensor_from_vec(values, *frames.shape());
            loss(&model, &Packed::from_parts(frames, Arc::new(batch.packings().clone())))
        };
        expected.push((shifted(EPSILON) - shifted(-EPSILON)) / (2.0 * EPSILON));
    }
    assert_close(&gradients.get(&frames).as_vec(), &expected, 1e-8, "frames");

    macro_rules! check {
        ($($field:ident . $k:tt . $weight:ident),*) => {$({
            let found = gradients.get(&layer!(model, $field, $k).$weight).as_vec();
            let original = layer!(model, $field, $k).$weight.as_vec();
            let mut expected = Vec::new();
            for index in 0..original.len() {
                let mut shifted = |by: f64| {
                    let mut values = original.clone();
                    values[index] += by;
                    layer!(model, $field, $k).$weight.copy_from(&values);
                    loss(&model, &batch)
                };
                expected.push((shifted(EPSILON) - shifted(-EPSILON)) / (2.0 * EPSILON));
            }
            layer!(model, $field, $k).$weight.copy_from(&original);
            assert_close(&found, &expected, 1e-8, stringify!($weight));
        })*};
    }
    macro_rules! layer {
        ($model:ident, first, 0) => {
            $model.first
        };
        ($model:ident, rest, $k:tt) => {
            $model.rest[$k]
        };
    }
    check!(first.0.weight_ih, first.0.weight_hh, first.0.bias_ih, first.0.bias_hh);
    check!(rest.0.weight_ih, rest.0.weight_hh, rest.0.bias_ih, rest.0.bias_hh);
}

#[test]
fn gradients_of_two_passes_add_up() {
    let device = TestDevice::default();
    let model: Layers<2, 3, 2, f32, _> = with_cosines(&device, 0.5);
    let batch = || packed(&device, &sequences(2, &[3, 1, 4]));
    let pass = |gradients| weighted_sum(model.forward(batch().traced(gradients)).ends()).backward();
    let once = pass(model.alloc_grads());
    let first = list_gradients(&model, &once);
    let twice = list_gradients(&model, &pass(once));
    for ((name, once), (_, twice)) in first.iter().zip(&twice) {
        let expected: Vec<f32> = once.iter().map(|gradient| 2.0 * gradient).collect();
        assert_close(twice, &expected, 1e-6, name);
        assert!(once.iter().any(|&gradient| gradient != 0.0), "{name}");
    }
}

#[test]
fn a_sequence_does_not_depend_on_what_it_is_batched_with() {
    let device = TestDevice::default();
    let model: Layers<2, 3, 2, f32, _> = with_cosines(&device, 0.5);
    let ends = |lengths: &[usize]| model.forward(packed(&device, &sequences(2, lengths))).ends().as_vec();
    let together = ends(&[7, 1, 150, 7, 20]);
    for (index, length) in [7, 1, 150, 7, 20].into_iter().enumerate() {
        assert_eq!(ends(&[length]), together[3 * index..][..3]);
    }
}

#[test]
fn nan_in_one_sequence_comes_out_of_that_sequence_only() {
    let device = TestDevice::default();
    let model: Layers<2, 3, 2, f32, _> = with_cosines(&device, 0.5);
    let mut sequences = sequences(2, &[30, 20]);
    sequences[1][4] = f32::NAN;
    let batch = packed(&device, &sequences);
    let ends = model.forward(batch.leaky_traced()).ends();
    let nan: Vec<bool> = ends.as_vec().iter().map(|value| value.is_nan()).collect();
    assert_eq!(nan, [false, false, false, true, true, true]);
    for (name, gradient) in list_gradients(&model, &ends.sum().backward()) {
        assert!(gradient.iter().any(|gradient| gradient.is_nan()), "{name}");
    }
}

#[test]
fn dropout_falls_between_the_layers_and_can_be_had_again() {
    let device = TestDevice::default();
    let mut model: Layers<2, 3, 3, f32, _> = with_cosines(&device, 0.5);
    let batch = || packed(&device, &sequences(2, &[30, 20])).leaky_traced();
    let dropout = |step| [Dropout::new(0.5, 1, 0, step).unwrap()];
    let mut values = |step| model.forward_mut((batch(), &dropout(step)[..])).frames().as_vec();
    let (one, again, two) = (values(1), values(1), values(2));
    assert_eq!(one, again);
    assert_ne!(one, two);

    let mut by_hand = TestDevice::lstm(batch(), &model.first, &[], None).unwrap();
    for (mask, layer) in [(0, &model.rest[0]), (1, &model.rest[1])] {
        let (frames, packings) = by_hand.into_parts();
        let dropped = Packed::from_parts(Dropout::apply(&dropout(1), mask, frames), packings);
        by_hand = TestDevice::lstm(dropped, layer, &[], None).unwrap();
    }
    assert_eq!(one, by_hand.frames().as_vec());
    // Nothing is dropped from the last output.
    assert!(one.iter().all(|&value| value != 0.0));
}

#[test]
fn initial_weights_are_uniform_within_one_over_the_root_of_the_units() {
    let of_seed = |seed| -> Layers<64, 64, 2, f32, _> {
        Lstm::new(&TestDevice::seed_from_u64(seed), 1, Const, Const).unwrap()
    };
    let model = of_seed(1);
    for weights in [model.first.weight_ih.as_vec(), model.rest[0].weight_hh.as_vec()] {
        // n = 16384 numbers from ±1/8. Standard errors: of the mean 1/8/√(3n) = 5.6e-4, of the variance
        // 1/64 · √(4/45/n) = 3.6e-5.
        let n = weights.len() as f32;
        let mean = weights.iter().sum::<f32>() / n;
        let variance = weights.iter().map(|w| w * w).sum::<f32>() / n;
        assert!(mean.abs() < 2.5e-3, "{mean}");
        assert!((variance - 1.0 / 192.0).abs() < 1.5e-4, "{variance}");
        assert!(weights.iter().all(|w| (-0.125..0.125).contains(w)));
        assert!(weights.iter().any(|&w| w > 0.124) && weights.iter().any(|&w| w < -0.124));
    }
    let (other, again) = (of_seed(2), of_seed(1));
    assert_ne!(model.first.weight_ih.as_vec(), other.first.weight_ih.as_vec());
    assert_ne!(model.first.weight_ih.as_vec(), model.rest[0].weight_ih.as_vec());
    assert_eq!(model.first.weight_ih.as_vec(), again.first.weight_ih.as_vec());
}

#[test]
fn the_parameters_are_those_of_pytorch() {
    let device = TestDevice::default();
    // 4 · 64 · (8 + 64 + 2) + 2 · 4 · 64 · (64 + 64 + 2)
    let model: Layers<8, 64, 3, f32, _> = Lstm::new(&device, 1, Const, Const).unwrap();
    assert_eq!(model.num_trainable_params(), 85_504);
}

/// Keys and, but for the runs in front, shapes of `torch.nn.LSTM(2, 3, num_layers=2).state_dict()`.
#[test]
fn weights_are_saved_with_the_names_and_shapes_of_pytorch_and_loaded_again() {
    let device = TestDevice::default();
    let folder = tempdir().unwrap();
    let path = folder.path().join("lstm.safetensors");
    let saved: Layers<2, 3, 2, f32, _> = with_cosines(&device, 0.5);
    saved.save_safetensors(&path).unwrap();

    let expected = [
        ("bias_hh_l0", "[1,12]"),
        ("bias_hh_l1", "[1,12]"),
        ("bias_ih_l0", "[1,12]"),
        ("bias_ih_l1", "[1,12]"),
        ("weight_hh_l0", "[1,12,3]"),
        ("weight_hh_l1", "[1,12,3]"),
        ("weight_ih_l0", "[1,12,2]"),
        ("weight_ih_l1", "[1,12,3]"),
    ];
    let expected = expected.map(|(name, shape)| (name.to_owned(), shape.to_owned()));
    assert_eq!(testing::safetensors_shapes(&path), expected);

    let mut loaded: Layers<2, 3, 2, f32, _> = Lstm::new(&device, 1, Const, Const).unwrap();
    loaded.load_safetensors(&path).unwrap();
    let batch = || packed(&device, &sequences(2, &[3, 1, 4]));
    assert_eq!(loaded.forward(batch()).frames().as_vec(), saved.forward(batch()).frames().as_vec());
}

#[test]
fn the_optimiser_moves_every_weight() {
    let device = TestDevice::default();
    let mut model: Layers<2, 3, 2, f32, _> = with_cosines(&device, 0.5);
    let before = model.clone();
    let mut adam = Adam::new(&model, AdamConfig::default());
    let batch = packed(&device, &sequences(2, &[3, 1, 4]));
    let gradients = weighted_sum(model.forward(batch.traced(model.alloc_grads())).ends()).backward();
    adam.update(&mut model, &gradients).unwrap();
    assert_ne!(model.first.weight_ih.as_vec(), before.first.weight_ih.as_vec());
    assert_ne!(model.rest[0].bias_hh.as_vec(), before.rest[0].bias_hh.as_vec());
}
