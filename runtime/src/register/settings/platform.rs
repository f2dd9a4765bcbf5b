//! The address of Flyte, and the credentials for it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::key::{self, Key};
use super::layers::Layers;
use super::source::Source;
use crate::bounded;
use crate::console::ShownUrl;

/// The address of Flyte Admin, and the settings of connections to it.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    not(any(feature = "register", test)),
    expect(dead_code, reason = "without a client they are only shown")
)]
pub(crate) struct Platform {
    /// `host:port`.
    pub(crate) endpoint: String,
    /// Whether to connect without TLS.
    pub(crate) insecure: bool,
    /// Whether to accept any certificate of the server.
    pub(crate) insecure_skip_verify: bool,
    /// A file with the authorities that may have signed the server's certificate. It replaces this machine's
    /// authorities.
    pub(crate) ca_cert_file: Option<PathBuf>,
    /// The address of the console, if it differs from Flyte Admin's.
    pub(crate) console: Option<String>,
    /// The URL of a proxy, `http://host:port`.
    pub(crate) http_proxy: Option<String>,
    /// The settings of authentication.
    pub(crate) auth: Auth,
}

/// The way to obtain tokens, and its settings.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    not(any(feature = "register", test)),
    expect(dead_code, reason = "without a client they are only shown")
)]
pub(crate) struct Auth {
    /// How to obtain a token.
    pub(crate) mode: AuthMode,
    /// The client id. As in flytekit, people use the server's own, if it has one.
    pub(crate) client_id: Option<String>,
    /// The client's secret.
    pub(crate) client_secret: Option<Secret>,
    /// The scopes of the token; the server's if empty.
    pub(crate) scopes: Vec<String>,
    /// The audience of the token; the server's if unset.
    pub(crate) audience: Option<String>,
    /// A program that prints a token, and its arguments.
    pub(crate) command: Vec<String>,
    /// A program that prints a token for a proxy in front of Flyte, and its arguments.
    pub(crate) proxy_command: Vec<String>,
    /// Metadata of every call, such as a token that was obtained elsewhere.
    pub(crate) headers: Vec<(String, Secret)>,
}

/// How to obtain a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AuthMode {
    /// A person signs in with a browser.
    #[default]
    Pkce,
    /// The application uses its secret.
    ClientCredentials,
    /// A program prints the token.
    ExternalCommand,
    /// A person signs in with a browser on another machine.
    DeviceFlow,
}

impl AuthMode {
    /// flytectl's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            AuthMode::Pkce => "Pkce",
            AuthMode::ClientCredentials => "ClientSecret",
            AuthMode::ExternalCommand => "ExternalCommand",
            AuthMode::DeviceFlow => "DeviceFlow",
        }
    }

    /// Parses any of flytekit's and flytectl's names, ignoring case.
    fn named(name: &str) -> Option<Self> {
        match &*name.to_ascii_lowercase() {
            "pkce" | "standard" => Some(AuthMode::Pkce),
            "clientsecret" | "client_credentials" | "basic" => Some(AuthMode::ClientCredentials),
            "externalcommand" | "external_process" => Some(AuthMode::ExternalCommand),
            "deviceflow" => Some(AuthMode::DeviceFlow),
            _ => None,
        }
    }
}

/// Text that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

pub(super) fn resolve(layers: &mut Layers<'_>) -> Platform {
    Platform {
        endpoint: endpoint(layers),
        insecure: layers.switch(&key::INSECURE),
        insecure_skip_verify: layers.switch(&key::INSECURE_SKIP_VERIFY),
        ca_cert_file: layers.text(&key::CA_CERT_FILE, None).map(PathBuf::from),
        console: layers.text(&key::CONSOLE, None),
        http_proxy: proxy(layers),
        auth: auth(layers),
    }
}

/// `host:port`, with an optional prefix `dns:///` as in gRPC.
fn endpoint(layers: &mut Layers<'_>) -> String {
    let given = layers.text(&key::ENDPOINT, Some("localhost:30080"));
    let given = given.unwrap_or_default();
    let bare = given.strip_prefix("dns:///").unwrap_or(&given);
    let bare = bare.trim_end_matches('/');
    layers.show_last(bare);
    if bare.contains('/') || bare.chars().any(char::is_whitespace) {
        let source = layers.last_source();
        layers.mistakes.push(format!(
            "{source}: the endpoint `{given}` must be HOST:PORT, as in `flyte.example.com:443`, \
             without a scheme and a path; `{}` turns TLS on or off",
            key::INSECURE.name
        ));
    }
    bare.to_owned()
}

/// The proxy's URL, displayed without user name and password.
fn proxy(layers: &mut Layers<'_>) -> Option<String> {
    let url = layers.text(&key::HTTP_PROXY, None)?;
    let (user, shown) = (url.contains('@'), ShownUrl(&url).to_string());
    layers.show_last(&match shown.split_once("://") {
        Some((scheme, host)) if user => format!("{scheme}://…@{host}"),
        _ => shown,
    });
    Some(url)
}

/// A program and its arguments, which are not displayed, because they may contain a token.
fn command(layers: &mut Layers<'_>, key: &Key) -> Vec<String> {
    let words = layers.texts(key);
    if let [program, _, ..] = &*words {
        layers.show_last(&format!("{program} …"));
    }
    words
}

fn auth(layers: &mut Layers<'_>) -> Auth {
    let explicit = mode(layers);
    let client_id = layers.text(&key::CLIENT_ID, None);
    let places = SecretPlaces::read(layers);
    // A secret has no other use, so it also selects the mode. An explicit mode takes precedence: a file that
    // another tool needs may name a missing secret.
    let is_needed = explicit.is_none_or(|mode| mode == AuthMode::ClientCredentials);
    let secret = is_needed.then(|| places.secret(layers)).flatten();
    let mode = explicit.unwrap_or(match secret {
        Some(_) => AuthMode::ClientCredentials,
        None => AuthMode::default(),
    });
    if explicit.is_none() {
        let source = match &secret {
            Some((_, key)) => Source::Follows(key),
            None => Source::Default,
        };
        layers.list(key::AUTH_MODE.name, Some(mode.name().to_owned()), source);
    }
    Auth {
        mode,
        client_id,
        client_secret: secret.map(|(secret, _)| secret),
        scopes: layers.texts(&key::SCOPES),
        audience: layers.text(&key::AUDIENCE, None),
        command: command(layers, &key::COMMAND),
        proxy_command: command(layers, &key::PROXY_COMMAND),
        headers: headers(layers),
    }
}

/// The configured mode.
fn mode(layers: &mut Layers<'_>) -> Option<AuthMode> {
    let given = layers.text(&key::AUTH_MODE, None);
    let Some(given) = given else {
        layers.listed.pop();
        return None;
    };
    let mode = AuthMode::named(&given);
    match mode {
        Some(mode) => layers.show_last(mode.name()),
        None => layers.mistakes.push(format!(
            "{}: `{given}` is not a way to sign in; the ways are Pkce, ClientSecret, \
             ExternalCommand and DeviceFlow",
            layers.last_source()
        )),
    }
    mode
}

/// The possible sources of the client's secret.
struct SecretPlaces {
    variable: Option<String>,
    location: Option<String>,
    itself: Option<String>,
}

impl SecretPlaces {
    fn read(layers: &mut Layers<'_>) -> Self {
        let location = layers.text(&key::CLIENT_SECRET_LOCATION, None);
        let variable = layers.text(&key::CLIENT_SECRET_ENV_VAR, None);
        let itself = layers.text(&key::CLIENT_SECRET, None);
        if itself.is_some() {
            layers.show_last(SET);
        }
        SecretPlaces {
            variable,
            location,
            itself,
        }
    }

    /// The secret and the setting that provides it, in flytekit's order.
    fn secret(self, layers: &mut Layers<'_>) -> Option<(Secret, &'static str)> {
        if let Some(variable) = self.variable {
            let name = key::CLIENT_SECRET_ENV_VAR.name;
            match layers.environment.get(&variable) {
                Some(secret) => return Some((Secret(secret.to_owned()), name)),
                None => layers.mistakes.push(format!(
                    "`{name}` names the environment variable `{variable}`, which is not set"
                )),
            }
        }
        if let Some(location) = self.location {
            let name = key::CLIENT_SECRET_LOCATION.name;
            match bounded::read_text(location.as_ref(), LONGEST_SECRET) {
                Ok(text) => return Some((Secret(text.trim_end().to_owned()), name)),
                Err(error) => layers.mistakes.push(format!(
                    "`{name}` names `{location}`, which cannot be read: {error}"
                )),
            }
        }
        Some((Secret(self.itself?), key::CLIENT_SECRET.name))
    }
}

/// The maximum size of a file with a secret.
const LONGEST_SECRET: u64 = 1 << 16;

/// The displayed text of a secret.
const SET: &str = "set";

/// Metadata of both sources; a flag overrides a variable of the same name.
fn headers(layers: &mut Layers<'_>) -> Vec<(String, Secret)> {
    let mut found: BTreeMap<String, (Secret, Source)> = BTreeMap::new();
    for name in key::HEADER.environment {
        let text = layers.environment.get(name).unwrap_or_default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            add_header(layers, &mut found, line, Source::Environment(name));
        }
    }
    for given in &layers.given.headers {
        add_header(layers, &mut found, given, Source::Flag("header"));
    }
    for (name, (_, source)) in &found {
        let name = format!("{}.{name}", key::HEADER.name);
        layers.list(&name, Some(SET.to_owned()), source.clone());
    }
    let headers = found.into_iter();
    headers.map(|(name, (value, _))| (name, value)).collect()
}

fn add_header(
    layers: &mut Layers<'_>,
    found: &mut BTreeMap<String, (Secret, Source)>,
    given: &str,
    source: Source,
) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let visible = |byte: u8| (b' '..=b'~').contains(&byte);
    match given.split_once('=') {
        Some((name, value)) if !name.is_empty() && name.bytes().all(allowed) => {
            let name = name.to_ascii_lowercase();
            if name.ends_with("-bin") {
                return layers.mistakes.push(format!(
                    "{source}: `{name}` would be binary metadata, which cannot be given as text"
                ));
            }
            if value.bytes().all(visible) {
                let is_again = |(_, before): &(Secret, Source)| *before == source;
                if found.get(&name).is_some_and(is_again) {
                    return layers
                        .mistakes
                        .push(format!("{source}: `{name}` is given more than once"));
                }
                found.insert(name, (Secret(value.to_owned()), source));
            } else {
                layers.mistakes.push(format!(
                    "{source}: the value of `{name}` has characters that metadata cannot have: \
                     only ASCII without control characters"
                ));
            }
        }
        // The text is not displayed: without a name, it may be a secret.
        _ => layers.mistakes.push(format!(
            "{source}: metadata must be NAME=VALUE, as in `proxy-authorization=Bearer …`, with a \
             name of letters, digits, `-`, `_` and `.`"
        )),
    }
}
