//! Reads the recordings of a folder: of a study that is described there, or the twelve workbooks of the published one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::Song;
use super::dataset::DataSet;
use super::study::Study;
use super::synthetic::{SHEET_PREFIX, Stamp};
use super::workbook::{self, Workbook};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::store::NEVER;

/// The folder of EEG workbooks inside the published archive.
const PUBLISHED_SUBFOLDER: &str = "music-affect_v2-eeg-timeseries";

/// Reads the study that `recordings.tsv` or `recordings.csv` of a folder [describes](super::study::Study); else `S1.xlsx` ...
/// `S12.xlsx` from it, or from the folder of EEG workbooks in `music-affect_v2`.
///
/// Workbooks are read side by side on all cores. Other files are left alone. A set is marked as synthetic if any sheet
/// is named so, wherever its file was moved.
///
/// # Errors
/// Every problem of every workbook at once; see [`Fault`] for the rules.
pub fn load(folder: impl AsRef<Path>) -> Result<DataSet> {
    load_unless(folder.as_ref(), &NEVER)
}

/// The same, unless `stop` becomes true first. A workbook that is being read is read to its end.
pub(super) fn load_unless(folder: &Path, stop: &AtomicBool) -> Result<DataSet> {
    if Study::is_described(folder) {
        return Study::read(folder)?.data_set();
    }
    let folder = folder_of_workbooks(folder)?;
    let (paths, mut problems) = workbooks(&folder)?;
    let results: Vec<(PathBuf, Result<Workbook>)> = paths
        .into_par_iter()
        .filter(|_| !stop.load(Ordering::Relaxed))
        .map(|(song, path)| {
            let workbook = workbook::read(&path, song);
            (path, workbook)
        })
        .collect();
    if stop.load(Ordering::Relaxed) {
        return Err(Error::interrupted(Place::file(folder), "to read its workbooks"));
    }
    let mut read = Vec::new();
    for (path, result) in results {
        match result {
            Ok(workbook) => read.push((path, workbook)),
            Err(error) => problems.extend_from_slice(error.problems()),
        }
    }
    problems.extend(odd_rates(&read));
    Error::unless_none(problems)?;

    let names = read.iter().filter_map(|(_, workbook)| workbook.sheet.strip_prefix(SHEET_PREFIX));
    let effects: BTreeSet<String> = names.map(|name| name.trim().to_owned()).collect();
    let formulas = read.iter().map(|(_, workbook)| workbook.formulas).sum();
    let set = DataSet::new(read.into_iter().flat_map(|(_, workbook)| workbook.recordings).collect())?
        .with_formulas(formulas);
    if effects.is_empty() {
        return Ok(set);
    }
    let stamp = Stamp::read(&folder).filter(|stamp| stamp.fingerprint == set.fingerprint());
    let how = stamp.map_or_else(
        || effects.into_iter().collect::<Vec<_>>().join(" and "),
        |stamp| stamp.settings.to_string(),
    );
    Ok(set.marked_synthetic(&how))
}

/// The given folder, or the folder of EEG workbooks inside it.
fn folder_of_workbooks(folder: &Path) -> Result<PathBuf> {
    let inside = folder.join(PUBLISHED_SUBFOLDER);
    if inside.is_dir() {
        Ok(inside)
    } else if folder.is_dir() {
        Ok(folder.to_owned())
    } else {
        let found = if folder.exists() { "a file" } else { "nothing" };
        Err(Error::new(Fault::MISSING_FOLDER, Place::file(folder), "a folder of workbooks", found))
    }
}

/// The workbook of each song, and what is wrong with the choice of files.
fn workbooks(folder: &Path) -> Result<(BTreeMap<Song, PathBuf>, Vec<Problem>)> {
    let unreadable = |cause: std::io::Error| {
        Error::new(
            Fault::UNREADABLE_FILE,
            Place::file(folder),
            "a folder that can be listed",
            cause.to_string(),
        )
    };
    let mut paths: BTreeMap<Song, PathBuf> = BTreeMap::new();
    let mut problems = Vec::new();
    let entries: std::io::Result<Vec<PathBuf>> =
        fs::read_dir(folder).map_err(unreadable)?.map(|entry| Ok(entry?.path())).collect();
    let mut entries = entries.map_err(unreadable)?;
    entries.sort();
    for path in entries {
        let Some(number) = song_number(&path) else { continue };
        match Song::new(number) {
            Err(_) => {
                let expected = "songs 1 to 12";
                problems.push(Problem::new(
                    Fault::UNKNOWN_SONG,
                    Place::file(&path),
                    expected,
                    format!("song {number}"),
                ));
            }
            Ok(song) => {
                if let Some(earlier) = paths.insert(song, path.clone()) {
                    let found = format!("{} as well", earlier.display());
                    problems.push(Problem::new(
                        Fault::DUPLICATE_SONG,
                        Place::file(&path),
                        "one workbook a song",
                        found,
                    ));
                }
            }
        }
    }
    if paths.is_empty() && problems.is_empty() {
        let expected = "recordings.tsv, or S1.xlsx ... S12.xlsx, in the folder";
        return Err(Error::new(Fault::MISSING_FOLDER, Place::file(folder), expected, "none of them"));
    }
    let missing: Vec<String> =
        Song::all().filter(|song| !paths.contains_key(song)).map(|song| format!("{song}.xlsx")).collect();
    problems.extend(match &missing[..] {
        [] => None,
        [one] => {
            let place = Place::file(folder.join(one));
            Some(Problem::new(Fault::MISSING_SONG, place, "the workbook of a song", "no such file"))
        }
        // The folder of another study lacks many: one problem, not twelve.
        several => {
            let expected = "S1.xlsx ... S12.xlsx, a workbook for each song";
            let found = format!("no {}", several.join(", "));
            Some(Problem::new(Fault::MISSING_SONG, Place::file(folder), expected, found))
        }
    });
    Ok((paths, problems))
}

/// 7 for `S7.xlsx`, `S07.xlsx` and `s7.XLSX`; nothing for a file of another name.
fn song_number(path: &Path) -> Option<u32> {
    let extension = path.extension()?.to_str()?;
    let digits = path.file_stem()?.to_str()?.strip_prefix(['S', 's'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (extension.eq_ignore_ascii_case("xlsx") && is_number).then(|| digits.parse().unwrap_or(u32::MAX))
}

/// A problem for each workbook whose sampling rate differs from the first one's.
fn odd_rates(read: &[(PathBuf, Workbook)]) -> Vec<Problem> {
    let rate_hz = |workbook: &Workbook| workbook.recordings.first().map(|recording| recording.rate_hz);
    let Some((first_path, first)) = read.first() else { return Vec::new() };
    let odd = read.iter().filter(|(_, workbook)| rate_hz(workbook) != rate_hz(first));
    let problems = odd.map(|(path, workbook)| {
        let rows = |workbook| rate_hz(workbook).unwrap_or_default();
        let place = Place::file(path).sheet(&workbook.sheet);
        let expected = format!("{} rows per second, as in {}", rows(first), first_path.display());
        Problem::new(Fault::MIXED_RATES, place, expected, format!("{} rows per second", rows(workbook)))
    });
    problems.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workbooks_are_known_by_their_names() {
        let number = |name: &str| song_number(Path::new(name));
        assert_eq!(
            [number("S1.xlsx"), number("a/s012.XLSX"), number("S13.xlsx")],
            [Some(1), Some(12), Some(13)]
        );
        let others =
            ["README.txt", "S1.xls", "S1.csv", "~$S1.xlsx", "S.xlsx", "S1 (copy).xlsx", "Song1.xlsx"];
        assert!(others.into_iter().all(|name| number(name).is_none()));
    }
}
