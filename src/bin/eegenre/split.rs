//! `eegenre split`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use eegenre::audit::{self, Artefact, ArtefactScan, SignalFindings, leaks};
use eegenre::error::{Error, Fault, Place, Result};
use eegenre::preparation::split::Folds;
use eegenre::preparation::{Framing, Scheme, Split, SplitSummary};
use eegenre::recordings::{Design, Material};
use eegenre::report::note;
use eegenre::runs::profile::Profile;
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::print;

#[derive(Args)]
pub struct SplitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// What the parts of a split do not share
    ///
    /// random: recordings only, as in the paper (one split). participant: no participant is in two parts (a fold for each
    /// participant). stimulus: no stimulus is in two parts (a fold for each stimulus of a label). session: no session that
    /// tests is in another part (a fold for each session). both: no participant and no stimulus is in two parts.
    #[arg(long, value_name = "random|participant|stimulus|session|both", default_value_t = Scheme::Random)]
    scheme: Scheme,
    /// Seed of the draw
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// One fold of a grouped scheme, counted from 1 [default: all of them]
    #[arg(long, value_name = "N")]
    fold: Option<usize>,
    /// Write the split to a file: one split as a manifest, several folds as lists of places that scikit-learn takes
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl SplitArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let Self { data, scheme, seed, fold, out } = self;
        let set = data.material(project)?;
        let mut splits = scheme.draw(&set, seed)?;
        if let Some(number) = fold {
            if !(1..=splits.len()).contains(&number) {
                let expected = format!("a fold from 1 to {}", splits.len());
                return Err(Error::new(
                    Fault::BAD_SETTING,
                    Place::field("--fold"),
                    expected,
                    number.to_string(),
                ));
            }
            splits = vec![splits.swap_remove(number - 1)];
        }
        match (out, splits.as_slice()) {
            (None, _) => {}
            (Some(path), [split]) => split.write(path)?,
            (Some(path), folds) => Folds::of(&set, folds).write(path)?,
        }
        warn_of_leaks(&set, &splits);
        warn_of_artefacts(project, &set, scheme)?;
        let summaries: Vec<SplitSummary> = splits.iter().map(Split::summary).collect();
        match summaries.as_slice() {
            [split] => print(split, json)?,
            folds if json => print(&json!({ "folds": folds }), json)?,
            folds => print(&folds.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), json)?,
        }
        Ok(())
    }
}

/// Says on standard error which properties of the files predict labels under a scheme: from the record of these recordings, else from
/// a scan of them. Lengths have a [warning](warn_of_leaks) of their own.
fn warn_of_artefacts(project: &Project, of: &Material, scheme: Scheme) -> Result<()> {
    let recorded = SignalFindings::load(&audit::folder(project, of, Profile::Paper), of)?;
    let scan = match (recorded, of.recordings()) {
        (Some(recorded), _) => recorded.artefacts,
        (None, Some(set)) => ArtefactScan::under(set, Framing::unit(set), &[scheme])?,
        (None, None) => return Ok(()),
    };
    if let Some(reason) = scan.cannot_tell() {
        note(format_args!("warning: {reason}"));
    }
    for finding in scan.found() {
        if finding.scheme == scheme && finding.artefact != Artefact::Length {
            note(format_args!("warning: {finding}. `eegenre audit` says more."));
        }
    }
    Ok(())
}

/// Says on standard error what a network can know of the test without a signal.
pub fn warn_of_leaks(set: &Design, splits: &[Split]) {
    for leak in leaks(set, splits) {
        note(format_args!("warning: {leak}"));
    }
}
