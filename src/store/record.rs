//! Records: what is kept as JSON and read again.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::write_atomically;
use crate::error::{Error, Fault, Place, Result};

/// Writes a record whole or not at all, and only if the same record can be read back. JSON has no numbers that are not
/// finite: such a record would be lost.
///
/// # Errors
/// [`Fault::UNREADABLE_RECORD`] if it could not be read back; those of [`write_atomically`].
pub fn write_record<T: Serialize + DeserializeOwned + PartialEq>(
    path: impl AsRef<Path>,
    record: &T,
) -> Result<()> {
    let path = path.as_ref();
    let unreadable = |found: String| {
        Error::new(Fault::UNREADABLE_RECORD, Place::file(path), "a record that can be read again", found)
    };
    let mut bytes = serde_json::to_vec(record).map_err(|cause| unreadable(cause.to_string()))?;
    let again: T = serde_json::from_slice(&bytes).map_err(|cause| unreadable(cause.to_string()))?;
    if again != *record {
        return Err(unreadable("one with other numbers".to_owned()));
    }
    bytes.push(b'\n');
    write_atomically(path, &bytes)
}

/// Reads a record, if it is there; `expected` says of what.
///
/// # Errors
/// [`Fault::BAD_RECORD`]
pub fn read_record<T: DeserializeOwned>(path: impl AsRef<Path>, expected: &str) -> Result<Option<T>> {
    let path = path.as_ref();
    let bad = |cause: String| Error::new(Fault::BAD_RECORD, Place::file(path), expected, cause);
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|cause| bad(cause.to_string())),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(bad(cause.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("record.json");
        for lost in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = write_record(&path, &vec![1.0, lost]).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::UNREADABLE_RECORD, "{error}");
            // Null is a value here, and not the one that was written.
            let error = write_record(&path, &vec![Some(lost)]).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::UNREADABLE_RECORD, "{error}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(read_record::<Vec<f64>>(&path, "numbers"), Ok(None));
        fs::write(&path, "[null]").unwrap();
        assert_eq!(
            read_record::<Vec<f64>>(&path, "numbers").unwrap_err().problems()[0].fault,
            Fault::BAD_RECORD
        );
    }

    proptest! {
        #[test]
        fn every_finite_number_is_read_as_it_was_written(wide in any::<f64>(), narrow in any::<f32>()) {
            prop_assume!(wide.is_finite() && narrow.is_finite());
            let folder = tempdir().unwrap();
            let path = folder.path().join("record.json");
            write_record(&path, &(wide, narrow)).unwrap();
            let read: (f64, f32) = read_record(&path, "numbers").unwrap().unwrap();
            prop_assert_eq!((read.0.to_bits(), read.1.to_bits()), (wide.to_bits(), narrow.to_bits()));
        }
    }
}
