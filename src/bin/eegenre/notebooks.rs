//! `eegenre notebooks`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use eegenre::error::Result;
use eegenre::notebook::{self, Environment, Run};
use eegenre::recordings::Source;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::{print, signals};

#[derive(Args)]
pub struct NotebooksArgs {
    #[command(subcommand)]
    task: NotebooksTask,
    /// Folder of the Python, the kernel and all that they write [default: target/jupyter]
    #[arg(long, value_name = "DIR", global = true)]
    environment: Option<PathBuf>,
}

#[derive(Subcommand)]
enum NotebooksTask {
    /// Set up the notebooks: a Python with packages, the kernel, compiled dependencies
    ///
    /// Everything goes to target/jupyter; outside it only the caches of pip and cargo are written. Existing
    /// parts are kept, and an interrupted set-up resumes.
    Setup,
    /// Open JupyterLab with the Rust kernel, in the notebooks' folder; installed on first use
    Lab {
        /// Arguments for JupyterLab, after --
        #[arg(last = true, value_name = "ARGUMENT")]
        arguments: Vec<OsString>,
    },
    /// Run the notebooks, each in a fresh kernel, and read their checks
    Run(RunArgs),
    /// Check the committed notebooks: how they are written, and that their outputs belong to the committed cells and records
    Check,
    /// Write the notebooks and their outputs as a site that needs no network
    Book {
        /// Folder of executed notebooks [default: notebooks]
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Folder to write to [default: target/book]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Args)]
struct RunArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Write the outputs into the committed notebooks, if all pass
    #[arg(long, conflicts_with = "only")]
    update: bool,
    /// Only notebooks whose names begin with this, as 03
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

impl NotebooksArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let folder = self.environment.unwrap_or_else(|| project.jupyter());
        let environment = Environment::at(folder, project)?;
        match self.task {
            NotebooksTask::Setup => {
                notebook::setup(&environment, &signals::working())?;
                let folder = environment.folder().display().to_string();
                if json {
                    print(&json!({ "environment": folder }), json)?;
                } else {
                    print(&format!("the notebooks' environment is in {folder}"), json)?;
                }
            }
            NotebooksTask::Lab { arguments } => {
                notebook::lab(&environment, &arguments, &signals::working())?;
            }
            NotebooksTask::Run(RunArgs { data, update, only }) => {
                let source = data.source(project);
                let source = (!matches!(source, Source::Synthetic(_))).then_some(source);
                let run = Run { only, update, ..Run::new(project, source)? };
                let executed = run.run(&environment, &signals::working())?;
                print(&executed, json)?;
            }
            NotebooksTask::Check => {
                let count = notebook::check(project)?;
                if json {
                    print(&json!({ "problems": [], "notebooks": count }), json)?;
                } else {
                    print(&format!("no problems in {count} notebooks"), json)?;
                }
            }
            NotebooksTask::Book { from, out } => {
                let from = from.map_or_else(|| project.notebooks(), Ok)?;
                let out = out.unwrap_or_else(|| project.book());
                let page =
                    notebook::book(&environment, &from, &out, &signals::working())?.display().to_string();
                if json {
                    print(&json!({ "book": page }), json)?;
                } else {
                    print(&page, json)?;
                }
            }
        }
        Ok(())
    }
}
