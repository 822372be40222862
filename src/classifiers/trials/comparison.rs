//! Section 3.4: what Rahman et al. report, beside the same classifiers on what is published.

use std::fmt;

use serde::Serialize;

use super::division::Division;
use super::estimate::TrialEstimate;
use super::rahman::{RAHMAN, RahmanLabel, RahmanResult};
use super::trial::Origin;
use crate::classifiers::{Classifier, Recipe};
use crate::evaluation::statistics::Interval;

/// One reported accuracy, and ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RahmanComparison {
    /// What is reported.
    pub reported: RahmanResult,
    /// The classifier here.
    pub classifier: Classifier,
    /// Ours, as they divide: each participant left out, all features, in percent.
    pub ours: Vec<Ours>,
    /// What becomes of the reported accuracy.
    pub verdict: RahmanVerdict,
}

/// Our accuracy from features of one origin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ours {
    /// Where the features come from.
    pub origin: Origin,
    /// In percent.
    pub percent: f64,
    /// What it could be with other participants, in percent.
    pub interval: Option<Interval>,
}

/// What becomes of a reported accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RahmanVerdict {
    /// No interval of ours for the label reaches it: what is published does not bear it.
    OutOfReach,
    /// It lies in an interval of ours, or below.
    WithinReach,
    /// It is about something that is not published.
    NotComparable,
}

impl RahmanComparison {
    /// All reported accuracies beside the estimates that are there. Nothing without an estimate.
    #[must_use]
    pub fn all(estimates: &[TrialEstimate]) -> Vec<Self> {
        let own = |classifier: Classifier| -> Vec<Ours> {
            let is_theirs = |estimate: &&TrialEstimate| {
                let trial = estimate.trial;
                trial.division == Division::Participant && trial.recipe == Recipe::of(classifier)
            };
            estimates.iter().filter(is_theirs).map(Ours::of).collect()
        };
        let classifiers = [Classifier::Knn, Classifier::Svm, Classifier::Mlp, Classifier::Mlp];
        let each = RAHMAN.into_iter().zip(classifiers).map(|(reported, classifier)| {
            let may_be_genre = reported.label != RahmanLabel::Rating;
            let ours = if may_be_genre { own(classifier) } else { Vec::new() };
            let reaches =
                |ours: &Ours| ours.interval.is_none_or(|interval| interval.high >= reported.percent);
            let verdict = if !may_be_genre {
                RahmanVerdict::NotComparable
            } else if ours.iter().any(reaches) {
                RahmanVerdict::WithinReach
            } else {
                RahmanVerdict::OutOfReach
            };
            Self { reported, classifier, ours, verdict }
        });
        if estimates.is_empty() { Vec::new() } else { each.collect() }
    }
}

impl Ours {
    fn of(estimate: &TrialEstimate) -> Self {
        Self {
            origin: estimate.trial.origin,
            percent: 100.0 * estimate.accuracy,
            interval: estimate.over_participants.map(Interval::in_percent),
        }
    }
}

impl fmt::Display for RahmanVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OutOfReach => "out of reach",
            Self::WithinReach => "within reach",
            Self::NotComparable => "not comparable",
        })
    }
}
