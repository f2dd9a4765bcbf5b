//! A Spark Connect server that is a child of this process and does not outlive it.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::greeting::greet;
use super::guard::{Variables, guarded, set};
use super::neighbours;
use crate::bounded;
use crate::engine::Progress;
use crate::engine::deadline::Deadline;
use crate::engine::spark::log::{END, last_lines};
use crate::engine::wait::{POLL, wait_for};
use crate::error::Error;

/// How often a server is started again if another program took its port.
const ATTEMPTS: u32 = 3;

/// How long a server may take to end before it is killed: longer than the guard waits, because the guard also
/// kills the server's children.
const STOPPING: Duration = Duration::from_secs(7);

/// How long a server that no longer listens may take to end: while it shuts down, it first closes its port.
const ENDING: Duration = Duration::from_secs(1);

/// How often the user is told what the run waits for.
const PROGRESS: Duration = Duration::from_secs(2);

/// The server's arguments for a port and a temporary folder.
type Args = Box<dyn Fn(u16, &Path) -> io::Result<Vec<OsString>> + Send>;

/// How to start a server on a given port.
pub(super) struct Launch {
    /// The server's name, for people: `Sail`.
    pub(super) name: &'static str,
    /// The path of the program.
    pub(super) program: PathBuf,
    /// The program's arguments.
    pub(super) args: Args,
    /// Variables to set for the program, or to remove.
    pub(super) env: Variables,
    /// The token that clients must send, so that only this process can use the server: never shown.
    pub(super) token: Option<String>,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    name: &'static str,
    port: u16,
    child: Child,
    /// Keeps the server alive; closing it ends the server.
    guard: Option<ChildStdin>,
    /// The folder for the log and the server's other files; None once it is kept or removed.
    folder: Option<TempDir>,
    log: PathBuf,
    /// The subfolder for data, which is not kept.
    scratch: PathBuf,
}

/// The name of the subfolder for data.
pub(super) const SCRATCH: &str = "scratch";

/// A server that belongs to this process, which ends it.
pub(super) trait Owned: fmt::Debug + Send {
    /// The address on which it listens.
    fn address(&self) -> SocketAddr;

    /// How the server ended, once it has ended or no longer listens.
    fn gone(&mut self) -> Option<String>;

    /// Keeps the server's log after the run, and describes its location and its end.
    fn keep_log(&mut self) -> String;

    /// Ends the server, and returns when it is gone.
    ///
    /// # Errors
    ///
    /// If the server does not end.
    fn stop(&mut self) -> io::Result<()>;
}

/// Whether a local port is in use. An attempt to bind the port shows that without a connection.
pub(super) fn is_taken(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_err() || TcpStream::connect_timeout(&address, ENDING).is_ok()
}

/// Why a started server cannot be used.
enum StartError {
    /// The server ended, because another program has its port.
    PortTaken,
    /// Any other error.
    Final(Error),
}

impl Server {
    /// Starts a server on a free port, and waits until it listens.
    ///
    /// # Errors
    ///
    /// If the server does not start, ends, or does not listen within the deadline; the message has the end of
    /// its log.
    pub(super) fn start(
        launch: &Launch,
        told: &Progress,
        deadline: &Deadline,
    ) -> Result<Server, Error> {
        for attempt in 1.. {
            let mut server = Server::spawn(launch).map_err(|error| {
                Error::system(format!(
                    "cannot start {} ({})",
                    launch.name,
                    launch.program.display()
                ))
                .with_source(error)
            })?;
            match server.wait_until_it_listens(told, deadline) {
                Ok(()) => {
                    if launch.token.is_none() && neighbours::are_here() {
                        told.tell(format_args!("{}: {}", launch.name, neighbours::WARNING));
                    }
                    if let Some(address) = web_interface(&server.log) {
                        told.tell(format_args!("Spark UI at {address}"));
                    }
                    return Ok(server);
                }
                Err(StartError::PortTaken) if attempt < ATTEMPTS => {
                    tracing::info!(
                        port = server.port,
                        "another program took the port; trying another port"
                    );
                }
                Err(StartError::PortTaken) => {
                    return Err(
                        server.ended_early("because other programs took each port it was given")
                    );
                }
                Err(StartError::Final(error)) => return Err(error),
            }
        }
        unreachable!("the last attempt returns")
    }

    fn spawn(launch: &Launch) -> io::Result<Server> {
        let folder = private_folder()?;
        let log = folder.path().join("server.log");
        let scratch = folder.path().join(SCRATCH);
        fs::create_dir(&scratch)?;
        let output = File::create(&log)?;
        let port = free_port()?;
        let mut command = guarded(folder.path(), &launch.program);
        command
            .args((launch.args)(port, folder.path())?)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output);
        set(&mut command, &launch.env);
        let mut child = command.spawn()?;
        let guard = child.stdin.take();
        Ok(Server {
            name: launch.name,
            port,
            child,
            guard,
            folder: Some(folder),
            log,
            scratch,
        })
    }

    fn wait_until_it_listens(
        &mut self,
        told: &Progress,
        deadline: &Deadline,
    ) -> Result<(), StartError> {
        let place = format!("{} on {}", self.name, self.address());
        told.tell(format_args!(
            "starting {place}, log in {}",
            self.log.display()
        ));
        let mut last = deadline.elapsed();
        loop {
            if let Some(status) = self.exited() {
                return Err(if self.port_was_taken() {
                    StartError::PortTaken
                } else {
                    StartError::Final(self.ended_early(&format!("({status})")))
                });
            }
            if self.listens() {
                return Ok(());
            }
            if deadline.left().is_zero() {
                let log = self.keep_log();
                return Err(StartError::Final(Error::system(format!(
                    "{place} was not ready after {} s; {log}",
                    deadline.elapsed().as_secs()
                ))));
            }
            if deadline.elapsed() >= last + PROGRESS {
                last = deadline.elapsed();
                told.tell(format_args!("waiting for {place} ({} s)", last.as_secs()));
            }
            thread::sleep(POLL);
        }
    }

    fn listens(&self) -> bool {
        TcpStream::connect_timeout(&self.address(), POLL)
            .and_then(|stream| greet(stream, POLL * 10))
            .is_ok()
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The server's exit status, once it has ended.
    fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    fn exited_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        wait_for(limit, || self.exited())
    }

    /// Whether the log says that the port was in use.
    fn port_was_taken(&self) -> bool {
        let log = bounded::read_end(&self.log, END).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        // The message of Sail, which is the operating system's; then Java's.
        log.contains("Address already in use") || log.contains("java.net.BindException")
    }

    fn ended_early(&mut self, how: &str) -> Error {
        let log = self.keep_log();
        Error::system(format!(
            "{} ended before it was ready {how}; {log}",
            self.name
        ))
    }
}

impl Owned for Server {
    fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    fn gone(&mut self) -> Option<String> {
        let status = match self.exited() {
            None if is_taken(self.address()) => return None,
            None => self.exited_within(ENDING),
            status => status,
        };
        let how = status.map_or_else(
            || "stopped listening".to_owned(),
            |status| format!("ended ({status})"),
        );
        Some(format!(
            "{} on {} {how} during the run",
            self.name,
            self.address()
        ))
    }

    fn keep_log(&mut self) -> String {
        if let Some(folder) = self.folder.take() {
            let _kept = folder.keep();
        }
        let log = self.log.display();
        match last_lines(&self.log) {
            Ok(lines) if lines.is_empty() => format!("its log {log} is empty"),
            Ok(lines) => format!("its log {log} ends with:\n{lines}"),
            Err(error) => format!("its log {log} cannot be read: {error}"),
        }
    }

    /// Asks the server to end, then kills it.
    fn stop(&mut self) -> io::Result<()> {
        if let Some(mut guard) = self.guard.take() {
            // If the guard is gone, there is nothing to do.
            let _ = guard.write_all(b"stop\n");
        }
        if self.exited_within(STOPPING).is_none() {
            self.child.kill()?;
            self.child.wait()?;
        }
        // The log may be kept, and its folder with it.
        let _ = fs::remove_dir_all(&self.scratch);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(server = self.name, %error, "cannot end the server");
        }
    }
}

/// A port that was free a moment ago. Another program may take it before the server does; see [`ATTEMPTS`].
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// A folder that only this user can read.
fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("flytekit-spark-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

/// The address of Spark's web interface, if its log has one.
fn web_interface(log: &Path) -> Option<String> {
    let log = bounded::read_end(log, END).ok()?;
    let log = String::from_utf8_lossy(&log);
    let (_, port) = log.split_once("started service 'SparkUI' on port ")?;
    let digits = port.find(|c: char| !c.is_ascii_digit())?;
    Some(format!("http://127.0.0.1:{}", &port[..digits]))
}
