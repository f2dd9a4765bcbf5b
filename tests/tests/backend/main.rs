//! What the backend's own code makes of what this project emits: its compiler, its plugins, its engine.

mod compiler;
mod ends;
mod flow;
mod objects;
mod values;
