//! `eegenre figure`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use serde_json::json;

use eegenre::audit::Audit;
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::figures::{self, Figure, Subject, View};
use eegenre::profile::Profile;
use eegenre::project;

use crate::data::DataArgs;
use crate::print;

#[derive(Args)]
pub struct FigureArgs {
    /// Which one: of the paper 1 (signals), 2, 4, 6 (networks), 3, 5, 7 (training) or 8 (results); design (who heard
    /// what, and how long the songs are); of the audit shortcuts, controls, dependency or splits; or all
    #[arg(value_name = "1|2|...|8|design|shortcuts|...|all")]
    figure: Choice,
    #[command(flatten)]
    data: DataArgs,
    /// Folder with a folder of records for each network
    ///
    /// [default: data/records/raw for the published recordings, else target/records]
    #[arg(long, value_name = "DIR", conflicts_with = "profile")]
    records: Option<PathBuf>,
    /// Show the records that `eegenre reproduce` with this profile leaves
    #[arg(long, value_name = "smoke|quick|paper")]
    profile: Option<Profile>,
    /// Folder to write to
    ///
    /// [default: figures for the published recordings and the paper's runs on them, else target/figures]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy)]
enum Choice {
    One(Subject),
    Audit(View),
    All,
}

impl FromStr for Choice {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "all" => Ok(Self::All),
            _ => {
                name.parse().map(Self::One).or_else(|_| name.parse().map(Self::Audit)).map_err(|_: Error| {
                    let expected = "1 to 8, design, shortcuts, controls, dependency, splits or all";
                    Error::new(Fault::BadSetting, Place::field("figure"), expected, name)
                })
            }
        }
    }
}

impl FigureArgs {
    pub fn run(self, json: bool) -> Result<()> {
        let set = self.data.load()?;
        let elsewhere = self.records.is_some();
        let records = match (self.records, self.profile) {
            (Some(records), _) => records,
            (None, Some(profile)) => profile.records(&set),
            (None, None) => project::records(&set.provenance()),
        };
        let (subjects, views): (&[Subject], &[View]) = match &self.figure {
            Choice::One(subject) => (std::slice::from_ref(subject), &[]),
            Choice::Audit(view) => (&[], std::slice::from_ref(view)),
            Choice::All => (&Subject::ALL, &View::ALL),
        };
        let mut drawn: Vec<Figure> =
            Error::gather(subjects.iter().map(|subject| subject.figure(&set, &records)))?;
        if !views.is_empty() {
            let audit = Audit::read(&set, self.profile.unwrap_or(Profile::Paper))?;
            // Among all figures, those of an unfinished audit would stand for a finished one.
            let wanted = matches!(self.figure, Choice::Audit(_)) || audit.missing.is_empty();
            drawn.extend(views.iter().filter(|_| wanted).map(|view| Figure::audit(&audit, *view)));
        }
        let folder = match self.out {
            Some(out) => out,
            // Whatever they look like, records from elsewhere are not those that git tracks.
            None if elsewhere => project::root().join("target/figures"),
            None => figures::folder(&drawn),
        };
        let written = Error::gather(drawn.iter().map(|figure| figure.save(&folder)))?.concat();
        if json {
            print(&json!({ "figures": written }), json);
        } else {
            let lines: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
            print(&lines.join("\n"), json);
        }
        Ok(())
    }
}
