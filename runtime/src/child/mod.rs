//! Child processes: they end with this process, together with the processes that they leave behind, and time
//! and output are limited.

mod group;
mod output;

#[cfg(any(feature = "container", feature = "dask", feature = "register"))]
pub(crate) use group::Group;
pub(crate) use group::end_all;
#[cfg(feature = "register")]
pub(crate) use group::end_at_signals;
pub(crate) use output::{Limits, output};

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    /// Whether a condition becomes true within a time that is long enough for every machine.
    pub(super) fn soon(is_so: impl Fn() -> bool) -> bool {
        let started = Instant::now();
        while !is_so() {
            if started.elapsed() > Duration::from_secs(60) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }
}
