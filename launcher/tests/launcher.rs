//! The launcher in an image that contains nothing else.

#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::{ContainerError, ErrorDocument};
use flytekit_test_support::store::{FileServer, ObjectStore};
use flytekit_test_support::{DEADLINE, run, run_within, script, signal};
use prost::Message;

const LAUNCHER: &str = env!("CARGO_BIN_EXE_flytekit-app");

/// A task's program, reduced to the parts that the launcher uses.
const PROGRAM: &str = "#!/bin/sh\n[ \"$1\" = --help ] || echo \"$@\"\n";

/// The archive that flytekit would upload for a folder with the program.
fn archive(folder: &Path) -> PathBuf {
    let sources = folder.join("sources");
    fs::create_dir(&sources).expect("a folder");
    let program = sources.join("flytekit-app");
    fs::write(&program, PROGRAM).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permissions");
    let mut command = script("fast_archives.py");
    let packed = run(command.arg("pack").arg(&sources).arg(folder));
    assert!(packed.success(), "{packed}");
    packed.text().lines().last().expect("a path").into()
}

fn launch(uri: &str, folder: &Path) -> Command {
    let mut command = Command::new(LAUNCHER);
    command.args([
        "fast-execute",
        "--additional-distribution",
        uri,
        "--dest-dir",
    ]);
    command.arg(folder.join("code")).arg("--");
    command.args([
        "/usr/local/bin/flytekit-app",
        "execute",
        "--task",
        "app.add",
    ]);
    command.arg("--output-prefix").arg(folder.join("outputs"));
    command
}

fn error(folder: &Path) -> ContainerError {
    let bytes = fs::read(folder.join("outputs/error.pb")).expect("an error document");
    let document = ErrorDocument::decode(&*bytes).expect("a document");
    document.error.expect("an error")
}

#[test]
fn it_says_what_it_is_for() {
    let listed = run(Command::new(LAUNCHER).arg("list"));
    assert!(
        listed.success() && listed.text().contains("--fast"),
        "{listed}"
    );
    // A task that was registered in another way finds no code.
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(LAUNCHER);
    command.args([
        "execute",
        "--task",
        "app.add",
        "--inputs",
        "x",
        "--output-prefix",
    ]);
    let ended = run(command.arg(folder.path().join("outputs")));
    assert!(ended.success(), "{ended}");
    assert!(error(folder.path()).message.contains("--fast"), "{ended}");
}

#[test]
fn programs_come_from_s3() {
    let store = ObjectStore::start();
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive(folder.path());
    let name = archive.file_name().expect("a name").to_str().expect("text");
    let uri = format!("s3://bucket/flyte/{name}");
    let mut put = script("objects.py");
    put.arg("put").arg(&archive).arg(&uri);
    store.configure(&mut put);
    let put = run(&mut put);
    assert!(put.success(), "{put}");

    let mut command = launch(&uri, folder.path());
    store.configure(&mut command);
    let ended = run(&mut command);
    assert!(
        ended.text().starts_with("execute --task app.add"),
        "{ended}"
    );

    let mut command = launch("s3://bucket/flyte/fast.tar.gz", folder.path());
    store.configure(&mut command);
    let ended = run(&mut command);
    let error = error(folder.path());
    assert!(error.message.contains("there is no such object"), "{ended}");
    assert_eq!(error.kind(), Kind::NonRecoverable);
}

#[test]
fn programs_come_from_web_servers_whose_signatures_stay_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive(folder.path());
    let server = FileServer::start(folder.path());
    let name = archive.file_name().expect("a name").to_str().expect("text");
    let ended = run(&mut launch(
        &format!("{}/{name}?sig=5ecre7", server.url()),
        folder.path(),
    ));
    assert!(
        ended.text().starts_with("execute --task app.add"),
        "{ended}"
    );
    let uri = format!("{}/nothing.tar.gz?sig=5ecre7", server.url());
    let ended = run(&mut launch(&uri, folder.path()));
    let error = error(folder.path());
    assert!(error.message.contains("nothing.tar.gz"), "{error:?}");
    assert!(
        !error.message.contains("5ecre7") && !ended.stderr.contains("5ecre7"),
        "{ended}"
    );
}

#[test]
fn a_download_that_is_told_to_end_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let mut command = launch(
        &format!("http://127.0.0.1:{port}/fast.tar.gz"),
        folder.path(),
    );
    command.env("NO_PROXY", "127.0.0.1");
    let ended = run_within(DEADLINE, &mut command, |child| {
        let (mut connection, _) = silent.accept().expect("a request");
        connection.read_exact(&mut [0]).expect("its beginning");
        signal("TERM", child.id());
    });
    assert_eq!(ended.code(), Some(143), "{ended}");
    let error = error(folder.path());
    assert!(error.message.contains("SIGTERM"), "{error:?}");
    assert_eq!(error.kind(), Kind::Recoverable);
}
