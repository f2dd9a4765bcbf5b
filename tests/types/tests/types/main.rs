//! Types in both languages: those that are drawn, and those of the documentation.

mod backend;
mod docs;
mod drawn;
