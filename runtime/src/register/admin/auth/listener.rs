//! The web server to which the browser returns once somebody has signed in.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use oauth2::url::{Host, Url};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::SignInError;
use crate::register::admin::address::Address;

/// The time limit for sending the last page to the browser.
const LAST_PAGE: Duration = Duration::from_millis(500);

/// A web server for one visit, on this machine only.
#[derive(Debug)]
pub(super) struct Listener {
    /// The accepting tasks, which end with this value.
    tasks: JoinSet<()>,
    visits: mpsc::Receiver<Visit>,
    /// Closed when the last connection ends.
    connections: mpsc::Receiver<Infallible>,
}

/// A browser that has returned, and waits for a page.
#[derive(Debug)]
pub(super) struct Visit {
    parameters: Vec<(String, String)>,
    page: oneshot::Sender<Page>,
}

#[derive(Debug)]
struct Page {
    status: StatusCode,
    html: String,
}

/// The data that all connections share.
#[derive(Debug)]
struct Door {
    path: String,
    visits: mpsc::Sender<Visit>,
}

impl Listener {
    /// Listens at the address to which the server sends browsers.
    pub(super) async fn bind(redirect: &Url) -> Result<Self, SignInError> {
        let refused = |why: String| {
            SignInError::new(
                format!(
                    "the browser cannot come back to `{redirect}`, which the server requires: {why}"
                ),
                "authType DeviceFlow signs in without",
            )
        };
        let port = redirect.port_or_known_default();
        let (Some(hosts), Some(port)) = (
            hosts(redirect),
            port.filter(|_| redirect.scheme() == "http"),
        ) else {
            return Err(refused("it is not an `http://localhost:…` URL".to_owned()));
        };
        let (visited, visits) = mpsc::channel(1);
        let (open, connections) = mpsc::channel(1);
        let door = Arc::new(Door {
            path: redirect.path().to_owned(),
            visits: visited,
        });
        let mut tasks = JoinSet::new();
        let mut failure = None;
        for host in hosts {
            match TcpListener::bind((host, port)).await {
                Ok(socket) => drop(tasks.spawn(accept(socket, Arc::clone(&door), open.clone()))),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match failure {
            Some(error) if tasks.is_empty() || error.kind() == io::ErrorKind::AddrInUse => {
                Err(refused(match error.kind() {
                    io::ErrorKind::AddrInUse => {
                        format!("another program, perhaps another sign-in, listens on port {port}")
                    }
                    _ => error.to_string(),
                }))
            }
            _ => Ok(Listener {
                tasks,
                visits,
                connections,
            }),
        }
    }

    /// Waits for the browser.
    pub(super) async fn visit(&mut self) -> Result<Visit, SignInError> {
        let visit = self.visits.recv().await;
        visit.ok_or_else(|| SignInError::new("the listener has ended", "start again"))
    }

    /// Waits until the browser has its page, or does not fetch it.
    pub(super) async fn end(mut self) {
        self.tasks.shutdown().await;
        // Nothing is ever sent on this channel. A browser may keep a connection that it does not use.
        let _ = tokio::time::timeout(LAST_PAGE, self.connections.recv()).await;
    }
}

impl Visit {
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        parameters.find_map(|(other, value)| (other == name).then_some(value.as_str()))
    }

    /// Shows the result of the sign-in.
    pub(super) fn end(self, address: &Address, error: Option<&SignInError>) {
        let page = match error {
            None => Page::new(
                StatusCode::OK,
                &format!("You are signed in to {address}. You can close this page."),
            ),
            Some(error) => Page::new(
                StatusCode::BAD_REQUEST,
                &format!("You are not signed in: {}.", error.message),
            ),
        };
        // A browser that is gone needs no page.
        let _ = self.page.send(page);
    }
}

impl Page {
    fn new(status: StatusCode, words: &str) -> Self {
        let words = words
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let html = format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Flyte</title>\n<p>{words}</p>\n"
        );
        Page { status, html }
    }
}

impl From<Page> for Response<Full<Bytes>> {
    fn from(page: Page) -> Self {
        let mut response = Response::new(Full::from(page.html));
        *response.status_mut() = page.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

/// The local addresses that a URL names. Other addresses are refused, because other people could sign in
/// through them.
fn hosts(redirect: &Url) -> Option<Vec<IpAddr>> {
    match redirect.host()? {
        Host::Domain("localhost") => {
            Some(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
        }
        Host::Ipv4(host) if host.is_loopback() => Some(vec![host.into()]),
        Host::Ipv6(host) if host.is_loopback() => Some(vec![host.into()]),
        _ => None,
    }
}

async fn accept(socket: TcpListener, door: Arc<Door>, open: mpsc::Sender<Infallible>) {
    // An error concerns only the one connection.
    loop {
        if let Ok((stream, _)) = socket.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&door), open.clone()));
        }
    }
}

async fn serve(stream: TcpStream, door: Arc<Door>, _open: mpsc::Sender<Infallible>) {
    let answer = service_fn(|request| {
        let door = Arc::clone(&door);
        async move { Ok::<Response<Full<Bytes>>, Infallible>(door.answer(&request).await.into()) }
    });
    // A browser may go away before it gets its page.
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
    if let Err(error) = connection {
        tracing::debug!(%error, "the browser's connection");
    }
}

impl Door {
    async fn answer(&self, request: &Request<Incoming>) -> Page {
        if request.uri().path().trim_end_matches('/') != self.path.trim_end_matches('/') {
            return Page::new(StatusCode::NOT_FOUND, "There is nothing here.");
        }
        let (sender, page) = oneshot::channel();
        let visit = Visit {
            parameters: parameters(request.uri().query().unwrap_or_default()),
            page: sender,
        };
        let ended = || Page::new(StatusCode::GONE, "The program has ended.");
        if self.visits.send(visit).await.is_err() {
            return ended();
        }
        page.await.unwrap_or_else(|_| ended())
    }
}

fn parameters(query: &str) -> Vec<(String, String)> {
    let pairs = oauth2::url::form_urlencoded::parse(query.as_bytes());
    pairs.into_owned().collect()
}
