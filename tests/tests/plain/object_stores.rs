//! Objects in stores: flytekit reads objects of this crate, and the other way round, with the same settings;
//! and failures are reported.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use flytekit::types::{FlyteDirectory, FlyteFile, FlyteType, LiteralMapRef, OutputsWriter};
use flytekit_proto::flyteidl::core::container_error::Kind;
use flytekit_proto::flyteidl::core::execution_error::ErrorKind;
use flytekit_proto::flyteidl::core::literal::Value;
use flytekit_proto::flyteidl::core::{
    ContainerError, ErrorDocument, LiteralMap, primitive, scalar,
};
use flytekit_tests::store::{Answer, FileServer, ObjectStore, Proxy};
use flytekit_tests::{Ended, run, script};
use prost::Message;
use tempfile::TempDir;

/// Far less than the wait without the settings of these tests, and more than a busy machine needs.
const SOON: Duration = Duration::from_secs(120);

/// More than several parts, and not a multiple of one.
const LARGE: usize = 30 * 1_000_000 + 7;

pub(crate) fn server() -> &'static ObjectStore {
    static SERVER: OnceLock<ObjectStore> = OnceLock::new();
    SERVER.get_or_init(ObjectStore::start)
}

/// A server that accepts any key.
fn open_server() -> &'static ObjectStore {
    static SERVER: OnceLock<ObjectStore> = OnceLock::new();
    SERVER.get_or_init(ObjectStore::open)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The store's operations, each in a process of its own.
fn objects<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_objects"));
    command.args(arguments);
    server().configure(&mut command);
    command
}

fn succeed(command: &mut Command) -> Ended {
    let ended = run(command);
    assert!(ended.success(), "{ended}");
    ended
}

fn fail(command: &mut Command) -> String {
    let ended = run(command);
    assert_eq!(ended.code(), Some(1), "{ended}");
    ended.stderr
}

/// The same operations in flytekit, with the same settings.
fn flytekit<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = script("objects.py");
    command.args(arguments);
    server().configure(&mut command);
    command
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

/// Bytes without repeated parts.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// `execute` of a task of the fixture.
fn execute(task: &str, inputs: &str, prefix: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fixture"));
    command.args(["execute", "--task", task, "--inputs", inputs]);
    command.args(["--output-prefix", prefix]);
    command.args(["--raw-output-data-prefix", "s3://bucket/raw"]);
    server().configure(&mut command);
    command
}

/// Puts `inputs.pb` with this `number` below a prefix, as flytekit does.
fn put_inputs(prefix: &str, number: i64) -> String {
    put_input(prefix, "number", &number)
}

fn put_input<T: FlyteType>(prefix: &str, name: &'static str, value: &T) -> String {
    let folder = folder();
    let file = folder.path().join("inputs.pb");
    let mut literals = OutputsWriter::new();
    literals.output(name, value).expect("a value");
    fs::write(&file, literals.finish()).expect("a file");
    let uri = format!("{prefix}/inputs.pb");
    succeed(&mut flytekit(["put", text(&file), &uri]));
    uri
}

/// The output of a task of one input, all of it in the store.
fn output<I: FlyteType, O: FlyteType>(task: &str, name: &'static str, value: &I) -> O {
    let prefix = format!("s3://bucket/{task}");
    let inputs = put_input(&prefix, name, value);
    succeed(&mut execute(task, &inputs, &format!("{prefix}/out")));
    let files = get_all(&format!("{prefix}/out"));
    let [(_, bytes)] = files.as_slice() else {
        panic!("not one file: {files:?}")
    };
    let literal = LiteralMapRef::new(bytes).get("o0").expect("a LiteralMap");
    O::decode(literal.expect("an output")).expect("its value")
}

/// The objects that flytekit finds below a prefix, by file name.
fn get_all(prefix: &str) -> Vec<(String, Vec<u8>)> {
    let folder = folder();
    succeed(&mut flytekit(["get-folder", prefix, text(folder.path())]));
    let entries = fs::read_dir(folder.path()).expect("a folder");
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("a file");
        let name = entry.file_name().into_string().expect("a name");
        (name, fs::read(entry.path()).expect("bytes"))
    };
    entries.map(file).collect()
}

fn document(bytes: &[u8]) -> ContainerError {
    let document = ErrorDocument::decode(bytes).expect("an ErrorDocument");
    document.error.expect("an error")
}

#[test]
fn a_task_reads_its_inputs_and_writes_its_outputs() {
    let prefix = "s3://bucket/run-1/n0/data/0";
    let inputs = put_inputs("s3://bucket/run-1/n0/data", 21);
    let mut command = execute("flytekit_tests.tasks.double", &inputs, prefix);
    command
        .env("FLYTE_INTERNAL_EXECUTION_ID", "run-1")
        .env("FLYTE_INTERNAL_EXECUTION_WORKFLOW", "p:d:wf");
    let ended = succeed(&mut command);
    assert_eq!(ended.stderr, "");

    let files = get_all(prefix);
    let [(name, bytes)] = files.as_slice() else {
        panic!("not one file: {files:?}")
    };
    assert_eq!(name, "outputs.pb");
    let literals = LiteralMap::decode(&**bytes).expect("a LiteralMap").literals;
    let Some(Value::Scalar(scalar)) = &literals["o0"].value else {
        panic!("no scalar: {literals:?}")
    };
    let Some(scalar::Value::Primitive(number)) = &scalar.value else {
        panic!("no primitive: {literals:?}")
    };
    assert_eq!(number.value, Some(primitive::Value::Integer(42)));

    let outputs = format!("{prefix}/outputs.pb");
    let metadata = succeed(&mut flytekit(["metadata", &outputs])).text();
    assert!(
        metadata.contains(r#""flyte-execution-name": "run-1""#),
        "{metadata}"
    );
    assert!(
        metadata.contains(r#""flyte-execution-workflow": "p:d:wf""#),
        "{metadata}"
    );
}

#[test]
fn files_and_folders_of_tasks_lie_in_the_store() {
    let file: FlyteFile = output("fixture.files.streamed_file", "text", &"1,2".to_owned());
    assert!(file.uri().starts_with("s3://bucket/raw/"), "{file:?}");
    let texts: Vec<String> = output("fixture.files.file_text", "file", &file);
    assert_eq!(texts, ["1,2", "1,2"]);

    let files = BTreeMap::from([
        ("a b.txt".to_owned(), "one".to_owned()),
        ("below/ä%20.txt".to_owned(), String::new()),
    ]);
    let folder: FlyteDirectory = output("fixture.files.streamed_folder", "files", &files);
    assert!(folder.uri().starts_with("s3://bucket/raw/"), "{folder:?}");
    let texts: BTreeMap<String, String> = output("fixture.files.folder_texts", "folder", &folder);
    assert_eq!(texts, files);
}

#[test]
fn a_failed_task_writes_its_document_and_nothing_else() {
    let prefix = "s3://bucket/run-2/n0/data/0";
    let inputs = "s3://bucket/run-2/no/inputs.pb";
    succeed(&mut execute("flytekit_tests.tasks.double", inputs, prefix));
    let files = get_all(prefix);
    let [(name, bytes)] = files.as_slice() else {
        panic!("not one file: {files:?}")
    };
    assert_eq!(name, "error.pb");
    let error = document(bytes);
    assert_eq!(
        (error.kind(), error.origin()),
        (Kind::Recoverable, ErrorKind::System)
    );
    let said = format!("the inputs cannot be read: cannot read {inputs}: there is no such object");
    assert!(error.message.contains(&said), "{}", error.message);
}

#[test]
fn keys_may_be_odd() {
    let names = [
        "a b",
        "100%25",
        "%",
        "ä€𝄞",
        "a+b&c=d;e,f:g@h",
        "x?y#z",
        "[q]{r}~`'\"<>|^\\",
    ];
    let folder = folder();
    let [from, ours, theirs] = ["from", "ours", "theirs"].map(|name| folder.path().join(name));
    for name in names {
        fs::create_dir_all(from.join(name)).expect("a folder");
        fs::write(from.join(name).join(name), name).expect("a file");
    }
    let check = |copy: &Path| {
        for name in names {
            let copy = fs::read_to_string(copy.join(name).join(name)).expect("a copy");
            assert_eq!(copy, name);
        }
    };
    let endpoint = open_server().endpoint();
    let objects =
        |arguments: [&str; 3]| succeed(objects(arguments).env("FLYTE_AWS_ENDPOINT", endpoint));
    let flytekit = |arguments: [&str; 3]| {
        succeed(flytekit(arguments).env("FLYTE_AWS_ENDPOINT", endpoint));
    };
    objects(["upload-folder", text(&from), "s3://bucket/odd %/ours"]);
    flytekit(["get-folder", "s3://bucket/odd %/ours", text(&theirs)]);
    check(&theirs);
    flytekit(["put-folder", text(&from), "s3://bucket/odd %/theirs"]);
    objects(["download-folder", "s3://bucket/odd %/theirs", text(&ours)]);
    check(&ours);
    for name in names {
        let copy = ours.join("copy");
        let uri = format!("s3://bucket/odd %/theirs/{name}/{name}");
        objects(["download", &uri, text(&copy)]);
        assert_eq!(fs::read_to_string(&copy).expect("a copy"), name);
    }
}

#[test]
fn keys_that_cannot_be_reached_are_refused() {
    for key in ["a//b", "/a", "a/../b", "./a", "a\nb"] {
        let said = fail(&mut objects(["read", &format!("s3://bucket/{key}")]));
        assert!(said.contains("empty part"), "{key}: {said}");
    }
    for uri in ["s3://bucket", "s3://bucket/", "s3://bucket/a/"] {
        let said = fail(&mut objects(["read", uri]));
        assert!(said.contains("names a folder, not a file"), "{uri}: {said}");
    }
    let said = fail(&mut objects(["read", "s3:///a"]));
    assert!(said.contains("names no bucket"), "{said}");
}

#[test]
fn large_files_go_in_parts() {
    let folder = folder();
    let [file, back, theirs] = ["file", "back", "theirs"].map(|name| folder.path().join(name));
    let bytes = noise(LARGE);
    fs::write(&file, &bytes).expect("a file");
    let uri = "s3://bucket/large/ours";
    let ended = succeed(&mut objects(["upload", text(&file), uri]));
    assert_eq!(ended.stderr, "", "a short transfer says nothing");
    succeed(&mut objects(["download", uri, text(&back)]));
    assert!(fs::read(&back).expect("a copy") == bytes);
    succeed(&mut flytekit(["get", uri, text(&theirs)]));
    assert!(fs::read(&theirs).expect("a copy") == bytes);

    let uri = "s3://bucket/large/theirs";
    succeed(&mut flytekit(["put", text(&file), uri]));
    assert!(succeed(&mut objects(["read", uri])).stdout == bytes);
    assert!(succeed(&mut objects(["read-in-async", uri])).stdout == bytes);
    let begun = succeed(&mut objects(["begin", uri, "9000000"]));
    let told = format!("Some({LARGE})\n");
    assert!(begun.stdout == [told.as_bytes(), &bytes[..9_000_000]].concat());
}

#[test]
fn folders_go_file_by_file() {
    let folder = folder();
    let [from, back, theirs] = ["from", "back", "theirs"].map(|name| folder.path().join(name));
    let names: Vec<_> = (0..60)
        .map(|it| format!("{}/{}/{it}.txt", it % 2, it % 3))
        .collect();
    for name in &names {
        let path = from.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, name).expect("a file");
    }
    let same = |copy: &Path| {
        for name in &names {
            assert_eq!(&fs::read_to_string(copy.join(name)).expect("a copy"), name);
        }
    };
    let prefix = "s3://bucket/folder/ours";
    succeed(&mut objects(["upload-folder", text(&from), prefix]));
    succeed(&mut objects(["download-folder", prefix, text(&back)]));
    same(&back);
    succeed(&mut flytekit(["get-folder", prefix, text(&theirs)]));
    same(&theirs);

    let (prefix, again) = ("s3://bucket/folder/theirs/", folder.path().join("again"));
    succeed(&mut flytekit(["put-folder", text(&from), prefix]));
    let listed = succeed(&mut objects(["list", prefix])).text();
    let mut sorted = names.clone();
    sorted.sort();
    let lines: Vec<_> = sorted
        .iter()
        .map(|name| format!("{} {name}", name.len()))
        .collect();
    assert_eq!(listed.lines().collect::<Vec<_>>(), lines);
    succeed(&mut objects(["download-folder", prefix, text(&again)]));
    same(&again);
}

#[test]
fn what_is_missing_is_named() {
    for (uri, what) in [
        ("s3://bucket/missing", "there is no such object"),
        ("s3://no-bucket/missing", "there is no such bucket"),
    ] {
        let said = fail(&mut objects(["read", uri]));
        let expected = format!(
            "cannot read {uri}: {what} ({} answers 404",
            server().endpoint()
        );
        assert!(said.starts_with(&expected), "{said}");
        assert!(
            said.ends_with("recoverable: false\nnot found: true\n"),
            "{said}"
        );
    }
    let said = fail(&mut objects(["write", "s3://no-bucket/a", "b", "text"]));
    assert!(
        said.contains("cannot write s3://no-bucket/a/b: there is no such bucket"),
        "{said}"
    );
    let to = folder();
    for command in [
        &mut objects(["list", "s3://bucket/missing"]),
        &mut objects(["download-folder", "s3://bucket/missing", text(to.path())]),
    ] {
        let said = fail(command);
        assert!(
            said.contains("s3://bucket/missing: there is no object below it"),
            "{said}"
        );
    }
}

#[test]
fn wrong_credentials_are_the_users_to_check() {
    for (name, code) in [
        ("FLYTE_AWS_ACCESS_KEY_ID", "InvalidAccessKeyId"),
        ("FLYTE_AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch"),
    ] {
        let mut command = objects(["write", "s3://bucket", "refused", "text"]);
        let said = fail(command.env(name, "wrong"));
        assert!(said.contains(code) && said.contains("403"), "{said}");
        assert!(said.contains("check FLYTE_AWS_ACCESS_KEY_ID"), "{said}");
        assert!(said.contains("recoverable: false"), "{said}");
    }
}

#[test]
fn without_credentials_they_are_asked_for() {
    let mut command = objects(["write", "s3://bucket", "refused", "text"]);
    command.env_remove("FLYTE_AWS_ACCESS_KEY_ID");
    let said = fail(command.env_remove("FLYTE_AWS_SECRET_ACCESS_KEY"));
    assert!(
        said.contains("no credentials: set FLYTE_AWS_ACCESS_KEY_ID"),
        "{said}"
    );
}

/// Public objects are read without a signature, like flytekit does when its own is refused.
#[test]
fn what_is_public_needs_no_credentials() {
    let is_signed = |head: &str| head.to_lowercase().contains("\r\nauthorization:");
    let proxy = Proxy::start(open_server().endpoint(), move |_, head| {
        if is_signed(head) {
            Answer::Status(403)
        } else {
            Answer::Pass
        }
    });
    let signed = |setting| {
        let before = proxy.requests().len();
        let mut read = objects(["read", "s3://bucket/public"]);
        read.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
        assert_eq!(succeed(read.env(setting, "true")).text(), "for all");
        let requests = proxy.requests();
        let signed = requests[before..].iter().map(|head| is_signed(head));
        signed.collect::<Vec<_>>()
    };
    assert_eq!(signed("UNRELATED"), [true, false]);
    assert_eq!(signed("AWS_SKIP_SIGNATURE"), [false]);
}

#[test]
fn a_server_that_fails_now_and_then_is_asked_again() {
    let folder = folder();
    let [file, back] = ["file", "back"].map(|name| folder.path().join(name));
    let bytes = noise(LARGE);
    fs::write(&file, &bytes).expect("a file");
    let proxy = Proxy::start(server().endpoint(), |number, head| match number % 4 {
        0 => Answer::Status(503),
        2 => Answer::Status(500),
        3 if head.starts_with("GET") => Answer::Cut(100_000),
        _ => Answer::Pass,
    });
    let uri = "s3://bucket/flaky/file";
    for arguments in [["upload", text(&file), uri], ["download", uri, text(&back)]] {
        succeed(objects(arguments).env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
    }
    assert!(fs::read(&back).expect("a copy") == bytes);
}

#[test]
fn a_server_that_never_works_is_named_with_its_answer() {
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Status(503));
    let mut command = objects(["read", "s3://bucket/any"]);
    command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
    let said = fail(command.env("FLYTE_AWS_RETRIES", "2"));
    let expected = format!(
        "{} answers 503 Service Unavailable (3 tries)",
        proxy.endpoint()
    );
    assert!(said.contains(&expected), "{said}");
    assert!(said.contains("recoverable: true"), "{said}");
    assert_eq!(proxy.requests().len(), 3);
}

#[test]
fn a_server_that_is_down_is_given_up_in_time() {
    let folder = folder();
    let prefix = folder.path().join("outputs");
    let mut command = execute(
        "flytekit_tests.tasks.double",
        "s3://bucket/inputs.pb",
        text(&prefix),
    );
    command
        .env("FLYTE_AWS_ENDPOINT", "http://127.0.0.1:9")
        .env("FLYTEKIT_STORE_TIMEOUT", "2");
    let started = Instant::now();
    succeed(&mut command);
    assert!(started.elapsed() < SOON);
    let error = document(&fs::read(prefix.join("error.pb")).expect("a document"));
    assert_eq!(
        (error.kind(), error.origin()),
        (Kind::Recoverable, ErrorKind::System)
    );
    for words in [
        "no answer from http://127.0.0.1:9: Connection refused",
        "FLYTE_AWS_ENDPOINT",
    ] {
        assert!(error.message.contains(words), "{}", error.message);
    }
}

#[test]
fn a_document_that_cannot_be_written_fails_the_container() {
    let mut command = execute(
        "flytekit_tests.tasks.double",
        "/no/inputs.pb",
        "s3://no-bucket/0",
    );
    let ended = run(&mut command);
    assert_eq!(ended.code(), Some(1), "{ended}");
    assert!(
        ended
            .stderr
            .contains("cannot write s3://no-bucket/0/error.pb"),
        "{ended}"
    );
}

#[test]
fn a_server_that_says_nothing_is_given_up_in_time() {
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Silence);
    let mut command = objects(["read", "s3://bucket/any"]);
    command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
    let started = Instant::now();
    let said = fail(command.env("FLYTEKIT_STORE_TIMEOUT", "1"));
    assert!(started.elapsed() < SOON);
    assert!(said.contains("waited 1 s for an answer"), "{said}");
    assert!(said.contains("recoverable: true"), "{said}");
}

/// An impossible size of an object.
const ENDLESS: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1152921504606846976\r\n\r\n";

#[test]
fn no_memory_is_set_aside_for_what_a_server_says() {
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Words(ENDLESS));
    for uri in [
        "s3://bucket/any".to_owned(),
        format!("{}/any", proxy.endpoint()),
    ] {
        let mut command = objects(["read", &uri]);
        let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
        assert!(said.contains("1099511627776 MiB are to be read"), "{said}");

        let folder = folder();
        let prefix = folder.path().join("outputs");
        let mut command = execute("flytekit_tests.tasks.double", &uri, text(&prefix));
        succeed(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
        let error = document(&fs::read(prefix.join("error.pb")).expect("a document"));
        assert!(
            error.message.contains("MiB are to be read"),
            "{}",
            error.message
        );
    }
    let failing = "HTTP/1.1 403 Forbidden\r\nContent-Length: 1152921504606846976\r\n\r\nno";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Words(failing));
    for operation in ["read", "list"] {
        let mut command = objects([operation, "s3://bucket/any"]);
        let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
        assert!(said.contains("answers 403 Forbidden"), "{said}");
    }
}

#[test]
fn what_a_server_says_has_an_end() {
    let failing = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Flood(failing));
    for arguments in [
        vec!["read", "s3://bucket/any"],
        vec!["write", "s3://bucket", "a", "b"],
    ] {
        let mut command = objects(arguments);
        let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
        assert!(said.contains("answers 403 Forbidden"), "{said}");
    }
    let fine = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Flood(fine));
    let mut command = objects(["list", "s3://bucket/any"]);
    let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
    assert!(said.contains("the answer has more than 64 MiB"), "{said}");
}

#[test]
fn a_byte_now_and_then_is_as_good_as_silence() {
    let started = Instant::now();
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Drip(head));
    for operation in ["read", "list"] {
        let mut command = objects([operation, "s3://bucket/any"]);
        command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
        let said = fail(command.env("FLYTEKIT_STORE_TIMEOUT", "1"));
        assert!(
            said.contains("less than 1024 a second"),
            "{operation}: {said}"
        );
        assert!(said.contains("recoverable: true"), "{said}");
    }
    let head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 100000000\r\n\r\n";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Drip(head));
    let mut command = objects(["read", "s3://bucket/any"]);
    command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
    let said = fail(command.env("FLYTEKIT_STORE_TIMEOUT", "1"));
    assert!(said.contains("answers 403 Forbidden"), "{said}");
    assert!(started.elapsed() < SOON);
}

#[test]
fn a_listing_has_an_end() {
    let page = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 153\r\n\r\n<ListBucketResult><Name>bucket</Name>\
        <IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>\
        <!-- 67890 --></ListBucketResult>";
    assert_eq!(
        page.split_once("\r\n\r\n").map(|(_, body)| body.len()),
        Some(153)
    );
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Words(page));
    let mut command = objects(["list", "s3://bucket/any"]);
    command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
    let said = fail(command.env("FLYTEKIT_STORE_TIMEOUT", "1"));
    assert!(said.contains("no further object within 5 s"), "{said}");
    assert!(proxy.requests().len() > 1);
}

#[test]
fn what_sends_elsewhere_is_told_from_another_region() {
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Status(302));
    let http = format!("{}/any", proxy.endpoint());
    for (uri, advice) in [
        ("s3://bucket/any", "FLYTE_AWS_ENDPOINT"),
        (&http, "the URL"),
    ] {
        let mut command = objects(["read", uri]);
        let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
        assert!(
            said.contains("which is a redirect") && said.contains(advice),
            "{said}"
        );
        assert!(!said.contains("AWS_REGION"), "{said}");
    }
    let moved =
        "HTTP/1.1 301 Moved\r\nx-amz-bucket-region: eu-north-1\r\nContent-Length: 0\r\n\r\n";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Words(moved));
    let mut command = objects(["read", "s3://bucket/any"]);
    let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
    assert!(said.contains("set AWS_REGION to eu-north-1"), "{said}");
}

#[test]
fn a_store_that_has_something_else_has_not_what_was_sent() {
    let damaged = "HTTP/1.1 201 Created\r\nETag: \"a\"\r\nContent-MD5: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
        Content-Length: 0\r\n\r\n";
    let proxy = Proxy::start(server().endpoint(), move |_, _| Answer::Words(damaged));
    let mut command = objects(["write", "abfs://box", "a", "text"]);
    command
        .env("AZURE_STORAGE_ENDPOINT", proxy.endpoint())
        .env("FLYTE_AZURE_STORAGE_ACCOUNT_NAME", "account")
        .env("FLYTE_AZURE_STORAGE_ACCOUNT_KEY", "Zm9vYmFy");
    let said = fail(command.env("FLYTE_AWS_RETRIES", "1"));
    let expected = "has stored other bytes than it was sent (2 tries)";
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("recoverable: true"), "{said}");
}

/// The system reports a size of zero for such a file, before and after it is read.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_not_what_it_was_is_not_uploaded() {
    let folder = folder();
    let here = text(&folder.path().join("copy")).to_owned();
    for uri in ["s3://bucket/changed", &here] {
        let said = fail(&mut objects(["upload", "/proc/self/status", uri]));
        assert!(said.contains("it had 0 bytes, 1"), "{said}");
        let said = fail(&mut objects(["read", uri]));
        assert!(said.contains("not found: true"), "{said}");
    }
}

#[test]
fn what_gives_access_is_in_no_message_and_no_log() {
    let nobody = "127.0.0.1:1";
    let folder = folder();
    let prefix = text(folder.path());
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Silence);
    let silent = proxy.endpoint().replace("http://", "");
    for server in [nobody, &silent] {
        let endpoint = format!("http://me:pa55word@{server}");
        let signed = format!("{endpoint}/a?X-Amz-Signature=pa55word&sig=pa55word&x=1");
        for uri in ["s3://bucket/any", &signed] {
            let mut command = objects(["read", uri]);
            command.env("FLYTE_AWS_ENDPOINT", &endpoint);
            let said = fail(command.env("FLYTEKIT_STORE_TIMEOUT", "1"));
            assert!(
                said.contains(server) && !said.contains("pa55word"),
                "{said}"
            );

            let mut command = execute("fixture.values.void", uri, prefix);
            command.env("FLYTE_AWS_ENDPOINT", &endpoint);
            command
                .env("FLYTEKIT_STORE_TIMEOUT", "1")
                .env("FLYTEKIT_LOG", "trace");
            let ended = run(&mut command);
            assert!(ended.stderr.contains(server), "{ended}");
            assert!(!ended.stderr.contains("pa55word"), "{ended}");
        }
    }
}

/// The keys of the bucket with parts, but without an object.
pub(crate) fn written_in_parts() -> Vec<String> {
    let listed = succeed(&mut flytekit(["unfinished", "bucket"])).text();
    serde_json::from_str(&listed).expect("a list")
}

/// A store keeps parts, and charges for them, until the upload is aborted.
#[test]
fn parts_of_what_fails_are_taken_back() {
    type Fails = fn(&str) -> bool;

    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, noise(LARGE)).expect("a file");
    let is_last_part = |head: &str| head.starts_with("PUT") && head.contains("partNumber=3");
    let is_completion = |head: &str| head.starts_with("POST") && head.contains("?uploadId=");
    for (name, fails) in [
        ("part", is_last_part as Fails),
        ("completion", is_completion as Fails),
    ] {
        let proxy = Proxy::start(server().endpoint(), move |_, head| {
            if fails(head) {
                Answer::Status(403)
            } else {
                Answer::Pass
            }
        });
        let key = format!("taken-back/{name}");
        let mut command = objects(["upload", text(&file), &format!("s3://bucket/{key}")]);
        let said = fail(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
        assert!(said.contains("answers 403"), "{said}");
        let requests = proxy.requests();
        let begun = requests.iter().any(|head| head.contains("?uploads"));
        assert!(begun, "not in parts: {requests:?}");
        assert!(!written_in_parts().contains(&key), "{name}: {requests:?}");
    }
}

#[test]
fn a_stream_appears_only_when_it_is_finished() {
    for size in ["1", "20"] {
        let uri = format!("s3://bucket/streams/{size}");
        succeed(objects(["drop", &uri]).env("MIB", size));
        assert!(fail(&mut objects(["read", &uri])).contains("there is no such object"));
        assert!(!written_in_parts().contains(&format!("streams/{size}")));
        succeed(objects(["stream", &uri]).env("MIB", size));
        let read = succeed(&mut objects(["read", &uri])).stdout;
        let parts = read.chunks(1 << 20).enumerate();
        let odd =
            |(index, part): (usize, &[u8])| part.iter().all(|byte| usize::from(*byte) == index % 2);
        assert_eq!(read.len(), size.parse::<usize>().expect("a number") << 20);
        assert!(parts.into_iter().all(odd));
    }
}

#[test]
fn a_long_transfer_says_how_far_it_is() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, noise(60_000_000)).expect("a file");
    let proxy = Proxy::start(server().endpoint(), |_, _| {
        thread::sleep(Duration::from_millis(1200));
        Answer::Pass
    });
    let uri = "s3://bucket/slow/file";
    let mut command = objects(["upload", text(&file), uri]);
    let ended = succeed(command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint()));
    // One, or more on a busy machine.
    let of = format!("upload {} to {uri}: ", text(&file));
    assert!(!ended.stderr.is_empty(), "{ended}");
    for line in ended.stderr.lines() {
        assert!(
            line.starts_with(&of) && line.ends_with(" of 57.22 MiB"),
            "{line}"
        );
    }
}

#[test]
fn settings_that_make_no_sense_are_named() {
    for (name, value) in [
        ("FLYTE_AWS_ADDRESSING_STYLE", "hosted"),
        ("FLYTE_AWS_RETRIES", "often"),
        ("FLYTEKIT_STORE_TIMEOUT", "1m"),
    ] {
        let said = fail(objects(["read", "s3://bucket/any"]).env(name, value));
        assert!(said.contains(name) && said.contains(value), "{said}");
    }
}

/// A variable may name a pipe, which nobody ever writes to, or a device without end.
#[test]
fn files_of_settings_have_an_end() {
    for name in ["GOOGLE_APPLICATION_CREDENTIALS", "SSL_CERT_FILE"] {
        let mut command = objects(["read", "gs://pot/any"]);
        let said = fail(command.env(name, "/dev/zero"));
        let expected = format!("{name} names `/dev/zero`, which is neither a file nor a folder");
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn requests_are_logged_when_flytekits_variable_says_so() {
    let run_with = |value| {
        let mut command = execute(
            "flytekit_tests.tasks.double",
            "s3://bucket/no",
            "s3://bucket/log",
        );
        succeed(
            command
                .env("FLYTE_AWS_ENABLE_DEBUG", value)
                .env_remove("FLYTEKIT_LOG"),
        )
        .stderr
    };
    let (quiet, loud) = (run_with("False"), run_with("true"));
    assert_eq!(quiet.lines().count(), 1, "{quiet}");
    assert!(loud.contains("404 Not Found"), "{loud}");
}

#[test]
fn the_path_style_is_honoured() {
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Pass);
    let mut command = objects(["write", "s3://bucket/style", "file", "text"]);
    command.env("FLYTE_AWS_ENDPOINT", proxy.endpoint());
    succeed(command.env("FLYTE_AWS_ADDRESSING_STYLE", "path"));
    let requests = proxy.requests();
    assert!(
        requests[0].starts_with("PUT /bucket/style/file HTTP/1.1\r\n"),
        "{requests:?}"
    );
}

#[test]
fn web_servers_are_read() {
    let folder = folder();
    let bytes = noise(LARGE);
    fs::write(folder.path().join("a b%.bin"), &bytes).expect("a file");
    let server = FileServer::start(folder.path());
    let uri = format!("{}/a%20b%25.bin", server.url());
    assert!(succeed(&mut objects(["read", &uri])).stdout == bytes);
    let copy = folder.path().join("copy");
    succeed(&mut objects([
        "download",
        &format!("{uri}?a=1"),
        text(&copy),
    ]));
    assert!(fs::read(&copy).expect("a copy") == bytes);

    let proxy = Proxy::start(server.url(), |_, _| Answer::Unsized);
    let unsized_file = format!("{}/a%20b%25.bin", proxy.endpoint());
    assert!(succeed(&mut objects(["read", &unsized_file])).stdout == bytes);

    let missing = format!("{}/missing?Signature=hidden", server.url());
    let said = fail(&mut objects(["read", &missing]));
    assert!(
        said.contains("missing?…: there is no such object"),
        "{said}"
    );
    assert!(!said.contains("hidden"), "{said}");
    let said = fail(&mut objects(["write", server.url(), "a", "text"]));
    assert!(said.contains("can only be read"), "{said}");
    let said = fail(&mut objects(["list", server.url()]));
    assert!(said.contains("HTTP has no folders"), "{said}");
}

#[test]
fn certificates_are_this_machines() {
    let folder = folder();
    fs::write(folder.path().join("file"), "secret").expect("a file");
    let certificate = folder.path().join("certificate.pem");
    let server = FileServer::with_tls(folder.path(), &certificate);
    let uri = format!("{}/file", server.url());
    let mut command = objects(["read", &uri]);
    assert_eq!(
        succeed(command.env("SSL_CERT_FILE", &certificate)).text(),
        "secret"
    );

    // Machines without certificates trust known authorities, and not this one.
    for others in [folder.path().join("none"), folder.path().join("file")] {
        let mut command = objects(["read", &uri]);
        command
            .env("SSL_CERT_FILE", others)
            .env("SSL_CERT_DIR", "/none");
        let said = fail(command.env("FLYTE_AWS_RETRIES", "0"));
        assert!(
            said.contains("invalid peer certificate: UnknownIssuer"),
            "{said}"
        );
    }
}

/// There is no emulator of these: the requests show that the settings are used.
#[test]
fn other_clouds_are_asked_where_the_environment_says() {
    let proxy = Proxy::start(server().endpoint(), |_, _| Answer::Status(404));
    let mut command = objects(["read", "gs://pot/a b/c%20"]);
    let said = fail(command.env("STORAGE_EMULATOR_HOST", proxy.endpoint()));
    assert!(
        said.contains("cannot read gs://pot/a b/c%20: there is no such object"),
        "{said}"
    );
    assert!(
        proxy.requests()[0].starts_with("GET /pot/a%20b%2Fc%2520 "),
        "{:?}",
        proxy.requests()
    );

    let fine = "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 0\r\n\r\n";
    let emulator = Proxy::start(server().endpoint(), move |_, _| Answer::Words(fine));
    let mut command = objects(["write", "gs://pot", "a", "text"]);
    succeed(command.env("STORAGE_EMULATOR_HOST", emulator.endpoint()));

    let key = "Zm9vYmFy";
    for uri in [
        "abfs://box/a b",
        "abfss://box@other.dfs.core.windows.net/a b",
        "az://box/a b",
    ] {
        let mut command = objects(["read", uri]);
        command
            .env("AZURE_STORAGE_ENDPOINT", proxy.endpoint())
            .env("FLYTE_AZURE_STORAGE_ACCOUNT_NAME", "account")
            .env("FLYTE_AZURE_STORAGE_ACCOUNT_KEY", key);
        let said = fail(&mut command);
        assert!(
            said.contains(&format!("cannot read {uri}: there is no such object")),
            "{said}"
        );
        let requests = proxy.requests();
        let last = requests.last().expect("a request");
        assert!(last.starts_with("GET /box/a%20b "), "{last}");
        let account = if uri.contains('@') {
            "other"
        } else {
            "account"
        };
        assert!(last.contains(&format!("SharedKey {account}:")), "{last}");
    }
}
