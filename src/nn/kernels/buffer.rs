//! Working memory that is aligned for vectors and used again.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

use super::Element;

/// A cache line. Vectors that start on one never straddle two; straddling halves the loads a core can do.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; LINE_BYTES]);

const LINE_BYTES: usize = 64;

/// Most that a thread keeps for later. A training step of the multi-layer network needs 23 MB; one of sixteen times the
/// batch, 356 MB. What is not kept is mapped and cleared again, at half as much time again for the whole step.
const KEPT_BYTES: usize = 512 << 20;

type Pool = RefCell<Vec<Vec<Line>>>;

thread_local! {
    static POOL: Pool = const { RefCell::new(Vec::new()) };
}

/// A slice of elements on a cache line's boundary, given back to the thread's pool when dropped.
///
/// A training step needs the same few megabytes as the one before. Fresh memory would be mapped and cleared page by
/// page each time.
pub(crate) struct Buffer<E: Element> {
    lines: Vec<Line>,
    len: usize,
    element: std::marker::PhantomData<E>,
}

impl<E: Element> Buffer<E> {
    /// A buffer whose elements are arbitrary numbers: to be written before they are read.
    pub(crate) fn stale(len: usize) -> Self {
        let lines = rounded((len * size_of::<E>()).div_ceil(LINE_BYTES));
        let kept = with_pool(&POOL, |pool| {
            // The smallest that is large enough, so that a large one stays for those who need it.
            let best = (0..pool.len())
                .filter(|&slot| pool[slot].len() >= lines)
                .min_by_key(|&slot| pool[slot].len())?;
            Some(pool.swap_remove(best))
        });
        let lines = kept.flatten().unwrap_or_else(|| vec![Line([0; LINE_BYTES]); lines]);
        Self { lines, len, element: std::marker::PhantomData }
    }

    /// A buffer of zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        let mut buffer = Self::stale(len);
        buffer.fill(E::ZERO);
        buffer
    }
}

/// Rounds up by at most a quarter, so that batches of nearly the same size share their buffers.
fn rounded(lines: usize) -> usize {
    let quarter = (lines / 4 + 1).next_power_of_two() / 2;
    lines.next_multiple_of(quarter.max(1))
}

/// Runs `action` on the pool, unless the thread is ending and has none.
fn with_pool<R>(pool: &'static LocalKey<Pool>, action: impl FnOnce(&mut Vec<Vec<Line>>) -> R) -> Option<R> {
    pool.try_with(|pool| action(&mut pool.borrow_mut())).ok()
}

impl<E: Element> Drop for Buffer<E> {
    fn drop(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        with_pool(&POOL, |pool| {
            let kept: usize = pool.iter().map(Vec::len).sum();
            if (kept + lines.len()) * LINE_BYTES <= KEPT_BYTES {
                pool.push(lines);
            }
        });
    }
}

impl<E: Element> Deref for Buffer<E> {
    type Target = [E];
    fn deref(&self) -> &[E] {
        // SAFETY: the lines are initialised, hold at least `len` elements and are aligned more strictly than they;
        // E is f32 or f64, for which any bits are a value.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl<E: Element> DerefMut for Buffer<E> {
    fn deref_mut(&mut self) -> &mut [E] {
        // SAFETY: as in `deref`, and the buffer is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_starts_on_a_cache_line_and_is_used_again() {
        let first = Buffer::<f32>::zeros(100_003);
        let address = first.as_ptr();
        assert_eq!(address as usize % LINE_BYTES, 0);
        drop(first);
        let second = Buffer::<f32>::zeros(100_000);
        assert!(std::ptr::eq(second.as_ptr(), address));
        assert!(second.iter().all(|&value| value == 0.0));
        assert_eq!(second.len(), 100_000);
    }

    #[test]
    fn a_thread_keeps_no_more_than_its_bound() {
        let buffers = [KEPT_BYTES / 2, KEPT_BYTES / 3 * 2].map(|bytes| Buffer::<f32>::stale(bytes / 4));
        drop(buffers);
        let kept = with_pool(&POOL, |pool| pool.iter().map(Vec::len).sum::<usize>() * LINE_BYTES);
        assert!(kept.unwrap() <= KEPT_BYTES, "{kept:?}");
    }

    #[test]
    fn rounding_adds_at_most_a_quarter() {
        for lines in 0..5000 {
            let rounded = rounded(lines);
            assert!(rounded >= lines && rounded <= lines + lines / 4, "{lines} -> {rounded}");
        }
    }

    #[test]
    fn an_empty_buffer_is_empty() {
        assert!(Buffer::<f32>::zeros(0).is_empty());
    }
}
