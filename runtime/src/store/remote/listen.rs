//! Records more of the servers' answers than the crate `object_store` passes on.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService, ReqwestConnector,
};

use super::body::{self, Reading};
use super::client;
use super::sent::{Damaged, Sent};
use crate::console::{Foreign, ShownUrl, hide_user};

/// The hosts from which programs in a cloud get their credentials.
const METADATA_HOSTS: [&str; 3] = [
    "169.254.169.254",
    "169.254.170.2",
    "metadata.google.internal",
];

/// The maximum length of a message taken from an error's body.
const LONGEST_MESSAGE: usize = 300;

tokio::task_local! {
    /// The observations of an operation's requests.
    static HEARD: Heard;
}

/// The tries of an operation, and how the last one failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard(Arc<Mutex<Tries>>);

#[derive(Clone, Debug, Default)]
pub(super) struct Tries {
    pub(super) failed: u32,
    pub(super) last: Option<FailedRequest>,
}

/// A request that failed.
#[derive(Clone, Debug)]
pub(super) struct FailedRequest {
    /// Scheme, host and port.
    pub(super) server: String,
    pub(super) came: Came,
}

/// The outcome of a request.
#[derive(Clone, Debug)]
pub(super) enum Came {
    /// A response.
    Status {
        code: u16,
        /// An error name such as `NoSuchKey`.
        name: String,
        /// The whole answer, for people.
        text: String,
        /// The region of the bucket, if S3 names it.
        region: Option<String>,
    },
    /// No response in time.
    Silence,
    /// A write whose stored bytes differ from the sent ones.
    Damaged,
    /// No connection, or a connection that broke.
    Broken(String),
    /// No credentials at an address where a cloud would provide them.
    NoCredentials,
}

impl Heard {
    /// Runs an operation whose requests report here.
    pub(super) async fn during<F: Future>(&self, operation: F) -> F::Output {
        HEARD.scope(self.clone(), operation).await
    }

    pub(super) fn tries(&self) -> Tries {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, failure: FailedRequest) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.failed += 1;
        tries.last = Some(failure);
    }
}

/// Makes clients that report their answers.
#[derive(Debug)]
pub(super) struct Listening;

impl HttpConnector for Listening {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Listener(client)))
    }
}

#[derive(Debug)]
struct Listener(HttpClient);

#[async_trait]
impl HttpService for Listener {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let uri = request.uri();
        let host = uri.host().unwrap_or_default().to_owned();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let server = format!("{}://{authority}", uri.scheme_str().unwrap_or_default());
        hide_user(&server);
        let server = ShownUrl(&server).to_string();
        let method = request.method().clone();
        let reading = if gives_credentials(&server, &host) {
            Reading::Whole
        } else {
            Reading::of(&request)
        };
        let sent = Sent::of(&request);
        match self.0.execute(request).await {
            Ok(response) => {
                tracing::debug!(%method, server, status = %response.status(), "a response");
                if response.status().is_success() && sent.arrived_damaged(response.headers()) {
                    note(FailedRequest {
                        server,
                        came: Came::Damaged,
                    });
                    return Err(HttpError::new(HttpErrorKind::Interrupted, Damaged));
                }
                listen(server, &host, response, reading).await
            }
            Err(error) => {
                tracing::debug!(%method, server, error = deepest(&error), "no response");
                Err(failed(server, &host, error))
            }
        }
    }
}

/// Records an error response.
async fn listen(
    server: String,
    host: &str,
    response: HttpResponse,
    reading: Reading,
) -> Result<HttpResponse, HttpError> {
    let status = response.status();
    let patience = client::patience();
    let (parts, body) = response.into_parts();
    let body = body::paced(body, patience);
    if status.is_success() {
        let body = match reading {
            Reading::Pieces => body,
            Reading::Whole => body::whole(body).await?.into(),
        };
        return Ok(HttpResponse::from_parts(parts, body));
    }
    let body = body::words(body, patience).await;
    let said = String::from_utf8_lossy(&body);
    let name = element(&said, "Code").unwrap_or_default();
    let region = parts.headers.get("x-amz-bucket-region");
    let region = region.and_then(|region| Some(region.to_str().ok()?.to_owned()));
    let came = if gives_credentials(&server, host) {
        Came::NoCredentials
    } else {
        Came::Status {
            code: status.as_u16(),
            text: text(&status.to_string(), name, &said),
            name: name.to_owned(),
            region,
        }
    };
    note(FailedRequest { server, came });
    // Otherwise a reader that decodes the body as text would get another error.
    let body = said.into_owned();
    Ok(HttpResponse::from_parts(
        parts,
        HttpResponseBody::from(body),
    ))
}

/// Records a request without a response.
fn failed(server: String, host: &str, error: HttpError) -> HttpError {
    let no_cloud = gives_credentials(&server, host);
    let came = match error.kind() {
        _ if no_cloud => Came::NoCredentials,
        HttpErrorKind::Timeout => Came::Silence,
        _ => Came::Broken(deepest(&error)),
    };
    note(FailedRequest { server, came });
    if no_cloud {
        // Outside of the cloud nobody answers, so more tries would not help.
        return HttpError::new(HttpErrorKind::Unknown, error);
    }
    error
}

/// Whether a server is one of the hosts from which clouds provide credentials.
fn gives_credentials(server: &str, host: &str) -> bool {
    METADATA_HOSTS.contains(&host)
        || std::env::var("AWS_METADATA_ENDPOINT")
            .is_ok_and(|endpoint| endpoint.trim_end_matches('/') == server)
}

fn note(failure: FailedRequest) {
    // Outside of [`Heard::during`] nobody listens, and there is nothing to record.
    let _ = HEARD.try_with(|heard| heard.note(failure));
}

/// `503 Service Unavailable, SlowDown: Please reduce your request rate.`
fn text(status: &str, name: &str, said: &str) -> String {
    let mut text = status.to_owned();
    if !name.is_empty() {
        let _ = write!(text, ", {}", Foreign(name));
    }
    let message = element(said, "Message").or_else(|| short(said));
    if let Some(message) = message {
        let _ = write!(text, ": {}", Foreign(message.trim_end_matches('.')));
    }
    text
}

/// The content of an XML element without child elements.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    Some(content.trim()).filter(|content| !content.is_empty())
}

/// A body that is meant for people.
fn short(body: &str) -> Option<&str> {
    let body = body.trim();
    let is_text = !body.starts_with('<') && !body.contains('\n');
    Some(body).filter(|body| is_text && !body.is_empty() && body.len() <= LONGEST_MESSAGE)
}

/// The last error of a chain: `Connection refused (os error 111)`.
pub(super) fn deepest(error: &(dyn StdError + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.last().map_or_else(String::new, ToString::to_string)
}

impl fmt::Display for Tries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.failed {
            0 | 1 => Ok(()),
            failed => write!(f, " ({failed} tries)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_a_server_says_is_put_in_a_line() {
        let xml = "<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce it.</Message>\
            <RequestId>1</RequestId></Error>";
        assert_eq!(
            text("503 Service Unavailable", "SlowDown", xml),
            "503 Service Unavailable, SlowDown: Reduce it"
        );
        assert_eq!(
            text("502 Bad Gateway", "", "<html>…</html>"),
            "502 Bad Gateway"
        );
        assert_eq!(text("500 X", "", "out of memory\n"), "500 X: out of memory");
        assert_eq!(text("500 X", "", ""), "500 X");
        assert_eq!(text("500 X", "", "a\rb\u{1b}[2J"), "500 X: a\\rb\\u{1b}[2J");
        let lines = "<Code>a\nb</Code><Message>c\nd</Message>";
        assert_eq!(text("500 X", "a\nb", lines), "500 X, a\\nb: c\\nd");
    }
}
