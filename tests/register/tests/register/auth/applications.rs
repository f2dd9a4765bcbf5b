//! Applications, which sign in with a secret.

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::run;

use super::{
    APPLICATION, asked, flytekit_calls, form, kept_tokens, refusal, registering, registers,
};

#[test]
fn an_application_signs_in_once_for_all_calls() {
    let server = FlyteServer::start(&[
        "--require-auth",
        "--metadata-key",
        "flyte-token",
        "--scope",
        "all",
        "--audience",
        "flyte",
    ]);
    registers(&server, &APPLICATION);
    assert_eq!(asked(&server), ["token"], "concurrent calls share a token");
    let calls = server.answers("CreateTask");
    assert_eq!(calls["OK"], 3, "{calls:?}");
    let requests = server.requests();
    let taken = requests
        .iter()
        .filter(|it| it.answer.as_deref() == Some("OK") && it.method == "CreateTask");
    for call in taken {
        assert_eq!(call.header("flyte-token"), Some("Bearer …"));
        assert_eq!(call.header("accept"), Some("application/grpc"));
        let agent = call.header("user-agent").expect("it says who it is");
        assert!(agent.starts_with("flytekit-rust/"), "{agent}");
    }
    assert!(
        kept_tokens(&server).is_empty(),
        "an application's token is kept"
    );
}

/// Compares the token requests, and the headers of calls, with those of flytekit's client.
#[test]
fn an_application_asks_as_flytekit_does() {
    let options = [
        "--require-auth",
        "--metadata-key",
        "flyte-token",
        "--audience",
        "flyte",
    ];
    let ours = FlyteServer::start(&options);
    registers(&ours, &APPLICATION);
    let theirs = FlyteServer::start(&options);
    flytekit_calls(&theirs, &APPLICATION);
    assert_eq!(form(&ours, "token"), form(&theirs, "token"));
    for server in [&ours, &theirs] {
        let requests = server.requests();
        let of = |method| {
            requests
                .iter()
                .find(|it| it.method == method)
                .expect("a request")
        };
        assert_eq!(of("token").header("authorization"), Some("Basic …"));
        assert_eq!(of("GetPublicClientConfig").header("flyte-token"), None);
        let last = requests.last().expect("a call");
        assert_eq!(last.header("flyte-token"), Some("Bearer …"), "{last:?}");
    }
}

#[test]
fn what_an_application_is_called_may_have_any_letters() {
    let server = FlyteServer::start(&["--require-auth", "--client", "my app/ä:s3cret&+% ü"]);
    registers(
        &server,
        &[
            ("FLYTE_CREDENTIALS_AUTH_MODE", "client_credentials"),
            ("FLYTE_CREDENTIALS_CLIENT_ID", "my app/ä"),
            ("FLYTE_CREDENTIALS_CLIENT_SECRET", "s3cret&+% ü"),
        ],
    );
}

#[test]
fn a_wrong_secret_is_tried_once() {
    let server = FlyteServer::start(&["--require-auth"]);
    let said = refusal(
        &server,
        &[
            APPLICATION[0],
            APPLICATION[1],
            ("FLYTE_CREDENTIALS_CLIENT_SECRET", "s3cret"),
        ],
    );
    assert!(
        said.contains("invalid_client: the client's secret is not the right one"),
        "{said}"
    );
    assert!(said.contains("clientId"), "what to do: {said}");
    assert_eq!(asked(&server), ["token"], "{said}");
}

#[test]
fn a_secret_goes_over_no_line_that_is_not_encrypted() {
    let elsewhere = "http://me:s3cret@flyte.example.com/token?key=s3cret";
    let server = FlyteServer::start(&["--require-auth", "--tls", "--token-endpoint", elsewhere]);
    let said = refusal(&server, &APPLICATION);
    let not_encrypted = "token endpoint `http://flyte.example.com/token?…` is not encrypted";
    assert!(said.contains(not_encrypted), "{said}");
    assert!(
        said.contains("https://") && said.contains("admin.insecure"),
        "what to do: {said}"
    );
    for (endpoint, why) in [
        (
            "ftp://127.0.0.1/token",
            "`ftp://127.0.0.1/token` is not a URL: it does not begin with https://",
        ),
        ("token", "`token` is not a URL"),
    ] {
        let server = FlyteServer::start(&["--require-auth", "--token-endpoint", endpoint]);
        let said = refusal(&server, &APPLICATION);
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn what_servers_say_is_escaped() {
    let words = "CreateTask=PERMISSION_DENIED:no \u{1b}[2J\rrights\nerror: forged\u{202e}";
    let server = FlyteServer::start(&["--fail", words]);
    let said = refusal(&server, &[]);
    let escaped = "no \\u{1b}[2J\\rrights\\nerror: forged\\u{202e} (PERMISSION_DENIED)";
    assert!(said.contains(escaped), "{said}");
}

#[test]
fn an_application_without_a_secret_is_told_where_to_put_it() {
    let server = FlyteServer::start(&["--require-auth"]);
    let said = refusal(&server, &APPLICATION[..2]);
    assert!(said.contains("`flytepropeller` has no secret"), "{said}");
    assert!(said.contains("clientSecretLocation"), "{said}");
    let said = refusal(&server, &APPLICATION[..1]);
    assert!(said.contains("FLYTE_CREDENTIALS_CLIENT_ID"), "{said}");
}

#[test]
fn a_token_that_has_expired_is_replaced() {
    let server = FlyteServer::start(&[
        "--require-auth",
        "--token-lifetime",
        "1",
        "--claimed-lifetime",
        "3600",
        "--delay",
        "600",
    ]);
    let mut command = registering(&server);
    let ended = run(command.args(["--concurrency", "1"]).envs(APPLICATION));
    assert!(ended.success(), "{ended}");
    let tokens = asked(&server).len();
    assert!((2..=3).contains(&tokens), "{tokens} tokens");
    let calls = server.answers("CreateTask");
    assert_eq!(
        (calls["OK"], calls["UNAUTHENTICATED"]),
        (3, tokens),
        "{calls:?}"
    );
}

#[test]
fn a_token_endpoint_that_is_busy_is_asked_again() {
    let server = FlyteServer::start(&["--require-auth", "--fail", "token=503x2"]);
    registers(&server, &APPLICATION);
    assert_eq!(asked(&server), ["token"; 3]);
}
