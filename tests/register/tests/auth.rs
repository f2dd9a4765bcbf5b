//! Calls to Flyte: over TLS, through proxies, with tokens that come from applications, people and
//! programs; and what is said when that fails.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use flytekit_test_support::flyte::{FlyteServer, Request};
use flytekit_test_support::{Ended, eventually, python, run, script};

/// How the application that the server knows signs in.
const APPLICATION: [(&str, &str); 3] = [
    ("FLYTE_CREDENTIALS_AUTH_MODE", "ClientSecret"),
    ("FLYTE_CREDENTIALS_CLIENT_ID", "flytepropeller"),
    ("FLYTE_CREDENTIALS_CLIENT_SECRET", "secret"),
];

/// How a person does with a browser elsewhere.
const DEVICE: [(&str, &str); 1] = [("FLYTE_CREDENTIALS_AUTH_MODE", "DeviceFlow")];

/// A run of the program that calls Flyte, once for each of its three tasks.
fn registering(server: &FlyteServer) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registered"));
    command.args(["register", "--version", "1", "--image", "example.com/app:1"]);
    server.configure(&mut command);
    command.current_dir(server.folder());
    // No test shall open the browser of whoever runs it.
    command
        .env("BROWSER", "true")
        .env_remove("CARGO_MANIFEST_DIR");
    command
}

fn register(server: &FlyteServer, settings: &[(&str, &str)]) -> Ended {
    run(registering(server).envs(settings.iter().copied()))
}

/// A run that succeeds, and has said no secret.
fn registers(server: &FlyteServer, settings: &[(&str, &str)]) -> Ended {
    let ended = register(server, settings);
    assert!(ended.success(), "{ended}");
    keeps_secrets(server, &ended);
    ended
}

/// What a run says that fails as it should: with exit code 1, once, without secrets.
fn refusal(server: &FlyteServer, settings: &[(&str, &str)]) -> String {
    let ended = register(server, settings);
    assert_eq!(ended.code(), Some(1), "{ended}");
    keeps_secrets(server, &ended);
    ended.text() + &ended.stderr
}

/// The tokens that are kept, and the secrets of the settings, are in no output.
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

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

/// The requests for tokens and the like: the names of the parts of the web server.
fn asked(server: &FlyteServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    let web = requests.filter(|it| it.service == "Web");
    web.map(|it| it.method).collect()
}

/// A browser that does what a script in Python does, `sys.argv[1]` being the page.
fn browser(server: &FlyteServer, script: &str) -> String {
    let program = server.folder().join("browser");
    let (python, log) = (python(), server.folder().join("page"));
    let text = format!(
        "#!/bin/sh\n'{}' -c 'import sys, urllib.error, urllib.request\ndef open(url):\n    try:\n        \
         return urllib.request.urlopen(url).read().decode()\n    except urllib.error.HTTPError as error:\n        \
         return error.read().decode()\n{script}' \"$1\" > '{}' 2>&1 &\n",
        python.display(),
        log.display()
    );
    fs::write(&program, text).expect("a file");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    program.display().to_string()
}

/// One whose person agrees, and sees what the last page says.
const AGREES: &str = "print(open(sys.argv[1]))";

fn last_page(server: &FlyteServer) -> String {
    let path = server.folder().join("page");
    let mut page = String::new();
    // The browser is not waited for by the program that opened it.
    eventually("the browser shows a page", Duration::from_secs(10), || {
        page = fs::read_to_string(&path).unwrap_or_default();
        page.ends_with('\n')
    });
    page
}

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

/// What flytekit's client asks for a token, and how it shows it, side by side with what this one
/// does.
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

fn flytekit_calls(server: &FlyteServer, settings: &[(&str, &str)]) {
    let mut command = script("flyte_client.py");
    command.args(["tasks", "flytesnacks", "development"]);
    server.configure(&mut command);
    let ended = run(command.envs(settings.iter().copied()));
    assert!(ended.success(), "{ended}");
}

/// The fields of the first form that was sent to a part of the web server, in order.
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
        "0.5",
        "--claimed-lifetime",
        "3600",
        "--delay",
        "300",
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

#[test]
fn a_server_that_is_not_there_at_first_is_asked_again() {
    let server = FlyteServer::start(&["--require-auth", "--fail-each-once"]);
    registers(&server, &APPLICATION);
    assert_eq!(server.answers("CreateTask")["OK"], 3);
}

#[test]
fn a_person_signs_in_with_the_browser_and_need_not_again() {
    let server = FlyteServer::start(&["--require-auth", "--metadata-key", "flyte-token"]);
    let browser = browser(&server, AGREES);
    let settings = [("BROWSER", &*browser)];
    let first = registers(&server, &settings);
    assert!(
        first.stderr.contains("/oauth2/authorize?"),
        "the page is named: {first}"
    );
    let page = last_page(&server);
    assert!(page.contains("You are signed in to"), "{page}");
    assert_eq!(asked(&server), ["authorize", "token"]);

    let kept = kept_tokens(&server);
    let [(path, _)] = &kept[..] else {
        panic!("one file: {kept:?}")
    };
    assert_eq!((mode(path), mode(&tokens_folder(&server))), (0o600, 0o700));

    let second = registers(&server, &settings);
    assert!(!second.stderr.contains("sign in"), "{second}");
    assert_eq!(
        asked(&server),
        ["authorize", "token"],
        "the token is used again"
    );
}

#[test]
fn logs_have_no_tokens() {
    let server = FlyteServer::start(&["--require-auth", "--token-lifetime", "1"]);
    let browser = browser(&server, AGREES);
    let settings = [("BROWSER", &*browser), ("FLYTEKIT_LOG", "trace")];
    let first = registers(&server, &settings);
    assert!(first.stderr.contains("TRACE"), "{first}");
    thread::sleep(Duration::from_millis(1100));
    let before = kept_tokens(&server);
    let second = registers(&server, &settings);
    for name in ["access_token", "refresh_token"] {
        let old = before[0].1[name].as_str().expect("a token");
        assert!(!second.stderr.contains(old), "{second}");
    }

    let mut settings = APPLICATION.to_vec();
    settings.push(("FLYTEKIT_LOG", "trace"));
    let ended = registers(&server, &settings);
    // flytepropeller:secret
    let credentials = "Zmx5dGVwcm9wZWxsZXI6c2VjcmV0";
    assert!(!ended.stderr.contains(credentials), "{ended}");
}

#[test]
fn a_browser_is_sent_where_flytekit_sends_it() {
    let options = ["--require-auth", "--audience", "flyte"];
    let [ours, theirs] = [(); 2].map(|()| FlyteServer::start(&options));
    registers(&ours, &[("BROWSER", &*browser(&ours, AGREES))]);
    flytekit_calls(&theirs, &[("BROWSER", &*browser(&theirs, AGREES))]);
    let random = ["state", "code_challenge", "redirect_uri"];
    let page = |server| {
        let mut fields = form(server, "authorize");
        fields.retain(|(name, _)| !random.contains(&&**name));
        fields
    };
    assert_eq!(page(&ours), page(&theirs));
    // flytekit also sends what it has sent to the page before.
    let [ours, theirs] = [&ours, &theirs].map(|server| {
        let fields = form(server, "token").into_iter();
        fields
            .filter(|(name, _)| name != "redirect_uri")
            .collect::<Vec<_>>()
    });
    for field in &ours {
        assert!(theirs.contains(field), "{field:?} is not in {theirs:?}");
    }
}

#[test]
fn a_persons_token_that_has_expired_is_refreshed() {
    let server = FlyteServer::start(&["--require-auth", "--token-lifetime", "1"]);
    let browser = browser(&server, AGREES);
    registers(&server, &[("BROWSER", &browser)]);
    let before = kept_tokens(&server);
    thread::sleep(Duration::from_millis(1100));
    registers(&server, &[("BROWSER", &browser)]);
    assert_eq!(asked(&server), ["authorize", "token", "token"]);
    let requests = server.requests();
    let last = requests.iter().rfind(|it| it.method == "token");
    let fields = fields(last.expect("a request"));
    assert!(
        fields.iter().any(|(_, value)| value == "refresh_token"),
        "{fields:?}"
    );
    assert_ne!(kept_tokens(&server), before, "the new token is kept");
}

#[test]
fn whoever_may_not_refresh_any_more_signs_in_again() {
    let server = FlyteServer::start(&["--require-auth", "--token-lifetime", "1"]);
    let browser = browser(&server, AGREES);
    registers(&server, &[("BROWSER", &browser)]);
    let (path, mut kept) = kept_tokens(&server).remove(0);
    kept["refresh_token"] = "withdrawn".into();
    fs::write(&path, kept.to_string()).expect("a file");
    thread::sleep(Duration::from_millis(1100));
    registers(&server, &[("BROWSER", &browser)]);
    assert_eq!(
        asked(&server),
        ["authorize", "token", "token", "authorize", "token"]
    );
}

#[test]
fn tokens_that_others_can_read_are_not_used() {
    let server = FlyteServer::start(&["--require-auth"]);
    let browser = browser(&server, AGREES);
    registers(&server, &[("BROWSER", &browser)]);
    let (path, _) = kept_tokens(&server).remove(0);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("a file");
    let again = registers(&server, &[("BROWSER", &browser)]);
    let warning = format!(
        "warning: the token in `{}` is not used: others can read it",
        path.display()
    );
    assert!(again.stderr.contains(&warning), "{again}");
    assert_eq!(asked(&server), ["authorize", "token", "authorize", "token"]);
    assert_eq!(mode(&path), 0o600, "the new one is private");
}

#[test]
fn a_browser_that_comes_from_another_page_is_refused() {
    let server = FlyteServer::start(&["--require-auth"]);
    let forged = "from urllib.parse import parse_qs, urlsplit
back = parse_qs(urlsplit(sys.argv[1]).query)[\"redirect_uri\"][0]
print(open(back + \"?code=abc&state=forged\"))";
    let browser = browser(&server, forged);
    let said = refusal(&server, &[("BROWSER", &browser)]);
    assert!(
        said.contains("the `state` is not the one that was sent"),
        "{said}"
    );
    assert!(asked(&server).is_empty(), "the code is not used");
    let page = last_page(&server);
    assert!(page.contains("You are not signed in"), "{page}");
}

#[test]
fn a_person_who_says_no_is_heard() {
    let server = FlyteServer::start(&["--require-auth", "--deny"]);
    let browser = browser(&server, AGREES);
    let said = refusal(&server, &[("BROWSER", &browser)]);
    assert!(
        said.contains("access_denied the user has said no"),
        "{said}"
    );
    let said = refusal(&server, &DEVICE);
    assert!(
        said.contains("access_denied: the user has said no"),
        "{said}"
    );
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let redirect = format!("http://localhost:{port}/callback");
    let server = FlyteServer::start(&["--require-auth", "--redirect-uri", &redirect]);
    let said = refusal(&server, &[]);
    assert!(
        said.contains(&format!("another program listens on port {port}")),
        "{said}"
    );
    assert!(said.contains("DeviceFlow"), "what to do: {said}");
}

#[test]
fn a_browser_is_only_let_back_to_this_machine() {
    let server = FlyteServer::start(&[
        "--require-auth",
        "--redirect-uri",
        "http://0.0.0.0:1/callback",
    ]);
    let said = refusal(&server, &[]);
    assert!(said.contains("it is no `http://localhost:…`"), "{said}");
}

#[test]
fn nobody_is_waited_for_without_end() {
    let server = FlyteServer::start(&["--require-auth", "--device-lifetime", "1"]);
    let started = Instant::now();
    let said = refusal(&server, &[("FLYTEKIT_SIGN_IN_TIMEOUT", "1")]);
    assert!(
        said.contains("nobody has signed in within 1 s in the browser"),
        "{said}"
    );
    let said = refusal(&server, &DEVICE);
    assert!(
        said.contains("nobody has entered the code within 1 s"),
        "{said}"
    );
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_person_with_a_browser_elsewhere_enters_a_code() {
    let server = FlyteServer::start(&["--require-auth", "--audience", "flyte"]);
    let ended = registers(&server, &DEVICE);
    assert!(ended.stderr.contains("WDJB-MJHT"), "{ended}");
    let page = format!("{}/device?user_code=WDJB-MJHT", server.http());
    assert!(ended.stderr.contains(&page), "{ended}");
    // Once while nobody has agreed, once too fast.
    assert_eq!(asked(&server), ["device", "token", "token", "token"]);
    assert_eq!(kept_tokens(&server).len(), 1);
    let theirs = FlyteServer::start(&["--require-auth", "--audience", "flyte"]);
    flytekit_calls(&theirs, &DEVICE);
    assert_eq!(form(&server, "device"), form(&theirs, "device"));
}

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
    let said = refusal(&server, &by("echo,s3cret-of-yesterday"));
    assert!(said.contains("the token is a new one"), "{said}");
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
fn a_proxy_on_the_way_is_used() {
    let server = FlyteServer::start(&["--tls", "--require-auth"]);
    let proxy = Proxy::start();
    let url = format!("http://user:s3cret@{}", proxy.address);
    let mut settings = APPLICATION.to_vec();
    settings.push(("FLYTE_PLATFORM_HTTP_PROXY_URL", &url));
    registers(&server, &settings);
    let seen = proxy.seen();
    let of = |place: &str| {
        let line = format!("CONNECT {place} HTTP/1.1");
        seen.iter()
            .find(|it| it.starts_with(&line))
            .expect("a connection")
    };
    let web = server.http().trim_start_matches("https://");
    for connection in [of(server.endpoint()), of(web)] {
        let connection = connection.to_lowercase();
        assert!(
            connection.contains("proxy-authorization: basic "),
            "{connection}"
        );
    }
    settings.pop();
    settings.push((
        "FLYTE_PLATFORM_HTTP_PROXY_URL",
        "http://user:s3cret@127.0.0.1:1",
    ));
    let said = refusal(&server, &settings);
    assert!(said.contains("the proxy refuses the connection"), "{said}");
}

/// An HTTP proxy that only tunnels.
struct Proxy {
    address: String,
    seen: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let seen = std::sync::Arc::default();
        let log = std::sync::Arc::clone(&seen);
        // Ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let log = std::sync::Arc::clone(&log);
                thread::spawn(move || tunnel(client, &log));
            }
        });
        Proxy { address, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").clone()
    }
}

fn tunnel(client: TcpStream, log: &std::sync::Mutex<Vec<String>>) {
    let mut reader = BufReader::new(client.try_clone().expect("a socket"));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|read| read > 0) {}
    let place = head.split(' ').nth(1).expect("a place").to_owned();
    log.lock().expect("no panic").push(head);
    let mut server = TcpStream::connect(place).expect("the server");
    let mut client = client;
    client
        .write_all(b"HTTP/1.1 200 OK\r\n\r\n")
        .expect("the client");
    let (mut from, mut to) = (server.try_clone().expect("a socket"), client);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let _ = std::io::copy(&mut reader, &mut server);
    let _ = server.shutdown(Shutdown::Both);
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
        "to try again is no use: {said}"
    );

    let skipped = without(&[("FLYTE_PLATFORM_INSECURE_SKIP_VERIFY", "true")]);
    assert!(skipped.success(), "{skipped}");
    assert!(
        skipped
            .stderr
            .contains("is not asked to prove that it is Flyte"),
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
    assert!(said.contains("the server does not answer in TLS"), "{said}");
    assert!(said.contains("has to be true"), "what to do: {said}");

    let encrypted = FlyteServer::start(&["--tls"]);
    let said = refusal(&encrypted, &[("FLYTE_PLATFORM_INSECURE", "true")]);
    assert!(
        said.contains("the server speaks TLS, and was spoken to without"),
        "{said}"
    );
    assert!(said.contains("has to be false"), "what to do: {said}");

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
    assert!(started.elapsed() < Duration::from_secs(20));
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
        said.contains("at `nowhere.invalid:80`: there is no host"),
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
        denied.contains("not yours (PERMISSION_DENIED); who asks is known"),
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
    let server = FlyteServer::start(&["--fail", "CreateTask=RESOURCE_EXHAUSTEDx2:busy"]);
    registers(&server, &[]);
    assert_eq!(server.answers("CreateTask")["RESOURCE_EXHAUSTED"], 2);
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
    // Ends with the test's process.
    thread::spawn(move || breaking.incoming().for_each(drop));
    let said = refusal(&server, &[("FLYTE_PLATFORM_URL", &address)]);
    assert!(said.contains("the connection failed: "), "{said}");
    assert!(said.contains("in 5 attempts"), "{said}");
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
