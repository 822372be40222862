//! The format of a file, told by its name.

use std::path::Path;

use crate::error::{Error, Fault, Place, Result};

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook, `.xlsx`.
    Workbook,
    /// Delimited text, `.csv` or `.tsv`.
    Text,
    /// EDF, EDF+, BDF or BDF+: `.edf` or `.bdf`.
    Edf,
    /// `.parquet`
    #[cfg(feature = "parquet")]
    Parquet,
}

impl Format {
    /// That of a file, by its name.
    ///
    /// # Errors
    /// [`Fault::UNKNOWN_FORMAT`] if files of such a name are not read.
    pub fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|text| text.to_string_lossy().to_lowercase());
        let format = match extension.as_deref() {
            Some("xlsx") => Self::Workbook,
            Some("csv" | "tsv") => Self::Text,
            Some("edf" | "bdf") => Self::Edf,
            #[cfg(feature = "parquet")]
            Some("parquet") => Self::Parquet,
            other => return Err(unknown(path, other)),
        };
        Ok(format)
    }
}

fn unknown(path: &Path, extension: Option<&str>) -> Error {
    let found = match extension {
        Some("parquet") => {
            "a .parquet file, which this build of eegenre does not read (--features parquet)".into()
        }
        Some(extension) => format!("a .{extension} file"),
        None => "a name without an extension".to_owned(),
    };
    let expected = "a .csv, .tsv, .xlsx, .edf, .bdf or .parquet file";
    Error::new(Fault::UNKNOWN_FORMAT, Place::file(path), expected, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_formats_in_either_case() {
        let format = |name: &str| Format::of(Path::new(name)).map_err(|error| error.problems()[0].fault);
        assert_eq!(format("a/P01.EDF"), Ok(Format::Edf));
        assert_eq!(format("P01.bdf"), Ok(Format::Edf));
        assert_eq!(format("P01.tsv"), Ok(Format::Text));
        assert_eq!(format("P01.Xlsx"), Ok(Format::Workbook));
        for other in ["P01.fif", "P01", ".edf", "P01.edf.gz", "P01.xls", ""] {
            assert_eq!(format(other), Err(Fault::UNKNOWN_FORMAT), "{other}");
        }
    }
}
