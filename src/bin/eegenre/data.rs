//! `eegenre data`, and `--data` of every task.

use std::fmt::Display;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use eegenre::error::Result;
use eegenre::recordings::study::{Study, init};
use eegenre::recordings::synthetic::{self, Effect, Settings};
use eegenre::recordings::{self, DataSet, Description, Material, Source};
use eegenre::report::{self, note};
use eegenre::store::Project;

use crate::{print, signals};

#[derive(Args, Clone)]
pub struct DataArgs {
    /// Folder with recordings.tsv, or of S1.xlsx ... S12.xlsx, or music-affect_v2 above it
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

impl DataArgs {
    pub fn source(self, project: &Project) -> Source {
        Source::choose(project, self.data)
    }

    /// What results are of; which, and why, is said on standard error.
    pub fn material(self, project: &Project) -> Result<Material> {
        let material = Material::choose_unless(project, self.data, &signals::working())?;
        say(material.source(), &material);
        Ok(material)
    }

    /// Reads the recordings and says on standard error which ones and why.
    pub fn load(self, project: &Project) -> Result<DataSet> {
        let source = self.source(project);
        say(Some(&source), format_args!("recordings from {source}"));
        source.load()
    }
}

/// Says what results are of. That recordings are synthetic is said to those, too, who asked for quiet.
fn say(source: Option<&Source>, what: impl Display) {
    if matches!(source, Some(Source::Synthetic(_))) {
        report::error(what);
    } else {
        note(what);
    }
}

#[derive(Subcommand)]
pub enum DataTask {
    /// Recordings, participants, stimuli, lengths, fingerprint
    Describe(DataArgs),
    /// Begin the description of a study of your own: recordings.tsv and study.toml
    ///
    /// Both are drafted from BIDS names, events.tsv and participants.tsv, or from the names of the files. Values that the folder
    /// does not contain become a question mark. Nothing is overwritten.
    Init {
        /// Folder of .edf, .bdf, .csv, .tsv or .xlsx files
        dir: PathBuf,
        /// A table with the label of each file: columns file and label, and participant_id, stimulus and session if it has them
        #[arg(long, value_name = "FILE")]
        labels: Option<PathBuf>,
    },
    /// Check a folder of recordings and list every problem in it
    Check {
        /// Folder with recordings.tsv, or of S1.xlsx ... S12.xlsx, or music-affect_v2 above it
        dir: PathBuf,
    },
    /// Write synthetic workbooks with a known truth, in the layout and design of the real ones
    Synthesize(SynthesizeArgs),
}

#[derive(Args)]
pub struct SynthesizeArgs {
    /// Folder to make; it must not hold anything else
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Seed: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// The effect that separates the labels
    ///
    /// null: the design alone (lengths, who heard what). local: how fast power changes within a second or two.
    /// long-range: how moments 50 s apart relate; no window of half a minute shows it. mixed: half of the
    /// local effect and all of the long-range one.
    #[arg(long, value_name = "null|local|long-range|mixed", default_value_t = Settings::default().effect)]
    effect: Effect,
    /// How strongly, from 0 (not at all) to 2
    #[arg(long, value_name = "X", default_value_t = Settings::default().strength)]
    strength: f64,
}

impl DataTask {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        match self {
            Self::Describe(data) => print(&data.material(project)?.description(), json)?,
            Self::Init { dir, labels } => print(&init::write(&dir, labels.as_deref())?, json)?,
            Self::Check { dir } if Study::is_described(&dir) => {
                let summary = Study::read(&dir)?.check()?;
                if json {
                    print(&json!({ "problems": [], "study": summary }), json)?;
                } else {
                    print(&format!("no problems in {}\n{summary}", dir.display()), json)?;
                }
            }
            Self::Check { dir } => {
                let set = recordings::load(&dir)?;
                let description = Description::of(&set);
                if json {
                    print(&json!({ "problems": [], "data": description }), json)?;
                } else {
                    print(&format!("no problems in {}\n{description}", dir.display()), json)?;
                }
            }
            Self::Synthesize(SynthesizeArgs { out, seed, effect, strength }) => {
                synthetic::write(&Settings { effect, strength, seed }, &out)?;
                print(&Description::of(&recordings::load(&out)?), json)?;
            }
        }
        Ok(())
    }
}
