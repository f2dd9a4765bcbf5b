//! How many items go into a chunk.
//!
//! A chunk is one task for Dask, whose scheduler handles some 600 of them a second, whatever is in
//! them. So a chunk takes long enough that all workers together ask for few of them, and short
//! enough that the last ones end together.

/// How long a chunk takes at least, where there are items enough: the way to a worker and back, a
/// few milliseconds, is little beside it.
const SECONDS: f64 = 0.25;

/// How many chunks a second the scheduler gets: a third of what it can.
const CHUNKS_A_SECOND: f64 = 200.0;

/// How long a chunk may take less when the end is near.
const LAST_SECONDS: f64 = 0.05;

/// Chunks that a thread has at most, of those that are too short to wait for.
const MOST_UNDER_WAY: f64 = 128.0;

/// By how much a chunk may exceed the one before, since a few items say little about the others.
const GROWTH: f64 = 16.0;

/// How large chunks are, from how long those before took.
#[derive(Debug)]
pub(super) struct ChunkSizes {
    /// The user's choice.
    fixed: Option<usize>,
    /// Items of the largest chunk that was measured.
    largest: usize,
    /// Seconds that an item takes.
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

    /// Always so many; none means one.
    pub(super) fn fix(&mut self, size: usize) {
        self.fixed = Some(size.max(1));
    }

    /// Notes how long a chunk took.
    pub(super) fn measured(&mut self, count: usize, seconds: f64) {
        if count == 0 || seconds.is_nan() || seconds < 0.0 {
            return;
        }
        let item = seconds / as_number(count);
        // Recent chunks count more: items may grow along the way.
        self.item = Some(self.item.map_or(item, |before| f64::midpoint(before, item)));
        self.largest = self.largest.max(count);
    }

    /// How many chunks may be under way on a cluster with so many threads: each thread has one and
    /// the next. Where the user's choice makes them shorter than their way to a worker and back, it
    /// has more, so that it need not wait for that.
    pub(super) fn under_way(&self, threads: usize) -> usize {
        let each = match (self.fixed, self.item) {
            (Some(size), Some(item)) => SECONDS / (item * as_number(size)).max(1e-12),
            _ => 0.0,
        };
        threads * as_count(each.clamp(2.0, MOST_UNDER_WAY)) + 2
    }

    /// How many of those are so few that more are sent. Short chunks go in groups: to hand one to the
    /// scheduler costs nearly as much as to hand many.
    pub(super) fn few_under_way(&self, threads: usize) -> usize {
        let (most, least) = (self.under_way(threads), 2 * threads + 2);
        if most > least { most / 2 } else { most - 1 }
    }

    /// Items of the next chunk, for a cluster with so many threads; `remaining` is what there is
    /// still to do, if it is known.
    pub(super) fn next(&self, threads: usize, remaining: Option<usize>) -> usize {
        if let Some(fixed) = self.fixed {
            return fixed;
        }
        let Some(item) = self.item else { return 1 };
        let threads_number = as_number(threads.max(1));
        let size_of = |seconds: f64| seconds / item.max(1e-12);
        let wanted = size_of(SECONDS.max(threads_number / CHUNKS_A_SECOND));
        let size = match remaining.map(as_number) {
            // Two chunks for each thread, again and again, so that all end together.
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
    reason = "what is too large becomes the largest number"
)]
fn as_count(number: f64) -> usize {
    (number as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Items of the chunks that four threads are given for items that take so long each.
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
