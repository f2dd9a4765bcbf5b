//! The server's process.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// A running connector server, which is killed with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(command: &[String], certificates: &Path, workspace: u16) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let words: Vec<_> = command
            .iter()
            .map(|it| it.replace("PORT", &port.to_string()))
            .collect();
        let (program, arguments) = words.split_first().context("no command")?;
        let child = Command::new(program)
            .args(arguments)
            .env("SSL_CERT_FILE", certificates.join("ca.pem"))
            .env(
                "FLYTE_DATABRICKS_INSTANCE",
                format!("localhost:{workspace}"),
            )
            .env("_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", "dapi-default")
            .env("FLYTEKIT_LOG", "warn")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        Ok(Server { child, port })
    }

    /// User's and system's time so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = self.read("stat")?;
        let (_, fields) = stat.rsplit_once(") ").context("no program's name")?;
        let mut fields = fields.split(' ').skip(11);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        let ticks = ticks().zip(ticks()).context("no times")?;
        // For programs, Linux always counts a hundred ticks a second.
        Ok(Duration::from_millis((ticks.0 + ticks.1) * 10))
    }

    /// The peak memory so far, in bytes.
    pub(crate) fn peak(&self) -> Result<u64> {
        let status = self.read("status")?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
        Ok(kilobytes.context("no memory")? * 1024)
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).with_context(|| format!("the server has ended: no {path}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
