//! A web server.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::daemon::Daemon;
use crate::{interpreter, script};

/// A web server for a folder's files, in a process that ends with the test's.
#[derive(Debug)]
pub struct FileServer {
    url: String,
    _daemon: Daemon,
}

impl FileServer {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// let server = flytekit_test_support::store::FileServer::start("/tmp".as_ref());
    /// println!("{}", server.url());
    /// ```
    pub fn start(folder: &Path) -> Self {
        let mut command = interpreter();
        command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]);
        command.arg("--directory").arg(folder);
        FileServer::run("http", &command)
    }

    /// Starts a server with TLS. Its self-signed certificate is written to a file.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// let (folder, certificate) = ("/tmp".as_ref(), "/tmp/certificate.pem".as_ref());
    /// let server = flytekit_test_support::store::FileServer::with_tls(folder, certificate);
    /// println!("{}", server.url());
    /// ```
    pub fn with_tls(folder: &Path, certificate: &Path) -> Self {
        let mut command = script("https_server.py");
        FileServer::run("https", command.arg(folder).arg(certificate))
    }

    fn run(scheme: &str, command: &Command) -> Self {
        let log = TempDir::new().expect("a folder").keep();
        let daemon = Daemon::start_in(&log, command, log.join("log"));
        let said = daemon.says("Serving HTTP on 127.0.0.1 port ");
        let port = said.split(' ').next().expect("a port");
        FileServer {
            url: format!("{scheme}://127.0.0.1:{port}"),
            _daemon: daemon,
        }
    }

    /// The URL of the folder.
    pub fn url(&self) -> &str {
        &self.url
    }
}
