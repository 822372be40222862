//! What people and programs read: tables, and the progress of long work.

mod progress;
mod table;

pub use progress::Steps;
pub use table::Table;
pub(crate) use table::escaped;
