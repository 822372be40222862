//! The rules of this room, and what to do when one is broken.

use crate::error::Fault;

impl Fault {
    /// A figure could not be drawn.
    pub const UNDRAWABLE: Self =
        Self::rule("undrawable", "report this together with the command that you ran, or the cell");
    /// A vector drawing was asked for of recordings of people.
    pub const TRACEABLE_FIGURE: Self = Self::rule("traceable-figure", "use the PNG");
}
