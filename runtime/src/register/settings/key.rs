//! The names of settings in all sources.

use serde_json::Value;

use super::given::Given;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// The path in `flytekit.toml`, which is also the displayed name.
    pub(super) name: &'static str,
    /// Whether `flytekit.toml`, which is under version control, may contain it.
    pub(super) in_crate: bool,
    /// The flag of the setting.
    pub(super) flag: Option<Flag>,
    /// The environment variables, of which the first that is set wins.
    pub(super) environment: &'static [&'static str],
    /// The path in `config.yaml`.
    pub(super) yaml: Option<&'static str>,
}

/// The flag of a setting, and its value in [`Given`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    /// The name, without the dashes.
    pub(super) name: &'static str,
    /// The flag's value.
    pub(super) value: fn(&Given) -> Option<Value>,
}

impl Key {
    const fn new(name: &'static str) -> Self {
        Key {
            name,
            in_crate: true,
            flag: None,
            environment: &[],
            yaml: None,
        }
    }

    const fn flag(mut self, name: &'static str, value: fn(&Given) -> Option<Value>) -> Self {
        self.flag = Some(Flag { name, value });
        self
    }

    const fn environment(mut self, names: &'static [&'static str]) -> Self {
        self.environment = names;
        self
    }

    const fn yaml(mut self, path: &'static str) -> Self {
        self.yaml = Some(path);
        self
    }

    const fn secret(mut self) -> Self {
        self.in_crate = false;
        self
    }
}

fn text(text: Option<&String>) -> Option<Value> {
    text.map(|text| Value::from(text.as_str()))
}

/// A flag without a value can only turn a setting on.
fn switch(on: bool) -> Option<Value> {
    on.then_some(Value::Bool(true))
}

macro_rules! keys {
    ($($key:ident = $new:expr;)+) => {
        $(pub(super) const $key: Key = $new;)+

        /// All settings.
        pub(super) const ALL: &[Key] = &[$($key),+];
    };
}

// flytekit's names, if flytekit has the setting.
keys! {
    PROJECT = Key::new("project")
        .flag("project", |given| text(given.project.as_ref()))
        .environment(&["FLYTE_DEFAULT_PROJECT", "FLYTE_LOCAL_PROJECT"])
        .yaml("task.project");
    DOMAIN = Key::new("domain")
        .flag("domain", |given| text(given.domain.as_ref()))
        .environment(&["FLYTE_DEFAULT_DOMAIN", "FLYTE_LOCAL_DOMAIN"])
        .yaml("task.domain");
    VERSION = Key::new("version").flag("version", |given| text(given.version.as_ref()));
    IMAGE = Key::new("image")
        .environment(&["FLYTEKIT_IMAGE"])
        .yaml("images");
    ENV = Key::new("env");
    GIT_REPOSITORY = Key::new("git-repository")
        .flag("git-repository", |given| text(given.git_repository.as_ref()));
    SOURCE_ROOT = Key::new("source-root")
        .flag("source-root", |given| text(given.source_root.as_ref()));
    EMBED = Key::new("embed-settings").flag("embed-settings", |given| switch(given.embed));
    DESTINATION = Key::new("fast.destination")
        .flag("destination-dir", |given| text(given.destination.as_ref()));
    ENDPOINT = Key::new("platform.endpoint")
        .flag("endpoint", |given| text(given.endpoint.as_ref()))
        .environment(&["FLYTE_PLATFORM_URL"])
        .yaml("admin.endpoint");
    INSECURE = Key::new("platform.insecure")
        .flag("insecure", |given| switch(given.insecure))
        .environment(&["FLYTE_PLATFORM_INSECURE"])
        .yaml("admin.insecure");
    INSECURE_SKIP_VERIFY = Key::new("platform.insecure-skip-verify")
        .environment(&["FLYTE_PLATFORM_INSECURE_SKIP_VERIFY"])
        .yaml("admin.insecureSkipVerify");
    CA_CERT_FILE = Key::new("platform.ca-cert-file")
        .environment(&["FLYTE_PLATFORM_CA_CERT_FILE_PATH"])
        .yaml("admin.caCertFilePath");
    CONSOLE = Key::new("platform.console-endpoint")
        .environment(&["FLYTE_PLATFORM_CONSOLE_ENDPOINT"])
        .yaml("console.endpoint");
    HTTP_PROXY = Key::new("platform.http-proxy")
        .environment(&["FLYTE_PLATFORM_HTTP_PROXY_URL"])
        .yaml("admin.httpProxyURL");
    AUTH_MODE = Key::new("credentials.auth-mode")
        .environment(&["FLYTE_CREDENTIALS_AUTH_MODE"])
        .yaml("admin.authType");
    CLIENT_ID = Key::new("credentials.client-id")
        .environment(&["FLYTE_CREDENTIALS_CLIENT_ID"])
        .yaml("admin.clientId");
    CLIENT_SECRET_LOCATION = Key::new("credentials.client-secret-location")
        .environment(&["FLYTE_CREDENTIALS_CLIENT_SECRET_LOCATION"])
        .yaml("admin.clientSecretLocation");
    CLIENT_SECRET_ENV_VAR = Key::new("credentials.client-secret-env-var")
        .environment(&["FLYTE_CREDENTIALS_CLIENT_SECRET_ENV_VAR"])
        .yaml("admin.clientSecretEnvVar");
    CLIENT_SECRET = Key::new("credentials.client-secret")
        .environment(&["FLYTE_CREDENTIALS_CLIENT_SECRET"])
        .secret();
    SCOPES = Key::new("credentials.scopes")
        .environment(&["FLYTE_CREDENTIALS_SCOPES"])
        .yaml("admin.scopes");
    AUDIENCE = Key::new("credentials.audience")
        .environment(&["FLYTE_CREDENTIALS_AUDIENCE"])
        .yaml("admin.audience");
    COMMAND = Key::new("credentials.command")
        .environment(&["FLYTE_CREDENTIALS_COMMAND"])
        .yaml("admin.command");
    PROXY_COMMAND = Key::new("credentials.proxy-command")
        .environment(&["FLYTE_CREDENTIALS_PROXY_COMMAND"])
        .yaml("admin.proxyCommand");
    HEADER = Key::new("header")
        .environment(&["FLYTEKIT_HEADERS"])
        .secret();
}

/// Settings that are maps with arbitrary keys.
pub(super) const MAPS: &[Key] = &[IMAGE, ENV];
