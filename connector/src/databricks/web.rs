//! Requests over HTTP, and their repetition.

use std::collections::HashMap;
use std::error::Error;
use std::iter::successors;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use flytekit::tls;
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Certificate, Client, ClientBuilder, Method, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout, timeout_at};
use tracing::debug;

use super::secret::Secret;
use crate::Failure;

/// The time for one try.
const TRY: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);

/// The time for all tries of a call without a deadline.
const ALL: Duration = Duration::from_secs(60);

/// The time for the answer to the caller.
const MARGIN: Duration = Duration::from_millis(300);

/// The first pause between tries, unless the server asks for another one. Pauses double up to the last one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LAST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause that a server can ask for: a number can be greater than the time that a clock can count.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum size of an answer, in bytes.
const LARGEST: usize = 16 << 20;

/// The maximum number of requests to one host at a time; further requests wait.
const AT_ONCE: usize = 64;

/// The number of hosts above which unused hosts are removed.
const HOSTS: usize = 1024;

/// The shown part of an answer, in characters.
const SHOWN: usize = 2000;

/// A request that can be sent again.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) token: Option<&'a Secret>,
    /// A secret in the body, which a server may repeat.
    pub(super) hidden: Option<&'a Secret>,
    pub(super) kind: &'static str,
    pub(super) body: Bytes,
    /// Whether to repeat the request after a lost answer even past the caller's deadline.
    pub(super) is_settled: bool,
}

/// The answer to a request. The answer in a failure contains no secret of the request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The headers of a call of the Jobs API.
///
/// ```
/// let [(_, authorization), (_, kind)] = flytekit_connector::databricks::header("dapi-token");
/// assert_eq!((&*authorization, &*kind), ("Bearer dapi-token", "application/json"));
/// ```
pub fn header(token: &str) -> [(HeaderName, String); 2] {
    [
        (AUTHORIZATION, format!("Bearer {token}")),
        (CONTENT_TYPE, JSON.to_owned()),
    ]
}

/// An HTTP client that limits the requests to each host.
///
/// The connector may watch thousands of runs. A connection for each of them would take much memory, and
/// Databricks would refuse most of them.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    hosts: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

impl Http {
    /// A client that trusts the machine's authorities, or Mozilla's if the machine has none.
    pub(super) fn of_machine() -> Self {
        let machine = tls::of_machine();
        let known = if machine.is_empty() {
            tls::of_mozilla()
        } else {
            &machine
        };
        let known = known.iter().filter_map(|it| Certificate::from_der(it).ok());
        let built = builder().tls_certs_only(known).build();
        Http::of(built.expect("a client whose parts are all there is built"))
    }

    pub(super) fn of(client: Client) -> Self {
        Http {
            client,
            hosts: Arc::default(),
        }
    }

    /// Waits for a turn to ask a host.
    async fn turn(&self, host: &str, until: Instant) -> Result<OwnedSemaphorePermit, Failure> {
        let turns = self.turns(host);
        let turn = timeout_at(until.into(), turns.acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| {
            Failure::unavailable(format!(
                "{host} has not yet answered {AT_ONCE} other requests"
            ))
        })
    }

    fn turns(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = hosts.get(host) {
            return turns.clone();
        }
        if hosts.len() >= HOSTS {
            hosts.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        hosts.insert(host.to_owned(), turns.clone());
        turns
    }
}

/// The common settings of all clients.
pub(super) fn builder() -> ClientBuilder {
    tls::use_ring();
    Client::builder()
        .user_agent(concat!("flytekit-connector/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        // Another server must not get the token.
        .redirect(reqwest::redirect::Policy::none())
}

/// The end of the last try.
pub(super) fn until(deadline: Option<Instant>) -> Instant {
    let latest = Instant::now() + ALL;
    deadline.map_or(latest, |deadline| {
        deadline.checked_sub(MARGIN).unwrap_or(deadline).min(latest)
    })
}

/// A try that got no usable answer.
struct Trouble {
    words: String,
    /// The pause that the server asks for.
    pause: Option<Duration>,
    /// Whether the server may have executed the request.
    is_open: bool,
}

impl Trouble {
    fn open(words: String) -> Self {
        Trouble {
            words,
            pause: None,
            is_open: true,
        }
    }
}

/// Sends a request until `read` accepts an answer. Answers of an overloaded or broken server, cut connections
/// and truncated answers do not count.
pub(super) async fn ask<T>(
    http: &Http,
    ask: &Ask<'_>,
    until: Instant,
    read: impl Fn(Answer) -> Result<T, String>,
) -> Result<T, Failure> {
    let settled = Instant::now() + ALL;
    let mut usual = FIRST_PAUSE;
    let mut tries = 0_u32;
    loop {
        tries += 1;
        let turn = http.turn(host(ask.url), until).await?;
        let answer = once(&http.client, ask, until).await;
        drop(turn);
        let trouble = match answer {
            Ok(answer) => match read(answer) {
                Ok(read) => return Ok(read),
                Err(words) => Trouble::open(words),
            },
            Err(trouble) => trouble,
        };
        let pause = trouble.pause.unwrap_or_else(|| with_chance(usual));
        usual = (usual * 2).min(LAST_PAUSE);
        let words = ask.hide(&trouble.words);
        let end = if ask.is_settled && trouble.is_open {
            settled
        } else {
            until
        };
        if Instant::now() + pause >= end {
            let asked = match trouble.pause {
                Some(pause) => format!("; it asks to wait {} s", pause.as_secs()),
                None => String::new(),
            };
            return Err(Failure::unavailable(format!(
                "{words} (tried {tries} times{asked})"
            )));
        }
        debug!(%words, ?pause, "tries again");
        sleep(pause).await;
    }
}

async fn once(client: &Client, ask: &Ask<'_>, until: Instant) -> Result<Answer, Trouble> {
    let left = if ask.is_settled {
        TRY
    } else {
        until.saturating_duration_since(Instant::now()).min(TRY)
    };
    let answer = timeout(left, exchange(client, ask)).await;
    answer.unwrap_or_else(|_| {
        let host = host(ask.url);
        Err(Trouble::open(format!(
            "{host} does not answer within {left:.1?}"
        )))
    })
}

async fn exchange(client: &Client, ask: &Ask<'_>) -> Result<Answer, Trouble> {
    let mut request = client
        .request(ask.method.clone(), ask.url)
        .header(CONTENT_TYPE, ask.kind);
    if let Some(token) = ask.token {
        let value = HeaderValue::from_str(&format!("Bearer {}", token.reveal()));
        let mut value = value.map_err(|_| Trouble {
            words: "the token has characters that a token cannot have".to_owned(),
            pause: None,
            is_open: false,
        })?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    if ask.method != Method::GET {
        request = request.body(ask.body.clone());
    }
    let of = |error: reqwest::Error| Trouble {
        is_open: !error.is_connect(),
        words: format!("{}: {}", host(ask.url), in_words(error)),
        pause: None,
    };
    let mut response = request.send().await.map_err(of)?;
    let status = response.status();
    let pause = wanted_pause(response.headers());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(of)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            break;
        }
    }
    let body = String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    // The text is redacted before it is shortened, because a part of a secret would not be found.
    let body = if status.is_success() {
        body
    } else {
        ask.hide(&body)
    };
    if is_passing(status) {
        let words = format!("{} answers {status}: {}", host(ask.url), shown(&body));
        let is_open =
            status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::SERVICE_UNAVAILABLE;
        return Err(Trouble {
            words,
            pause,
            is_open,
        });
    }
    Ok(Answer { status, body })
}

impl Ask<'_> {
    /// Redacts the secrets of the request in a server's message.
    fn hide(&self, words: &str) -> String {
        let secrets = [self.token, self.hidden].into_iter().flatten();
        secrets.fold(words.to_owned(), |words, secret| secret.hidden_in(&words))
    }
}

/// Whether the same request may succeed later.
fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// `Retry-After`, in seconds or as a date; a longer pause than any caller's is [`LONGEST`].
fn wanted_pause(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit()) {
        let seconds = text.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let pause = date.duration_since(SystemTime::now()).unwrap_or_default();
    Some(pause.min(LONGEST))
}

/// Adds a random part, so that clients do not all try at the same time.
fn with_chance(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64())
}

/// The beginning of an answer, on one line.
pub(super) fn shown(body: &str) -> String {
    let words: Vec<_> = body.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// The causes of a failed request, without its address.
fn in_words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = successors(Some(&error as &dyn Error), |it| (*it).source());
    let words: Vec<_> = causes.map(ToString::to_string).collect();
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        wanted_pause(&headers)
    }

    #[test]
    fn a_server_says_how_long_it_wants_to_be_left_alone() {
        assert_eq!(pause("7"), Some(Duration::from_secs(7)));
        for forever in ["86401", "18446744073709551615", "99999999999999999999999"] {
            assert_eq!(pause(forever), Some(LONGEST), "{forever}");
        }
        assert_eq!(pause("Fri, 31 Dec 9999 23:59:59 GMT"), Some(LONGEST));
        assert_eq!(pause("soon"), None);
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let later = SystemTime::now() + Duration::from_secs(100);
        let wanted = pause(&httpdate::fmt_http_date(later)).unwrap();
        assert!(wanted > Duration::from_secs(90), "{wanted:?}");
    }

    #[tokio::test]
    async fn a_host_is_asked_only_so_much_at_once() {
        let http = Http::of_machine();
        let soon = || Instant::now() + Duration::from_millis(20);
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(http.turn("a", soon()).await.unwrap());
        }
        let failure = http.turn("a", soon()).await.unwrap_err();
        assert!(
            failure.to_string().contains("64 other requests"),
            "{failure}"
        );
        let _turn = http.turn("b", soon()).await.unwrap();
        turns.pop();
        let _turn = http.turn("a", soon()).await.unwrap();
    }

    #[test]
    fn an_answer_is_shown_on_one_line() {
        assert_eq!(shown("<html>\n  no\n"), "<html> no");
        assert_eq!(shown(&"é".repeat(3000)).chars().count(), SHOWN + 1);
    }
}
