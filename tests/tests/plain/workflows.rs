//! Local runs of workflows.

use std::process::{Command, Stdio};

use flytekit_tests::{Ended, run};

/// The workflows of the program, as functions.
#[path = "../../src/bin/graphs/flows.rs"]
pub(crate) mod flows;

/// Dynamic tasks that call them.
#[path = "../../src/bin/graphs/dynamics.rs"]
pub(crate) mod dynamics;

fn fourfold(args: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_graphs"));
    for setting in ["FLYTEKIT_LOG", "RUST_LOG", "RUST_BACKTRACE"] {
        command.env_remove(setting);
    }
    command.stdin(Stdio::null());
    run(command.args(["run", "graphs.fourfold"]).args(args))
}

#[test]
fn a_workflow_runs_node_by_node() {
    let ended = fourfold(&["--n", "3", "--signal", "sure=true"]);
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "o0 = 12\n");
    let told = "n0: graphs.double\nn1: a gate\nn2: graphs.double\n";
    assert_eq!(ended.stderr, told);
}

#[test]
fn the_first_failure_is_named_by_its_node_and_task() {
    let ended = fourfold(&["--n", "50", "--signal", "sure=true"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    let error = "workflow graphs.fourfold: USER:RuntimeError: node `n2` (graphs.double): too large";
    assert!(ended.stderr.contains(error), "{ended}");
}

#[test]
fn a_gate_that_nobody_can_answer_says_how_to() {
    let ended = fourfold(&["--n", "3"]);
    assert_eq!(ended.code(), Some(1), "{ended}");
    for part in ["signal `sure`", "no terminal", "--signal sure=VALUE"] {
        assert!(ended.stderr.contains(part), "{ended}");
    }
}

#[test]
fn its_inputs_are_flags() {
    let ended = fourfold(&["--help"]);
    for part in ["--n <integer>", "a number", "--signal <NAME=VALUE>"] {
        assert!(ended.text().contains(part), "{ended}");
    }
    let ended = fourfold(&["--n", "three"]);
    assert_eq!(ended.code(), Some(2), "{ended}");
}

#[test]
fn a_workflow_is_a_function_that_runs_its_graph() {
    assert_eq!(flows::fourfold(3).unwrap(), 12);
    let literals = flows::literals("so".to_owned()).unwrap();
    assert_eq!(literals, ("so 3".to_owned(), 78));
    let parts = flows::parts(vec![8, 1]).unwrap();
    assert_eq!(parts, (3.0, 12, "c=3".to_owned()));
    let summary = flows::passed_on(4).unwrap();
    assert_eq!((summary.count, &*summary.words[0]), (6, "n=4"));
}

#[test]
fn the_error_of_a_workflow_that_is_called_names_the_node() {
    let error = flows::parts(Vec::new()).unwrap_err();
    let expected =
        "node `n0` (bodies.divide): `numbers` has no such part: there is no element 0 in it";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_workflow_has_its_defaults_on_the_command_line() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_graphs"));
    let ended = run(command.args(["run", "bodies.literals"]));
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "o0 = \"so 3\"\no1 = 78\n", "{ended}");
}

#[test]
fn a_workflow_takes_the_first_side_whose_condition_holds() {
    let chosen = |n, name: &str, fast, ratio| flows::chosen(n, name.to_owned(), fast, ratio);
    assert_eq!(chosen(11, "a", false, 0.1).unwrap(), "a 11 1");
    assert_eq!(chosen(5, "nobody", false, 0.9).unwrap(), "somebody 2 1");
    assert_eq!(chosen(12, "a", true, 0.4).unwrap(), "somebody 0 1");
    assert_eq!(chosen(9, "a", false, 0.9).unwrap(), "inner 0 1");
    assert_eq!(chosen(2, "a", false, 0.9).unwrap(), "a 1 1");
    assert_eq!(chosen(0, "nobody", true, 0.9).unwrap(), "nobody 1");
    let error = chosen(9, "a", true, 0.9).unwrap_err();
    assert_eq!(error.to_string(), "node `n1` (a branch): nothing fits");
}

#[test]
fn a_workflow_waits_for_signals_and_time() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_graphs"));
    command.args(["run", "bodies.waits", "--n", "3"]);
    command.args(["--signal", "sure=yes", "--signal", "limit=4"]);
    let ended = run(&mut command);
    assert!(ended.success(), "{ended}");
    assert_eq!(ended.text(), "o0 = 12\no1 = 4\n");
}

#[test]
fn waits_are_of_workflows() {
    let error = flytekit::approve(1, "sure").unwrap_err();
    assert!(
        error.to_string().contains("only for a workflow's body"),
        "{error}"
    );
    let error = flytekit::wait_for_input::<i64>("limit").unwrap_err();
    assert!(
        error.to_string().contains("only for a workflow's body"),
        "{error}"
    );
}

#[test]
fn constants_and_parts_are_what_they_are_in_rust() {
    let (name, x, list) = flows::constants(flows::Color::Green, vec![3]).unwrap();
    assert_eq!((&*name, x, list), ("Green Some(Red)", 1.5, vec![3]));
}

#[test]
fn a_node_has_as_many_attempts_as_it_says() {
    assert_eq!(flows::settled(3).unwrap(), 16);
}

#[test]
fn what_runs_on_failure_takes_the_inputs() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_graphs"));
    let ended = run(command.args(["run", "bodies.settled", "--n", "9"]));
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.text().contains("cleared up 9 None"), "{ended}");
}

#[test]
fn what_another_program_has_does_not_run_here() {
    let error = flows::scale(1, 0.5).unwrap_err();
    let expected = "`other.tasks.scale` belongs to another program, so it cannot run locally";
    assert!(error.to_string().starts_with(expected), "{error}");
    let panic = std::panic::catch_unwind(|| flows::count(Vec::new())).unwrap_err();
    let text = panic.downcast_ref::<String>().expect("text");
    assert!(
        text.starts_with("`other.tasks.count` belongs to another"),
        "{text}"
    );
    let error = flows::referring(3).unwrap_err();
    assert!(
        error.to_string().contains("node `n0` (other.report)"),
        "{error}"
    );
}
