//! The address of a Spark Connect server: `sc://HOST[:PORT][/;NAME=VALUE;…]`.

use std::fmt;

use crate::error::Error;

/// The port on which a server listens by default.
const DEFAULT_PORT: u16 = 15002;

/// A server's address. It is checked here rather than by the client, whose messages repeat the whole address,
/// and therefore the token in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Remote {
    /// The URL for the client, with parameters and token: never shown.
    url: String,
    host: String,
    port: u16,
    tls: bool,
}

impl Remote {
    /// Checks an address from `origin`: `SPARK_REMOTE` or `--spark`.
    ///
    /// `has_token` says that the environment has a token, which the client then uses.
    pub(super) fn parse(url: &str, origin: &str, has_token: bool) -> Result<Self, Error> {
        let invalid = |why: &str| {
            let shown = without_parameters(url);
            Error::user(format!(
                "{origin} is not the address of a Spark Connect server: {why} in `{shown}`; \
                 expected sc://HOST:PORT or sc://HOST:PORT/;NAME=VALUE;…"
            ))
        };
        let rest = url
            .strip_prefix("sc://")
            .ok_or_else(|| invalid("it does not start with sc://"))?;
        if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(invalid("white space"));
        }
        if rest.contains(['?', '#']) {
            return Err(invalid("a question mark or hash sign"));
        }
        let (authority, parameters) = match rest.split_once('/') {
            None => (rest, ""),
            Some((authority, "")) => (authority, ""),
            Some((authority, path)) => (
                authority,
                path.strip_prefix(';')
                    .ok_or_else(|| invalid("a path that does not start with /;"))?,
            ),
        };
        if authority.contains(';') {
            return Err(invalid("parameters without the slash before them"));
        }
        if authority.contains('@') {
            return Err(invalid("a user before the host"));
        }
        if parameters.contains('/') {
            // The client would take the part before the slash for a path, and show it.
            return Err(invalid(
                "a slash in a parameter, which must be written as %2F,",
            ));
        }
        let (host, port) = split_port(authority)
            .ok_or_else(|| invalid("no host, or a port that is not a number up to 65535"))?;

        let mut remote = Remote {
            url: format!("sc://{authority}"),
            host: host.to_ascii_lowercase(),
            port,
            tls: false,
        };
        let mut token = has_token;
        let mut kept = Vec::new();
        for parameter in parameters.split(';').filter(|_| !parameters.is_empty()) {
            match parameter.split_once('=') {
                // The client sends it with settings and interrupts, but not with queries. To a server, the
                // queries would then belong to another session.
                Some(("user_id", value)) if !value.contains('=') => {
                    tracing::warn!(
                        "{origin}: `user_id` is ignored, because queries are sent without it"
                    );
                    continue;
                }
                Some((name, value)) if !name.is_empty() && !value.contains('=') => {
                    remote.tls |= name == "use_ssl" && value.eq_ignore_ascii_case("true");
                    token |= name == "token";
                }
                // The parameter is not shown: it may be a token without its name.
                _ => {
                    return Err(invalid(
                        "a parameter that is not NAME=VALUE (after the address shown)",
                    ));
                }
            }
            kept.push(parameter);
        }
        if !kept.is_empty() {
            remote.url.extend(["/;", &kept.join(";")]);
        }
        if token && !remote.tls && !remote.is_loopback() {
            return Err(Error::user(format!(
                "the token for the Spark Connect server {} is not sent over an unencrypted connection; \
                 add `use_ssl=true` to {origin}",
                remote.address()
            )));
        }
        Ok(remote)
    }

    /// A local server, which may require a token of letters and digits.
    pub(super) fn on_loopback(port: u16, token: Option<&str>) -> Self {
        let token = token.map_or_else(String::new, |token| format!("/;token={token}"));
        Remote {
            url: format!("sc://127.0.0.1:{port}{token}"),
            host: "127.0.0.1".to_owned(),
            port,
            tls: false,
        }
    }

    /// For the client only: the URL may contain a token.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// `HOST:PORT`, for people and for connecting.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) fn uses_tls(&self) -> bool {
        self.tls
    }

    fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }
}

/// A random token for clients: letters and digits that nobody can guess.
pub(super) fn new_token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Shows the address only.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sc://{}", self.address())
    }
}

/// The part of an address that cannot contain a token, without a password before the host.
fn without_parameters(url: &str) -> &str {
    let address = url.split([';', '?', '#']).next().unwrap_or(url);
    address.rsplit('@').next().unwrap_or(address)
}

/// Splits `HOST[:PORT]`; an IPv6 host has brackets, and keeps them.
fn split_port(authority: &str) -> Option<(&str, u16)> {
    let host_end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_end);
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => DEFAULT_PORT,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        _ => return None,
    };
    let named = !host.is_empty() && host != "[]" && port != 0;
    named.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Remote, String> {
        Remote::parse(url, "SPARK_REMOTE", false).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_addresses() {
        for (url, address, tls) in [
            ("sc://localhost", "localhost:15002", false),
            (
                "sc://Spark.Example.com:443/;use_ssl=true;token=secret",
                "spark.example.com:443",
                true,
            ),
            ("sc://127.0.0.1:7/;token=secret", "127.0.0.1:7", false),
            ("sc://[::1]:50051", "[::1]:50051", false),
            ("sc://[::1]", "[::1]:15002", false),
        ] {
            let remote = parse(url).unwrap();
            assert_eq!(
                (remote.address().as_str(), remote.uses_tls(), remote.url()),
                (address, tls, url)
            );
        }
    }

    #[test]
    fn gives_the_client_what_it_can_use() {
        let remote = parse("sc://h:1/;use_ssl=true;user_id=me;x=y").unwrap();
        assert_eq!(remote.url(), "sc://h:1/;use_ssl=true;x=y");
        assert_eq!(parse("sc://h:1/;user_id=me").unwrap().url(), "sc://h:1");
        assert_eq!(parse("sc://h:1/").unwrap().url(), "sc://h:1");
    }

    #[test]
    fn refuses_the_rest_without_showing_a_token() {
        for url in [
            "spark://h:7077;token=secret",
            "sc://",
            "sc://:15002/;token=secret",
            "sc://h:port/;token=secret",
            "sc://h:0/;token=secret",
            "sc://h:+5",
            "sc://h:65536",
            "sc://h:1;token=secret",
            "sc://h:1/path;token=secret",
            "sc://h:1/;secret",
            "sc://h:1/;token=se=cret",
            "sc://h:1/;use_ssl=true;token=secret/more",
            "sc://h:1/;token=secret",
            "sc://user:secret@h:1",
            "sc://h 1",
            "sc://[::1",
            "sc://[]:1",
        ] {
            let message = parse(url).unwrap_err();
            assert!(
                !message.contains("secret") && message.contains("SPARK_REMOTE"),
                "{url}: {message}"
            );
        }
    }

    #[test]
    fn a_token_of_the_environment_needs_encryption_too() {
        assert!(Remote::parse("sc://h:1", "--spark", true).is_err());
        assert!(Remote::parse("sc://h:1/;use_ssl=true", "--spark", true).is_ok());
        assert!(Remote::parse("sc://localhost", "--spark", true).is_ok());
    }

    #[test]
    fn its_debug_form_hides_the_token() {
        let remote = parse("sc://localhost:1/;token=secret").unwrap();
        assert_eq!(format!("{remote:?}"), "sc://localhost:1");
    }
}
