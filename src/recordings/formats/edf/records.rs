//! The data records, one at a time.

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use super::annotations::Onsets;
use super::header::Header;
use super::scale::Scale;
use crate::error::{Error, Fault, Place, Result};

/// Reads all data records and keeps parts of them: bytes of a record, and what makes samples of their integers.
///
/// # Errors
/// [`Fault::GAP`] or [`Fault::NO_RECORD_TIME`] in a discontinuous file; [`Fault::NON_FINITE_CELL`] if a scale makes a sample
/// infinite; [`Fault::UNREADABLE_FILE`].
pub(super) fn read(
    file: &mut impl Read,
    header: &Header,
    parts: &[(Range<usize>, Scale)],
    path: &Path,
) -> Result<Vec<Vec<f64>>> {
    let mut record = vec![0; header.record_bytes];
    let mut onsets = header.discontinuous.then(|| Onsets::of(header));
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); parts.len()];
    for index in 0..header.records {
        file.read_exact(&mut record).map_err(|cause| {
            let expected = format!("data record {} of {}", index + 1, header.records);
            Error::new(Fault::UNREADABLE_FILE, Place::file(path), expected, cause.to_string())
        })?;
        if let Some(onsets) = &mut onsets {
            onsets.check(&record, index).map_err(|error| error.placed(|place| at(path, place)))?;
        }
        for ((bytes, scale), samples) in parts.iter().zip(&mut samples) {
            let integers = record[bytes.clone()].chunks_exact(header.width);
            samples.extend(integers.map(|integer| scale.physical(little_endian(integer))));
        }
    }
    match samples.iter().flatten().find(|sample| !sample.is_finite()) {
        None => Ok(samples),
        Some(sample) => {
            let place = Place::file(path).of_field("physical range");
            Err(Error::new(Fault::NON_FINITE_CELL, place, "finite samples", sample.to_string()))
        }
    }
}

fn at(path: &Path, place: Place) -> Place {
    Place { field: place.field, ..Place::file(path) }
}

/// A signed integer of 2 or 3 bytes.
fn little_endian(bytes: &[u8]) -> i32 {
    match *bytes {
        [low, high] => i32::from(i16::from_le_bytes([low, high])),
        [low, middle, high] => i32::from_le_bytes([0, low, middle, high]) >> 8,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_a_sign() {
        assert_eq!(little_endian(&[0xFF, 0xFF]), -1);
        assert_eq!(little_endian(&[0x00, 0x80]), -32_768);
        assert_eq!(little_endian(&[0xFF, 0xFF, 0xFF]), -1);
        assert_eq!(little_endian(&[0x00, 0x00, 0x80]), -8_388_608);
        assert_eq!(little_endian(&[0x01, 0x02, 0x03]), 0x0003_0201);
    }
}
