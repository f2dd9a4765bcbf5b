//! What happens to a server while a task's function uses it.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::deadline::POLL;
use super::http2;
use super::probe;
use super::server::Server;

/// How often a server that this process started is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// How often a server elsewhere is asked to accept a connection, and how long it may take.
const KNOCK: Duration = Duration::from_secs(5);
const KNOCK_LIMIT: Duration = Duration::from_secs(3);

/// For how long a server elsewhere may be out of reach: long enough for one that is restarted.
const OUT_OF_REACH: Duration = Duration::from_secs(30);

/// How long a client may leave a connection unused on which its calls are refused.
const IDLE: Duration = Duration::from_secs(30);

/// Says why a server was lost, once it was.
pub(super) type Lost = Arc<OnceLock<String>>;

/// Watches a server, and ends it if this process started it.
#[derive(Debug)]
pub(super) struct Supervisor {
    lost: Lost,
    /// Dropped to end the watch.
    stop: Sender<()>,
    /// For a server that this process started: ends with it.
    server: Option<JoinHandle<io::Result<()>>>,
}

impl Supervisor {
    /// Takes over a server that this process started.
    pub(super) fn of_server(server: Server) -> Self {
        let lost = Lost::default();
        let (stop, stopped) = mpsc::channel();
        let watched = Arc::clone(&lost);
        let server = thread::spawn(move || watch_server(server, &watched, &stopped));
        Supervisor {
            lost,
            stop,
            server: Some(server),
        }
    }

    /// Watches a server elsewhere: `HOST:PORT`.
    pub(super) fn of_remote(address: String) -> Self {
        let lost = Lost::default();
        let (stop, stopped) = mpsc::channel();
        let watched = Arc::clone(&lost);
        thread::spawn(move || watch_remote(&address, &watched, &stopped));
        Supervisor {
            lost,
            stop,
            server: None,
        }
    }

    /// Where to read whether the server was lost.
    pub(super) fn lost(&self) -> Lost {
        Arc::clone(&self.lost)
    }

    /// Ends the watch, and the server if this process started it.
    ///
    /// # Errors
    ///
    /// When the server cannot be ended.
    pub(super) fn stop(self) -> io::Result<()> {
        drop(self.stop);
        match self.server.map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(error),
            Some(Err(_)) => Err(io::Error::other(
                "the thread that watches the server panicked",
            )),
        }
    }
}

fn watch_server(
    mut server: Server,
    lost: &OnceLock<String>,
    stopped: &Receiver<()>,
) -> io::Result<()> {
    while !has_stopped(stopped, LOOK) {
        if let Some(status) = server.exited() {
            let what = format!(
                "{} on {} ended during the run ({status})",
                server.name(),
                server.address()
            );
            tracing::error!("{what}");
            let _ = lost.set(format!("{what}; {}", server.keep_log()));
            if let Err(error) = answer_in_its_place(server.address(), &what, stopped) {
                tracing::debug!(%error, "calls to the lost server cannot be answered; the client tries on");
                let _ended = stopped.recv();
            }
            return Ok(());
        }
    }
    server.stop().map(drop)
}

/// Refuses the client's calls at the address of a server that is gone. The client would otherwise
/// try each call again for ten minutes, and has no setting against that.
fn answer_in_its_place(address: SocketAddr, why: &str, stopped: &Receiver<()>) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    while !has_stopped(stopped, POLL) {
        let Ok((stream, _)) = listener.accept() else {
            continue;
        };
        let why = why.to_owned();
        thread::spawn(move || {
            if let Err(error) = refuse_calls(stream, &why) {
                tracing::debug!(%error, "the client's connection ended");
            }
        });
    }
    Ok(())
}

fn refuse_calls(stream: TcpStream, why: &str) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    http2::refuse_calls(stream, why)
}

fn watch_remote(address: &str, lost: &OnceLock<String>, stopped: &Receiver<()>) {
    let mut last_seen = Instant::now();
    while !has_stopped(stopped, KNOCK) {
        match probe::accepts(address, KNOCK_LIMIT) {
            Ok(()) => last_seen = Instant::now(),
            Err(error) if last_seen.elapsed() >= OUT_OF_REACH => {
                let seconds = last_seen.elapsed().as_secs();
                let what = format!(
                    "the Spark Connect server {address} has been out of reach for {seconds} s: {error}"
                );
                tracing::error!("{what}");
                let _ = lost.set(what);
                return;
            }
            Err(error) => {
                tracing::warn!(address, %error, "the Spark Connect server is out of reach");
            }
        }
    }
}

/// Waits a while, or until the other side is dropped.
fn has_stopped(stopped: &Receiver<()>, wait: Duration) -> bool {
    !matches!(stopped.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
}
