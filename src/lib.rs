//! A reproduction of *Music Genre Classification using LSTM and CNN* (Q. Wang), and an audit of its accuracies.
//!
//! The paper trains three networks on the EEG of participants who listen to music and concludes that the signals hold
//! long-range dependencies. This crate rebuilds the paper, on the published recordings or on those of any study. The notebooks
//! go through the paper section by section. This page leads through the code.
//!
//! # One example
//! The example makes a small study, splits it, trains on it and prints a table. The effect in its recordings is planted, so the
//! right answer is known.
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use eegenre::audit::leaks;
//! use eegenre::models::Model;
//! use eegenre::preparation::Scheme;
//! use eegenre::recordings::synthetic::{self, Effect, Settings};
//! use eegenre::runs::{self, Control, Preset};
//!
//! // 24 participants and 12 songs, as in the published study. `recordings::load` reads recordings of your own.
//! let study = synthetic::generate(&Settings { effect: Effect::Local, ..Settings::default() })?;
//!
//! // A random split, as the paper's, shares participants and songs between its parts. Held-out participants are in one part.
//! let random = &Scheme::Random.draw(&study, 0)?[0];
//! assert_eq!(random.leakage().test.participants.shared.len(), random.leakage().test.participants.of);
//! let folds = Scheme::Participant.draw(&study, 0)?;
//! assert!(folds[0].leakage().test.participants.shared.is_empty());
//! for leak in leaks(&study, &folds) {
//!     println!("{leak}");
//! }
//!
//! // The paper's baseline LSTM for two epochs on the first 64 samples: a moment's work, and not enough to learn anything.
//! let mut settings = Preset::Paper.settings(Model::Baseline);
//! settings.hyperparameters.epochs = 2;
//! settings.preparation.truncate = std::num::NonZeroUsize::new(64);
//! let folder = tempfile::tempdir().expect("a folder for records");
//! let never = AtomicBool::new(false);
//! let records = runs::train(&study, &folds[0], settings, 1, folder.path(), &Control::new(&never))?;
//!
//! // A record holds the answer to every test recording.
//! assert_eq!(records[0].last.recordings(), folds[0].test().len());
//! println!("{}", runs::runs_table(&records));
//! # eegenre::Result::<()>::Ok(())
//! ```
//!
//! # The rooms, in reading order
//! A line of code belongs to the first room that needs it. Imports go upwards in this table only, and a test checks that;
//! [`error`] and [`report`] are for every room.
//!
//! | room | holds | begin with |
//! |---|---|---|
//! | [`store`] | how files are kept: documents, locks, digests, places | [`store::Project`] |
//! | [`recordings`] | studies: recordings, participants, stimuli, labels; files of many formats; synthetic studies | [`recordings::load`], [`recordings::Material`] |
//! | [`evaluation`] | statistics: chance under a design, null distributions, intervals | [`evaluation::statistics`] |
//! | [`preparation`] | splits, scales, frames, slices, controls that remove something | [`preparation::Split`], [`preparation::Preparation`] |
//! | [`features`] | features of a signal | [`features::FeatureTable`] |
//! | [`nn`] | layers, for one run or several at once, on CPU and CUDA | [`nn::Lstm`] |
//! | [`models`] | the paper's three networks | [`models::Model`], [`models::Baseline`] |
//! | [`training`] | the one training loop | [`training::Hyperparameters`] |
//! | [`runs`] | trainings from many seeds, and their records | [`runs::train`], [`runs::Record`] |
//! | [`classifiers`] | classifiers of features, and their trials | [`classifiers::Classifier`] |
//! | [`reproduction`] | the paper's statements, the experiment, verdicts | [`reproduction::paper`], [`reproduction::results`] |
//! | [`audit`] | the audit of accuracies: shortcuts, controls, leakage | [`audit::Audit`], [`audit::predictions`] |
//! | [`figures`] | all figures | [`figures::Figure`] |
//! | [`notebook`] | the functions that notebooks call; running, checking and showing notebooks | [`notebook::Run`] |
//!
//! # Where is a section of the paper?
//!
//! | section | code |
//! |---|---|
//! | 2.1 recordings, split, frames | [`recordings`], [`preparation::split`], [`preparation::Frames`] |
//! | 2.2 baseline LSTM | [`models::Baseline`], [`nn`] |
//! | 2.3 multi-layer LSTM | [`models::Multilayer`] |
//! | 2.4 CNN on slices | [`models::Cnn`], [`preparation::Slicing`] |
//! | 2.2 to 2.4 training; 15 runs | [`training`], [`runs`] |
//! | 3 results; Figure 8 | [`reproduction::results`], [`reproduction::verdict`], [`figures::Figure::results`] |
//! | 3.4 features and their classifiers | [`features`], [`classifiers::trials`] |
//! | 4 long-range dependencies | [`audit`], [`preparation::Ablation`] |
//! | Figures 1 to 7 | [`figures::Figure::recordings`], [`figures::Figure::architecture`], [`figures::Figure::training`] |
//! | the paper's statements and open choices | [`reproduction::paper`] |

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
