//! Log lines on standard error, as configured in the environment.

use std::io::{self, Write};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::console::{clean_line, hide_user, tell};
use crate::context::SPAN;

/// The targets of `FLYTE_AWS_ENABLE_DEBUG`: the requests to object stores.
const REQUESTS: &str = "flytekit::store=debug,object_store=debug";

/// Variables with URLs, whose passwords must not be logged.
const PROXIES: [&str; 7] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "FLYTE_PLATFORM_HTTP_PROXY_URL",
];

/// Starts logging if `FLYTEKIT_LOG` or `RUST_LOG` is set: a level, or a list of `target=level`.
pub(super) fn start() {
    for name in PROXIES {
        if let Ok(url) = std::env::var(name) {
            hide_user(&url);
        }
    }
    let wish = ["FLYTEKIT_LOG", "RUST_LOG"]
        .iter()
        .find_map(|name| std::env::var(name).ok());
    let Some(wish) = wish.or_else(requests) else {
        return;
    };
    let targets = match wish.parse::<Targets>() {
        Ok(targets) => targets,
        Err(error) => {
            tell(format_args!(
                "warning: logging is off, because `{wish}` is not a list of target=level: {error}"
            ));
            return;
        }
    };
    // Every line of a run names the run, for each target.
    let targets = targets.with_target(SPAN, Level::ERROR);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| Records)
        // The formatter's escape sequences would be escaped like those of other programs.
        .with_ansi(false)
        // The formatter would panic if nobody reads the output any more.
        .log_internal_errors(false);
    // A second call in one process keeps the first subscriber.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
}

/// Writes records to standard error, each as one redacted line.
struct Records;

impl Write for Records {
    /// Writes a record, which arrives as a whole.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        let line = clean_line(text.trim_end_matches('\n'));
        writeln!(io::stderr(), "{line}")?;
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The targets for logging requests, unless the variable has one of flytekit's words for no.
fn requests() -> Option<String> {
    let wish = std::env::var("FLYTE_AWS_ENABLE_DEBUG").ok()?.to_lowercase();
    let is_no = ["", "false", "0", "off", "no"].contains(&wish.as_str());
    (!is_no).then(|| REQUESTS.to_owned())
}
