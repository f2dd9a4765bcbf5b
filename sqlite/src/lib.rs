//! Queries of `SQLite` databases, whose results are tables in Parquet files.
//!
//! A [`SqliteQuery`] has the content of the template of flytekit's `SQLite3Task`: a text with placeholders
//! for inputs, the URI of a database, and whether that is an archive. In a task, it returns a structured
//! dataset:
//!
//! ```
//! use flytekit::prelude::*;
//! use flytekit_sqlite::SqliteQuery;
//!
//! /// The tracks of an album.
//! #[task]
//! fn tracks(album: i64) -> Result<StructuredDataset> {
//!     SqliteQuery::new("s3://music/chinook.db", "select * from tracks where album = {{.inputs.album}}")
//!         .run(&[("album", &album)])
//! }
//! ```
//!
//! [`SqliteExecutor`] runs the templates themselves: an image with a program that names this crate runs all
//! `SQLite3Task`s, also those that Python has registered.
//!
//! # How inputs enter the text
//!
//! As in flytekit, `{{.inputs.album}}` is replaced by the value (spaces inside of the braces and the case of
//! `inputs` do not matter). Every placeholder needs an input, and every input needs a placeholder.
//!
//! * Inside of quotes, quotes in the value are doubled: `'{{.inputs.name}}'` is a string for any value.
//!   flytekit does not double them, so a value with a quote breaks the query or changes its meaning.
//! * Outside of quotes, as in flytekit, a text becomes part of the query: the name of a table, or more. Numbers
//!   and booleans cannot become anything else there. None is `NULL`.
//! * A query can only read: it is one statement, on a database that is opened read-only, without `ATTACH` and
//!   without extensions.
//!
//! # Columns
//!
//! As in pandas, the values determine the types: integers are `Int64`, integers and floats `Float64`, texts
//! `Utf8`, binary data, also mixed with texts, `Binary`; a column without any value is `Null`. Values may be
//! missing in all of them; pandas then converts integers to floats, also when it reads such a table. Numbers
//! mixed with texts or binary data are an error that names the column and the row; use `cast`.
//!
//! A result of any size is read and written in pieces. If a later row has a wider type than the first rows,
//! the query runs once more, in the same transaction.

mod archive;
mod columns;
mod database;
mod executor;
mod query;
mod template;

pub use executor::SqliteExecutor;
pub use query::{QueryInput, SqliteQuery};
pub use template::Input;
