//! Which instructions compute.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Processor;
use crate::error::{Error, Fault, Place, Result};
use crate::nn::Level;

/// The instructions that computed a run, by name: a level of vector instructions ([`Level::name`]) or `CUDA`. More than
/// one for a run that went on elsewhere; none if it was not recorded.
///
/// Each rounds sums in an order of its own, so the numbers of a run differ in their last digits, and later in more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instructions(BTreeSet<String>);

impl Instructions {
    /// Those that a processor of this machine computes with.
    #[must_use]
    pub fn of(processor: Processor) -> Self {
        let name = match processor {
            Processor::Cpu => Level::detected().name(),
            Processor::Cuda(_) => "CUDA",
        };
        Self(BTreeSet::from([name.to_owned()]))
    }

    /// Whether it was not recorded.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both are the same, as far as it was recorded.
    #[must_use]
    pub fn agree(&self, other: &Self) -> bool {
        self.is_unrecorded() || other.is_unrecorded() || self == other
    }

    /// Refuses to go on with these what others began.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_INSTRUCTIONS`]
    pub(crate) fn check(&self, found: &Self, place: Place) -> Result<()> {
        if self.agree(found) {
            return Ok(());
        }
        let (expected, found) = (format!("{self}, which computes here"), found.to_string());
        Err(Error::new(Fault::FOREIGN_INSTRUCTIONS, place, expected, found))
    }

    /// Those of both; not recorded if one of them is not.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        if self.is_unrecorded() || other.is_unrecorded() {
            return Self::default();
        }
        Self(&self.0 | &other.0)
    }

    /// Those of several runs; not recorded if one of them is not.
    pub(crate) fn of_all<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().cloned().reduce(|all, other| all.and(&other)).unwrap_or_default()
    }
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unrecorded() {
            return f.write_str("not recorded");
        }
        f.write_str(&self.0.iter().map(String::as_str).collect::<Vec<_>>().join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_recorded_agrees_with_everything_and_stays_unrecorded() {
        let [none, cpu, cuda] =
            [Instructions::default(), Instructions::of(Processor::Cpu), Instructions::of(Processor::Cuda(1))];
        assert!(none.agree(&cpu) && cpu.agree(&none) && cpu.agree(&cpu) && !cpu.agree(&cuda));
        assert_eq!(none.and(&cpu), none);
        assert_eq!(cuda.and(&cuda).to_string(), "CUDA");
        let both = Instructions::of_all([&cpu, &cuda]);
        assert_eq!(both, cuda.and(&cpu));
        assert!(!both.agree(&cpu) && both.to_string().contains(" and "), "{both}");
    }
}
