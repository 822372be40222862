//! Comma-separated values.

use csv::WriterBuilder;

use crate::error::{Error, Fault, Place, Result};

/// The text of a table: a heading, and lines of as many fields.
///
/// # Errors
/// [`Fault::UNWRITABLE`] for a line of another number of fields.
pub(crate) fn comma_separated<H, L>(heading: H, lines: impl IntoIterator<Item = L>) -> Result<String>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    L: IntoIterator<Item: AsRef<[u8]>>,
{
    separated(b',', heading, lines)
}

/// The same, with another character between fields.
///
/// # Errors
/// [`Fault::UNWRITABLE`] for a line of another number of fields.
pub(crate) fn separated<H, L>(delimiter: u8, heading: H, lines: impl IntoIterator<Item = L>) -> Result<String>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    L: IntoIterator<Item: AsRef<[u8]>>,
{
    let unwritable = |cause: String| {
        Error::new(Fault::UNWRITABLE, Place::field("table"), "lines of one length in UTF-8", cause)
    };
    let mut writer = WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(heading).map_err(|cause| unwritable(cause.to_string()))?;
    for line in lines {
        writer.write_record(line).map_err(|cause| unwritable(cause.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|cause| unwritable(cause.to_string()))?;
    String::from_utf8(bytes).map_err(|cause| unwritable(cause.to_string()))
}
