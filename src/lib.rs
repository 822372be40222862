//! Music genre from EEG: a literate reproduction of *Music Genre Classification using LSTM and CNN* (Q. Wang), and a
//! measurement of what its numbers are worth.
//!
//! A reader follows one direction, and imports go only upwards in this table (a test holds them to it); `error` and `report`
//! are for everybody.
//!
//! | room | holds |
//! |---|---|
//! | [`store`] | how anything is kept: documents, locks, digests; where things go |
//! | [`recordings`] | recordings, participants, songs, genres; files of many formats; studies; synthetic recordings |
//! | [`evaluation`] | statistics, chance under a design, null distributions, intervals; random orders |
//! | [`preparation`] | splits, scales, frames, slices, what controls take away |
//! | [`features`] | features of a signal |
//! | [`nn`] | layers, for any number of runs, on a CPU and on CUDA |
//! | [`models`] | the networks |
//! | [`training`] | the one training loop |
//! | [`runs`] | trainings from many seeds, their records, and what these come to |
//! | [`classifiers`] | classifiers of features, and what they reach |
//! | [`reproduction`] | the paper's experiment, variations of it, verdicts on its numbers and claims |
//! | [`audit`] | what the numbers are worth |
//! | [`figures`] | figures |
//! | [`notebook`] | what notebooks stand on, and what runs, checks and shows them |
//!
//! | paper | module |
//! |---|---|
//! | 1, 2.1: the recordings | [`recordings`] |
//! | 2.1: labels | [`recordings::Genre`]; of any study: [`recordings::Labels`] |
//! | 2.1: split into training, validation and test | [`preparation::split`] |
//! | 2.1: time frames, padding, true lengths | [`preparation::Frames`], [`nn::Packed`] |
//! | 2.4: slices | [`preparation::Slicing`] |
//! | Figure 1: signals | [`figures::Figure::recordings`] |
//! | Figures 2, 4, 6: the networks | [`figures::Figure::architecture`], [`models::Architecture`] |
//! | Figures 3, 5, 7: training | [`figures::Figure::training`] |
//! | 2.2, 2.3: LSTM layers; 2.4: convolution, residual blocks, pooling | [`nn`] |
//! | 2.2: baseline; 2.3: multi-layer LSTM; 2.4: CNN | [`models::Baseline`], [`models::Multilayer`], [`models::Cnn`] |
//! | 2.2-2.4: Adam, cross-entropy, epochs; votes | [`training`] |
//! | 2: the same training 15 times | [`runs`] |
//! | 2, 3: averages over runs, intervals, tests | [`evaluation::statistics`], [`runs::series`] |
//! | 3, Figure 8: the paper's results and claims beside ours | [`reproduction::verdict`], [`reproduction::results`], [`figures::Figure::results`] |
//! | 4: long-range dependencies, and the future work | [`audit`], [`preparation::Ablation`], [`preparation::Input`] |
//! | 3.4: the features of Rahman et al., computed from the recordings and as published | [`features`] |
//! | 3.4: KNN, SVM and a network of one hidden layer | [`classifiers`] |
//! | 3.4: their accuracies beside those that the paper quotes | [`classifiers::trials`] |
//! | strong baselines; null distributions | [`classifiers::trials::baselines`], [`evaluation`] |
//! | what is stated, and what is left open | [`reproduction::paper`] |
//! | section by section, with code and results | the notebooks; [`notebook`] runs them |
//!
//! The README says what works now.
//!
//! # Example
//! ```no_run
//! use eegenre::figures::Figure;
//! use eegenre::preparation::Split;
//! use eegenre::recordings::Material;
//! use eegenre::store::Project;
//!
//! // Recordings from EEGENRE_DATA or data/music-affect_v2; else what is recorded of the published ones.
//! let of = Material::choose(&Project::find("."), None)?;
//! println!("{of}\n{}", of.description());
//! println!("the paper's split shares {}", Split::random(&of, 0)?.leakage());
//! Figure::design(&of).save("target/figures")?;
//! # eegenre::Result::<()>::Ok(())
//! ```

#![deny(missing_docs)]

pub mod audit;
pub mod classifiers;
pub mod error;
pub mod evaluation;
pub mod features;
pub mod figures;
pub mod models;
pub mod nn;
pub mod notebook;
pub mod preparation;
pub mod recordings;
pub mod report;
pub mod reproduction;
pub mod runs;
pub mod store;
pub mod training;

pub use dfdx;
pub use error::{Error, Result};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
