//! Music genre from EEG: a literate reproduction of *Music Genre Classification using LSTM and CNN* (Q. Wang), and a
//! measurement of what its numbers are worth.
//!
//! A reader follows one direction, and imports go only this way:
//!
//! ```text
//! recordings ──► preparation ──► nn ──► models ──► training ──► protocol ──► series ──► verdict ──► results
//!                (split, normalise,                             (runs,       (over statistics)
//!                 frames | slices)                               records)
//! figures, reproduce, study, prediction: what a user asks for, made of all these
//! notebook: what runs, checks and shows the notebooks
//!
//! paper, error, files, project, progress, shuffle: leaves that anyone may use
//! ```
//!
//! | paper | module |
//! |---|---|
//! | 1, 2.1: the recordings | [`recordings`] |
//! | 2.1: labels | [`recordings::Genre`] |
//! | 2.1: split into training, validation and test | [`preparation::split`] |
//! | 2.1: time frames, padding, true lengths | [`preparation::Frames`], [`preparation::Batch`] |
//! | 2.4: slices | [`preparation::Slicing`] |
//! | Figure 1 | [`figures::Figure::recordings`] |
//! | 2.2, 2.3: LSTM layers; 2.4: convolution, residual blocks, pooling | [`nn`] |
//! | 2.2: baseline; 2.3: multi-layer LSTM; 2.4: CNN | [`models::Baseline`], [`models::Multilayer`], [`models::Cnn`] |
//! | 2.2-2.4: Adam, cross-entropy, epochs; votes | [`training`] |
//! | 2: the same training 15 times | [`protocol`] |
//! | 2, 3: averages over runs, intervals, tests | [`statistics`], [`series`] |
//! | 3, Figure 8: the paper's results and claims beside ours | [`verdict`], [`results`] |
//! | what is stated, and what is left open | [`paper`] |
//! | section by section, with code and results | the notebooks; [`notebook`] runs them |
//!
//! The README says what works now.
//!
//! # Example
//! ```no_run
//! use eegenre::figures::Figure;
//! use eegenre::preparation::Split;
//! use eegenre::recordings::{Description, Source};
//!
//! let source = Source::choose(None); // EEGENRE_DATA, data/music-affect_v2, or synthetic recordings
//! let set = source.load()?;
//! println!("{source}\n{}", Description::of(&set));
//! println!("the paper's split shares {}", Split::random(&set, 0)?.leakage());
//! Figure::recordings(&set).save("target/figures")?;
//! # eegenre::Result::<()>::Ok(())
//! ```

#![deny(missing_docs)]

pub mod error;
pub mod figures;
pub mod files;
pub mod models;
pub mod nn;
pub mod notebook;
pub mod paper;
pub mod prediction;
pub mod preparation;
pub mod progress;
pub mod project;
pub mod protocol;
pub mod recordings;
pub mod reproduce;
pub mod results;
pub mod series;
mod shuffle;
pub mod statistics;
pub mod study;
pub mod training;
pub mod verdict;

pub use error::{Error, Result};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
