//! Properties of the files that predict a label without being signal: each alone, under each scheme of splitting.
//!
//! For each [`Artefact`] a rule of one feature is cross-validated: a test recording gets the label that is most frequent
//! among the training recordings of the nearest values. Its accuracy is compared with that of the same rule with labels
//! [exchanged as the design calls for](exchanged_labels), as often as [`EXCHANGES`] says, so chance is that of the design and
//! the split. p values are corrected for all artefacts and schemes (Holm).

mod feature;
mod rule;

pub use feature::Artefact;

use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::statistics::{holm, mean, quantile};
use crate::preparation::{Exchanged, Labelled, Scheme, Split, check_frame, exchanged_labels};
use crate::recordings::{DataSet, Label, RecordingId};
use crate::report::Table;
pub(super) use rule::Neighbourhoods;

/// Exchanges of labels behind a p value: the least p is 1 of 2000, small enough for Holm's correction of all tests.
pub const EXCHANGES: usize = 1999;

/// Draws of a random split; a grouped scheme tests every recording in one draw.
const RANDOM_DRAWS: u64 = 10;

/// Below this, a corrected p value says that an artefact names labels.
pub const LEVEL: f64 = 0.05;

/// What each property of the files says of the labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtefactScan {
    /// Samples of a frame.
    pub frame: usize,
    /// Artefact by artefact, scheme by scheme.
    pub findings: Vec<Finding>,
    /// How many different exchanges of labels the design allows, where these are so few that nothing can be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_few_exchanges: Option<u64>,
}

/// How well one property of the files names labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The property.
    pub artefact: Artefact,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// Part of the test recordings whose label the rule names.
    pub accuracy: f64,
    /// Mean of the same with exchanged labels: chance under this design and split.
    pub chance: f64,
    /// What 95 % of the exchanges stay within.
    pub chance_range: [f64; 2],
    /// Part of the exchanges that reach the accuracy, it included.
    pub p: f64,
    /// Corrected for all artefacts and schemes (Holm).
    pub p_holm: f64,
}

impl Finding {
    /// Whether the property names labels better than exchanged labels allow for.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.p_holm < LEVEL
    }
}

impl ArtefactScan {
    /// Scans recordings under all schemes that their design allows.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`] for the random scheme; a grouped scheme that the design does not allow is left out.
    pub fn of(set: &DataSet, frame: usize) -> Result<Self> {
        Self::under(set, frame, &Scheme::ALL)
    }

    /// Scans recordings under some schemes.
    ///
    /// # Errors
    /// As [`Self::of`]; [`Fault::BAD_SETTING`] for an unusable frame or no schemes.
    pub fn under(set: &DataSet, frame: usize, schemes: &[Scheme]) -> Result<Self> {
        check_frame(frame)?;
        if schemes.is_empty() {
            return Err(Error::new(Fault::BAD_SETTING, Place::field("schemes"), "at least one", "none"));
        }
        let recordings = set.recordings();
        let labelled: Vec<Labelled> = recordings.iter().map(Labelled::from).collect();
        let labels = set.labels();
        let classes = |own: &[Label]| own.iter().map(|label| labels.class(*label)).collect::<Vec<usize>>();
        let own = classes(&labelled.iter().map(|one| one.label).collect::<Vec<Label>>());
        let exchanged: Vec<Vec<usize>> =
            (0..EXCHANGES as u64).map(|seed| classes(&exchanged_labels(&labelled, seed))).collect();
        let splits = Error::gather(schemes.iter().map(|scheme| splits(set, *scheme)))?;
        let pairs: Vec<(Artefact, Scheme, &Vec<Places>)> = Artefact::ALL
            .into_iter()
            .flat_map(|artefact| {
                schemes.iter().zip(&splits).map(move |(scheme, splits)| (artefact, *scheme, splits))
            })
            .filter(|(.., splits)| !splits.is_empty())
            .collect();
        let mut findings: Vec<Finding> = pairs
            .par_iter()
            .map(|(artefact, scheme, splits)| {
                let values = artefact.values(recordings, frame);
                let near: Vec<Neighbourhoods> = splits
                    .iter()
                    .map(|split| Neighbourhoods::of(&values, &split.known, &split.tested))
                    .collect();
                let accuracy = |classes: &[usize]| {
                    let (right, of) = near
                        .iter()
                        .map(|near| near.right(classes, labels.count()))
                        .fold((0.0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                    right / of as f64
                };
                Finding::of(
                    *artefact,
                    *scheme,
                    accuracy(&own),
                    &exchanged.iter().map(|classes| accuracy(classes)).collect::<Vec<f64>>(),
                )
            })
            .collect();
        let corrected = holm(&findings.iter().map(|finding| finding.p).collect::<Vec<f64>>());
        findings.iter_mut().zip(corrected).for_each(|(finding, p)| finding.p_holm = p);
        let distinct = 10_f64.powf(Exchanged::of(&labelled).distinct_log10(&labelled)).round();
        let cannot_tell = findings.len() as f64 / distinct >= LEVEL;
        let too_few_exchanges = cannot_tell.then_some(distinct as u64);
        Ok(Self { frame, findings, too_few_exchanges })
    }

    /// Why nothing can be found, where that is so.
    #[must_use]
    pub fn cannot_tell(&self) -> Option<String> {
        let distinct = self.too_few_exchanges?;
        Some(format!(
            "The scan cannot tell: the design allows {distinct} different exchanges of labels, and a property that names \
             every label would not be significant among {} tests. Compare accuracies with chance by eye.",
            self.findings.len()
        ))
    }

    /// What names labels, the most accurate first.
    #[must_use]
    pub fn found(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.findings.iter().copied().filter(Finding::is_found).collect();
        found.sort_by(|one, other| other.accuracy.total_cmp(&one.accuracy));
        found
    }

    /// A row for each property, a column for each scheme: accuracy and chance in percent, `*` where it is found.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut by_artefact: BTreeMap<Artefact, Vec<&Finding>> = BTreeMap::new();
        self.findings
            .iter()
            .for_each(|finding| by_artefact.entry(finding.artefact).or_default().push(finding));
        let schemes: Vec<Scheme> =
            by_artefact.values().next().into_iter().flatten().map(|finding| finding.scheme).collect();
        let heading = schemes.iter().map(|scheme| format!("{scheme}: accuracy (chance)"));
        let mut table = Table::new(["property of the file".to_owned()].into_iter().chain(heading));
        for (artefact, findings) in by_artefact {
            let cells = findings.iter().map(|one| {
                let star = if one.is_found() { " *" } else { "" };
                format!("{:.1} ({:.1}){star}", 100.0 * one.accuracy, 100.0 * one.chance)
            });
            table.push([artefact.to_string()].into_iter().chain(cells));
        }
        table
    }
}

impl Finding {
    /// From the accuracy and those with exchanged labels. The correction comes later.
    fn of(artefact: Artefact, scheme: Scheme, accuracy: f64, exchanged: &[f64]) -> Self {
        // Sums of thirds and halves: what differs by rounding alone counts as equal.
        let reached = exchanged.iter().filter(|one| **one >= accuracy - 1e-9).count();
        let p = (1 + reached) as f64 / (1 + exchanged.len()) as f64;
        let at = |part: f64| quantile(exchanged, part).unwrap_or(accuracy);
        let chance_range = [at(0.025), at(0.975)];
        Self { artefact, scheme, accuracy, chance: mean(exchanged), chance_range, p, p_holm: p }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { artefact, scheme, accuracy, chance, p_holm, .. } = self;
        write!(
            f,
            "a rule that sees only {artefact} predicts the label of {:.1} % of test recordings (split by {scheme}; chance {:.1} %, p {:.3} by \
             {EXCHANGES} exchanges of labels, Holm)",
            100.0 * accuracy,
            100.0 * chance,
            p_holm
        )
    }
}

/// Recordings of a split as places in the data set.
struct Places {
    /// Those that train or validate.
    known: Vec<usize>,
    tested: Vec<usize>,
}

/// The splits of a scheme; none if the design does not allow a grouped one.
fn splits(set: &DataSet, scheme: Scheme) -> Result<Vec<Places>> {
    let draws = if scheme == Scheme::Random { RANDOM_DRAWS } else { 1 };
    let drawn = scheme.draws(set, draws)?;
    let place = |id: &RecordingId| set.recordings().binary_search_by_key(id, |recording| recording.id()).ok();
    let places = |split: &Split| Places {
        known: split.training().iter().chain(split.validation()).filter_map(place).collect(),
        tested: split.test().iter().filter_map(place).collect(),
    };
    Ok(drawn.iter().map(places).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::preparation::FRAME;
    use crate::preparation::{LastFrame, Preparation, Zeros};
    use crate::recordings::Genre;
    use crate::recordings::Recording;
    use crate::recordings::synthetic::{self, Effect, Settings};

    fn null() -> DataSet {
        synthetic::generate(&Settings { effect: Effect::Null, ..Settings::default() }).unwrap()
    }

    fn found(set: &DataSet) -> BTreeSet<Artefact> {
        ArtefactScan::of(set, FRAME).unwrap().found().iter().map(|finding| finding.artefact).collect()
    }

    /// The recordings with one more thing done to each.
    fn changed(set: &DataSet, change: impl Fn(&mut Recording)) -> DataSet {
        let mut recordings = set.recordings().to_vec();
        recordings.iter_mut().for_each(change);
        DataSet::new(recordings).unwrap()
    }

    #[test]
    fn of_null_recordings_length_is_found_and_nothing_else() {
        let found = found(&null());
        // Songs 1 and 10 have the lengths of the published ones, so their pads follow.
        assert_eq!(found, BTreeSet::from([Artefact::Length, Artefact::Pads]));
    }

    #[test]
    fn of_null_recordings_of_one_length_nothing_is_found() {
        let set = null();
        let cut = Preparation::of_one_length(&set).remaining(&set).unwrap();
        assert_eq!(found(&cut), BTreeSet::new());
    }

    #[test]
    fn zeros_at_the_ends_of_one_genre_are_found_and_gone_when_they_are_replaced() {
        let set = null();
        let set = Preparation::of_one_length(&set).remaining(&set).unwrap();
        let with_zeros = changed(&set, |recording| {
            let samples = recording.samples.len();
            if recording.label == Genre::Pop.into() {
                recording.samples[samples - 2..].fill(0.0);
            }
        });
        let found_with = found(&with_zeros);
        for artefact in [Artefact::Zeros, Artefact::ZerosAtEnds, Artefact::LastSample] {
            assert!(found_with.contains(&artefact), "{artefact}: {found_with:?}");
        }
        let preparation =
            Preparation { zeros: Zeros::Reflect, last_frame: LastFrame::Cut, ..Preparation::default() };
        let replaced = ArtefactScan::of(&preparation.remaining(&with_zeros).unwrap(), FRAME).unwrap();
        let of = |artefact| replaced.findings.iter().filter(move |finding| finding.artefact == artefact);
        for artefact in [Artefact::Zeros, Artefact::ZerosAtEnds] {
            assert!(of(artefact).all(|finding| finding.p == 1.0), "{artefact}");
        }
        // With the zeros the last sample predicts the label of three in four; chance is up to 45 %, by stimulus.
        assert!(of(Artefact::LastSample).all(|finding| finding.accuracy < 0.6));
    }

    #[test]
    fn something_is_found_in_nothing_as_rarely_as_the_level_says() {
        let sets = 20;
        let wrong = (0..sets).filter(|seed| {
            let set =
                synthetic::generate(&Settings { effect: Effect::Null, seed: *seed, ..Settings::default() });
            let set = set.unwrap();
            !found(&Preparation::of_one_length(&set).remaining(&set).unwrap()).is_empty()
        });
        // One is expected; more than four of twenty have a probability of 0.3 % at a level of 5 %.
        let wrong: Vec<u64> = wrong.collect();
        assert!(wrong.len() <= 4, "{wrong:?}");
    }

    #[test]
    fn repeated_and_clipped_values_and_scales_of_one_genre_are_found() {
        let set = null();
        let set = Preparation::of_one_length(&set).remaining(&set).unwrap();
        let held = changed(&set, |recording| {
            if recording.label == Genre::Classical.into() {
                let value = recording.samples[100];
                recording.samples[100..120].fill(value);
            }
        });
        assert!(found(&held).is_superset(&BTreeSet::from([Artefact::Repeated, Artefact::ConstantStretch])));
        let clipped = changed(&set, |recording| {
            if recording.label == Genre::Classical.into() {
                let bound = quantile(&recording.samples, 0.9).unwrap();
                recording.samples.iter_mut().for_each(|sample| *sample = sample.min(bound));
            }
        });
        assert!(found(&clipped).contains(&Artefact::Clipped));
        let scaled = changed(&set, |recording| {
            let factor = [1.0, 100.0, 1e4][set.labels().class(recording.label)];
            recording.samples.iter_mut().for_each(|sample| *sample *= factor);
        });
        assert!(found(&scaled).contains(&Artefact::Scale));
    }
}
