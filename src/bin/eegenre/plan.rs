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

/// What has a plan.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Planned {
    /// The paper's experiment: each run of each network
    Experiment,
    /// The experiment with other choices: each run of each variation and network
    Study,
    /// The audit: each cell
    Audit,
    /// The audit's cells once more, each training on its own: for more processors than there are cells
    Splits,
}

#[derive(Args)]
pub struct PlanArgs {
    /// Of what
    #[arg(value_enum)]
    of: Planned,
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained [default: quick for the experiment; for the audit paper for the published recordings, else
    /// quick]. The study has the paper's extent alone
    #[arg(long, value_name = "smoke|quick|paper")]
    profile: Option<Profile>,
    /// So many runs of each network of the experiment [default: as the profile has]
    #[arg(long, value_name = "N")]
    runs: Option<u64>,
    /// Only units in whose names all of these words stand, as `--only raw,baseline`
    #[arg(long, value_name = "WORD,...", value_delimiter = ',')]
    only: Vec<String>,
    /// Answer in tab-separated values, with the command as a shell reads it
    #[arg(long)]
    tsv: bool,
    /// What every command is told besides, as `-- --device cuda`
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
                "none for the study, which has the paper's extent",
                profile.to_string(),
            );
        }
        if let (Planned::Study | Planned::Audit | Planned::Splits, Some(runs)) = (self.of, self.runs) {
            return refused("--runs", "none but for the experiment", runs.to_string());
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
        // Commands mean the same in any folder of a checkout and in any environment.
        let program = std::env::current_exe().map_or_else(|_| "eegenre".to_owned(), |path| text(&path));
        let mut besides = vec!["--data".to_owned(), text(source.folder())];
        besides.extend(project.checkout().into_iter().flat_map(|root| ["--project".to_owned(), text(root)]));
        besides.extend(self.besides);
        for unit in &mut units {
            unit.command.insert(0, program.clone());
            unit.command.extend(besides.iter().cloned());
        }
        let plan = Plan { units };
        if self.tsv { answer(plan.tab_separated()?.trim_end()) } else { print(&plan, json) }
    }
}

fn text(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
