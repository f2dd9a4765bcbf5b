//! Dask: templates, and tasks on real clusters, whole and broken.

mod cluster;
mod failures;
mod harness;
mod local;
