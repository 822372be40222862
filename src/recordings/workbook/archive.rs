//! Opens the zip archive that a workbook is, and bounds what it may inflate to before anything parses it.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use zip::result::ZipError;
use zip::{ZipArchive, ZipWriter};

use super::pieces::{MAX_PIECE_BYTES, Pieces};
use crate::error::{Error, Fault, Place, Result};

/// How many times its compressed size a part of a workbook may inflate to. Sheets of recordings inflate about five-fold;
/// Apache POI draws the line at the same place.
pub const MAX_INFLATION: u64 = 100;
/// The most bytes that a workbook may have, as it stays in memory while its sheet is read.
pub const MAX_WORKBOOK_BYTES: u64 = 512 << 20;

/// A part that inflates to no more than this may do so from any size.
const ALWAYS_ALLOWED_BYTES: u64 = 1 << 20;
/// The most that all parts but the sheets may inflate to together. The parser keeps what they say.
const MAX_KEPT_BYTES: u64 = 64 << 20;

/// The XML parts of a workbook, still compressed.
pub(super) struct Archive {
    /// A zip archive.
    pub(super) bytes: Cursor<Vec<u8>>,
    /// Whether the workbook asks for its formulas to be calculated when it is opened, because they never were.
    pub(super) calculated_on_opening: bool,
}

/// Reads the XML parts of a workbook into memory, compressed as they are, after inflating each once to check it.
///
/// Parts that are not XML (pictures, printer settings) are left out, so that the parser sees only what was checked.
///
/// # Errors
/// [`Fault::UNREADABLE_FILE`], [`Fault::NOT_A_ZIP`], [`Fault::DAMAGED_ZIP`] or [`Fault::INFLATES_BEYOND_BOUND`].
pub(super) fn read(path: &Path) -> Result<Archive> {
    let (file, size) = open(path)?;
    let damaged = |part: &str, cause: ZipError| {
        let found = format!("{size} bytes in which {part} cannot be read ({cause})");
        Error::new(Fault::DAMAGED_ZIP, Place::file(path), "a whole zip archive", found)
    };
    let beyond = |expected: String, found: String| {
        Error::new(Fault::INFLATES_BEYOND_BOUND, Place::file(path), expected, found)
    };
    let mut archive = ZipArchive::new(file).map_err(|cause| damaged("the list of contents", cause))?;
    let mut checked = ZipWriter::new(Cursor::new(Vec::new()));
    let mut calculated_on_opening = false;
    let (mut left, mut left_to_keep) = (size, MAX_KEPT_BYTES);
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|cause| damaged(&format!("part {index}"), cause))?;
        let name = entry.name().map_err(|cause| damaged(&format!("part {index}"), cause))?.into_owned();
        if !is_xml(&name) {
            continue;
        }
        let compressed = entry.compressed_size();
        left = left.checked_sub(compressed).ok_or_else(|| {
            beyond(format!("parts of {size} bytes together"), format!("more than that, with {name}"))
        })?;
        let by_ratio = compressed.saturating_mul(MAX_INFLATION).max(ALWAYS_ALLOWED_BYTES);
        let is_sheet = is_sheet(&name);
        let most = if is_sheet { by_ratio } else { by_ratio.min(left_to_keep) };
        let checks = if is_sheet { check_sheet(&mut entry, most) } else { check_kept(&mut entry, most) };
        match checks.map_err(|cause| damaged(&name, cause.into()))? {
            Checked { inflated, .. } if inflated > most => {
                let expected = match most < by_ratio {
                    true => format!("parts beside the sheets of at most {} MiB", MAX_KEPT_BYTES >> 20),
                    false => format!("contents of at most {MAX_INFLATION} times their compressed size"),
                };
                return Err(beyond(expected, format!("more than that, by {name}")));
            }
            Checked { longest, .. } if longest > MAX_PIECE_BYTES => {
                let expected = format!("tags, texts and comments of at most {MAX_PIECE_BYTES} bytes");
                return Err(beyond(expected, format!("a longer one in {name}")));
            }
            Checked { inflated, texts, .. } if texts > inflated => {
                let found = format!("{texts} texts promised by {name}, which has {inflated} bytes");
                return Err(beyond("no more texts than bytes".to_owned(), found));
            }
            Checked { inflated, asks_for_calculation, .. } => {
                calculated_on_opening |= asks_for_calculation;
                if !is_sheet {
                    left_to_keep -= inflated;
                }
            }
        }
        drop(entry);
        let copied = archive.by_index_raw(index).and_then(|raw| checked.raw_copy_file(raw));
        copied.map_err(|cause| damaged(&name, cause))?;
    }
    let bytes = checked.finish().map_err(|cause| damaged("the list of contents", cause))?;
    Ok(Archive { bytes, calculated_on_opening })
}

/// Opens a file that starts as a zip archive does. Gives its size too.
fn open(path: &Path) -> Result<(BufReader<File>, u64)> {
    let unreadable = |cause: std::io::Error| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a file that can be read", cause.to_string())
    };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut file = BufReader::new(file);
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(unreadable)?;
    if !start.starts_with(b"PK") {
        let found = match start.as_slice() {
            [] => "an empty file".to_owned(),
            [0xD0, 0xCF, 0x11, 0xE0] => "an old .xls or a password-protected workbook".to_owned(),
            start => format!("a file that starts with \"{}\"", start.escape_ascii()),
        };
        return Err(Error::new(
            Fault::NOT_A_ZIP,
            Place::file(path),
            "an .xlsx workbook (a zip archive)",
            found,
        ));
    }
    if size > MAX_WORKBOOK_BYTES {
        let expected = format!("a file of at most {} MiB", MAX_WORKBOOK_BYTES >> 20);
        let found = format!("{} MiB", size >> 20);
        return Err(Error::new(Fault::INFLATES_BEYOND_BOUND, Place::file(path), expected, found));
    }
    file.rewind().map_err(unreadable)?;
    Ok((file, size))
}

/// What inflating a part showed.
#[derive(Default)]
struct Checked {
    /// Bytes, or more than the bound if that was reached.
    inflated: u64,
    /// Bytes of the longest piece of XML that the parser would hold at once, as far as it matters.
    longest: usize,
    /// How many texts a shared-strings part promises.
    texts: u64,
    /// Whether formulas are to be calculated when the workbook is opened.
    asks_for_calculation: bool,
}

/// Inflates a sheet piece by piece, to the end if it is no longer than `most`: there its checksum is compared.
fn check_sheet(entry: &mut impl Read, most: u64) -> std::io::Result<Checked> {
    let mut buffer = vec![0; 1 << 16];
    let (mut inflated, mut pieces) = (0, Pieces::default());
    loop {
        let count = entry.read(&mut buffer)?;
        inflated += count as u64;
        pieces.follow(&buffer[..count]);
        if count == 0 || inflated > most {
            return Ok(Checked { inflated, longest: pieces.longest(), ..Checked::default() });
        }
    }
}

/// Inflates a part that the parser keeps, and looks into it.
fn check_kept(entry: &mut impl Read, most: u64) -> std::io::Result<Checked> {
    let mut part = Vec::new();
    let inflated = entry.take(most + 1).read_to_end(&mut part)? as u64;
    let texts = attribute_values(&part, b"uniqueCount").map(|value| {
        let digits = value.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    let asks = |value: &[u8]| value.starts_with(b"1") || value.starts_with(b"true");
    Ok(Checked {
        inflated,
        // The parser sets memory aside for so many texts before it reads one.
        texts: texts.max().unwrap_or(0),
        asks_for_calculation: attribute_values(&part, b"fullCalcOnLoad").any(asks),
        ..Checked::default()
    })
}

/// What follows each place at which an attribute stands, after its quotation mark.
fn attribute_values<'a>(part: &'a [u8], name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let places = part.windows(name.len()).enumerate().filter(move |(_, window)| *window == name);
    places.map(move |(at, _)| {
        let rest = &part[at + name.len()..];
        let skipped = rest.iter().take_while(|byte| b"= \t\r\n\"'".contains(byte)).count();
        &rest[skipped..]
    })
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels")
}

fn is_sheet(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('\\', "/");
    name.contains("worksheets/") && name.ends_with(".xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_of_texts_is_read_wherever_it_stands() {
        let read = |xml: &str| check_kept(&mut xml.as_bytes(), 1000).unwrap().texts;
        assert_eq!(read(r#"<sst count="17" uniqueCount="17">"#), 17);
        assert_eq!(read("<sst uniqueCount = '99999999999999999999999'>"), u64::MAX);
        assert_eq!(read("<sst>"), 0);
    }

    #[test]
    fn a_wish_for_calculation_is_read() {
        let read = |xml: &str| check_kept(&mut xml.as_bytes(), 1000).unwrap().asks_for_calculation;
        assert!(read(r#"<calcPr calcId="124519" fullCalcOnLoad="1"/>"#));
        assert!(read("<calcPr fullCalcOnLoad = 'true'/>"));
        assert!(!read(r#"<calcPr calcId="191029" fullCalcOnLoad="0"/>"#));
        assert!(!read("<calcPr/>"));
    }
}
