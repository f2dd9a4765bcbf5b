//! Does with the tasks of a file what their own program would do: `of_file FILE register …`.

use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, Command};
use flytekit::cli::verbs;
use flytekit::registry::Program;

fn main() -> ExitCode {
    let matches = Command::new("of_file")
        .arg(Arg::new("file").required(true))
        .subcommands(verbs::commands())
        .get_matches();
    let file = matches.get_one::<String>("file").expect("it is required");
    match Program::of_file(Path::new(file)) {
        Ok(program) => verbs::run(&program, &matches).unwrap_or(ExitCode::FAILURE),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
