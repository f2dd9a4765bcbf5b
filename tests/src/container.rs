//! One run of a task in the way of the backend: the container's args, the inputs, and the results.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit::declare::EXECUTABLE;
use flytekit::types::{OutputsWriter, ValueError};
use flytekit_proto::flyteidl::admin::TaskSpec;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument, LiteralMap, TaskTemplate};
use prost::Message;
use serde_json::Value;
use tempfile::TempDir;

use crate::{Ended, run, script};

/// A run of a task's container, in a separate folder with its `inputs.pb`.
#[derive(Debug)]
pub struct ContainerRun {
    task: String,
    folder: TempDir,
    archive: Option<PathBuf>,
}

impl ContainerRun {
    /// A run without inputs.
    ///
    /// # Panics
    ///
    /// If the folder cannot be created.
    pub fn new(task: &str) -> Self {
        ContainerRun {
            task: task.to_owned(),
            folder: tempfile::tempdir().expect("a temporary folder"),
            archive: None,
        }
    }

    /// Makes it the run of a task that is registered without an image build: the task fetches this
    /// executable.
    ///
    /// # Panics
    ///
    /// If the archive cannot be created.
    #[must_use]
    pub fn fetching(mut self, executable: &Path) -> Self {
        fs::copy(executable, self.path("flytekit-app")).expect("a copy");
        let archive = self.path("code.tar.gz");
        let mut tar = Command::new("tar");
        tar.arg("-cf")
            .arg(&archive)
            .arg("-C")
            .arg(self.folder.path());
        let packed = run(tar.arg("flytekit-app"));
        assert!(packed.success(), "{packed}");
        self.archive = Some(archive);
        self
    }

    /// The executable that the task has fetched.
    pub fn fetched(&self) -> PathBuf {
        self.path("code/flytekit-app")
    }

    /// A run with these inputs.
    ///
    /// # Panics
    ///
    /// If they cannot be written.
    pub fn of(
        task: &str,
        inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
    ) -> Self {
        let run = ContainerRun::new(task);
        run.write_inputs(inputs);
        run
    }

    /// Writes `inputs.pb`, for inputs that name files of the run's own folder.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn write_inputs(&self, inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>) {
        let mut literals = OutputsWriter::new();
        inputs(&mut literals).expect("values that Flyte has");
        fs::write(self.inputs(), literals.finish()).expect("a file");
    }

    /// The task's name.
    pub fn task(&self) -> &str {
        &self.task
    }

    /// A path in the run's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn inputs(&self) -> PathBuf {
        self.path("inputs.pb")
    }

    /// The folder for `outputs.pb` or `error.pb`.
    fn prefix(&self) -> PathBuf {
        self.path("outputs")
    }

    /// The task's template in the executable.
    ///
    /// # Panics
    ///
    /// If the executable has no such task.
    pub fn template(&self, executable: &str) -> TaskTemplate {
        let mut describe = Command::new(executable);
        let described = run(describe.args(["describe", &self.task, "--format", "pb"]));
        assert!(described.success(), "{described}");
        let spec = TaskSpec::decode(&*described.stdout).expect("a TaskSpec");
        spec.template.expect("a template")
    }

    /// The args of the template's container, with the backend's values in place of variables.
    ///
    /// # Panics
    ///
    /// If the template has no container.
    pub fn args(&self, template: &TaskTemplate) -> Vec<String> {
        let Some(Target::Container(container)) = &template.target else {
            panic!("{} runs in a container", self.task)
        };
        let args = container.args.iter().map(|arg| self.rendered(arg));
        let archive = self
            .archive
            .as_ref()
            .map(|archive| archive.display().to_string());
        let fetch = archive.map(|archive| {
            let folder = self.path("code").display().to_string();
            let [uri, to] = ["--additional-distribution", "--dest-dir"];
            [EXECUTABLE, "fast-execute", uri, &archive, to, &folder, "--"].map(str::to_owned)
        });
        fetch.into_iter().flatten().chain(args).collect()
    }

    fn rendered(&self, arg: &str) -> String {
        let path = |path: &Path| path.display().to_string();
        match arg {
            "{{.input}}" => path(&self.inputs()),
            "{{.outputPrefix}}" => path(&self.prefix()),
            "{{.rawOutputDataPrefix}}" => path(&self.path("raw")),
            "{{.checkpointOutputPrefix}}" => path(&self.path("raw/_flytecheckpoints")),
            "{{.prevCheckpointPrefix}}" => "\"\"".to_owned(),
            word => word.to_owned(),
        }
    }

    /// The outputs as flytekit reads them with these types, each `NAME=TYPE`.
    ///
    /// # Panics
    ///
    /// If the run has failed, or flytekit cannot read its outputs.
    pub fn outputs(&self, ended: &Ended, types: &[&str]) -> Value {
        assert!(ended.success(), "{ended}");
        assert!(
            !self.prefix().join("error.pb").exists(),
            "{}\n{ended}",
            self.error().message
        );
        let read = run(script("outputs.py").arg(self.prefix()).args(types));
        assert!(read.success(), "{read}\n{ended}");
        serde_json::from_slice(&read.stdout).expect("an object")
    }

    /// Makes the output the only input of another task, like a workflow.
    ///
    /// # Panics
    ///
    /// If there is no output `o0`.
    pub fn hand_output_on(&self, ended: &Ended, to: &ContainerRun, input: &str) {
        let bytes = fs::read(self.prefix().join("outputs.pb"));
        let bytes = bytes.unwrap_or_else(|error| panic!("{error}: {ended}"));
        let mut literals = LiteralMap::decode(&*bytes).expect("a LiteralMap").literals;
        let output = literals.remove("o0").expect("an output");
        let inputs = LiteralMap {
            literals: [(input.to_owned(), output)].into(),
        };
        fs::write(to.inputs(), inputs.encode_to_vec()).expect("a file");
    }

    /// The error; there must be no outputs beside it.
    ///
    /// # Panics
    ///
    /// If there is none, or there are outputs, too.
    pub fn error(&self) -> ContainerError {
        let bytes = fs::read(self.prefix().join("error.pb")).expect("error.pb");
        assert!(!self.prefix().join("outputs.pb").exists());
        let document = ErrorDocument::decode(&*bytes).expect("an ErrorDocument");
        document.error.expect("an error")
    }
}
