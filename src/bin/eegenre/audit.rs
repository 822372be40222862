//! `eegenre audit`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use eegenre::audit::predictions::PredictionAudit;
use eegenre::audit::{self, Audit, Cell};
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::figures;
use eegenre::recordings::{Material, Provenance};
use eegenre::report::note;
use eegenre::runs::Preset;
use eegenre::runs::profile::Profile;
use eegenre::store::{Project, write_atomically};

use crate::data::DataArgs;
use crate::device::LevelArgs;
use crate::{print, print_unit, signals};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AuditArgs {
    #[command(subcommand)]
    of: Option<AuditTask>,
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained [default: paper for the published recordings, else quick]
    ///
    /// paper: all three networks under every condition; cells without a record take hours of training. quick and smoke: the
    /// baseline under a few conditions; on recordings of your own only with --networks.
    #[arg(long, value_name = "smoke|quick|paper")]
    profile: Option<Profile>,
    /// Sizes and hyper-parameters of the networks, except scale and epochs [default: paper at 8 Hz with one channel, else small]
    #[arg(long, value_name = "paper|small")]
    preset: Option<Preset>,
    /// Train only some cells, as `--only cut,baseline`: name a condition, a scheme, a network, or several of these; or
    /// `instrument`, the check on synthetic recordings
    #[arg(long, value_name = "WORD,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Also train networks on recordings of your own; on those of the published design they are always trained
    #[arg(long)]
    networks: bool,
    /// Train only this cell and print the file of its record; `eegenre plan audit` lists the names
    #[arg(long, value_name = "NAME", conflicts_with_all = ["only", "recorded"])]
    cell: Option<String>,
    /// Train only this draw of the cell, counted from 0
    #[arg(long, value_name = "D", requires_all = ["cell", "fold"])]
    draw: Option<u64>,
    /// The fold of the draw, counted from 1
    #[arg(long, value_name = "F", requires = "draw")]
    fold: Option<u64>,
    /// Train nothing: show the records. This is the default without recordings
    #[arg(long, conflicts_with_all = ["only", "networks"])]
    recorded: bool,
    #[command(flatten)]
    level: LevelArgs,
    /// Trainings side by side [default: one on each core]
    #[arg(long, value_name = "T")]
    threads: Option<NonZeroUsize>,
}

#[derive(Subcommand)]
enum AuditTask {
    /// Audit anyone's predictions, of any study: leakage of the folds, guesses without a signal, intervals, p
    Predictions(PredictionArgs),
}

#[derive(Args)]
struct PredictionArgs {
    /// A table: recording, participant_id, label, predicted, fold or part; optional stimulus, length, seed, model,
    /// probability_LABEL
    ///
    /// Comma-, semicolon- or tab-separated, UTF-8, one row a prediction. data/README.md describes each column, and shows how
    /// scikit-learn, skorch, braindecode and MOABB write such a table.
    #[arg(value_name = "FILE")]
    table: PathBuf,
    /// Print the audit as Markdown
    #[arg(long)]
    markdown: bool,
    /// Write the audit as one HTML page with a figure
    #[arg(long, value_name = "OUT.html")]
    html: Option<PathBuf>,
}

impl PredictionArgs {
    fn run(self, json: bool) -> Result<()> {
        let audit = PredictionAudit::read(&self.table)?;
        if let Some(path) = self.html {
            write_atomically(&path, figures::prediction_page(&audit)?.as_bytes())?;
            note(format_args!("written: {}", path.display()));
        }
        if self.markdown && !json { print(&audit.markdown(), json) } else { print(&audit, json) }
    }
}

impl AuditArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        if let Some(AuditTask::Predictions(predictions)) = self.of {
            return predictions.run(json);
        }
        let of = self.data.material(project)?;
        let profile = self.profile.unwrap_or_else(|| Profile::of_audit(&of));
        let preset = self.preset.unwrap_or_else(|| Preset::of(&of));
        if of.has_negative_samples() {
            note(
                "some samples are negative: z-scores of each recording take the place of the logarithmic scale",
            );
        }
        if of.recordings().is_none() && !(self.only.is_empty() && self.cell.is_none()) {
            let (place, found) = (Place::field("--only or --cell"), "records alone");
            return Err(Error::new(Fault::NO_RECORDINGS, place, "recordings to train on", found));
        }
        if let (Material::Recordings(source, set), false) = (&of, self.recorded) {
            let stop = signals::working();
            let mut control = self.level.control(&stop)?;
            control.threads = self.threads.map_or(control.threads, NonZeroUsize::get);
            if let Some(name) = self.cell {
                let cell = Cell { preset, ..Cell::named(&name, profile)? };
                let training = self.draw.zip(self.fold).map(<[u64; 2]>::from);
                let file = audit::train_cell(project, set, profile, &cell, training, &control)?;
                return print_unit(&file, json);
            }
            let is_own = set.provenance() == Provenance::Unknown;
            if is_own && self.only.is_empty() {
                audit::without_networks(project, set, source.folder(), profile)?;
            }
            if !is_own || self.networks || !self.only.is_empty() {
                audit::train(project, set, (profile, preset), &self.only, &control)?;
            }
        }
        print(&Audit::read_with(project, &of, profile, preset)?, json)
    }
}
