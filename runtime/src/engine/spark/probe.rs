//! Checks that an endpoint is a Spark Connect server before the client connects to it: the client retries a
//! dead one for ten minutes.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use spark_connect::{SparkError, SparkSession};

use super::greeting;
use super::queries;
use super::remote::Remote;
use crate::engine::Progress;
use crate::engine::deadline::Deadline;
use crate::engine::wait::{apart, within};
use crate::error::Error;

/// How long a server may take to accept a connection and send its HTTP/2 settings, which needs nothing of
/// Spark yet.
const GREETING: Duration = Duration::from_secs(5);

/// How often the user is told what the run waits for.
const PROGRESS: Duration = Duration::from_secs(2);

/// gRPC status codes that explain a wrong endpoint.
const PERMISSION_DENIED: i32 = 7;
const UNIMPLEMENTED: i32 = 12;
const UNAUTHENTICATED: i32 = 16;

/// Opens a session on a server, after a check that it is a Spark Connect server.
///
/// # Errors
///
/// If it is not; the message names the address, and the kind of server that was expected.
pub(super) fn open(
    remote: &Remote,
    told: &Progress,
    deadline: &Deadline,
) -> Result<SparkSession, Error> {
    greet(remote, deadline)?;
    let address = remote.address();
    let url = remote.url().to_owned();
    let answer = apart(move || {
        let session = SparkSession::builder().remote(&url).get_or_create()?;
        session
            .version()
            .map(|version| (session, version))
            .map_err(Box::new)
    });
    loop {
        match answer.recv_timeout(PROGRESS.min(deadline.left())) {
            Ok(Ok((session, version))) => {
                tracing::info!(address, version, "connected to Spark");
                queries::show(&session, told);
                return Ok(session);
            }
            Ok(Err(error)) => return Err(refused(&address, *error)),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::system(format!(
                    "the Spark client failed while it asked {address} for its version"
                )));
            }
            Err(RecvTimeoutError::Timeout) if deadline.left().is_zero() => {
                return Err(Error::system(format!(
                    "{address} accepted the connection, but gave no answer as a Spark Connect server \
                     within {} s",
                    deadline.elapsed().as_secs()
                )));
            }
            Err(RecvTimeoutError::Timeout) => told.tell(format_args!(
                "waiting for an answer from the Spark Connect server {address} ({} s)",
                deadline.elapsed().as_secs()
            )),
        }
    }
}

/// Whether a server accepts connections at `address` (`HOST:PORT`), within `limit`.
pub(super) fn accepts(address: &str, limit: Duration) -> io::Result<()> {
    connect(address, &Deadline::after(limit)).map(drop)
}

fn greet(remote: &Remote, deadline: &Deadline) -> Result<(), Error> {
    let address = remote.address();
    let limit = GREETING.min(deadline.left());
    let stream = connect(&address, &Deadline::after(limit))
        .map_err(|error| cannot_connect(&address, error))?;
    if remote.uses_tls() {
        // With encryption the settings cannot be read here; the client's own first call finds out.
        return Ok(());
    }
    greeting::greet(stream, limit).map_err(|error| {
        let how = match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => {
                format!("it said nothing for {} s", limit.as_secs())
            }
            ErrorKind::UnexpectedEof => "it closed the connection".to_owned(),
            _ => error.to_string(),
        };
        Error::system(format!(
            "{address} accepted the connection, but does not speak Spark Connect: {how}"
        ))
    })
}

fn connect(address: &str, deadline: &Deadline) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for resolved in resolve(address, deadline)? {
        // The standard library refuses a timeout of zero.
        let limit = deadline.left().max(Duration::from_millis(1));
        match TcpStream::connect_timeout(&resolved, limit) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn resolve(address: &str, deadline: &Deadline) -> io::Result<Vec<SocketAddr>> {
    let name = address.to_owned();
    within(deadline.left(), move || {
        name.to_socket_addrs().map(Iterator::collect)
    })
    .unwrap_or_else(|| {
        Err(io::Error::new(
            ErrorKind::TimedOut,
            "the name server does not answer",
        ))
    })
}

fn cannot_connect(address: &str, error: io::Error) -> Error {
    let what = match error.kind() {
        ErrorKind::ConnectionRefused => format!("nothing listens on {address}"),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => format!("{address} does not answer"),
        _ => format!("cannot connect to {address}"),
    };
    Error::system(format!(
        "{what}, where a Spark Connect server is expected; start one there, or choose another \
         with `--spark sail|local|sc://HOST:PORT` or SPARK_REMOTE"
    ))
    .with_source(error)
}

fn refused(address: &str, error: SparkError) -> Error {
    let what = match error.grpc_code() {
        Some(UNAUTHENTICATED | PERMISSION_DENIED) => {
            format!("the Spark Connect server {address} refuses this client; check the token")
        }
        Some(UNIMPLEMENTED) => format!("{address} speaks gRPC, but not Spark Connect"),
        _ => format!("{address} does not answer as a Spark Connect server"),
    };
    Error::system(what).with_source(error)
}
