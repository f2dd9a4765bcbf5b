//! Queries a `SQLite` database of music, and finds the longest track in the result. A second query has
//! everything that it needs in its template, so that an image with an executor of queries runs it.
//!
//! ```sh
//! cargo run -p sqlite-music -- run sqlite_music.tracks --database chinook.db --artist "AC/DC"
//! cargo run -p sqlite-music -- run sqlite_music.longest --tracks <the URI of that table>
//! cargo run -p sqlite-music -- run sqlite_music.lengths --at-least 60
//! ```

use std::process::ExitCode;

use flytekit::arrow_array::cast::AsArray;
use flytekit::arrow_array::types::Int64Type;
use flytekit::prelude::*;
use flytekit_sqlite::{SqliteExecutor, SqliteQuery};

/// The columns that one task promises and the other needs.
#[derive(Columns)]
struct Track {
    title: String,
    seconds: i64,
}

/// The quotes are in the query, so that any artist's name is one text there.
const QUERY: &str = "
    select title, artist, seconds
    from tracks
    where artist = '{{.inputs.artist}}' and seconds >= {{.inputs.at_least}}
    order by title";

/// The tracks of an artist.
#[task]
fn tracks(
    /// Where the database lies.
    database: String,
    /// Whose tracks.
    artist: String,
    /// How many seconds they have at least.
    #[default(0)]
    at_least: i64,
) -> Result<StructuredDataset<Track>> {
    let found =
        SqliteQuery::new(database, QUERY).run(&[("artist", &artist), ("at_least", &at_least)])?;
    Ok(found.with_columns())
}

/// The title of the longest track.
#[task]
fn longest(tracks: StructuredDataset<Track>) -> Result<Option<String>> {
    let mut longest: Option<(i64, String)> = None;
    for batch in tracks.batches()? {
        let batch = batch?;
        let titles = batch.column(0).as_string::<i32>();
        let seconds = batch.column(1).as_primitive::<Int64Type>();
        for (title, seconds) in titles.iter().zip(seconds) {
            let (Some(title), Some(seconds)) = (title, seconds) else {
                continue;
            };
            if longest.as_ref().is_none_or(|(most, _)| seconds > *most) {
                longest = Some((seconds, title.to_owned()));
            }
        }
    }
    Ok(longest.map(|(_, title)| title))
}

/// A row of the result of `lengths`.
#[derive(Columns)]
struct Length {
    artist: String,
    seconds: i64,
}

/// Its output, by the name that flytekit's queries give theirs.
#[derive(Outputs)]
struct Lengths {
    results: StructuredDataset<Length>,
}

/// How long the tracks of each artist are together.
///
/// It is what Python's `SQLite3Task` is: flytekit's own image runs it, and so does this program.
#[task(shim(
    executor = SqliteExecutor,
    image = "registry.example.com/queries:1.0",
    task_type = "sqlite",
    custom = { "query_template": LENGTHS, "uri": "music.db", "compressed": false },
))]
fn lengths(
    /// How many seconds they have at least.
    at_least: i64,
) -> Result<Lengths>;

const LENGTHS: &str = "
    select artist, sum(seconds) as seconds
    from tracks
    where seconds >= {{.inputs.at_least}}
    group by artist
    order by artist";

fn main() -> ExitCode {
    flytekit::main()
}
