//! The files by which a platform team deploys the server.

use std::process::Command;

use flytekit_test_support::{run, script};
use serde_json::{Value, json};

use crate::harness::Connector;

const PROGRAM: &str = env!("CARGO_BIN_EXE_flytekit-connector");

const DOCKERFILE: &str = include_str!("../../Dockerfile");

/// The arguments of all instructions with this name.
fn instructions(name: &str) -> Vec<&'static str> {
    let lines = DOCKERFILE.lines();
    let found = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.collect()
}

/// The words of an instruction that are written as JSON.
fn words(name: &str) -> Vec<String> {
    let [text] = instructions(name)[..] else {
        panic!("one {name}")
    };
    serde_json::from_str(text).unwrap()
}

#[test]
fn kubernetes_takes_the_manifest_and_the_server_its_arguments() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/kubernetes.yaml");
    let checked = run(script("manifest.py").arg(manifest));
    assert!(checked.success(), "{checked}");
    let told: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let kinds = [
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "Deployment",
        "Service",
    ];
    assert_eq!(
        told["objects"],
        json!(kinds.map(|it| format!("{it}/flyteconnector")))
    );
    let arguments = told["arguments"][0].as_array().unwrap().iter();
    let arguments = arguments.map(|it| {
        let argument = it.as_str().unwrap();
        // Other programs may use these ports on this machine.
        argument.replace("8000", "0").replace("9090", "0")
    });
    let mut command = Command::new(PROGRAM);
    let server = Connector::start(command.args(arguments));
    assert!(server.address().starts_with("127.0.0.1:"));
    server.metrics_port();
}

#[test]
fn the_image_starts_what_its_build_makes() {
    let toolchain = include_str!("../../../rust-toolchain.toml");
    let [build, _] = instructions("FROM")[..] else {
        panic!("two images")
    };
    let version = build
        .strip_prefix("rust:")
        .unwrap()
        .split('-')
        .next()
        .unwrap();
    assert!(toolchain.contains(&format!("\"{version}")), "{build}");
    assert!(
        instructions("RUN")
            .contains(&"cargo build --locked --release --package flytekit-connector")
    );
    let copied = instructions("COPY");
    let program = "--from=build /source/target/release/flytekit-connector /usr/local/bin/";
    assert!(copied.contains(&program), "{copied:?}");
    assert_eq!(words("ENTRYPOINT"), ["flytekit-connector"]);
    let help = run(Command::new(PROGRAM).args(words("CMD")).arg("--help"));
    assert!(help.success(), "{help}");
    // Kubernetes refuses a name where the pod must not run as root.
    let user = instructions("USER")[0];
    assert!(
        user.split(':')
            .all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)),
        "{user}"
    );
}
