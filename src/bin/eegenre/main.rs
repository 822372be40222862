//! The command line: it parses, calls one library function and prints.
//!
//! Answers go to standard output, as text or as JSON; everything else goes to standard error. Exit codes: 0 all is
//! well, 1 a check failed, 2 bad input, bad usage or an answer that could not be written, 130 interrupted, 143 terminated
//! or without its terminal.

mod audit;
mod classify;
mod completions;
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
mod welcome;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use serde_json::json;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::report::{self, answer, answered, be_quiet};
use eegenre::runs::profile::Profile;
use eegenre::store::Project;

use audit::AuditArgs;
use classify::ClassifyArgs;
use completions::CompletionsArgs;
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
use welcome::Welcome;

/// The help of the whole program. It fits a screen of 24 lines; each command has a help of its own.
const TEMPLATE: &str = "{about}\n\n{usage-heading} {usage}\n\n{subcommands}{after-help}";

const AFTER_HELP: &str = "\
Every command takes --json, -q (--quiet: no progress or notes), --project DIR (a checkout), --help.
Recordings: --data, else EEGENRE_DATA, else data/music-affect_v2; else records or synthetic ones.
Exit codes: 0 success, 1 a check failed, 2 bad input or usage, 130 interrupted, 143 terminated.";

/// Rebuilds a study of music genre from EEG, and audits the numbers of this or any other study.
#[derive(Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
#[command(help_template = TEMPLATE, after_help = AFTER_HELP)]
struct Command {
    /// None: `eegenre` alone says what to do next.
    #[command(subcommand)]
    task: Option<Task>,
    /// Answer in JSON, problems included
    #[arg(long, global = true)]
    json: bool,
    /// No progress, notes or warnings: only answers, errors, and the note that recordings are synthetic
    #[arg(short, long, global = true)]
    quiet: bool,
    /// The checkout of eegenre to work in [default: the one around the working folder]
    ///
    /// EEGENRE_PROJECT names it too. Only notebooks and reproduce need a checkout; without one, all output goes to eegenre/ in
    /// the working folder.
    #[arg(long, value_name = "DIR", global = true)]
    project: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Task {
    /// Check all records, rebuild tables and figures, run the notebooks, make the book
    Reproduce(ReproduceArgs),
    /// Describe, check or begin a folder of recordings, or make a synthetic one
    #[command(subcommand, after_help = DATA_EXAMPLES)]
    Data(DataTask),
    /// Divide recordings into training, validation and test parts
    ///
    /// Answers with one split, or, for a grouped scheme without --fold, with a list of folds (`folds` in JSON): sizes,
    /// what the parts share (leakage), and the digest that identifies the split.
    #[command(after_help = SPLIT_EXAMPLES)]
    Split(SplitArgs),
    /// Draw one figure, or all of them
    #[command(after_help = FIGURE_EXAMPLES)]
    Figure(FigureArgs),
    /// Train a network several times on one split; an interrupted training resumes
    #[command(after_help = TRAIN_EXAMPLES)]
    Train(TrainArgs),
    /// Show the paper's results beside those of the records, with a verdict on each
    Results(ResultsArgs),
    /// Check, update or export the committed records
    #[command(subcommand)]
    Records(RecordsTask),
    /// Set up the notebooks' kernel; open, run and check the notebooks; make the book
    #[command(after_help = NOTEBOOKS_EXAMPLES)]
    Notebooks(NotebooksArgs),
    /// Train and compare variations where the paper leaves choices open
    Study(StudyArgs),
    /// Audit accuracies: shortcuts, controls, splits without leakage
    ///
    /// Trains the cells that are not recorded yet. `predictions FILE` audits the predictions of any study.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(AuditArgs),
    /// List the units of work of a plan, for several processes or machines
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(PlanArgs),
    /// Compute 26 features of every recording
    Features(FeaturesArgs),
    /// Run the classifiers of features that the paper compares itself with (section 3.4)
    Classify(ClassifyArgs),
    /// Predict the label of every recording of a folder with trained weights
    #[command(after_help = PREDICT_EXAMPLES)]
    Predict(PredictArgs),
    /// Print completions of commands and options for a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(CompletionsArgs),
}

const DATA_EXAMPLES: &str = "\
Examples:
  eegenre data init ~/recordings                 begin the description of a study of your own
  eegenre data check ~/recordings                list every problem in a folder of recordings
  eegenre data describe --data ~/recordings      count recordings, participants and stimuli";

const SPLIT_EXAMPLES: &str = "\
Examples:
  eegenre split --scheme stimulus                four folds that share no stimulus
  eegenre split --seed 3 --out split.json        another random split, written to a file";

const FIGURE_EXAMPLES: &str = "\
Examples:
  eegenre figure 8                               the paper's Figure 8, from the records
  eegenre figure all --out /tmp                  all figures, in a folder of your choice";

const TRAIN_EXAMPLES: &str = "\
Example:
  eegenre train baseline --runs 3 --epochs 50    three short trainings";

const NOTEBOOKS_EXAMPLES: &str = "\
Examples:
  eegenre notebooks lab                          open the notebooks in JupyterLab
  eegenre notebooks run                          run the notebooks and their checks
  eegenre notebooks book                         write all notebooks as a site, in target/book";

const AUDIT_EXAMPLES: &str = "\
Examples:
  eegenre audit --recorded                       the audit of the published study, from its records
  eegenre audit --data ~/recordings              the audit of a study of your own
  eegenre audit predictions mine.csv             the audit of predictions from any program";

const PLAN_EXAMPLES: &str = "\
Example:
  eegenre plan study --tsv                       file, state, expected seconds and command of each unit";

const PREDICT_EXAMPLES: &str = "\
Example:
  eegenre predict --weights data/records/log/cnn/run-00.best.safetensors --data ~/recordings";

#[derive(Args)]
struct ReproduceArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How much is trained again, if there are recordings
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
    let Command { task, json, quiet, project } = match Command::try_parse() {
        Ok(command) => command,
        Err(unusual) => return help(&unusual),
    };
    if quiet {
        be_quiet();
    }
    let done = listening.and_then(|()| Project::choose(project)).and_then(|project| match task {
        Some(task) => task.run(&project, json),
        None => print(&Welcome::to(&project), json),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if json {
                // If nobody can read this, the exit code is left.
                let _ = print(&json!({ "problems": error.problems() }), json);
            }
            report::error(&error);
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
            report::error(&error);
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
            Self::Completions(completions) => completions.run(json),
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
