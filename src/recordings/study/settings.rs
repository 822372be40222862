//! `study.toml`: what holds for all recordings of a study.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::names;
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::formats::read_text;

/// The name of the file.
pub const SETTINGS: &str = "study.toml";

/// What holds for all recordings of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name of the study.
    pub name: String,
    /// The unit of the samples, as `µV`. Files in another unit of voltage are converted.
    pub unit: String,
    /// Samples per second. Files may differ from it by 1 %, as clocks do; files without a time column have it.
    pub rate_hz: Option<f64>,
    /// What a label is called: `genre`.
    pub label_name: String,
    /// Whether samples have both signs, as voltages do and power does not. The log scale takes no negative samples.
    pub may_be_negative: bool,
}

/// Reads the settings of a folder.
///
/// # Errors
/// [`Fault::STUDY_SETTINGS`] with the line of what is wrong, and the faults of names.
pub(super) fn read(folder: &Path) -> Result<Settings> {
    let path = folder.join(SETTINGS);
    if !path.is_file() {
        let expected = "a file with the study's name, unit, label_name and may_be_negative";
        return Err(Error::new(Fault::STUDY_SETTINGS, Place::file(path), expected, "no such file"));
    }
    let text = read_text(&path)?;
    let settings: Settings = toml::from_str(&text).map_err(|cause| {
        let before = cause.span().and_then(|span| text.get(..span.start)).unwrap_or("");
        let place = Place::file(&path).line(1 + before.matches('\n').count() as u64);
        let found = cause.message().replace('\n', " ").replace("missing field", "no");
        Error::new(Fault::STUDY_SETTINGS, place, "name, unit, rate_hz, label_name and may_be_negative", found)
    })?;
    let Settings { name, unit, rate_hz, label_name, .. } = &settings;
    let named =
        [("name", name), ("unit", unit), ("label_name", label_name)].into_iter().filter_map(|(key, text)| {
            // A unit such as V²/Hz has a slash.
            let (fault, expected) = names::check(&text.replace('/', "")).err()?;
            Some(Problem::new(fault, Place::file(&path).of_field(key), expected, format!("{text:?}")))
        });
    let rate = rate_hz.filter(|rate_hz| !(rate_hz.is_finite() && *rate_hz > 0.0)).map(|rate_hz| {
        let place = Place::file(&path).of_field("rate_hz");
        Problem::new(Fault::STUDY_SETTINGS, place, "a rate above 0 Hz", rate_hz.to_string())
    });
    Error::unless_none(named.chain(rate).collect())?;
    Ok(settings)
}
