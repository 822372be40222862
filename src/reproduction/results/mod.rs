//! All series beside the paper's, with verdicts and claims. The command line, the notebooks and the README show them.

mod differences;
mod network_runs;
mod table;

pub use differences::{Difference, Differences};

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::recordings::{Design, Fingerprint, Provenance};
use crate::report::Table;
use crate::reproduction::paper::{CLAIMS, OBSERVATIONS, Observation};
use crate::reproduction::verdict::{ObservedRun, SeriesVerdict, TestedClaim, TestedObservation};
use crate::runs::Record;
use crate::runs::profile::Profile;
use crate::runs::series::{Chance, Series, SeriesBuilder};
use network_runs::NetworkRuns;

/// What all runs together show. `Display` is the table of the command line, [`Self::markdown`] that of the README.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// What identifies the recordings.
    pub data: Fingerprint,
    /// The name by which they are known, if they are.
    pub known_as: Option<String>,
    /// The digest of the split.
    pub split: String,
    /// What can be had on its test set without looking at a signal.
    pub chance: Chance,
    /// The series, in the paper's order.
    pub series: Vec<Series>,
    /// Verdicts on the reported averages; absent if all are withheld.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<SeriesVerdict>,
    /// The paper's claims; absent if all are withheld.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<TestedClaim>,
    /// What the paper says of its training curves; absent if all are withheld.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<TestedObservation>,
    /// What nothing is said of, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Withheld>,
}

/// A verdict that is not given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// On what.
    pub verdict_on: String,
    /// Why.
    pub reason: String,
}

impl Results {
    /// From the records of each network, all on one split of recordings of this provenance.
    ///
    /// On other recordings than the published ones no verdict is given, be they synthetic or somebody's own.
    ///
    /// # Errors
    /// Those of [`Series::of`]; [`Fault::NO_RECORDS`] if there is nothing at all; [`Fault::MIXED_RECORDS`] if a network comes
    /// twice, or the recordings, the split or the test recordings differ.
    pub fn of(groups: &[&[Record]], provenance: &Provenance) -> Result<Self> {
        Self::of_networks(groups.iter().map(|records| NetworkRuns::of(records)).collect(), provenance)
    }

    /// From the records in the folders of the networks below `folder`, which are those of these recordings. Few records are
    /// in memory at once.
    ///
    /// # Errors
    /// Those of [`Store::read`](crate::runs::Store::read) and [`Self::of`]; [`Fault::FOREIGN_RECORDS`] if the records are of other recordings.
    pub fn read(folder: impl AsRef<Path>, set: &Design) -> Result<Self> {
        let folder = folder.as_ref();
        let networks = Error::gather(Model::ALL.map(|model| NetworkRuns::read(&folder.join(model.name()))))?;
        let networks: Vec<NetworkRuns> = networks.into_iter().flatten().collect();
        if networks.is_empty() {
            let found = "none below it";
            return Err(Error::new(
                Fault::NO_RECORDS,
                Place::file(folder),
                "records of at least one network",
                found,
            ));
        }
        let results = Self::of_networks(networks, &set.provenance())?;
        set.check_record(folder, results.data)?;
        Ok(results)
    }

    fn of_networks(networks: Vec<NetworkRuns>, provenance: &Provenance) -> Result<Self> {
        let count = networks.len();
        let (series, observed): (Vec<_>, Vec<_>) =
            networks.into_iter().map(|network| (network.series, network.observed)).unzip();
        let series = series.into_iter().flatten().map(SeriesBuilder::build);
        let mut series: Vec<Series> = Error::gather(series)?;
        series.sort_by_key(|series| series.model);
        let Some(first) = series.first() else {
            return Err(Error::new(Fault::NO_RECORDS, Place::field("records"), "at least one", "none"));
        };
        check(count, &series)?;
        let (data, split, chance) =
            (first.configuration.data, first.configuration.split.clone(), first.chance.clone());
        let mut results = Self {
            data,
            known_as: provenance.confirmed_by(data).known_as(),
            split,
            chance,
            series,
            verdicts: Vec::new(),
            claims: Vec::new(),
            observations: Vec::new(),
            withheld: Vec::new(),
        };
        results.judge(&observed.concat(), provenance);
        Ok(results)
    }

    fn judge(&mut self, observed: &[(Observation, Vec<ObservedRun>)], provenance: &Provenance) {
        let withheld =
            |verdict_on: &str, reason: String| Withheld { verdict_on: verdict_on.to_owned(), reason };
        // The records say themselves which recordings they are of, so a mistaken provenance does no harm.
        let reason = match provenance {
            Provenance::Published if self.data == Fingerprint::PUBLISHED => None,
            Provenance::Synthetic(_) => Some("the recordings are synthetic"),
            Provenance::Published | Provenance::Unknown => Some("the recordings are not those of the paper"),
        };
        if let Some(reason) = reason {
            self.withheld.push(withheld("the paper", reason.to_owned()));
            return;
        }
        for series in &self.series {
            match SeriesVerdict::of(series) {
                Ok(verdict) => self.verdicts.push(verdict),
                Err(reason) => self.withheld.push(withheld(&series.label, reason)),
            }
        }
        for claim in CLAIMS {
            match TestedClaim::of(claim, &self.series) {
                Ok(tested) => self.claims.push(tested),
                Err(reason) => self.withheld.push(withheld(claim.statement, reason)),
            }
        }
        for observation in OBSERVATIONS {
            let own = observed.iter().find(|(own, _)| *own == observation);
            match TestedObservation::of(observation, own.map_or(&[], |(_, runs)| runs)) {
                Ok(tested) => self.observations.push(tested),
                Err(reason) => self.withheld.push(withheld(observation.statement, reason)),
            }
        }
    }

    /// Whether the paper's numbers may stand beside these: only if there is a verdict on one of them.
    #[must_use]
    pub const fn beside_paper(&self) -> bool {
        !self.verdicts.is_empty()
    }

    /// The profile whose runs these are; none if a run or a network is missing, or they are not of one profile.
    #[must_use]
    pub fn profile(&self) -> Option<Profile> {
        let of = |series: &Series| Profile::of(&series.configuration.settings, &series.runs);
        let models: BTreeSet<Model> = self.series.iter().map(|series| series.model).collect();
        let profile = of(self.series.first()?)?;
        let same = self.series.iter().all(|series| of(series) == Some(profile));
        (same && models.len() == Model::ALL.len()).then_some(profile)
    }

    /// All there is to say, in Markdown, as in the README.
    #[must_use]
    pub fn markdown(&self) -> String {
        let notes = self.notes().into_iter().map(|note| format!("- {note}\n")).collect();
        self.parts(Table::markdown, notes).join("\n")
    }

    /// Introduction, tables and notes, as far as there is something in them, each with a line break behind it.
    fn parts(&self, form: impl Fn(&Table) -> String, notes: String) -> Vec<String> {
        let claims = self.claims_table();
        let mut parts = vec![self.introduction() + "\n", form(&self.series_table())];
        let others = [claims, self.observations_table()];
        parts.extend(others.iter().filter(|table| !table.rows().is_empty()).map(&form));
        parts.push(notes);
        parts.retain(|part| !part.is_empty());
        parts
    }
}

/// Refuses series, at least one, that do not stand beside each other.
fn check(networks: usize, series: &[Series]) -> Result<()> {
    let mixed = |field: String, expected: &str, found: String| {
        Err(Error::new(Fault::MIXED_RECORDS, Place::field(field), expected, found))
    };
    let models: BTreeSet<Model> = series.iter().map(|series| series.model).collect();
    if models.len() < networks {
        return mixed("records".into(), "one group for each network", format!("{networks} groups"));
    }
    let same = |one: &Series, other: &Series| {
        one.configuration.data == other.configuration.data
            && one.configuration.split == other.configuration.split
            && one.right_by_recording.keys().eq(other.right_by_recording.keys())
    };
    match series.iter().find(|other| !same(&series[0], other)) {
        Some(other) => {
            let expected = format!("the recordings, split and test recordings of: {}", series[0].label);
            mixed(other.label.clone(), &expected, "others".into())
        }
        None => Ok(()),
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notes = self.notes().into_iter().map(|note| note + "\n").collect();
        f.write_str(self.parts(Table::to_string, notes).join("\n").trim_end())
    }
}

#[cfg(test)]
mod tests;
