//! Parts of a whole as text.

/// A part in percent with one decimal: `43.6`.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.1}", 100.0 * part)
}
