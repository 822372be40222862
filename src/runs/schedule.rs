//! How runs share the time.

use std::str::FromStr;

use super::Processor;
use crate::error::{Error, Fault, Place, Result};

/// How the runs of a series share the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Each on a thread of its own, as many at a time as there are [`threads`](super::Control::threads). Their records have
    /// the same bytes for any number of threads.
    SideBySide,
    /// All at once, step by step, in one stack ([`nn`](crate::nn)): meant to fill a GPU. On a CPU their records have the bytes of
    /// [`Self::SideBySide`]; elsewhere they are the same up to what rounding makes of a training.
    Together,
}

impl Schedule {
    /// What is done on a processor unless something else is asked for.
    #[must_use]
    pub const fn usual_on(processor: Processor) -> Self {
        match processor {
            Processor::Cpu => Self::SideBySide,
            Processor::Cuda(_) => Self::Together,
        }
    }
}

impl FromStr for Schedule {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "side-by-side" => Ok(Self::SideBySide),
            "together" => Ok(Self::Together),
            _ => {
                let place = Place::field("schedule");
                Err(Error::new(Fault::BAD_SETTING, place, "side-by-side or together", name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_names() {
        assert_eq!("side-by-side".parse(), Ok(Schedule::SideBySide));
        assert_eq!("together".parse(), Ok(Schedule::Together));
        let error = "beside".parse::<Schedule>().unwrap_err();
        assert!(error.to_string().contains("expected side-by-side or together, found beside"), "{error}");
    }
}
