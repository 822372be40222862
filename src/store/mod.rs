//! How anything is kept: files that are whole or absent, one right to change them, and where each thing goes.

mod atomic;
mod lock;
mod project;

pub use atomic::{create_folder, write_atomically};
pub use lock::Lock;
pub(crate) use lock::NEVER;
pub use project::{PROJECT_VARIABLE, Project};
