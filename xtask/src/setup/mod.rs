//! The tools that are not Rust, in the ignored folder `.tools/`:
//!
//! | path | what |
//! |---|---|
//! | `demo-python/` | a virtual environment with Sail |
//! | `python/` | a virtual environment with what the tests need |
//! | `java/` | a Java runtime, if none was found |
//! | `spark-3.5/` … | other versions of Spark |
//! | `dask-2025.7/` | another version of Dask |
//! | `moto/` | a server that speaks like S3 |
//! | `protoc/` | the protobuf compiler, if none was found |
//! | `bin/protoc` | a link to the one or the other |
//!
//! Each folder carries a [`stamp`] that is written last: what has none, or an old one, is made
//! anew, so a set-up that was killed half-way needs no cleaning.

mod dask;
mod java;
mod moto;
mod protoc;
mod python;
mod spark;
mod stamp;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};

use self::java::Java;
use self::python::Environment;
use crate::{report, workspace};

/// What the tests need.
pub(crate) struct Tools {
    /// A Python that imports flytekit, pyspark and pysail.
    pub(crate) python: PathBuf,
    /// The home of a Java that Spark accepts.
    pub(crate) java_home: PathBuf,
    /// The homes of Spark distributions beside the one of `python`.
    pub(crate) spark_homes: Vec<PathBuf>,
    /// A folder of packages with which `python` has another version of Dask.
    pub(crate) dask: PathBuf,
    /// A folder of packages with which `python` has moto.
    pub(crate) moto: PathBuf,
}

/// Sets up what the demo needs, and gives a Python that imports pysail.
pub(crate) fn demo() -> Result<PathBuf> {
    let started = Instant::now();
    let python = Environment::demo().provide()?;
    let protoc = protoc::provide(&python)?;
    say_ready(started, &[python.to_string(), protoc]);
    Ok(python.program)
}

/// Sets up what the tests need.
pub(crate) fn tests() -> Result<Tools> {
    let started = Instant::now();
    let python = Environment::tests().provide()?;
    let protoc = protoc::provide(&python)?;
    let java = Java::provide(&python)?;
    let spark_homes = spark::provide(&python)?;
    let dask = dask::provide(&python)?;
    let moto = moto::provide(&python)?;
    say_ready(started, &[python.to_string(), java.to_string(), protoc]);
    Ok(Tools {
        python: python.program,
        java_home: java.home,
        spark_homes,
        dask,
        moto,
    })
}

/// Sets up what a build of everything needs.
pub(crate) fn build() -> Result<()> {
    if protoc::is_ready() {
        Ok(())
    } else {
        demo().map(drop)
    }
}

/// Sets up what any chore needs.
pub(crate) fn everything() -> Result<Tools> {
    demo()?;
    tests()
}

fn say_ready(started: Instant, tools: &[String]) {
    let took = report::seconds(started.elapsed());
    report::say("Ready", &format!("{} ({took})", tools.join(", ")));
}

/// Makes `.tools/` itself.
fn make_tools_folder() -> Result<()> {
    let folder = workspace::tools();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))
}
