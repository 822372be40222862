//! The table of features that Rahman et al. published beside the recordings: `music-eeg-features.xlsx`.
//!
//! | | A | B | C | … | AA |
//! |---|---|---|---|---|---|
//! | 2 | `subject no.` | `mean_F7` | `max_F7` | … | `label` |
//! | 3 | 1 | 2.31 | 4.02 | … | 1 |
//!
//! The heading is the first row that is not blank. Labels are 1 classical, 2 instrumental, 3 pop. Every mistake in the
//! sheet is reported, up to [`MAX_PROBLEMS`](crate::recordings::MAX_PROBLEMS). We may not publish the file.
//!
//! # The bands of the rows
//! The 576 rows are three for each of 192 recordings, and the table does not name them. But the sum divided by the mean is the
//! number of values behind a row's features. It is 6, 17 and 20 in turn, without exception: far less than the 1600 samples of
//! a recording, and exactly the number of whole hertz in 8-13, 14-30 and 31-50. So rows are of the alpha, beta and gamma
//! [`Band`], and features are those of a *spectrum*, not of a signal in time (this much is inference). So its "Hurst exponent" or "fuzzy entropy" is that of up to 20 neighbouring frequencies, and cannot be
//! compared with ours.
//!
//! One heading, `var_F7`, occurs twice. The first is the variance; the second is the simple square integral over one
//! less than the number of values, the variance of A. Phinyomark et al. (2012). The second is read as `var_F7 2`.
//!
//! Four fuzzy entropies are 65535, next to which all others are below 30. MATLAB's `xlswrite` writes 65535 for what is
//! infinite, so a cell of 65535 is read as no value.

mod band;
mod sheet;

use std::path::{Path, PathBuf};

pub use band::Band;

use super::{FeatureRow, FeatureTable};
use crate::error::Result;
use crate::recordings::workbook::read_only_sheet;

/// The name of the file.
pub const FILE: &str = "music-eeg-features.xlsx";
/// The folder in which it is, beside that of the recordings.
const FOLDER: &str = "music-affect_v2-eeg-features";

/// What MATLAB writes for a number that is infinite.
const INFINITE: f64 = 65535.0;

/// The table that belongs to a folder of recordings, as `music-affect_v2` is laid out, if it is there: in the folder
/// itself, in the folder of features inside it, or in that beside it.
#[must_use]
pub fn find(folder: impl AsRef<Path>) -> Option<PathBuf> {
    let folder = folder.as_ref();
    // Through links and "..", so that there is a folder above.
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let beside = whole.parent().map(|above| above.join(FOLDER).join(FILE));
    let inside = [folder.join(FILE), folder.join(FOLDER).join(FILE)];
    inside.into_iter().chain(beside).find(|path| path.is_file())
}

/// Reads the table.
///
/// # Errors
/// All problems of the file, each with its cell; see [`Fault`](crate::error::Fault) for the rules.
pub fn read(path: impl AsRef<Path>) -> Result<FeatureTable> {
    let read = read_only_sheet::<sheet::Table>(path.as_ref())?;
    with_bands(read.contents)
}

/// The same table, its rows marked with their bands and numbered by recording, if it is one of bands.
fn with_bands(table: FeatureTable) -> Result<FeatureTable> {
    let column = |start: &str| table.names().iter().position(|name| name.starts_with(start));
    let (Some(sum), Some(mean)) = (column("sum_"), column("mean_")) else { return Ok(table) };
    let band = |row: &FeatureRow| Band::of_sum_and_mean(row.values[sum]?, row.values[mean]?);
    let mut rows = table.rows().to_vec();
    for index in 0..rows.len() {
        rows[index].band = band(&rows[index]);
        let Some((before, from)) = rows[..=index].split_last().map(|(row, before)| (before.last(), row))
        else {
            continue;
        };
        // A recording goes on while its participant and genre do and its bands become faster.
        let recording = before.map_or(0, |before| {
            let same = (before.participant, before.label) == (from.participant, from.label);
            let goes_on = same && before.band.is_some() && before.band < from.band;
            before.recording + usize::from(!goes_on)
        });
        rows[index].recording = recording;
    }
    FeatureTable::new(table.names().to_vec(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::{Genre, Participant};

    fn row(participant: u32, genre: Genre, values: u32) -> FeatureRow {
        FeatureRow {
            participant: Participant::new(participant),
            label: genre.into(),
            stimulus: None,
            take: 1,
            band: None,
            recording: 0,
            values: vec![Some(0.5), Some(0.5 * f64::from(values))],
        }
    }

    #[test]
    fn rows_of_a_recording_are_known_by_their_bands() {
        let pop = |participant, values| row(participant, Genre::Pop, values);
        let rows =
            vec![pop(1, 6), pop(1, 17), pop(1, 20), pop(1, 6), pop(1, 20), pop(2, 20), pop(2, 9), pop(2, 9)];
        let table =
            with_bands(FeatureTable::new(vec!["mean_F7".into(), "sum_F7".into()], rows).unwrap()).unwrap();
        let numbers: Vec<usize> = table.rows().iter().map(|row| row.recording).collect();
        assert_eq!(numbers, [0, 0, 0, 1, 1, 2, 3, 4]);
        assert_eq!(table.rows()[4].band, Some(Band::Gamma));
        assert_eq!(table.rows()[6].band, None);
    }

    #[test]
    fn the_table_is_found_in_beside_and_above_the_recordings() {
        let place = tempfile::tempdir().unwrap();
        let [features, recordings] =
            [FOLDER, "music-affect_v2-eeg-timeseries"].map(|name| place.path().join(name));
        for folder in [&features, &recordings] {
            std::fs::create_dir(folder).unwrap();
            assert_eq!(find(folder), None);
        }
        std::fs::write(features.join(FILE), "").unwrap();
        for folder in [place.path(), &features, &recordings] {
            let found = find(folder).unwrap().canonicalize().unwrap();
            assert_eq!(found, features.join(FILE).canonicalize().unwrap());
        }
    }
}
