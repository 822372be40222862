//! One song's workbook, in the layout of the real ones, with the same bytes whenever it is written.
//!
//! One sheet, named after the effect. Row 1: `Time`, then the participants, `P01` and so on. Below it a row a sample:
//! the second, counted from 1 and shared by 8 rows, then each participant's power. Samples are written in the
//! shortest form that reads back as the same `f64`.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::Settings;
use super::design::RATE_HZ;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::Recording;

/// The date that every workbook bears: what a program writes into a file must not depend on when it does.
const DATE: (u16, u8, u8) = (2000, 1, 1);

/// Deflate's level: twice as fast as the usual 6, for files that are a tenth larger.
const COMPRESSION: u8 = 3;

/// The bytes of a workbook that holds recordings of one song, all of one length, in this order of columns.
///
/// # Errors
/// [`Fault::UNWRITABLE`] if the recordings cannot be put into a workbook, with the reason.
pub fn bytes(file_name: &str, settings: &Settings, recordings: &[&Recording]) -> Result<Vec<u8>> {
    assemble(settings, recordings).map_err(|error| {
        Error::new(Fault::UNWRITABLE, Place::file(file_name), "a workbook", error.to_string())
    })
}

fn assemble(settings: &Settings, recordings: &[&Recording]) -> std::result::Result<Vec<u8>, XlsxError> {
    let (year, month, day) = DATE;
    let properties = DocProperties::new()
        .set_title("Synthetic EEG recordings")
        .set_comment(format!("Not measured: made by eegenre ({settings})."))
        .set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?);
    let mut workbook = Workbook::new();
    workbook.set_zip_compression_level(COMPRESSION);
    workbook.set_properties(&properties);
    let sheet = workbook.add_worksheet();
    sheet.set_name(settings.effect.sheet_name())?;
    sheet.write_string(0, 0, "Time")?;
    let rows = recordings.first().map_or(0, |recording| recording.samples.len());
    for row in 0..rows as u32 {
        sheet.write_number(row + 1, 0, row / RATE_HZ + 1)?;
    }
    for (column, recording) in (1_u16..).zip(recordings) {
        sheet.write_string(0, column, recording.participant.to_string())?;
        for (row, sample) in (1_u32..).zip(&recording.samples) {
            sheet.write_number(row, column, *sample)?;
        }
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::recordings::Song;
    use crate::recordings::synthetic::{Effect, design, generate};

    fn written(settings: &Settings, song: u32) -> (Vec<Recording>, Vec<u8>) {
        let set = generate(settings).unwrap();
        let song = Song::new(song).unwrap();
        let recordings: Vec<Recording> =
            set.recordings().iter().filter(|recording| recording.stimulus == song.into()).cloned().collect();
        let bytes = bytes("S.xlsx", settings, &recordings.iter().collect::<Vec<_>>()).unwrap();
        (recordings, bytes)
    }

    #[test]
    fn what_is_written_is_read_back_bit_for_bit() {
        let settings = Settings { effect: Effect::LongRange, ..Settings::default() };
        for song in [1, 10] {
            let (recordings, bytes) = written(&settings, song);
            let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
            assert_eq!(workbook.sheet_names(), ["synthetic long-range"]);
            let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
            let length = design::LENGTHS[song as usize - 1];
            assert_eq!(sheet.get_size(), (length + 1, 17));
            assert_eq!(sheet.get((0, 0)), Some(&Data::String("Time".into())));
            for (row, second) in [(1, 1.0), (8, 1.0), (9, 2.0), (length, length.div_ceil(8) as f64)] {
                assert_eq!(sheet.get((row, 0)), Some(&Data::Float(second)), "row {row}");
            }
            for (column, recording) in (1..).zip(&recordings) {
                assert_eq!(sheet.get((0, column)), Some(&Data::String(recording.participant.to_string())));
                for (row, sample) in (1..).zip(&recording.samples) {
                    let Some(Data::Float(read)) = sheet.get((row, column)) else { panic!("row {row}") };
                    assert_eq!(read.to_bits(), sample.to_bits(), "row {row}, column {column}");
                }
            }
        }
    }

    #[test]
    fn no_date_of_writing_is_left_in_a_workbook() {
        let (_, bytes) = written(&Settings::default(), 7);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let name = file.name().unwrap().into_owned();
            let date = file.last_modified().unwrap();
            assert_eq!((date.year(), date.month(), date.day(), date.second()), (1980, 1, 1, 0), "{name}");
            if name == "docProps/core.xml" {
                let mut xml = String::new();
                file.read_to_string(&mut xml).unwrap();
                assert_eq!(xml.matches("2000-01-01T00:00:00Z").count(), 2, "{xml}");
                assert_eq!(xml.matches("W3CDTF").count(), 2, "{xml}");
            }
        }
    }
}
