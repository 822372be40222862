//! How anything is kept: files that are whole or absent, and where each thing goes.

mod atomic;
mod project;

pub use atomic::{create_folder, write_atomically};
pub use project::{PROJECT_VARIABLE, Project};
