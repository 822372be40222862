//! Units of voltage, and how one becomes another.

/// The power of ten of volts that a unit is, for each way to write it. MNE knows the same ones in EDF files.
const VOLTS: [(&str, i32); 5] = [("V", 0), ("mV", -3), ("µV", -6), ("uV", -6), ("nV", -9)];

/// What samples of one unit are multiplied by to be of another: 1000 from `mV` to `µV`. Nothing if that is unknown. µ may
/// be written `u`, or as either of its two letters in Unicode.
#[must_use]
pub fn factor(from: &str, to: &str) -> Option<f64> {
    if normal(from) == normal(to) {
        return Some(1.0);
    }
    // A whole power of ten, so that 2 mV are exactly 2000 µV: 1e-3 / 1e-6 is not 1000.
    Some(10_f64.powi(power(from)? - power(to)?))
}

fn power(unit: &str) -> Option<i32> {
    let unit = normal(unit);
    VOLTS.iter().find(|(name, _)| *name == unit).map(|(_, power)| *power)
}

/// A unit without spaces around it, µ as U+00B5 and not as the Greek letter.
pub(super) fn normal(unit: &str) -> String {
    let unit = unit.trim().replace('\u{3bc}', "\u{b5}");
    if unit == "uV" { "µV".to_owned() } else { unit }
}

/// A heading's name, and the unit of voltage in brackets behind it, if there is one: `F7 (uV)`.
pub(super) fn in_heading(heading: &str) -> (String, Option<String>) {
    let split = heading.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '[']));
    match split.filter(|(name, unit)| power(unit).is_some() && !name.trim().is_empty()) {
        Some((name, unit)) => (name.trim().to_owned(), Some(normal(unit))),
        None => (heading.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voltages_become_one_another_and_nothing_else_does() {
        assert_eq!(factor("mV", "µV"), Some(1000.0));
        assert_eq!(factor("V", "nV"), Some(1e9));
        assert_eq!(factor("µV", "mV"), Some(1e-3));
        assert_eq!(factor(" uV", "\u{3bc}V"), Some(1.0));
        assert_eq!(factor("V²/Hz", "V²/Hz"), Some(1.0));
        assert_eq!(factor("a.u.", "µV"), None);
        assert_eq!(factor("MV", "V"), None);
    }

    #[test]
    fn a_heading_may_say_its_unit() {
        let read = |heading| {
            let (name, unit) = in_heading(heading);
            (name, unit.unwrap_or_default())
        };
        assert_eq!(read("F7 (uV)"), ("F7".into(), "µV".into()));
        assert_eq!(read("EEG Fp1[mV]"), ("EEG Fp1".into(), "mV".into()));
        assert_eq!(read("alpha (8-12 Hz)"), ("alpha (8-12 Hz)".into(), String::new()));
        assert_eq!(read("(V)"), ("(V)".into(), String::new()));
    }
}
