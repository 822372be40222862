//! What the parts of a split share.

use std::collections::BTreeSet;
use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::recordings::{Participant, RecordingId, Stimulus};

/// Participants and stimuli that stand in more than one part of a split.
///
/// A network can know such a participant or stimulus from training, so a test on it does not tell how the network would
/// do on a new one. Written as text, it is [`parts`](Self::parts): `participants 24/24, stimuli 12/12`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leakage {
    /// In at least two of the three parts, of all that are in any. In JSON its fields stand beside the other two.
    #[serde(flatten)]
    pub parts: Shared,
    /// In training or validation, of those in test: what makes test results too good.
    pub test: Shared,
    /// In training, of those in validation: what makes the choice of weights too sure.
    pub validation: Shared,
}

/// What one side shares with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shared {
    /// The participants.
    pub participants: Overlap<Participant>,
    /// The stimuli.
    pub stimuli: Overlap<Stimulus>,
}

/// The shared members of a set.
///
/// In JSON: `{"shared": 2, "of": 24, "names": ["P03", "P17"]}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap<T: Ord> {
    /// Those that are shared.
    pub shared: BTreeSet<T>,
    /// How many there are, shared or not.
    pub of: usize,
}

impl<T: Ord + Serialize> Serialize for Overlap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Overlap", 3)?;
        fields.serialize_field("shared", &self.shared.len())?;
        fields.serialize_field("of", &self.of)?;
        fields.serialize_field("names", &self.shared)?;
        fields.end()
    }
}

impl Leakage {
    pub(super) fn between(
        training: &[RecordingId],
        validation: &[RecordingId],
        test: &[RecordingId],
    ) -> Self {
        let parts = [training, validation, test];
        let [participants_parts, participants_test, participants_validation] =
            overlaps(parts, |id| id.participant);
        let [stimuli_parts, stimuli_test, stimuli_validation] = overlaps(parts, |id| id.stimulus);
        Self {
            parts: Shared { participants: participants_parts, stimuli: stimuli_parts },
            test: Shared { participants: participants_test, stimuli: stimuli_test },
            validation: Shared { participants: participants_validation, stimuli: stimuli_validation },
        }
    }

    /// Whether no participant and no stimulus is in two parts.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.parts.participants.shared.is_empty() && self.parts.stimuli.shared.is_empty()
    }
}

/// Overlaps across all parts, of test with the rest, and of validation with training.
fn overlaps<T: Ord + Copy>(parts: [&[RecordingId]; 3], key: fn(&RecordingId) -> T) -> [Overlap<T>; 3] {
    let [training, validation, test] = parts.map(|part| part.iter().map(key).collect::<BTreeSet<T>>());
    let fitted = &training | &validation;
    let in_test = &test & &fitted;
    let in_validation = &validation & &training;
    [
        Overlap { shared: &in_test | &in_validation, of: (&fitted | &test).len() },
        Overlap { shared: in_test, of: test.len() },
        Overlap { shared: in_validation, of: validation.len() },
    ]
}

impl fmt::Display for Leakage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "participants {}, stimuli {}", self.participants, self.stimuli)
    }
}

impl<T: Ord> fmt::Display for Overlap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shared.len(), self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::ids;
    use super::*;

    #[test]
    fn each_overlap_is_counted_on_its_own_side() {
        let training = ids(&["S1/P01", "S2/P01", "S3/P02"]);
        let validation = ids(&["S1/P03", "S4/P02"]);
        let test = ids(&["S5/P03", "S6/P04"]);
        let leakage = Leakage::between(&training, &validation, &test);
        assert_eq!(leakage.to_string(), "participants 2/4, stimuli 1/6");
        assert_eq!(leakage.test.to_string(), "participants 1/2, stimuli 0/2");
        assert_eq!(leakage.validation.to_string(), "participants 1/2, stimuli 1/2");
        assert!(!leakage.is_none());
    }

    #[test]
    fn parts_without_a_common_name_leak_nothing() {
        let leakage = Leakage::between(&ids(&["S1/P01"]), &[], &ids(&["S2/P02"]));
        assert!(leakage.is_none());
        assert_eq!(leakage.validation.to_string(), "participants 0/0, stimuli 0/0");
    }

    #[test]
    fn the_names_are_in_the_json() {
        let leakage = Leakage::between(&ids(&["S1/P01"]), &[], &ids(&["S2/P01"]));
        let json = serde_json::to_value(&leakage).unwrap();
        let expected = serde_json::json!({
            "participants": {"shared": 1, "of": 1, "names": ["P01"]},
            "stimuli": {"shared": 0, "of": 1, "names": []},
        });
        assert_eq!(json["test"], expected);
    }
}
