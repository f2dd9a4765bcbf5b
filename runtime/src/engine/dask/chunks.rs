//! Chooses the number of items in a chunk.
//!
//! Each chunk is one task for Dask, whose scheduler handles some 600 tasks a second, whatever their content
//! is. So a chunk must be long enough that all workers together need few chunks, and short enough that the
//! last chunks end at the same time.

/// The minimum duration of a chunk, if there are enough items. Compared with it, the few milliseconds to a
/// worker and back are short.
const SECONDS: f64 = 0.25;

/// How many chunks the scheduler gets per second: a third of its capacity.
const CHUNKS_A_SECOND: f64 = 200.0;

/// The minimum duration of a chunk near the end of the work.
const LAST_SECONDS: f64 = 0.05;

/// The maximum number of short chunks under way per thread.
const MOST_UNDER_WAY: f64 = 128.0;

/// The maximum growth from one chunk to the next, because a few items say little about the others.
const GROWTH: f64 = 16.0;

/// Computes the sizes of chunks from the measured durations.
#[derive(Debug)]
pub(super) struct ChunkSizes {
    /// The user's choice.
    fixed: Option<usize>,
    /// The number of items of the largest measured chunk.
    largest: usize,
    /// The duration of an item in seconds.
    item: Option<f64>,
}

impl ChunkSizes {
    pub(super) fn new() -> Self {
        ChunkSizes {
            fixed: None,
            largest: 1,
            item: None,
        }
    }

    /// Fixes the size of all chunks; zero means one.
    pub(super) fn fix(&mut self, size: usize) {
        self.fixed = Some(size.max(1));
    }

    /// Records the duration of a chunk.
    pub(super) fn measured(&mut self, count: usize, seconds: f64) {
        if count == 0 || seconds.is_nan() || seconds < 0.0 {
            return;
        }
        let item = seconds / as_number(count);
        // Recent chunks have more weight, because the cost of items may change along the way.
        self.item = Some(self.item.map_or(item, |before| f64::midpoint(before, item)));
        self.largest = self.largest.max(count);
    }

    /// How many chunks may be under way on a cluster with this many threads: two per thread, the current and
    /// the next one. If a fixed size makes chunks shorter than their way to a worker and back, each thread
    /// has more, so that it need not wait.
    pub(super) fn under_way(&self, threads: usize) -> usize {
        let each = match (self.fixed, self.item) {
            (Some(size), Some(item)) => SECONDS / (item * as_number(size)).max(1e-12),
            _ => 0.0,
        };
        threads * as_count(each.clamp(2.0, MOST_UNDER_WAY)) + 2
    }

    /// The number of chunks under way below which more are sent. Short chunks are sent in groups: handing one
    /// to the scheduler costs nearly as much as handing over many.
    pub(super) fn few_under_way(&self, threads: usize) -> usize {
        let (most, least) = (self.under_way(threads), 2 * threads + 2);
        if most > least { most / 2 } else { most - 1 }
    }

    /// The number of items of the next chunk, for a cluster with this many threads. `remaining` is the number
    /// of items left, if it is known.
    pub(super) fn next(&self, threads: usize, remaining: Option<usize>) -> usize {
        if let Some(fixed) = self.fixed {
            return fixed;
        }
        let Some(item) = self.item else { return 1 };
        let threads_number = as_number(threads.max(1));
        let size_of = |seconds: f64| seconds / item.max(1e-12);
        let wanted = size_of(SECONDS.max(threads_number / CHUNKS_A_SECOND));
        let size = match remaining.map(as_number) {
            // Half of each thread's share of the remaining items, so that all threads end together.
            Some(remaining) => {
                let share = remaining / (2.0 * threads_number);
                wanted.min(share.max(size_of(LAST_SECONDS)))
            }
            None => wanted,
        };
        as_count(size.min(as_number(self.largest) * GROWTH))
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn as_number(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number that is too large becomes the largest one"
)]
fn as_count(number: f64) -> usize {
    (number as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes of the chunks for four threads and items of this duration.
    fn sizes(item: f64, mut remaining: usize) -> Vec<usize> {
        let mut sizes = ChunkSizes::new();
        let mut given = Vec::new();
        while remaining > 0 {
            let size = sizes.next(4, Some(remaining)).min(remaining);
            given.push(size);
            sizes.measured(size, item * as_number(size));
            remaining -= size;
        }
        given
    }

    #[test]
    fn chunks_of_quick_items_grow_until_the_end_is_near() {
        let sizes = sizes(1e-6, 10_000_000);
        assert_eq!(sizes[..4], [1, 16, 256, 4096]);
        assert!(sizes.len() < 100, "{sizes:?}");
        let largest = sizes.iter().max().expect("chunks");
        assert!((200_000..=250_001).contains(largest), "{sizes:?}");
        assert!(*sizes.last().expect("a chunk") <= 50_001);
    }

    #[test]
    fn slow_items_go_one_by_one() {
        assert_eq!(sizes(3.0, 20), [1; 20]);
    }

    #[test]
    fn a_large_cluster_asks_no_more_often() {
        let mut sizes = ChunkSizes::new();
        sizes.measured(1000, 1.0);
        // 2,000 threads, 200 chunks a second: 10 seconds each.
        assert_eq!(sizes.next(2000, None), 10_000);
    }

    #[test]
    fn a_size_that_is_set_is_kept() {
        let mut sizes = ChunkSizes::new();
        sizes.fix(7);
        sizes.measured(7, 100.0);
        assert_eq!(sizes.next(4, Some(3)), 7);
        sizes.fix(0);
        assert_eq!(sizes.next(4, None), 1);
    }

    #[test]
    fn short_chunks_do_not_wait_for_each_other() {
        let mut sizes = ChunkSizes::new();
        sizes.measured(10, 1e-6);
        assert_eq!(sizes.under_way(4), 10);
        sizes.fix(10);
        assert_eq!(sizes.under_way(4), 4 * 128 + 2);
        assert_eq!(sizes.few_under_way(4), 2 * 128 + 1);
        sizes.measured(10, 100.0);
        assert_eq!(sizes.under_way(4), 10);
        assert_eq!(sizes.few_under_way(4), 9);
    }
}
