//! The parts of runs: closures of tasks in Rust and of workflows in Python, and images of both.

use std::fs;
use std::path::{Path, PathBuf};

use flytekit::types::{OutputsWriter, ValueError};
use flytekit_proto::flyteidl::core::literal::Value;
use flytekit_proto::flyteidl::core::primitive;
use flytekit_proto::flyteidl::core::scalar;
use flytekit_proto::flyteidl::core::{Literal, LiteralMap};
use flytekit_test_support::backend::{Execution, Image, Run, package};
use flytekit_test_support::{bytecode, python, python_program};
use flytekit_tests::run;
use prost::Message;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_runs");

/// The path of the executable in the container's command.
pub(crate) const IN_THE_IMAGE: &str = "/usr/local/bin/flytekit-app";

/// An entity that can run, in a folder of its own.
pub(crate) struct Flow {
    folder: TempDir,
    pub(crate) run: Run,
}

impl Flow {
    /// A task of the program `runs`, or a workflow in Python that uses them.
    pub(crate) fn of(entity: &str) -> Self {
        Flow::with_program(Path::new(PROGRAM), entity)
    }

    /// Like [`Self::of`], for another program.
    pub(crate) fn with_program(program: &Path, entity: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut run = Run {
            closure: vec![package(program, folder.path())],
            entity: entity.to_owned(),
            ..Run::default()
        };
        let image = Image {
            programs: [(IN_THE_IMAGE.to_owned(), vec![program.to_owned()])].into(),
            path: vec!["/usr/bin".into(), "/bin".into()],
            ..Image::default()
        };
        run.images.insert("*".to_owned(), image);
        Flow { folder, run }
    }

    /// Adds the entities that flytekit registers for a package in `tests/python`, and an image with the
    /// package.
    pub(crate) fn in_python(mut self, package: &str) -> Self {
        let folder = self.folder.path().join("python");
        fs::create_dir(&folder).expect("a folder");
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let mut pyflyte = python_program("pyflyte");
        pyflyte.args(["--pkgs", package, "serialize", "--image", "python:1"]);
        pyflyte.args(["workflows", "-f"]).arg(&folder);
        let ended = run(pyflyte
            .env("PYTHONPATH", &sources)
            .current_dir(self.folder.path()));
        assert!(ended.success(), "{ended}");
        let programs = python().with_file_name("");
        let (variable, bytecode) = bytecode();
        let image = Image {
            path: vec![programs, "/usr/bin".into(), "/bin".into()],
            environment: [
                ("PYTHONPATH".to_owned(), sources.display().to_string()),
                (variable.to_owned(), bytecode.display().to_string()),
            ]
            .into(),
            ..Image::default()
        };
        self.run.images.insert("python:1".to_owned(), image);
        self.run.closure.push(folder);
        self
    }

    /// Adds a variable to the image.
    pub(crate) fn with_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        let image = self.run.images.get_mut("*").expect("an image");
        image.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a program to the image.
    pub(crate) fn with_command(mut self, name: &str, words: &[&str]) -> Self {
        let image = self.run.images.get_mut("*").expect("an image");
        let words = words.iter().map(PathBuf::from);
        image.programs.insert(name.to_owned(), words.collect());
        self
    }

    /// Sets the inputs.
    pub(crate) fn given(
        mut self,
        inputs: impl FnOnce(&mut OutputsWriter) -> Result<(), ValueError>,
    ) -> Self {
        let mut literals = OutputsWriter::new();
        inputs(&mut literals).expect("values that Flyte has");
        let path = self.path("inputs.pb");
        fs::write(&path, literals.finish()).expect("a file");
        self.run.inputs = Some(path);
        self
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self) -> Execution {
        self.run.run()
    }

    /// Runs the entity, and returns its outputs.
    pub(crate) fn outputs(&self) -> LiteralMap {
        let execution = self.run();
        assert!(execution.success(), "{execution}");
        LiteralMap::decode(&*execution.outputs()).expect("a LiteralMap")
    }
}

/// A primitive of an execution's outputs.
#[track_caller]
pub(crate) fn primitive(outputs: &LiteralMap, name: &str) -> primitive::Value {
    value(outputs.literals.get(name).expect("an output"))
}

/// The primitive in a literal.
#[track_caller]
pub(crate) fn value(literal: &Literal) -> primitive::Value {
    match &literal.value {
        Some(Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => primitive.value.clone().expect("a value"),
            other => panic!("no primitive: {other:?}"),
        },
        other => panic!("no scalar: {other:?}"),
    }
}
