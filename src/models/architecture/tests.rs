use std::collections::BTreeSet;

use dfdx::prelude::*;

use super::Shape;
use super::*;
use crate::models::{Network, NetworkTask};
use crate::nn::StateDict;
use crate::nn::testing::{TestDevice, assert_close};
use crate::preparation::{Framing, Preparation, Signal};
use crate::recordings::synthetic::{self, Settings};

/// Frames or channels one after the other: `[time][values]`.
type Values = Vec<Vec<f64>>;

/// Weights by name, and which of them were used.
struct Weights {
    dict: StateDict,
    used: BTreeSet<String>,
}

impl Weights {
    fn take(&mut self, name: &str, shape: &[usize]) -> Vec<f64> {
        let (found, values) = self.dict.get(name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(found, shape, "{name}");
        self.used.insert(name.to_owned());
        values.iter().map(|&value| f64::from(value)).collect()
    }

    /// Elements below `prefix`, without the running statistics, which are not trained.
    fn trainable(&self, prefix: &str) -> usize {
        let names = self.dict.names().filter(|name| name.starts_with(prefix) && !name.contains("running"));
        names.filter_map(|name| self.dict.get(name)).map(|(_, values)| values.len()).sum()
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn dot(row: &[f64], x: &[f64]) -> f64 {
    row.iter().zip(x).map(|(w, x)| w * x).sum()
}

fn lstm(x: &Values, units: usize, prefix: &str, layer: usize, weights: &mut Weights) -> Values {
    let (gates, inputs) = (4 * units, x[0].len());
    let mut take =
        |name: &str, shape: &[usize]| weights.take(&format!("{prefix}.{name}_l{}", layer - 1), shape);
    let (w_ih, w_hh) = (take("weight_ih", &[gates, inputs]), take("weight_hh", &[gates, units]));
    let (b_ih, b_hh) = (take("bias_ih", &[gates]), take("bias_hh", &[gates]));
    let (mut h, mut c) = (vec![0.0; units], vec![0.0; units]);
    let step = |frame: &Vec<f64>| {
        let z = |row: usize| {
            dot(&w_ih[row * inputs..][..inputs], frame)
                + dot(&w_hh[row * units..][..units], &h)
                + b_ih[row]
                + b_hh[row]
        };
        let z: Vec<f64> = (0..gates).map(z).collect();
        for unit in 0..units {
            let [i, f, g, o] = std::array::from_fn(|gate| z[gate * units + unit]);
            c[unit] = sigmoid(f) * c[unit] + sigmoid(i) * g.tanh();
            h[unit] = sigmoid(o) * c[unit].tanh();
        }
        h.clone()
    };
    x.iter().map(step).collect()
}

fn convolution(
    x: &Values,
    [kernel, padding]: [usize; 2],
    prefix: &str,
    weights: &mut Weights,
    outputs: usize,
) -> Values {
    let inputs = x[0].len();
    let w = weights.take(&format!("{prefix}.weight"), &[outputs, inputs, kernel]);
    let b = weights.take(&format!("{prefix}.bias"), &[outputs]);
    let at = |t: usize, o: usize| {
        let mut sum = b[o];
        for k in 0..kernel {
            if let Some(frame) = (t + k).checked_sub(padding).and_then(|t| x.get(t)) {
                sum += (0..inputs).map(|i| w[(o * inputs + i) * kernel + k] * frame[i]).sum::<f64>();
            }
        }
        sum
    };
    let length = x.len() + 2 * padding + 1 - kernel;
    (0..length).map(|t| (0..outputs).map(|o| at(t, o)).collect()).collect()
}

/// Computes a layer as it is described.
fn compute(layer: &Layer, prefix: &str, x: Values, weights: &mut Weights) -> Values {
    let name = format!("{prefix}{}", layer.name.unwrap_or_default());
    let values = layer.output.values();
    let mut y = match layer.kind {
        Kind::Lstm { layer } => lstm(&x, values, &name, layer, weights),
        Kind::TrueEnd => vec![x.last().unwrap().clone()],
        Kind::Linear => {
            let w = weights.take(&format!("{name}.weight"), &[values, x[0].len()]);
            let b = weights.take(&format!("{name}.bias"), &[values]);
            let rows = w.chunks(x[0].len()).zip(&b);
            vec![rows.map(|(row, b)| dot(row, &x[0]) + b).collect()]
        }
        Kind::Convolution { kernel, padding } => convolution(&x, [kernel, padding], &name, weights, values),
        Kind::BatchNorm => {
            let [w, b, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
                .map(|part| weights.take(&format!("{name}.{part}"), &[values]));
            let scaled = |c: usize, x: f64| (x - mean[c]) / (variance[c] + 1e-5).sqrt() * w[c] + b[c];
            x.iter().map(|frame| frame.iter().enumerate().map(|(c, x)| scaled(c, *x)).collect()).collect()
        }
        Kind::ResidualBlock => {
            let inner = |y, layer: &Layer| compute(layer, &format!("{name}."), y, weights);
            let y = layer.inside.iter().fold(x.clone(), inner);
            let add = |(y, x): (Vec<f64>, &Vec<f64>)| y.iter().zip(x).map(|(y, x)| y + x).collect();
            y.into_iter().zip(&x).map(add).collect()
        }
        Kind::MaxPool { width } => {
            let largest =
                |window: &[Vec<f64>], c: usize| window.iter().map(|frame| frame[c]).fold(f64::MIN, f64::max);
            x.chunks_exact(width).map(|window| (0..values).map(|c| largest(window, c)).collect()).collect()
        }
        Kind::AveragePool => {
            let mean = |c: usize| x.iter().map(|frame| frame[c]).sum::<f64>() / x.len() as f64;
            vec![(0..values).map(mean).collect()]
        }
    };
    if layer.relu {
        y.iter_mut().flatten().for_each(|y| *y = y.max(0.0));
    }
    match layer.output {
        Shape::Signal { .. } => assert_eq!(y.len(), x.len(), "{name}"),
        Shape::Slice { frames, .. } => assert_eq!(y.len(), frames, "{name}"),
        Shape::Vector { .. } => assert_eq!(y.len(), 1, "{name}"),
    }
    y
}

/// Compares a described network with the network itself on the first signal.
struct Agrees {
    architecture: Architecture,
    signal: Signal,
    framing: Framing,
}

impl NetworkTask<TestDevice> for Agrees {
    type Output = ();

    fn run<N: Network<TestDevice>>(self, build: impl Fn(&TestDevice) -> crate::Result<N> + Sync) {
        let Self { architecture, signal, framing } = self;
        let device = TestDevice::seed_from_u64(1);
        let network = build(&device).unwrap();
        let mut weights = Weights { dict: StateDict::of_runs(&network).remove(0), used: BTreeSet::new() };
        for layer in architecture.layers.iter().filter(|layer| layer.name != Some("lstm")) {
            let prefix = layer.name.map(|name| format!("{name}."));
            assert_eq!(layer.parameters, prefix.map_or(0, |prefix| weights.trainable(&prefix)), "{layer:?}");
        }
        assert_eq!(architecture.parameters(), network.num_trainable_params());

        let example = N::examples(framing, std::slice::from_ref(&signal)).unwrap().swap_remove(0);
        let expected = network.logits(&device, &[&example]).unwrap().as_vec();
        let frames = crate::preparation::Example::values(&example).outer_iter();
        let x: Values = frames.map(|frame| frame.iter().map(|&x| f64::from(x)).collect()).collect();
        assert_eq!(x[0].len(), architecture.input.values());
        let y = architecture.layers.iter().fold(x, |x, layer| compute(layer, "", x, &mut weights));
        assert_close(&y[0], &expected, 1e-4, architecture.model.name());
        let all: BTreeSet<String> = weights.dict.names().map(str::to_owned).collect();
        assert_eq!(weights.used, all, "every weight is described");
    }
}

#[test]
fn computing_the_layers_as_described_gives_what_the_network_gives() {
    let set = synthetic::generate(&Settings::default()).unwrap();
    let names = [set.recordings()[0].id()];
    let signal = Preparation::default().signals(&set, &names).unwrap().swap_remove(0);
    let [baseline, multilayer, cnn] = Model::ALL.map(Specification::paper);
    let framed =
        |frame: usize, of: Specification| Specification { framing: Framing { frame, ..of.framing }, ..of };
    for specification in [
        baseline,
        multilayer,
        cnn,
        framed(1, baseline),
        Specification { units: 5, ..framed(3, multilayer) },
        Specification { channels: 2, ..framed(4, multilayer) },
        Specification { channels: 2, framing: Framing { frame: 4, slice: 400, hop: 40 }, ..cnn },
        Specification { kernel: Some(3), ..framed(1, cnn) },
        Specification { kernel: Some(5), units: 9, ..cnn },
        Specification { kernel: Some(7), ..cnn },
    ] {
        let architecture = specification.architecture().unwrap();
        let (framing, channels) = (specification.framing, specification.channels);
        // Of two channels: the values of one, taken in turn.
        let signal = Signal { channels, ..signal.clone() };
        specification.with(Agrees { signal, architecture, framing }).unwrap();
    }
}

#[test]
fn the_sums_are_those_of_the_documentation() {
    let sums = Model::ALL.map(|model| Architecture::of(model).parameters());
    assert_eq!(sums, [7603, 94_051, 19_907]);
}

#[test]
fn the_table_is_aligned_and_names_every_weight() {
    let text = Architecture::of(Model::Cnn).to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "name     layer                        output     parameters");
    assert_eq!(lines[2], "stem     convolution, 3 wide          [120, 32]         800");
    assert_eq!(lines[3], "block1   residual block, ReLU         [120, 32]        6336");
    assert_eq!(lines[4], "  conv1    convolution, 3 wide        [120, 32]        3104");
    assert_eq!(*lines.last().unwrap(), "                                      sum             19907");
}
