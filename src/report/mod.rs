//! Output for people and programs: tables, answers, notes, and the progress of long work.

mod csv;
mod document;
mod number;
mod path;
mod percent;
mod printing;
mod progress;
mod table;

pub(crate) use csv::{comma_separated, separated};
pub(crate) use document::{Document, attribute};
pub use number::significant;
pub(crate) use path::as_text;
pub(crate) use percent::percent;
pub(crate) use printing::to_terminal;
pub use printing::{answer, answered, be_quiet, error, note};
pub use progress::Steps;
pub(crate) use progress::time_left;
pub use table::Table;
pub(crate) use table::escaped;
