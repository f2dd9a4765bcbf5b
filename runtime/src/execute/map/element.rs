//! The elements of a map in one process: on a few threads, until too many have failed.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::declare::Success;
use crate::error::Error;

/// The number of elements or nodes that run in parallel: the number of cores, but at least four, because they
/// may wait more than they work.
pub(crate) fn at_once() -> usize {
    const LEAST: usize = 4;
    thread::available_parallelism()
        .map_or(LEAST, NonZero::get)
        .max(LEAST)
}

/// The settings that all elements of a map have in common.
#[derive(Clone, Copy)]
pub(crate) struct Work<'w> {
    /// The number of elements.
    pub(crate) count: usize,
    /// The maximum number of elements that run at the same time.
    pub(crate) concurrency: Option<u32>,
    /// The number of elements that must succeed.
    pub(crate) success: Success,
    /// Processes the element with an index, and returns its outputs.
    pub(crate) element: &'w (dyn Fn(usize) -> Result<Vec<u8>, Error> + Sync),
    /// Called occasionally with the number of elements that have ended.
    pub(crate) progress: &'w (dyn Fn(usize) + Sync),
}

/// The outputs of each element; `None` for an element that failed, and may fail.
///
/// # Errors
///
/// If too many elements fail: the failure with the lowest index, and the index. Elements that were running
/// then have ended; others did not start.
pub(crate) fn run_all(work: Work<'_>) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let least = work.success.of(work.count);
    if least > work.count {
        return Err(Error::user(format!(
            "{least} elements must succeed, but there are {}",
            work.count
        )));
    }
    let state = State {
        next: AtomicUsize::new(0),
        results: Mutex::new(Results {
            outputs: vec![None; work.count],
            ended: 0,
            failed: 0,
            first: None,
        }),
        may_fail: work.count - least,
    };
    let mut most = at_once().min(work.count);
    if let Some(concurrency) = work.concurrency.filter(|it| *it > 0) {
        most = most.min(usize::try_from(concurrency).unwrap_or(usize::MAX));
    }
    thread::scope(|threads| {
        for _ in 1..most {
            // Fewer threads are enough.
            let _ = thread::Builder::new().spawn_scoped(threads, || state.work(work));
        }
        state.work(work);
    });
    state.end(work.count)
}

/// The progress of a map.
struct State {
    next: AtomicUsize,
    results: Mutex<Results>,
    may_fail: usize,
}

struct Results {
    outputs: Vec<Option<Vec<u8>>>,
    ended: usize,
    failed: usize,
    /// The failure with the lowest index.
    first: Option<(usize, Error)>,
}

impl State {
    /// Processes one element after another.
    fn work(&self, work: Work<'_>) {
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            if place >= work.count {
                return;
            }
            let mut outputs = Vec::new();
            let ran = super::super::catch(&mut || {
                outputs = (work.element)(place)?;
                Ok(())
            });
            let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
            results.ended += 1;
            match ran {
                Ok(()) => results.outputs[place] = Some(outputs),
                Err(error) => {
                    results.failed += 1;
                    if results.failed <= self.may_fail {
                        tracing::warn!("element {place} failed, which the map allows: {error}");
                    } else {
                        // No further element starts.
                        self.next.store(work.count, Ordering::Relaxed);
                    }
                    if results
                        .first
                        .as_ref()
                        .is_none_or(|(first, _)| place < *first)
                    {
                        results.first = Some((place, error));
                    }
                }
            }
            let ended = results.ended;
            drop(results);
            (work.progress)(ended);
        }
    }

    fn end(self, count: usize) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let results = self
            .results
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        match results.first {
            Some((place, error)) if results.failed > self.may_fail => {
                let message = if self.may_fail == 0 {
                    format!("element {place}: {error}")
                } else {
                    format!(
                        "{} of {count} elements failed, but only {} may fail: element {place}: {error}",
                        results.failed, self.may_fail
                    )
                };
                Err(error.said_as(message))
            }
            _ => Ok(results.outputs),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{Work, run_all};
    use crate::declare::Success;
    use crate::error::Error;

    fn run(
        count: usize,
        concurrency: Option<u32>,
        success: Success,
        element: &(dyn Fn(usize) -> Result<Vec<u8>, Error> + Sync),
    ) -> Result<Vec<Option<Vec<u8>>>, Error> {
        run_all(Work {
            count,
            concurrency,
            success,
            element,
            progress: &|_| (),
        })
    }

    fn number(place: usize) -> Vec<u8> {
        place.to_le_bytes().to_vec()
    }

    #[test]
    fn outputs_are_in_the_order_of_the_elements() {
        let all = run(100, None, Success::All, &|place| Ok(number(place))).expect("all");
        let expected: Vec<_> = (0..100).map(|place| Some(number(place))).collect();
        assert_eq!(all, expected);
        assert_eq!(run(0, None, Success::All, &|_| panic!("none")).unwrap(), []);
    }

    #[test]
    fn no_more_run_at_once_than_the_map_says() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        run(50, Some(2), Success::All, &|_| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(Vec::new())
        })
        .expect("all");
        assert!(most.into_inner() <= 2);
    }

    #[test]
    fn a_failure_that_may_not_be_ends_the_map_and_is_named_by_its_place() {
        let begun = AtomicUsize::new(0);
        let error = run(1000, Some(1), Success::All, &|place| {
            begun.fetch_add(1, Ordering::Relaxed);
            if place == 3 {
                return Err(Error::user("no rows"));
            }
            Ok(number(place))
        })
        .expect_err("one fails");
        assert_eq!(error.to_string(), "element 3: no rows");
        assert_eq!(begun.into_inner(), 4);
    }

    #[test]
    fn as_many_may_fail_as_need_not_succeed() {
        let odd = |place: usize| match place % 2 {
            0 => Ok(number(place)),
            _ => Err(Error::user("odd")),
        };
        let some = run(5, None, Success::Ratio(0.5), &odd).expect("three of five");
        assert_eq!(
            some,
            [
                Some(number(0)),
                None,
                Some(number(2)),
                None,
                Some(number(4))
            ]
        );
        let error = run(5, Some(1), Success::Count(4), &odd).expect_err("three of five");
        assert_eq!(
            error.to_string(),
            "2 of 5 elements failed, but only 1 may fail: element 1: odd"
        );
        let error = run(3, None, Success::Count(4), &odd).expect_err("there are three");
        assert_eq!(
            error.to_string(),
            "4 elements must succeed, but there are 3"
        );
    }
}
