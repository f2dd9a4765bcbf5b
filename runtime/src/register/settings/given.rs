//! What whoever asks says about settings: a command line, for one.

/// Values that go before those of all other places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) project: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) version: Option<String>,
    /// The default image, and others by their names: `[NAME=]REFERENCE`.
    pub(crate) images: Vec<String>,
    /// Environment variables of every task: `NAME=VALUE`.
    pub(crate) env: Vec<String>,
    pub(crate) destination: Option<String>,
    pub(crate) git_repository: Option<String>,
    pub(crate) source_root: Option<String>,
    pub(crate) embed: bool,
    pub(crate) endpoint: Option<String>,
    pub(crate) insecure: bool,
    /// Metadata of every call: `NAME=VALUE`.
    pub(crate) headers: Vec<String>,
    /// A `config.yaml`.
    pub(crate) config: Option<String>,
    /// The folder above which `flytekit.toml` and `.git` lie.
    pub(crate) crate_folder: Option<String>,
}
