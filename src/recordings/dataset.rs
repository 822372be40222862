//! A set of recordings that belong together, and the fingerprint that identifies it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::channels::Channels;
use super::design::{About, Design};
use super::labels::{Labels, MOST_LABELS};
use super::name::Session;
use super::recording::{Recording, RecordingId};
use crate::error::{Error, Fault, Place, Problem, Result};

/// Recordings of one sampling rate, the same channels and finite samples, sorted by stimulus and participant, each pair at most once: a [`Design`]
/// with samples.
///
/// What needs no samples takes a `&Design`, and a `&DataSet` will do for one.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    design: Design,
    recordings: Vec<Recording>,
    formulas: usize,
}

impl Deref for DataSet {
    type Target = Design;

    fn deref(&self) -> &Design {
        &self.design
    }
}

impl DataSet {
    /// A data set of recordings in any order. It is synthetic if any of them is.
    ///
    /// # Errors
    /// - [`Fault::NO_RECORDINGS`] if there is none;
    /// - [`Fault::DUPLICATE_RECORDING`] if two recordings have one name;
    /// - [`Fault::MIXED_CHANNELS`] for each recording whose channels are not those of the first one in its order, and for each
    ///   without a value of each channel at each sample;
    /// - [`Fault::MIXED_RATES`] if the sampling rates differ, [`Fault::BAD_SETTING`] if it is 0, for more than [`MOST_LABELS`], and for
    ///   a take of 0;
    /// - [`Fault::NON_FINITE_SAMPLE`] for each recording with a sample that is infinite or not a number.
    pub fn new(mut recordings: Vec<Recording>) -> Result<Self> {
        recordings.sort_by_key(Recording::id);
        let Some(first) = recordings.first() else {
            return Err(Error::new(Fault::NO_RECORDINGS, Place::field("recordings"), "at least one", "none"));
        };
        let duplicates = recordings.windows(2).filter(|pair| pair[0].id() == pair[1].id()).map(|pair| {
            let place = Place::field(format!("recording {}", pair[0].id()));
            Problem::new(Fault::DUPLICATE_RECORDING, place, "one recording", "two")
        });
        let odd_rates = recordings.iter().filter(|recording| recording.rate_hz != first.rate_hz).map(|odd| {
            let place = Place::field(format!("recording {}", odd.id()));
            let expected = format!("{} rows per second, as {} has", first.rate_hz, first.id());
            Problem::new(Fault::MIXED_RATES, place, expected, odd.rate_hz.to_string())
        });
        let other_channels =
            recordings.iter().filter(|other| other.channels != first.channels).map(|other| {
                let place = Place::field(format!("recording {}", other.id()));
                let expected = format!("{}, as {} has", first.channels, first.id());
                Problem::new(Fault::MIXED_CHANNELS, place, expected, other.channels.to_string())
            });
        let unequal =
            |recording: &&Recording| !recording.samples.len().is_multiple_of(recording.channels.count());
        let unequal = recordings.iter().filter(unequal).map(|unequal| {
            let place = Place::field(format!("recording {}", unequal.id()));
            let expected = format!("a value of each of {} channels at each sample", unequal.channels.count());
            let found = format!("{} values", unequal.samples.len());
            Problem::new(Fault::MIXED_CHANNELS, place, expected, found)
        });
        let no_rate = (!(first.rate_hz > 0.0 && first.rate_hz.is_finite())).then(|| {
            let place = Place::field(format!("recording {}", first.id()));
            Problem::new(Fault::BAD_SETTING, place, "a sampling rate above 0 Hz", first.rate_hz.to_string())
        });
        let not_finite = recordings.iter().filter_map(|recording| {
            let (at, sample) =
                recording.samples.iter().enumerate().find(|(_, sample)| !sample.is_finite())?;
            let place = place_of(at, &recording.channels);
            let place = Place::field(format!("recording {}, {place}", recording.id()));
            Some(Problem::new(Fault::NON_FINITE_SAMPLE, place, "a finite number", sample.to_string()))
        });
        let labels = Labels::of(recordings.iter().map(|recording| recording.label)).count();
        let many = (labels > MOST_LABELS).then(|| {
            let (place, expected) = (Place::field("labels"), format!("at most {MOST_LABELS}"));
            Problem::new(Fault::BAD_SETTING, place, expected, labels.to_string())
        });
        let no_take = recordings.iter().filter(|recording| recording.take == 0).map(|recording| {
            let place = Place::field(format!("recording {}", recording.id()));
            Problem::new(Fault::BAD_SETTING, place, "a take from 1", "0")
        });
        let problems =
            duplicates.chain(odd_rates).chain(no_rate).chain(not_finite).chain(many).chain(no_take);
        Error::unless_none(problems.chain(other_channels).chain(unequal).collect())?;
        let design = Design::of(&recordings, Fingerprint::of(&recordings));
        Ok(Self { design, recordings, formulas: 0 })
    }

    /// The same data set, all of its recordings marked as synthetic, with a word on how they were made.
    pub(super) fn marked_synthetic(mut self, how: &str) -> Self {
        self.design.marked_synthetic(how);
        let how: Arc<str> = how.into();
        for recording in &mut self.recordings {
            recording.synthetic = Some(Arc::clone(&how));
        }
        self
    }

    /// The same data set, of a study that is described so.
    pub(super) fn described(mut self, about: About) -> Self {
        self.design.describe(about);
        self
    }

    /// The same data set, read from workbooks in which this many numbers were results of formulas.
    pub(super) fn with_formulas(self, formulas: usize) -> Self {
        Self { formulas, ..self }
    }

    /// The recordings, sorted by stimulus and participant.
    #[must_use]
    pub fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    /// The recording of a name, if the set has it.
    #[must_use]
    pub fn recording(&self, id: RecordingId) -> Option<&Recording> {
        let index = self.recordings.binary_search_by_key(&id, Recording::id).ok()?;
        self.recordings.get(index)
    }

    /// How many numbers of the workbooks were results of formulas, as the spreadsheet program stored them. 0 for a set that
    /// was not read from workbooks.
    #[must_use]
    pub const fn formulas(&self) -> usize {
        self.formulas
    }
}

/// Where a value stands: `sample 3`, or `channel C3, sample 3` where there are several.
fn place_of(value: usize, channels: &Channels) -> String {
    let (sample, channel) = (1 + value / channels.count(), value % channels.count());
    channels
        .names()
        .get(channel)
        .map_or_else(|| format!("sample {sample}"), |name| format!("channel {name}, sample {sample}"))
}

/// Where a data set comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// The real recordings of Rahman et al., known by their fingerprint.
    Published,
    /// Made by [`synthetic`](super::synthetic), and how.
    Synthetic(String),
    /// Neither: somebody's own recordings, or changed ones.
    Unknown,
}

impl Provenance {
    /// That of recordings with this fingerprint: synthetic if any of them is.
    pub(super) fn of(recordings: &[Recording], data: Fingerprint) -> Self {
        let hows: BTreeSet<&str> =
            recordings.iter().filter_map(|recording| recording.synthetic.as_deref()).collect();
        if !hows.is_empty() {
            Self::Synthetic(hows.into_iter().collect::<Vec<_>>().join(" and "))
        } else if data == Fingerprint::PUBLISHED {
            Self::Published
        } else {
            Self::Unknown
        }
    }

    /// The name by which the set is known, if it is.
    #[must_use]
    pub fn known_as(&self) -> Option<String> {
        match self {
            Self::Published => Some("music-affect_v2 EEG time series at F7 (Rahman et al., 2020)".into()),
            Self::Synthetic(how) => Some(format!("synthetic ({how})")),
            Self::Unknown => None,
        }
    }

    /// What remains of it for recordings with this fingerprint: no others than the published ones are published,
    /// whatever is said of them.
    #[must_use]
    pub fn confirmed_by(&self, data: Fingerprint) -> Self {
        match self {
            Self::Published if data != Fingerprint::PUBLISHED => Self::Unknown,
            confirmed => confirmed.clone(),
        }
    }
}

/// SHA-256 over the values and the layout of a data set.
///
/// It depends on stimuli, participants, labels, sessions, sampling rates, lengths, sample values and the names of several channels,
/// and on nothing else: not on file names, dates, cell formats or zip compression, nor on the order in which recordings were
/// given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of the published recordings, music-affect_v2.
    pub const PUBLISHED: Self =
        match Self::parse(b"e3a2063e38e2f790ca5c304f9452de3823dada2daa5c4d69725a4dabe4239392") {
            Some(fingerprint) => fingerprint,
            None => panic!("64 hexadecimal digits"),
        };

    /// Reads 64 hexadecimal digits.
    const fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        let mut at = 0;
        while at < text.len() {
            let Some(digit) = (text[at] as char).to_digit(16) else { return None };
            bytes[at / 2] = bytes[at / 2] << 4 | digit as u8;
            at += 1;
        }
        Some(Self(bytes))
    }

    /// Hashes recordings that are sorted by stimulus and participant.
    ///
    /// A recording is its names, its rate in hertz, its number of samples `u64`, then each sample as the bits of an `f64`,
    /// with -0 taken as 0; all numbers are little-endian. Where all names are of the published study (stimuli `S1` to `S12`,
    /// participants `P` and a number, each song's genre as label), no session is named and rates are whole, they are the song `u8` and the participant
    /// `u32`, and the rate is `u32`; the genre follows from the song. Else they are stimulus, participant, label and session as text
    /// (nothing where no session is named), each with a zero byte behind it, the take `u32`, and the rate as the bits of an `f64`; and the hash begins with
    /// another line.
    ///
    /// Recordings of several channels have their names as text too, and their hash begins with a third line. Behind it stand the
    /// number of channels `u32` and the name of each with a zero byte. Their samples are counted in time.
    fn of(recordings: &[Recording]) -> Self {
        let numbers: Option<Vec<(u8, u32)>> = recordings.iter().map(Recording::published_numbers).collect();
        let channels = recordings.first().map_or(Channels::ONE, |recording| recording.channels.clone());
        let format = match (numbers.is_some(), channels.is_one()) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        let mut hash = Sha256::new_with_prefix(format!("eegenre recordings {format}\n"));
        if !channels.is_one() {
            hash.update((channels.count() as u32).to_le_bytes());
            for name in channels.names() {
                hash.update(name);
                hash.update([0]);
            }
        }
        for (place, recording) in recordings.iter().enumerate() {
            if let Some((song, participant)) = numbers.as_ref().map(|numbers| numbers[place]) {
                hash.update([song]);
                hash.update(participant.to_le_bytes());
            } else {
                let Recording { stimulus, participant, label, session, .. } = recording;
                let session = session.map_or("", Session::as_str);
                for name in [stimulus.as_str(), participant.as_str(), label.as_str(), session] {
                    hash.update(name);
                    hash.update([0]);
                }
            }
            match numbers {
                Some(_) => hash.update((recording.rate_hz as u32).to_le_bytes()),
                None => {
                    hash.update(recording.take.to_le_bytes());
                    hash.update(recording.rate_hz.to_bits().to_le_bytes());
                }
            }
            hash.update((recording.length() as u64).to_le_bytes());
            let bytes: Vec<u8> =
                recording.samples.iter().flat_map(|sample| (sample + 0.0).to_bits().to_le_bytes()).collect();
            hash.update(bytes);
        }
        Self(hash.finalize().into())
    }

    /// The first twelve hexadecimal digits: enough to tell data sets apart in a caption.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(text.as_bytes()).ok_or_else(|| {
            Error::new(
                Fault::BAD_MANIFEST,
                Place::field("fingerprint"),
                "64 hexadecimal digits",
                format!("{text:?}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Genre, Participant, Song, Stimulus};
    use super::*;

    fn recording(song: u32, participant: u32, samples: &[f64]) -> Recording {
        let song = Song::new(song).unwrap();
        Recording {
            stimulus: song.into(),
            label: song.genre().into(),
            participant: Participant::new(participant),
            take: 1,
            session: None,
            rate_hz: 8.0,
            channels: Channels::ONE,
            samples: samples.to_vec(),
            synthetic: None,
        }
    }

    #[test]
    fn order_does_not_change_the_fingerprint() {
        let (a, b) = (recording(1, 1, &[1.0, 2.0]), recording(2, 1, &[3.0]));
        let one = DataSet::new(vec![a.clone(), b.clone()]).unwrap();
        let other = DataSet::new(vec![b, a]).unwrap();
        assert_eq!(one, other);
    }

    #[test]
    fn every_part_changes_the_fingerprint() {
        let base = recording(1, 1, &[1.0, 2.0]);
        let variants = [
            base.clone(),
            recording(2, 1, &[1.0, 2.0]),
            recording(1, 2, &[1.0, 2.0]),
            recording(1, 1, &[2.0, 1.0]),
            recording(1, 1, &[1.0, 2.0, 0.0]),
            Recording { rate_hz: 4.0, ..base },
        ];
        let prints = variants.map(|variant| DataSet::new(vec![variant]).unwrap().fingerprint().to_string());
        assert_eq!(BTreeSet::from(prints).len(), 6);
    }

    #[test]
    fn negative_zero_is_zero() {
        let [one, other] = [0.0, -0.0].map(|zero| DataSet::new(vec![recording(1, 1, &[zero])]).unwrap());
        assert_eq!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn the_fingerprint_is_that_of_the_documented_bytes() {
        // printf 'eegenre recordings 1\n\x01\x01\0\0\0\x08\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f' | sha256sum
        let set = DataSet::new(vec![recording(1, 1, &[1.0])]).unwrap();
        assert_eq!(
            set.fingerprint().to_string(),
            "1e2fbcb1a85e35fc4ca229875ad94b103cb2936f0896ba444f1077ba77bf7474"
        );
    }

    #[test]
    fn names_of_any_study_are_hashed_as_documented() {
        let rest: Stimulus = "rest".parse().unwrap();
        let own = Recording { stimulus: rest, label: "closed".parse().unwrap(), ..recording(1, 1, &[1.0]) };
        let open = Recording { label: "open".parse().unwrap(), ..own.clone() };
        // A song with another genre than its own.
        let song = recording(1, 1, &[1.0]);
        let dealt = Recording { label: Genre::Pop.into(), ..song.clone() };
        let fingerprint = |recording| DataSet::new(vec![recording]).unwrap().fingerprint();
        // printf 'eegenre recordings 2\nrest\0P01\0closed\0\0\x01\0\0\0\0\0\0\0\0\0\x20\x40\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\xf0\x3f' | sha256sum
        let expected = "05605e8357e3500891df2345168f7a4ce5b7986fb20858d1b49e0a473b3a0fa1";
        assert_eq!(fingerprint(own.clone()).to_string(), expected);
        assert_ne!(fingerprint(own), fingerprint(open));
        assert_ne!(fingerprint(song), fingerprint(dealt));
    }

    #[test]
    fn an_empty_set_a_duplicate_and_a_mixed_rate_are_refused() {
        let fault = |recordings| DataSet::new(recordings).unwrap_err().problems()[0].fault;
        assert_eq!(fault(vec![]), Fault::NO_RECORDINGS);
        assert_eq!(fault(vec![recording(1, 1, &[1.0]), recording(1, 1, &[2.0])]), Fault::DUPLICATE_RECORDING);
        let slow = Recording { rate_hz: 4.0, ..recording(1, 2, &[1.0]) };
        assert_eq!(fault(vec![recording(1, 1, &[1.0]), slow]), Fault::MIXED_RATES);
    }

    #[test]
    fn channels_are_those_of_all_recordings_and_stand_in_the_fingerprint() {
        let of = |names: &[&str], samples: &[f64]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Recording { channels: Channels::named(names).unwrap(), ..recording(1, 1, samples) }
        };
        let set = |recording: Recording| DataSet::new(vec![recording]).unwrap();
        let two = of(&["C3", "Cz"], &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!((two.length(), two.part(1..2)), (2, &[3.0, 4.0][..]));
        let fingerprints = [
            set(two.clone()),
            set(of(&["C3", "C4"], &[1.0, 2.0, 3.0, 4.0])),
            set(of(&["F7"], &[1.0, 2.0, 3.0, 4.0])),
            set(of(&["Cz", "C3"], &[2.0, 1.0, 4.0, 3.0])),
        ]
        .map(|set| set.fingerprint().to_string());
        assert_eq!(BTreeSet::from(fingerprints).len(), 4);
        let other = Recording { participant: Participant::new(2), ..of(&["Cz", "C3"], &[1.0, 2.0]) };
        let short = Recording { participant: Participant::new(3), ..of(&["C3", "Cz"], &[1.0]) };
        let error = DataSet::new(vec![two.clone(), other, short]).unwrap_err();
        let found: Vec<_> = error
            .problems()
            .iter()
            .map(|one| (one.fault, one.expected.as_str(), one.found.as_str()))
            .collect();
        let channels = Fault::MIXED_CHANNELS;
        assert_eq!(
            found,
            [
                (channels, "channels C3, Cz, as S1/P01 has", "channels Cz, C3"),
                (channels, "a value of each of 2 channels at each sample", "1 values")
            ]
        );
        let infinite = Recording { samples: vec![1.0, f64::INFINITY], ..two };
        let error = DataSet::new(vec![infinite]).unwrap_err();
        assert_eq!(error.problems()[0].place.to_string(), "recording S1/P01, channel Cz, sample 1");
    }

    #[test]
    fn a_set_with_one_synthetic_recording_is_synthetic() {
        let marked = Recording { synthetic: Some("null".into()), ..recording(1, 1, &[1.0]) };
        let set = DataSet::new(vec![recording(2, 1, &[1.0]), marked]).unwrap();
        assert_eq!(set.provenance(), Provenance::Synthetic("null".into()));
        let part = DataSet::new(set.recordings()[..1].to_vec()).unwrap();
        assert_eq!(part.provenance(), set.provenance());
    }

    #[test]
    fn the_fingerprint_decides_what_is_published() {
        let other = DataSet::new(vec![recording(1, 1, &[1.0])]).unwrap().fingerprint();
        let synthetic = Provenance::Synthetic("null".into());
        assert_eq!(Provenance::Published.confirmed_by(other), Provenance::Unknown);
        assert_eq!(synthetic.confirmed_by(other), synthetic);
        assert_eq!(Provenance::Published.confirmed_by(Fingerprint::PUBLISHED), Provenance::Published);
    }

    #[test]
    fn a_fingerprint_survives_text_and_other_text_is_refused() {
        let set = DataSet::new(vec![recording(1, 1, &[1.0])]).unwrap();
        assert_eq!(Fingerprint::try_from(set.fingerprint().to_string()).unwrap(), set.fingerprint());
        for text in ["", "00", &"g".repeat(64), &"+1".repeat(32), &"é".repeat(32), &"0".repeat(63)] {
            assert!(Fingerprint::try_from((*text).to_owned()).is_err(), "{text:?}");
        }
    }
}
