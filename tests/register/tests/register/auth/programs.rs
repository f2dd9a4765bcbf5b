//! Tokens from programs and settings.

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{DEADLINE, eventually, is_running};

use super::{APPLICATION, asked, refusal, registers};

#[test]
fn a_program_of_the_users_gives_tokens() {
    let server = FlyteServer::start(&["--require-auth", "--accept-token", "s3cret-token"]);
    let by = |program: &'static str| {
        [
            ("FLYTE_CREDENTIALS_AUTH_MODE", "ExternalCommand"),
            ("FLYTE_CREDENTIALS_COMMAND", program),
        ]
    };
    let ended = registers(&server, &by("sh,-c,echo who asks >&2; echo s3cret-token"));
    assert!(ended.stderr.contains("who asks"), "{ended}");
    assert!(asked(&server).is_empty());

    let said = refusal(&server, &by("sh,-c,echo s3cret-token; exit 3"));
    assert!(
        said.contains("the program `sh` has failed: exit status: 3"),
        "{said}"
    );
    let said = refusal(&server, &by("true"));
    assert!(
        said.contains("the program `true` prints no token"),
        "{said}"
    );
    let said = refusal(&server, &by("there-is-no-such-program"));
    assert!(
        said.contains("`there-is-no-such-program` cannot be started"),
        "{said}"
    );
    let mut hanging = by("sleep,60").to_vec();
    hanging.push(("FLYTEKIT_SIGN_IN_TIMEOUT", "1"));
    let said = refusal(&server, &hanging);
    assert!(
        said.contains("the program `sleep` has not ended within 1 s"),
        "{said}"
    );
    let said = refusal(&server, &by("yes,s3cret"));
    assert!(
        said.contains("the program `yes` prints more than 64 KiB"),
        "{said}"
    );
    let said = refusal(&server, &by("echo,s3cret-of-yesterday"));
    assert!(said.contains("the token is a new one"), "{said}");
}

/// A background process of the token program does not delay the client, and the client ends it.
#[test]
fn what_a_program_leaves_behind_ends_with_it() {
    let server = FlyteServer::start(&["--require-auth", "--accept-token", "s3cret-token"]);
    let id = server.folder().join("left-behind");
    let program = format!(
        "sh,-c,sleep 3600 & echo $! > {}; echo s3cret-token",
        id.display()
    );
    registers(
        &server,
        &[
            ("FLYTE_CREDENTIALS_AUTH_MODE", "ExternalCommand"),
            ("FLYTE_CREDENTIALS_COMMAND", &program),
        ],
    );
    let id = std::fs::read_to_string(id).expect("an id");
    let id = id.trim().parse().expect("a number");
    eventually("what was left behind ends", DEADLINE, || !is_running(id));
}

#[test]
fn a_token_of_the_settings_is_passed_on() {
    let server = FlyteServer::start(&["--require-auth", "--accept-token", "s3cret-token"]);
    let headers = |value: &'static str| [("FLYTEKIT_HEADERS", value)];
    registers(&server, &headers("authorization=Bearer s3cret-token"));
    assert!(asked(&server).is_empty());
    assert_eq!(
        server.answers("CreateTask").len(),
        1,
        "the first call has it"
    );
    let said = refusal(
        &server,
        &headers("authorization=Bearer s3cret-of-yesterday"),
    );
    assert!(
        said.contains("the header `authorization` of the settings is refused"),
        "{said}"
    );
}

#[test]
fn a_proxy_in_front_of_flyte_sees_its_token() {
    let server = FlyteServer::start(&["--require-auth"]);
    let mut settings = APPLICATION.to_vec();
    settings.push(("FLYTE_CREDENTIALS_PROXY_COMMAND", "echo,s3cret-of-proxy"));
    registers(&server, &settings);
    for request in server.requests() {
        assert_eq!(
            request.header("proxy-authorization"),
            Some("Bearer …"),
            "{request:?}"
        );
    }
}

#[test]
fn a_server_that_wants_tokens_and_has_none_to_give_is_understood() {
    let options = [
        "--require-auth",
        "--accept-token",
        "s3cret-token",
        "--fail",
        "GetPublicClientConfig=UNIMPLEMENTED",
    ];
    let server = FlyteServer::start(&options);
    let said = refusal(&server, &APPLICATION);
    assert!(said.contains("ExternalCommand"), "{said}");
    registers(
        &server,
        &[
            ("FLYTE_CREDENTIALS_AUTH_MODE", "ExternalCommand"),
            ("FLYTE_CREDENTIALS_COMMAND", "echo,s3cret-token"),
        ],
    );
}
