//! Settings that the caller gives, for example on a command line.

/// Values that override all other sources.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) project: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) version: Option<String>,
    /// The default image, and named images: `[NAME=]REFERENCE`.
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
    /// The path of a `config.yaml`.
    pub(crate) config: Option<String>,
    /// The folder from which `flytekit.toml` and `.git` are searched upwards.
    pub(crate) crate_folder: Option<String>,
}
