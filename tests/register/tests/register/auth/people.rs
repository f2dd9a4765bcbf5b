//! People, who sign in with a browser.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{DEADLINE, eventually, python};

use super::{
    APPLICATION, asked, fields, flytekit_calls, form, kept_tokens, refusal, registers,
    tokens_folder,
};

/// The lifetime of a token in seconds: long enough for the calls of one run on a busy machine.
const LIFETIME: &str = "3";

/// Waits until all tokens have expired.
fn until_expired() {
    thread::sleep(Duration::from_millis(3100));
}

/// The settings of a person whose browser runs on another machine.
const DEVICE: [(&str, &str); 1] = [("FLYTE_CREDENTIALS_AUTH_MODE", "DeviceFlow")];

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path).expect("it is there");
    metadata.permissions().mode() & 0o777
}

/// A program that stands in for the browser: it runs a Python script with the page's URL in `sys.argv[1]`.
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

/// The script of a person who agrees. It prints the last page.
const AGREES: &str = "print(open(sys.argv[1]))";

fn last_page(server: &FlyteServer) -> String {
    let path = server.folder().join("page");
    let mut page = String::new();
    // The program does not wait for the browser that it opened.
    eventually("the browser shows a page", DEADLINE, || {
        page = fs::read_to_string(&path).unwrap_or_default();
        page.ends_with('\n')
    });
    page
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
fn a_browser_is_sent_to_web_pages_only() {
    for page in [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://flyte.example.com/",
    ] {
        let server =
            FlyteServer::start(&["--require-auth", "--tls", "--authorization-endpoint", page]);
        let browser = browser(&server, AGREES);
        let said = refusal(&server, &[("BROWSER", &*browser)]);
        let why = if page.starts_with("http") {
            "is not encrypted"
        } else {
            "is not a URL: it does not begin with https://"
        };
        assert!(said.contains(why) && said.contains(page), "{said}");
        assert!(
            !server.folder().join("page").exists(),
            "the browser was opened"
        );
    }
}

#[test]
fn logs_have_no_tokens() {
    let server = FlyteServer::start(&["--require-auth", "--token-lifetime", LIFETIME]);
    let browser = browser(&server, AGREES);
    let settings = [("BROWSER", &*browser), ("FLYTEKIT_LOG", "trace")];
    let first = registers(&server, &settings);
    assert!(first.stderr.contains("TRACE"), "{first}");
    until_expired();
    let before = kept_tokens(&server);
    let second = registers(&server, &settings);
    for name in ["access_token", "refresh_token"] {
        let old = before[0].1[name].as_str().expect("a token");
        assert!(!second.stderr.contains(old), "{second}");
    }

    let mut settings = APPLICATION.to_vec();
    settings.push(("FLYTEKIT_LOG", "trace"));
    let ended = registers(&server, &settings);
    // `flytepropeller:secret` in base64.
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
    // flytekit's token request repeats fields of the authorization request.
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
    let server = FlyteServer::start(&["--require-auth", "--token-lifetime", LIFETIME]);
    let browser = browser(&server, AGREES);
    registers(&server, &[("BROWSER", &browser)]);
    let before = kept_tokens(&server);
    until_expired();
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
    let server = FlyteServer::start(&["--require-auth", "--token-lifetime", LIFETIME]);
    let browser = browser(&server, AGREES);
    registers(&server, &[("BROWSER", &browser)]);
    let (path, mut kept) = kept_tokens(&server).remove(0);
    kept["refresh_token"] = "withdrawn".into();
    fs::write(&path, kept.to_string()).expect("a file");
    until_expired();
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
        said.contains("the `state` differs from the one that was sent"),
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
        said.contains(&format!(
            "another program, perhaps another sign-in, listens on port {port}"
        )),
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
    assert!(
        said.contains("it is not an `http://localhost:…` URL"),
        "{said}"
    );
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
    assert!(started.elapsed() < Duration::from_secs(120));
}

#[test]
fn a_person_with_a_browser_elsewhere_enters_a_code() {
    let server = FlyteServer::start(&["--require-auth", "--audience", "flyte"]);
    let ended = registers(&server, &DEVICE);
    assert!(ended.stderr.contains("WDJB-MJHT"), "{ended}");
    let page = format!("{}/device?user_code=WDJB-MJHT", server.http());
    assert!(ended.stderr.contains(&page), "{ended}");
    // The first request comes before the person agrees, and the second one too early.
    assert_eq!(asked(&server), ["device", "token", "token", "token"]);
    assert_eq!(kept_tokens(&server).len(), 1);
    let theirs = FlyteServer::start(&["--require-auth", "--audience", "flyte"]);
    flytekit_calls(&theirs, &DEVICE);
    assert_eq!(form(&server, "device"), form(&theirs, "device"));
}
