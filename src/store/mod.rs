//! Storage: files that are whole or absent, one lock to change them, and the place of each file.

mod atomic;
mod digest;
mod faults;
mod json;
mod lock;
mod project;
mod record;
mod stamped;
mod sums;

pub use atomic::{check_writable, create_folder, write_atomically};
pub(crate) use digest::{Digest, files_below};
pub(crate) use json::{differences, to_json, to_value};
pub use lock::Lock;
pub(crate) use lock::{NEVER, in_turn, lock_of};
pub use project::{PROJECT_VARIABLE, Project};
pub use record::{read_record, write_record};
pub use stamped::{STAMP, claim, discard, renew};
pub use sums::Sums;
