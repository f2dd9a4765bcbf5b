//! Requests to the servers that issue tokens.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use oauth2::{ErrorResponse, HttpRequest, HttpResponse, RequestTokenError};
use reqwest::StatusCode;

use super::SignInError;
use crate::console::ShownUrl;
use crate::register::admin::AdminError;
use crate::register::admin::http;
use crate::register::admin::line::Line;

/// The maximum number of attempts for a request.
const ATTEMPTS: u32 = 3;

/// The pause before the second attempt; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The maximum size of an answer that is read.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Makes requests.
#[derive(Clone, Debug)]
pub(super) struct Web {
    client: reqwest::Client,
    line: Arc<Line>,
}

type Answer = Pin<Box<dyn Future<Output = Result<HttpResponse, WebError>> + Send>>;

impl Web {
    pub(super) fn new(line: &Arc<Line>) -> Result<Self, AdminError> {
        // A request with credentials must not be redirected to another server.
        let client = http::builder(line.platform())?
            .redirect(reqwest::redirect::Policy::none())
            .timeout(line.patience())
            .build()
            .map_err(|error| AdminError::of_endpoint(&line.platform().endpoint, &error))?;
        Ok(Web {
            client,
            line: Arc::clone(line),
        })
    }

    /// The function with which the OAuth library makes its requests.
    pub(super) fn requests(&self) -> impl Fn(HttpRequest) -> Answer + Send + Sync + use<> {
        let web = self.clone();
        move |request| {
            let web = web.clone();
            Box::pin(async move { web.answer(request).await })
        }
    }

    /// Makes a request, and repeats it if the server cannot have received it.
    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, WebError> {
        let mut request = reqwest::Request::try_from(request).map_err(WebError::of)?;
        self.show_proxy(&mut request).await;
        let mut attempt = 1;
        loop {
            let again = request
                .try_clone()
                .unwrap_or_else(|| unreachable!("a form is not a stream"));
            let result = self.client.execute(again).await;
            let was_not_taken = match &result {
                Ok(answer) => matches!(
                    answer.status(),
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
                ),
                Err(error) => error.is_connect(),
            };
            if attempt == ATTEMPTS || !was_not_taken {
                return read(result.map_err(WebError::of)?).await;
            }
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(attempt - 1)).await;
            attempt += 1;
        }
    }

    /// A proxy in front of Flyte is also in front of Flyte's own token endpoint. Other servers must not see
    /// the proxy's token.
    async fn show_proxy(&self, request: &mut reqwest::Request) {
        let is_same_host = request.url().host_str() == Some(self.line.address().host());
        if is_same_host && let Some(token) = self.line.proxy_token().await {
            let value = token.as_encoded_bytes().try_into();
            if let Ok(value) = value {
                request
                    .headers_mut()
                    .insert(reqwest::header::PROXY_AUTHORIZATION, value);
            }
        }
    }
}

async fn read(mut answer: reqwest::Response) -> Result<HttpResponse, WebError> {
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(WebError::of)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_ANSWER {
            return Err(WebError("the answer is too long".to_owned()));
        }
    }
    let says_why = serde_json::from_slice::<serde_json::Value>(&body)
        .is_ok_and(|answer| answer.get("error").is_some());
    if !status.is_success() && !says_why {
        return Err(WebError(format!("the answer is {status}")));
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(response)
}

/// The reason why there is no answer, without the content of the request.
#[derive(Debug)]
pub(super) struct WebError(String);

impl WebError {
    fn of(error: reqwest::Error) -> Self {
        WebError(http::in_words(error))
    }
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WebError {}

/// The error of a server that issues no token. Its answer is not shown, because it may contain a token.
pub(super) fn refused<T>(url: &str, error: &RequestTokenError<WebError, T>) -> SignInError
where
    T: ErrorResponse + 'static,
{
    let url = ShownUrl(url);
    let message = match error {
        RequestTokenError::ServerResponse(why) => format!("`{url}` refuses: {why}"),
        RequestTokenError::Request(why) => format!("the request to `{url}` failed: {why}"),
        RequestTokenError::Parse(why, _) => {
            format!(
                "`{url}` does not answer in OAuth2's words: see `{}`",
                why.path()
            )
        }
        RequestTokenError::Other(why) => {
            format!("`{url}` does not answer in OAuth2's words: {why}")
        }
    };
    SignInError::new(
        message,
        "admin.authType, clientId, scopes and audience in config.yaml, or the variables \
         FLYTE_CREDENTIALS_…, must have the server's values",
    )
}
