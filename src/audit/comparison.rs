//! What one network has over another, and what a control takes from it: always on the same recordings, with participants
//! as the units.

use serde::Serialize;

use super::condition::CONDITIONS;
use super::estimate::{EstimateNull, chance};
use super::plan::{EQUAL, full_epochs};
use super::record::{CellRecord, Training};
use super::tally::{Difference, Tally, Unit};
use crate::evaluation::statistics::{Interval, Probability, holm};
use crate::models::Model;
use crate::preparation::Scheme;
use crate::recordings::Design;
use crate::reproduction::paper::{CLAIMS, Rival};
use crate::runs::Weights;
use crate::runs::profile::Profile;
use crate::runs::series::ReportedSeries;

/// A claim of the paper under one condition and one scheme of splitting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditedClaim {
    /// In our words.
    pub statement: &'static str,
    /// The condition's name.
    pub condition: &'static str,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// Epochs of its two networks, or of its only one.
    pub epochs: Vec<usize>,
    /// By how many points the claim holds: below 0, the contrary does.
    pub difference: Difference,
    /// Its p value, corrected for all claims under this condition (Holm).
    pub p_holm: f64,
}

/// What becomes of an accuracy under a control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlEffect {
    /// The condition's name.
    pub condition: &'static str,
    /// That of the condition without the control.
    pub reference: &'static str,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// The network and its weights.
    pub series: ReportedSeries,
    /// Epochs of each training with the control, and without.
    pub epochs: [usize; 2],
    /// Points of accuracy that the control adds.
    pub difference: Difference,
    /// Its p value, corrected for all controls of this network under this scheme (Holm).
    pub p_holm: f64,
}

/// All claims under the conditions of equal schedules, as far as there are records.
pub(super) fn claims(records: &[CellRecord], design: &Design, profile: Profile) -> Vec<AuditedClaim> {
    let mut all = Vec::new();
    for condition in EQUAL {
        let mut claims: Vec<AuditedClaim> = Scheme::ALL
            .into_iter()
            .flat_map(|scheme| CLAIMS.map(|claim| (scheme, claim)))
            .filter_map(|(scheme, claim)| {
                let answers = |series| {
                    let epochs = full_epochs(profile, network(series).0);
                    Answers::of(records, condition, scheme, series, |own| own == epochs)
                };
                let better = answers(claim.better)?;
                let (epochs, difference) = match claim.than {
                    Rival::Series(series) => {
                        let rival = answers(series)?;
                        (vec![better.epochs(), rival.epochs()], better.less(&rival)?)
                    }
                    Rival::Chance => (vec![better.epochs()], less_chance(&better, records, design)),
                };
                let statement = claim.statement;
                Some(AuditedClaim { statement, condition, scheme, epochs, difference, p_holm: difference.p })
            })
            .collect();
        let corrected = holm(&claims.iter().map(|claim| claim.difference.p).collect::<Vec<f64>>());
        claims.iter_mut().zip(corrected).for_each(|(claim, p)| claim.p_holm = p);
        all.append(&mut claims);
    }
    all
}

/// The effects of all controls, as far as there are records. Each stands beside the reference that was trained for as many
/// epochs or, if there is none, for most.
pub(super) fn controls(records: &[CellRecord]) -> Vec<ControlEffect> {
    let mut all = Vec::new();
    for (scheme, series) in Scheme::ALL.into_iter().flat_map(|scheme| SERIES.map(|series| (scheme, series))) {
        let references = CONDITIONS.iter().filter_map(|condition| Some((condition, condition.reference()?)));
        let mut effects: Vec<ControlEffect> = references
            .filter_map(|(control, reference)| {
                let with = Answers::of(records, control.name, scheme, series, |_| true)?;
                let without =
                    Answers::of(records, reference, scheme, series, |epochs| epochs == with.epochs())
                        .or_else(|| Answers::of(records, reference, scheme, series, |_| true))?;
                let difference = with.less(&without)?;
                Some(ControlEffect {
                    condition: control.name,
                    reference,
                    scheme,
                    series,
                    epochs: [with.epochs(), without.epochs()],
                    difference,
                    p_holm: difference.p,
                })
            })
            .collect();
        let corrected = holm(&effects.iter().map(|effect| effect.difference.p).collect::<Vec<f64>>());
        effects.iter_mut().zip(corrected).for_each(|(effect, p)| effect.p_holm = p);
        all.append(&mut effects);
    }
    all
}

/// The series of which controls are reported: the weights after the last epoch, which nothing was chosen by.
const SERIES: [ReportedSeries; 3] =
    [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn];

/// The network of a series, and its weights.
pub(super) const fn network(series: ReportedSeries) -> (Model, Weights) {
    match series {
        ReportedSeries::Baseline => (Model::Baseline, Weights::Final),
        ReportedSeries::MultilayerFinal => (Model::Multilayer, Weights::Final),
        ReportedSeries::MultilayerBest => (Model::Multilayer, Weights::Best),
        ReportedSeries::Cnn => (Model::Cnn, Weights::Final),
    }
}

/// The answers of a series under a condition and a scheme.
pub(super) struct Answers<'a> {
    record: &'a CellRecord,
    weights: Weights,
}

impl<'a> Answers<'a> {
    /// Those of most epochs among the records whose epochs are accepted, if there are any.
    pub(super) fn of(
        records: &'a [CellRecord],
        condition: &str,
        scheme: Scheme,
        series: ReportedSeries,
        accepted: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let (model, weights) = network(series);
        let is_own = |record: &&CellRecord| {
            let configuration = &record.configuration;
            (configuration.condition.as_str(), configuration.scheme, record.model())
                == (condition, scheme, model)
                && accepted(record.epochs())
        };
        let record = records.iter().filter(is_own).max_by_key(|record| record.epochs())?;
        Some(Self { record, weights })
    }

    pub(super) fn epochs(&self) -> usize {
        self.record.epochs()
    }

    /// All of them.
    pub(super) fn tally(&self) -> Tally {
        Tally::of(&self.record.trainings, self.weights)
    }

    /// Accuracy less that of other answers, in trainings of the same draw and fold; `None` if they share none.
    pub(super) fn less(&self, other: &Self) -> Option<Difference> {
        let shared = |ours: &Self, theirs: &Self| {
            let is_shared = |one: &&Training| theirs.record.has(one.draw, one.fold);
            let trainings: Vec<Training> = ours.record.trainings.iter().filter(is_shared).cloned().collect();
            Tally::of(&trainings, ours.weights)
        };
        let (ours, theirs) = (shared(self, other), shared(other, self));
        if ours.answers() == 0 {
            return None;
        }
        ours.difference(&theirs, Unit::Participant)
    }
}

/// An accuracy less chance, with p as an [`Estimate`](super::Estimate) has it.
fn less_chance(answers: &Answers<'_>, records: &[CellRecord], design: &Design) -> Difference {
    let (tally, level) = (answers.tally(), chance(answers.record, design));
    let chance = level[0] as f64 / level[1] as f64;
    let points = |part: f64| 100.0 * (part - chance);
    let interval = tally.interval(Unit::Participant);
    let null = EstimateNull::of(answers.record, answers.weights, records);
    let Probability { p, standard_error } = null.map_or_else(
        || tally.test_level(Unit::Participant, level),
        |null| Probability { p: null.p, standard_error: None },
    );
    Difference {
        points: points(tally.accuracy()),
        interval: interval.map(|Interval { low, high }| Interval { low: points(low), high: points(high) }),
        p,
        p_error: standard_error,
    }
}
