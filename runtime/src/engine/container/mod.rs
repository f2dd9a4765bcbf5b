//! Programs in any language, in their own images: `#[task(container(...))]`.
//!
//! Flyte starts the container from the template in the executable, and its copilot moves the data. The same
//! function, called or run locally, starts it with podman or docker: the one that `FLYTEKIT_CONTAINER_ENGINE`
//! names, or the first of the two on `PATH`. Inputs and outputs are files in two folders, in the formats of
//! copilot. The container is removed when the run ends, also after Ctrl-C.

mod command;
mod inputs;
mod json;
mod outputs;
mod program;
mod start;

pub use crate::declare::{DownloadMode, IoStrategy, MetadataFormat, RawContainer, UploadMode};

#[doc(hidden)]
pub use crate::declare::check_from_container;

use std::fs;
use std::path::{Path, PathBuf};

use flytekit_proto::flyteidl::core::LiteralMap;
use prost::Message;

use self::command::Variables;
use self::start::Started;
use crate::context::{raw_output, unique_place, within_place};
use crate::declare::TaskDescriptor;
use crate::engine::{Engine, Outcome, TaskContext};
use crate::entity::Configured;
use crate::error::Error;
use crate::types::{OutputsWriter, ValueError};

/// The engine of `#[task(container(...))]`. It has no session, because the program is not Rust.
///
/// ```
/// # mod words {
/// use flytekit::prelude::*;
///
/// /// Counts the lines of a text.
/// #[task(container(
///     image = "docker.io/library/alpine:3.22",
///     command("sh", "-c", "wc -l < /var/inputs/text > /var/outputs/o0"),
///     input_dir = "/var/inputs",
///     output_dir = "/var/outputs",
/// ))]
/// fn count_lines(text: FlyteFile) -> Result<i64>;
/// # }
/// ```
///
/// A call `count_lines(FlyteFile::new("poem.txt"))` runs the container locally. The type of an output must be
/// one that copilot can read from a file:
///
/// ```compile_fail,E0080
/// # mod lists {
/// use flytekit::prelude::*;
///
/// // Copilot cannot read lists.
/// #[task(container(image = "alpine", command("true")))]
/// fn of_a_list() -> Result<Vec<i64>>;
/// # }
/// ```
#[derive(Debug)]
pub struct Container;

impl Engine for Container {
    const TASK_TYPE: &'static str = "raw-container";
    const BLOCKING: bool = true;
    type Config = RawContainer;
    type Session = ();
    type Running = ();

    fn pre_execute(_: &'static RawContainer, _: &TaskContext<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn session((): &()) -> &() {
        &()
    }

    fn post_execute((): (), _: Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// Runs a task's container to its end: the body of the task's function, whose arguments `inputs` writes.
///
/// # Errors
///
/// If an input cannot be written to a file, if neither podman nor docker is found, if the program fails, or
/// if it leaves out an output.
#[doc(hidden)]
pub fn run<T: Configured<Container>>(
    inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
) -> Result<Vec<u8>, Error> {
    let run = || {
        let inputs = OutputsWriter::inputs(inputs)?;
        run_here(T::DESCRIPTOR, T::CONFIG, &inputs)
    };
    if raw_output().is_some() {
        return run();
    }
    // Outside of a run, files go to a new folder, as in a run without a prefix.
    within_place(&unique_place().to_string_lossy(), run)
}

fn run_here(
    task: &'static TaskDescriptor,
    container: &'static RawContainer,
    inputs: &[u8],
) -> Result<Vec<u8>, Error> {
    let literals = LiteralMap::decode(inputs)
        .map_err(|error| Error::system("the inputs are not a LiteralMap").with_source(error))?;
    let folders = Folders::new(task).map_err(|error| {
        let message = format!("cannot make the folders of task {}", task.name);
        Error::system(message).with_source(error)
    })?;
    let program = program::find(task.name)?;
    inputs::write(&literals, &folders.inputs(), container)?;
    let meta = folders.meta();
    let variables = Variables::new(&meta, &literals);
    let words = command::words(container, &variables)?;
    if variables.are_used() {
        let written = fs::create_dir_all(&meta).and_then(|()| open_to_all(&meta));
        let written = written.and_then(|()| fs::write(meta.join("inputs.pb"), inputs));
        written.map_err(|error| Error::system("cannot write the inputs").with_source(error))?;
    }
    Started {
        task,
        container,
        program: &program,
        folders: &folders,
        words,
        shares_meta: variables.are_used(),
    }
    .run()?;
    let outputs = outputs::read(task, container, &folders.outputs())?;
    Ok(outputs.encode_to_vec())
}

/// The folders of a local run. They are removed at the end of the run.
struct Folders(tempfile::TempDir);

impl Folders {
    fn new(task: &TaskDescriptor) -> std::io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("flytekit-container-")
            .tempdir()?;
        let folders = Folders(folder);
        for folder in [folders.inputs(), folders.outputs()] {
            fs::create_dir(&folder)?;
            open_to_all(&folder)?;
        }
        tracing::debug!(task = task.name, folder = ?folders.0.path(), "folders of a container");
        Ok(folders)
    }

    fn inputs(&self) -> PathBuf {
        self.0.path().join("inputs")
    }

    fn outputs(&self) -> PathBuf {
        self.0.path().join("outputs")
    }

    /// The folder for a program that reads Flyte's own files.
    fn meta(&self) -> PathBuf {
        self.0.path().join("meta")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Lets the program write here as any user of its image. Nobody else can reach the folder, because its parent
/// belongs to this user.
#[cfg(unix)]
fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777))
}

#[cfg(not(unix))]
fn open_to_all(_: &Path) -> std::io::Result<()> {
    Ok(())
}
