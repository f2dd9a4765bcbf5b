//! Map nodes: one task for each element of lists.

use crate::declare::TaskDescriptor;

/// A task that runs once for each element of its lists.
#[derive(Clone, Copy, Debug)]
pub struct Array<'a> {
    /// The registered task, from lists to lists: a [mapped](crate::declare::Args::Map) task, each of whose
    /// containers processes one element.
    pub task: &'a TaskDescriptor,
    /// The number of elements that run at the same time: any number for 0; if unset, the platform's limit for
    /// a workflow's nodes.
    pub concurrency: Option<u32>,
    /// The number of elements that must succeed.
    pub success: Success,
}

/// The number of elements that must succeed for the node to succeed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Success {
    /// All elements.
    #[default]
    All,
    /// At least this number.
    Count(u32),
    /// At least this ratio.
    Ratio(f32),
}

impl Success {
    /// At least this ratio of the elements.
    ///
    /// # Panics
    ///
    /// If the ratio is not between 0 and 1.
    #[must_use]
    pub const fn share(ratio: f32) -> Self {
        assert!(
            ratio > 0.0 && ratio < 1.0,
            "a ratio of the elements must be between 0.0 and 1.0: leave it out if all must succeed"
        );
        Success::Ratio(ratio)
    }

    /// The number of elements that must succeed, of `count` elements, as the backend computes it.
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
        // The nearest 32-bit float is slightly larger.
        assert_eq!(Success::Ratio(0.6).of(10), 7);
    }
}
