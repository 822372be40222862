//! What labels and stimuli are called where they are shown.

use super::{Design, Provenance};

/// Words for the labels and the stimuli of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// One label.
    pub label: &'static str,
    /// Several.
    pub labels: &'static str,
    /// One stimulus.
    pub stimulus: &'static str,
    /// Several.
    pub stimuli: &'static str,
}

impl Words {
    /// Those of the published study, and of synthetic recordings of its design.
    pub const MUSIC: Self = Self { label: "genre", labels: "genres", stimulus: "song", stimuli: "songs" };
    /// Those of any other.
    pub const ANY: Self = Self { label: "label", labels: "labels", stimulus: "stimulus", stimuli: "stimuli" };
}

impl Design {
    /// What its labels and stimuli are called.
    #[must_use]
    pub fn words(&self) -> Words {
        match self.provenance() {
            Provenance::Published | Provenance::Synthetic(_) => Words::MUSIC,
            Provenance::Unknown => Words {
                label: self.about().map_or(Words::ANY.label, |about| about.label_name.as_str()),
                ..Words::ANY
            },
        }
    }
}
