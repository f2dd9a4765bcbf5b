//! A web server.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::daemon::Daemon;
use crate::python;

/// A web server of a folder's files, in a process that ends with the test's.
#[derive(Debug)]
pub struct FileServer {
    url: String,
    _daemon: Daemon,
}

impl FileServer {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// When it does not come up.
    ///
    /// ```no_run
    /// let server = flytekit_tests::store::FileServer::start("/tmp".as_ref());
    /// println!("{}", server.url());
    /// ```
    pub fn start(folder: &Path) -> Self {
        let log = TempDir::new().expect("a folder").keep();
        let mut command = Command::new(python());
        command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]);
        command.arg("--directory").arg(folder);
        let daemon = Daemon::start_in(&log, &command, log.join("log"));
        let said = daemon.says("Serving HTTP on 127.0.0.1 port ");
        let port = said.split(' ').next().expect("a port");
        FileServer {
            url: format!("http://127.0.0.1:{port}"),
            _daemon: daemon,
        }
    }

    /// Where the folder is.
    pub fn url(&self) -> &str {
        &self.url
    }
}
