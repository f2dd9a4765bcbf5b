//! Registration of a new executable without an image build.

/// Where a task's container finds the executable that it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fast {
    /// The archive.
    pub(crate) uri: String,
    /// The folder into which it is unpacked.
    pub(crate) destination: String,
}
