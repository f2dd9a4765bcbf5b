//! Fetches the executable of a task's registration, and replaces this process with it.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::failed;
use super::report::Report;

/// Runs a command with the executable of this archive, or as it is without an archive. Returns an exit code
/// only if the command does not replace this process.
///
/// Failures are reported in the place where the command would report, if its flags name it.
pub(crate) fn launch(command: Vec<OsString>, archive: Option<&str>, folder: &Path) -> ExitCode {
    let Some(prefix) = value_of(&command, "--output-prefix") else {
        return become_command(archive, folder, command).unwrap_or_else(|error| failed(&error));
    };
    let task = value_of(&command, "--task").unwrap_or_default();
    let report = Report::new(&task, &prefix);
    let ready = report.at_termination();
    let started = ready.and_then(|()| become_command(archive, folder, command));
    started.unwrap_or_else(|error| report.failed(&error))
}

/// The value of a flag of the command. A placeholder that Flyte has not replaced is not a value.
fn value_of(command: &[OsString], flag: &str) -> Option<String> {
    let mut words = command.iter().map(|word| word.to_string_lossy());
    let value = words.find_map(|word| match word.strip_prefix(flag)? {
        "" => Some(None),
        rest => Some(Some(rest.strip_prefix('=')?.to_owned())),
    })?;
    let value = value.or_else(|| Some(words.next()?.into_owned()));
    value.filter(|value| !value.is_empty() && !value.starts_with("{{"))
}

#[cfg(not(feature = "fast"))]
fn become_command(
    _: Option<&str>,
    _: &Path,
    _: Vec<OsString>,
) -> Result<ExitCode, crate::error::Error> {
    Err(crate::error::Error::user(
        "this executable was built without the code that fetches executables: give its dependency `flytekit` the \
         feature of the object store (`s3`, `gcs`, `azure` or `http`), or `fast`; or put \
         flytekit-launcher into the image",
    ))
}

#[cfg(feature = "fast")]
use fetching::become_command;

#[cfg(feature = "fast")]
mod fetching {
    use std::ffi::OsString;
    use std::io::{self, ErrorKind};
    use std::path::{Path, PathBuf};
    use std::process::{Command, ExitCode};
    use std::time::Duration;

    use crate::child::{Limits, output};
    use crate::console::Foreign;
    use crate::declare::{DISTRIBUTION, EXECUTABLE};
    use crate::distribution::{Fetched, MEMBER, fetch};
    use crate::error::Error;

    /// The limits for printing an executable's usage, which takes milliseconds.
    const TRYING_OUT: Limits = Limits {
        time: Duration::from_secs(30),
        bytes: 1 << 16,
    };

    /// Replaces this process with the command, if the system supports that.
    pub(super) fn become_command(
        uri: Option<&str>,
        folder: &Path,
        command: Vec<OsString>,
    ) -> Result<ExitCode, Error> {
        let mut words = command.into_iter();
        let mut program = PathBuf::from(words.next().unwrap_or_default());
        let mut child = Command::new(&program);
        if let Some(uri) = uri {
            let fetched = fetch_once(uri, folder)?;
            if program == Path::new(EXECUTABLE) {
                program = fetched_program(&fetched)?;
                child = Command::new(&program);
            }
            child.env(DISTRIBUTION, uri);
        }
        start(child.args(words)).map_err(|error| not_started(&program, &error))
    }

    fn fetch_once(uri: &str, folder: &Path) -> Result<Fetched, Error> {
        if uri.trim_start().starts_with("{{") {
            return Err(Error::system(format!(
                "the task was registered without its executable: `--additional-distribution` \
                 has `{uri}` instead of the archive's URI, which `flytectl register` puts there"
            ))
            .finally());
        }
        let fetched = fetch(uri, folder).map_err(crate::distribution::FetchError::into_error)?;
        tracing::info!(uri, ?fetched, "fetched the executable");
        Ok(fetched)
    }

    /// The fetched executable, if this machine can run it.
    fn fetched_program(fetched: &Fetched) -> Result<PathBuf, Error> {
        let program = &fetched.executable;
        let program = program.canonicalize().map_err(|error| {
            let message = match error.kind() {
                ErrorKind::NotFound => format!(
                    "the archive contains no `{MEMBER}`, which would run instead of {EXECUTABLE}"
                ),
                _ => format!("cannot find {}: {error}", program.display()),
            };
            Error::system(message).finally()
        })?;
        if fetched.is_new {
            try_out(&program)?;
        }
        Ok(program)
    }

    /// Makes an executable print its usage. An executable with missing libraries would end without an error
    /// document: Flyte would try again, and nobody would know the reason.
    fn try_out(program: &Path) -> Result<(), Error> {
        let tried = output(Command::new(program).arg("--help"), &TRYING_OUT);
        let output = tried.map_err(|error| match error.kind() {
            ErrorKind::TimedOut | ErrorKind::FileTooLarge => Error::system(format!(
                "the task's executable does not print its usage when it is run with `--help` ({}): \
                 {error}; its `main` must be `flytekit::main()`",
                program.display()
            ))
            .finally(),
            _ => not_started(program, &error),
        })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Error::system(format!(
            "the task's executable does not run in this image ({}): {}; build it for the C library of \
             the image, or for none, with --target x86_64-unknown-linux-musl",
            output.status,
            Foreign(said.trim())
        ))
        .finally())
    }

    fn not_started(program: &Path, error: &io::Error) -> Error {
        // The executable names its loader. If the loader is missing, the system reports the executable as
        // missing.
        let why = match error.kind() {
            ErrorKind::NotFound if program.exists() => {
                "the image has no loader for it; build it for the C library of the image, or for \
                 none, with --target x86_64-unknown-linux-musl"
            }
            ErrorKind::PermissionDenied => {
                "it is not executable, or is in a folder where programs cannot run, such as a volume mounted with \
                 `noexec`; give --dest-dir another folder"
            }
            ErrorKind::NotFound => "there is no such program in the image",
            _ => "is it built for the system and the processor of this machine?",
        };
        Error::system(format!("cannot run {}: {error}; {why}", program.display())).finally()
    }

    #[cfg(unix)]
    fn start(command: &mut Command) -> io::Result<ExitCode> {
        Err(std::os::unix::process::CommandExt::exec(command))
    }

    #[cfg(not(unix))]
    fn start(command: &mut Command) -> io::Result<ExitCode> {
        let code = command.status()?.code();
        Ok(code.map_or(ExitCode::FAILURE, |code| {
            u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::value_of;

    #[test]
    fn where_to_report_is_in_the_command() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        let prefix = |line| value_of(&words(line), "--output-prefix");
        assert_eq!(
            prefix("app execute --output-prefix s3://a/b --task t").as_deref(),
            Some("s3://a/b")
        );
        assert_eq!(
            prefix("app execute --output-prefix=/a").as_deref(),
            Some("/a")
        );
        for nowhere in [
            "app worker",
            "app execute --output-prefix",
            "app execute --output-prefix {{.outputPrefix}}",
            "app execute --output-prefix-of x",
        ] {
            assert_eq!(prefix(nowhere), None, "{nowhere}");
        }
    }
}
