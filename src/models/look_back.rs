//! How far back a network looks: what a frame moves, by its distance from the end.
//!
//! - **LSTMs** answer after the last frame. The influence of a frame is the size of the gradient of the answer to it,
//!   `√(Σ (∂logit_o / ∂x_{t,i})²)` over the outputs o and the frame's values i.
//! - **The CNN** averages units over time, so each part of a slice counts as much as any other. What is bounded is how much
//!   one unit sees at once: the frames of a slice are changed one after the other, and the influence of a frame is how far
//!   a unit of the last block moves.
//!
//! Influences are parts of their sum, so that networks can stand beside each other, and means over recordings.

use serde::{Deserialize, Serialize};

use crate::evaluation::statistics::quantile;

/// How far back a network looks, in frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookBack {
    /// The part of the influence of each frame, from the last one backwards: the last of the recording for LSTMs, the last
    /// that a unit sees for the CNN. Empty if nothing moves the answers.
    pub influence: Vec<f64>,
    /// For each LSTM layer, the lowest first: the frames over which the forget gates keep half of what a unit held. Empty for
    /// the CNN.
    pub half_lives: Vec<HalfLife>,
}

/// Over how many frames the forget gates of a layer's units keep half: `ln ½ / mean ln f`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HalfLife {
    /// The median over units.
    pub median: f64,
    /// That of the unit that keeps longest.
    pub longest: f64,
}

impl LookBack {
    /// From the sizes of what each frame moves in each recording, the last frame first.
    pub(crate) fn of(sizes: &[Vec<f64>], half_lives: Vec<HalfLife>) -> Self {
        let frames = sizes.iter().map(Vec::len).max().unwrap_or(0);
        let mut influence = vec![0.0; frames];
        let mut recordings = 0;
        for own in sizes {
            let sum: f64 = own.iter().sum();
            // A recording whose answer nothing moves says nothing.
            if sum > 0.0 && sum.is_finite() {
                recordings += 1;
                influence.iter_mut().zip(own).for_each(|(all, size)| *all += size / sum);
            }
        }
        influence.iter_mut().for_each(|part| *part /= f64::from(recordings.max(1)));
        if recordings == 0 {
            influence.clear();
        }
        while influence.last() == Some(&0.0) {
            influence.pop();
        }
        Self { influence, half_lives }
    }

    /// The fewest frames before the end that hold so much of the influence; nothing if there is no influence.
    #[must_use]
    pub fn frames_holding(&self, part: f64) -> Option<usize> {
        let mut held = 0.0;
        let enough = part * self.influence.iter().sum::<f64>();
        // A part that rounding keeps from being reached is reached by all.
        let place = self.influence.iter().position(|own| {
            held += own;
            held >= enough
        });
        (!self.influence.is_empty()).then(|| place.map_or(self.influence.len(), |place| place + 1))
    }

    /// The part of the influence within so many frames before the end.
    #[must_use]
    pub fn within(&self, frames: usize) -> f64 {
        self.influence.iter().take(frames).sum()
    }

    /// The frames that move anything at all: for the CNN, those that one unit sees, its receptive field.
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.influence.len()
    }

    /// The same with numbers of four significant digits, as a record keeps them.
    pub(crate) fn rounded(mut self, significant: impl Fn(f64) -> f64) -> Self {
        self.influence.iter_mut().for_each(|part| *part = significant(*part));
        for HalfLife { median, longest } in &mut self.half_lives {
            (*median, *longest) = (significant(*median), significant(*longest));
        }
        self
    }
}

impl HalfLife {
    /// From the forget gates of a layer with so many units, frame after frame. A gate that is all open keeps for ever: it
    /// counts as one that loses a millionth of a frame.
    pub(crate) fn of(gates: &[f32], units: usize) -> Self {
        let frames = (gates.len() / units) as f64;
        let mut spans: Vec<f64> = (0..units)
            .map(|unit| {
                let own = gates.iter().skip(unit).step_by(units);
                let logs: f64 = own.map(|gate| f64::from(*gate).clamp(1e-30, 1.0 - 1e-6).ln()).sum();
                0.5_f64.ln() * frames / logs
            })
            .collect();
        spans.sort_by(f64::total_cmp);
        Self { median: quantile(&spans, 0.5).unwrap_or(f64::NAN), longest: spans[units - 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn influences_are_parts_of_their_sum_and_means_over_recordings() {
        let look = LookBack::of(&[vec![3.0, 1.0, 0.0], vec![1.0, 1.0], vec![0.0, 0.0]], vec![]);
        assert_eq!(look.influence, [0.625, 0.375]);
        assert_eq!(
            (look.frames(), look.frames_holding(0.5), look.frames_holding(1.0)),
            (2, Some(1), Some(2))
        );
        assert_eq!((look.within(1), look.within(9)), (0.625, 1.0));
        let nothing = LookBack::of(&[vec![0.0; 4]], vec![]);
        assert_eq!((nothing.frames(), nothing.frames_holding(0.5)), (0, None));
    }

    #[test]
    fn a_gate_that_keeps_half_has_a_half_life_of_one_frame() {
        // Two units over two frames: 1/2 and 1/4, and 2^(-1/10) twice.
        let tenth = 2.0_f32.powf(-0.1);
        let life = HalfLife::of(&[0.5, tenth, 0.25, tenth], 2);
        assert!((life.longest - 10.0).abs() < 1e-4, "{life:?}");
        assert!((life.median - f64::midpoint(10.0, 1.0 / 1.5)).abs() < 1e-4, "{life:?}");
        assert!(HalfLife::of(&[1.0], 1).longest > 1e5);
    }
}
