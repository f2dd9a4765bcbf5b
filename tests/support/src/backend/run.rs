//! The engine.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tempfile::TempDir;

use super::{Failure, Refusal, ask};

/// What is to be run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Run {
    /// Archives, folders and files of `package` and `pyflyte serialize`.
    pub closure: Vec<PathBuf>,
    /// The name of a launch plan, else of a workflow, else of a task.
    pub entity: String,
    /// A file with a `LiteralMap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<PathBuf>,
    /// What containers can start, by the name of their image; `*` is any other.
    pub images: BTreeMap<String, Image>,
    /// Of the platform and the execution.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub settings: Map<String, Value>,
    /// Answers of gates.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub signals: Map<String, Value>,
    /// When the execution is aborted; never, if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort: Option<Abort>,
    /// A folder of cached outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<PathBuf>,
}

/// What containers of an image can start.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Image {
    /// What is started, by what a container's command says.
    pub programs: BTreeMap<String, Vec<PathBuf>>,
    /// Where other programs are looked for.
    pub path: Vec<PathBuf>,
    /// Variables.
    pub environment: BTreeMap<String, String>,
}

/// When an execution is aborted.
#[derive(Clone, Debug, Serialize)]
pub struct Abort {
    /// Once this file is there.
    pub file: PathBuf,
}

/// How an execution went.
///
/// As text it is all that can be known of it, for the message of an assertion.
#[derive(Debug)]
pub struct Execution {
    /// What the backend said.
    pub told: Told,
    folder: TempDir,
}

/// What the backend says of an execution.
#[derive(Debug, Deserialize)]
pub struct Told {
    /// `SUCCEEDED`, `FAILED`, `ABORTED`, or `REFUSED` if nothing ran.
    pub phase: String,
    /// Why it did not succeed.
    pub error: Option<Failure>,
    /// A file with a `LiteralMap`.
    pub outputs: Option<PathBuf>,
    /// By their unique ids.
    #[serde(default)]
    pub nodes: Vec<Node>,
    /// In the order in which they ended.
    #[serde(default)]
    pub containers: Vec<Container>,
    /// Those given to Kubernetes, as YAML.
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
    /// `SUCCEEDED`, …
    pub phase: String,
    /// Why it did not succeed.
    pub error: Option<Failure>,
}

/// A node of an execution.
#[derive(Debug, Deserialize)]
pub struct Node {
    /// Unique in the execution.
    pub id: String,
    /// `SUCCEEDED`, …
    pub phase: String,
    /// Why it did not succeed.
    pub error: Option<Failure>,
    /// `CACHE_HIT`, …
    pub cache: Option<String>,
    /// A file with a `LiteralMap`.
    pub outputs: Option<String>,
    /// Where the deck is.
    pub deck: Option<String>,
    /// In order.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// An attempt at a node's task.
#[derive(Debug, Deserialize)]
pub struct Attempt {
    /// From 0 on.
    pub attempt: u32,
    /// `SUCCEEDED`, …
    pub phase: String,
    /// Why it did not succeed.
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
    /// With all variables replaced.
    pub command: Vec<String>,
    /// The exit code.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<Value>,
    /// What it said.
    pub log: PathBuf,
}

impl Run {
    /// Runs it to its end.
    ///
    /// # Panics
    ///
    /// When the request is none, or the execution does not end.
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
    /// The folder of all that it wrote, which goes away with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether it succeeded.
    pub fn success(&self) -> bool {
        self.told.phase == "SUCCEEDED"
    }

    /// The bytes of its outputs, a `LiteralMap`.
    ///
    /// # Panics
    ///
    /// When there are none.
    pub fn outputs(&self) -> Vec<u8> {
        let path = self.told.outputs.as_ref();
        let path = path.unwrap_or_else(|| panic!("no outputs: {self}"));
        fs::read(path).unwrap_or_else(|error| panic!("{}: {error}\n{self}", path.display()))
    }

    /// The error with which it ended.
    ///
    /// # Panics
    ///
    /// When it ended without one.
    pub fn error(&self) -> &Failure {
        let error = self.told.error.as_ref();
        error.unwrap_or_else(|| panic!("no error: {self}"))
    }

    /// A node.
    ///
    /// # Panics
    ///
    /// When there is no such node.
    pub fn node(&self, id: &str) -> &Node {
        let node = self.told.nodes.iter().find(|node| node.id == id);
        node.unwrap_or_else(|| panic!("no node {id}: {self}"))
    }
}

impl Container {
    /// What follows this word in its command.
    pub fn argument(&self, flag: &str) -> Option<&str> {
        let place = self.command.iter().position(|word| word == flag)?;
        self.command.get(place + 1).map(String::as_str)
    }

    /// What it said.
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
