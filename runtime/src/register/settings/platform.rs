//! Where Flyte is, and how to show who asks.

use std::fmt;
use std::path::PathBuf;

/// Flyte Admin's address, and what its connections need.
#[derive(Clone, Debug, Default)]
pub(crate) struct Platform {
    /// `host:port`.
    pub(crate) endpoint: String,
    /// Without TLS.
    pub(crate) insecure: bool,
    /// With TLS, whatever certificate the server has.
    pub(crate) insecure_skip_verify: bool,
    /// A file of the authorities that may have signed the server's certificate, instead of this
    /// machine's.
    pub(crate) ca_cert_file: Option<PathBuf>,
    /// Where the console is, if not where Flyte Admin is.
    pub(crate) console: Option<String>,
    /// `http://host:port` of a proxy.
    pub(crate) http_proxy: Option<String>,
    /// How to show who asks.
    pub(crate) auth: Auth,
}

/// How to show who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Auth {
    /// How a token is come by.
    pub(crate) mode: AuthMode,
    /// The application that asks; the server's own for people if unset.
    pub(crate) client_id: Option<String>,
    /// Its secret.
    pub(crate) client_secret: Option<Secret>,
    /// What the token shall allow; what the server says if empty.
    pub(crate) scopes: Vec<String>,
    /// Whom the token is for; what the server says if unset.
    pub(crate) audience: Option<String>,
    /// A program that prints a token, and its arguments.
    pub(crate) command: Vec<String>,
    /// A program that prints a token for a proxy on the way, and its arguments.
    pub(crate) proxy_command: Vec<String>,
    /// Metadata that every call carries, such as a token that somebody else has got.
    pub(crate) headers: Vec<(String, Secret)>,
}

/// How a token is come by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AuthMode {
    /// By a person in a browser.
    #[default]
    Pkce,
    /// By the application's secret.
    ClientCredentials,
    /// From a program.
    ExternalCommand,
    /// By a person with a browser on another machine.
    DeviceFlow,
}

/// Text that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
