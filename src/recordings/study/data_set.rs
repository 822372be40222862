//! A described study as a data set, which splits, scans, classifiers and networks take.

use std::collections::BTreeMap;

use super::{Entry, Settings, Study};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::formats::Signals;
use crate::recordings::{About, Channels, DataSet, Participant, Recording, Stimulus};

impl Study {
    /// Reads all recordings into a data set. The rate is that of the study, else that of the first file: files differ from it
    /// as clocks do. Several recordings of a participant and a stimulus are numbered by session, by order, then by line.
    ///
    /// # Errors
    /// All problems of all files; [`Fault::MIXED_CHANNELS`] for each recording whose channels are not those of the first line in its
    /// order; those of [`DataSet::new`].
    pub fn data_set(&self) -> Result<DataSet> {
        let mut read = self.load()?;
        read.sort_by(|(one, _), (other, _)| order_of(one).cmp(&order_of(other)));
        let first = read.iter().find_map(|(_, signals)| signals.rate_hz);
        let rate_hz = self.settings.rate_hz.or(first).unwrap_or(0.0);
        let mut takes: BTreeMap<(Stimulus, Participant), u32> = BTreeMap::new();
        let of_first = read.iter().min_by_key(|(entry, _)| entry.line);
        let of_first = of_first.map(|(entry, signals)| (entry.line, channels(signals)));
        let recordings = Error::gather(read.into_iter().map(|(entry, signals)| {
            let channels = channels(&signals)?;
            if let Some((line, Ok(first))) = &of_first
                && *first != channels
            {
                let place = Place::file(&self.table).line(entry.line).of_field("channels");
                let expected = format!("{first}, as in line {line}");
                return Err(Problem::new(Fault::MIXED_CHANNELS, place, expected, channels.to_string()).into());
            }
            let samples = Channels::join(signals.samples);
            let (stimulus, participant) = (entry.stimulus.parse()?, entry.participant_id.parse()?);
            let take = takes.entry((stimulus, participant)).or_default();
            *take += 1;
            let (label, take) = (entry.label.parse()?, *take);
            let session = entry.session.as_deref().map(str::parse).transpose()?;
            let synthetic = None;
            Ok(Recording {
                stimulus,
                label,
                participant,
                take,
                session,
                rate_hz,
                channels,
                samples,
                synthetic,
            })
        }))?;
        let Settings { name, unit, label_name, .. } = self.settings.clone();
        let about = About { name, unit, label_name: label_name.parse()? };
        Ok(DataSet::new(recordings)?.described(about))
    }
}

/// The channels of a recording; a single one has no name.
fn channels(signals: &Signals) -> Result<Channels> {
    Channels::named(signals.channels.iter().map(|channel| channel.name.clone()).collect())
}

/// In which order recordings of one participant and one stimulus are numbered.
fn order_of(entry: &Entry) -> (Option<&str>, Option<u32>, u64) {
    (entry.session.as_deref(), entry.order, entry.line)
}
