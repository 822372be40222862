//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// The heading of a table of features is neither that of the published one (`subject no.`, ..., `label`) nor
    /// `participant,stimulus,label` with features behind it.
    pub const NO_FEATURE_HEADER: Self = Self::rule(
        "no-feature-header",
        "give the table of features of music-affect_v2 (subject no., features, label), or one as \
                 `eegenre features --out` writes (participant, stimulus, label, features)",
    );
    /// A column of a table of features has no name, or that of another.
    pub const UNREADABLE_HEADING: Self =
        Self::rule("unreadable-heading", "name the column, or delete the cells below it");
    /// A row of a table of features has more or fewer cells than the heading.
    pub const RAGGED_ROW: Self =
        Self::rule("ragged-row", "give each row a cell for each column, empty where there is no value");
    /// A label of the published table of features is none of the three genres'.
    pub const UNKNOWN_LABEL: Self = Self::rule(
        "unknown-label",
        "write the number of the genre: 1 for classical, 2 for instrumental, 3 for pop",
    );
}
