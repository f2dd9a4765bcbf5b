//! The settings that the program shows, compared with flytekit's reading of the same files and variables.

use std::fs;
use std::path::Path;
use std::process::Command;

use flytekit::settings::{SerializationSettings, VARIABLE, of_execution};
use flytekit_test_support::{Ended, run, script};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Removes the user's own settings; `folder` becomes the home and the working directory.
fn isolated<'c>(
    command: &'c mut Command,
    folder: &Path,
    variables: &[(&str, &str)],
) -> &'c mut Command {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("FLYTE") || name.starts_with("_F") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(&*name);
        }
    }
    let variables = variables.iter().copied();
    command
        .current_dir(folder)
        .env("HOME", folder)
        .envs(variables)
}

fn program(folder: &Path, variables: &[(&str, &str)], line: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registered"));
    command.arg("settings").args(line);
    run(isolated(&mut command, folder, variables))
}

fn flytekit(folder: &Path, variables: &[(&str, &str)], line: &[&str]) -> Value {
    let mut command = script("settings.py");
    command.args(line);
    let ended = run(isolated(&mut command, folder, variables));
    assert!(ended.success(), "{ended}");
    serde_json::from_slice(&ended.stdout).expect("JSON")
}

/// A home folder with a config file.
fn home(yaml: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".flyte")).expect("a folder");
    fs::write(folder.path().join(".flyte/config.yaml"), yaml).expect("a file");
    folder
}

/// The shown value of a setting.
fn value<'s>(shown: &'s Value, name: &str) -> &'s Value {
    let mut entries = shown.as_array().expect("a list").iter();
    let entry = entries.find(|entry| entry["name"] == name);
    &entry.unwrap_or_else(|| panic!("{name} is not shown"))["value"]
}

const EVERYTHING: &str = "
admin:
  endpoint: dns:///flyte.example.com
  insecure: true
  insecureSkipVerify: false
  caCertFilePath: /etc/ca.pem
  authType: ClientSecret
  clientId: me
  clientSecretLocation: SECRET
  scopes: [all, offline]
  audience: https://flyte.example.com
  command: [get-token, --now]
  proxyCommand: [get-proxy-token]
  httpProxyURL: http://proxy:3128
console:
  endpoint: https://console.example.com
task:
  project: of-file
  domain: staging
images:
  spark: ghcr.io/team/spark:4.0
  bare: localhost:5000/bare
  pinned: ghcr.io/team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
storage:
  connection: {endpoint: 'http://localhost:9000'}
logger: {level: 5}
";

#[test]
fn files_and_variables_mean_what_they_mean_to_flytekit() {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    fs::write(&secret, "hush\n").expect("a secret");
    let secret = secret.path().display().to_string();
    let everything = EVERYTHING.replace("SECRET", &secret);
    let all_variables = [
        ("FLYTE_PLATFORM_URL", "dns:///other.example.com:81"),
        ("FLYTE_PLATFORM_INSECURE", "False"),
        ("FLYTE_PLATFORM_INSECURE_SKIP_VERIFY", "1"),
        ("FLYTE_PLATFORM_CA_CERT_FILE_PATH", "/other.pem"),
        ("FLYTE_PLATFORM_CONSOLE_ENDPOINT", "http://other"),
        ("FLYTE_PLATFORM_HTTP_PROXY_URL", "http://other:1"),
        ("FLYTE_CREDENTIALS_AUTH_MODE", "basic"),
        ("FLYTE_CREDENTIALS_CLIENT_ID", "you"),
        ("FLYTE_CREDENTIALS_CLIENT_SECRET_ENV_VAR", "MINE"),
        ("MINE", "hush"),
        ("FLYTE_CREDENTIALS_SCOPES", "one,two"),
        ("FLYTE_CREDENTIALS_AUDIENCE", "them"),
        ("FLYTE_CREDENTIALS_COMMAND", "a,b,c"),
        ("FLYTE_CREDENTIALS_PROXY_COMMAND", "d"),
        ("FLYTE_LOCAL_PROJECT", "of-variable"),
        ("FLYTE_LOCAL_DOMAIN", "production"),
    ];
    let no_secret = everything.replace("clientSecretLocation", "tokenUrl");
    for (yaml, variables) in [
        ("logger: {}", &[][..]),
        (&everything, &[]),
        (&everything, &all_variables),
        ("admin: {}", &all_variables),
        (
            &no_secret,
            &[("FLYTE_CREDENTIALS_AUTH_MODE", "EXTERNAL_PROCESS")],
        ),
        (
            "admin: {authType: deviceFlow, scopes: 'a,b', insecure: 'no'}",
            &[],
        ),
        (
            "admin: {endpoint: , insecure: , scopes: []}\ntask: {project: ''}",
            &[],
        ),
        (&format!("admin: {{clientSecretLocation: {secret}}}"), &[]),
        ("admin: {clientSecretEnvVar: MINE}", &[("MINE", "hush")]),
    ] {
        let home = home(yaml);
        let ours = program(home.path(), variables, &["--json"]);
        assert!(ours.success(), "{ours}");
        assert!(!ours.text().contains("hush"), "{ours}");
        let ours: Value = serde_json::from_slice(&ours.stdout).expect("JSON");
        let theirs = flytekit(home.path(), variables, &["platform"]);
        for (name, theirs) in theirs.as_object().expect("a map") {
            assert_eq!(
                value(&ours, name),
                theirs,
                "{name} of {yaml}\n{variables:?}"
            );
        }
    }
}

#[test]
fn images_are_read_as_flytekit_reads_them() {
    let digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let given = [
        "app:1".to_owned(),
        "ghcr.io/team/app:1.0-x_y".to_owned(),
        "localhost:5000/app:1".to_owned(),
        "gpu=localhost:5000/team/app:1".to_owned(),
        format!("ghcr.io/team/app@{digest}"),
        format!("gpu=host:1/app@{digest}"),
        "default=app:2".to_owned(),
        "app".to_owned(),
        "localhost:5000/app".to_owned(),
        "gpu=ghcr.io/team/app".to_owned(),
    ];
    let home = home("");
    let mut line = vec!["images"];
    line.extend(given.iter().map(String::as_str));
    let theirs = flytekit(home.path(), &[], &line);
    for (given, theirs) in given.iter().zip(theirs.as_array().expect("a list")) {
        let ours = program(home.path(), &[], &["--json", "--image", given]);
        let Value::Object(theirs) = theirs else {
            assert_eq!(ours.code(), Some(1), "{ours}");
            assert!(ours.stderr.contains("has neither tag nor digest"), "{ours}");
            continue;
        };
        assert!(ours.success(), "{ours}");
        let ours: Value = serde_json::from_slice(&ours.stdout).expect("JSON");
        let name = theirs["name"].as_str().expect("a name");
        assert_eq!(
            value(&ours, &format!("image.{name}")),
            &theirs["full"],
            "{given}"
        );
    }
}

#[test]
fn an_explicit_way_to_sign_in_goes_before_a_secret() {
    let home = home("admin: {authType: Pkce, clientSecretEnvVar: MINE}");
    let variables = [("MINE", "hush")];
    let ours = program(home.path(), &variables, &["--json"]);
    let ours: Value = serde_json::from_slice(&ours.stdout).expect("JSON");
    assert_eq!(value(&ours, "credentials.auth-mode"), "Pkce");
    let theirs = flytekit(home.path(), &variables, &["platform"]);
    assert_eq!(theirs["credentials.auth-mode"], "ClientSecret");
}

#[test]
fn each_value_is_shown_with_its_source() {
    let home = home("task: {domain: staging}\nadmin: {clientSecretEnvVar: MINE}");
    let toml = "project = 'of-crate'\n[image]\ndefault = 'host/app:1'\n[env]\nA = 'b c'\n";
    fs::write(home.path().join("flytekit.toml"), toml).expect("a file");
    let variables = [("FLYTE_PLATFORM_URL", "host:81"), ("MINE", "hush")];
    let shown = program(
        home.path(),
        &variables,
        &["--insecure", "--header", "token=hush"],
    );
    assert!(shown.success(), "{shown}");
    let folder = home.path().canonicalize().expect("a folder");
    let text = shown.text().replace(&folder.display().to_string(), "~");
    for (name, rest) in [
        ("project", "of-crate ~/flytekit.toml (project)"),
        ("domain", "staging ~/.flyte/config.yaml (task.domain)"),
        ("version", "- default"),
        ("image.default", "host/app:1 ~/flytekit.toml (image)"),
        ("env.A", "b c ~/flytekit.toml (env)"),
        (
            "platform.endpoint",
            "host:81 environment FLYTE_PLATFORM_URL",
        ),
        ("platform.insecure", "true flag --insecure"),
        (
            "credentials.auth-mode",
            "ClientSecret because of credentials.client-secret-env-var",
        ),
        ("header.token", "set flag --header"),
    ] {
        let mut lines = text.lines().map(|line| line.split_whitespace());
        let line = lines.find(|words| words.clone().next() == Some(name));
        let words: Vec<_> = line
            .unwrap_or_else(|| panic!("{name}: {shown}"))
            .skip(1)
            .collect();
        assert_eq!(words.join(" "), rest, "{name}");
    }
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn mistakes_end_with_words_and_code_1() {
    let home = home("admin: {insecure: perhaps}");
    fs::write(home.path().join("flytekit.toml"), "proejct = 'x'\n").expect("a file");
    let ended = program(home.path(), &[], &["--image", "App:1"]);
    assert_eq!(ended.code(), Some(1));
    assert!(ended.stdout.is_empty(), "{ended}");
    for expected in [
        "error: 3 mistakes:",
        "unknown key `proejct`; did you mean `project`?",
        "config.yaml: `admin.insecure` must be `true` or `false`",
        "flag --image: the image `App:1` has upper-case letters",
    ] {
        assert!(ended.stderr.contains(expected), "{expected}: {ended}");
    }
}

#[test]
fn keys_that_only_others_read_are_told_to_the_log() {
    let home = home("admin: {insecure: true, bootstrap: me}\nfiles: {workers: 4}\n");
    let said = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_registered"));
        command.args([
            "register",
            "--dry-run",
            "--version",
            "v1",
            "--image",
            "app:1",
        ]);
        let ended = run(isolated(&mut command, home.path(), variables));
        assert!(ended.success(), "{ended}");
        ended.stderr
    };
    let log = said(&[("FLYTEKIT_LOG", "debug")]);
    for expected in [
        "the key is not read here",
        "admin.bootstrap",
        "the section is not read here",
        "files",
    ] {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    let quiet = said(&[]);
    assert!(!quiet.contains("bootstrap"), "{quiet}");
}

#[test]
fn flytekits_older_form_is_told_apart() {
    let home = home("");
    fs::write(home.path().join("flytekit.config"), "[platform]\nurl = x\n").expect("a file");
    let ended = program(home.path(), &[], &[]);
    assert_eq!(ended.code(), Some(1));
    assert!(ended.stderr.contains("~/.flyte/config.yaml"), "{ended}");
}

#[test]
fn the_compressed_form_is_flytekits() {
    let home = home("");
    let written = flytekit(home.path(), &[], &["write"]);
    let written = written.as_str().expect("a text");
    let theirs = flytekit(home.path(), &[], &["read", written]);
    let read = SerializationSettings::decode(written).expect("settings");
    assert_eq!(serde_json::to_value(&read).expect("JSON"), theirs);
    assert_eq!(read.image_config.images[1].name, "gpu");
    assert_eq!(
        flytekit(home.path(), &[], &["read", &read.encode()]),
        theirs
    );
}

#[test]
fn flytekit_reads_what_tasks_carry() {
    let home = home("");
    let digest = "sha256:0123456789abcdef0123456789abcdef";
    let mut package = Command::new(env!("CARGO_BIN_EXE_registered"));
    package.args(["package", "--output", "tasks.tgz", "--embed-settings"]);
    package.args([
        "--image",
        "host:1/app:1",
        "--env",
        "A=ä",
        "--git-repository",
        "host/team/app",
    ]);
    package.args([
        "--image",
        &format!("gpu=host:1/gpu@{digest}"),
        "--source-root",
        "/src",
    ]);
    let packaged = run(isolated(&mut package, home.path(), &[]));
    assert!(packaged.success(), "{packaged}");
    let carried = flytekit(home.path(), &[], &["embedded", "tasks.tgz"]);
    let carried = carried.as_array().expect("a list");
    assert!(!carried.is_empty());
    let default = json!({"name": "default", "fqn": "host:1/app", "tag": "1", "digest": null});
    let gpu = json!({"name": "gpu", "fqn": "host:1/gpu", "tag": null, "digest": digest});
    let expected = json!({
        "project": null, "domain": null, "version": null, "env": {"A": "ä"},
        "image_config": {"default_image": default, "images": [default, gpu]},
        "git_repo": "host/team/app", "source_root": "/src", "default_resources": null,
        "fast_serialization_settings": null,
        // flytekit's defaults.
        "python_interpreter": "/opt/venv/bin/python3", "flytekit_virtualenv_root": "/opt/venv",
    });
    for carried in carried {
        assert_eq!(carried, &expected);
    }
}

#[test]
fn a_task_reads_them_at_run_time() {
    if let Some(settings) = of_execution().expect("settings") {
        println!("version={}", settings.version.expect("a version"));
        return;
    }
    let home = home("");
    let written = flytekit(home.path(), &[], &["write"]);
    let mut again = Command::new(std::env::current_exe().expect("this test"));
    again.args([
        "--exact",
        "settings::a_task_reads_them_at_run_time",
        "--nocapture",
    ]);
    again.env(VARIABLE, written.as_str().expect("a text"));
    let ended = run(&mut again);
    assert!(
        ended.success() && ended.text().contains("version=v"),
        "{ended}"
    );
}
