//! A folder of files whose names tell something.

use std::path::{Path, PathBuf};

use super::electrodes;
use super::proposal::Proposal;
use crate::recordings::formats::{self, Format};
use crate::recordings::study::names;

/// A line for each file, or for each column of a table whose name has one part.
pub(super) fn propose(folder: &Path, files: &[PathBuf]) -> Vec<Proposal> {
    let proposed = files.iter().flat_map(|file| {
        let parts = parts(file);
        match parts.as_slice() {
            [only] if holds_columns(file) => columns(folder, file, only),
            _ => vec![by_name(file, &parts)],
        }
    });
    proposed.collect()
}

fn by_name(file: &Path, parts: &[String]) -> Proposal {
    let mut proposal = Proposal::of(file);
    if let Some(participant) = parts.first() {
        proposal.participant_id = names::made_of(participant);
    }
    if let Some(stimulus) = parts.get(1) {
        proposal.stimulus = names::made_of(stimulus);
    }
    if parts.len() > 2 {
        proposal.session = names::made_of(&parts[2..].join("-"));
    }
    proposal
}

/// Names of folders and the file's own, cut at `_` and spaces; at `-` where neither is there, as in `sub-01_rest`.
fn parts(file: &Path) -> Vec<String> {
    let stem = file.with_extension("");
    let text: Vec<String> = stem.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let has_parts = text.len() > 1 || text.iter().any(|part| part.contains(['_', ' ']));
    let ends: &[char] = if has_parts { &['_', ' '] } else { &['-'] };
    let cut = text.iter().flat_map(|part| part.split(ends));
    cut.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn holds_columns(file: &Path) -> bool {
    Format::of(file).is_ok_and(|format| format != Format::Edf)
}

/// A table of several columns is a stimulus, and each column a participant. What cannot be read is one line; the check says
/// what is wrong with the file.
fn columns(folder: &Path, file: &Path, stimulus: &str) -> Vec<Proposal> {
    let signals = formats::read(folder.join(file), &[]).unwrap_or_default();
    // Channels of one recording are electrodes; `P01`, `P02` and so on could be both.
    let electrodes =
        signals.channels.iter().filter(|channel| electrodes::is_electrode(&channel.name)).count();
    let names_participants = signals.channels.iter().all(|channel| is_numbered(&channel.name));
    if signals.channels.len() < 2 || (2 * electrodes > signals.channels.len() && !names_participants) {
        return vec![by_name(file, &[stimulus.to_owned()])];
    }
    let proposals = signals.channels.into_iter().map(|channel| Proposal {
        participant_id: names::made_of(&channel.name),
        stimulus: names::made_of(stimulus),
        column: channel.name,
        ..Proposal::of(file)
    });
    proposals.collect()
}

/// Whether a name is `P` and a number, as participants are named more often than electrodes.
fn is_numbered(name: &str) -> bool {
    let number = name.strip_prefix(['P', 'p']).unwrap_or("");
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
