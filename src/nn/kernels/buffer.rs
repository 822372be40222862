//! Working memory that is aligned for vectors and used again.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use super::Element;

/// A cache line. Vectors that start on one never straddle two; straddling halves the loads a core can do.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; LINE_BYTES]);

const LINE_BYTES: usize = 64;

/// Most that all threads together keep for later while none of them trains.
const KEPT_BYTES: usize = 64 << 20;

/// Most that a thread keeps for later while it trains ([`WorkingMemory`]). A training step of the multi-layer network
/// needs 23 MB; one of sixteen times the batch, 356 MB. What is not kept is mapped and cleared again, at half as much
/// time again for the whole step.
const TRAINING_BYTES: usize = 512 << 20;

/// What all threads together keep that do not train.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// Memory of a thread that waits to be used again.
struct Pool {
    buffers: Vec<Vec<Line>>,
    bytes: usize,
    /// Values of [`WorkingMemory`] that live.
    trainings: usize,
}

impl Pool {
    const EMPTY: Self = Self { buffers: Vec::new(), bytes: 0, trainings: 0 };

    fn take(&mut self, lines: usize) -> Option<Vec<Line>> {
        // The smallest that is large enough, so that a large one stays for those who need it.
        let best = (0..self.buffers.len())
            .filter(|&slot| self.buffers[slot].len() >= lines)
            .min_by_key(|&slot| self.buffers[slot].len())?;
        let buffer = self.buffers.swap_remove(best);
        self.bytes -= bytes_of(&buffer);
        if self.trainings == 0 {
            KEPT.fetch_sub(bytes_of(&buffer), Relaxed);
        }
        Some(buffer)
    }

    /// Keeps a buffer if there is room.
    fn keep(&mut self, buffer: Vec<Line>) {
        let bytes = bytes_of(&buffer);
        let more = |kept: usize, most: usize| Some(kept + bytes).filter(|kept| *kept <= most);
        let has_room = match self.trainings {
            0 => KEPT.fetch_update(Relaxed, Relaxed, |kept| more(kept, KEPT_BYTES)).is_ok(),
            _ => more(self.bytes, TRAINING_BYTES).is_some(),
        };
        if has_room && bytes > 0 {
            self.bytes += bytes;
            self.buffers.push(buffer);
        }
    }

    fn begin_training(&mut self) {
        if self.trainings == 0 {
            KEPT.fetch_sub(self.bytes, Relaxed);
        }
        self.trainings += 1;
    }

    fn end_training(&mut self) {
        self.trainings -= 1;
        if self.trainings == 0 {
            self.bytes = 0;
            for buffer in std::mem::take(&mut self.buffers) {
                self.keep(buffer);
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.trainings == 0 {
            KEPT.fetch_sub(self.bytes, Relaxed);
        }
    }
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
}

/// While it lives, its thread keeps what training steps need again; afterwards only what is left of 64 MiB for all.
#[derive(Debug)]
pub(crate) struct WorkingMemory {
    /// The pool is that of one thread.
    thread: PhantomData<*const ()>,
}

impl WorkingMemory {
    pub(crate) fn of_training() -> Self {
        with_pool(Pool::begin_training);
        Self { thread: PhantomData }
    }
}

impl Drop for WorkingMemory {
    fn drop(&mut self) {
        with_pool(Pool::end_training);
    }
}

/// A slice of elements on a cache line's boundary, given back to the thread's pool when dropped.
///
/// A training step needs the same few megabytes as the one before. Fresh memory would be mapped and cleared page by
/// page each time.
pub(crate) struct Buffer<E: Element> {
    lines: Vec<Line>,
    len: usize,
    element: PhantomData<E>,
}

impl<E: Element> Buffer<E> {
    /// A buffer whose elements are arbitrary numbers: to be written before they are read.
    pub(crate) fn stale(len: usize) -> Self {
        let lines = rounded((len * size_of::<E>()).div_ceil(LINE_BYTES));
        let kept = with_pool(|pool| pool.take(lines));
        let lines = kept.flatten().unwrap_or_else(|| vec![Line([0; LINE_BYTES]); lines]);
        Self { lines, len, element: PhantomData }
    }

    /// A buffer of these elements.
    pub(crate) fn copy_of(elements: &[E]) -> Self {
        let mut buffer = Self::stale(elements.len());
        buffer.copy_from_slice(elements);
        buffer
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

fn bytes_of(buffer: &[Line]) -> usize {
    buffer.len() * LINE_BYTES
}

/// Runs `action` on the thread's pool, unless the thread is ending and has none.
fn with_pool<R>(action: impl FnOnce(&mut Pool) -> R) -> Option<R> {
    POOL.try_with(|pool| action(&mut pool.borrow_mut())).ok()
}

impl<E: Element> Drop for Buffer<E> {
    fn drop(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        with_pool(|pool| pool.keep(lines));
    }
}

impl<E: Element> Deref for Buffer<E> {
    type Target = [E];
    #[inline]
    fn deref(&self) -> &[E] {
        // SAFETY: the lines are initialised, hold at least `len` elements and are aligned more strictly than they;
        // E is f32 or f64, for which any bits are a value.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl<E: Element> DerefMut for Buffer<E> {
    #[inline]
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
        // Other threads' tests may have all of what is kept otherwise.
        let _training = WorkingMemory::of_training();
        let first = Buffer::<f32>::zeros(100_003);
        let address = first.as_ptr();
        assert_eq!(address as usize % LINE_BYTES, 0);
        drop(first);
        let second = Buffer::<f32>::zeros(100_000);
        assert!(std::ptr::eq(second.as_ptr(), address));
        assert!(second.iter().all(|&value| value == 0.0));
        assert_eq!(second.len(), 100_000);
    }

    /// What the thread keeps.
    fn kept() -> usize {
        with_pool(|pool| pool.bytes).unwrap()
    }

    #[test]
    fn threads_keep_64_mib_together_and_more_only_while_they_train() {
        let fill =
            || drop([KEPT_BYTES, KEPT_BYTES / 2, KEPT_BYTES].map(|bytes| Buffer::<f32>::stale(bytes / 4)));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    fill();
                    assert!(kept() <= KEPT_BYTES);
                    let training = WorkingMemory::of_training();
                    fill();
                    let within = WorkingMemory::of_training();
                    drop(within);
                    assert!(kept() > 2 * KEPT_BYTES && kept() <= TRAINING_BYTES, "{}", kept());
                    drop(training);
                    assert!(kept() <= KEPT_BYTES, "{}", kept());
                    assert!(KEPT.load(Relaxed) <= KEPT_BYTES);
                });
            }
        });
    }

    #[test]
    fn a_training_keeps_no_more_than_its_bound() {
        let _training = WorkingMemory::of_training();
        drop([TRAINING_BYTES / 2, TRAINING_BYTES / 3 * 2].map(|bytes| Buffer::<f32>::stale(bytes / 4)));
        assert!(kept() <= TRAINING_BYTES, "{}", kept());
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
