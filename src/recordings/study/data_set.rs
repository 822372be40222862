//! A described study as a data set, which splits, scans, classifiers and networks take.

use std::collections::BTreeMap;

use super::{Entry, Settings, Study};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::formats::Signals;
use crate::recordings::{About, DataSet, Participant, Recording, Stimulus};

impl Study {
    /// Reads all recordings into a data set. The rate is that of the study, else that of the first file: files differ from it
    /// as clocks do. Several recordings of a participant and a stimulus are numbered by session, by order, then by line.
    ///
    /// # Errors
    /// All problems of all files; [`Fault::SEVERAL_CHANNELS`] for each recording of more than one channel; those of
    /// [`DataSet::new`].
    pub fn data_set(&self) -> Result<DataSet> {
        let mut read = self.load()?;
        read.sort_by(|(one, _), (other, _)| order_of(one).cmp(&order_of(other)));
        let first = read.iter().find_map(|(_, signals)| signals.rate_hz);
        let rate_hz = self.settings.rate_hz.or(first).unwrap_or(0.0);
        let mut takes: BTreeMap<(Stimulus, Participant), u32> = BTreeMap::new();
        let recordings = Error::gather(read.into_iter().map(|(entry, signals)| {
            let samples = self.only_channel(&entry, signals)?;
            let (stimulus, participant) = (entry.stimulus.parse()?, entry.participant_id.parse()?);
            let take = takes.entry((stimulus, participant)).or_default();
            *take += 1;
            let (label, take) = (entry.label.parse()?, *take);
            let session = entry.session.as_deref().map(str::parse).transpose()?;
            Ok(Recording { stimulus, label, participant, take, session, rate_hz, samples, synthetic: None })
        }))?;
        let Settings { name, unit, label_name, .. } = self.settings.clone();
        let about = About { name, unit, label_name: label_name.parse()? };
        Ok(DataSet::new(recordings)?.described(about))
    }

    /// The samples of a recording of one channel.
    fn only_channel(&self, entry: &Entry, mut signals: Signals) -> Result<Vec<f64>> {
        if signals.samples.len() == 1 {
            return Ok(signals.samples.remove(0));
        }
        let names: Vec<&str> = signals.channels.iter().map(|channel| channel.name.as_str()).collect();
        let place = Place { field: Some("channels".to_owned()), ..Place::file(&self.table).line(entry.line) };
        Err(Problem::new(Fault::SEVERAL_CHANNELS, place, "one channel", names.join(", ")).into())
    }
}

/// In which order recordings of one participant and one stimulus are numbered.
fn order_of(entry: &Entry) -> (Option<&str>, Option<u32>, u64) {
    (entry.session.as_deref(), entry.order, entry.line)
}
