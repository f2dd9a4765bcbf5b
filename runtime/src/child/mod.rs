//! Programs that this process starts: they end with it, what they leave behind ends with them, and
//! nobody waits for longer, or reads more, than was meant.

mod group;
mod output;

#[cfg(feature = "register")]
pub(crate) use group::end_at_signals;
pub(crate) use group::{Group, end_all};
pub(crate) use output::{Limits, output};

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    /// Whether something is so within a time that no machine needs.
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
