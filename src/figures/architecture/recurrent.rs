//! Figures 2 and 4: LSTM layers unrolled over the frames of a signal, and the linear layers that read their last output.
//!
//! ```text
//!                                              ┌─────────────────┐
//! layer 2   LSTM ─► LSTM ─► … ─► LSTM ────────►│ output at end   │
//!            ▲       ▲            ▲            │ fc1             │
//! layer 1   LSTM ─► LSTM ─► … ─► LSTM          │ …               │
//!            ▲       ▲            ▲            │ label           │
//!         frame 1 frame 2 … frame t  padding   └─────────────────┘
//! ```

use plotters::prelude::*;

use super::super::diagram::{Fill, Frame};
use super::super::theme::{self, Anchor, Canvas, Drawn};
use super::{column, lines};
use crate::models::{Architecture, Kind, Layer, Model};
use crate::reproduction::paper;

/// Between the rows of LSTM cells.
const ROW_PT: f64 = 46.0;
/// The middle of the upper row.
const FIRST_ROW_PT: f64 = 15.0;
/// Width of a cell and of a frame, height of a cell.
const CELL_PT: (f64, f64) = (36.0, 24.0);
/// Height of a frame.
const FRAME_HEIGHT_PT: f64 = 14.0;
/// The middles of the columns: three frames, those left out, the last frame, padding.
const COLUMNS_PT: [f64; 6] = [110.0, 157.0, 204.0, 243.0, 282.0, 329.0];
/// Left end, width and height of the boxes on the right, and from one to the next.
const HEAD_PT: (f64, f64, f64, f64) = (368.0, 134.0, 27.0, 36.0);

/// The frames below the rows of cells.
fn frames_pt(layers: usize) -> f64 {
    FIRST_ROW_PT + ROW_PT * layers as f64
}

/// LSTM layers, and what follows them.
fn parts(architecture: &Architecture) -> (&[Layer], &[Layer]) {
    let is_lstm = |layer: &Layer| matches!(layer.kind, Kind::Lstm { .. });
    let layers = architecture.layers.iter().take_while(|layer| is_lstm(layer)).count();
    architecture.layers.split_at(layers)
}

fn notes(architecture: &Architecture) -> [String; 5] {
    let frame = architecture.input.values();
    let (shortest, longest) = (paper::SHORTEST.div_ceil(frame), paper::LONGEST.div_ceil(frame));
    [
        format!("Step k reads frame k ({frame} samples in a row) and the state (h, c) of step k - 1."),
        format!(
            "The paper's signals have t = {shortest} to {longest} frames; a last one that is not full gets zeros."
        ),
        "In the paper, padding brings a batch to one length. It is never read here,".to_owned(),
        "and the output is taken at the signal's true end in both.".to_owned(),
        format!("Dropout: {:.0} % of the values, in training only.", 100.0 * paper::DROPOUT),
    ]
}

pub(super) fn height_pt(architecture: &Architecture) -> f64 {
    let (lstm, head) = parts(architecture);
    let left = frames_pt(lstm.len()) + 38.0 + notes(architecture).len() as f64 * theme::LEADING_PT;
    let right = FIRST_ROW_PT + head.len() as f64 * HEAD_PT.3 + HEAD_PT.2 / 2.0;
    left.max(right) + 4.0
}

pub(super) fn draw<DB: DrawingBackend>(architecture: &Architecture, canvas: &Canvas<DB>) -> Drawn<()> {
    let (lstm, head) = parts(architecture);
    draw_frames(canvas, architecture.input.values(), frames_pt(lstm.len()))?;
    for (index, layer) in lstm.iter().enumerate() {
        let y = FIRST_ROW_PT + ROW_PT * (lstm.len() - 1 - index) as f64;
        let below = y + ROW_PT - if index == 0 { FRAME_HEIGHT_PT } else { CELL_PT.1 } / 2.0;
        draw_row(canvas, (architecture.model, layer), architecture.input_of(index).values(), y, below)?;
    }
    let [.., end, _] = COLUMNS_PT;
    canvas.arrow(&[(end + CELL_PT.0 / 2.0, FIRST_ROW_PT), (HEAD_PT.0, FIRST_ROW_PT)])?;

    let (left, width, height, pitch) = HEAD_PT;
    let frame =
        |place: usize| Frame { left, top: FIRST_ROW_PT - height / 2.0 + place as f64 * pitch, width, height };
    let mut boxes: Vec<(Frame, Fill, Vec<String>)> = (head.iter().enumerate())
        .map(|(index, layer)| {
            let fill = if layer.name.is_some() { Fill::Weights(architecture.model) } else { Fill::Plain };
            let inputs = architecture.input_of(lstm.len() + index).values();
            (frame(index), fill, lines(layer, inputs))
        })
        .collect();
    boxes.push((
        frame(head.len()),
        Fill::Data,
        vec!["genre of the signal:".into(), "the largest output".into()],
    ));
    column(canvas, &boxes)?;

    let notes = notes(architecture);
    let middle = frames_pt(lstm.len()) + 34.0 + notes.len() as f64 * theme::LEADING_PT / 2.0;
    canvas.lines(&notes.each_ref().map(String::as_str), (0.0, middle), Anchor::Left, theme::MUTED)
}

/// Draws frames of so many samples, the padding behind the last, and what they are called.
fn draw_frames<DB: DrawingBackend>(canvas: &Canvas<DB>, samples: usize, y: f64) -> Drawn<()> {
    canvas.lines(&["signal", &format!("in frames of {samples}")], (0.0, y), Anchor::Left, theme::INK)?;
    let [first, second, third, gap, end, padding] = COLUMNS_PT;
    let (width, height) = (CELL_PT.0, FRAME_HEIGHT_PT);
    for (x, name) in [(first, "frame 1"), (second, "frame 2"), (third, "frame 3"), (end, "frame t")] {
        let frame = Frame::around((x, y), width, height);
        canvas.boxed(frame, Fill::Data, &[])?;
        for sample in 1..samples {
            let x = canvas.pt(frame.left + width * sample as f64 / samples as f64);
            let line = [(x, canvas.pt(frame.top)), (x, canvas.pt(frame.bottom()))];
            canvas.path(&line, canvas.line(0.4, theme::MUTED))?;
        }
        canvas.lines(&[name], (x, y + 15.0), Anchor::Centre, theme::INK)?;
    }
    canvas.lines(&["…"], (gap, y), Anchor::Centre, theme::INK)?;
    canvas.broken_box(Frame::around((padding, y), width, height))?;
    canvas.lines(&["padding"], (padding, y + 15.0), Anchor::Centre, theme::MUTED)
}

/// Draws a layer's cells, what goes from one to the next, and what comes up from `below`.
fn draw_row<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    (model, layer): (Model, &Layer),
    inputs: usize,
    y: f64,
    below: f64,
) -> Drawn<()> {
    let what = format!("{}: {}", layer.name.unwrap_or_default(), layer.kind);
    let dropout = if layer.dropout { ", dropout" } else { "" };
    let units = format!("{inputs} → {}{dropout}", layer.output.values());
    let parameters = format!("{} parameters", layer.parameters);
    canvas.lines(&[&what, &units, &parameters], (0.0, y), Anchor::Left, theme::INK)?;
    let [first, second, third, gap, end, _] = COLUMNS_PT;
    let (half_width, half_height) = (CELL_PT.0 / 2.0, CELL_PT.1 / 2.0);
    for x in [first, second, third, end] {
        canvas.boxed(Frame::around((x, y), CELL_PT.0, CELL_PT.1), Fill::Weights(model), &["LSTM"])?;
        canvas.arrow(&[(x, below), (x, y + half_height)])?;
    }
    for (from, to) in [(first, second), (second, third)] {
        canvas.arrow(&[(from + half_width, y), (to - half_width, y)])?;
    }
    let small = 5.0;
    canvas.path(
        &[(canvas.pt(third + half_width), canvas.pt(y)), (canvas.pt(gap - small), canvas.pt(y))],
        canvas.line(0.8, theme::INK),
    )?;
    canvas.lines(&["…"], (gap, y), Anchor::Centre, theme::INK)?;
    canvas.arrow(&[(gap + small, y), (end - half_width, y)])
}
