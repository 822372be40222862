//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// A folder of recordings does not exist or is not a folder.
    pub const MISSING_FOLDER: Self = Self::rule(
        "missing-folder",
        "give the folder that holds S1.xlsx ... S12.xlsx, or music-affect_v2 above it; `eegenre data init DIR` begins the \
         description of any other study",
    );
    /// A folder of recordings lacks the workbook of one of the twelve songs.
    pub const MISSING_SONG: Self = Self::rule(
        "missing-song",
        "put what is missing into the folder; all twelve songs of the published study are needed. `eegenre data init DIR` begins \
         the description of any other study",
    );
    /// A workbook's number is not that of a song of the experiment, so its genre is unknown.
    pub const UNKNOWN_SONG: Self =
        Self::rule("unknown-song", "remove the workbook or give it the number of one of the twelve songs");
    /// Two workbooks of one folder hold the same song (`S1.xlsx` and `S01.xlsx`).
    pub const DUPLICATE_SONG: Self = Self::rule("duplicate-song", "keep one workbook for each song");
    /// A workbook is not a zip archive.
    pub const NOT_A_ZIP: Self = Self::rule(
        "not-a-zip",
        "save the workbook as .xlsx (Excel Workbook), not .xls or .csv under another name",
    );
    /// A workbook is a zip archive whose end is missing or whose contents are damaged.
    pub const DAMAGED_ZIP: Self = Self::rule(
        "damaged-zip",
        "copy or download the workbook again; it was cut short or damaged on the way",
    );
    /// A workbook inflates more than [`MAX_INFLATION`](crate::recordings::MAX_INFLATION)-fold, or would take too much memory.
    pub const INFLATES_BEYOND_BOUND: Self = Self::rule(
        "inflates-beyond-bound",
        "make sure that the file is what it claims to be; a sheet of recordings inflates about five-fold",
    );
    /// A zip archive is not a workbook, or its XML cannot be read.
    pub const NOT_A_WORKBOOK: Self =
        Self::rule("not-a-workbook", "open the file in a spreadsheet program and save it as .xlsx again");
    /// A workbook has no sheet.
    pub const NO_SHEET: Self = Self::rule("no-sheet", "add a sheet with a heading and values below it");
    /// More than one sheet of a workbook holds data.
    pub const SEVERAL_SHEETS: Self =
        Self::rule("several-sheets", "keep the data on one sheet and empty or remove the others");
    /// A workbook's only sheet holds nothing, or a heading and no samples.
    pub const EMPTY_SHEET: Self = Self::rule(
        "empty-sheet",
        "fill the sheet: a heading, as Time, P01, P02, ..., and one row per sample below it",
    );
    /// A cell lies outside the bounds of a recording sheet.
    pub const SHEET_TOO_LARGE: Self = Self::rule(
        "sheet-too-large",
        "remove cells far outside the recordings; one may have been typed into by accident",
    );
    /// Cell A1 is not `Time`.
    pub const NO_TIME_HEADER: Self =
        Self::rule("no-time-header", "write Time into cell A1 and the participants' names to its right");
    /// Time is not counted in whole seconds.
    pub const TIME_NOT_WHOLE_SECONDS: Self = Self::rule(
        "time-not-whole-seconds",
        "count time in whole seconds, so that the rows that share a second give the rate; or describe the study with `eegenre data \
         init DIR`, which measures the rate with any times",
    );
    /// Time goes backwards.
    pub const TIME_GOES_BACKWARDS: Self = Self::rule("time-goes-backwards", "sort the rows by time");
    /// Time leaves seconds out.
    pub const TIME_SKIPS: Self =
        Self::rule("time-skips", "fill in the missing seconds, or cut the recording before the gap");
    /// Seconds of one workbook have no common number of rows, or one has more than the others.
    pub const UNEVEN_RATE: Self = Self::rule(
        "uneven-rate",
        "write Time as the number of the sample divided by the rate, in a study that `eegenre data init DIR` describes; where Time \
             counts seconds, only lost rows may be missing",
    );
    /// A workbook of songs has no whole number of rows a second.
    pub const FRACTIONAL_RATE: Self = Self::rule(
        "fractional-rate",
        "describe the study with `eegenre data init DIR`, which measures any rate and keeps it as it is",
    );
    /// Workbooks of one folder have different numbers of rows per second.
    pub const MIXED_RATES: Self =
        Self::rule("mixed-rates", "use recordings of one sampling rate in one folder");
    /// A sample or a time is text.
    pub const TEXT_CELL: Self = Self::rule("text-cell", "replace the cell by the number that it should hold");
    /// A sample or a time is a spreadsheet error such as `#DIV/0!`.
    pub const ERROR_CELL: Self =
        Self::rule("error-cell", "replace the cell by the number that it should hold");
    /// A sample or a time is a boolean.
    pub const BOOLEAN_CELL: Self =
        Self::rule("boolean-cell", "replace the cell by the number that it should hold");
    /// A cell between two filled ones of its column is blank.
    pub const BLANK_CELL: Self = Self::rule("blank-cell", "fill the cell, or delete the cells below it");
    /// A cell has a formula, and no result of it is stored beside it.
    pub const FORMULA_WITHOUT_VALUE: Self = Self::rule(
        "formula-without-value",
        "open the workbook in a spreadsheet program and save it, which stores the results of its formulas; or write \
                 numbers in their place",
    );
    /// A sample or a time is not a finite number.
    pub const NON_FINITE_CELL: Self =
        Self::rule("non-finite-cell", "replace the cell by the number that it should hold");
    /// A recording has no channels or too many, or two of one name.
    pub const BAD_CHANNELS: Self = Self::rule(
        "bad-channels",
        "name the channels that are to be read in the column channels, each once, at most 256",
    );
    /// Channels of one recording have different lengths.
    pub const UNEQUAL_CHANNELS: Self = Self::rule(
        "unequal-channels",
        "give stop_seconds at which every channel has samples, or name the channels of one length in the column channels",
    );
    /// A name of a label, a stimulus or a participant is empty or too long, or has letters that it cannot have.
    pub const UNREADABLE_NAME: Self =
        Self::rule("unreadable-name", "shorten the name, or replace the letters");
    /// A participant's name is not `P` and a number.
    pub const UNREADABLE_PARTICIPANT: Self =
        Self::rule("unreadable-participant", "name the participant by P and a number, as P01 or P1");
    /// Two columns of one sheet name the same participant.
    pub const DUPLICATE_PARTICIPANT: Self =
        Self::rule("duplicate-participant", "keep one column for each participant");
    /// A participant's column holds no samples.
    pub const EMPTY_COLUMN: Self = Self::rule("empty-column", "fill the column or remove its heading");
    /// A recording has samples beyond the end of the time column.
    pub const BEYOND_TIME: Self =
        Self::rule("beyond-time", "extend the Time column or delete the samples beyond it");
    /// A workbook has more problems than are listed.
    pub const MORE_PROBLEMS: Self = Self::rule("more-problems", "mend those that are listed and check again");
    /// A set of recordings holds none.
    pub const NO_RECORDINGS: Self =
        Self::rule("no-recordings", "name a folder of recordings with --data or EEGENRE_DATA");
    /// A set holds two recordings of one song by one participant.
    pub const DUPLICATE_RECORDING: Self =
        Self::rule("duplicate-recording", "keep one recording of each song by each participant");
    /// A recording is not named by its song and its participant.
    pub const UNREADABLE_RECORDING: Self =
        Self::rule("unreadable-recording", "name the recording by its song and its participant, as S1/P01");
    /// A sample is infinite, not a number or too large for single precision.
    pub const NON_FINITE_SAMPLE: Self =
        Self::rule("non-finite-sample", "replace the sample by the measured number");
}

/// The rules of files in other formats than workbooks of songs.
impl Fault {
    /// Files of this name are not read.
    pub const UNKNOWN_FORMAT: Self = Self::rule(
        "unknown-format",
        "convert the file, with MNE for example; data/README.md has the two lines for FIF, EEGLAB, BrainVision and XDF",
    );
    /// A file holds no channel or no sample.
    pub const NO_SAMPLES: Self =
        Self::rule("no-samples", "give a file with at least one channel and its samples");
    /// A file has more samples than are read into memory.
    pub const TOO_MANY_SAMPLES: Self =
        Self::rule("too-many-samples", "name fewer channels, or split the recording into several files");
    /// A wanted channel is not in the file.
    pub const UNKNOWN_CHANNEL: Self =
        Self::rule("unknown-channel", "name a channel of the file, written as there");
    /// Two channels of a file have one name, or it has two columns of times.
    pub const DUPLICATE_CHANNEL: Self =
        Self::rule("duplicate-channel", "rename one of them, or name other channels only");
    /// A column of numbers has no heading.
    pub const UNNAMED_CHANNEL: Self = Self::rule(
        "unnamed-channel",
        "write a heading above the column, or remove the column (pandas writes none with index=False)",
    );
    /// A text file is too long.
    pub const TEXT_TOO_LONG: Self =
        Self::rule("text-too-long", "split the file, or save it as EDF, BDF or Parquet");
    /// A text file is in an encoding that is not read.
    pub const TEXT_ENCODING: Self =
        Self::rule("text-encoding", "save the file as UTF-8; Excel calls it \"CSV UTF-8\"");
    /// A number has a decimal mark that is ambiguous, or another one than the numbers before it.
    pub const DECIMAL_MARK: Self = Self::rule(
        "decimal-mark",
        "write all decimals of the file with one mark and none for thousands; decimal commas need semicolons or tabs \
                 between columns",
    );
    /// A file is no Parquet file, or is damaged, or compressed in a way that is not read.
    pub const NOT_PARQUET: Self = Self::rule(
        "not-parquet",
        "write the file again, uncompressed or with snappy; Polars takes compression=\"snappy\"",
    );
    /// A file is neither EDF nor BDF.
    pub const NOT_EDF: Self =
        Self::rule("not-edf", "give the file the name of what it is, or export it as EDF or BDF again");
    /// A file ends within its header.
    pub const HEADER_CUT_SHORT: Self =
        Self::rule("header-cut-short", "copy or export the file again; it was cut short on the way");
    /// A field of a header is not the number that it should be.
    pub const HEADER_NUMBER: Self =
        Self::rule("header-number", "correct the header, or export the file again with another program");
    /// A header is not as long as its number of signals asks for.
    pub const HEADER_SIZE: Self =
        Self::rule("header-size", "correct the header, or export the file again with another program");
    /// A data record is larger than what is kept in memory.
    pub const RECORD_TOO_LARGE: Self =
        Self::rule("record-too-large", "export the file again with data records of one second");
    /// A file has more or fewer data records than its header says.
    pub const RECORD_COUNT: Self = Self::rule(
        "record-count",
        "copy the file again; if the recording stopped early, write -1 into the header, or export the file with MNE",
    );
    /// The digital minimum is not below the digital maximum.
    pub const DIGITAL_RANGE: Self =
        Self::rule("digital-range", "correct the header, or name other channels only");
    /// The physical minimum is the physical maximum.
    pub const PHYSICAL_RANGE: Self =
        Self::rule("physical-range", "correct the header, or name other channels only");
    /// Wanted channels of one file have different rates.
    pub const MIXED_CHANNEL_RATES: Self =
        Self::rule("mixed-channel-rates", "name channels of one rate in the column channels");
    /// A discontinuous recording leaves time out.
    pub const GAP: Self = Self::rule("gap", "split the file at the gap, with MNE for example");
    /// A discontinuous recording does not say when a data record began.
    pub const NO_RECORD_TIME: Self =
        Self::rule("no-record-time", "export the file again, as EDF+C if it has no gaps");
}

/// The rules of the description of a study.
impl Fault {
    /// A folder has no table of recordings.
    pub const NO_DESCRIPTION: Self =
        Self::rule("no-description", "write one, or let eegenre data init begin it");
    /// A folder has two tables of recordings.
    pub const TWO_TABLES: Self = Self::rule("two-tables", "keep one of them");
    /// The settings of a study are missing, or cannot be read.
    pub const STUDY_SETTINGS: Self = Self::rule(
        "study-settings",
        "correct study.toml as data/README.md describes it; eegenre data init writes one",
    );
    /// A column that every table of recordings needs is missing.
    pub const MISSING_COLUMN: Self = Self::rule("missing-column", "add the column to the table");
    /// A column has a name that no column of the table has.
    pub const UNKNOWN_COLUMN: Self =
        Self::rule("unknown-column", "correct the heading, or remove the column");
    /// Two columns of the table have one name.
    pub const DUPLICATE_COLUMN: Self = Self::rule("duplicate-column", "keep one of them");
    /// A line of the table has more cells than there are columns.
    pub const EXTRA_CELL: Self =
        Self::rule("extra-cell", "remove the cell, or put names with commas in them into quotes");
    /// A cell that has to be filled is empty.
    pub const EMPTY_FIELD: Self = Self::rule("empty-field", "fill the cell");
    /// A question mark is left where a person has to write a value.
    pub const UNFILLED: Self = Self::rule("unfilled", "replace the question mark by the value");
    /// A time or an order is not a number, or a recording ends before it starts.
    pub const BAD_TIME: Self = Self::rule("bad-time", "write a number with a decimal point");
    /// Channels are named twice.
    pub const CHANNELS_TWICE: Self = Self::rule(
        "channels-twice",
        "name one channel in column or several in channels, and each of them once",
    );
    /// A file lies outside the folder of the study.
    pub const OUTSIDE_FOLDER: Self =
        Self::rule("outside-folder", "copy the file into the folder, and write its place from there");
    /// A file of the table does not exist.
    pub const MISSING_FILE: Self =
        Self::rule("missing-file", "correct the name, or put the file into the folder");
    /// A study has too few labels to be told apart, or too many.
    pub const LABEL_COUNT: Self = Self::rule("label-count", "give each recording one of at least two labels");
    /// Two lines describe the same recording.
    pub const DUPLICATE_ROW: Self =
        Self::rule("duplicate-row", "remove one of them, or number repetitions in the column order");
    /// Nothing says the sampling rate of a file.
    pub const NO_RATE: Self = Self::rule("no-rate", "add what is expected");
    /// The part of a file that a recording is reaches beyond the file.
    pub const BEYOND_END: Self = Self::rule("beyond-end", "correct start_seconds or stop_seconds");
    /// A file has another unit than the study, and the units do not convert.
    pub const MIXED_UNITS: Self =
        Self::rule("mixed-units", "correct unit in study.toml, or export the file in it");
    /// A study whose samples are not negative has a negative one.
    pub const UNEXPECTED_NEGATIVE: Self =
        Self::rule("unexpected-negative", "set may_be_negative = true in study.toml, or correct the file");
    /// Recordings of one study have different channels.
    pub const MIXED_CHANNELS: Self =
        Self::rule("mixed-channels", "name the channels that all files have in the column channels");
    /// A folder is described already.
    pub const ALREADY_DESCRIBED: Self =
        Self::rule("already-described", "edit the file, or move it away and start again");
    /// A folder has no file of a format that is read.
    pub const NOTHING_TO_DESCRIBE: Self = Self::rule(
        "nothing-to-describe",
        "give a folder with .csv, .tsv, .xlsx, .edf or .bdf files; data/README.md says how to convert others",
    );
}
