//! `--follow`: runs of nested workflows and branches, and of many nodes.

use std::process::Command;

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{Ended, run};

const DEEP: &str = env!("CARGO_BIN_EXE_deep");

fn server() -> FlyteServer {
    let program = format!("/usr/local/bin/flytekit-app={DEEP}");
    let server = FlyteServer::start(&["--program", &program]);
    let ended = deep(&server, &["register", "--image", "registry.example/app:1"]);
    assert!(ended.success(), "{ended}");
    server
}

fn deep(server: &FlyteServer, words: &[&str]) -> Ended {
    let mut command = Command::new(DEEP);
    command.args(words);
    server.configure(&mut command);
    command.env_remove("CARGO_MANIFEST_DIR");
    command.env("HOME", server.folder());
    run(command.current_dir(server.folder()))
}

fn follow(server: &FlyteServer, words: &[&str]) -> Ended {
    deep(server, &[&["run", "--remote", "--follow"], words].concat())
}

#[test]
fn nodes_in_one_another_are_told_by_their_ways() {
    let server = server();
    let ended = follow(&server, &["deep.deep", "--n", "4"]);
    assert_eq!(ended.text(), "o0 = 64\n", "{ended}");
    for node in [
        "n0",
        "n0/n0",
        "n0/n0/n0-n1",
        "n0/n0/n0-n1/n0",
        "n0/n1",
        "n1",
        "n1/n1-n0",
        "n1/n1-n0/n0",
        "n1/n1-n0/n0/n0-n1/n0",
        "n1/n1-n0/n1",
    ] {
        let line = format!("{node}: succeeded");
        let count = ended.stderr.lines().filter(|it| **it == line).count();
        assert_eq!(count, 1, "{line}: {ended}");
    }
    let ended = follow(&server, &["deep.deep", "--n", "4", "--strict"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.stderr.contains("16 is refused"), "{ended}");
}

#[test]
fn more_nodes_than_a_page_has_are_told_once_each() {
    let server = server();
    let ended = follow(&server, &["deep.wide", "--n", "4"]);
    assert_eq!(ended.text(), "o0 = 8\n", "{ended}");
    for node in 0..=130 {
        let line = format!("n{node}: succeeded");
        let count = ended.stderr.lines().filter(|it| **it == line).count();
        assert_eq!(count, 1, "{line}: {ended}");
    }
    // Nodes that have ended cause no further calls.
    let asked: usize = server.answers("ListTaskExecutions").values().sum();
    assert!(asked < 131 * 20, "{asked} questions");
}

/// The lines about the node `n0` and its elements.
fn told(ended: &Ended) -> Vec<&str> {
    let of_map = |line: &&str| line.starts_with("n0:") || line.starts_with("n0[");
    ended.stderr.lines().filter(of_map).collect()
}

#[test]
fn elements_of_a_map_are_told_with_their_failures() {
    let server = server();
    let ended = follow(&server, &["deep.all", "--numbers", "[1, 2, 3, 4]"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let lines = told(&ended);
    let count = |begin: &str, end: &str| {
        let lines = lines.iter();
        lines
            .filter(|it| it.starts_with(begin) && it.ends_with(end))
            .count()
    };
    assert!(count("n0: 4 elements: ", " failed") >= 1, "{ended}");
    assert_eq!(
        count("n0[2], attempt 1: log Kubernetes", "-n2-0"),
        1,
        "{ended}"
    );
    assert_eq!(
        count("n0[2], attempt 1: failed (pod ", "-n2-0)"),
        1,
        "{ended}"
    );
    let error = "USER:RuntimeError: element 2: 3 is divisible";
    assert_eq!(count(&format!("n0[2]: failed: {error}"), ""), 1, "{ended}");
    assert_eq!(
        count("n0: failed", &format!(": [2]: {error}")),
        1,
        "{ended}"
    );
    assert!(
        ended.stderr.contains("error: the run failed: [2]: "),
        "{ended}"
    );
    // Nobody asks for the logs of the others.
    assert_eq!(count("n0[", ""), 3, "{ended}");
}

#[test]
fn a_map_that_may_lose_elements_tells_which_ones() {
    let server = server();
    let ended = follow(&server, &["deep.some", "--numbers", "[1, 2, 3, 4, 5]"]);
    assert!(ended.success(), "{ended}");
    let lines = told(&ended);
    assert!(
        lines.contains(&"n0: 5 elements: 4 succeeded, 1 failed"),
        "{ended}"
    );
    assert!(lines.contains(&"n0: succeeded"), "{ended}");
    let failed = lines
        .iter()
        .filter(|it| it.starts_with("n0[2]") && it.contains(": failed"));
    assert_eq!(failed.count(), 1, "{ended}");
}
