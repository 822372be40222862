//! The committed records: whether they are what they say they are, and making anew what is recorded of signals.

use std::fmt;

use serde::Serialize;

use crate::audit::{self, CellRecord, EchoPower, Instrument, SignalFindings};
use crate::classifiers::trials::{self, Classification, FeatureFindings, Tables};
use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::recordings::{DESCRIPTION, DESIGN, DataSet, Description, Design, Material, Provenance, Source};
use crate::report::Steps;
use crate::reproduction::study::VARIATIONS;
use crate::runs::prediction::WeightsFile;
use crate::runs::profile::Profile;
use crate::runs::series::Series;
use crate::runs::{LookBacks, Store, Weights};
use crate::store::{Project, Sums, create_folder, write_record};

/// What was checked, all of it sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckedRecords {
    /// Files whose SHA-256 is as listed.
    pub files: usize,
    /// Runs of the experiment and its variations, each with an answer to every test recording.
    pub runs: usize,
    /// Trainings of the audit.
    pub trainings: usize,
    /// Trials of classifiers.
    pub trials: usize,
    /// Files of weights.
    pub weights: usize,
}

/// Checks every record of a checkout: its SHA-256, its form, that its configuration is the one that its folder names on
/// the published recordings and this split, and that counts and summaries follow from the answers.
///
/// # Errors
/// Every problem that there is: those of [`Sums::check`], [`Material::recorded`], [`Store::read`], [`Series::of`],
/// [`CellRecord::read`] and [`Classification::read`]; [`Fault::FOREIGN_RECORDS`] for records of another configuration;
/// [`Fault::INCONSISTENT_RECORD`] for those that do not follow from their answers.
pub fn check(project: &Project) -> Result<CheckedRecords> {
    let mut steps = Steps::new(5);
    steps.begin("the SHA-256 of every record and figure");
    let listed = Sums::read(project)?;
    let files = Sums::of(project).and_then(|now| listed.check(&now)).map(|()| listed.len());
    let design = Material::recorded(project)?;
    steps.begin("the runs of the experiment and its variations");
    let runs = runs(project, &design);
    steps.begin("the trainings of the audit");
    let trainings = trainings(project, &design);
    steps.begin("the trials of classifiers");
    let trials = Classification::read(project, &design, Profile::Paper).map(|all| all.estimates.len());
    steps.begin("weights");
    let weights = weights(project);
    steps.finish();
    let counts = Error::gather([files, runs, trainings, trials, weights])?;
    Ok(CheckedRecords {
        files: counts[0],
        runs: counts[1],
        trainings: counts[2],
        trials: counts[3],
        weights: counts[4],
    })
}

/// The runs of all variations.
fn runs(project: &Project, design: &Design) -> Result<usize> {
    let series =
        VARIATIONS.iter().flat_map(|variation| variation.models.iter().map(move |model| (variation, *model)));
    let labels = design.labels();
    let counts = series.map(|(variation, model)| {
        let folder = project.committed_records().join(variation.name).join(model.name());
        let records = Store::read(&folder)?;
        let split = variation.split(design)?.digest();
        for record in &records {
            let own = &record.configuration;
            let place = || Place::file(folder.join(format!("run-{:02}.json", record.run)));
            design.check_record(&folder, own.data)?;
            if own.settings != variation.settings(model) || own.split != split {
                let expected = format!("settings and split of {}", variation.name);
                return Err(Error::new(Fault::FOREIGN_RECORDS, place(), expected, "others"));
            }
            let answers = record.last.predictions.iter().chain(&record.best.predictions);
            if let Some(other) = answers.into_iter().find(|answer| !answer.is_voted(&labels)) {
                let expected = format!("the label that the outputs for {} vote for", other.recording);
                return Err(Error::new(
                    Fault::INCONSISTENT_RECORD,
                    place(),
                    expected,
                    other.predicted.to_string(),
                ));
            }
        }
        LookBacks::read(&folder, model)?;
        if !records.is_empty() {
            Series::of(&records, Weights::Final)?;
            Series::of(&records, Weights::Best)?;
        }
        Ok(records.len())
    });
    Ok(Error::gather(counts)?.into_iter().sum())
}

/// The trainings of all cells, whose splits and labels are those of the design.
fn trainings(project: &Project, design: &Design) -> Result<usize> {
    let folder = audit::folder(project, design, Profile::Paper);
    Instrument::read(project, Profile::Paper)?;
    SignalFindings::load(&folder, design)?;
    EchoPower::load(&folder, design)?;
    let counts = audit::plan(Profile::Paper).into_iter().map(|cell| {
        let Some(record) = CellRecord::read(&folder, &cell, design)? else { return Ok(0) };
        record.check(&cell, design, &CellRecord::path(&folder, &cell))?;
        Ok(record.trainings.len())
    });
    Ok(Error::gather(counts)?.into_iter().sum())
}

/// The committed files of weights, each of which must say what it is for.
fn weights(project: &Project) -> Result<usize> {
    let files = ["raw", "log"].into_iter().flat_map(|variation| {
        Model::ALL
            .into_iter()
            .flat_map(move |model| [Weights::Final, Weights::Best].map(|weights| (variation, model, weights)))
    });
    let read = files.map(|(variation, model, weights)| {
        let folder = project.committed_records().join(variation).join(model.name());
        WeightsFile::read(Store::weights_in(&folder, 0, weights)).map(|_| ())
    });
    Ok(Error::gather(read)?.len())
}

/// Records anew what is known of the published recordings' signals without a network, and lists every file's SHA-256.
/// Without recordings only the list is made.
///
/// # Errors
/// [`Fault::NO_CHECKOUT`]; [`Fault::BAD_SETTING`] for other recordings than the published ones; those of what is computed
/// and written.
pub fn update(project: &Project, of: &Material) -> Result<usize> {
    project.checkout()?;
    if let Material::Recordings(source, set) = of {
        record_signals(project, source, set)?;
    }
    let sums = Sums::of(project)?;
    sums.write()?;
    Ok(sums.len())
}

fn record_signals(project: &Project, source: &Source, set: &DataSet) -> Result<()> {
    if set.provenance() != Provenance::Published {
        let (place, expected) = (Place::field("recordings"), "the published recordings");
        return Err(Error::new(Fault::BAD_SETTING, place, expected, source.to_string()));
    }
    let mut steps = Steps::new(3);
    steps.begin("who heard what");
    let records = project.committed_records();
    create_folder(&records)?;
    let design: &Design = set;
    write_record(records.join(DESIGN), design)?;
    write_record(records.join(DESCRIPTION), &Description::of(set))?;
    steps.begin("what signals show without a network");
    SignalFindings::of(set)?.write(&audit::folder(project, set, Profile::Paper))?;
    steps.begin("how well features separate labels");
    let tables = Tables::of(set, source.folder())?;
    FeatureFindings::of(set, &tables).write(&trials::folder(project, set, Profile::Paper))?;
    steps.finish();
    Ok(())
}

impl fmt::Display for CheckedRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, runs, trainings, trials, weights } = self;
        write!(
            f,
            "{files} files as listed in data/SHA256SUMS; {runs} runs, {trainings} trainings of the audit, {trials} trials of \
             classifiers and {weights} files of weights are sound"
        )
    }
}
