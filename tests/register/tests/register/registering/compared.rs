//! `diff --registered`.

use std::process::Command;

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{Ended, run};

use super::{IMAGE, REGISTERED, elsewhere, register};

const OTHER: &str = "registry.example/app:2";

fn diff(server: &FlyteServer, arguments: &[&str]) -> Ended {
    let mut command = Command::new(REGISTERED);
    command.args(["diff", "--registered"]).args(arguments);
    elsewhere(&mut command, server);
    run(&mut command)
}

#[track_caller]
fn ends(ended: &Ended, code: i32, line: &str) {
    assert_eq!(ended.code(), Some(code), "{ended}");
    assert_eq!(ended.text().lines().last(), Some(line), "{ended}");
}

#[test]
fn tasks_are_compared_with_their_newest_or_a_given_version() {
    let server = FlyteServer::start(&[]);
    let new = diff(&server, &["--image", IMAGE]);
    ends(&new, 1, "3 added, 0 removed, 0 changed, 0 equal");
    assert!(new.text().contains("+ registered.add\n"), "{new}");

    for (version, image) in [("v1", IMAGE), ("v2", OTHER)] {
        let ended = register(&server, &["--version", version, "--image", image]);
        assert!(ended.success(), "{ended}");
    }
    let newest = diff(&server, &["--image", OTHER]);
    ends(&newest, 0, "0 added, 0 removed, 0 changed, 3 equal");
    let first = diff(&server, &["--image", OTHER, "--version", "v1"]);
    ends(&first, 1, "0 added, 0 removed, 3 changed, 0 equal");
    let words = format!("    container image: \"{OTHER}\", was \"{IMAGE}\"\n");
    assert!(first.text().contains(&words), "{first}");
    let none = diff(&server, &["--image", OTHER, "--version", "v3"]);
    ends(&none, 1, "3 added, 0 removed, 0 changed, 0 equal");
}

#[test]
fn where_tasks_fetch_the_same_executable_nothing_differs() {
    let server = FlyteServer::start(&[]);
    let ended = register(&server, &["--fast"]);
    assert!(ended.success(), "{ended}");
    let equal = diff(&server, &["--image", IMAGE]);
    ends(&equal, 0, "0 added, 0 removed, 0 changed, 3 equal");
}

#[test]
fn without_an_answer_nothing_is_said_about_differences() {
    let server = FlyteServer::start(&["--fail", "ListTasks=PERMISSION_DENIED"]);
    let ended = diff(&server, &["--image", IMAGE]);
    assert_eq!(ended.code(), Some(2), "{ended}");
    assert!(ended.stdout.is_empty(), "{ended}");
    assert!(ended.stderr.contains("cannot list tasks"), "{ended}");
}
