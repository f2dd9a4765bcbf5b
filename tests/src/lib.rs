//! Tests that cross crates, and what they share.

pub mod cluster;
mod container;
pub mod dask;
mod example;
mod json;
mod report;
mod spark;
pub mod tasks;
mod templates;

pub use container::ContainerRun;
pub use example::example;
pub use flytekit_test_support::{
    DEADLINE, Ended, Process, below, build, diff, eventually, is_running, python, python_package,
    run, run_within, script, signal, store,
};
pub use json::object;
pub use report::assert_no_problems;
pub use spark::SparkServer;
pub use templates::check as check_templates;
