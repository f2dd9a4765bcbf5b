//! A workspace of Databricks that answers immediately, and whose runs never end.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// A workspace that listens on a port.
pub(crate) struct Workspace {
    pub(crate) port: u16,
}

impl Workspace {
    pub(crate) async fn start(certificates: &Path) -> Result<Self> {
        let file = certificates.join("server.pem");
        let chain = CertificateDer::pem_file_iter(&file)?.collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_file(&file)?;
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        tokio::spawn(accept(listener, TlsAcceptor::from(Arc::new(config))));
        Ok(Workspace { port })
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor) {
    let runs = Arc::new(AtomicU64::new(1));
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, tls.clone(), runs.clone()));
    }
}

/// Answers on a connection until the other side closes it.
async fn serve(stream: TcpStream, tls: TlsAcceptor, runs: Arc<AtomicU64>) {
    // Without this option, an answer waits for the acknowledgement of the one before.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Ok(stream) = tls.accept(stream).await else {
        return;
    };
    let service = service_fn(|request| answer(request, &runs));
    // A client that goes away does not fail.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    runs: &AtomicU64,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let run = request
        .uri()
        .query()
        .and_then(|it| it.strip_prefix("run_id="));
    let run = run.unwrap_or_default().to_owned();
    // The connection is only free for the next request when the body is read.
    let is_whole = request.into_body().collect().await.is_ok();
    let (status, text) = match path.rsplit('/').next() {
        Some("submit") if is_whole => {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            (StatusCode::OK, format!(r#"{{"run_id": {run}}}"#))
        }
        Some("get") => (StatusCode::OK, state(&run)),
        Some("cancel") if is_whole => (StatusCode::OK, "{}".to_owned()),
        _ => (StatusCode::NOT_FOUND, "{}".to_owned()),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

fn state(run: &str) -> String {
    let state = r#"{"life_cycle_state": "RUNNING", "state_message": "In run"}"#;
    format!(
        r#"{{"job_id": 42, "run_id": {run}, "state": {state}, "run_page_url": "https://there", "tasks": [{{"run_id": 7, "task_key": "task", "state": {state}}}]}}"#
    )
}
