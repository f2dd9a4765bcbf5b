//! Runs executions in Flyte's engine.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tempfile::TempDir;

use super::{Failure, Refusal, ask};

/// A request to run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Run {
    /// Archives, folders and files of `package` and `pyflyte serialize`.
    pub closure: Vec<PathBuf>,
    /// The name of a launch plan, or else of a workflow, or else of a task.
    pub entity: String,
    /// A file with a `LiteralMap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<PathBuf>,
    /// The name of the execution, which connectors tell attempts apart by; `f0` if None.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<String>,
    /// The programs of containers, by the name of their image; `*` is any other image.
    pub images: BTreeMap<String, Image>,
    /// Settings of the platform and the execution.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
    /// The answers to gates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub signals: Map<String, Value>,
    /// When to abort the execution; never if None.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort: Option<Abort>,
    /// A folder of cached outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<PathBuf>,
}

/// The programs that containers of an image can start.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Image {
    /// The command to start, by the program in a container's command.
    pub programs: BTreeMap<String, Vec<PathBuf>>,
    /// The folders in which other programs are searched.
    pub path: Vec<PathBuf>,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
}

/// When to abort an execution.
#[derive(Clone, Debug, Serialize)]
pub struct Abort {
    /// As soon as this file exists.
    pub file: PathBuf,
}

/// The course of an execution.
///
/// Its display form has all details, for the message of an assertion.
#[derive(Debug)]
pub struct Execution {
    /// The backend's report.
    pub told: Told,
    folder: TempDir,
}

/// The backend's report about an execution.
#[derive(Debug, Deserialize)]
pub struct Told {
    /// The phase: `SUCCEEDED`, `FAILED`, `ABORTED`, or `REFUSED` if nothing ran.
    pub phase: String,
    /// The error, if it did not succeed.
    pub error: Option<Failure>,
    /// A file with a `LiteralMap`.
    pub outputs: Option<PathBuf>,
    /// The nodes, sorted by their unique ids.
    #[serde(default)]
    pub nodes: Vec<Node>,
    /// The containers, in the order in which they ended.
    #[serde(default)]
    pub containers: Vec<Container>,
    /// The objects that Kubernetes was given, as YAML.
    #[serde(default)]
    pub objects: Vec<String>,
    /// The compiler's errors.
    #[serde(default)]
    pub refused: Vec<Refusal>,
    /// The executions of launch plans, in the order in which they were started.
    #[serde(default)]
    pub children: Vec<Child>,
}

/// An execution that another one launched.
#[derive(Debug, Deserialize)]
pub struct Child {
    /// The phase: `SUCCEEDED`, …
    pub phase: String,
    /// The error, if it did not succeed.
    pub error: Option<Failure>,
}

/// A node of an execution.
#[derive(Debug, Deserialize)]
pub struct Node {
    /// The id, unique in the execution.
    pub id: String,
    /// The phase: `SUCCEEDED`, …
    pub phase: String,
    /// The error, if it did not succeed.
    pub error: Option<Failure>,
    /// The state of the cache: `CACHE_HIT`, …
    pub cache: Option<String>,
    /// A file with a `LiteralMap`.
    pub outputs: Option<String>,
    /// The location of the deck.
    pub deck: Option<String>,
    /// The attempts, in order.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// An attempt at a node's task.
#[derive(Debug, Deserialize)]
pub struct Attempt {
    /// The index, from 0.
    pub attempt: u32,
    /// The phase: `SUCCEEDED`, …
    pub phase: String,
    /// The error, if it did not succeed.
    pub error: Option<Failure>,
}

/// A container that ran as a process.
#[derive(Debug, Deserialize)]
pub struct Container {
    /// The pod's name.
    pub pod: String,
    /// The container's name.
    pub container: String,
    /// The container's image.
    pub image: String,
    /// The command, with all variables replaced.
    pub command: Vec<String>,
    /// The exit code.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<Value>,
    /// The file with its output.
    pub log: PathBuf,
}

impl Run {
    /// Runs the execution to its end.
    ///
    /// # Panics
    ///
    /// If the request is invalid, or the execution does not end.
    ///
    /// ```no_run
    /// use flytekit_test_support::backend::Run;
    ///
    /// let run = Run { closure: vec!["package.tgz".into()], entity: "app.add".to_owned(), ..Run::default() };
    /// let execution = run.run();
    /// assert_eq!(execution.told.phase, "SUCCEEDED", "{execution}");
    /// ```
    pub fn run(&self) -> Execution {
        #[derive(Serialize)]
        struct Request<'a> {
            #[serde(flatten)]
            run: &'a Run,
            work: &'a Path,
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let request = Request {
            run: self,
            work: &folder.path().join("work"),
        };
        let told = ask("run", &request);
        Execution { told, folder }
    }
}

impl Execution {
    /// The folder with all files of the execution, which is removed with this value.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether the execution succeeded.
    pub fn success(&self) -> bool {
        self.told.phase == "SUCCEEDED"
    }

    /// The bytes of the outputs, a `LiteralMap`.
    ///
    /// # Panics
    ///
    /// If there are no outputs.
    pub fn outputs(&self) -> Vec<u8> {
        let path = self.told.outputs.as_ref();
        let path = path.unwrap_or_else(|| panic!("no outputs: {self}"));
        fs::read(path).unwrap_or_else(|error| panic!("{}: {error}\n{self}", path.display()))
    }

    /// The error with which the execution ended.
    ///
    /// # Panics
    ///
    /// If it ended without an error.
    pub fn error(&self) -> &Failure {
        let error = self.told.error.as_ref();
        error.unwrap_or_else(|| panic!("no error: {self}"))
    }

    /// A node.
    ///
    /// # Panics
    ///
    /// If there is no such node.
    pub fn node(&self, id: &str) -> &Node {
        let node = self.told.nodes.iter().find(|node| node.id == id);
        node.unwrap_or_else(|| panic!("no node {id}: {self}"))
    }
}

impl Container {
    /// The word after this one in the command.
    pub fn argument(&self, flag: &str) -> Option<&str> {
        let place = self.command.iter().position(|word| word == flag)?;
        self.command.get(place + 1).map(String::as_str)
    }

    /// The output.
    pub fn said(&self) -> String {
        fs::read(&self.log).map_or_else(
            |error| format!("no log: {error}"),
            |log| String::from_utf8_lossy(&log).into_owned(),
        )
    }
}

impl Display for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = &self.told;
        writeln!(f, "{} {:?} {:?}", told.phase, told.error, told.refused)?;
        for node in &told.nodes {
            writeln!(f, "node {} {} {:?}", node.id, node.phase, node.error)?;
            for Attempt {
                attempt,
                phase,
                error,
            } in &node.attempts
            {
                writeln!(f, "  attempt {attempt} {phase} {error:?}")?;
            }
        }
        for each in &told.containers {
            let (name, command) = (&each.container, each.command.join(" "));
            writeln!(
                f,
                "container {name}: {:?} {:?}: {command}",
                each.exit, each.signal
            )?;
            writeln!(f, "{}", each.said())?;
        }
        Ok(())
    }
}
