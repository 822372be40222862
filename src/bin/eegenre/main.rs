//! The command line: it parses, calls one library function and prints.
//!
//! Answers go to standard output, as text or as JSON; everything else goes to standard error. Exit codes: 0 all is
//! well, 1 a check failed, 2 bad input, bad usage or an answer that could not be written, 130 interrupted, 143 terminated
//! or without its terminal.

mod audit;
mod classify;
mod data;
mod device;
mod features;
mod figure;
mod memory;
mod notebooks;
mod plan;
mod predict;
mod records;
mod reproduce;
mod results;
mod signals;
mod split;
mod study;
mod train;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use serde_json::json;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::report::{answer, answered, note};
use eegenre::runs::profile::Profile;
use eegenre::store::Project;

use audit::AuditArgs;
use classify::ClassifyArgs;
use data::{DataArgs, DataTask};
use device::DeviceArgs;
use features::FeaturesArgs;
use figure::FigureArgs;
use notebooks::NotebooksArgs;
use plan::PlanArgs;
use predict::PredictArgs;
use records::RecordsTask;
use reproduce::reproduce;
use results::ResultsArgs;
use split::SplitArgs;
use study::StudyArgs;
use train::TrainArgs;

const EXAMPLES: &str = "\
Examples:
  eegenre reproduce                              everything, from records and the recordings that are there
  eegenre data init ~/recordings                 begin the description of a study of your own
  eegenre data check ~/recordings                list every problem in a folder of recordings
  eegenre data describe --data ~/recordings      what is in it
  eegenre split --scheme stimulus                    four folds that share no stimulus
  eegenre split --seed 3 --out split.json        one more split like the paper's, as a file
  eegenre figure 1 --out /tmp                    the paper's Figure 1
  eegenre figure all                             all figures, of the recordings and records that are there
  eegenre notebooks run                          run the notebooks and see whether their checks hold
  eegenre notebooks book                         all of them as a site, in target/book

  eegenre train baseline --runs 3 --epochs 50    three short trainings
  eegenre audit predictions mine.csv             what predictions of any study are worth
  eegenre plan study --tsv                       the units of work, for a cluster (workflow/README.md)
  eegenre predict --model baseline --weights target/records/baseline/run-00.final.safetensors

Exit codes: 0 all is well, 1 a check failed, 2 bad input, bad usage or an answer that could not be\nwritten, 130 interrupted (Ctrl-C), 143 terminated (TERM, HUP).";

/// Music genre from EEG: reproduces a paper on LSTMs and CNNs, and measures what its numbers are worth.
///
/// Recordings are taken from --data, else from the folder that EEGENRE_DATA names, else from data/music-affect_v2 in
/// the project. Without any, results of the published study are shown from its records; what trains makes synthetic
/// recordings in data/synthetic, and says so. Outside a checkout of eegenre everything that is made goes to eegenre/ in the
/// working folder.
#[derive(Parser)]
#[command(version, propagate_version = true, max_term_width = 100, after_long_help = EXAMPLES)]
struct Command {
    #[command(subcommand)]
    task: Task,
    /// Answer in JSON, problems included
    #[arg(long, global = true)]
    json: bool,
    /// The checkout of eegenre to work in [default: the one around the working folder]
    ///
    /// EEGENRE_PROJECT names it too. Only notebooks and reproduce need one.
    #[arg(long, value_name = "DIR", global = true)]
    project: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Task {
    /// The main job: everything there is, from records (and recordings) to the book
    Reproduce(ReproduceArgs),
    /// Look at recordings, check them, or make synthetic ones
    #[command(subcommand)]
    Data(DataTask),
    /// Decide which recordings train, validate and test
    ///
    /// Answers with one split, or, for a grouped scheme without --fold, with a list of folds (`folds` in JSON): sizes,
    /// what the parts share (leakage), and the digest that identifies the split.
    Split(SplitArgs),
    /// Draw a figure
    Figure(FigureArgs),
    /// Train a network several times on one split, as the paper does; what was interrupted goes on
    Train(TrainArgs),
    /// The paper's results beside those of the records, with a verdict on each
    Results(ResultsArgs),
    /// The committed records: check them, or make what signals show without a network anew
    #[command(subcommand)]
    Records(RecordsTask),
    /// The notebooks: set up their kernel, open, run and check them, make the book
    Notebooks(NotebooksArgs),
    /// The experiment with other choices, where the paper leaves them open: train variations, and show them side by side
    Study(StudyArgs),
    /// What the numbers are worth: shortcuts, controls, splits without leaks; trains what is not recorded yet. Or, with
    /// `predictions FILE`, what anyone's predictions are worth
    Audit(AuditArgs),
    /// List the units of work of a plan, for several processes or machines: file, done or not, expected seconds, command
    Plan(PlanArgs),
    /// Features of the recordings, as those that the paper compares itself with
    Features(FeaturesArgs),
    /// Classifiers of features: what the paper compares itself with (section 3.4)
    Classify(ClassifyArgs),
    /// Let a trained network name the label of every recording of a folder
    Predict(PredictArgs),
}

#[derive(Args)]
struct ReproduceArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained again, where there are recordings
    ///
    /// smoke: a few epochs. quick: fewer and shorter runs than the paper's. paper: all of it, most of an hour on two cores.
    #[arg(long, value_name = "smoke|quick|paper", default_value_t = Profile::default())]
    profile: Profile,
    #[command(flatten)]
    device: DeviceArgs,
}

fn main() -> ExitCode {
    memory::keep_freed_memory();
    let listening = signals::listen();
    let Command { task, json, project } = match Command::try_parse() {
        Ok(command) => command,
        Err(unusual) => return help(&unusual),
    };
    let done = listening.and_then(|()| Project::choose(project)).and_then(|project| task.run(&project, json));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if json {
                // If nobody can read this, the exit code is left.
                let _ = print(&json!({ "problems": error.problems() }), json);
            }
            note(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

/// Prints what clap has instead of a command: the help or the version that was asked for, or what was wrong.
fn help(unusual: &clap::Error) -> ExitCode {
    if unusual.use_stderr() {
        let _ = unusual.print();
        return ExitCode::from(2);
    }
    match answered(unusual.print()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

/// As a shell has it for a task that was asked to stop; 1 if all that is wrong are failed checks; else 2.
fn exit_code(error: &Error) -> u8 {
    let mut faults = error.problems().iter().map(|problem| problem.fault);
    if faults.clone().any(|fault| fault == Fault::INTERRUPTED) {
        signals::exit_code()
    } else if faults.all(Fault::is_failed_check) {
        1
    } else {
        2
    }
}

impl Task {
    fn run(self, project: &Project, json: bool) -> Result<()> {
        match self {
            Self::Reproduce(ReproduceArgs { data, profile, device }) => {
                // What is missing should be said before anything slow.
                project.checkout()?;
                let of = data.material(project)?;
                let reproduction = {
                    let stop = signals::working();
                    reproduce(project, &of, profile, &device.control(&stop)?)?
                };
                print(&reproduction, json)
            }
            Self::Data(task) => task.run(project, json),
            Self::Split(split) => split.run(project, json),
            Self::Figure(figure) => figure.run(project, json),
            Self::Train(train) => train.run(project, json),
            Self::Results(results) => results.run(project, json),
            Self::Records(task) => task.run(project, json),
            Self::Notebooks(notebooks) => notebooks.run(project, json),
            Self::Study(study) => study.run(project, json),
            Self::Audit(audit) => audit.run(project, json),
            Self::Plan(plan) => plan.run(project, json),
            Self::Features(features) => features.run(project, json),
            Self::Classify(classify) => classify.run(project, json),
            Self::Predict(predict) => predict.run(project, json),
        }
    }
}

/// Prints the file that a unit left.
fn print_unit(file: &Path, json: bool) -> Result<()> {
    let file = file.display();
    if json { print(&json!({ "file": file.to_string() }), json) } else { print(&file.to_string(), json) }
}

/// Prints an answer, as text or as JSON.
fn print<T: Display + Serialize>(value: &T, json: bool) -> Result<()> {
    if !json {
        return answer(value);
    }
    let text = serde_json::to_string_pretty(value).map_err(|cause| {
        Error::new(Fault::UNWRITABLE, Place::field("--json"), "an answer in JSON", cause.to_string())
    })?;
    answer(text)
}
