//! Tasks that several threads take in turn.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What comes of each task, in the order of the tasks: so many threads take one after the other, each with a state of its own,
/// which `begin` makes. Nothing for a task that was not begun before `stopped`.
pub(crate) fn side_by_side<T: Sync, S, R: Send>(
    threads: usize,
    tasks: &[T],
    stopped: impl Fn() -> bool + Sync,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> R + Sync,
) -> Vec<Option<R>> {
    let results: Vec<Mutex<Option<R>>> = tasks.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let take_all = || {
        let mut state = begin();
        while !stopped() {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let (Some(task), Some(result)) = (tasks.get(place), results.get(place)) else { return };
            let found = work(&mut state, task);
            *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.min(tasks.len()) {
            scope.spawn(take_all);
        }
    });
    results.into_iter().map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn every_task_is_done_once_in_its_place_whatever_the_threads() {
        let tasks: Vec<usize> = (0..50).collect();
        for threads in [1, 3, 80] {
            let begun = AtomicUsize::new(0);
            let begin = || begun.fetch_add(1, Ordering::Relaxed);
            let found = side_by_side(threads, &tasks, || false, begin, |_, task| task * task);
            assert_eq!(found, tasks.iter().map(|task| Some(task * task)).collect::<Vec<_>>());
            assert!(begun.into_inner() <= threads);
        }
        assert!(side_by_side(2, &[] as &[u8], || false, || (), |(), _| ()).is_empty());
    }

    #[test]
    fn nothing_is_begun_after_a_request_to_stop() {
        let stop = AtomicBool::new(false);
        let work = |(): &mut (), task: &usize| stop.store(*task == 3, Ordering::Relaxed);
        let tasks: Vec<usize> = (0..9).collect();
        let found = side_by_side(1, &tasks, || stop.load(Ordering::Relaxed), || (), work);
        assert_eq!(found.iter().filter(|result| result.is_some()).count(), 4);
    }
}
