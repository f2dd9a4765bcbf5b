//! A binary whose tasks query databases of `SQLite`.

use std::process::ExitCode;

use flytekit::prelude::*;
use flytekit_sqlite::{QueryInput, SqliteQuery};

/// Runs a query with those of its inputs that there are.
#[task(name = "query")]
fn query(
    template: String,
    uri: String,
    compressed: bool,
    number: Option<i64>,
    share: Option<f64>,
    text: Option<String>,
) -> Result<StructuredDataset> {
    let query = SqliteQuery::new(uri, template);
    let query = if compressed {
        query.compressed()
    } else {
        query
    };
    let mut inputs: Vec<(&str, &dyn QueryInput)> = Vec::new();
    if let Some(number) = &number {
        inputs.push(("number", number));
    }
    if let Some(share) = &share {
        inputs.push(("share", share));
    }
    if let Some(text) = &text {
        inputs.push(("text", text));
    }
    query.run(&inputs)
}

fn main() -> ExitCode {
    flytekit::main()
}
