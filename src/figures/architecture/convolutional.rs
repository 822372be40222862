//! Figure 6: from slices through residual blocks to a vote. On the left the layers, on the right how a signal is sliced
//! and what a residual block is made of.

use plotters::prelude::*;

use super::super::diagram::{Fill, Frame};
use super::super::theme::{self, Anchor, Canvas, Drawn};
use super::{column, lines};
use crate::models::{Architecture, Kind, Layer, Model};
use crate::reproduction::paper;

/// Width of the boxes on the left.
const WIDTH_PT: f64 = 178.0;
/// Height of a box with two lines, of one with one line, and of the space between boxes.
const HEIGHTS_PT: (f64, f64, f64) = (27.0, 16.0, 10.0);
/// Left and right end of what stands on the right.
const RIGHT_PT: (f64, f64) = (232.0, 502.0);
/// Top of the drawing of a residual block, and its end.
const BLOCK_PT: (f64, f64) = (102.0, 332.0);

/// The boxes on the left, from the slice to the vote.
fn boxes(architecture: &Architecture) -> Vec<(Frame, Fill, Vec<String>)> {
    let mut top = 2.0;
    let mut boxes = Vec::new();
    let mut push = |fill, lines: Vec<String>| {
        let height = if lines.len() > 1 { HEIGHTS_PT.0 } else { HEIGHTS_PT.1 };
        boxes.push((Frame { left: 0.0, top, width: WIDTH_PT, height }, fill, lines));
        top += height + HEIGHTS_PT.2;
    };
    push(Fill::Data, vec![format!("slice  {}", architecture.input)]);
    for layer in &architecture.layers {
        let what = layer.describe();
        match layer.name {
            Some(name) => {
                let numbers = format!("{} · {} parameters", layer.output, layer.parameters);
                push(Fill::Weights(architecture.model), vec![format!("{name}: {what}"), numbers]);
            }
            None => push(Fill::Plain, vec![format!("{what}  {}", layer.output)]),
        }
    }
    push(Fill::Data, vec!["vote: the genre that most slices".into(), "of the signal are given".into()]);
    boxes
}

pub(super) fn height_pt(architecture: &Architecture) -> f64 {
    let left = boxes(architecture).last().map_or(0.0, |(frame, ..)| frame.bottom());
    left.max(BLOCK_PT.1) + 6.0
}

pub(super) fn draw<DB: DrawingBackend>(architecture: &Architecture, canvas: &Canvas<DB>) -> Drawn<()> {
    column(canvas, &boxes(architecture))?;
    draw_slices(canvas, architecture)?;
    let block = architecture.layers.iter().find(|layer| matches!(layer.kind, Kind::ResidualBlock));
    block.map_or(Ok(()), |block| draw_block(canvas, architecture.model, block))
}

/// Draws how the longest of the paper's signals is sliced.
fn draw_slices<DB: DrawingBackend>(canvas: &Canvas<DB>, architecture: &Architecture) -> Drawn<()> {
    let slices = |samples: usize| (samples - paper::SLICE) / paper::HOP + 1;
    let (left, right) = RIGHT_PT;
    let at = |sample: usize| left + (right - left) * sample as f64 / paper::LONGEST as f64;
    let bar = |from: usize, to: usize, top: f64| Frame {
        left: at(from),
        top,
        width: at(to) - at(from),
        height: 14.0,
    };
    canvas.boxed(
        bar(0, paper::LONGEST, 2.0),
        Fill::Data,
        &[&format!("a signal of {} samples", paper::LONGEST)],
    )?;
    for slice in 0..slices(paper::LONGEST) {
        let (start, top) = (slice * paper::HOP, 20.0 + 18.0 * slice as f64);
        canvas.boxed(
            bar(start, start + paper::SLICE, top),
            Fill::Data,
            &[&format!("slice {}", slice + 1)],
        )?;
    }
    let (samples, hop) = (paper::SLICE, paper::HOP);
    let values = architecture.input.values();
    let notes = [
        format!("A slice has {samples} samples, {} frames of {values}: {values} channels.", samples / values),
        format!(
            "The next one starts {hop} later. {} or {} slices a signal.",
            slices(paper::SHORTEST),
            slices(paper::LONGEST)
        ),
    ];
    canvas.lines(&notes.each_ref().map(String::as_str), (left, 84.0), Anchor::Left, theme::MUTED)
}

/// Draws a residual block from the inside.
fn draw_block<DB: DrawingBackend>(canvas: &Canvas<DB>, model: Model, block: &Layer) -> Drawn<()> {
    let (left, right) = RIGHT_PT;
    let (top, bottom) = BLOCK_PT;
    canvas.broken_box(Frame { left, top, width: right - left, height: bottom - top })?;
    canvas.lines(&["inside each residual block"], (left + 8.0, top + 10.0), Anchor::Left, theme::INK)?;
    let (box_left, width, height, pitch) = (left + 30.0, 166.0, 26.0, 35.0);
    let x = box_left + width / 2.0;
    let channels = block.output.values();
    let first = top + 38.0;
    let boxes: Vec<_> = (block.inside.iter().enumerate())
        .map(|(index, layer)| {
            let frame = Frame { left: box_left, top: first + index as f64 * pitch, width, height };
            (frame, Fill::Weights(model), lines(layer, channels))
        })
        .collect();
    // The input goes into the first box, and past all of them to the sum.
    let (entry, past) = (top + 19.0, box_left + width + 34.0);
    let last = first + (block.inside.len() as f64 - 1.0) * pitch + height;
    let sum = Frame::around((x, last + pitch - height + 7.5), 15.0, 15.0);
    canvas.lines(&["input"], (x - 6.0, entry + 5.0), Anchor::Right, theme::INK)?;
    canvas.arrow(&[(x, entry), (x, first)])?;
    column(canvas, &boxes)?;
    canvas.arrow(&[(x, last), (x, sum.top)])?;
    canvas.arrow(&[
        (x, entry + 8.0),
        (past, entry + 8.0),
        (past, sum.middle().1),
        (sum.right(), sum.middle().1),
    ])?;
    canvas.boxed(sum, Fill::Plain, &["+"])?;
    let beside = ((past + sum.right()) / 2.0, sum.middle().1 + 8.0);
    canvas.lines(&["the input is added"], beside, Anchor::Centre, theme::MUTED)?;
    let end = Frame::around((x, sum.bottom() + pitch - height + 7.5), 60.0, 15.0);
    canvas.arrow(&[(x, sum.bottom()), (x, end.top)])?;
    let name = if block.relu { "ReLU" } else { "output" };
    canvas.boxed(end, Fill::Plain, &[name])
}
