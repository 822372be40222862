//! The paper's three networks in candle: those of `tests/pytorch/networks.py`.

use candle_core::{D, Result, Tensor};
use candle_nn::rnn::{LSTMConfig, RNN};
use candle_nn::{
    BatchNorm, BatchNormConfig, Conv1d, Conv1dConfig, Dropout, LSTM, Linear, Module, ModuleT, VarBuilder,
};

const GENRES: usize = 3;
const DROPOUT: f32 = 0.1;

pub trait Network {
    /// Scores `[batch, 3]` of examples `[frames, 8]`.
    fn forward(&self, examples: &[&Tensor], train: bool) -> Result<Tensor>;
}

/// LSTM layers, then three linear ones (paper: 2.2, 2.3).
pub struct Recurrent {
    lstms: Vec<LSTM>,
    hidden: Vec<Linear>,
    out: Linear,
    dropout: Dropout,
}

impl Recurrent {
    pub fn new(units: usize, layers: usize, [a, b, c]: [usize; 3], vb: &VarBuilder) -> Result<Self> {
        let lstm = |layer_idx: usize| {
            let inputs = if layer_idx == 0 { 8 } else { units };
            LSTM::new(inputs, units, LSTMConfig { layer_idx, ..LSTMConfig::default() }, vb.pp("lstm"))
        };
        let hidden = [(units, a), (a, b), (b, c)];
        Ok(Self {
            lstms: (0..layers).map(lstm).collect::<Result<_>>()?,
            hidden: (1..=hidden.len())
                .zip(hidden)
                .map(|(index, (from, to))| candle_nn::linear(from, to, vb.pp(format!("fc{index}"))))
                .collect::<Result<_>>()?,
            out: candle_nn::linear(c, GENRES, vb.pp("out"))?,
            dropout: Dropout::new(DROPOUT),
        })
    }
}

impl Network for Recurrent {
    /// Padded to the longest example; the output is read at each true end.
    fn forward(&self, examples: &[&Tensor], train: bool) -> Result<Tensor> {
        let frames: Vec<usize> = examples.iter().map(|example| example.dims()[0]).collect();
        let longest = frames.iter().copied().max().unwrap_or(0);
        let padded: Vec<Tensor> = (examples.iter().zip(&frames))
            .map(|(example, frames)| example.pad_with_zeros(0, 0, longest - frames))
            .collect::<Result<_>>()?;
        // [longest, batch, 8]
        let inputs = Tensor::stack(&padded, 1)?.contiguous()?;

        // All layers of a frame before the next frame: between layers of whole sequences (`RNN::seq`), the gradient of
        // each frame would be padded to the whole length, work that grows with the square of the length.
        let mut states =
            self.lstms.iter().map(|lstm| lstm.zero_state(examples.len())).collect::<Result<Vec<_>>>()?;
        let mut outputs = Vec::with_capacity(longest);
        for frame in 0..longest {
            let mut x = inputs.get(frame)?;
            for (layer, (lstm, state)) in self.lstms.iter().zip(&mut states).enumerate() {
                if layer > 0 {
                    x = self.dropout.forward(&x, train)?;
                }
                *state = lstm.step(&x, state)?;
                x = state.h().clone();
            }
            outputs.push(x);
        }
        let ends: Vec<Tensor> = (frames.iter().enumerate())
            .map(|(member, frames)| outputs[frames - 1].narrow(0, member, 1))
            .collect::<Result<_>>()?;
        // [batch, units]
        let mut x = self.dropout.forward(&Tensor::cat(&ends, 0)?, train)?;
        for linear in &self.hidden {
            x = self.dropout.forward(&linear.forward(&x)?.relu()?, train)?;
        }
        self.out.forward(&x)
    }
}

fn convolution(from: usize, to: usize, vb: VarBuilder) -> Result<Conv1d> {
    candle_nn::conv1d(from, to, 3, Conv1dConfig { padding: 1, ..Conv1dConfig::default() }, vb)
}

/// The residual block (paper: 2.4).
struct Block {
    conv1: Conv1d,
    norm1: BatchNorm,
    conv2: Conv1d,
    norm2: BatchNorm,
}

impl Block {
    fn new(channels: usize, vb: &VarBuilder) -> Result<Self> {
        let norm = |name| candle_nn::batch_norm(channels, BatchNormConfig::default(), vb.pp(name));
        Ok(Self {
            conv1: convolution(channels, channels, vb.pp("conv1"))?,
            norm1: norm("norm1")?,
            conv2: convolution(channels, channels, vb.pp("conv2"))?,
            norm2: norm("norm2")?,
        })
    }

    fn forward(&self, x: &Tensor, train: bool) -> Result<Tensor> {
        let y = self.norm1.forward_t(&self.conv1.forward(x)?, train)?.relu()?;
        let y = self.norm2.forward_t(&self.conv2.forward(&y)?, train)?.relu()?;
        (y + x)?.relu()
    }
}

/// The CNN (paper: 2.4).
pub struct Cnn {
    stem: Conv1d,
    blocks: [Block; 3],
    out: Linear,
}

impl Cnn {
    pub fn new(vb: &VarBuilder) -> Result<Self> {
        let block = |name| Block::new(32, &vb.pp(name));
        Ok(Self {
            stem: convolution(8, 32, vb.pp("stem"))?,
            blocks: [block("block1")?, block("block2")?, block("block3")?],
            out: candle_nn::linear(32, GENRES, vb.pp("out"))?,
        })
    }
}

/// The larger one of each two frames of `[batch, channels, frames]`.
///
/// A maximum over a dimension of two, because candle's `max_pool2d` (0.11.1) passes only half of the gradient back to
/// the larger of two unequal values.
fn max_pool(x: &Tensor) -> Result<Tensor> {
    let (batch, channels, frames) = x.dims3()?;
    // [batch, channels, frames / 2, 2]
    x.reshape((batch, channels, frames / 2, 2))?.max(D::Minus1)
}

impl Network for Cnn {
    fn forward(&self, examples: &[&Tensor], train: bool) -> Result<Tensor> {
        // [batch, 8, frames]
        let x = Tensor::stack(examples, 0)?.transpose(1, 2)?.contiguous()?;
        let [block1, block2, block3] = &self.blocks;
        let x = self.stem.forward(&x)?;
        let x = max_pool(&block1.forward(&x, train)?)?;
        let x = max_pool(&block2.forward(&x, train)?)?;
        self.out.forward(&block3.forward(&x, train)?.mean(D::Minus1)?)
    }
}
