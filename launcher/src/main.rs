//! What lies at `/usr/local/bin/flytekit-app` in an image without tasks of its own: it fetches the
//! executable that a task was registered with, and becomes it.

use std::process::ExitCode;

fn main() -> ExitCode {
    flytekit::main()
}
