//! What one network has over another, and what a control takes from it: always on the same recordings, with participants
//! as the units.

use serde::Serialize;

use super::condition::{CONDITIONS, CUT, Condition, RAW, WHOLE};
use super::estimate::chance;
use super::record::CellRecord;
use super::tally::{Difference, Tally, Unit};
use crate::models::Model;
use crate::paper::{CLAIMS, ReportedSeries, Rival};
use crate::preparation::Scheme;
use crate::protocol::Weights;
use crate::statistics::{Interval, Probability, holm};

/// A claim of the paper under one condition and one scheme of splitting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditedClaim {
    /// In our words.
    pub statement: &'static str,
    /// The condition's name.
    pub condition: &'static str,
    /// The scheme of splitting.
    pub scheme: Scheme,
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
    /// Points of accuracy that the control adds.
    pub difference: Difference,
    /// Its p value, corrected for all controls of this network under this scheme (Holm).
    pub p_holm: f64,
}

/// The conditions under which claims are tested.
const CLAIM_CONDITIONS: [Condition; 3] = [RAW, WHOLE, CUT];

/// All claims, as far as there are records.
pub(super) fn claims(records: &[CellRecord]) -> Vec<AuditedClaim> {
    let mut all = Vec::new();
    for Condition { name: condition, .. } in CLAIM_CONDITIONS {
        let mut claims: Vec<AuditedClaim> = Scheme::ALL
            .into_iter()
            .flat_map(|scheme| CLAIMS.map(|claim| (scheme, claim)))
            .filter_map(|(scheme, claim)| {
                let better = tally(records, condition, scheme, claim.better)?;
                let difference = match claim.than {
                    Rival::Series(series) => {
                        better.difference(&tally(records, condition, scheme, series)?, Unit::Participant)?
                    }
                    Rival::Chance => less_chance(&better, scheme),
                };
                let statement = claim.statement;
                Some(AuditedClaim { statement, condition, scheme, difference, p_holm: difference.p })
            })
            .collect();
        let corrected = holm(&claims.iter().map(|claim| claim.difference.p).collect::<Vec<f64>>());
        claims.iter_mut().zip(corrected).for_each(|(claim, p)| claim.p_holm = p);
        all.append(&mut claims);
    }
    all
}

/// The effects of all controls, as far as there are records.
pub(super) fn controls(records: &[CellRecord]) -> Vec<ControlEffect> {
    let mut all = Vec::new();
    for (scheme, series) in Scheme::ALL.into_iter().flat_map(|scheme| SERIES.map(|series| (scheme, series))) {
        let controls = CONDITIONS.iter().filter(|condition| **condition != RAW && **condition != WHOLE);
        let mut effects: Vec<ControlEffect> = controls
            .filter_map(|control| {
                let reference = if control.block_frames().is_some() { CUT.name } else { WHOLE.name };
                let condition = control.name;
                let [with, without] = [condition, reference].map(|name| tally(records, name, scheme, series));
                let difference = with?.difference(&without?, Unit::Participant)?;
                Some(ControlEffect { condition, reference, scheme, series, difference, p_holm: difference.p })
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

/// The answers of a series under a condition and a scheme, if there are records.
pub(super) fn tally(
    records: &[CellRecord],
    condition: &str,
    scheme: Scheme,
    series: ReportedSeries,
) -> Option<Tally> {
    let (model, weights) = match series {
        ReportedSeries::Baseline => (Model::Baseline, Weights::Final),
        ReportedSeries::MultilayerFinal => (Model::Multilayer, Weights::Final),
        ReportedSeries::MultilayerBest => (Model::Multilayer, Weights::Best),
        ReportedSeries::Cnn => (Model::Cnn, Weights::Final),
    };
    let record = records.iter().find(|record| {
        let configuration = &record.configuration;
        configuration.condition == condition && configuration.scheme == scheme && record.model() == model
    })?;
    Some(Tally::of(&record.trainings, weights))
}

/// An accuracy less chance.
fn less_chance(tally: &Tally, scheme: Scheme) -> Difference {
    let level = chance(scheme);
    let chance = level[0] as f64 / level[1] as f64;
    let points = |part: f64| 100.0 * (part - chance);
    let interval = tally.interval(Unit::Participant);
    let Probability { p, standard_error } = tally.test_level(Unit::Participant, level);
    Difference {
        points: points(tally.accuracy()),
        interval: interval.map(|Interval { low, high }| Interval { low: points(low), high: points(high) }),
        p,
        p_error: standard_error,
    }
}
