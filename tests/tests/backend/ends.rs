//! The ends of a task's container, and the backend's reactions.

use flytekit_proto::flyteidl::core::primitive::Value;
use flytekit_test_support::backend::{Abort, Execution};
use flytekit_test_support::is_running;
use serde_json::json;

use crate::flow::{Flow, primitive};

/// The attempts of the only node of a task that runs by itself; the node has the task's name.
fn attempts(execution: &Execution) -> Vec<&str> {
    let nodes = execution.told.nodes.iter();
    let mut nodes = nodes.filter(|node| !node.attempts.is_empty());
    let node = nodes.next().unwrap_or_else(|| panic!("{execution}"));
    assert!(nodes.next().is_none(), "{execution}");
    let attempts = node.attempts.iter();
    attempts.map(|attempt| attempt.phase.as_str()).collect()
}

fn failed(how: &str) -> Execution {
    let flow = Flow::of("runs.ends.fails").given(|inputs| inputs.output("how", &how.to_owned()));
    let execution = flow.run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    execution
}

/// An error document with exit code 0 is the task's own verdict: a final error is not retried.
#[test]
fn an_error_is_told_by_its_document() {
    for (how, kind, code, message) in [
        ("user", "USER", "USER:RuntimeError", "the user's fault"),
        ("panic", "USER", "USER:Panic", "no way"),
        ("exit", "USER", "USER:RuntimeError", "ended the process"),
    ] {
        let execution = failed(how);
        let error = execution.error();
        assert_eq!(error.kind, kind, "{execution}");
        assert_eq!(error.code, code, "{execution}");
        assert!(error.message.contains(message), "{execution}");
        assert_eq!(attempts(&execution), ["FAILED"], "{execution}");
        assert_eq!(execution.told.containers[0].exit, Some(0), "{execution}");
    }
}

/// Faults of the system are retried.
#[test]
fn the_systems_fault_is_tried_again() {
    let execution = failed("system");
    let error = execution.error();
    // As often as the platform allows, not the task.
    assert_eq!(attempts(&execution).len(), 4, "{execution}");
    assert_eq!(error.code, "RetriesExhausted|SYSTEM", "{execution}");
}

/// A process that ends without a document is a failure of the platform: it is retried, whatever the task's
/// retries are.
#[test]
fn an_end_without_a_word_is_tried_again() {
    let execution = failed("kill the container");
    assert!(attempts(&execution).len() > 1, "{execution}");
    assert!(
        execution.error().code.contains("Interrupted"),
        "{execution}"
    );
}

/// The process that waits for the task's process reports it.
#[test]
fn a_crash_is_told_and_tried_again() {
    for (how, signal) in [("abort", "SIGABRT"), ("kill", "SIGKILL")] {
        let execution = failed(how);
        let error = execution.error();
        assert_eq!(attempts(&execution).len(), 4, "{execution}");
        assert_eq!(error.code, "RetriesExhausted|SYSTEM", "{execution}");
        let said = format!("the task's process was ended by {signal}");
        assert!(error.message.contains(&said), "{execution}");
    }
}

#[test]
fn what_can_be_recovered_from_is_tried_again() {
    let flow = Flow::of("runs.ends.recovers").given(|inputs| inputs.output("at", &2_i64));
    let execution = flow.run();
    assert!(execution.success(), "{execution}");
    assert_eq!(attempts(&execution).len(), 3, "{execution}");
    let containers = &execution.told.containers;
    let previous: Vec<_> = containers
        .iter()
        .map(|container| container.argument("--prev-checkpoint"))
        .collect();
    let own: Vec<_> = containers
        .iter()
        .map(|container| container.argument("--checkpoint-path"))
        .collect();
    // Two quotes stand for no attempt before.
    assert_eq!(previous, [Some("\"\""), own[0], own[1]], "{execution}");

    let never = Flow::of("runs.ends.recovers").given(|inputs| inputs.output("at", &9_i64));
    let execution = never.run();
    assert_eq!(attempts(&execution).len(), 3, "{execution}");
    assert!(
        execution.error().code.starts_with("RetriesExhausted|"),
        "{execution}"
    );
}

#[test]
fn what_was_killed_is_tried_again() {
    let execution = Flow::of("runs.ends.killed_once").run();
    assert!(execution.success(), "{execution}");
    assert_eq!(attempts(&execution).len(), 2, "{execution}");
}

/// A message of any length reaches the user: the document is never larger than the backend's limit.
#[test]
fn a_long_error_is_told() {
    let mut flow =
        Flow::of("runs.ends.complains").given(|inputs| inputs.output("bytes", &(5_i64 << 20)));
    let config = json!({ "storage": { "limits": { "maxDownloadMBs": 2 } } });
    flow.run.settings.insert("config".to_owned(), config);
    let execution = flow.run();
    let error = execution.error();
    assert_eq!(error.code, "USER:RuntimeError", "{}", error.message);
    assert_eq!(attempts(&execution), ["FAILED"]);
}

#[test]
fn an_abort_ends_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let started = folder.path().join("started");
    let place = started.display().to_string();
    let mut flow = Flow::of("runs.ends.waits").given(|inputs| inputs.output("started", &place));
    flow.run.abort = Some(Abort {
        file: started.clone(),
    });
    let execution = flow.run();
    assert_eq!(execution.told.phase, "ABORTED", "{execution}");
    let number = std::fs::read_to_string(started).expect("a file");
    let number = number.parse().expect("a process");
    assert!(!is_running(number), "{execution}");
}

/// Outputs above the backend's limit are offloaded, if the backend enables that.
#[test]
fn large_literals_are_offloaded() {
    let mut flow = Flow::of("runs_flows.large.measured").in_python("runs_flows");
    let execution = flow.run();
    assert_eq!(execution.told.phase, "FAILED", "{execution}");
    let error = execution.error();
    assert_eq!(error.code, "OutputSizeExceeded", "{execution}");

    let config = json!({
        "propeller": { "literal-offloading-config": { "enabled": true } },
        "storage": { "limits": { "maxDownloadMBs": 20 } },
    });
    flow.run.settings.insert("config".to_owned(), config);
    let outputs = flow.outputs();
    let length = Value::Integer(12 << 20);
    assert_eq!(primitive(&outputs, "o0"), length);
    assert_eq!(primitive(&outputs, "o1"), length);
}

#[test]
fn secrets_come_by_the_environment() {
    let mut flow = Flow::of("runs.ends.guarded");
    let secrets = json!({ "vault": { "token": "tok3n-of-mine", "password": "pa55word" } });
    flow.run.settings.insert("secrets".to_owned(), secrets);
    let execution = flow.run();
    assert!(execution.success(), "{execution}");
    for object in &execution.told.objects {
        assert!(!object.contains("tok3n-of-mine"), "{object}");
    }
}

#[test]
fn a_cached_task_runs_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let place = log.display().to_string();
    let mut flow = Flow::of("runs.ends.cached").given(|inputs| {
        inputs.output("number", &21_i64)?;
        inputs.output("log", &place)
    });
    flow.run.catalog = Some(folder.path().join("catalog"));
    let caches = [(); 2].map(|()| {
        let execution = flow.run();
        assert!(execution.success(), "{execution}");
        let nodes = execution.told.nodes.iter();
        let caches: Vec<_> = nodes
            .filter_map(|node| node.cache.clone())
            .filter(|cache| cache != "CACHE_DISABLED")
            .collect();
        caches.join(" ")
    });
    assert_eq!(caches, ["CACHE_POPULATED", "CACHE_HIT"]);
    assert_eq!(std::fs::read_to_string(log).expect("a log"), "21\n");
}

#[test]
fn a_pod_has_more_than_one_container() {
    let outputs = Flow::of("runs.ends.beside").outputs();
    assert_eq!(
        primitive(&outputs, "o0"),
        Value::StringValue("hello".to_owned())
    );
}

/// Timeouts are those of nodes: Flyte does not read the task's timeout if the task runs by itself.
#[test]
fn too_slow_a_task_is_ended() {
    let flow = Flow::of("runs_flows.slow.impatient").in_python("runs_flows");
    let execution = flow.run();
    // The attempt has the same timeout as the node, and Flyte reports the one that it checks first:
    assert!(execution.error().code.contains("Timeout"), "{execution}");
    let ends = execution.told.containers.iter().map(|it| it.exit);
    assert!(ends.clone().all(|exit| exit == Some(143)), "{execution}");
    assert!(ends.count() > 0, "{execution}");
}
