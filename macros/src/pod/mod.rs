//! Pods around a task's container, and those of Spark: `pod_template(…)`, `driver_pod(…)`.

pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod merge;
pub(crate) mod model;
pub(crate) mod read;
pub(crate) mod resources;
pub(crate) mod schema;
pub(crate) mod spec;
