//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// A folder of recordings does not exist or is not a folder.
    pub const MISSING_FOLDER: Self = Self::rule(
        "missing-folder",
        "give the folder that holds S1.xlsx ... S12.xlsx, or music-affect_v2 above it",
    );
    /// A folder of recordings lacks the workbook of one of the twelve songs.
    pub const MISSING_SONG: Self =
        Self::rule("missing-song", "put the missing workbook into the folder; all twelve songs are needed");
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
        "count time in whole seconds; the rows that share a second give the rate",
    );
    /// Time goes backwards.
    pub const TIME_GOES_BACKWARDS: Self = Self::rule("time-goes-backwards", "sort the rows by time");
    /// Time leaves seconds out.
    pub const TIME_SKIPS: Self =
        Self::rule("time-skips", "fill in the missing seconds, or cut the recording before the gap");
    /// Seconds of one workbook have no common number of rows, or one has more than the others.
    pub const UNEVEN_RATE: Self =
        Self::rule("uneven-rate", "give every second the same number of rows; only lost rows may be missing");
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
    pub const BLANK_CELL: Self = Self::rule("blank-cell", "fill the cell, or delete what stands below it");
    /// A cell has a formula, and no result of it is stored beside it.
    pub const FORMULA_WITHOUT_VALUE: Self = Self::rule(
        "formula-without-value",
        "open the workbook in a spreadsheet program and save it, which stores the results of its formulas; or write \
                 numbers in their place",
    );
    /// A sample or a time is not a finite number.
    pub const NON_FINITE_CELL: Self =
        Self::rule("non-finite-cell", "replace the cell by the number that it should hold");
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
