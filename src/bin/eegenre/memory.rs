//! How the program's allocator treats what is freed. That is for a program to say, not for a library.

use std::hint::black_box;

/// Has the C library keep what is freed, up to 62 MiB, instead of giving it back to the system.
///
/// dfdx frees its tensors and gradients in every training step and allocates them again in the next. When glibc gives
/// them back in between, the system maps and clears a few megabytes page by page each time; that takes longer than a
/// convolution. Its threshold for that is set, for good, to twice the largest block that it has mapped and freed, if
/// that is at most 32 MiB (`mallopt(3)`, `M_MMAP_THRESHOLD`). The block is never touched, so it costs no memory. Other
/// C libraries lose nothing by it.
pub fn keep_freed_memory() {
    drop(black_box(Vec::<u8>::with_capacity(31 << 20)));
}
