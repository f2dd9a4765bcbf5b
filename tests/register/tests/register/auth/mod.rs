//! Calls to Flyte: TLS, proxies, the ways to sign in (applications, people, programs), and the error
//! messages.

mod applications;
mod connections;
mod people;
mod programs;
mod proxies;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use flytekit_test_support::flyte::{FlyteServer, Request};
use flytekit_test_support::{Ended, run, script};

/// The settings of the application that the server knows.
const APPLICATION: [(&str, &str); 3] = [
    ("FLYTE_CREDENTIALS_AUTH_MODE", "ClientSecret"),
    ("FLYTE_CREDENTIALS_CLIENT_ID", "flytepropeller"),
    ("FLYTE_CREDENTIALS_CLIENT_SECRET", "secret"),
];

/// A run of the program that registers its three tasks, each with one call.
fn registering(server: &FlyteServer) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registered"));
    command.args(["register", "--version", "1", "--image", "example.com/app:1"]);
    server.configure(&mut command);
    command.current_dir(server.folder());
    // A test must not open the user's browser.
    command
        .env("BROWSER", "true")
        .env_remove("CARGO_MANIFEST_DIR");
    command
}

fn register(server: &FlyteServer, settings: &[(&str, &str)]) -> Ended {
    run(registering(server).envs(settings.iter().copied()))
}

/// Registers, and expects success and no secret in the output.
fn registers(server: &FlyteServer, settings: &[(&str, &str)]) -> Ended {
    let ended = register(server, settings);
    assert!(ended.success(), "{ended}");
    keeps_secrets(server, &ended);
    ended
}

/// Registers, and expects exit code 1 and no secret in the output, which it returns.
fn refusal(server: &FlyteServer, settings: &[(&str, &str)]) -> String {
    let ended = register(server, settings);
    assert_eq!(ended.code(), Some(1), "{ended}");
    keeps_secrets(server, &ended);
    ended.text() + &ended.stderr
}

/// Checks that the output has neither a cached token nor a secret of the settings.
fn keeps_secrets(server: &FlyteServer, ended: &Ended) {
    let said = ended.text() + &ended.stderr;
    for (_, kept) in kept_tokens(server) {
        for name in ["access_token", "refresh_token"] {
            let token = kept[name].as_str().expect("a token");
            assert!(!said.contains(token), "a token is shown: {ended}");
        }
    }
    assert!(!said.contains("s3cret"), "a secret is shown: {ended}");
}

/// The files of the token cache.
fn kept_tokens(server: &FlyteServer) -> Vec<(PathBuf, serde_json::Value)> {
    let folder = tokens_folder(server);
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a file");
        (path, serde_json::from_str(&text).expect("JSON"))
    };
    files.map(|it| read(it.expect("a file").path())).collect()
}

fn tokens_folder(server: &FlyteServer) -> PathBuf {
    server.folder().join("home/.cache/flytekit/tokens")
}

/// The names of the web server's parts that were called, in order.
fn asked(server: &FlyteServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    let web = requests.filter(|it| it.service == "Web");
    web.map(|it| it.method).collect()
}

fn flytekit_calls(server: &FlyteServer, settings: &[(&str, &str)]) {
    let mut command = script("flyte_client.py");
    command.args(["tasks", "flytesnacks", "development"]);
    server.configure(&mut command);
    let ended = run(command.envs(settings.iter().copied()));
    assert!(ended.success(), "{ended}");
}

/// The sorted fields of the first request to a part of the web server.
fn form(server: &FlyteServer, method: &str) -> Vec<(String, String)> {
    let requests = server.requests();
    let request = requests.iter().find(|it| it.method == method);
    fields(request.expect("a request"))
}

fn fields(request: &Request) -> Vec<(String, String)> {
    let text = match request
        .header(":path")
        .and_then(|path| path.split_once('?'))
    {
        Some((_, query)) => query.to_owned(),
        None => String::from_utf8(request.message.clone()).expect("a form"),
    };
    let mut fields: Vec<_> = text
        .split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    fields.sort();
    fields
}
