//! Registration: settings, archives, calls to Flyte and executions, all compared with flytekit.

mod auth;
mod diff;
mod elsewhere;
mod fast;
mod fast_execute;
mod flows;
mod follow;
mod package;
mod pictures;
mod registering;
mod remote;
mod server;
mod settings;
