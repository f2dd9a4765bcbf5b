//! The server, called by the official stubs, and Databricks, played by `tests/python/databricks_server.py`.

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
