//! The tools that are not Rust, in the ignored folder `.tools/`:
//!
//! | path | content |
//! |---|---|
//! | `installer/` | uv, and pip for the tasks that uv cannot do |
//! | `demo-python/` | a virtual environment with Sail |
//! | `python/` | a virtual environment for the tests, with an archive of the classes of its Spark |
//! | `pycache/` | the modules that Python has compiled during tests |
//! | `java/` | a Java runtime, if none was found |
//! | `spark-3.5/` … | other versions of Spark |
//! | `dask-2025.7/` | another version of Dask |
//! | `moto/` | a server with S3's protocol |
//! | `connector/` | flytekit's connector server, and the stubs of Flyte 2 |
//! | `backend/` | the backend's own code as one program |
//! | `browser/` | Chromium, with which the tests look at pages |
//! | `node/` | Node with npm, if none was found |
//! | `go/`, `go-cache/` | Go and its downloaded and compiled files, if none was found |
//! | `protoc/` | the protobuf compiler, if none was found |
//! | `cargo-deny/`, `cargo-hack/`, `mdbook/` | programs that `lint`, `release` and `book` run |
//! | `bin/protoc` | a link to the protobuf compiler that is used |
//!
//! Each folder has a [`stamp`] that is written last. A folder without a stamp, or with an old one, is created
//! again, so an interrupted set-up needs no cleaning.

mod backend;
mod browser;
mod classes;
mod connector;
mod cost;
mod dask;
mod folder;
mod go;
mod installer;
mod java;
mod lock;
mod moto;
mod program;
mod protoc;
mod python;
mod spark;
mod stamp;

use std::path::PathBuf;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};

pub(crate) use self::go::{Go, backend_sources};
pub(crate) use self::program::Program;

use self::installer::Installer;
use self::java::Java;
use self::lock::Lock;
use self::python::Environment;
use crate::{report, workspace};

/// The tools for the tests.
pub(crate) struct Tools {
    /// A Python that imports flytekit, pyspark and pysail.
    pub(crate) python: PathBuf,
    /// The home of a Java that Spark accepts.
    pub(crate) java_home: PathBuf,
    /// The options of short-lived JVMs of the Spark of `python`.
    pub(crate) java_options: String,
    /// The homes of further Spark distributions, besides the one of `python`.
    pub(crate) spark_homes: Vec<PathBuf>,
    /// A folder of packages with which `python` has another version of Dask.
    pub(crate) dask: PathBuf,
    /// A folder of packages with which `python` has moto.
    pub(crate) moto: PathBuf,
    /// A folder of packages with which `python` has flytekit's connector server.
    pub(crate) connector: PathBuf,
    /// The backend's own code as a program.
    pub(crate) backend: PathBuf,
    /// A Chromium without windows.
    pub(crate) browser: PathBuf,
}

/// The folders of the tests' tools, without those for machines that lack Java, Go or Node.
const OF_TESTS: [&str; 9] = [
    "backend",
    "browser",
    "connector",
    "dask-2025.7",
    "moto",
    "python",
    "spark-3.5",
    "spark-4.0",
    "spark-4.3",
];

/// Sets up the tools for the demo, and returns a Python that imports pysail.
pub(crate) fn demo() -> Result<PathBuf> {
    let started = Instant::now();
    let _lock = Lock::take()?;
    let environment = Environment::demo();
    let installer = Installer::new(environment.find_python()?);
    let protoc = protoc::provide(&installer)?;
    let python = environment.provide(&installer)?;
    say_ready(started, &[python.to_string(), protoc]);
    Ok(python.program)
}

/// Sets up the tools for the tests, in parallel, because most of the work waits for the network.
pub(crate) fn tests() -> Result<Tools> {
    let started = Instant::now();
    let _lock = Lock::take()?;
    let environment = &Environment::tests();
    let installer = &Installer::new(environment.find_python()?);
    cost::announce(&OF_TESTS)?;
    thread::scope(|scope| {
        let python = scope.spawn(move || environment.provide(installer));
        let sparks =
            spark::VERSIONS.map(|version| scope.spawn(move || spark::provide(installer, version)));
        let protoc = scope.spawn(|| protoc::provide(installer));
        let java = scope.spawn(|| Java::provide(installer));
        let dask = scope.spawn(|| dask::provide(installer));
        let moto = scope.spawn(|| moto::provide(installer));
        let connector = scope.spawn(|| connector::provide(installer));
        let backend = scope.spawn(|| backend::provide(&Go::provide(installer)?));
        let browser = scope.spawn(|| browser::provide(installer));
        let (python, protoc, java) = (joined(python)?, joined(protoc)?, joined(java)?);
        let spark = environment.spark(&python)?;
        classes::provide(&spark, &java, &python)?;
        let tools = Tools {
            spark_homes: sparks.into_iter().map(joined).collect::<Result<_>>()?,
            dask: joined(dask)?,
            moto: joined(moto)?,
            connector: joined(connector)?,
            backend: joined(backend)?,
            browser: joined(browser)?,
            java_home: java.home.clone(),
            java_options: classes::options(&spark),
            python: python.program.clone(),
        };
        say_ready(started, &[python.to_string(), java.to_string(), protoc]);
        Ok(tools)
    })
}

fn joined<T>(step: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    let outcome = step.join();
    outcome.unwrap_or_else(|_| Err(anyhow!("a step of the set-up panicked")))
}

/// Sets up the tools for a build of everything.
pub(crate) fn build() -> Result<()> {
    if protoc::is_ready() {
        Ok(())
    } else {
        demo().map(drop)
    }
}

/// Sets up the tools that check and compile the Go program.
pub(crate) fn go() -> Result<Go> {
    let _lock = Lock::take()?;
    Go::provide(&Installer::new(Environment::demo().find_python()?))
}

/// Sets up a program that only some chores need, and returns its path.
pub(crate) fn program(program: Program) -> Result<PathBuf> {
    let _lock = Lock::take()?;
    program.provide(&Installer::new(Environment::demo().find_python()?))
}

/// Sets up the tools for any chore.
pub(crate) fn everything() -> Result<Tools> {
    demo()?;
    tests()
}

fn say_ready(started: Instant, tools: &[String]) {
    let took = report::seconds(started.elapsed());
    report::say("Ready", &format!("{} ({took})", tools.join(", ")));
}

/// Creates `.tools/` itself.
fn make_tools_folder() -> Result<()> {
    let folder = workspace::tools();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}
