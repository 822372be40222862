//! The command line: it parses, calls one library function and prints.
//!
//! Answers go to standard output, as text or as JSON; everything else goes to standard error. Exit codes: 0 all is
//! well, 2 bad input or bad usage.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::json;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::figures::{self, Figure};
use eegenre::preparation::{Scheme, Split, SplitSummary};
use eegenre::recordings::synthetic::{self, Effect, Settings};
use eegenre::recordings::{self, DataSet, Description, Source};
use eegenre::reproduce::reproduce;

const EXAMPLES: &str = "\
Examples:
  eegenre reproduce                              everything, on the recordings that are there
  eegenre data check ~/recordings                list every problem in a folder of workbooks
  eegenre data describe --data ~/recordings      what is in it
  eegenre split --scheme song                    four folds that share no song
  eegenre split --seed 3 --out split.json        one more split like the paper's, as a file
  eegenre figure 1 --out /tmp                    the paper's Figure 1

Exit codes: 0 all is well, 2 bad input or bad usage.";

/// Music genre from EEG: reproduces a paper on LSTMs and CNNs, and measures what its numbers are worth.
///
/// Recordings are taken from --data, else from the folder that EEGENRE_DATA names, else from data/music-affect_v2 in
/// the project; else synthetic ones are made in data/synthetic, and results say so.
#[derive(Parser)]
#[command(version, propagate_version = true, max_term_width = 100, after_long_help = EXAMPLES)]
struct Command {
    #[command(subcommand)]
    task: Task,
    /// Answer in JSON, problems included
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Task {
    /// The main job: everything there is, from recordings to figures
    Reproduce(DataArgs),
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
}

#[derive(Args)]
struct DataArgs {
    /// Folder of S1.xlsx ... S12.xlsx, or music-affect_v2 above it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum DataTask {
    /// Recordings, participants, songs, lengths, fingerprint
    Describe(DataArgs),
    /// Check a folder of workbooks and list every problem in it
    Check {
        /// Folder of S1.xlsx ... S12.xlsx, or music-affect_v2 above it
        dir: PathBuf,
    },
    /// Write synthetic workbooks with a known truth, in the layout and design of the real ones
    Synthesize(SynthesizeArgs),
}

#[derive(Args)]
struct SynthesizeArgs {
    /// Folder to make; it must not hold anything else
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Seed: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// What tells the genres apart
    ///
    /// null: nothing but the design (lengths, who heard what). local: how fast power changes within a second or two.
    /// long-range: how moments 50 s apart relate, and nothing that a window of half a minute shows. mixed: half of the
    /// local effect and all of the long-range one.
    #[arg(long, value_name = "null|local|long-range|mixed", default_value_t = Settings::default().effect)]
    effect: Effect,
    /// How strongly, from 0 (not at all) to 2
    #[arg(long, value_name = "X", default_value_t = Settings::default().strength)]
    strength: f64,
}

#[derive(Args)]
struct SplitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// What the parts of a split keep apart
    ///
    /// random: the paper's way, recordings only (one split). participant: nobody is in two parts (a fold for each
    /// participant). song: no song is in two parts (a fold for each song of a genre). both: neither is.
    #[arg(long, value_name = "random|participant|song|both", default_value_t = Scheme::Random)]
    scheme: Scheme,
    /// Seed of the draw
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// One fold of a grouped scheme, counted from 1 [default: all of them]
    #[arg(long, value_name = "N")]
    fold: Option<usize>,
    /// Write the manifest of the split (with a grouped scheme, of one --fold) to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args)]
struct FigureArgs {
    /// Which one
    figure: FigureName,
    #[command(flatten)]
    data: DataArgs,
    /// Folder to write to [default: figures for the published recordings, else target/figures]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FigureName {
    /// The paper's Figure 1: two signals of each genre
    #[value(name = "1")]
    Recordings,
    /// Who heard what, and how long the songs are
    Design,
}

fn main() -> ExitCode {
    let Command { task, json } = Command::parse();
    match task.run(json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if json {
                print(&json!({ "problems": error.problems() }), json);
            }
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

impl Task {
    fn run(self, json: bool) -> Result<()> {
        match self {
            Self::Reproduce(data) => print(&reproduce(&data.source())?, json),
            Self::Data(DataTask::Describe(data)) => print(&Description::of(&data.load()?), json),
            Self::Data(DataTask::Check { dir }) => {
                let set = recordings::load(&dir)?;
                let description = Description::of(&set);
                if json {
                    print(&json!({ "problems": [], "data": description }), json);
                } else {
                    print(&format!("no problems in {}\n{description}", dir.display()), json);
                }
            }
            Self::Data(DataTask::Synthesize(SynthesizeArgs { out, seed, effect, strength })) => {
                synthetic::write(&Settings { effect, strength, seed }, &out)?;
                print(&Description::of(&recordings::load(&out)?), json);
            }
            Self::Split(split) => split.run(json)?,
            Self::Figure(FigureArgs { figure, data, out }) => {
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
            }
        }
        Ok(())
    }
}

impl DataArgs {
    fn source(self) -> Source {
        Source::choose(self.data)
    }

    /// Reads the recordings and says on standard error which ones and why.
    fn load(self) -> Result<DataSet> {
        let source = self.source();
        eprintln!("recordings from {source}");
        source.load()
    }
}

impl SplitArgs {
    fn run(self, json: bool) -> Result<()> {
        let Self { data, scheme, seed, fold, out } = self;
        let mut splits = scheme.draw(&data.load()?, seed)?;
        if let Some(number) = fold {
            if !(1..=splits.len()).contains(&number) {
                let expected = format!("a fold from 1 to {}", splits.len());
                return Err(Error::new(
                    Fault::BadSetting,
                    Place::field("--fold"),
                    expected,
                    number.to_string(),
                ));
            }
            splits = vec![splits.swap_remove(number - 1)];
        }
        match (out, splits.as_slice()) {
            (None, _) => {}
            (Some(path), [split]) => split.write(path)?,
            (Some(_), several) => {
                let place = Place::field("--fold");
                let found = format!("{} folds to write to one file", several.len());
                return Err(Error::new(Fault::BadSetting, place, "one fold with --out", found));
            }
        }
        let summaries: Vec<SplitSummary> = splits.iter().map(Split::summary).collect();
        match summaries.as_slice() {
            [split] => print(split, json),
            folds if json => print(&json!({ "folds": folds }), json),
            folds => print(&folds.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), json),
        }
        Ok(())
    }
}

/// Prints an answer. A reader that has gone away, as `head` does, is no error.
fn print<T: Display + Serialize>(answer: &T, json: bool) {
    let text =
        if json { serde_json::to_string_pretty(answer).unwrap_or_default() } else { answer.to_string() };
    let _ = writeln!(io::stdout().lock(), "{text}");
}
