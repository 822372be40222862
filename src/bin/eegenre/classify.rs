//! `eegenre classify`.

use std::path::PathBuf;

use clap::Args;

use eegenre::classifiers::trials::{
    self, Classification, Division, Exchanges, Origin, SELECTED, Tables, Trial, TrialEstimate, TrialRecord,
};
use eegenre::classifiers::{Classifier, Recipe, SelectedOn, Selection};
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::features::{self, FeatureTable};
use eegenre::recordings::Material;
use eegenre::runs::profile::Profile;
use eegenre::store::{Project, check_writable};

use crate::data::DataArgs;
use crate::{print, print_unit};

/// Exchanges of labels for a trial of one's own: p is 0.01 at least.
const EXCHANGES: u64 = 99;

#[derive(Args)]
pub struct ClassifyArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How much is tried [default: paper for the published recordings, else quick]
    ///
    /// paper: every classifier, division and way to select features; trials without a record take some minutes. quick and
    /// smoke: all features, each division drawn once.
    #[arg(long, value_name = "smoke|quick|paper", conflicts_with = "model")]
    profile: Option<Profile>,
    /// Classify a table of features instead: one that `eegenre features --out` wrote, or the published .xlsx
    #[arg(long, value_name = "FILE", conflicts_with = "data", requires = "model")]
    features: Option<PathBuf>,
    /// One classifier alone, without a record [default: the whole comparison of section 3.4, from records]
    #[arg(long, value_name = "knn|svm|mlp")]
    model: Option<Classifier>,
    /// What test and training do not share
    ///
    /// participant: each participant is left out in turn. stimulus: one stimulus of each label. random: the paper's split.
    /// ten-fold: a tenth of the rows, which leaks.
    #[arg(long, value_name = "participant|stimulus|random|ten-fold", default_value_t = Division::Participant, requires = "model")]
    scheme: Division,
    /// How its features are selected, inside the training part [default: all features]
    #[arg(long, value_name = "mutual-information|minimum-redundancy|floating-forward", requires = "model")]
    select: Option<String>,
    /// How many features are selected, at most
    #[arg(long, value_name = "N", default_value_t = SELECTED, requires = "select")]
    count: usize,
    /// Select on all rows, tested ones included. This leaks; use it to measure the leak
    #[arg(long, requires = "select")]
    leak: bool,
    /// Make only this trial of the profile, as `recordings participant-knn`, and print the file of its record
    #[arg(long, value_name = "NAME", conflicts_with_all = ["model", "recorded", "markdown"])]
    trial: Option<String>,
    /// Run nothing: show the records. This is the default without recordings
    #[arg(long, conflicts_with = "model")]
    recorded: bool,
    /// Print the table of section 3.4 as Markdown
    #[arg(long, conflicts_with = "model")]
    markdown: bool,
}

impl ClassifyArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let Some(classifier) = self.model else { return self.compare(project, json) };
        let selection = self.select.map(|name| Selection::named(&name, self.count)).transpose()?;
        let selected_on = if self.leak { SelectedOn::EveryRow } else { SelectedOn::TrainingPart };
        let (origin, table) = match self.features {
            Some(path) => {
                let table = features::read(path)?;
                let is_published = table.rows().iter().any(|row| row.band.is_some());
                (if is_published { Origin::Published } else { Origin::Recordings }, table)
            }
            None => (Origin::Recordings, FeatureTable::of(&self.data.load(project)?)),
        };
        let trial = Trial::new(origin, self.scheme, Recipe { classifier, selection, selected_on });
        let mut record = TrialRecord::make(trial, &table)?;
        let usual = trial.exchanges(Profile::Quick);
        if usual.number > 0 {
            record.exchange(&table, Exchanges { number: EXCHANGES, ..usual })?;
        }
        print(&TrialEstimate::of(&record), json)?;
        Ok(())
    }

    fn compare(self, project: &Project, json: bool) -> Result<()> {
        let of = self.data.material(project)?;
        let profile = self.profile.unwrap_or_else(|| Profile::of_audit(&of));
        if let (Material::Recordings(source, set), false) = (&of, self.recorded) {
            let folder = trials::folder(project, set, profile);
            if !folder.exists() {
                check_writable(folder)?;
            }
            let tables = Tables::of(set, source.folder())?;
            if let Some(name) = self.trial {
                return print_unit(&trials::classify_one(project, set, &tables, profile, &name)?, json);
            }
            trials::classify(project, set, &tables, profile)?;
        } else if self.trial.is_some() {
            let (place, found) = (Place::field("--trial"), "records alone");
            return Err(Error::new(Fault::NO_RECORDINGS, place, "recordings to classify", found));
        }
        let classification = Classification::read(project, &of, profile)?;
        if self.markdown && !json {
            print(&classification.beside_table().markdown(), json)?;
        } else {
            print(&classification, json)?;
        }
        Ok(())
    }
}
