//! Music genre from EEG: a literate reproduction of *Music Genre Classification using LSTM and CNN*.

#![deny(missing_docs)]

pub mod error;
pub mod figures;
pub mod files;
pub mod paper;
pub mod preparation;
pub mod progress;
pub mod project;
pub mod recordings;
pub mod reproduce;

pub use error::{Error, Result};
