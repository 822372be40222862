//! Strong baselines: the accuracy of methods other than the paper's networks, with chance from exchanged labels.
//!
//! ```text
//! Method × Lengths × Scale × Scheme = BaselineTrial ─► BaselineRecord (answers, null distributions) ─► BaselineEstimate
//! ```
//!
//! | method | sees | classifier |
//! |---|---|---|
//! | `minirocket` | the course of power | 9 996 features of [`MiniRocket`](crate::features::minirocket), ridge |
//! | `discriminant` | level and spectrum | linear discriminant analysis |
//! | `logistic` | level and spectrum | logistic regression |
//! | `trees` | quantiles of parts of the course | extremely randomised trees |
//! | `template` | the course of power | correlation with the mean course of each label over **other** participants |
//!
//! Signals are logarithms of power (samples as they are where one is negative), without exact zeros ([`Zeros::Reflect`]) and
//! incomplete last frames; whole, or cut to the length of the shortest. What trains and what validates both teach: no method
//! chooses anything by the validation part.
//!
//! `--scale participant` is **transductive**: each sample is centred and scaled by the mean and the standard deviation of the
//! samples of the participant's other recordings, test recordings included, labels not.
//!
//! # Chance
//! Each trial is repeated, training included, with labels [exchanged](exchanged_labels) within participants, the same
//! exchanges for all trials. Chance is the mean accuracy of these repetitions, and p the share of them that reaches the accuracy of
//! the true labels. Each answer among all labels is accompanied by one among the labels that the participant heard. That answer
//! needs knowledge of the design: which participant heard which labels.
//!
//! The baselines belong to `eegenre classify`, because that command too measures the accuracy of classifiers other than the paper's
//! networks, on the same recordings, splits and participants.

mod estimate;
mod method;
mod record;
mod table;
mod trial;

pub use estimate::{BaselineEstimate, Judged};
pub use method::{Lengths, Method, Scale};
pub use record::{BaselineConfiguration, BaselineFold, BaselineRecord};
pub use trial::{BaselineTrial, plan};

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::preparation::{Framing, Scheme};
use crate::recordings::{DataSet, Design};
use crate::report::Steps;
use crate::runs::profile::Profile;
use crate::store::{NEVER, in_turn};

#[cfg(doc)]
use crate::preparation::{Zeros, exchanged_labels};

/// What is recorded of the trials of a profile. `Display` of its [`table`](Self::table) is that of the command line.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Baselines {
    /// Trials of the profile that are not recorded yet.
    pub missing: Vec<String>,
    /// What the records say.
    pub estimates: Vec<BaselineEstimate>,
}

impl Baselines {
    /// What records below a folder say, of recordings of this design.
    ///
    /// # Errors
    /// Those of [`BaselineRecord::read`].
    pub fn below(folder: &Path, design: &Design, profile: Profile) -> Result<Self> {
        let (folder, data) = (own(folder), design.fingerprint());
        let trials = allowed(profile, design);
        let found = Error::gather(trials.iter().map(|trial| BaselineRecord::read(&folder, *trial, data)))?;
        let missing = trials.iter().zip(&found).filter(|(_, record)| record.is_none());
        let missing = missing.map(|(trial, _)| trial.name()).collect();
        Ok(Self {
            missing,
            estimates: BaselineEstimate::all(&found.into_iter().flatten().collect::<Vec<_>>()),
        })
    }
}

/// Makes the missing records of a profile's trials below a folder, for the trials whose names are chosen. Schemes that the
/// design does not allow are left out. Returns the files of all chosen trials.
///
/// # Errors
/// Those of [`BaselineRecord::read`], [`BaselineRecord::make`] and [`BaselineRecord::write`].
pub fn make(
    folder: &Path,
    set: &DataSet,
    profile: Profile,
    is_chosen: impl Fn(&str) -> bool,
) -> Result<Vec<PathBuf>> {
    let folder = own(folder);
    let is_open =
        |trial| BaselineRecord::read(&folder, trial, set.fingerprint()).map(|record| record.is_none());
    let mut chosen = allowed(profile, set);
    chosen.retain(|trial| is_chosen(&trial.name()));
    let mut open = Vec::new();
    for &trial in &chosen {
        if is_open(trial)? {
            open.push(trial);
        }
    }
    let path = |trial: &BaselineTrial| BaselineRecord::path(&folder, trial);
    let mut steps = Steps::new(open.len() as u64);
    in_turn(&open, path, &NEVER, |&trial| {
        if !is_open(trial)? {
            // Another process has made it since.
            return Ok(());
        }
        steps.begin(trial.name());
        BaselineRecord::make(trial, set)?.write(&folder)
    })?;
    steps.finish();
    Ok(chosen.iter().map(path).collect())
}

/// The trials of a profile whose schemes a design allows, and whose methods the shortest recording is long enough for: with
/// whole frames alone, all but templates need nine samples.
fn allowed(profile: Profile, design: &Design) -> Vec<BaselineTrial> {
    let schemes = Scheme::allowed_by(design);
    let unit = Framing::unit(design);
    let samples = design.lengths()[0] / unit * unit;
    let is_long_enough = |method| method == Method::Template || samples >= 9;
    let is_allowed = |trial: &BaselineTrial| schemes.contains(&trial.scheme) && is_long_enough(trial.method);
    plan(profile).into_iter().filter(is_allowed).collect()
}

/// Where these records are, below those of a classification.
fn own(folder: &Path) -> PathBuf {
    folder.join("baselines")
}

#[cfg(test)]
mod tests;
