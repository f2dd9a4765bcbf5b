//! The backend's own code judges this project's output: its compiler, its plugins, its engine.

mod attempts;
mod compiler;
mod cron;
mod dynamic;
mod ends;
mod engines;
mod flow;
mod maps;
mod nodes;
mod objects;
mod raw;
mod values;
mod workflows;
