//! Music genre from EEG: a literate reproduction of *Music Genre Classification using LSTM and CNN*.

#![deny(missing_docs)]

pub mod error;
pub mod nn;
pub mod paper;
pub mod recordings;

pub use error::{Error, Result};
