//! `eegenre results`.

use std::path::PathBuf;

use clap::Args;

use eegenre::error::Result;
use eegenre::reproduction::results::Results;
use eegenre::runs;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;

#[derive(Args)]
pub struct ResultsArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Folder with a folder of records for each network
    ///
    /// [default: data/records/raw for the published recordings, else target/records]
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// Another such folder, for example of another device: show how much accuracies differ between the two
    #[arg(long, value_name = "DIR", conflicts_with = "markdown")]
    against: Option<PathBuf>,
    /// Print the tables as Markdown
    #[arg(long)]
    markdown: bool,
}

impl ResultsArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let of = self.data.material(project)?;
        let folder = self.records.unwrap_or_else(|| runs::folder(project, &of.provenance()));
        let results = Results::read(&folder, &of)?;
        if let Some(other) = self.against {
            print(&results.less(&Results::read(other, &of)?)?, json)?;
        } else if self.markdown && !json {
            print(&results.markdown(), json)?;
        } else {
            print(&results, json)?;
        }
        Ok(())
    }
}
