//! All that needs no engine: templates and values beside flytekit's, the command line, failures, files
//! and stores.

mod attempts;
mod cli;
mod container;
mod containers;
mod databases;
mod dataframes;
mod decks;
mod dynamic;
mod failures;
mod faults;
mod files;
mod flytekit_templates;
mod flytekit_values;
mod graphs;
mod idl_conformance;
mod literals;
mod maps;
mod memory;
mod object_stores;
mod outside;
mod secrets;
mod section;
mod shims;
mod template_encoding;
mod template_snapshots;
mod workflow_constants;
mod workflow_twins;
mod workflows;
