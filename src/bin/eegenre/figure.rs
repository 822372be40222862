//! `eegenre figure`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use serde_json::json;

use eegenre::audit::Audit;
use eegenre::classifiers::trials::Classification;
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::figures::{self, FeatureView, Figure, Subject, View};
use eegenre::recordings::Provenance;
use eegenre::report::Steps;
use eegenre::runs;
use eegenre::runs::profile::Profile;
use eegenre::store::{Project, check_writable};

use crate::data::DataArgs;
use crate::print;

#[derive(Args)]
pub struct FigureArgs {
    /// Which one: of the paper 1 (signals), 2, 4, 6 (networks), 3, 5, 7 (training) or 8 (results); design (who heard
    /// what, and how long the stimuli are); look-back (how far back the networks look); of the audit shortcuts, controls, dependency,
    /// splits or specifications; of features distributions, knowledge or classifiers; for an appendix all-shortcuts, all-controls,
    /// all-splits, all-knowledge or all-classifiers; or all
    #[arg(value_name = "1|2|...|8|design|look-back|shortcuts|...|classifiers|all")]
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
    /// Print caption and description, as for the text beside an image, and draw nothing
    #[arg(long, conflicts_with = "out")]
    describe: bool,
}

#[derive(Clone, Copy)]
enum Choice {
    One(Subject),
    Audit(View),
    Features(FeatureView),
    Classifiers,
    AllClassifiers,
    All,
}

impl FromStr for Choice {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let of_kind = match name {
            "all" => return Ok(Self::All),
            "classifiers" => return Ok(Self::Classifiers),
            "all-classifiers" => return Ok(Self::AllClassifiers),
            _ => name.parse().map(Self::One).or_else(|_: Error| name.parse().map(Self::Audit)),
        };
        of_kind.or_else(|_: Error| name.parse().map(Self::Features)).map_err(|_: Error| {
            let expected = "1 to 8, design, look-back, shortcuts, controls, dependency, splits, specifications, distributions, \
                            knowledge, classifiers, one of the appendix (all-shortcuts, all-controls, all-splits, all-knowledge, \
                            all-classifiers) or all";
            Error::new(Fault::BAD_SETTING, Place::field("figure"), expected, name)
        })
    }
}

impl FigureArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let of = self.data.material(project)?;
        let elsewhere = self.records.is_some();
        let records = match (self.records, self.profile) {
            (Some(records), _) => records,
            (None, Some(profile)) => profile.records(project, &of),
            (None, None) => runs::folder(project, &of.provenance()),
        };
        // Whatever they look like, records from elsewhere are not those that git tracks.
        let not_tracked = elsewhere || of.provenance() != Provenance::Published;
        let out = self.out.or_else(|| not_tracked.then(|| project.figures()));
        if !self.describe {
            check_writable(out.as_ref().unwrap_or(&project.committed_figures()))?;
        }
        let profile = self.profile.unwrap_or(Profile::Paper);
        let drawn = match self.figure {
            Choice::One(subject) => vec![subject.figure(project, &of, &records)?],
            Choice::Audit(view) => vec![Figure::audit(&Audit::read(project, &of, profile)?, view)],
            Choice::Features(view) => figures::of_features(project, &of, &[view])?,
            Choice::Classifiers => {
                vec![Figure::classifiers(&Classification::read(project, &of, profile)?)]
            }
            Choice::AllClassifiers => {
                vec![Figure::all_classifiers(&Classification::read(project, &of, profile)?)]
            }
            Choice::All => figures::all(project, &of, &records, profile)?,
        };
        if self.describe {
            let told = drawn.iter().map(|figure| {
                json!({ "name": figure.name(), "caption": figure.caption(), "description": figure.description() })
            });
            let text = drawn
                .iter()
                .map(|figure| format!("{}\n{}\n\n{}", figure.name(), figure.caption(), figure.description()));
            return match json {
                true => print(&json!({ "figures": told.collect::<Vec<_>>() }), json),
                false => print(&text.collect::<Vec<String>>().join("\n\n"), json),
            };
        }
        let folder = out.unwrap_or_else(|| figures::folder(project, &drawn));
        let mut steps = Steps::new(drawn.len() as u64);
        let written = drawn.iter().map(|figure| {
            if drawn.len() > 1 {
                steps.begin(format!("drawing {}", figure.name()));
            }
            figure.save(&folder)
        });
        let written = Error::gather(written)?.concat();
        steps.finish();
        let lines: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
        if json {
            print(&json!({ "figures": lines }), json)?;
        } else {
            print(&lines.join("\n"), json)?;
        }
        Ok(())
    }
}
