//! Queries of `SQLite` databases, whose results are tables in Parquet files.
//!
//! A [`SqliteQuery`] is what flytekit's `SQLite3Task` keeps in its template: a text with places for
//! inputs, the URI of a database, and whether that is an archive. Run in a task, it gives a structured
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
//! [`SqliteExecutor`] runs the templates themselves: a program that names this crate is an image for all
//! `SQLite3Task`s, those that Python registered, too.
//!
//! # How inputs enter the text
//!
//! `{{.inputs.album}}` is replaced by the value, as flytekit does it (spaces inside of the braces and
//! the case of `inputs` do not matter). Every input has to be there, and each has to be used.
//!
//! * Inside of quotes the quote is doubled where it stands in the value: `'{{.inputs.name}}'` is a
//!   string whatever the value is. flytekit leaves it as it is: there, a value with a quote is a broken
//!   query, or another one.
//! * Outside of quotes a text is a part of the query, as in flytekit: the name of a table, or more.
//!   Numbers and booleans cannot be anything else there. None is `NULL`.
//! * Whatever is there, it can only read: one statement, on a database that is opened for reading,
//!   without `ATTACH` and without extensions.
//!
//! # Columns
//!
//! The values decide, as in pandas: integers are `Int64`, integers and floats `Float64`, texts `Utf8`,
//! binary data, and texts beside it, `Binary`; a column without any value is `Null`. Values may be missing in all of them; pandas
//! makes floats of integers then, and so it does when it reads such a table. Numbers beside texts or binary
//! data are an error that names the column and the row: `cast` is what helps.
//!
//! A result of any size is read and written in pieces. Where a later row is of a wider type than the
//! first rows, the query runs once more, in the same transaction.

mod archive;
mod columns;
mod database;
mod executor;
mod query;
mod template;

pub use executor::SqliteExecutor;
pub use query::{QueryInput, SqliteQuery};
pub use template::Input;
