//! With which sizes and hyper-parameters a network starts: the paper's, or small ones for other studies.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::Settings;
use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::preparation::{AskedFraming, Framing, LastFrame, Normalisation, Preparation};
use crate::recordings::Design;
use crate::training::Hyperparameters;

/// Sizes and hyper-parameters to start from. Each can be changed by itself.
///
/// | | `paper` (baseline, multilayer, CNN) | `small` |
/// |---|---|---|
/// | units of a layer, channels of a convolution | 32, 64, 32 | 16 |
/// | epochs | 300, 600, 3000 | 100, 100, 40 |
/// | recordings or slices of a batch | 16, 16, 64 | 8, 8, 16 |
/// | learning rate | 0.001, 0.001, 0.002 | 0.005, 0.005, 0.002 |
/// | dropout of the LSTMs | 0.1 | 0.1 |
/// | normalisation | raw | z-scores of each channel of a recording |
/// | an incomplete last frame | zeros | cut off |
///
/// Layers and kernels are the paper's in both. The small preset trains in seconds on some hundred recordings of some
/// seconds. It was chosen on synthetic studies of three channels at 128 Hz, not on real recordings. On these, LSTMs learn a rhythm
/// of 10 Hz whose amplitude is two standard deviations of the noise, and hardly one of a single standard deviation.
///
/// The paper's batch of 16 and learning rate of 0.001 were tried in its place, with all else as above, on two synthetic studies with a
/// rhythm of 1.5 standard deviations: 8 participants with three channels at 128 Hz, 9 participants with one channel at 25.6 Hz. Mean
/// accuracy in percent on four held-out participants, one at a time, and three seeds (chance 50):
///
/// | | batch 8, 0.005 | batch 16, 0.001 |
/// |---|---|---|
/// | baseline | 84.4, 96.9 | 76.0, 86.5 |
/// | multilayer | 99.0, 87.5 | 97.9, 90.6 |
/// | both | 91.9 | 87.8 |
///
/// Times differ by less than a tenth. They were to be adopted if they were better by more than three points, so they were not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Those of the paper (2.2 to 2.4): the default at 8 Hz and with one channel.
    Paper,
    /// Fewer units and epochs: the default elsewhere.
    Small,
}

impl Preset {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Paper, Self::Small];

    /// The default for recordings: the paper's at its rate and with one channel, else the small one.
    #[must_use]
    pub fn of(design: &Design) -> Self {
        if Framing::is_papers(design) { Self::Paper } else { Self::Small }
    }

    /// Whether it is the paper's.
    #[must_use]
    pub fn is_paper(&self) -> bool {
        *self == Self::Paper
    }

    /// Epochs, batch, learning rate and dropout.
    #[must_use]
    pub const fn hyperparameters(self, model: Model) -> Hyperparameters {
        match (self, model) {
            (Self::Paper, Model::Baseline) => Hyperparameters::BASELINE,
            (Self::Paper, Model::Multilayer) => Hyperparameters::MULTILAYER,
            (Self::Paper, Model::Cnn) => Hyperparameters::CNN,
            (Self::Small, Model::Baseline | Model::Multilayer) => {
                Hyperparameters { epochs: 100, batch: 8, learning_rate: 5e-3, dropout: 0.1 }
            }
            (Self::Small, Model::Cnn) => {
                Hyperparameters { epochs: 40, batch: 16, learning_rate: 2e-3, dropout: 0.0 }
            }
        }
    }

    /// What signals go through unless something else is asked for.
    #[must_use]
    pub fn preparation(self) -> Preparation {
        match self {
            Self::Paper => Preparation::default(),
            Self::Small => Preparation {
                normalisation: Normalisation::ZScore,
                last_frame: LastFrame::Cut,
                ..Preparation::default()
            },
        }
    }

    /// All settings of a network, with the paper's framing: [`Settings::framed`] gives them that of a study.
    #[must_use]
    pub fn settings(self, model: Model) -> Settings {
        let units = match self {
            Self::Paper => None,
            Self::Small => Some(16),
        };
        Settings {
            units,
            preparation: self.preparation(),
            hyperparameters: self.hyperparameters(model),
            ..Settings::paper(model)
        }
    }

    /// All settings of a network for recordings.
    #[must_use]
    pub fn settings_for(self, model: Model, design: &Design) -> Settings {
        self.settings(model).framed(design, AskedFraming::default())
    }

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Small => "small",
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Preset {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name).ok_or_else(|| {
            Error::new(Fault::BAD_SETTING, Place::field("preset"), "paper or small", format!("{name:?}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;
    use std::sync::atomic::AtomicBool;

    use tempfile::tempdir;

    use super::*;
    use crate::evaluation::shuffle::Shuffler;
    use crate::preparation::Scheme;
    use crate::recordings::{Channels, DataSet, Participant, Recording};
    use crate::runs::{Control, train};

    const RATE_HZ: f64 = 128.0;
    const PARTICIPANTS: u32 = 8;
    const STIMULI: u32 = 8;

    /// Recordings of three channels and two labels, 2 to 10 s long, of noise of neighbouring samples that are alike. With one
    /// label the first channel has a rhythm of 10 Hz of any phase, whose amplitude is so many standard deviations of the noise.
    /// Scales differ between participants.
    fn study(amplitude: f64, seed: u64) -> DataSet {
        let mut chance = Shuffler::of_tests(seed);
        let mut uniform = move || chance.below(1 << 40) as f64 / (1_u64 << 40) as f64;
        let channels = Channels::named(["C3", "Cz", "C4"].map(str::to_owned).to_vec()).unwrap();
        let mut recordings = Vec::new();
        for participant in 1..=PARTICIPANTS {
            let scale = 5.0 + 15.0 * uniform();
            for stimulus in 1..=STIMULI {
                let is_left = stimulus % 2 == 0;
                let length = (RATE_HZ * (2.0 + 8.0 * uniform())) as usize;
                let phase = TAU * uniform();
                let each = (0..channels.count()).map(|channel| {
                    let mut value = 0.0;
                    (0..length)
                        .map(|sample| {
                            // A sum of twelve has variance 1; the sum over neighbours keeps it.
                            let normal = (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
                            value = 0.9 * value + (1.0_f64 - 0.81).sqrt() * normal;
                            let rhythm = (TAU * 10.0 * sample as f64 / RATE_HZ + phase).sin();
                            let planted = if is_left && channel == 0 { amplitude * rhythm } else { 0.0 };
                            scale * (value + planted)
                        })
                        .collect()
                });
                let samples = Channels::join(each.collect());
                recordings.push(Recording {
                    stimulus: format!("block {stimulus}").parse().unwrap(),
                    label: if is_left { "left" } else { "right" }.parse().unwrap(),
                    participant: Participant::new(participant),
                    take: 1,
                    session: None,
                    rate_hz: RATE_HZ,
                    channels: channels.clone(),
                    samples,
                    synthetic: None,
                });
            }
        }
        DataSet::new(recordings).unwrap()
    }

    /// The part of the recordings of held-out participants that networks of the small preset answer correctly, over some folds.
    fn accuracy(set: &DataSet, model: Model, folds: usize) -> f64 {
        let settings = Preset::of(set).settings_for(model, set);
        let (stop, folder) = (AtomicBool::new(false), tempdir().unwrap());
        let (mut right, mut of) = (0, 0);
        for (fold, split) in Scheme::Participant.draw(set, 0).unwrap().iter().take(folds).enumerate() {
            let folder = folder.path().join(fold.to_string());
            let control = Control { threads: 2, ..Control::new(&stop) };
            for record in train(set, split, settings, 2, &folder, &control).unwrap() {
                right += record.last.right();
                of += record.last.recordings();
            }
        }
        right as f64 / of as f64
    }

    #[test]
    fn what_is_planted_in_one_channel_is_learnt_and_nothing_where_nothing_is() {
        let (planted, nothing) = (study(2.0, 1), study(0.0, 2));
        for model in Model::ALL {
            let accuracies = [&planted, &nothing].map(|set| accuracy(set, model, 4));
            println!("{model}: {accuracies:?}");
            assert!(accuracies[0] > 0.85, "{model}: {accuracies:?}");
            // 64 answers to 32 recordings: a standard deviation of 0.09 around one half.
            assert!((0.23..0.77).contains(&accuracies[1]), "{model}: {accuracies:?}");
        }
    }

    #[test]
    fn the_papers_preset_is_the_papers_and_that_of_its_design() {
        for model in Model::ALL {
            assert_eq!(Preset::Paper.settings(model), Settings::paper(model));
        }
        let papers = crate::runs::tests::set();
        assert_eq!(Preset::of(&papers), Preset::Paper);
        for model in Model::ALL {
            assert_eq!(Preset::Paper.settings_for(model, &papers), Settings::paper(model));
        }
        let other = study(0.0, 1);
        assert_eq!(Preset::of(&other), Preset::Small);
        let shortest = other.lengths()[0];
        assert!(shortest >= 256);
        let cnn = Preset::Small.settings_for(Model::Cnn, &other);
        assert_eq!((cnn.frame, cnn.slice), (16, shortest.min(512) / 16 * 16));
        // An LSTM of whole signals reads no slices, and says nothing of them.
        let lstm = Preset::Small.settings_for(Model::Baseline, &other);
        assert_eq!((lstm.frame, lstm.slice, lstm.hop), (16, 960, 480));
        assert!(!serde_json::to_string(&lstm).unwrap().contains("slice"));
        let json = serde_json::to_string(&cnn).unwrap();
        assert!(json.contains(&format!("\"slice\":{},\"hop\":{}", cnn.slice, cnn.hop)), "{json}");
        assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), cnn);
    }

    #[test]
    fn names_are_read_as_written() {
        for preset in Preset::ALL {
            assert_eq!(preset.to_string().parse(), Ok(preset));
        }
        assert_eq!("large".parse::<Preset>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }
}
