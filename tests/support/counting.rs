//! A global allocator that counts: how often the thread allocates, and how much the process holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The system's allocator, with counters.
pub struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}
static HELD_BYTES: AtomicUsize = AtomicUsize::new(0);
static PEAK_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Allocations of this thread so far; one that grows counts again.
#[allow(dead_code, reason = "not every user asks for both counts")]
pub fn allocations() -> usize {
    ALLOCATIONS.get()
}

/// Most bytes that the process holds during `action`, beyond what it holds before.
#[allow(dead_code, reason = "not every user asks for both counts")]
pub fn peak_bytes(action: impl FnOnce()) -> usize {
    let before = HELD_BYTES.load(Relaxed);
    PEAK_BYTES.store(before, Relaxed);
    action();
    PEAK_BYTES.load(Relaxed) - before
}

fn count(grown: usize, shrunk: usize) {
    // A thread that is ending has no counter any more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
    let held = HELD_BYTES.fetch_add(grown, Relaxed) + grown;
    HELD_BYTES.fetch_sub(shrunk, Relaxed);
    PEAK_BYTES.fetch_max(held - shrunk, Relaxed);
}

// SAFETY: every call goes on to the system's allocator as it came; the counters do not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD_BYTES.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
}
