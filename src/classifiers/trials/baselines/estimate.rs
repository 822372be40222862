//! How accurate a baseline is, and whether that is more than chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::record::BaselineRecord;
use super::trial::BaselineTrial;
use crate::evaluation::statistics::Interval;
use crate::evaluation::{
    Cell, NullDistribution, Spread, corrected, crossed_interval, interval_over_participants, minimum_effect,
};
use crate::recordings::RecordingId;
use crate::report::Steps;

/// What the record of a trial says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BaselineEstimate {
    /// What was tried.
    pub trial: BaselineTrial,
    /// Answers to test recordings, all draws together.
    pub answers: usize,
    /// Among all labels.
    pub among_all: Judged,
    /// Among the labels that the participant heard: knowledge of the design.
    pub among_heard: Judged,
}

/// An accuracy beside its null distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Judged {
    /// Part of the answers that are right.
    pub accuracy: f64,
    /// What it could be with other participants.
    pub over_participants: Option<Interval>,
    /// What it could be with other participants and other stimuli at once.
    pub over_both: Option<Interval>,
    /// The least effect above chance that would be found in 80 % of such studies ([`minimum_effect`]), as a part.
    pub detectable: Option<f64>,
    /// Mean accuracy with exchanged labels.
    pub chance: f64,
    /// What 95 % of the exchanges stay within.
    pub chance_range: Option<[f64; 2]>,
    /// Exchanges of labels.
    pub exchanges: usize,
    /// Part of the exchanges that are as accurate, the true labels included.
    pub p: f64,
    /// Corrected for all trials and both kinds of answers.
    pub p_corrected: f64,
}

impl BaselineEstimate {
    /// From the records of a profile, whose p values are corrected together.
    #[must_use]
    pub fn all(records: &[BaselineRecord]) -> Vec<Self> {
        let mut steps = Steps::on_terminal(records.len() as u64);
        let mut estimate = |record: &BaselineRecord| {
            steps.begin("intervals of the baselines");
            Self::of(record)
        };
        let mut estimates: Vec<Self> = records.iter().map(&mut estimate).collect();
        let nulls = records.iter().flat_map(|record| {
            let right = |which: usize| {
                record.answers().filter(|(_, label, answers)| answers[which] == *label).count()
            };
            [(right(0), &record.among_all), (right(1), &record.among_heard)]
        });
        let corrected = corrected(&nulls.collect::<Vec<_>>());
        for (estimate, p) in estimates.iter_mut().zip(corrected.chunks(2)) {
            (estimate.among_all.p_corrected, estimate.among_heard.p_corrected) = (p[0], p[1]);
        }
        estimates
    }

    fn of(record: &BaselineRecord) -> Self {
        let judged = |which: usize, null: &NullDistribution| {
            let mut cells: BTreeMap<RecordingId, (usize, usize)> = BTreeMap::new();
            for (recording, label, answers) in record.answers() {
                let (right, of) = cells.entry(recording).or_default();
                *right += usize::from(answers[which] == label);
                *of += 1;
            }
            let right: usize = cells.values().map(|(right, _)| right).sum();
            let design: Vec<RecordingId> = cells.keys().copied().collect();
            let cells: Vec<Cell> =
                cells.into_iter().map(|(id, (right, of))| (id, right as f64, of)).collect();
            let p = null.p(right);
            Judged {
                accuracy: right as f64 / null.of as f64,
                over_participants: interval_over_participants(&cells).map(Interval::of_parts),
                over_both: crossed_interval(&cells).map(Interval::of_parts),
                detectable: minimum_effect(&design, null.chance(), Spread::of(&cells)),
                chance: null.chance(),
                chance_range: null.range(),
                exchanges: null.exchanges(),
                p,
                p_corrected: p,
            }
        };
        Self {
            trial: record.configuration.trial,
            answers: record.among_all.of,
            among_all: judged(0, &record.among_all),
            among_heard: judged(1, &record.among_heard),
        }
    }
}
