//! Answers instead of a server that is gone.

use std::io;
use std::net::SocketAddr;

use tokio::runtime::{Builder, Runtime};
use tonic::service::{InterceptorLayer, Routes};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Status};

/// Refuses the client's calls at the address of a server that is gone, until it is dropped. Otherwise the
/// client would retry each call for ten minutes, which no setting changes.
#[derive(Debug)]
pub(super) struct StandIn {
    /// Dropping it ends the server and its connections.
    _serving: Runtime,
}

impl StandIn {
    /// Answers every call at `address` with `why`.
    ///
    /// # Errors
    ///
    /// If the address cannot be bound.
    pub(super) fn at(address: SocketAddr, why: &str) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let incoming = {
            let _context = runtime.enter();
            TcpIncoming::bind(address)?
        };
        // The client does not retry such a call, unlike one with `UNAVAILABLE`.
        let refusal = Status::aborted(why);
        let refuse = move |_: Request<()>| Err(refusal.clone());
        runtime.spawn(async move {
            let served = Server::builder()
                .layer(InterceptorLayer::new(refuse))
                .add_routes(Routes::default())
                .serve_with_incoming(incoming);
            if let Err(error) = served.await {
                tracing::debug!(%error, "calls to the lost server are no longer answered");
            }
        });
        Ok(StandIn { _serving: runtime })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use spark_connect::SparkSession;

    use super::*;

    const ABORTED: i32 = 10;

    #[test]
    fn the_client_is_told_why_and_does_not_try_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);

        let why = "50% of 2\u{20ac}\nare gone";
        let stand_in = StandIn::at(address, why).unwrap();
        let session = SparkSession::builder()
            .remote(&format!("sc://{address}"))
            .get_or_create();
        let error = match session {
            Ok(session) => session.version().unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.grpc_code(), Some(ABORTED), "{error}");
        assert!(error.to_string().contains(why), "{error}");

        drop(stand_in);
        TcpStream::connect(address).unwrap_err();
    }
}
