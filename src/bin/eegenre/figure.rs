//! `eegenre figure`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use eegenre::error::Result;
use eegenre::figures::{self, Figure};

use crate::data::DataArgs;
use crate::print;

#[derive(Args)]
pub struct FigureArgs {
    /// Which one
    figure: FigureName,
    #[command(flatten)]
    data: DataArgs,
    /// Folder to write to [default: figures for the published recordings, else target/figures]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum FigureName {
    /// The paper's Figure 1: two signals of each genre
    #[value(name = "1")]
    Recordings,
    /// Who heard what, and how long the songs are
    Design,
}

impl FigureArgs {
    pub fn run(self, json: bool) -> Result<()> {
        let Self { figure, data, out } = self;
        let set = data.load()?;
        let figure = match figure {
            FigureName::Recordings => Figure::recordings(&set),
            FigureName::Design => Figure::design(&set),
        };
        let written = figure.save(out.unwrap_or_else(|| figures::folder(&set.provenance())))?;
        if json {
            print(&json!({ "figures": written }), json);
        } else {
            let lines: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
            print(&lines.join("\n"), json);
        }
        Ok(())
    }
}
