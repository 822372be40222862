use std::path::Path;

use proptest::prelude::*;

use super::read;
use super::testing::{Contents, Writer, onsets, signal};
use crate::error::{Fault, Problem, Result};
use crate::recordings::formats::Signals;

fn read_bytes(bytes: &[u8], wanted: &[&str]) -> Result<Signals> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("P01.edf");
    std::fs::write(&path, bytes).unwrap();
    let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    read(Path::new(&path), &wanted)
}

/// Two channels of 4 Hz and one of 2 Hz, three seconds.
fn sound() -> Writer {
    let integers = |start: i32, samples: i32| (start..start + samples).collect();
    Writer::new(
        false,
        vec![
            signal("EEG F7", 4, integers(-6, 12)),
            signal("EEG F8", 4, integers(100, 12)),
            signal("SpO2", 2, integers(0, 6)),
        ],
    )
}

/// The only problem of a file that was changed.
fn problem(change: impl FnOnce(&mut Writer)) -> Problem {
    let mut writer = sound();
    change(&mut writer);
    problem_of(&writer.bytes(), &["EEG F7", "EEG F8"])
}

fn problem_of(bytes: &[u8], wanted: &[&str]) -> Problem {
    let error = read_bytes(bytes, wanted).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    problem.clone()
}

#[test]
fn channels_are_read_in_the_order_wanted_with_unit_and_rate() {
    let mut writer = sound();
    writer.signals[1].unit = "\u{b5}V".into();
    writer.seconds = "0,5".into();
    let signals = read_bytes(&writer.bytes(), &["EEG F8", "EEG F7"]).unwrap();
    assert_eq!(signals.rate_hz, Some(8.0));
    let names: Vec<_> = signals.channels.iter().map(|one| (one.name.as_str(), one.unit.as_deref())).collect();
    assert_eq!(names, [("EEG F8", Some("µV")), ("EEG F7", Some("µV"))]);
    assert!(
        signals.samples[1]
            .iter()
            .zip(-6..6)
            .all(|(sample, integer)| { (sample - f64::from(integer) / 10.0).abs() < 1e-9 })
    );
}

#[test]
fn a_recording_that_was_not_closed_goes_by_its_size() {
    let mut writer = sound();
    writer.records = "-1".into();
    let mut bytes = writer.bytes();
    bytes.truncate(bytes.len() - 3);
    assert_eq!(read_bytes(&bytes, &["SpO2"]).unwrap().samples[0].len(), 4);
}

#[test]
fn a_signal_may_be_inverted() {
    let mut writer = sound();
    writer.signals[0].limits = ["100", "-100", "-100", "100"].map(String::from);
    assert_eq!(read_bytes(&writer.bytes(), &["EEG F7"]).unwrap().samples[0][0], 6.0);
}

#[test]
fn the_status_channel_of_bdf_and_annotations_are_no_channels() {
    let mut writer = Writer::new(
        true,
        vec![signal("A1", 2, vec![-8_388_608, 8_388_607]), signal("Status", 2, vec![1, 2])],
    );
    writer.signals[0].limits = ["-8388608", "8388607", "-8388608", "8388607"].map(String::from);
    let signals = read_bytes(&writer.bytes(), &[]).unwrap();
    assert_eq!((signals.channels.len(), &signals.samples[0][..]), (1, &[-8_388_608.0, 8_388_607.0][..]));
    // A channel of that name in EDF is one.
    let edf = Writer::new(false, vec![signal("Status", 2, vec![1, 2])]);
    assert_eq!(read_bytes(&edf.bytes(), &[]).unwrap().channels[0].name, "Status");
}

#[test]
fn a_discontinuous_file_is_read_unless_it_has_a_gap() {
    let file = |seconds: &[f64]| {
        let mut writer = Writer::new(false, vec![signal("F7", 4, (0..12).collect()), onsets(seconds)]);
        writer.reserved = "EDF+D";
        writer.bytes()
    };
    assert_eq!(read_bytes(&file(&[2.5, 3.5, 4.5]), &[]).unwrap().samples[0].len(), 12);
    let gap = problem_of(&file(&[0.0, 1.0, 5.0]), &[]);
    assert_eq!(gap.fault, Fault::GAP);
    assert_eq!(gap.place.field.as_deref(), Some("data record 3"));
    assert!(gap.expected.contains("2 s") && gap.found.contains("5 s"), "{gap}");
    let mut without = sound();
    without.reserved = "EDF+D";
    assert_eq!(problem_of(&without.bytes(), &["EEG F7"]).fault, Fault::NO_RECORD_TIME);
}

#[test]
fn a_file_must_be_edf() {
    for bytes in [&[b'x'; 512][..], &[0; 300]] {
        assert_eq!(problem_of(bytes, &[]).fault, Fault::NOT_EDF);
    }
}

#[test]
fn a_header_must_be_whole() {
    let bytes = sound().bytes();
    for length in [0, 8, 255, 256, 1023] {
        assert_eq!(problem_of(&bytes[..length], &[]).fault, Fault::HEADER_CUT_SHORT, "{length} bytes");
    }
}

#[test]
fn a_header_must_have_numbers_where_they_belong() {
    let field = |change: fn(&mut Writer)| {
        let problem = problem(change);
        assert_eq!(problem.fault, Fault::HEADER_NUMBER, "{problem}");
        problem.place.field.unwrap()
    };
    assert_eq!(field(|file| file.records = "three".into()), "data records");
    assert_eq!(field(|file| file.records = "-2".into()), "data records");
    assert_eq!(field(|file| file.seconds = "-1".into()), "seconds of a data record");
    assert_eq!(field(|file| file.seconds = "0".into()), "seconds of a data record");
    assert_eq!(field(|file| file.seconds = "nan".into()), "seconds of a data record");
    assert_eq!(field(|file| file.header_bytes = Some("1 024".into())), "bytes of the header");
    assert_eq!(field(|file| file.signals[2].per_record = 0), "samples of \"SpO2\" in a data record");
    assert_eq!(field(|file| file.signals[0].limits[0] = "nan".into()), "physical minimum of EEG F7");
    assert_eq!(field(|file| file.signals[1].limits[3] = "".into()), "digital maximum of EEG F8");
}

#[test]
fn a_header_must_be_as_long_as_its_signals_need() {
    assert_eq!(problem(|file| file.header_bytes = Some("768".into())).fault, Fault::HEADER_SIZE);
}

#[test]
fn a_file_must_have_the_records_that_it_says() {
    assert_eq!(problem(|file| file.records = "4".into()).fault, Fault::RECORD_COUNT);
    assert_eq!(problem(|file| file.records = "2".into()).fault, Fault::RECORD_COUNT);
    let bytes = sound().bytes();
    let cut = problem_of(&bytes[..bytes.len() - 1], &[]);
    assert_eq!(cut.fault, Fault::RECORD_COUNT);
    assert!(cut.found.contains("2 whole records"), "{cut}");
}

#[test]
fn limits_must_make_a_scale() {
    let limits = |limits: [&str; 4]| problem(|file| file.signals[0].limits = limits.map(String::from)).fault;
    assert_eq!(limits(["-1", "1", "5", "5"]), Fault::DIGITAL_RANGE);
    assert_eq!(limits(["-1", "1", "5", "-5"]), Fault::DIGITAL_RANGE);
    assert_eq!(limits(["1", "1", "-5", "5"]), Fault::PHYSICAL_RANGE);
    assert_eq!(limits(["-1e308", "1e308", "-5", "5"]), Fault::PHYSICAL_RANGE);
    assert_eq!(limits(["0", "1e308", "0", "1"]), Fault::NON_FINITE_CELL);
}

#[test]
fn a_channel_that_nobody_wants_may_have_any_limits() {
    let mut writer = sound();
    writer.signals[2].limits = ["0", "0", "0", "0"].map(String::from);
    assert!(read_bytes(&writer.bytes(), &["EEG F7"]).is_ok());
}

#[test]
fn wanted_channels_must_be_there_once_and_have_one_rate() {
    let bytes = sound().bytes();
    let missing = problem_of(&bytes, &["F7"]);
    assert_eq!((missing.fault, missing.found.as_str()), (Fault::UNKNOWN_CHANNEL, "EEG F7, EEG F8, SpO2"));
    assert_eq!(problem_of(&bytes, &[]).fault, Fault::MIXED_CHANNEL_RATES);
    assert_eq!(problem(|file| file.signals[2].label = "EEG F7".into()).fault, Fault::DUPLICATE_CHANNEL);
}

#[test]
fn a_file_without_signals_or_records_has_no_samples() {
    let mut empty = sound();
    empty.signals.iter_mut().for_each(|signal| signal.contents = Contents::Integers(vec![]));
    empty.records = "0".into();
    assert_eq!(problem_of(&empty.bytes(), &[]).fault, Fault::NO_SAMPLES);
    let mut only_annotations = Writer::new(false, vec![onsets(&[0.0])]);
    only_annotations.seconds = "0".into();
    assert_eq!(problem_of(&only_annotations.bytes(), &[]).fault, Fault::NO_SAMPLES);
}

#[test]
fn what_would_take_too_much_memory_is_refused_before_it_is_read() {
    // The header promises records of 128 MB each.
    let mut header = sound().bytes()[..1024].to_vec();
    let samples = 256 + 3 * (16 + 80 + 8 + 32 + 80);
    header[samples..samples + 8].copy_from_slice(b"64000000");
    assert_eq!(problem_of(&header, &[]).fault, Fault::HEADER_NUMBER);
    for signal in 0..3 {
        header[samples + 8 * signal..samples + 8 * signal + 8].copy_from_slice(b"30000000");
    }
    assert_eq!(problem_of(&header, &[]).fault, Fault::RECORD_TOO_LARGE);
}

proptest! {
    #[test]
    fn what_was_written_is_read(
        is_bdf: bool,
        records in 1_usize..5,
        per_record in 1_usize..9,
        low in -30_000_i32..0,
        high in 1_i32..30_000,
        integers in proptest::collection::vec(-32_768..32_768_i32, 1..400),
    ) {
        let needed = records * per_record;
        let integers: Vec<i32> = integers.iter().copied().cycle().take(needed).collect();
        let mut written = signal("F7", per_record, integers.clone());
        written.limits = [low, high, -32_768, 32_767].map(|limit| limit.to_string());
        let signals = read_bytes(&Writer::new(is_bdf, vec![written]).bytes(), &["F7"]).unwrap();
        prop_assert_eq!(signals.rate_hz, Some(per_record as f64));
        prop_assert_eq!(signals.samples[0].len(), needed);
        let step = f64::from(high - low) / 65_535.0;
        for (sample, integer) in signals.samples[0].iter().zip(integers) {
            let expected = f64::from(low) + (f64::from(integer) + 32_768.0) * step;
            prop_assert!((sample - expected).abs() < 1e-6, "{} for {}", sample, expected);
        }
    }

    #[test]
    fn no_bytes_panic(changes in proptest::collection::vec((0_usize..1200, any::<u8>()), 0..6), cut in 0_usize..1200) {
        let mut bytes = sound().bytes();
        for (at, byte) in changes {
            let end = bytes.len();
            bytes[at % end] = byte;
        }
        bytes.truncate(cut);
        let _ = read_bytes(&bytes, &["EEG F7"]);
    }
}
