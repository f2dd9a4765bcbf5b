//! The address of Flyte Admin, as people write it.

use std::fmt;

use tonic::codegen::http::Uri;
use tonic::codegen::http::uri::Authority;

use super::AdminError;

/// The host and port of Flyte Admin, and whether the connection uses TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `host:port`, with brackets around an IPv6 address.
    authority: String,
    is_plain: bool,
}

impl Address {
    /// Parses `host`, `host:port`, `[::1]:port` or `dns:///host:port`.
    pub(super) fn new(endpoint: &str, is_plain: bool) -> Result<Self, AdminError> {
        let given = endpoint.trim();
        let name = given.strip_prefix("dns:///").unwrap_or(given);
        let name = name.strip_suffix('/').unwrap_or(name);
        let refused = |why: String| AdminError::of_endpoint(endpoint, &why);
        if name.contains("://") {
            return Err(refused(
                "an endpoint is `host:port`, without a scheme; to turn TLS on or off, set \
                 admin.insecure in config.yaml, or FLYTE_PLATFORM_INSECURE"
                    .to_owned(),
            ));
        }
        let is_bare_ipv6 = name.parse::<std::net::Ipv6Addr>().is_ok();
        let name = if is_bare_ipv6 {
            format!("[{name}]")
        } else {
            name.to_owned()
        };
        let authority: Authority = name
            .parse()
            .map_err(|_| refused(format!("`{name}` is not `host:port`")))?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(refused(format!("`{name}` is not `host:port`")));
        }
        let usual = if is_plain { 80 } else { 443 };
        let has_port = authority.host().len() < name.len();
        let port = match authority.port_u16() {
            Some(port) => port,
            None if has_port => return Err(refused(format!("`{name}` has an invalid port"))),
            None => usual,
        };
        Ok(Address {
            authority: format!("{}:{port}", authority.host()),
            is_plain,
        })
    }

    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The host, without brackets.
    pub(super) fn host(&self) -> &str {
        let host = self.authority.rsplit_once(':').map_or("", |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    pub(super) fn uri(&self) -> Uri {
        self.uri_with(if self.is_plain { "http" } else { "https" })
    }

    pub(super) fn uri_with(&self, scheme: &str) -> Uri {
        let parts = Uri::builder().scheme(scheme).path_and_query("/");
        let uri = parts.authority(self.authority.as_str()).build();
        uri.unwrap_or_else(|_| unreachable!("an authority and a scheme make a URI"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(endpoint: &str, is_plain: bool) -> Result<String, String> {
        let address = Address::new(endpoint, is_plain).map_err(|error| error.to_string())?;
        Ok(address.uri().to_string())
    }

    #[test]
    fn the_usual_ways_to_write_it_are_read() {
        let of = |endpoint| read(endpoint, false).expect("an address");
        assert_eq!(of("flyte.example.com"), "https://flyte.example.com:443/");
        assert_eq!(
            of("dns:///flyte.example.com:81"),
            "https://flyte.example.com:81/"
        );
        assert_eq!(of("[::1]:8089"), "https://[::1]:8089/");
        assert_eq!(of("::1"), "https://[::1]:443/");
        assert_eq!(of("10.0.0.1/"), "https://10.0.0.1:443/");
        assert_eq!(
            read("localhost", true).as_deref(),
            Ok("http://localhost:80/")
        );
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_form_of_one() {
        for endpoint in [
            "https://flyte.example.com",
            "",
            "a:b",
            "host:99999",
            "host:",
            "u@h:1",
            "a b",
        ] {
            let error = read(endpoint, false).expect_err(endpoint);
            assert!(
                error.contains("host:port") || error.contains("invalid port"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_host_has_no_brackets() {
        let address = Address::new("[::1]:8089", false).expect("an address");
        assert_eq!(address.host(), "::1");
    }
}
