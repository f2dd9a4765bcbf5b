//! `/metrics` for Prometheus, over plain HTTP.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tracing::debug;

use crate::handlers::Handlers;

const TEXT: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// The time for a client to send its request.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until it is dropped.
pub(super) async fn serve(listener: TcpListener, handlers: Arc<Handlers>) {
    loop {
        let connection = match listener.accept().await {
            Ok((connection, _)) => connection,
            Err(error) => {
                debug!(%error, "cannot accept a connection for metrics");
                // Too many files are open, which does not change immediately.
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let handlers = handlers.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = answer(&request, &handlers);
                async { Ok::<_, Infallible>(answer) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(connection), service);
            if let Err(error) = connection.await {
                debug!(%error, "a connection for metrics broke");
            }
        });
    }
}

fn answer<Body>(request: &Request<Body>, handlers: &Handlers) -> Response<Full<Bytes>> {
    let is_asked =
        request.method() == Method::GET && matches!(request.uri().path(), "/" | "/metrics");
    if !is_asked {
        return with(
            StatusCode::NOT_FOUND,
            "the metrics are at /metrics\n".to_owned(),
        );
    }
    match handlers.metrics().text() {
        Ok(text) => {
            let mut answer = with(StatusCode::OK, text);
            answer.headers_mut().insert(CONTENT_TYPE, TEXT);
            answer
        }
        Err(error) => with(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn with(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(text));
    *answer.status_mut() = status;
    answer
}
