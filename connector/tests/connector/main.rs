//! Tests of the server. The official stubs call it, and `tests/python/databricks_server.py` plays Databricks.

mod deployment;
mod faults;
mod harness;
mod metadata;
mod propeller;
mod requests;
mod server;
mod sign_in;
mod spark;
mod states;
