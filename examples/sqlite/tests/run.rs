//! Runs the tasks as the documentation does, one after the other.

use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit::arrow_array::cast::AsArray;
use flytekit::arrow_array::types::Int64Type;
use flytekit::types::{AnyColumns, StructuredDataset};
use flytekit_tests::{Ended, run};
use rusqlite::Connection;
use serde_json::Value;

fn music(folder: &Path) -> PathBuf {
    let path = folder.join("music.db");
    let database = Connection::open(&path).expect("a database");
    let tables = "
        create table tracks (title text, artist text, seconds integer);
        insert into tracks values
            ('Thunderstruck', 'AC/DC', 292), ('Hells Bells', 'AC/DC', 312), ('Zombie', 'Guns N'' Roses', 1),
            ('November Rain', 'Guns N'' Roses', 537), ('Unknown', 'AC/DC', null);";
    database.execute_batch(tables).expect("tables");
    path
}

fn task(name: &str, args: &[&str]) -> Ended {
    run(Command::new(env!("CARGO_BIN_EXE_sqlite-music"))
        .args(["run", name, "--json"])
        .args(args))
}

fn output(ended: &Ended) -> Value {
    assert!(ended.success(), "{ended}");
    let outputs: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    outputs["o0"].clone()
}

/// The longest track of an artist, by both tasks.
fn longest(database: &Path, artist: &str) -> Value {
    let database = database.to_string_lossy();
    let tracks = task(
        "sqlite_music.tracks",
        &["--database", &database, "--artist", artist],
    );
    let tracks = output(&tracks);
    let uri = tracks.as_str().expect("the URI of a table");
    output(&task("sqlite_music.longest", &["--tracks", uri]))
}

#[test]
fn the_one_tasks_table_is_the_others_input() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = music(folder.path());
    assert_eq!(longest(&database, "AC/DC"), "Hells Bells");
    assert_eq!(longest(&database, "Guns N' Roses"), "November Rain");
    assert_eq!(longest(&database, "' or '1' = '1"), Value::Null);
}

#[test]
fn a_query_in_a_template_runs_here_too() {
    let folder = tempfile::tempdir().expect("a folder");
    music(folder.path());
    let ended = run(Command::new(env!("CARGO_BIN_EXE_sqlite-music"))
        .args(["run", "sqlite_music.lengths", "--at-least", "10", "--json"])
        .current_dir(folder.path()));
    assert!(ended.success(), "{ended}");
    let outputs: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    let table = outputs["results"].as_str().expect("the URI of a table");
    let table = StructuredDataset::<AnyColumns>::from_uri(table);
    let rows: Vec<_> = table
        .batches()
        .expect("a table")
        .map(|batch| {
            let batch = batch.expect("rows");
            let artists = batch
                .column(0)
                .as_string::<i32>()
                .iter()
                .flatten()
                .map(str::to_owned);
            let seconds = batch.column(1).as_primitive::<Int64Type>().iter().flatten();
            artists.zip(seconds).collect::<Vec<_>>()
        })
        .collect();
    let expected = [("AC/DC".to_owned(), 604), ("Guns N' Roses".to_owned(), 537)];
    assert_eq!(rows.concat(), expected);
}

#[test]
fn what_is_no_database_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = folder.path().join("nowhere.db");
    let ended = task(
        "sqlite_music.tracks",
        &["--database", &nowhere.to_string_lossy(), "--artist", "x"],
    );
    assert!(!ended.success(), "{ended}");
    assert!(ended.stderr.contains("nowhere.db"), "{ended}");
}

#[test]
fn templates_are_those_of_the_snapshots() {
    flytekit_tests::check_templates("sqlite", Path::new(env!("CARGO_BIN_EXE_sqlite-music")));
}

#[test]
fn objects_are_those_of_the_snapshots() {
    flytekit_tests::check_objects("sqlite", Path::new(env!("CARGO_BIN_EXE_sqlite-music")));
}
