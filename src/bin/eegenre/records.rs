//! `eegenre records`.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use eegenre::audit::{committed, export, merge};
use eegenre::error::Result;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;

#[derive(Subcommand)]
pub enum RecordsTask {
    /// Check every committed record: SHA-256, form, configuration, and that summaries follow from answers
    Check,
    /// Record the statistics of signals anew (with recordings), and list every SHA-256
    Update(DataArgs),
    /// Merge stores of several machines, as `records merge here there --into all`
    ///
    /// A store is a folder with records anywhere below it. If two records disagree, the command names them and writes nothing.
    /// Checkpoints of unfinished runs are not copied.
    Merge {
        /// The stores
        #[arg(required = true, value_name = "DIR")]
        stores: Vec<PathBuf>,
        /// The folder for the merged records, which may hold records already
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// Merge runs of one series although other vector instructions, or other kinds of device, computed them
        #[arg(long)]
        any_level: bool,
    },
    /// Write every recorded prediction of the networks into one table of comma-separated values
    ///
    /// A line for each test recording of each training and its two sets of weights; data/README.md describes the columns.
    Export {
        /// The file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

impl RecordsTask {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        match self {
            Self::Check => print(&committed::check(project)?, json),
            Self::Update(data) => {
                let files = committed::update(project, &data.material(project)?)?;
                if json {
                    return print(&json!({ "files": files }), json);
                }
                print(&format!("{files} files are listed in data/SHA256SUMS"), json)
            }
            Self::Merge { stores, into, any_level } => print(&merge::merge(&stores, &into, any_level)?, json),
            Self::Export { out } => {
                let count = export::write(project, &out)?;
                if json {
                    return print(&json!({ "predictions": count, "file": out.to_string_lossy() }), json);
                }
                print(&format!("{count} predictions in {}", out.display()), json)
            }
        }
    }
}
