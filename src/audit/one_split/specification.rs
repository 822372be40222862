//! Every way in which a training on a random split was run: the specification curve.
//!
//! U. Simonsohn, J. P. Simmons and L. D. Nelson, *Specification curve analysis*, Nature Human Behaviour 4, 2020: all
//! reasonable choices beside each other, in place of one.

use serde::Serialize;

use super::super::plan::full_epochs;
use super::super::{CONDITIONS, CellRecord, comparison};
use super::accuracies;
use crate::reproduction::study::Study;
use crate::runs::profile::Profile;
use crate::runs::series::ReportedSeries;

/// One training on one random split, for the full epochs, with the weights after the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Specification {
    /// The network.
    pub series: ReportedSeries,
    /// What was chosen, besides split and seed.
    pub choice: &'static str,
    /// Its test accuracy, from 0 to 1.
    pub accuracy: f64,
}

/// The choices, in the order of the rows below a curve: conditions of the audit, then what the study changes.
pub(crate) const CHOICES: [&str; 10] = [
    "raw, as the paper",
    "raw, no pads and zeros",
    "log",
    "log, no pads and zeros",
    "z-scores, no pads",
    "from 0 to 1, no pads",
    "raw, frames of 1 sample",
    "raw, 1 channel",
    "raw, kernels of 5",
    "raw, kernels of 7",
];

/// What a condition of the audit, or a variation of the study, is called among the choices.
fn choice(name: &str) -> Option<&'static str> {
    let place = match name {
        "raw" | "split-1" | "split-2" | "split-3" | "split-4" | "split-5" => 0,
        "raw-clean" => 1,
        "whole" | "log" => 2,
        "clean" => 3,
        "z-score" => 4,
        "min-max" => 5,
        "frame-1" => 6,
        "channel-1" => 7,
        "kernel-5" => 8,
        "kernel-7" => 9,
        _ => return None,
    };
    Some(CHOICES[place])
}

impl Specification {
    /// All that are recorded.
    pub(super) fn all(records: &[CellRecord], study: Option<&Study>, profile: Profile) -> Vec<Self> {
        let series = [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn];
        let mut all = Vec::new();
        for series in series {
            for condition in CONDITIONS {
                let Some(choice) = choice(condition.name) else { continue };
                let own = accuracies(records, condition.name, series, profile).into_values();
                all.extend(own.map(|accuracy| Self { series, choice, accuracy }));
            }
            let epochs = full_epochs(profile, comparison::network(series).0);
            for row in study.iter().flat_map(|study| &study.rows) {
                let own = row.series.iter().filter(|own| {
                    own.reported() == Some(series)
                        && own.configuration.settings.hyperparameters.epochs == epochs
                });
                let Some(choice) = choice(row.name) else { continue };
                let accuracies = own.flat_map(|own| &own.accuracies);
                all.extend(accuracies.map(|&accuracy| Self { series, choice, accuracy }));
            }
        }
        all
    }
}
