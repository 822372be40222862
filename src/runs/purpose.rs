//! What weights are for, as their file says.

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::{Channels, DataSet, Fingerprint, Labels};
use crate::store::{differences, to_json, to_value};

/// Counts up when the form changes.
const FORMAT: u32 = 1;

/// What weights are for: the network, and the recordings that it can answer to. It stands in the metadata of their file
/// under the key `eegenre`, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// The version of this form.
    pub format: u32,
    /// Network, frame, kernel, preparation, and how it was trained.
    pub settings: Settings,
    /// LSTM units of a layer, or channels of a convolution.
    pub units: usize,
    /// LSTM layers, or residual blocks.
    pub layers: usize,
    /// Samples per second of the recordings.
    pub rate_hz: f64,
    /// Channels of a recording.
    pub channels: usize,
    /// Their names and order, where there are several.
    #[serde(default, skip_serializing_if = "Channels::is_one")]
    pub channel_names: Channels,
    /// The labels of the outputs, in their order.
    pub labels: Labels,
    /// The recordings that trained it. It answers to others too.
    pub data: Fingerprint,
}

impl Purpose {
    /// That of weights that are trained with these settings on these recordings.
    #[must_use]
    pub fn of(settings: Settings, set: &DataSet) -> Self {
        let network = settings.network_for(set);
        Self {
            format: FORMAT,
            settings,
            units: network.units,
            layers: network.layers(),
            rate_hz: set.rate_hz(),
            channels: network.channels,
            channel_names: set.channels().clone(),
            labels: set.labels(),
            data: set.fingerprint(),
        }
    }

    /// As text for a file's metadata.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]
    pub fn to_note(&self) -> Result<String> {
        to_json("purpose of the weights", self)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// [`Fault::BAD_WEIGHTS`]
    pub fn from_note(note: &str) -> Result<Self> {
        serde_json::from_str(note).map_err(|cause| {
            let expected = "what the weights are for, as training writes it";
            Error::new(Fault::BAD_WEIGHTS, Place::field("metadata eegenre"), expected, cause.to_string())
        })
    }

    /// Refuses recordings, or settings of a network that is to answer to them, that the weights are not for. How they
    /// were trained, and on which recordings, is of no concern.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_WEIGHTS`] for every field that differs.
    pub fn check(&self, settings: Settings, set: &DataSet) -> Result<()> {
        let trained = self.settings.model;
        if settings.model != trained {
            let (expected, found) =
                (format!("{trained}, whose weights these are"), settings.model.to_string());
            return Err(Error::new(Fault::FOREIGN_WEIGHTS, Place::field("network"), expected, found));
        }
        let Settings { hyperparameters, seed, .. } = self.settings;
        let settings = Settings { hyperparameters, seed, ..settings };
        let mut asked = Self { data: self.data, ..Self::of(settings, set) };
        // Recordings of some of the labels will do.
        if asked.labels.iter().all(|label| self.labels.find(label).is_some()) {
            asked.labels = self.labels.clone();
        }
        let [ours, asked] = [self, &asked].map(|purpose| to_value("purpose of the weights", purpose));
        let problem = |(field, ours, found): (String, _, _)| {
            let (expected, found) = (format!("{ours}, as in training"), format!("{found}"));
            Problem::new(Fault::FOREIGN_WEIGHTS, Place::field(field), expected, found)
        };
        Error::unless_none(differences(&ours?, &asked?).into_iter().map(problem).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Model;
    use crate::preparation::Normalisation;
    use crate::recordings::Recording;
    use crate::runs::tests::set;

    #[test]
    fn a_purpose_is_read_as_it_was_written_and_other_forms_are_refused() {
        let purpose = Purpose::of(Settings::paper(Model::Cnn), &set());
        let note = purpose.to_note().unwrap();
        assert_eq!(Purpose::from_note(&note), Ok(purpose));
        for other in [note.replace("\"layers\"", "\"depth\""), "{}".into(), "text".into()] {
            let error = Purpose::from_note(&other).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_WEIGHTS);
        }
    }

    #[test]
    fn every_field_that_does_not_fit_is_named() {
        let set = set();
        let settings = Settings::paper(Model::Baseline);
        let purpose = Purpose::of(settings, &set);
        let fields = |purpose: &Purpose, settings: Settings, set: &DataSet| -> Vec<String> {
            let Err(error) = purpose.check(settings, set) else { return Vec::new() };
            error.problems().iter().map(|problem| problem.place.to_string()).collect()
        };
        let mut other = settings;
        other.hyperparameters.epochs = 7;
        other.seed = 3;
        assert_eq!(fields(&purpose, other, &set), [""; 0]);
        other.frame = 1;
        other.preparation.normalisation = Normalisation::Log;
        assert_eq!(fields(&purpose, other, &set), ["settings.frame", "settings.preparation.normalisation"]);
        assert_eq!(fields(&purpose, Settings::paper(Model::Cnn), &set), ["network"]);
        let fast = |recording: &Recording| Recording { rate_hz: 256.0, ..recording.clone() };
        let fast = DataSet::new(set.recordings().iter().map(fast).collect()).unwrap();
        assert_eq!(fields(&purpose, settings, &fast), ["rate_hz"]);
        let wide = |recording: &Recording| {
            let samples = recording.samples.iter().flat_map(|sample| [*sample; 2]).collect();
            let channels = Channels::named(["C3", "Cz"].map(str::to_owned).to_vec()).unwrap();
            Recording { channels, samples, ..recording.clone() }
        };
        let wide = DataSet::new(set.recordings().iter().map(wide).collect()).unwrap();
        assert_eq!(fields(&purpose, settings, &wide), ["channel_names", "channels"]);
        assert_eq!(
            Purpose::from_note(&Purpose::of(settings, &wide).to_note().unwrap()),
            Ok(Purpose::of(settings, &wide))
        );
        let labels = Labels::of(["rest", "task"].map(|label| label.parse().unwrap()));
        let foreign = Purpose { labels, channels: 14, units: 64, ..purpose };
        assert_eq!(fields(&foreign, settings, &set), ["channels", "labels", "units"]);
    }
}
