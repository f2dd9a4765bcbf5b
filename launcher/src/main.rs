//! The program at `/usr/local/bin/flytekit-app` in an image without tasks of its own: it fetches the
//! executable that a task was registered with, and replaces itself with it.

use std::io::Write;
use std::process::ExitCode;

/// The text that replaces a program's list of tasks.
const PURPOSE: &str = "\
flytekit's launcher has no tasks. It is what an image has at /usr/local/bin/flytekit-app so that tasks can
be registered without building another one:

    my-app register --fast --image IMAGE

They are started with `fast-execute`, by which the launcher fetches their executable and becomes it.
";

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|verb| verb == "list")
    {
        // A reader that has gone away has seen enough.
        let _ = std::io::stdout().write_all(PURPOSE.as_bytes());
        return ExitCode::SUCCESS;
    }
    flytekit::main()
}
