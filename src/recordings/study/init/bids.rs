//! A folder in the layout of BIDS: `sub-01/ses-1/eeg/sub-01_ses-1_task-music_run-1_eeg.edf`.
//!
//! Source: Pernet et al., *EEG-BIDS, an extension to the brain imaging data structure for electroencephalography* (2019).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::lines::lines;
use super::proposal::Proposal;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::study::names;

/// Whether a folder has folders of subjects.
pub(super) fn is_bids(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        path.is_dir() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sub-"))
    })
}

/// Lines for the recordings of EEG, in the order of participant, session and run.
pub(super) fn propose(folder: &Path, files: &[PathBuf]) -> Result<Vec<Proposal>> {
    let recordings = files.iter().filter(|file| stem(file).ends_with("_eeg"));
    let groups = groups(folder)?;
    let mut orders: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut proposals = Vec::new();
    for file in recordings {
        let whole = of_name(file);
        let events = events(folder, file)?;
        if events.is_empty() {
            let label = groups.get(&whole.participant_id).cloned().unwrap_or_else(|| whole.label.clone());
            proposals.push(Proposal { label, ..whole });
            continue;
        }
        let order = orders.entry((whole.participant_id.clone(), whole.session.clone())).or_default();
        for Event { start, stop, label, stimulus } in events {
            *order += 1;
            let part = Some([start, stop]);
            proposals.push(Proposal { stimulus, label, part, order: Some(*order), ..whole.clone() });
        }
    }
    if proposals.is_empty() {
        let expected = "files that end in _eeg.edf or _eeg.bdf";
        return Err(Error::new(Fault::NOTHING_TO_DESCRIBE, Place::file(folder), expected, "none"));
    }
    Ok(proposals)
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What the name of a file tells: participant, session, and the task and run in place of a stimulus.
fn of_name(file: &Path) -> Proposal {
    let stem = stem(file);
    let entity = |key: &str| stem.split('_').find(|part| part.starts_with(key)).map(str::to_owned);
    let mut proposal = Proposal::of(file);
    if let Some(participant) = entity("sub-") {
        proposal.participant_id = names::made_of(&participant);
    }
    proposal.session = entity("ses-").map(|session| names::made_of(&session)).unwrap_or_default();
    let stimulus: Vec<String> = ["task-", "run-"].into_iter().filter_map(entity).collect();
    if !stimulus.is_empty() {
        proposal.stimulus = names::made_of(&stimulus.join("_"));
    }
    proposal
}

/// A time in which something was presented.
struct Event {
    start: f64,
    stop: f64,
    label: String,
    stimulus: String,
}

/// Events with a duration and a `trial_type`. The stimulus is the name of `stim_file`, if there is one.
fn events(folder: &Path, file: &Path) -> Result<Vec<Event>> {
    let stem = stem(file);
    let name = format!("{}_events.tsv", stem.strip_suffix("_eeg").unwrap_or(&stem));
    let path = folder.join(file).with_file_name(name);
    let lines = if path.is_file() { lines(&path)? } else { Vec::new() };
    let events = lines.into_iter().filter_map(|line| {
        let number = |column: &str| line.get(column)?.parse::<f64>().ok().filter(|number| number.is_finite());
        let text = |column: &str| line.get(column).filter(|text| !["", "n/a"].contains(&text.as_str()));
        let (start, duration) = (number("onset")?, number("duration")?);
        let label = names::made_of(text("trial_type")?);
        let of_file = text("stim_file").map(|file| names::made_of(&self::stem(Path::new(file))));
        let stimulus = of_file.unwrap_or_else(|| label.clone());
        // Sums of decimals are rounded to a nanosecond.
        let stop = ((start + duration) * 1e9).round() / 1e9;
        (start >= 0.0 && duration > 0.0).then_some(Event { start, stop, label, stimulus })
    });
    Ok(events.collect())
}

/// Columns of `participants.tsv` that may hold a label, the first that is there.
const GROUPS: [&str; 3] = ["group", "diagnosis", "condition"];

/// The group of each participant, by `participants.tsv`.
fn groups(folder: &Path) -> Result<BTreeMap<String, String>> {
    let path = folder.join("participants.tsv");
    let lines = if path.is_file() { lines(&path)? } else { Vec::new() };
    let groups = lines.into_iter().filter_map(|line| {
        let group = GROUPS.iter().find_map(|column| line.get(*column))?;
        let group = Some(group).filter(|group| !["", "n/a"].contains(&group.as_str()))?;
        Some((names::made_of(line.get("participant_id")?), names::made_of(group)))
    });
    Ok(groups.collect())
}
