//! The layers of a network as plain values: for figures, tables and JSON.
//!
//! A test computes the layers one after the other from this description and compares the result with the network's own.

use std::fmt;

use serde::Serialize;

use super::{Model, Specification};

/// The layers of a network, in the order in which they compute.
///
/// ```
/// use eegenre::models::{Architecture, Model};
///
/// let architecture = Architecture::of(Model::Cnn);
/// assert_eq!(architecture.parameters(), 19_907);
/// println!("{architecture}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Architecture {
    /// The network.
    pub model: Model,
    /// What it reads at once.
    pub input: Shape,
    /// Its layers.
    pub layers: Vec<Layer>,
}

/// A layer, and what follows it immediately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// The field that holds its weights, as in a state dict; nothing if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// What it computes.
    pub kind: Kind,
    /// Whether a ReLU follows.
    pub relu: bool,
    /// Whether training drops part of what comes out, behind the ReLU if there is one.
    pub dropout: bool,
    /// Of what it hands on.
    pub output: Shape,
    /// Trainable parameters, those inside included.
    pub parameters: usize,
    /// What a residual block is made of. Its input is added to the output of the last of them, before the block's ReLU.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<Self>,
}

/// What a layer computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One of a stack of LSTM layers ([`Lstm`](crate::nn::Lstm)), counted from 1.
    Lstm {
        /// Its place in the stack.
        layer: usize,
    },
    /// The output at the signal's last frame; the others are not used.
    TrueEnd,
    /// A linear layer.
    Linear,
    /// A convolution over time ([`Conv1d`](crate::nn::Conv1d)).
    Convolution {
        /// Width of its kernels.
        kernel: usize,
        /// Zeros at both ends of its input.
        padding: usize,
    },
    /// The normalisation of each channel ([`BatchNorm1d`](crate::nn::BatchNorm1d)).
    BatchNorm,
    /// A residual block ([`ResidualBlock`](crate::nn::ResidualBlock)).
    ResidualBlock,
    /// The largest of each few values of a channel ([`MaxPool1d`](crate::nn::MaxPool1d)).
    MaxPool {
        /// How many.
        width: usize,
    },
    /// The mean of each channel over time ([`GlobalAveragePool`](crate::nn::GlobalAveragePool)).
    AveragePool,
}

/// The shape of one example between two layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// `[t, values]`: as many frames as the signal has.
    Signal {
        /// Of each frame.
        values: usize,
    },
    /// `[frames, values]`: frames of a slice.
    Slice {
        /// How many.
        frames: usize,
        /// Of each frame: channels.
        values: usize,
    },
    /// `[values]`: time is over.
    Vector {
        /// How many.
        values: usize,
    },
}

impl Shape {
    /// Values at one time.
    #[must_use]
    pub const fn values(self) -> usize {
        let (Self::Signal { values } | Self::Slice { values, .. } | Self::Vector { values }) = self;
        values
    }
}

impl Layer {
    /// A layer with neither ReLU nor dropout.
    pub(super) const fn new(
        name: Option<&'static str>,
        kind: Kind,
        output: Shape,
        parameters: usize,
    ) -> Self {
        Self { name, kind, relu: false, dropout: false, output, parameters, inside: Vec::new() }
    }

    /// A linear layer.
    pub(super) const fn linear(name: &'static str, inputs: usize, outputs: usize) -> Self {
        let parameters = inputs * outputs + outputs;
        Self::new(Some(name), Kind::Linear, Shape::Vector { values: outputs }, parameters)
    }

    /// The same, with a ReLU behind it.
    pub(super) fn then_relu(self) -> Self {
        Self { relu: true, ..self }
    }

    /// The same, with dropout behind it.
    pub(super) fn then_dropout(self) -> Self {
        Self { dropout: true, ..self }
    }

    /// What it and its followers do, in words.
    #[must_use]
    pub fn describe(&self) -> String {
        let relu = if self.relu { ", ReLU" } else { "" };
        let dropout = if self.dropout { ", dropout" } else { "" };
        format!("{}{relu}{dropout}", self.kind)
    }
}

impl Architecture {
    /// Of one of the paper's networks, with the paper's sizes.
    #[must_use]
    pub fn of(model: Model) -> Self {
        Specification::paper(model).architecture().expect("the paper's networks can be had")
    }

    /// Trainable parameters of all layers.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.parameters).sum()
    }

    /// The shape of what a layer reads.
    pub(crate) fn input_of(&self, layer: usize) -> Shape {
        layer.checked_sub(1).and_then(|before| self.layers.get(before)).map_or(self.input, |l| l.output)
    }

    /// Rows of the table: name, what is computed, shape of the output, parameters.
    fn rows(&self) -> Vec<[String; 4]> {
        let row = |depth: usize, layer: &Layer| {
            let indent = "  ".repeat(depth);
            let parameters = if layer.name.is_some() { layer.parameters.to_string() } else { String::new() };
            let name = format!("{indent}{}", layer.name.unwrap_or_default());
            [name, format!("{indent}{}", layer.describe()), layer.output.to_string(), parameters]
        };
        let mut rows = vec![
            ["name", "layer", "output", "parameters"].map(str::to_owned),
            [String::new(), "input".to_owned(), self.input.to_string(), String::new()],
        ];
        for layer in &self.layers {
            rows.push(row(0, layer));
            rows.extend(layer.inside.iter().map(|inner| row(1, inner)));
        }
        rows.push([String::new(), String::new(), "sum".to_owned(), self.parameters().to_string()]);
        rows
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 4] = std::array::from_fn(width);
        let lines = rows.iter().map(|[name, layer, output, parameters]| {
            format!(
                "{name:<0$}  {layer:<1$}  {output:<2$}  {parameters:>3$}",
                widths[0], widths[1], widths[2], widths[3]
            )
        });
        f.write_str(&lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lstm { layer } => write!(f, "LSTM, layer {layer}"),
            Self::TrueEnd => f.write_str("output at the true end"),
            Self::Linear => f.write_str("linear"),
            Self::Convolution { kernel, .. } => write!(f, "convolution, {kernel} wide"),
            Self::BatchNorm => f.write_str("batch normalisation"),
            Self::ResidualBlock => f.write_str("residual block"),
            Self::MaxPool { width } => write!(f, "max-pooling by {width}"),
            Self::AveragePool => f.write_str("average over time"),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal { values } => write!(f, "[t, {values}]"),
            Self::Slice { frames, values } => write!(f, "[{frames}, {values}]"),
            Self::Vector { values } => write!(f, "[{values}]"),
        }
    }
}

#[cfg(test)]
mod tests;
