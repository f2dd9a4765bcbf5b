//! Tasks that the backend's engine runs, alone and between tasks in Python.

mod attempts;
mod dynamic;
mod ends;
mod flows;
mod maps;
mod nodes;
mod values;

use std::process::ExitCode;

fn main() -> ExitCode {
    flytekit::main()
}
