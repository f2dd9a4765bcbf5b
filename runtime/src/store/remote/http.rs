//! Files of web servers.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::http::HttpBuilder;
use object_store::{ClientOptions, ObjectStore};

use super::client::Settings;
use super::listen::Listening;

/// The maximum size of a file whose server does not send a size.
const LONGEST_UNSIZED: usize = 64 << 20;

const CONTENT_LENGTH: &str = "content-length";

/// A client of one file. Its URL stays as it is, including percent signs and a query, which may contain a
/// signature.
pub(super) fn client(url: &str, settings: Settings) -> Result<Arc<dyn ObjectStore>, String> {
    let client = HttpBuilder::new()
        .with_url(url)
        .with_http_connector(Measuring)
        .with_client_options(settings.options.with_allow_http(true))
        .with_retry(settings.retry)
        .build();
    Ok(Arc::new(client.map_err(|error| error.to_string())?))
}

/// Makes clients that also accept files of unknown length, as web servers send them.
#[derive(Debug)]
struct Measuring;

impl HttpConnector for Measuring {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Measurer(Listening.connect(options)?)))
    }
}

#[derive(Debug)]
struct Measurer(HttpClient);

#[async_trait]
impl HttpService for Measurer {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.execute(request).await?;
        if response.headers().contains_key(CONTENT_LENGTH) || !response.status().is_success() {
            return Ok(response);
        }
        let (mut parts, body) = response.into_parts();
        let mut pieces = body.bytes_stream();
        let mut whole = Vec::new();
        while let Some(piece) = pieces.try_next().await? {
            whole.extend_from_slice(&piece);
            if whole.len() > LONGEST_UNSIZED {
                return Err(HttpError::new(HttpErrorKind::Decode, TooLong));
            }
        }
        parts.headers.insert(CONTENT_LENGTH, whole.len().into());
        Ok(HttpResponse::from_parts(parts, whole.into()))
    }
}

#[derive(Debug)]
struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = LONGEST_UNSIZED >> 20;
        write!(
            f,
            "the server does not say how long the file is, and it has more than {mebibytes} MiB"
        )
    }
}

impl Error for TooLong {}
