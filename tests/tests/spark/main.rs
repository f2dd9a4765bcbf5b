//! Spark: settings, templates, and tasks on real servers and clusters.

mod cluster;
mod databricks;
mod errors;
mod generic;
mod local;
mod neighbours;
mod sessions;
mod settings;
