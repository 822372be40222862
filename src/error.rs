//! The one error type: where it went wrong, what was expected, what was found, what to do.
//!
//! An [`Error`] holds one or more [`Problem`]s, because a folder of recordings is checked as a whole and every
//! mistake in it is reported at once. Each rule that input must keep has one [`Fault`].

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::report::as_text;

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A rule that was broken. Every rule has one fault, one advice and at least one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// A folder of recordings does not exist or is not a folder.
    MissingFolder,
    /// A folder of recordings lacks the workbook of one of the twelve songs.
    MissingSong,
    /// A workbook's number is not that of a song of the experiment, so its genre is unknown.
    UnknownSong,
    /// Two workbooks of one folder hold the same song (`S1.xlsx` and `S01.xlsx`).
    DuplicateSong,
    /// A file could not be opened or read.
    UnreadableFile,
    /// A workbook is not a zip archive.
    NotAZip,
    /// A workbook is a zip archive whose end is missing or whose contents are damaged.
    DamagedZip,
    /// A workbook inflates more than [`MAX_INFLATION`](crate::recordings::MAX_INFLATION)-fold, or would take too much memory.
    InflatesBeyondBound,
    /// A zip archive is not a workbook, or its XML cannot be read.
    NotAWorkbook,
    /// A workbook has no sheet.
    NoSheet,
    /// More than one sheet of a workbook holds data.
    SeveralSheets,
    /// A workbook's only sheet holds nothing, or a heading and no samples.
    EmptySheet,
    /// A cell lies outside the bounds of a recording sheet.
    SheetTooLarge,
    /// Cell A1 is not `Time`.
    NoTimeHeader,
    /// Time is not counted in whole seconds.
    TimeNotWholeSeconds,
    /// Time goes backwards.
    TimeGoesBackwards,
    /// Time leaves seconds out.
    TimeSkips,
    /// Seconds of one workbook have no common number of rows, or one has more than the others.
    UnevenRate,
    /// Workbooks of one folder have different numbers of rows per second.
    MixedRates,
    /// A sample or a time is text.
    TextCell,
    /// A sample or a time is a spreadsheet error such as `#DIV/0!`.
    ErrorCell,
    /// A sample or a time is a boolean.
    BooleanCell,
    /// A cell between two filled ones of its column is blank.
    BlankCell,
    /// A cell has a formula, and no result of it is stored beside it.
    FormulaWithoutValue,
    /// A sample or a time is not a finite number.
    NonFiniteCell,
    /// A participant's name is not `P` and a number.
    UnreadableParticipant,
    /// Two columns of one sheet name the same participant.
    DuplicateParticipant,
    /// A participant's column holds no samples.
    EmptyColumn,
    /// The heading of a table of features is neither that of the published one (`subject no.`, ..., `label`) nor
    /// `participant,song,genre` with features behind it.
    NoFeatureHeader,
    /// A column of a table of features has no name, or that of another.
    UnreadableHeading,
    /// A row of a table of features has more or fewer cells than the heading.
    RaggedRow,
    /// A label of a table of features is none of the three genres'.
    UnknownLabel,
    /// A table lacks a column that it must have.
    MissingColumn,
    /// Two rows of a table of predictions say different things of one recording.
    InconsistentRow,
    /// A table of predictions has a recording twice in one model, seed and fold.
    RepeatedPrediction,
    /// A row of a table of predictions belongs to no known part of a split.
    UnknownPart,
    /// A probability is not from 0 to 1, or those of a row do not add up to 1.
    BadProbability,
    /// A table of predictions is well formed, and nothing can be said from it.
    UnusablePredictions,
    /// A recording has samples beyond the end of the time column.
    BeyondTime,
    /// A workbook has more problems than are listed.
    MoreProblems,
    /// A set of recordings holds none.
    NoRecordings,
    /// A set holds two recordings of one song by one participant.
    DuplicateRecording,
    /// A recording is not named by its song and its participant.
    UnreadableRecording,
    /// A recording has no samples.
    EmptyRecording,
    /// A sample is infinite, not a number or too large for single precision.
    NonFiniteSample,
    /// A negative sample was to be put on a logarithmic scale.
    NegativeSample,
    /// A recording is shorter than one slice, so nothing could vote for its genre.
    ShorterThanSlice,
    /// A set of recordings is too small, or lacks songs, for a scheme of splitting.
    TooFewToSplit,
    /// A part of a split that must hold recordings holds none.
    EmptyPart,
    /// A split names a recording that the data set does not have.
    UnknownRecording,
    /// A split names a recording twice.
    RepeatedRecording,
    /// The parts of a split share what its scheme promises to keep apart.
    BrokenScheme,
    /// A setting lies outside what it may be.
    BadSetting,
    /// A manifest is not valid JSON of the documented form.
    BadManifest,
    /// A manifest belongs to other recordings.
    ForeignManifest,
    /// A folder that is to be made holds something else.
    OccupiedFolder,
    /// Something that needs a checkout of eegenre was asked for elsewhere.
    NoCheckout,
    /// A file or folder could not be written.
    Unwritable,
    /// A figure could not be drawn.
    Undrawable,
    /// A vector drawing was asked for of recordings of people.
    TraceableFigure,
    /// The device that computes could not hold a batch.
    DeviceFailed,
    /// A file of weights is damaged or of another kind.
    BadWeights,
    /// A file of weights is PyTorch's own.
    PyTorchFile,
    /// A file of weights belongs to another network, or is for other recordings.
    ForeignWeights,
    /// A folder holds records of another configuration.
    ForeignRecords,
    /// A record or a figure is not as data/SHA256SUMS lists it.
    ChangedFile,
    /// Runs were computed with other vector instructions, or on another kind of device.
    ForeignInstructions,
    /// A record or checkpoint cannot be read.
    BadRecord,
    /// Training was asked to stop.
    Interrupted,
    /// There is no such device to compute on.
    NoDevice,
    /// A loss, a gradient, a weight or an output of a network became infinite or not a number.
    NotFinite,
    /// A record holds what JSON cannot.
    UnreadableRecord,
    /// There are no records to sum up.
    NoRecords,
    /// Records that are to be summed up together differ in what they must share.
    MixedRecords,
    /// Two records are of the same run.
    RepeatedRun,
    /// A record contradicts itself, or the other records of its series.
    InconsistentRecord,
    /// A path has letters that a program which the notebooks need cannot take.
    UnusablePath,
    /// A program that the notebooks need is not installed, or is too old.
    MissingProgram,
    /// A program that needs the network could not reach it.
    NoNetwork,
    /// A program that sets up the notebooks' environment or makes the book has failed.
    ProgramFailed,
    /// A folder has no notebooks, or a file is none.
    UnreadableNotebook,
    /// A cell of a notebook put out an error, panicked or returned early.
    CellFailed,
    /// A cell of a notebook, or the whole notebook, took longer than it may.
    CellTimedOut,
    /// The kernel that runs a notebook did not start, or died.
    KernelDied,
    /// A notebook left no checks, or those of another.
    NoChecks,
    /// Something that a notebook checks does not hold.
    CheckFailed,
    /// A notebook breaks a rule of how notebooks are written.
    NotebookStyle,
    /// The outputs of a committed notebook do not belong to what is committed.
    StaleNotebook,
    /// The outputs of a committed notebook name a place of the machine that made them.
    MachinePath,
    /// A link of the book leads nowhere, or a page would load something from elsewhere.
    DeadLink,
}

impl Fault {
    /// What a user can do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::MissingFolder => {
                "give the folder that holds S1.xlsx ... S12.xlsx, or music-affect_v2 above it"
            }
            Self::MissingSong => "put the missing workbook into the folder; all twelve songs are needed",
            Self::UnknownSong => "remove the workbook or give it the number of one of the twelve songs",
            Self::DuplicateSong => "keep one workbook for each song",
            Self::UnreadableFile => "check that the file exists and that you may read it",
            Self::NotAZip => {
                "save the workbook as .xlsx (Excel Workbook), not .xls or .csv under another name"
            }
            Self::DamagedZip => "copy or download the workbook again; it was cut short or damaged on the way",
            Self::InflatesBeyondBound => {
                "make sure that the file is what it claims to be; a sheet of recordings inflates about five-fold"
            }
            Self::NotAWorkbook => "open the file in a spreadsheet program and save it as .xlsx again",
            Self::NoSheet => "add a sheet with a heading and values below it",
            Self::SeveralSheets => "keep the data on one sheet and empty or remove the others",
            Self::EmptySheet => {
                "fill the sheet: a heading, as Time, P01, P02, ..., and one row per sample below it"
            }
            Self::SheetTooLarge => {
                "remove cells far outside the recordings; one may have been typed into by accident"
            }
            Self::NoTimeHeader => "write Time into cell A1 and the participants' names to its right",
            Self::TimeNotWholeSeconds => {
                "count time in whole seconds; the rows that share a second give the rate"
            }
            Self::TimeGoesBackwards => "sort the rows by time",
            Self::TimeSkips => "fill in the missing seconds, or cut the recording before the gap",
            Self::UnevenRate => "give every second the same number of rows; only lost rows may be missing",
            Self::MixedRates => "use recordings of one sampling rate in one folder",
            Self::TextCell | Self::ErrorCell | Self::BooleanCell | Self::NonFiniteCell => {
                "replace the cell by the number that it should hold"
            }
            Self::BlankCell => "fill the cell, or delete what stands below it",
            Self::FormulaWithoutValue => {
                "open the workbook in a spreadsheet program and save it, which stores the results of its formulas; or write \
                 numbers in their place"
            }
            Self::UnreadableParticipant => "name the participant by P and a number, as P01 or P1",
            Self::DuplicateParticipant => "keep one column for each participant",
            Self::EmptyColumn => "fill the column or remove its heading",
            Self::NoFeatureHeader => {
                "give the table of features of music-affect_v2 (subject no., features, label), or one as \
                 `eegenre features --out` writes (participant, song, genre, features)"
            }
            Self::UnreadableHeading => "name the column, or delete what stands below it",
            Self::RaggedRow => "give each row a cell for each column, empty where there is no value",
            Self::UnknownLabel => {
                "write the genre: classical, instrumental or pop; in the published table 1, 2 or 3"
            }
            Self::MissingColumn => "add the column; data/README.md says what each column holds",
            Self::InconsistentRow => {
                "give each recording one participant, one stimulus, one label and one length; name different recordings differently"
            }
            Self::RepeatedPrediction => {
                "keep one row of a recording in each model, seed and fold; number repeated trainings in `seed`"
            }
            Self::UnknownPart => "write train, validation or test",
            Self::BadProbability => "write the probabilities of one row so that they add up to 1",
            Self::UnusablePredictions => "see data/README.md for what a table of predictions must hold",
            Self::BeyondTime => "extend the Time column or delete the samples beyond it",
            Self::MoreProblems => "mend those that are listed and check again",
            Self::NoRecordings => "name a folder of recordings with --data or EEGENRE_DATA",
            Self::DuplicateRecording => "keep one recording of each song by each participant",
            Self::UnreadableRecording => "name the recording by its song and its participant, as S1/P01",
            Self::EmptyRecording => "give the recording samples or leave it out",
            Self::NonFiniteSample => "replace the sample by the measured number",
            Self::NegativeSample => "correct the sample, or choose another normalisation than log",
            Self::ShorterThanSlice => "choose a shorter slice, or truncate the recordings less",
            Self::TooFewToSplit => "add recordings or choose another scheme",
            Self::EmptyPart => "move a recording into the part",
            Self::UnknownRecording => "remove the name, or add the recording to the data",
            Self::RepeatedRecording => "keep the name in one place",
            Self::BrokenScheme => "move the recordings, or give the manifest the scheme \"custom\"",
            Self::BadSetting => "change the setting",
            Self::BadManifest => "compare the manifest with one that `eegenre split` writes",
            Self::ForeignManifest => "make a split for these recordings with `eegenre split`",
            Self::OccupiedFolder => {
                "name a folder that does not exist yet, or delete this one if nothing in it is yours: earlier versions of \
                 eegenre did not mark what they made"
            }
            Self::NoCheckout => {
                "run it in a checkout of eegenre (git clone), or name one with --project or EEGENRE_PROJECT"
            }
            Self::Unwritable => {
                "check that the folder exists, that you may write to it and that the disk has room"
            }
            Self::TraceableFigure => "use the PNG",
            Self::BadWeights => {
                "give a safetensors file of finite floating-point numbers, as training or \
                 safetensors.torch.save_file writes it"
            }
            Self::PyTorchFile => {
                "save it as safetensors in Python:\n  import torch, safetensors.torch\n  \
                 safetensors.torch.save_file(torch.load(\"weights.pt\", weights_only=True), \"weights.safetensors\")"
            }
            Self::ForeignWeights => {
                "give recordings and settings as the weights were trained with, or other weights"
            }
            Self::ForeignRecords => {
                "use another folder, or the settings, recordings and split of the records there"
            }
            Self::ForeignInstructions => {
                "use another folder, the same level (--level) or device, or accept records that differ in rounding \
                 (--any-level)"
            }
            Self::ChangedFile => {
                "get the committed file back (git checkout), or run `eegenre records update` if it was meant to change"
            }
            Self::BadRecord => "delete the file; its run is then trained again",
            Self::Interrupted => "run the same command again; it goes on where it stopped",
            Self::NoDevice => "choose the device cpu, or build with CUDA on a machine that has an NVIDIA GPU",
            Self::NotFinite => {
                "look for enormous samples there, or choose another normalisation or a smaller learning rate; other runs \
                 go on"
            }
            Self::UnreadableRecord => "report this together with the command that you ran",
            Self::NoRecords => "train at least one run",
            Self::MixedRecords => {
                "give records of one configuration for each network, all on the same recordings and split"
            }
            Self::RepeatedRun => "keep one record of each run",
            Self::InconsistentRecord => "delete the record and train its run again",
            Self::UnusablePath => {
                "move it, or name another: the checkout with --project, the environment with --environment, the cache with \
                 XDG_CACHE_HOME"
            }
            Self::MissingProgram => "install it and run the same command again",
            Self::NoNetwork => {
                "connect to the internet, or name the proxy in HTTPS_PROXY, and run the same command again; \
                 it goes on where it stopped"
            }
            Self::ProgramFailed => "read the file; the same command goes on where it stopped",
            Self::UnreadableNotebook => "give a folder of notebooks that Jupyter can open",
            Self::CellFailed => "correct the cell, or what it calls, and run the notebook again",
            Self::CellTimedOut => "run a shorter profile, or find out what the cell waits for",
            Self::KernelDied => "look whether memory or the disk is full, and run the notebook again",
            Self::NoChecks => "let the last cell write the notebook's checks",
            Self::CheckFailed => "find out which is wrong: the code, the data or what is expected",
            Self::NotebookStyle => "change the cell",
            Self::StaleNotebook => "run `eegenre notebooks run --update` and commit the result",
            Self::MachinePath => "let the cell show a path below the project, or none",
            Self::DeadLink => "correct the link in the notebook",
            Self::DeviceFailed => "use smaller batches or a device with more memory",
            Self::Undrawable => "report this together with the command that you ran, or the cell",
        }
    }
}

impl Fault {
    /// Whether the input was sound and something that was checked is not: no bad input, but a failed check.
    #[must_use]
    pub const fn is_failed_check(self) -> bool {
        matches!(
            self,
            Self::CellFailed
                | Self::CellTimedOut
                | Self::KernelDied
                | Self::NoChecks
                | Self::CheckFailed
                | Self::ChangedFile
                | Self::NotebookStyle
                | Self::StaleNotebook
                | Self::MachinePath
                | Self::DeadLink
        )
    }
}

/// Where a problem stands. Each part is given as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file or folder.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub file: Option<PathBuf>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The cell of a sheet, as a spreadsheet names it (`C14`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The setting or field, where the problem is not in a file or is in a named field of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Place {
    /// A file or folder.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self { file: Some(path.as_ref().to_owned()), ..Self::default() }
    }

    /// A setting or a field.
    #[must_use]
    pub fn field(name: impl Into<String>) -> Self {
        Self { field: Some(name.into()), ..Self::default() }
    }

    /// The same place, narrowed to a sheet.
    #[must_use]
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.sheet = Some(name.into());
        self
    }

    /// The same place, narrowed to the cell at a zero-based row and column.
    #[must_use]
    pub fn cell(mut self, row: u32, column: u32) -> Self {
        self.cell = Some(cell_name(row, column));
        self
    }
}

/// The name that a spreadsheet gives to the cell at a zero-based row and column: `(13, 2)` is `C14`.
#[must_use]
pub fn cell_name(row: u32, column: u32) -> String {
    format!("{}{}", column_name(column), u64::from(row) + 1)
}

/// Columns count in base 26 with the digits A to Z and no zero.
fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.as_ref().map(|file| file.display().to_string()),
            self.sheet.as_ref().map(|sheet| format!("sheet \"{sheet}\"")),
            self.cell.as_ref().map(|cell| format!("cell {cell}")),
            self.field.clone(),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The rule that was broken.
    pub fault: Fault,
    /// Where.
    pub place: Place,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub found: String,
}

impl Problem {
    /// A problem at a place.
    #[must_use]
    pub fn new(fault: Fault, place: Place, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { fault, place, expected: expected.into(), found: found.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, place, expected, found } = self;
        write!(f, "{place}: expected {expected}, found {found}; {}", fault.advice())
    }
}

/// One or more problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Error {
    problems: Vec<Problem>,
}

impl Error {
    /// An error with one problem.
    #[must_use]
    pub fn new(fault: Fault, place: Place, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Problem::new(fault, place, expected, found).into()
    }

    /// Work that was asked to stop before `expected` came about.
    #[must_use]
    pub fn interrupted(place: Place, expected: impl Into<String>) -> Self {
        Self::new(Fault::Interrupted, place, expected, "a request to stop")
    }

    /// All problems, at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The same problems, each at the place that `place` makes of its own.
    #[must_use]
    pub fn placed(mut self, place: impl Fn(Place) -> Place) -> Self {
        for problem in &mut self.problems {
            problem.place = place(std::mem::take(&mut problem.place));
        }
        self
    }

    /// The same problems in the order in which their fields come in a list; those of other fields stay behind.
    pub(crate) fn in_order(mut self, fields: &[String]) -> Self {
        let place =
            |problem: &Problem| fields.iter().position(|field| Some(field) == problem.place.field.as_ref());
        self.problems.sort_by_key(|problem| place(problem).unwrap_or(fields.len()));
        self
    }

    /// `Ok` if there are no problems, else the error that holds all of them.
    ///
    /// # Errors
    /// When `problems` is not empty.
    pub fn unless_none(problems: Vec<Problem>) -> Result<()> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// Gathers results: all values, or every problem of every failed one.
    ///
    /// # Errors
    /// When any result is an error.
    pub fn gather<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
        let mut values = Vec::new();
        let mut problems = Vec::new();
        for result in results {
            match result {
                Ok(value) => values.push(value),
                Err(error) => problems.extend(error.problems),
            }
        }
        Self::unless_none(problems).map(|()| values)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_where_what_was_expected_what_was_found_and_what_to_do() {
        let place = Place::file("S3.xlsx").sheet("Sheet1").cell(13, 2);
        let problem = Problem::new(Fault::TextCell, place, "a number", "the text \"n/a\"");
        assert_eq!(
            problem.to_string(),
            "S3.xlsx, sheet \"Sheet1\", cell C14: expected a number, found the text \"n/a\"; \
             replace the cell by the number that it should hold"
        );
    }

    #[test]
    fn cells_are_named_as_in_a_spreadsheet() {
        let names = [(0, 0), (0, 25), (0, 26), (99, 701), (0, 702), (1_048_575, 16_383)]
            .map(|(row, column)| cell_name(row, column));
        assert_eq!(names, ["A1", "Z1", "AA1", "ZZ100", "AAA1", "XFD1048576"]);
    }

    #[test]
    fn a_place_can_be_completed_later() {
        let error = Error::new(Fault::BadManifest, Place::field("seed"), "a number", "text");
        let error = error.placed(|place| Place { field: place.field, ..Place::file("split.json") });
        assert_eq!(error.problems()[0].place.to_string(), "split.json, seed");
    }

    #[test]
    fn gathering_keeps_every_problem() {
        let bad = |name: &str| Err(Error::new(Fault::NotAZip, Place::file(name), "a zip archive", "text"));
        let error = Error::gather([Ok(1), bad("S1.xlsx"), Ok(2), bad("S2.xlsx")]).unwrap_err();
        assert_eq!(error.problems().len(), 2);
        assert_eq!(Error::gather([Ok(1), Ok(2)]), Ok(vec![1, 2]));
    }
}
