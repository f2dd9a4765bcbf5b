//! Launch plans of workflows that another program has registered.

use std::process::Command;

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{Ended, run};

const DEEP: &str = env!("CARGO_BIN_EXE_deep");
const ELSEWHERE: &str = env!("CARGO_BIN_EXE_elsewhere");
const REGISTER: &str = "register --image registry.example/app:1 --version v1";

fn app(server: &FlyteServer, program: &str, words: &str) -> Ended {
    let mut command = Command::new(program);
    command.args(words.split_whitespace());
    server.configure(&mut command);
    command.env_remove("CARGO_MANIFEST_DIR");
    command.env("HOME", server.folder());
    run(command.current_dir(server.folder()))
}

#[test]
fn a_plan_starts_the_workflow_of_another_program() {
    let program = format!("/usr/local/bin/flytekit-app={DEEP}");
    let server = FlyteServer::start(&["--program", &program]);
    let ended = app(&server, ELSEWHERE, REGISTER);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(ended.stderr.contains("deep.middle"), "{ended}");

    for program in [DEEP, ELSEWHERE] {
        let ended = app(&server, program, REGISTER);
        assert!(ended.success(), "{ended}");
    }
    for (words, outputs) in [
        ("elsewhere.lenient", "o0 = 8\n"),
        ("elsewhere.lenient --n 5", "o0 = 20\n"),
    ] {
        let ended = app(&server, ELSEWHERE, &format!("run --remote --wait {words}"));
        assert_eq!(ended.text(), outputs, "{words}: {ended}");
    }
    let ended = app(
        &server,
        ELSEWHERE,
        "run --remote --wait elsewhere.lenient --strict",
    );
    assert!(!ended.success(), "{ended}");
}

#[test]
fn only_its_interface_is_known_here() {
    let server = FlyteServer::start(&[]);
    let listed = app(&server, ELSEWHERE, "list").text();
    let plan = "elsewhere.lenient(n: integer)  [launch plan of deep.middle]\n";
    assert!(listed.contains(plan), "{listed}");
    let json: serde_json::Value =
        serde_json::from_str(&app(&server, ELSEWHERE, "list --json").text()).expect("JSON");
    assert_eq!(json[0]["name"], "elsewhere.lenient");
    assert_eq!(json[0]["outputs"], serde_json::Value::Null);

    let reason = "the workflow `deep.middle` belongs to another program";
    for words in ["run elsewhere.lenient", "run elsewhere.twice --n 1"] {
        let ended = app(&server, ELSEWHERE, words);
        assert_eq!(ended.code(), Some(1), "{ended}");
        assert!(ended.stderr.contains(reason), "{ended}");
    }
}
