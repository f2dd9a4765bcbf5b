//! Write a Rust function, say where it runs, and the compiler makes it a Flyte task.
//!
//! ```
//! use flytekit::prelude::*;
//!
//! /// Adds two numbers.
//! #[task(retries = 3, requests(cpu = "1", mem = "2Gi"))]
//! fn add(a: i64, /** the other one */ b: i64) -> f64 {
//!     (a + b) as f64
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     # if true { return std::process::ExitCode::SUCCESS }
//!     flytekit::main()
//! }
//! ```
//!
//! The resulting executable is the program (`app run app.add --a 1 --b 2`), the entry point of the task's
//! container (`app execute …`), and the artifact for registration: a section of the file contains each task's
//! finished `TaskTemplate`.
//!
//! Where to look: [`task`] describes the attribute, [`types`] the types that tasks can pass on, [`engine`]
//! running on a cluster, [`store`] files in object stores, [`Error`] failures, and [`Task`] the constants of
//! a task.
//!
//! Crates whose types are in signatures are re-exported, so that a program need not depend on the same
//! version itself: [`serde_json`], `arrow_array` and `arrow_schema`, `chrono`, `jiff`, `spark::client`. The
//! traits of serde are those of its version 1.
//!
//! # Features
//!
#![doc = include_str!("../docs/features.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[path = "private.rs"]
#[doc(hidden)]
pub mod __v0_1_0;
mod bounded;
pub mod checkpoint;
#[cfg(feature = "children")]
mod child;
pub mod cli;
mod console;
pub mod context;
#[cfg(feature = "deck")]
pub mod deck;
pub mod declare;
#[cfg(feature = "fast")]
mod distribution;
#[cfg(feature = "package")]
#[expect(
    clippy::format_push_string,
    reason = "a picture is a text, which no writing can fail on"
)]
mod draw;
mod ends;
pub mod engine;
pub mod entity;
#[cfg(any(feature = "object-store", feature = "package"))]
mod environment;
pub mod error;

mod execute;
pub mod graph;
#[cfg_attr(
    not(feature = "package"),
    allow(
        dead_code,
        reason = "what is given by hand is read where it is registered"
    )
)]
mod image;
mod meter;
#[doc(hidden)]
pub mod notation;
mod order;
#[cfg(feature = "package")]
pub mod register;
pub mod registry;
pub mod shim;
pub mod store;
#[cfg(any(feature = "object-store", feature = "register"))]
#[doc(hidden)]
pub mod tls;
mod typed;
pub mod types;
pub mod wire;

pub use cli::main;
#[doc(hidden)]
pub use console::Redactor;
pub use context::{context, secret};
#[cfg(feature = "container")]
pub use engine::container;
#[cfg(feature = "dask")]
pub use engine::dask;
#[cfg(feature = "spark")]
pub use engine::databricks;
#[cfg(feature = "spark")]
pub use engine::spark;
pub use entity::gate::{approve, sleep, wait_for_input};
pub use entity::map::map;
pub use entity::{Entity, LaunchPlan, Task, Workflow};
pub use error::{Error, Origin, RecoverableError, Result};
#[cfg(feature = "dask")]
pub use flytekit_macros::worker_fn;
pub use flytekit_macros::{Columns, FlyteData, Outputs, dynamic, launch_plan, task, workflow};
pub use graph::{Graph, Promise};

#[doc(inline)]
pub use crate::__flytekit_map_task as map_task;
#[cfg(feature = "package")]
pub use register::settings::serialization as settings;

// Signatures here have types of these crates; another version would have different types.
#[cfg(feature = "arrow")]
pub use arrow_array;
#[cfg(feature = "arrow")]
pub use arrow_schema;
#[cfg(feature = "chrono")]
pub use chrono;
#[cfg(feature = "jiff")]
pub use jiff;
pub use serde_json;

/// The imports of a file with tasks: `use flytekit::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "dask")]
    pub use crate::dask::DaskClient;
    pub use crate::declare::{Accelerator, Resources};
    pub use crate::error::{Error, RecoverableError, Result};
    pub use crate::graph::{Graph, Promise, map_task, when};
    #[cfg(feature = "spark")]
    pub use crate::spark::SparkSession;
    #[cfg(feature = "arrow")]
    pub use crate::types::StructuredDataset;
    pub use crate::types::{FlyteData, FlyteDirectory, FlyteError, FlyteFile, FlyteType};
    #[cfg(feature = "dask")]
    pub use crate::worker_fn;
    pub use crate::{Columns, FlyteData, Outputs, dynamic, launch_plan, task, workflow};
    pub use crate::{approve, map, sleep, wait_for_input};
}
