//! `eegenre study`.

use std::path::PathBuf;

use clap::Args;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::models::Model;
use eegenre::reproduction::study::{self, Study, Variation};
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::device::DeviceArgs;
use crate::{print, print_unit, signals};

#[derive(Args)]
pub struct StudyArgs {
    /// Variations to train, by name; none only shows the records that are there
    ///
    /// raw and log: all 15 runs of each network. split-1 to split-5, z-score, min-max: 5 runs. frame-1 (baseline),
    /// channel-1, kernel-5, kernel-7 (CNN): 5 runs.
    #[arg(value_name = "VARIATION")]
    variations: Vec<String>,
    /// Train only one run of this network, under one variation
    #[arg(long, value_name = "baseline|multilayer|cnn", requires = "run")]
    network: Option<Model>,
    /// The run to train, counted from 0
    #[arg(long, value_name = "K", requires = "network")]
    run: Option<u64>,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    device: DeviceArgs,
    /// Folder with a folder of records for each variation
    ///
    /// [default: data/records for the published recordings, else target/records/study-FINGERPRINT]
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// Print the tables as Markdown
    #[arg(long)]
    markdown: bool,
}

impl StudyArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let variations = Error::gather(self.variations.iter().map(|name| Variation::named(name)))?;
        let folder = if variations.is_empty() {
            let of = self.data.material(project)?;
            self.records.unwrap_or_else(|| study::folder(project, &of))
        } else {
            let set = self.data.load(project)?;
            let folder = self.records.unwrap_or_else(|| study::folder(project, &set));
            let stop = signals::working();
            if let (Some(model), Some(run)) = (self.network, self.run) {
                let control = self.device.control(&stop)?;
                let [variation] = variations[..] else {
                    let found = format!("{} variations", variations.len());
                    let place = Place::field("--run");
                    return Err(Error::new(Fault::BAD_SETTING, place, "one variation", found));
                };
                return print_unit(&variation.train_run(model, run, &set, &folder, &control)?, json);
            }
            for variation in variations {
                variation.train(&set, &folder, &self.device.control(&stop)?)?;
            }
            folder
        };
        let study = Study::read(&folder)?;
        if self.markdown && !json {
            print(&study.markdown(), json)?;
        } else {
            print(&study, json)?;
        }
        Ok(())
    }
}
