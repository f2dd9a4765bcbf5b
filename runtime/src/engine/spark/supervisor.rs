//! Watches a server while a task's function uses it.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::probe;
use super::server::Owned;
use super::stand_in::StandIn;
use crate::engine::Moment;

/// How often a server of this process is checked.
const LOOK: Duration = Duration::from_millis(200);

/// The limits for a remote server: enough for a restart.
const PATIENCE: Patience = Patience {
    between: Duration::from_secs(5),
    answer: Duration::from_secs(3),
    out_of_reach: Duration::from_secs(30),
};

/// When a remote server counts as lost.
struct Patience {
    /// The interval between attempts to connect.
    between: Duration,
    /// How long the server may take to accept a connection.
    answer: Duration,
    /// How long the server may be unreachable.
    out_of_reach: Duration,
}

/// Watches a server, and ends it if this process started it.
#[derive(Debug)]
pub(super) struct Supervisor {
    watched: Arc<Watched>,
    /// Dropping it ends the watch.
    stop: Sender<()>,
    /// For a server of this process: the thread that ends with it.
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Supervisor {
    /// Takes over a server that belongs to this process.
    pub(super) fn of_server(server: impl Owned + 'static) -> Self {
        let address = server.address();
        let watched = Watched::new(Some(Box::new(server)), None);
        let (stop, stopped) = mpsc::channel();
        let of_thread = Arc::clone(&watched);
        let thread = thread::spawn(move || watch_server(address, &of_thread, &stopped));
        Supervisor {
            watched,
            stop,
            thread: Some(thread),
        }
    }

    /// Watches a remote server: `HOST:PORT`.
    pub(super) fn of_remote(address: String) -> Self {
        let watched = Watched::new(None, Some(address.clone()));
        let (stop, stopped) = mpsc::channel();
        let of_thread = Arc::clone(&watched);
        thread::spawn(move || watch_remote(&address, &PATIENCE, &of_thread, &stopped));
        Supervisor {
            watched,
            stop,
            thread: None,
        }
    }

    /// The object that knows whether the server was lost.
    pub(super) fn watched(&self) -> Arc<Watched> {
        Arc::clone(&self.watched)
    }

    /// Ends the watch, and the server if this process started it.
    ///
    /// # Errors
    ///
    /// If the server cannot be ended.
    pub(super) fn stop(self) -> io::Result<()> {
        drop(self.stop);
        match self.thread.map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(error))) => Err(error),
            Some(Err(_)) => Err(io::Error::other(
                "the thread that watches the server panicked",
            )),
        }
    }
}

/// A server, and how it was lost.
#[derive(Debug)]
pub(super) struct Watched {
    /// For a server of this process, until it is ended.
    server: Mutex<Option<Box<dyn Owned>>>,
    /// For a remote server: `HOST:PORT`.
    elsewhere: Option<String>,
    lost: OnceLock<Loss>,
}

/// How a server was lost.
#[derive(Debug)]
struct Loss {
    what: String,
    /// Further information, for the error's message.
    log: Option<String>,
}

impl Watched {
    fn new(server: Option<Box<dyn Owned>>, elsewhere: Option<String>) -> Arc<Self> {
        Arc::new(Watched {
            server: Mutex::new(server),
            elsewhere,
            lost: OnceLock::new(),
        })
    }

    /// Why the server is lost, if it is. A server of this process is checked now: a failed call may have been
    /// the first to notice. A remote server is asked for a connection when the function has failed, without
    /// waiting for a restart.
    pub(super) fn lost(&self, moment: Moment) -> Option<String> {
        if let (Moment::Failed, Some(address)) = (moment, &self.elsewhere)
            && let Err(error) = probe::accepts(address, PATIENCE.answer)
        {
            let what = format!("the Spark Connect server {address} is out of reach: {error}");
            let _ = self.lost.set(Loss { what, log: None });
        }
        let Loss { what, log } = self.look()?;
        Some(
            log.iter()
                .fold(what.clone(), |what, log| format!("{what}; {log}")),
        )
    }

    fn look(&self) -> Option<&Loss> {
        let mut server = self.server();
        if let (None, Some(server)) = (self.lost.get(), &mut *server)
            && let Some(what) = server.gone()
        {
            tracing::error!("{what}");
            let log = Some(server.keep_log());
            let _ = self.lost.set(Loss { what, log });
        }
        self.lost.get()
    }

    fn server(&self) -> MutexGuard<'_, Option<Box<dyn Owned>>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server belongs to this process.
    pub(super) fn is_owned(&self) -> bool {
        self.elsewhere.is_none()
    }

    /// Ends the server, with all its work, when the process is told to end.
    pub(super) fn cancel(&self) {
        if let Err(error) = self.end() {
            tracing::warn!(%error, "cannot end the Spark server");
        }
    }

    /// Ends the server, if it belongs to this process.
    fn end(&self) -> io::Result<()> {
        let server = self.server().take();
        server.map_or(Ok(()), |mut server| server.stop())
    }
}

fn watch_server(address: SocketAddr, watched: &Watched, stopped: &Receiver<()>) -> io::Result<()> {
    while !has_stopped(stopped, LOOK) {
        if let Some(loss) = watched.look() {
            let stand_in = StandIn::at(address, &loss.what);
            if let Err(error) = &stand_in {
                tracing::debug!(%error, "calls to the lost server cannot be answered; the client keeps trying");
            }
            let _ended = stopped.recv();
            break;
        }
    }
    watched.end()
}

fn watch_remote(address: &str, patience: &Patience, watched: &Watched, stopped: &Receiver<()>) {
    let mut last_seen = Instant::now();
    while !has_stopped(stopped, patience.between) {
        match probe::accepts(address, patience.answer) {
            Ok(()) => last_seen = Instant::now(),
            Err(error) if last_seen.elapsed() >= patience.out_of_reach => {
                let seconds = last_seen.elapsed().as_secs();
                let what = format!(
                    "the Spark Connect server {address} has been out of reach for {seconds} s: {error}"
                );
                tracing::error!("{what}");
                let _ = watched.lost.set(Loss { what, log: None });
                return;
            }
            Err(error) => {
                tracing::warn!(address, %error, "the Spark Connect server is out of reach");
            }
        }
    }
}

/// Waits for this time, or until the other side is dropped.
fn has_stopped(stopped: &Receiver<()>, wait: Duration) -> bool {
    !matches!(stopped.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const IMPATIENCE: Patience = Patience {
        between: Duration::from_millis(10),
        answer: Duration::from_secs(1),
        out_of_reach: Duration::from_millis(100),
    };

    #[test]
    fn a_server_elsewhere_is_lost_when_it_stays_out_of_reach() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let watched = Watched::new(None, None);
        let (_stop, stopped) = mpsc::channel();
        let (told, of_thread) = (address.clone(), Arc::clone(&watched));
        let watch = thread::spawn(move || watch_remote(&told, &IMPATIENCE, &of_thread, &stopped));

        thread::sleep(IMPATIENCE.out_of_reach * 3);
        assert_eq!(watched.lost(Moment::Working), None);
        drop(listener);
        watch.join().unwrap();
        assert!(watched.lost(Moment::Working).unwrap().contains(&address));
    }

    #[test]
    fn a_failed_function_makes_a_server_elsewhere_be_asked_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let watched = Watched::new(None, Some(address.clone()));
        assert_eq!(watched.lost(Moment::Failed), None);
        drop(listener);
        assert_eq!(watched.lost(Moment::Working), None);
        assert!(watched.lost(Moment::Failed).unwrap().contains(&address));
    }

    #[test]
    fn the_watch_ends_with_the_run() {
        let (stop, stopped) = mpsc::channel();
        drop(stop);
        watch_remote(
            "127.0.0.1:1",
            &PATIENCE,
            &Watched::new(None, None),
            &stopped,
        );
    }
}
