//! What computes.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Fault, Place, Result};

/// Where runs are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Processor {
    /// The CPU, one thread a run.
    #[default]
    Cpu,
    /// The NVIDIA GPU of this number.
    Cuda(usize),
}

impl fmt::Display for Processor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(ordinal) => write!(f, "cuda:{ordinal}"),
        }
    }
}

impl FromStr for Processor {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = match name.split_once(':') {
            None if name == "cpu" => Some(Self::Cpu),
            None if name == "cuda" => Some(Self::Cuda(0)),
            Some(("cuda", ordinal)) => ordinal.parse().ok().map(Self::Cuda),
            _ => None,
        };
        found.ok_or_else(|| {
            let place = Place::field("device");
            Error::new(Fault::BAD_SETTING, place, "cpu, cuda or cuda and a number, as cuda:1", name)
        })
    }
}

impl Processor {
    /// Whether there is such a device, before anything is left on disk.
    ///
    /// # Errors
    /// [`Fault::NO_DEVICE`]
    pub fn check(self) -> Result<()> {
        match self {
            Self::Cpu => Ok(()),
            #[cfg(feature = "cuda")]
            Self::Cuda(ordinal) => {
                // dfdx takes it for granted that there is a GPU and panics where there is none.
                use cudarc::driver::result::{device, init};
                let found = init().and_then(|()| device::get(ordinal as i32));
                found.map(|_| ()).map_err(|cause| no_device(ordinal, &cause))
            }
            #[cfg(not(feature = "cuda"))]
            Self::Cuda(ordinal) => Err(no_device(ordinal, &"a program without CUDA")),
        }
    }
}

/// Says that there is no such GPU, or no program that could use it.
pub(super) fn no_device(ordinal: usize, cause: &impl fmt::Debug) -> Error {
    let place = Place::field(format!("device cuda:{ordinal}"));
    let expected = "an NVIDIA GPU of this number, and a program built with --features cuda";
    Error::new(Fault::NO_DEVICE, place, expected, format!("{cause:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for processor in [Processor::Cpu, Processor::Cuda(0), Processor::Cuda(3)] {
            assert_eq!(processor.to_string().parse(), Ok(processor));
        }
        assert_eq!("cuda".parse(), Ok(Processor::Cuda(0)));
        for name in ["gpu", "cuda:", "cuda:x", "cpu:0", ""] {
            let error = name.parse::<Processor>().unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING, "{name}");
        }
    }
}
