//! How anything is kept: files that are whole or absent.

mod atomic;

pub use atomic::{create_folder, write_atomically};
