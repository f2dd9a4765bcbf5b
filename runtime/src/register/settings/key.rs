//! The names of settings in all places that can give them.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Its path in `flytekit.toml`, by which it is also shown.
    pub(super) name: &'static str,
    /// Whether it may stand in `flytekit.toml`, which is checked in.
    pub(super) in_crate: bool,
    /// Its flag, without the dashes.
    pub(super) flag: Option<&'static str>,
    /// Its variables, of which the first that is set counts.
    pub(super) environment: &'static [&'static str],
    /// Its path in `config.yaml`.
    pub(super) yaml: Option<&'static str>,
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

    const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
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

macro_rules! keys {
    ($($key:ident = $new:expr;)+) => {
        $(pub(super) const $key: Key = $new;)+

        /// All of them.
        pub(super) const ALL: &[Key] = &[$($key),+];
    };
}

// flytekit's names, where it has the setting.
keys! {
    PROJECT = Key::new("project")
        .flag("project")
        .environment(&["FLYTE_DEFAULT_PROJECT", "FLYTE_LOCAL_PROJECT"])
        .yaml("task.project");
    DOMAIN = Key::new("domain")
        .flag("domain")
        .environment(&["FLYTE_DEFAULT_DOMAIN", "FLYTE_LOCAL_DOMAIN"])
        .yaml("task.domain");
    VERSION = Key::new("version").flag("version");
    IMAGE = Key::new("image")
        .flag("image")
        .environment(&["FLYTEKIT_IMAGE"])
        .yaml("images");
    ENV = Key::new("env").flag("env");
    GIT_REPOSITORY = Key::new("git-repository").flag("git-repository");
    SOURCE_ROOT = Key::new("source-root").flag("source-root");
    EMBED = Key::new("embed-settings").flag("embed-settings");
    DESTINATION = Key::new("fast.destination").flag("destination-dir");
    ENDPOINT = Key::new("platform.endpoint")
        .flag("endpoint")
        .environment(&["FLYTE_PLATFORM_URL"])
        .yaml("admin.endpoint");
    INSECURE = Key::new("platform.insecure")
        .flag("insecure")
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
        .flag("header")
        .environment(&["FLYTEKIT_HEADERS"])
        .secret();
}

/// Those that are maps, whose keys anybody chooses.
pub(super) const MAPS: &[Key] = &[IMAGE, ENV];
