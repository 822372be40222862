//! Figures 2, 4 and 6 (paper, sections 2.2 to 2.4): the networks, drawn from their types.

mod convolutional;
mod recurrent;

use plotters::prelude::*;

use super::diagram::{Fill, Frame};
use super::theme::{Canvas, Drawn};
use super::words::InWords;
use crate::models::{Architecture, Layer, Model};

/// The height of the drawing, in points.
pub(super) fn height_pt(architecture: &Architecture) -> f64 {
    match architecture.model {
        Model::Baseline | Model::Multilayer => recurrent::height_pt(architecture),
        Model::Cnn => convolutional::height_pt(architecture),
    }
}

/// Draws a network from its input to its answer.
pub(super) fn draw<DB: DrawingBackend>(architecture: &Architecture, canvas: &Canvas<DB>) -> Drawn<()> {
    match architecture.model {
        Model::Baseline | Model::Multilayer => recurrent::draw(architecture, canvas),
        Model::Cnn => convolutional::draw(architecture, canvas),
    }
}

pub(super) fn in_words(architecture: &Architecture) -> InWords {
    let layer = |layer: &Layer| {
        let name = layer.name.map_or_else(String::new, |name| format!("{name}: "));
        let parameters = match layer.parameters {
            0 => String::new(),
            parameters => format!(", {parameters} parameters"),
        };
        format!("{name}{}, output {}{parameters}", layer.describe(), layer.output)
    };
    let layers: Vec<String> = architecture.layers.iter().map(layer).collect();
    let caption = match architecture.model {
        Model::Baseline | Model::Multilayer => {
            "Follow the arrows: a frame enters at each step, and only the state after the last frame reaches the linear layers."
        }
        Model::Cnn => {
            "Follow the left column: each slice is answered on its own, and the average over time is the last place where time \
             matters."
        }
    };
    InWords::new(
        caption,
        format!(
            "Diagram of a network with {} parameters in {} layers, input {}: {}. The answer is one of {} labels.",
            architecture.parameters(),
            layers.len(),
            architecture.input,
            layers.join("; "),
            architecture.layers.last().map_or(0, |last| last.output.values())
        ),
    )
}

/// Lines for a layer's box: what it computes; its shapes and parameters, if it has any.
fn lines(layer: &Layer, inputs: usize) -> Vec<String> {
    let what = layer.describe();
    match layer.name {
        Some(name) => {
            let (output, parameters) = (layer.output.values(), layer.parameters);
            vec![format!("{name}: {what}"), format!("{inputs} → {output} · {parameters} parameters")]
        }
        None => vec![what, layer.output.to_string()],
    }
}

/// Draws boxes below one another, an arrow from each to the next.
fn column<DB: DrawingBackend>(canvas: &Canvas<DB>, boxes: &[(Frame, Fill, Vec<String>)]) -> Drawn<()> {
    for (frame, fill, lines) in boxes {
        canvas.boxed(*frame, *fill, &lines.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    for pair in boxes.windows(2) {
        let [(upper, ..), (lower, ..)] = pair else { continue };
        let x = upper.middle().0;
        canvas.arrow(&[(x, upper.bottom()), (x, lower.top)])?;
    }
    Ok(())
}
