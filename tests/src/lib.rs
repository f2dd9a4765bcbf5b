//! Tests across crates, and their helpers.

pub mod cluster;
mod container;
#[cfg(unix)]
mod containers;
pub mod dask;
mod report;
mod spark;
pub mod tasks;
mod templates;

pub use container::ContainerRun;
#[cfg(unix)]
pub use containers::ContainerEngine;
pub use flytekit_test_support::{
    DEADLINE, Ended, Process, below, browser, build, diff, eventually, example, is_running, python,
    python_package, run, run_within, script, signal, store,
};
pub use report::assert_no_problems;
pub use spark::SparkServer;
pub use templates::{check as check_templates, check_objects};

/// The pages of the attributes and derives, whose examples need flytekit.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../macros/docs/columns.md")]
    mod columns {}
    #[doc = include_str!("../../macros/docs/flyte_data.md")]
    mod flyte_data {}
    #[doc = include_str!("../../macros/docs/launch_plan.md")]
    mod launch_plan {}
    #[doc = include_str!("../../macros/docs/outputs.md")]
    mod outputs {}
    #[doc = include_str!("../../macros/docs/task.md")]
    mod task {}
    #[doc = include_str!("../../macros/docs/worker_fn.md")]
    mod worker_fn {}
    #[doc = include_str!("../../macros/docs/workflow.md")]
    mod workflow {}
}
