//! `eegenre features`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use eegenre::error::Result;
use eegenre::features::{FeatureTable, csv};
use eegenre::report::{Steps, note};
use eegenre::store::{Project, check_writable};

use crate::data::DataArgs;
use crate::print;

#[derive(Args)]
pub struct FeaturesArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Write them to a file of comma-separated values, one line for each recording
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl FeaturesArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let set = self.data.load(project)?;
        if let Some(path) = &self.out {
            check_writable(path.parent().unwrap_or(path))?;
        }
        let mut steps = Steps::new(FeatureTable::steps(&set) as u64);
        let table = FeatureTable::in_steps(&set, |stimulus| steps.begin(format!("features of {stimulus}")));
        steps.finish();
        if let Some(path) = self.out {
            csv::write(&table, &path)?;
            note(format_args!(
                "{} recordings, {} features: {}",
                table.rows().len(),
                table.names().len(),
                path.display()
            ));
        }
        if json {
            print(
                &json!({ "digest": table.digest(), "features": table.names(), "rows": table.rows() }),
                json,
            )?;
        } else {
            print(&table.summary(), json)?;
        }
        Ok(())
    }
}
