//! One container, from its start to its end.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::Folders;
use super::command::{Words, declared};
use crate::child::{self, Group, Limits};
use crate::context::{secret, unique};
use crate::declare::{Mount, RawContainer, Secret, TaskDescriptor};
use crate::engine::output::{Output, failed};
use crate::error::Error;
use crate::execute::cancellable;

/// How long the rest of a program's output may take to arrive once it has ended.
const REST: Duration = Duration::from_secs(5);

/// How long the removal of a container may take. A process that is told to end has no more time.
const REMOVAL: Limits = Limits {
    time: Duration::from_secs(5),
    bytes: 1 << 16,
};

/// The folder in which Flyte mounts secrets.
const SECRETS: &str = "/etc/flyte/secrets";

/// A container to start.
pub(super) struct Started<'a> {
    pub(super) task: &'static TaskDescriptor,
    pub(super) container: &'static RawContainer,
    /// Podman or docker.
    pub(super) program: &'a Path,
    pub(super) folders: &'a Folders,
    pub(super) words: Words,
    /// Whether the program reads Flyte's own files.
    pub(super) shares_meta: bool,
}

/// The environment of the container.
#[derive(Default)]
struct Surroundings {
    /// Variables whose values are in the environment of podman or docker, so that no list of processes shows
    /// them.
    inherited: Vec<(String, OsString)>,
    /// A file with the variables whose values are in the template.
    file: Option<PathBuf>,
    /// A folder with secrets.
    secrets: Option<PathBuf>,
}

impl Started<'_> {
    /// Runs the container to its end, and removes it in any case.
    ///
    /// # Errors
    ///
    /// If it does not start, fails, or exceeds the task's timeout.
    pub(super) fn run(&self) -> Result<(), Error> {
        let image = self.image()?;
        let surroundings = self.surroundings()?;
        let name = format!("flytekit-{}", unique());
        let mut command = self.command(&name, &image, &surroundings);
        tracing::info!(
            task = self.task.name,
            image,
            "starting {} with {}",
            declared(self.container),
            self.program.display()
        );
        let removal = Removal::new(self.program, &name);
        let (status, output) = self.finish(&mut command)?;
        removal.not_needed();
        if status.success() {
            return Ok(());
        }
        Err(self.failed(status, &image, &output.last_lines()))
    }

    /// Starts the container, passes on its output, and waits for its end.
    fn finish(&self, command: &mut Command) -> Result<(ExitStatus, Output), Error> {
        let (task, program) = (self.task.name, self.program.display());
        let mut group = Group::start(command).map_err(|error| {
            Error::system(format!("cannot start {program} for task {task}")).with_source(error)
        })?;
        let mut output = Output::new(|_| true);
        let child = group.child();
        if let Some(pipe) = child.stdout.take() {
            output.follow(pipe, self.shown(io::stdout()));
        }
        if let Some(pipe) = child.stderr.take() {
            output.follow(pipe, self.shown(io::stderr()));
        }
        let (started, limit) = (Instant::now(), self.task.timeout);
        let in_time = || limit.is_none_or(|limit| started.elapsed() < limit);
        let ended = group.wait_while(in_time).map_err(|error| {
            let message = format!("cannot wait for the container of task {task}");
            Error::system(message).with_source(error)
        })?;
        let Some(status) = ended else {
            let limit = limit.unwrap_or_default();
            return Err(Error::user(format!(
                "the container of task {task} has not ended within its timeout of {limit:?}: {}",
                declared(self.container)
            )));
        };
        output.finish(REST);
        Ok((status, output))
    }

    /// The destination of the output: nowhere, if the task turns local logs off.
    fn shown(&self, to: impl Write + Send + 'static) -> Box<dyn Write + Send> {
        if self.container.local_logs {
            Box::new(to)
        } else {
            Box::new(io::sink())
        }
    }

    fn image(&self) -> Result<String, Error> {
        let image = self.task.container_image.unwrap_or_default();
        if image.contains("{{") {
            return Err(Error::user(format!(
                "task {} has the image `{image}`, which only registration replaces: to run the task \
                 locally, write the name of an image",
                self.task.name
            )));
        }
        Ok(image.to_owned())
    }

    fn surroundings(&self) -> Result<Surroundings, Error> {
        let mut surroundings = Surroundings::default();
        let mut file = String::new();
        for (name, value) in self.task.env {
            if value.contains(['\n', '\r']) {
                // A line of a file cannot represent this value.
                surroundings
                    .inherited
                    .push(((*name).to_owned(), value.into()));
            } else {
                // Writing to a string cannot fail.
                let _ = writeln!(file, "{name}={value}");
            }
        }
        if !file.is_empty() {
            let path = self.folders.file("env");
            fs::write(&path, file).map_err(|error| self.unwritten(error))?;
            surroundings.file = Some(path);
        }
        for request in self.task.secrets {
            self.add_secret(request, &mut surroundings)?;
        }
        Ok(surroundings)
    }

    /// Adds a secret like the platform: in a file if the task wants one, else in a variable.
    fn add_secret(&self, asked: &Secret, surroundings: &mut Surroundings) -> Result<(), Error> {
        let value = secret(asked.group, asked.key)?;
        if asked.mount == Mount::File {
            let folder = self.folders.file("secrets");
            let group = folder.join(asked.group.to_lowercase());
            let written = fs::create_dir_all(&group);
            let written =
                written.and_then(|()| fs::write(group.join(asked.key.to_lowercase()), value));
            written.map_err(|error| self.unwritten(error))?;
            surroundings.secrets = Some(folder);
            return Ok(());
        }
        let name = format!("_FSEC_{}_{}", asked.group, asked.key).to_uppercase();
        if !asked.env_var.is_empty() {
            let own = (asked.env_var.to_owned(), OsString::from(&value));
            surroundings.inherited.push(own);
        }
        surroundings.inherited.push((name, value.into()));
        Ok(())
    }

    fn unwritten(&self, error: io::Error) -> Error {
        let message = format!(
            "cannot write the environment and the secrets for the container of task {}",
            self.task.name
        );
        Error::system(message).with_source(error)
    }

    /// `podman run --rm --name … --volume … IMAGE ARGS…`
    fn command(&self, name: &str, image: &str, surroundings: &Surroundings) -> Command {
        let mut command = Command::new(self.program);
        command.args(["run", "--rm", "--name", name]);
        if let Some(file) = &surroundings.file {
            command.arg("--env-file").arg(file);
        }
        for (name, value) in &surroundings.inherited {
            command.arg("--env").arg(name).env(name, value);
        }
        let volume = |here: &Path, there: &OsStr, mode: &str| {
            let mut volume = here.as_os_str().to_owned();
            volume.push(":");
            volume.push(there);
            volume.push(":");
            volume.push(mode);
            [OsString::from("--volume"), volume]
        };
        if !self.task.inputs.is_empty() {
            let inputs = self.container.inputs().as_ref();
            command.args(volume(&self.folders.inputs(), inputs, "rw,Z"));
        }
        if !self.task.outputs.is_empty() {
            let outputs = self.container.outputs().as_ref();
            command.args(volume(&self.folders.outputs(), outputs, "rw,Z"));
        }
        if let Some(folder) = &surroundings.secrets {
            command.args(volume(folder, SECRETS.as_ref(), "ro,Z"));
        }
        if self.shares_meta {
            let meta = self.folders.meta();
            command.args(volume(&meta, meta.as_os_str(), "rw,Z"));
        }
        let words = self.expanded();
        // As in Kubernetes, a command replaces the image's entrypoint, and args replace its arguments.
        let (entrypoint, rest) = words.command.split_first().unzip();
        if let Some(entrypoint) = entrypoint {
            command.arg("--entrypoint").arg(entrypoint);
        }
        command
            .arg(image)
            .args(rest.unwrap_or_default())
            .args(&words.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The words with `$(NAME)` of the task's own variables replaced, as in Kubernetes.
    fn expanded(&self) -> Words {
        let expand = |words: &[String]| {
            let words = words.iter();
            words.map(|word| expanded(word, self.task.env)).collect()
        };
        Words {
            command: expand(&self.words.command),
            args: expand(&self.words.args),
        }
    }

    fn failed(&self, status: ExitStatus, image: &str, last_lines: &str) -> Error {
        let (task, program) = (self.task.name, self.program.display());
        let command = declared(self.container);
        let message = match status.code() {
            // The exit code of both programs if they have not started anything.
            Some(125) => {
                format!("{program} cannot start the container of task {task}, image {image}")
            }
            Some(126) => format!(
                "the container of task {task} has its command, but cannot execute it: {command}"
            ),
            Some(127) => format!(
                "the container of task {task}, image {image}, does not have its command: {command}"
            ),
            _ => format!("the container of task {task} ended with {status}: {command}"),
        };
        failed(message, status, last_lines)
    }
}

/// A container that is removed when this is dropped, or when the process is told to end.
struct Removal {
    program: PathBuf,
    name: String,
    needed: bool,
    _at_the_end: crate::execute::Cancellable<'static>,
}

impl Removal {
    fn new(program: &Path, name: &str) -> Self {
        let (its_program, its_name) = (program.to_owned(), name.to_owned());
        Removal {
            program: program.to_owned(),
            name: name.to_owned(),
            needed: true,
            _at_the_end: cancellable(move || remove(&its_program, &its_name)),
        }
    }

    /// The container has ended, and `--rm` has removed it.
    fn not_needed(mut self) {
        self.needed = false;
    }
}

impl Drop for Removal {
    fn drop(&mut self) {
        if self.needed {
            remove(&self.program, &self.name);
        }
    }
}

/// Ends the container and removes it.
fn remove(program: &Path, name: &str) {
    let mut command = Command::new(program);
    command.args(["rm", "--force", name]);
    match child::output(&mut command, &REMOVAL) {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            tracing::debug!(name, "the container is not removed: {}", said.trim());
        }
        Err(error) => tracing::warn!(name, %error, "the container cannot be removed"),
    }
}

/// A word of a command with `$(NAME)` replaced by the values of these variables, and `$$` by a `$`.
fn expanded(word: &str, env: &[(&str, &str)]) -> String {
    let (mut text, mut rest) = (String::with_capacity(word.len()), word);
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let named = after
            .strip_prefix('(')
            .and_then(|after| after.split_once(')'));
        let value = named.and_then(|(name, _)| env.iter().rev().find(|(it, _)| *it == name));
        if let Some(after) = after.strip_prefix('$') {
            text.push('$');
            rest = after;
        } else if let (Some((_, value)), Some((_, after))) = (value, named) {
            text.push_str(value);
            rest = after;
        } else {
            text.push('$');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::expanded;

    #[test]
    fn variables_are_expanded_as_in_kubernetes() {
        let env = [("A", "1"), ("B", "$(A)"), ("A", "2")];
        for (word, text) in [
            ("$(A)-$(B)", "2-$(A)"),
            ("$$(A)", "$(A)"),
            ("$(date) $HOME $", "$(date) $HOME $"),
            ("$(A", "$(A"),
            ("ä$$$(A)", "ä$2"),
        ] {
            assert_eq!(expanded(word, &env), text);
        }
    }
}
