//! Opens the zip archive that a workbook is, and bounds what it may inflate to before anything parses it.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::{Error, Fault, Place, Result};

/// The most that a workbook may hold, as a file and inflated: 64 MiB.
///
/// A song's workbook is a third of a megabyte and inflates to 1.5 MB; an hour of 24 participants at 8 Hz would
/// inflate to about 25 MB.
pub const MAX_INFLATED_BYTES: u64 = 64 << 20;

/// Reads a workbook's XML parts into a zip archive in memory that stores them uncompressed.
///
/// Inflating once, here, bounds memory whatever the archive says of its own sizes, and leaves the parser nothing
/// to inflate. Parts that are not XML (pictures, printer settings) are left out.
///
/// # Errors
/// [`Fault::UnreadableFile`], [`Fault::NotAZip`], [`Fault::DamagedZip`] or [`Fault::InflatesBeyondBound`].
pub(super) fn read_stored(path: &Path) -> Result<Cursor<Vec<u8>>> {
    let bytes = read_file(path)?;
    let place = || Place::file(path);
    let size = bytes.len();
    if !bytes.starts_with(b"PK") {
        let found = match bytes.as_slice() {
            [] => "an empty file".to_owned(),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => "an old .xls or a password-protected workbook".to_owned(),
            start => format!("a file that starts with \"{}\"", start[..size.min(4)].escape_ascii()),
        };
        return Err(Error::new(Fault::NotAZip, place(), "an .xlsx workbook (a zip archive)", found));
    }
    let damaged = |part: &str, cause: ZipError| {
        let found = format!("{size} bytes in which {part} cannot be read ({cause})");
        Error::new(Fault::DamagedZip, place(), "a whole zip archive", found)
    };
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|cause| damaged("the list of contents", cause))?;
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut left = MAX_INFLATED_BYTES;
    let mut part = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|cause| damaged(&format!("part {index}"), cause))?;
        let name = entry.name().map_err(|cause| damaged(&format!("part {index}"), cause))?.into_owned();
        if !is_xml(&name) {
            continue;
        }
        part.clear();
        let inflated = entry.by_ref().take(left + 1).read_to_end(&mut part);
        let inflated = inflated.map_err(|cause| damaged(&name, cause.into()))? as u64;
        let hint = unique_strings(&name, &part).filter(|count| *count > inflated);
        if inflated > left || hint.is_some() {
            let expected = format!("contents of at most {} MiB", MAX_INFLATED_BYTES >> 20);
            let found = match hint {
                None => format!("more than that, by {name}"),
                Some(count) => format!("{count} texts promised by {name}, which has {inflated} bytes"),
            };
            return Err(Error::new(Fault::InflatesBeyondBound, place(), expected, found));
        }
        left -= inflated;
        let written = stored
            .start_file(name.as_str(), options)
            .and_then(|()| stored.write_all(&part).map_err(ZipError::from));
        written.map_err(|cause| damaged(&name, cause))?;
    }
    stored.finish().map_err(|cause| damaged("the list of contents", cause))
}

/// Reads a file of at most [`MAX_INFLATED_BYTES`].
fn read_file(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |cause: std::io::Error| {
        Error::new(Fault::UnreadableFile, Place::file(path), "a file that can be read", cause.to_string())
    };
    let file = fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::with_capacity(size.min(MAX_INFLATED_BYTES) as usize);
    let read = file.take(MAX_INFLATED_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)? as u64;
    if read > MAX_INFLATED_BYTES {
        let expected = format!("a file of at most {} MiB", MAX_INFLATED_BYTES >> 20);
        let found = format!("{} MiB", size.max(read) >> 20);
        return Err(Error::new(Fault::InflatesBeyondBound, Place::file(path), expected, found));
    }
    Ok(bytes)
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels")
}

/// The number of texts that a shared-strings part promises. The parser sets memory aside for that many before it
/// reads one, so a promise of more texts than the part has bytes must not reach it.
fn unique_strings(name: &str, part: &[u8]) -> Option<u64> {
    const ATTRIBUTE: &[u8] = b"uniqueCount";
    if !name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
        return None;
    }
    let promises = part.windows(ATTRIBUTE.len()).enumerate().filter(|(_, window)| *window == ATTRIBUTE);
    let counts = promises.map(|(at, _)| {
        let rest = part[at + ATTRIBUTE.len()..].iter();
        let digits = rest.skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    counts.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_of_texts_is_read_wherever_it_stands() {
        let read = |xml: &str| unique_strings("xl/sharedStrings.xml", xml.as_bytes());
        assert_eq!(read(r#"<sst count="17" uniqueCount="17">"#), Some(17));
        assert_eq!(read("<sst uniqueCount = '99999999999999999999999'>"), Some(u64::MAX));
        assert_eq!(read("<sst>"), None);
        assert_eq!(unique_strings("xl/styles.xml", br#"<sst uniqueCount="17">"#), None);
    }
}
