//! Map nodes: one task for each element of lists.

use crate::declare::TaskDescriptor;

/// A task that runs once for each element of the lists that it is given.
#[derive(Clone, Copy, Debug)]
pub struct Array<'a> {
    /// What is registered for it, from lists to lists: a [mapped](crate::declare::Args::Map) task, each of
    /// whose containers works on one element.
    pub task: &'a TaskDescriptor,
    /// How many elements are worked on at the same time: any number for 0; if unset, as many as the platform
    /// lets a workflow's nodes run.
    pub concurrency: Option<u32>,
    /// How many must succeed.
    pub success: Success,
}

/// How many elements of a map must succeed for the node to do so.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Success {
    /// All of them.
    #[default]
    All,
    /// As many at least.
    Count(u32),
    /// This share of them at least.
    Ratio(f32),
}

impl Success {
    /// This share at least.
    ///
    /// # Panics
    ///
    /// When it is none or all of them.
    #[must_use]
    pub const fn share(ratio: f32) -> Self {
        assert!(
            ratio > 0.0 && ratio < 1.0,
            "a ratio of the elements is between 0.0 and 1.0: leave it out if all must succeed"
        );
        Success::Ratio(ratio)
    }

    /// How many of `count` elements have to succeed, as the backend counts them.
    #[must_use]
    pub fn of(self, count: usize) -> usize {
        match self {
            Success::All => count,
            Success::Count(least) => usize::try_from(least).unwrap_or(usize::MAX),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "what the backend does with them"
            )]
            Success::Ratio(ratio) => (f64::from(ratio) * count as f64).ceil() as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Success;

    #[test]
    fn a_share_is_rounded_up() {
        assert_eq!(Success::All.of(7), 7);
        assert_eq!(Success::Count(3).of(7), 3);
        assert_eq!(Success::Ratio(0.5).of(7), 4);
        assert_eq!(Success::Ratio(0.5).of(0), 0);
        // The nearest float of 32 bits is a little more than that.
        assert_eq!(Success::Ratio(0.6).of(10), 7);
    }
}
