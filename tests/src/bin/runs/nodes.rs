//! Tasks of workflows with nodes of all kinds.

use std::path::Path;
use std::thread;
use std::time::Duration;

use flytekit::prelude::*;

/// Adds two numbers.
#[task]
pub(crate) fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Fails once this file is there.
#[task]
pub(crate) fn fails_after(file: String) -> Result<i64> {
    while !Path::new(&file).exists() {
        thread::sleep(Duration::from_millis(10));
    }
    Err(Error::user("a sibling's mistake"))
}
