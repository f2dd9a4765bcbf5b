//! Connections to Flyte Admin.

use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tonic::codegen::Service;
use tonic::transport::Endpoint;

use super::address::Address;
use super::{AdminError, certificates};
use crate::register::settings::Platform;

/// The channel of all services' clients.
pub(super) type Channel = tonic::transport::Channel;

/// The user agent in all requests.
pub(super) const USER_AGENT: &str = concat!("flytekit-rust/", env!("CARGO_PKG_VERSION"));

/// A host that takes longer than this to accept a connection counts as unreachable.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// After this time without data, a connection on which a call waits is probed.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The time limit for the answer to a probe.
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(10);

/// The maximum size of an answer's metadata, as in flytekit.
const LARGEST_METADATA: u32 = 32 * 1024;

/// The message for an invalid proxy.
pub(super) const NO_PROXY: &str = "the proxy of admin.httpProxyURL in config.yaml, or \
     FLYTE_PLATFORM_HTTP_PROXY_URL, is not `http://host:port`";

/// A channel that connects when it is first used.
pub(super) fn connect(platform: &Platform, address: &Address) -> Result<Channel, AdminError> {
    let to = address.uri();
    // The connector encrypts, and tonic must not know: if tonic is built with TLS, as the feature `spark`
    // does, it refuses an `https:` that it does not encrypt itself.
    let endpoint = Endpoint::from(address.uri_with("http"))
        .origin(to.clone())
        .user_agent(USER_AGENT)
        .map_err(|error| AdminError::of_endpoint(&platform.endpoint, &error))?
        .connect_timeout(CONNECT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE_ANSWER)
        .http2_max_header_list_size(LARGEST_METADATA);
    let encrypted = HttpsConnectorBuilder::new()
        .with_tls_config(certificates::of_admin(platform)?)
        .https_or_http()
        .enable_http2();
    Ok(match proxy(platform, address)? {
        None => {
            let connector = encrypted.wrap_connector(tcp());
            endpoint.connect_with_connector_lazy(To { uri: to, connector })
        }
        Some(proxy) => {
            let to_proxy = HttpsConnectorBuilder::new()
                .with_tls_config(certificates::of_web(platform)?)
                .https_or_http()
                .enable_http1()
                .wrap_connector(tcp());
            let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
            if let Some(credentials) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(credentials.clone());
            }
            let connector = encrypted.wrap_connector(tunnel);
            endpoint.connect_with_connector_lazy(To { uri: to, connector })
        }
    })
}

/// Connects to one fixed address instead of the requested one.
#[derive(Clone)]
struct To<C> {
    uri: Uri,
    connector: C,
}

impl<C: Service<Uri>> Service<Uri> for To<C> {
    type Response = C::Response;
    type Error = C::Error;
    type Future = C::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), C::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, _: Uri) -> C::Future {
        self.connector.call(self.uri.clone())
    }
}

/// Whether the server answers a TLS handshake, with any certificate.
pub(super) async fn speaks_tls(address: &Address) -> bool {
    let mut connector = HttpsConnectorBuilder::new()
        .with_tls_config(certificates::anything())
        .https_only()
        .enable_http2()
        .wrap_connector(tcp());
    let encrypted = format!("https://{address}/").parse();
    let Ok(uri) = encrypted else { return false };
    let handshake = tokio::time::timeout(CONNECT, connector.call(uri)).await;
    matches!(handshake, Ok(Ok(_)))
}

fn tcp() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector
}

/// The proxy for connections: the platform's, or the environment's for remote hosts.
pub(super) fn proxy(
    platform: &Platform,
    address: &Address,
) -> Result<Option<Intercept>, AdminError> {
    let Some(url) = &platform.http_proxy else {
        let proxy = Matcher::from_env().intercept(&address.uri());
        return Ok(proxy.filter(|_| !is_loopback(address.host())));
    };
    let proxy = Matcher::builder().all(url.as_str()).build();
    match proxy.intercept(&address.uri()) {
        Some(proxy) if matches!(proxy.uri().scheme_str(), Some("http" | "https")) => {
            Ok(Some(proxy))
        }
        // The URL is not shown, because it may contain a password.
        _ => Err(AdminError::of_endpoint(&platform.endpoint, &NO_PROXY)),
    }
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|it| it.is_loopback())
}
