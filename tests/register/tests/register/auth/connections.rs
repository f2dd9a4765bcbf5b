//! TLS, and connections that fail.

use std::fs;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::run;

use super::{APPLICATION, refusal, registering, registers};

#[test]
fn a_server_that_is_not_there_at_first_is_asked_again() {
    let server = FlyteServer::start(&["--require-auth", "--fail-each-once"]);
    registers(&server, &APPLICATION);
    assert_eq!(server.answers("CreateTask")["OK"], 3);
}

#[test]
fn certificates_are_checked() {
    let server = FlyteServer::start(&["--tls", "--require-auth"]);
    registers(&server, &APPLICATION);

    let without = |settings: &[(&str, &str)]| {
        let mut command = registering(&server);
        command.env_remove("FLYTE_PLATFORM_CA_CERT_FILE_PATH");
        run(command.envs(APPLICATION).envs(settings.iter().copied()))
    };
    let said = without(&[]);
    assert_eq!(said.code(), Some(1), "{said}");
    let expected = "the certificate of `127.0.0.1` is signed by an authority that this machine does \
                    not trust";
    assert!(said.stderr.contains(expected), "{said}");
    assert!(
        said.stderr.contains("admin.caCertFilePath"),
        "what to do: {said}"
    );
    assert!(
        !said.stderr.contains("attempts"),
        "to try again does not help: {said}"
    );

    let skipped = without(&[("FLYTE_PLATFORM_INSECURE_SKIP_VERIFY", "true")]);
    assert!(skipped.success(), "{skipped}");
    assert!(
        skipped
            .stderr
            .contains("does not need to prove that it is Flyte"),
        "{skipped}"
    );
}

#[test]
fn a_file_of_another_authority_is_not_enough() {
    let [server, other] = [(); 2].map(|()| FlyteServer::start(&["--tls"]));
    let ca = other.ca().expect("a file").display().to_string();
    let said = refusal(&server, &[("FLYTE_PLATFORM_CA_CERT_FILE_PATH", &ca)]);
    assert!(
        said.contains(&format!("an authority that is not in `{ca}`"))
            || said.contains("BadSignature"),
        "{said}"
    );
    let said = refusal(&server, &[("FLYTE_PLATFORM_CA_CERT_FILE_PATH", "/nowhere")]);
    assert!(
        said.contains("the authorities' certificates in `/nowhere` cannot be read"),
        "{said}"
    );
    let empty = server.folder().join("empty.pem");
    fs::write(&empty, "no certificate\n").expect("a file");
    let empty = empty.display().to_string();
    let said = refusal(&server, &[("FLYTE_PLATFORM_CA_CERT_FILE_PATH", &empty)]);
    assert!(said.contains("it holds no `BEGIN CERTIFICATE`"), "{said}");
}

#[test]
fn to_speak_tls_where_there_is_none_and_the_reverse_is_explained() {
    let plain = FlyteServer::start(&[]);
    let said = refusal(&plain, &[("FLYTE_PLATFORM_INSECURE", "false")]);
    assert!(said.contains("the server does not use TLS"), "{said}");
    assert!(said.contains("must be true"), "what to do: {said}");

    let encrypted = FlyteServer::start(&["--tls"]);
    let said = refusal(&encrypted, &[("FLYTE_PLATFORM_INSECURE", "true")]);
    assert!(
        said.contains("the server requires TLS, but the call was not encrypted"),
        "{said}"
    );
    assert!(said.contains("must be false"), "what to do: {said}");

    let web = plain.http().trim_start_matches("http://").to_owned();
    let said = refusal(&plain, &[("FLYTE_PLATFORM_URL", &web)]);
    assert!(said.contains("the gRPC address of Flyte Admin"), "{said}");
}

#[test]
fn a_silent_server_is_not_waited_for_without_end() {
    let server = FlyteServer::start(&["--hang", "CreateTask"]);
    let started = Instant::now();
    let said = refusal(&server, &[("FLYTEKIT_ADMIN_TIMEOUT", "1")]);
    assert!(
        said.contains("no answer within 1 s, in 2 attempts"),
        "{said}"
    );
    assert!(started.elapsed() < Duration::from_secs(120));
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_not_waited_for_without_end() {
    let server = FlyteServer::start(&[]);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    let said = refusal(
        &server,
        &[
            ("FLYTE_PLATFORM_URL", &address),
            ("FLYTE_PLATFORM_INSECURE", "false"),
            ("FLYTEKIT_ADMIN_TIMEOUT", "1"),
        ],
    );
    assert!(said.contains("no answer within 1 s"), "{said}");
}

#[test]
fn what_cannot_be_reached_is_named() {
    let server = FlyteServer::start(&[]);
    let at = |endpoint: &str| refusal(&server, &[("FLYTE_PLATFORM_URL", endpoint)]);
    let said = at("127.0.0.1:1");
    assert!(
        said.contains("at `127.0.0.1:1`: the server refuses the connection, in 5 attempts"),
        "{said}"
    );
    let said = at("nowhere.invalid");
    assert!(
        said.contains("at `nowhere.invalid:80`: cannot find the host of the server"),
        "{said}"
    );
}

#[test]
fn what_the_server_says_is_passed_on_with_advice() {
    let said = |fault: &str| {
        let server = FlyteServer::start(&["--fail", fault]);
        refusal(&server, &[])
    };
    let denied = said("CreateTask=PERMISSION_DENIED:not yours");
    assert!(
        denied.contains("not yours (PERMISSION_DENIED); you are signed in"),
        "{denied}"
    );
    let unknown = said("CreateTask=UNIMPLEMENTED");
    assert!(
        unknown.contains("the gRPC address of Flyte Admin"),
        "{unknown}"
    );
}

#[test]
fn what_is_asked_again_is_what_may_pass() {
    for (code, times) in [("RESOURCE_EXHAUSTED", 2), ("DEADLINE_EXCEEDED", 1)] {
        let fault = format!("CreateTask={code}x{times}:busy");
        let server = FlyteServer::start(&["--fail", &fault]);
        registers(&server, &[]);
        assert_eq!(server.answers("CreateTask")[code], times);
    }
    let server = FlyteServer::start(&["--fail", "CreateTask=INVALID_ARGUMENT:no task"]);
    let said = refusal(&server, &[]);
    assert!(said.contains("no task (INVALID_ARGUMENT)"), "{said}");
    let calls = server.answers("CreateTask");
    assert_eq!(calls["INVALID_ARGUMENT"], 3, "each task once: {calls:?}");
}

#[test]
fn connections_that_break_off_are_made_again() {
    let server = FlyteServer::start(&[]);
    let breaking = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = breaking.local_addr().expect("an address").to_string();
    // The thread ends with the test's process.
    thread::spawn(move || breaking.incoming().for_each(drop));
    let said = refusal(&server, &[("FLYTE_PLATFORM_URL", &address)]);
    assert!(said.contains("the connection failed: "), "{said}");
    assert!(said.contains("in 5 attempts"), "{said}");
}
