//! `eegenre plan`.

use std::path::{Path, absolute};

use clap::{Args, ValueEnum};

use eegenre::audit;
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::report::{answer, note};
use eegenre::reproduction::experiment::Experiment;
use eegenre::reproduction::study::{self, VARIATIONS};
use eegenre::runs::profile::Profile;
use eegenre::runs::{Plan, PlannedUnit};
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;

/// The work that a plan divides into units.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Planned {
    /// The paper's experiment: a unit is one run of one network
    Experiment,
    /// The variations of the experiment: a unit is one run of one network under one variation
    Study,
    /// The audit: a unit is one cell
    Audit,
    /// The audit: a unit is one training of one cell, for more processors than there are cells
    Splits,
}

#[derive(Args)]
pub struct PlanArgs {
    /// The work to plan
    #[arg(value_enum)]
    of: Planned,
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained [default: quick for the experiment; paper for the audit of the published recordings, else quick].
    /// The study always has the paper's extent
    #[arg(long, value_name = "smoke|quick|paper")]
    profile: Option<Profile>,
    /// Runs of each network of the experiment [default: those of the profile]
    #[arg(long, value_name = "N")]
    runs: Option<u64>,
    /// Only units whose names contain all of these words, as `--only raw,baseline`
    #[arg(long, value_name = "WORD,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Answer in tab-separated values, with each command quoted for a POSIX shell
    #[arg(long)]
    tsv: bool,
    /// Options to add to every command, as `-- --device cuda`
    #[arg(last = true, value_name = "OPTION")]
    besides: Vec<String>,
}

impl PlanArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let refused = |option: &str, expected: &str, found: String| {
            Err(Error::new(Fault::BAD_SETTING, Place::field(option), expected, found))
        };
        if let (Planned::Study, Some(profile)) = (self.of, self.profile) {
            return refused(
                "--profile",
                "no profile: the study always has the paper's extent",
                profile.to_string(),
            );
        }
        if let (Planned::Study | Planned::Audit | Planned::Splits, Some(runs)) = (self.of, self.runs) {
            return refused("--runs", "no number of runs, which only the experiment takes", runs.to_string());
        }
        let source = self.data.source(project);
        note(format_args!("recordings from {source}"));
        let set = source.load()?;
        let of_audit = self.profile.unwrap_or_else(|| Profile::of_audit(&set));
        let mut units = match self.of {
            Planned::Experiment => {
                Experiment::new(project, set, self.profile.unwrap_or_default())?.units(self.runs)?
            }
            Planned::Study => {
                let records = study::folder(project, &set);
                let units = VARIATIONS.iter().map(|variation| variation.units(&records));
                Error::gather(units)?.concat()
            }
            Planned::Audit => audit::units(project, &set, of_audit)?,
            Planned::Splits => audit::units_of_splits(project, &set, of_audit)?,
        };
        let is_chosen =
            |unit: &PlannedUnit| self.only.iter().all(|word| unit.name.split(' ').any(|own| own == word));
        units.retain(is_chosen);
        // Absolute paths: a unit may start in another folder and without the caller's environment.
        let program = std::env::current_exe().map_or_else(|_| "eegenre".to_owned(), |path| text(&path));
        let mut besides = vec!["--data".to_owned(), text(source.folder())];
        besides.extend(project.checkout().into_iter().flat_map(|root| ["--project".to_owned(), text(root)]));
        besides.extend(self.besides);
        for unit in &mut units {
            unit.command.insert(0, program.clone());
            unit.command.extend(besides.iter().cloned());
        }
        let plan = Plan { units };
        if self.tsv && !json { answer(plan.tab_separated()?.trim_end()) } else { print(&plan, json) }
    }
}

fn text(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
