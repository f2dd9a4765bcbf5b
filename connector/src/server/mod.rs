//! The server.

mod tls;
mod web;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::Builder;
use tracing::{info, warn};

use crate::handlers::Handlers;
use crate::{Connectors, service};

pub use tls::Tls;

/// The interval of keep-alive pings on a connection, and the time for the answer.
const KEEPALIVE: Duration = Duration::from_secs(60);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(20);

/// The limits of a server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The maximum size of a message, in bytes; inputs are the largest part.
    pub message_size: usize,
    /// The maximum number of calls in progress; further calls wait.
    pub concurrent_calls: usize,
    /// The maximum number of calls in progress on one connection.
    pub calls_of_connection: u32,
    /// The time for running calls after a signal.
    pub shutdown: Duration,
    /// The time after which a job is deleted if its caller's connection broke before the answer, and no
    /// caller asked again. `None` keeps such jobs: with several servers, Flyte may ask another one.
    pub abandoned_after: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            // The default maximum of Flyte's own clients.
            message_size: 10 << 20,
            concurrent_calls: 1024,
            calls_of_connection: 1024,
            shutdown: Duration::from_secs(25),
            abandoned_after: Some(Duration::from_secs(60)),
        }
    }
}

/// A server of connectors.
///
/// ```no_run
/// use flytekit_connector::{Connectors, Server};
///
/// # async fn serve(connectors: Connectors) -> Result<(), flytekit_connector::ServeError> {
/// Server::new(connectors).port(8000).metrics_port(Some(9090)).serve().await
/// # }
/// ```
pub struct Server {
    connectors: Connectors,
    limits: Limits,
    port: u16,
    metrics_port: Option<u16>,
    tls: Option<Tls>,
}

/// The error of a server that cannot start.
#[derive(Debug)]
pub struct ServeError {
    what: String,
    source: Box<dyn Error + Send + Sync>,
}

impl ServeError {
    fn new(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        ServeError {
            what: what.into(),
            source: source.into(),
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.source)
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

impl Server {
    /// Creates a server on the ports of flytekit's server, 8000 and 9090.
    pub fn new(connectors: Connectors) -> Self {
        Server {
            connectors,
            limits: Limits::default(),
            port: 8000,
            metrics_port: Some(9090),
            tls: None,
        }
    }

    /// Sets the gRPC port; 0 picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the port of the metrics; `None` turns them off.
    #[must_use]
    pub fn metrics_port(mut self, port: Option<u16>) -> Self {
        self.metrics_port = port;
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Accepts only encrypted connections.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Serves until a signal ends the process (SIGTERM, SIGINT). Then it accepts no new calls, and running
    /// calls get the time of [`Limits::shutdown`].
    ///
    /// # Errors
    ///
    /// If a port is not available, or if a file of [`Tls`] cannot be used.
    pub async fn serve(self) -> Result<(), ServeError> {
        let end =
            told_to_end().map_err(|error| ServeError::new("cannot listen for signals", error))?;
        self.serve_until(end).await
    }

    /// Serves until `end` is ready.
    ///
    /// # Errors
    ///
    /// Those of [`Server::serve`].
    pub async fn serve_until(self, end: impl Future<Output = ()>) -> Result<(), ServeError> {
        let handlers = Arc::new(Handlers::new(self.connectors, &self.limits));
        for agent in handlers.agents() {
            let task_types = agent.supported_task_types.join(", ");
            info!(
                connector = agent.name,
                task_types,
                sync = agent.is_sync,
                "has"
            );
        }
        let builder = tonic::transport::Server::builder();
        let builder = match &self.tls {
            Some(tls) => builder.tls_config(tls.config()?).map_err(|error| {
                ServeError::new("cannot use the certificate and its key", error)
            })?,
            None => builder,
        };
        let listener = listen(self.port).await?;
        info!("listens on {}", address(&listener)?);
        let (health, routes) = routes(&handlers, &self.limits).await?;
        let (ends, ending) = watch::channel(false);
        let web = match self.metrics_port {
            Some(port) => {
                let listener = listen(port).await?;
                info!("metrics are on {}", address(&listener)?);
                Some(tokio::spawn(web::serve(listener, handlers.clone())))
            }
            None => None,
        };
        let server = builder
            .max_concurrent_streams(self.limits.calls_of_connection)
            .http2_keepalive_interval(Some(KEEPALIVE))
            .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER))
            .add_routes(routes)
            .serve_with_incoming_shutdown(
                TcpIncoming::from(listener).with_nodelay(Some(true)),
                ended(ending),
            );
        let answered = finish(server, end, ends, health, &handlers, self.limits.shutdown).await;
        if let Some(web) = web {
            web.abort();
        }
        answered
    }
}

/// Runs the server until a signal, and then until the running calls have ended or their time is over.
async fn finish(
    server: impl Future<Output = Result<(), tonic::transport::Error>>,
    end: impl Future<Output = ()>,
    ends: watch::Sender<bool>,
    health: HealthReporter,
    handlers: &Handlers,
    limit: Duration,
) -> Result<(), ServeError> {
    let mut server = pin!(server);
    let ended = tokio::select! {
        ended = &mut server => Some(ended),
        () = end => None,
    };
    if let Some(ended) = ended {
        return ended.map_err(|error| ServeError::new("cannot continue", error));
    }
    info!("is ending: accepts no more calls");
    report(&health, ServingStatus::NotServing).await;
    ends.send_replace(true);
    let rest = async {
        let ended = server.await;
        handlers.creations().settled().await;
        ended
    };
    let Ok(ended) = timeout(limit, rest).await else {
        warn!("calls are still running after {limit:?}, and are cut off");
        return Ok(());
    };
    ended.map_err(|error| ServeError::new("cannot continue", error))
}

async fn ended(mut ending: watch::Receiver<bool>) {
    // A dropped sender means the same.
    let _ = ending.wait_for(|it| *it).await;
}

/// Gives all services, and the server as a whole, a status.
async fn report(health: &HealthReporter, status: ServingStatus) {
    for name in service::NAMES.into_iter().chain([""]) {
        health.set_service_status(name, status).await;
    }
}

/// All services.
async fn routes(
    handlers: &Arc<Handlers>,
    limits: &Limits,
) -> Result<(HealthReporter, Routes), ServeError> {
    let mut routes = RoutesBuilder::default();
    service::add(&mut routes, handlers, limits.message_size);
    let (health, service) = tonic_health::server::health_reporter();
    report(&health, ServingStatus::Serving).await;
    routes.add_service(service);
    let reflection = || {
        let builder = Builder::configure()
            .register_encoded_file_descriptor_set(flytekit_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
        let builder = service::NAMES
            .into_iter()
            .fold(builder, Builder::with_service_name);
        builder.with_service_name("grpc.health.v1.Health")
    };
    let failed = |error| ServeError::new("cannot describe the services", error);
    routes.add_service(reflection().build_v1().map_err(failed)?);
    routes.add_service(reflection().build_v1alpha().map_err(failed)?);
    Ok((health, routes.routes()))
}

/// Listens on all addresses, of both families if there are two.
async fn listen(port: u16) -> Result<TcpListener, ServeError> {
    let both = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await;
    let listener = match both {
        Err(error) if is_no_ipv6(&error) => TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await,
        both => both,
    };
    listener.map_err(|error| {
        let port = format!(
            "cannot listen on port {port} (`--port` and `--prometheus-port` choose others)"
        );
        ServeError::new(port, error)
    })
}

/// Whether the machine has no IPv6.
fn is_no_ipv6(error: &io::Error) -> bool {
    error.kind() != io::ErrorKind::AddrInUse && error.kind() != io::ErrorKind::PermissionDenied
}

fn address(listener: &TcpListener) -> Result<SocketAddr, ServeError> {
    listener
        .local_addr()
        .map_err(|error| ServeError::new("cannot listen", error))
}

/// A future that is ready when a signal ends the process.
pub(crate) fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without signals there is nothing to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
