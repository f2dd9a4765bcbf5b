//! Log lines on standard error, as the environment asks for them.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::console::tell;

/// Starts logging if `FLYTEKIT_LOG` or `RUST_LOG` says so: a level, or a list of `target=level`.
pub(super) fn start() {
    let Some(wish) = ["FLYTEKIT_LOG", "RUST_LOG"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
    else {
        return;
    };
    let targets = match wish.parse::<Targets>() {
        Ok(targets) => targets,
        Err(error) => {
            tell(format_args!(
                "warning: no logging, `{wish}` is not a list of target=level: {error}"
            ));
            return;
        }
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        // It would tell with a panic that nobody reads it any more.
        .log_internal_errors(false);
    // A second call in one process keeps the first subscriber.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
}
