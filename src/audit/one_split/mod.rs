//! The limits of one random split: the paper's protocol on many splits, the paper's numbers among them, and the shares of seeds,
//! splits and choices in the spread.
//!
//! The paper draws one split of 39 test recordings and trains each network 15 times on it. Here each split has one training of
//! each network, so an accuracy contains the spread of seeds, which an average of 15 hardly does; [`Variance`] separates the
//! two. All splits are draws of the same recordings and share most of them. So frequencies over splits show the influence of the
//! draw, and nothing about other participants or stimuli.
//!
//! Written on 28 November 2026, when 8 of 40 splits had all three networks; those 8 were in the audit's claims already.

mod specification;
mod table;
mod variance;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub(crate) use specification::CHOICES;
pub use specification::Specification;
pub use variance::Variance;

use super::plan::full_epochs;
use super::record::CellRecord;
use crate::preparation::Scheme;
use crate::reproduction::paper::{CLAIMS, REPORTED, Rival};
use crate::reproduction::study::Study;
use crate::runs::profile::Profile;
use crate::runs::series::ReportedSeries;

/// What many random splits say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneSplit {
    /// The splits under each condition of whole recordings that has them, the paper's first.
    pub conditions: Vec<Splits>,
    /// What the spread on the paper's scale is made of, for each network.
    pub variance: Vec<Variance>,
    /// Every training on a random split with the paper's epochs, whatever the choices.
    pub specifications: Vec<Specification>,
}

/// The accuracies of all series on the splits on which every network is trained.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Splits {
    /// The condition's name.
    pub condition: String,
    /// Splits.
    pub splits: usize,
    /// The four series that the paper reports, in its order.
    pub series: Vec<OverSplits>,
    /// Splits on which the multi-layer LSTM is above the baseline and the baseline above the CNN, all after their last epochs: the
    /// paper's order. One order of six, where networks are alike.
    pub in_order: usize,
    /// The paper's claims that compare two series.
    pub differences: Vec<DifferenceOverSplits>,
}

/// A series on many splits, one training each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverSplits {
    /// Of what.
    pub series: ReportedSeries,
    /// Epochs of each training.
    pub epochs: usize,
    /// The accuracy on each split, from 0 to 1.
    pub accuracies: Vec<f64>,
    /// Splits on which it is below the average that the paper reports.
    pub below_paper: usize,
}

/// One series less another on many splits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferenceOverSplits {
    /// The claim, in our words.
    pub statement: &'static str,
    /// By how many points it holds in the paper.
    pub paper: u32,
    /// By how many points it holds on each split.
    pub points: Vec<f64>,
    /// Splits on which it holds at all.
    pub holds: usize,
    /// Splits on which it holds by as many points as in the paper, or more.
    pub as_large: usize,
}

impl OneSplit {
    /// From the records of all cells, and the experiment's variations, whose runs on one split tell seeds from splits.
    pub(super) fn of(records: &[CellRecord], study: Option<&Study>, profile: Profile) -> Self {
        let names: BTreeSet<&str> = records.iter().map(|one| one.configuration.condition.as_str()).collect();
        let mut conditions: Vec<Splits> =
            names.into_iter().filter_map(|name| Splits::of(records, name, profile)).collect();
        let place =
            |own: &Splits| super::CONDITIONS.iter().position(|condition| condition.name == own.condition);
        conditions.sort_by_key(place);
        let variance = study.zip(conditions.iter().find(|own| own.condition == super::RAW.name));
        Self {
            variance: variance.map_or_else(Vec::new, |(study, raw)| Variance::all(raw, study)),
            specifications: Specification::all(records, study, profile),
            conditions,
        }
    }

    /// The splits of the paper's way.
    #[must_use]
    pub fn as_paper(&self) -> Option<&Splits> {
        self.conditions.iter().find(|own| own.condition == super::RAW.name)
    }
}

impl Splits {
    /// Those on which all networks of a condition have the full epochs; nothing without such a split.
    fn of(records: &[CellRecord], condition: &str, profile: Profile) -> Option<Self> {
        let by_split: Vec<BTreeMap<u64, f64>> = REPORTED
            .iter()
            .map(|reported| accuracies(records, condition, reported.series, profile))
            .collect();
        let shared = by_split[0].keys().filter(|draw| by_split.iter().all(|own| own.contains_key(draw)));
        let shared: Vec<u64> = shared.copied().collect();
        if shared.is_empty() {
            return None;
        }
        let of = |series: ReportedSeries| -> Vec<f64> {
            shared.iter().map(|draw| by_split[series as usize][draw]).collect()
        };
        let series = REPORTED.map(|reported| {
            let accuracies = of(reported.series);
            let paper = f64::from(reported.average) / 100.0;
            OverSplits {
                series: reported.series,
                epochs: full_epochs(profile, super::comparison::network(reported.series).0),
                below_paper: accuracies.iter().filter(|own| **own < paper).count(),
                accuracies,
            }
        });
        let [baseline, multilayer, cnn] =
            [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn].map(of);
        let is_in_order =
            |place: &usize| multilayer[*place] > baseline[*place] && baseline[*place] > cnn[*place];
        let differences = CLAIMS.iter().filter_map(|claim| {
            let Rival::Series(rival) = claim.than else { return None };
            let points =
                of(claim.better).into_iter().zip(of(rival)).map(|(one, other)| 100.0 * (one - other));
            let points: Vec<f64> = points.collect();
            Some(DifferenceOverSplits {
                statement: claim.statement,
                paper: claim.points,
                holds: points.iter().filter(|own| **own > 0.0).count(),
                as_large: points.iter().filter(|own| **own >= f64::from(claim.points)).count(),
                points,
            })
        });
        Some(Self {
            condition: condition.to_owned(),
            splits: shared.len(),
            in_order: (0..shared.len()).filter(is_in_order).count(),
            differences: differences.collect(),
            series: series.into(),
        })
    }

    /// The sentence that it comes down to: `the paper's order comes out in 5 of 40 splits`.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("the paper's order comes out in {} of {} splits", self.in_order, self.splits)
    }
}

/// The accuracy of a series on each random split of a condition, by draw, after the full epochs.
fn accuracies(
    records: &[CellRecord],
    condition: &str,
    series: ReportedSeries,
    profile: Profile,
) -> BTreeMap<u64, f64> {
    let (model, weights) = super::comparison::network(series);
    let own = records.iter().filter(|record| {
        let configuration = &record.configuration;
        configuration.condition == condition
            && configuration.scheme == Scheme::Random
            && configuration.settings.input.is_whole()
            && (record.model(), record.epochs()) == (model, full_epochs(profile, model))
    });
    own.flat_map(|record| &record.trainings)
        .map(|training| {
            let (mut right, mut of) = (0.0, 0.0);
            for (_, is_right) in training.right(weights) {
                (right, of) = (right + f64::from(is_right), of + 1.0);
            }
            (training.draw, right / of)
        })
        .collect()
}

#[cfg(test)]
mod tests;
