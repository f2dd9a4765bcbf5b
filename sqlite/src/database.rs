//! Opens the database of a query, on this machine and read-only.

use std::path::Path;

use flytekit::engine::{Cancellable, cancellable};
use flytekit::types::FlyteFile;
use flytekit::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::archive;

/// An open database, and the resources that are released when it is closed.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) connection: Connection,
    _unpacked: Option<Unpacked>,
    _downloaded: FlyteFile,
}

/// A folder that is removed when this is dropped, and when a signal ends the process.
#[derive(Debug)]
struct Unpacked {
    folder: TempDir,
    _taken_back: Cancellable<'static>,
}

impl Unpacked {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let taken_back = folder.path().to_owned();
        Ok(Unpacked {
            folder,
            _taken_back: cancellable(move || _ = std::fs::remove_dir_all(taken_back)),
        })
    }
}

impl Database {
    /// Opens the database at a URI. A local database is read in place.
    pub(crate) fn open(uri: &str, compressed: bool) -> Result<Self> {
        let file = FlyteFile::new(uri);
        let path = file
            .path()
            .map_err(|error| told(Error::from(error), "get", uri))?;
        let (connection, unpacked) = if compressed {
            let unpacked = Unpacked::new()?;
            let database = unpacked.folder.path().join("database");
            archive::unpack(path, &database)
                .map_err(|error| told(Error::from(error), "unpack", uri))?;
            (connect(&database, uri)?, Some(unpacked))
        } else {
            (connect(path, uri)?, None)
        };
        Ok(Database {
            connection,
            _unpacked: unpacked,
            _downloaded: file,
        })
    }
}

/// Adds the name of the database to an error, and keeps its classification: a disk may be full.
fn told(error: Error, tried: &str, uri: &str) -> Error {
    let message = format!("cannot {tried} the database {uri}: {error}");
    error.said_as(message)
}

fn connect(path: &Path, uri: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        // Both runs of a query must see the same data. This also detects an invalid database.
        connection.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")?;
        Ok(connection)
    });
    opened.map_err(|error| {
        let hint = match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => {
                "; an archive needs `compressed`, and an archive with a password cannot be read"
            }
            _ => "",
        };
        Error::user(format!("cannot open the database {uri}: {error}{hint}"))
    })
}
