//! Types in both languages: generated ones, and those of the documentation.

mod backend;
mod docs;
mod drawn;
mod from_flytekit;
