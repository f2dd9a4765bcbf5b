//! Explains why an attempt to make a call failed, with advice.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use rustls::CertificateError;
use tonic::{Code, ConnectError, Status};

use super::address::Address;
use super::channel::CONNECT;
use crate::console::Foreign;
use crate::register::settings::Platform;

/// The metadata in which a server says when to try again, in milliseconds; a negative value means never.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// The failure of one attempt.
#[derive(Clone, Debug)]
pub(super) struct FailedCall {
    pub(super) code: Code,
    pub(super) message: String,
    /// Advice for the user.
    pub(super) advice: Option<String>,
    /// Whether the next attempt may succeed without any change.
    pub(super) passes: bool,
    /// Whether the server cannot have received the call.
    pub(super) is_unsent: bool,
    /// Whether the error of the connection does not show its cause.
    pub(super) is_unclear: bool,
    /// The pause that the server requests before the next attempt.
    pub(super) pushback: Option<Duration>,
}

impl FailedCall {
    /// The failure of a call without an answer in time.
    pub(super) fn of_silence(patience: Duration) -> Self {
        FailedCall {
            code: Code::DeadlineExceeded,
            message: format!("no answer within {} s", patience.as_secs_f32()),
            advice: Some(
                "FLYTEKIT_ADMIN_TIMEOUT sets how many seconds an answer may take".to_owned(),
            ),
            passes: true,
            is_unsent: false,
            is_unclear: false,
            pushback: None,
        }
    }

    /// The failure behind a status, which comes from the server, or from the connection to it.
    pub(super) fn of_status(status: &Status, platform: &Platform, address: &Address) -> Self {
        match status.source() {
            Some(cause) => FailedCall::of_connection(status, cause, platform, address),
            None => FailedCall::of_server(status, address),
        }
    }

    /// The failure of an unencrypted call to a server that requires TLS.
    pub(super) fn of_plain_words() -> Self {
        FailedCall {
            code: Code::Unavailable,
            message: "the server requires TLS, but the call was not encrypted".to_owned(),
            advice: Some(
                "admin.insecure in config.yaml, or FLYTE_PLATFORM_INSECURE, must be false"
                    .to_owned(),
            ),
            passes: false,
            is_unsent: true,
            is_unclear: false,
            pushback: None,
        }
    }

    fn of_server(status: &Status, address: &Address) -> Self {
        let code = status.code();
        let words = match status.message() {
            "" => "the server gives no reason",
            words => words,
        };
        let said = Foreign(words);
        let pushback = status
            .metadata()
            .get(PUSHBACK)
            .and_then(|it| it.to_str().ok()?.parse::<i64>().ok());
        let is_too_large = words.contains("larger than max");
        let is_busy = matches!(
            code,
            Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded
        );
        FailedCall {
            code,
            message: format!("{said} ({})", name(code)),
            advice: of_code(code, words, address),
            passes: is_busy && !is_too_large && pushback.is_none_or(|it| it >= 0),
            is_unsent: code == Code::ResourceExhausted,
            is_unclear: false,
            pushback: pushback
                .and_then(|it| u64::try_from(it).ok())
                .map(Duration::from_millis),
        }
    }

    fn of_connection(
        status: &Status,
        cause: &(dyn Error + 'static),
        platform: &Platform,
        address: &Address,
    ) -> Self {
        let chain: Vec<_> = causes(cause).collect();
        let explained = explain(&chain, platform, address);
        let is_unclear = explained.is_none();
        let explained = explained.unwrap_or_else(|| of_broken(&in_words(&chain, status), address));
        FailedCall {
            code: Code::Unavailable,
            message: Foreign(&explained.message).to_string(),
            advice: explained.advice,
            passes: explained.passes,
            is_unsent: chain.iter().any(|it| it.is::<ConnectError>()) || timed_out(&chain),
            is_unclear,
            pushback: None,
        }
    }
}

/// Advice for a status of the server.
fn of_code(code: Code, words: &str, address: &Address) -> Option<String> {
    let advice = match code {
        Code::PermissionDenied => {
            "you are signed in, but have no permission: check project and domain, or ask the \
             administrators of Flyte"
                .to_owned()
        }
        Code::Unimplemented => no_admin(address),
        Code::Internal | Code::Unknown if words.contains("compression flag") => no_admin(address),
        Code::ResourceExhausted => "the server is busy, or the request is too large".to_owned(),
        _ => return None,
    };
    Some(advice)
}

fn no_admin(address: &Address) -> String {
    format!("check that `{address}` is the gRPC address of Flyte Admin 1.x, not of its console")
}

/// A code's name in the documentation of gRPC: `PERMISSION_DENIED`.
pub(super) fn name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

struct Explained {
    message: String,
    advice: Option<String>,
    passes: bool,
}

impl Explained {
    fn lasting(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Explained {
            message: message.into(),
            advice: Some(advice.into()),
            passes: false,
        }
    }
}

/// An error and its causes. An I/O error that wraps another error is not a cause of its own.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn kinds<'a>(chain: &'a [&(dyn Error + 'static)]) -> impl Iterator<Item = io::ErrorKind> + 'a {
    chain
        .iter()
        .filter_map(|it| it.downcast_ref::<io::Error>())
        .map(io::Error::kind)
}

/// Whether the connection timed out.
fn timed_out(chain: &[&(dyn Error + 'static)]) -> bool {
    kinds(chain).any(|kind| kind == io::ErrorKind::TimedOut)
}

/// The innermost cause, which is the most informative.
fn in_words(chain: &[&(dyn Error + 'static)], status: &Status) -> String {
    chain
        .last()
        .map_or_else(|| status.message().to_owned(), ToString::to_string)
}

/// Explains failures to connect, to Flyte or to its proxy.
fn explain(
    chain: &[&(dyn Error + 'static)],
    platform: &Platform,
    address: &Address,
) -> Option<Explained> {
    let says = |words: &str| chain.iter().any(|it| it.to_string().starts_with(words));
    let is_proxy = says("tunnel error");
    let tls = chain
        .iter()
        .find_map(|it| it.downcast_ref::<rustls::Error>());
    if let Some(error) = tls.filter(|_| !is_proxy) {
        return Some(of_tls(error, platform, address));
    }
    let (whom, named_by) = if is_proxy {
        ("the proxy", PROXY_IS_NAMED)
    } else {
        ("the server", IS_NAMED)
    };
    let why = chain.last().map(ToString::to_string).unwrap_or_default();
    let message = if kinds(chain).any(|kind| kind == io::ErrorKind::ConnectionRefused) {
        format!("{whom} refuses the connection")
    } else if says("dns error") {
        format!("cannot find the host of {whom}: {why}")
    } else if timed_out(chain) {
        format!("no connection to {whom} within {} s", CONNECT.as_secs())
    } else if is_proxy {
        return Some(Explained::lasting(
            format!("the proxy cannot connect: {why}"),
            named_by,
        ));
    } else {
        return says("tls handshake eof").then(not_tls);
    };
    Some(Explained {
        message,
        advice: Some(format!("check that it runs there; {named_by}")),
        passes: true,
    })
}

const IS_NAMED: &str = "admin.endpoint in config.yaml, or FLYTE_PLATFORM_URL, names it";

const PROXY_IS_NAMED: &str = "admin.httpProxyURL in config.yaml, or FLYTE_PLATFORM_HTTP_PROXY_URL, \
     names it, or else HTTPS_PROXY in the environment";

/// Explains a connection that broke off. Little is known, unless the other side spoke another protocol.
fn of_broken(why: &str, address: &Address) -> Explained {
    let message = format!("the connection failed: {why}");
    if why.ends_with("frame with invalid size") {
        return Explained::lasting(message, no_admin(address));
    }
    Explained {
        message,
        advice: None,
        passes: true,
    }
}

fn not_tls() -> Explained {
    Explained::lasting(
        "the server does not use TLS",
        "for a Flyte without TLS, admin.insecure in config.yaml, or FLYTE_PLATFORM_INSECURE, must \
         be true",
    )
}

fn of_tls(error: &rustls::Error, platform: &Platform, address: &Address) -> Explained {
    let certificate = match error {
        rustls::Error::InvalidMessage(_) => return not_tls(),
        rustls::Error::InvalidCertificate(certificate) => certificate,
        _ => {
            return Explained::lasting(
                format!("TLS fails: {error}"),
                "check that Flyte Admin, and not another server, has this address",
            );
        }
    };
    match certificate {
        CertificateError::UnknownIssuer => of_unknown_authority(platform, address),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Explained::lasting(
                format!(
                    "the certificate is not that of `{}`: {error}",
                    address.host()
                ),
                "the endpoint must be a name in the certificate",
            )
        }
        _ => Explained::lasting(
            format!(
                "the certificate of `{}` is refused: {error}",
                address.host()
            ),
            "the administrators of Flyte must renew or correct it; admin.insecureSkipVerify accepts any certificate, \
             also an attacker's",
        ),
    }
}

fn of_unknown_authority(platform: &Platform, address: &Address) -> Explained {
    let who = match &platform.ca_cert_file {
        Some(path) => format!("is not in `{}`", path.display()),
        None => "this machine does not trust".to_owned(),
    };
    Explained::lasting(
        format!(
            "the certificate of `{}` is signed by an authority that {who}",
            address.host()
        ),
        "admin.caCertFilePath in config.yaml, or FLYTE_PLATFORM_CA_CERT_FILE_PATH, names a file with \
         the authority's certificate; admin.insecureSkipVerify accepts any certificate, also an attacker's",
    )
}
