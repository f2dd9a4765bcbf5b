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
    DEADLINE, Ended, Process, below, browser, build, diff, eventually, example, interpreter,
    is_running, python, python_package, run, run_within, script, signal, store, yaml,
};
pub use report::assert_no_problems;
pub use spark::SparkServer;
pub use templates::{check as check_templates, check_objects};

/// The pages whose examples need flytekit: those of the attributes, the guides, and the readmes of packages.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../macros/docs/columns.md")]
    mod columns {}
    #[doc = include_str!("../../macros/docs/dynamic.md")]
    mod dynamic {}
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
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../runtime/README.md")]
    mod readme_of_flytekit {}
    #[doc = include_str!("../../sqlite/README.md")]
    mod readme_of_sqlite {}
    #[doc = include_str!("../../docs/containers.md")]
    mod guide_containers {}
    #[doc = include_str!("../../docs/context.md")]
    mod guide_context {}
    #[doc = include_str!("../../docs/dask.md")]
    mod guide_dask {}
    #[doc = include_str!("../../docs/databricks.md")]
    mod guide_databricks {}
    #[doc = include_str!("../../docs/decks.md")]
    mod guide_decks {}
    #[doc = include_str!("../../docs/dynamic.md")]
    mod guide_dynamic {}
    #[doc = include_str!("../../docs/map.md")]
    mod guide_map {}
    #[doc = include_str!("../../docs/object-stores.md")]
    mod guide_object_stores {}
    #[doc = include_str!("../../docs/shim.md")]
    mod guide_shim {}
    #[doc = include_str!("../../docs/spark.md")]
    mod guide_spark {}
    #[doc = include_str!("../../docs/workflows.md")]
    mod guide_workflows {}
    #[doc = include_str!("../../docs/registration.md")]
    mod guide_registration {}
}
