//! Names of electrodes.

/// Sites of the 10-10 system, without the number or the `z` that stands behind them.
const SITES: [&str; 20] = [
    "fp", "af", "f", "ft", "fc", "t", "c", "tp", "cp", "p", "po", "o", "i", "a", "m", "n", "afp", "ffc",
    "cb", "eog",
];

/// Whether a name is that of an electrode, as `F7`, `EEG Fpz-Cz` or `Cz.`.
pub(super) fn is_electrode(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.strip_prefix("eeg").unwrap_or(&name);
    let first = name.split(|one: char| !one.is_alphanumeric()).find(|part| !part.is_empty()).unwrap_or("");
    let site = first.trim_end_matches(|one: char| one == 'z' || one.is_ascii_digit());
    site.len() < first.len() && SITES.contains(&site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn electrodes_are_told_from_participants() {
        for name in ["F7", "Fpz", "EEG Fpz-Cz", "EEG F3-Ref", "Cz.", "PO8", "T10", "eeg Oz", "A1"] {
            assert!(is_electrode(name), "{name}");
        }
        for name in ["P", "P_01", "sub-01", "S12", "Anna", "Time", "x1", "participant 3", "z"] {
            assert!(!is_electrode(name), "{name}");
        }
    }
}
