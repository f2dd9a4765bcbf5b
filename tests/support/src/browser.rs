//! A real browser that opens pages, without a window.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Connects the program's standard input and output to the descriptors 3 and 4, which Chromium uses for the
/// DevTools protocol.
const PIPES: &str = r#"exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

/// The time limit of an answer, on a busy machine.
const ANSWER: Duration = Duration::from_secs(120);

/// The colour scheme that a reader prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// Dark text on a light page.
    Light,
    /// Light text on a dark page.
    Dark,
}

/// A running browser, which ends when this value is dropped.
///
/// `cargo xtask test` sets Chromium up in `.tools/`. The environment variable `FLYTEKIT_TEST_BROWSER` names
/// the program.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<Value>,
    sent: u64,
    /// The events since the last navigation.
    events: Vec<Value>,
    /// The tab that shows pages.
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser whose page has this size in pixels.
    ///
    /// # Panics
    ///
    /// If there is no browser, or it does not answer.
    ///
    /// ```no_run
    /// use flytekit_test_support::browser::{Browser, Colours};
    ///
    /// let mut browser = Browser::start(1000, 700);
    /// browser.open("file:///tmp/deck.html", Colours::Dark);
    /// assert_eq!(browser.complaints(), [""; 0]);
    /// assert_eq!(browser.asked("document.title"), "deck");
    /// std::fs::write("/tmp/deck.png", browser.picture())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start(width: u32, height: u32) -> Self {
        let program = std::env::var_os("FLYTEKIT_TEST_BROWSER");
        let program = program.expect("`cargo xtask test` names a browser in FLYTEKIT_TEST_BROWSER");
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command.args(["-c", PIPES, "sh"]).arg(program);
        command.args([
            "--headless",
            "--no-sandbox",
            "--no-zygote",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--remote-debugging-pipe",
        ]);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a shell");
        let requests = child.stdin.take().expect("a pipe");
        let answers = messages(child.stdout.take().expect("a pipe"));
        let mut browser = Browser {
            child,
            requests,
            answers,
            sent: 0,
            events: Vec::new(),
            session: String::new(),
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.ask("Target.attachToTarget", &target);
        browser.session = text(&attached["sessionId"]);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.ask(&format!("{domain}.enable"), &json!({}));
        }
        // A window would be at least 500 pixels wide.
        let metrics = json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": 1,
            "mobile": false,
        });
        browser.ask("Emulation.setDeviceMetricsOverride", &metrics);
        browser
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Panics
    ///
    /// If it cannot be opened.
    pub fn open(&mut self, url: &str, colours: Colours) {
        let value = match colours {
            Colours::Light => "light",
            Colours::Dark => "dark",
        };
        let feature = json!({ "name": "prefers-color-scheme", "value": value });
        self.ask(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [feature] }),
        );
        self.events.clear();
        let opened = self.ask("Page.navigate", &json!({ "url": url }));
        assert!(opened["errorText"].is_null(), "{url}: {opened}");
        self.wait(|event| event["method"] == "Page.loadEventFired");
        // The browser has reported all requests of the page's load before its next answer.
        self.asked("1");
    }

    /// The value of a JavaScript expression on the page.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub fn asked(&mut self, expression: &str) -> Value {
        let question = json!({
            "expression": expression,
            "returnByValue": true,
            "awaitPromise": true,
        });
        let mut answer = self.ask("Runtime.evaluate", &question);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].take()
    }

    /// The page's problems: errors and warnings of its console, uncaught exceptions, violations of its
    /// policy, and failed requests.
    pub fn complaints(&self) -> Vec<String> {
        self.events.iter().filter_map(complaint).collect()
    }

    /// The requested URLs, including the page's own.
    pub fn requests(&self) -> Vec<String> {
        let sent = self.events.iter();
        let sent = sent.filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(|event| text(&event["params"]["request"]["url"]))
            .collect()
    }

    /// A screenshot of the page as PNG.
    ///
    /// # Panics
    ///
    /// If the browser cannot make one.
    pub fn picture(&mut self) -> Vec<u8> {
        let picture = self.ask("Page.captureScreenshot", &json!({ "format": "png" }));
        let bytes = BASE64_STANDARD.decode(text(&picture["data"]));
        bytes.expect("a picture in Base64")
    }

    /// Sends a command of the DevTools protocol, and waits for its answer.
    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let id = self.sent;
        let mut request = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            request["sessionId"] = self.session.clone().into();
        }
        let mut line = request.to_string().into_bytes();
        line.push(0);
        let sent = self
            .requests
            .write_all(&line)
            .and_then(|()| self.requests.flush());
        sent.unwrap_or_else(|error| panic!("the browser has gone: {error}"));
        loop {
            let mut told = self.told();
            if told["id"] == id {
                assert!(told["error"].is_null(), "{method}: {told}");
                return told["result"].take();
            }
            self.events.push(told);
        }
    }

    /// Waits for an event that `is_it` accepts, which may have come already.
    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) {
        while !self.events.iter().any(&is_it) {
            let told = self.told();
            self.events.push(told);
        }
    }

    fn told(&self) -> Value {
        let told = self.answers.recv_timeout(ANSWER);
        told.unwrap_or_else(|error| panic!("the browser did not answer in {ANSWER:?}: {error}"))
    }
}

/// The browser's messages, each of which ends with a zero.
fn messages(pipe: ChildStdout) -> Receiver<Value> {
    let (told, messages) = mpsc::channel();
    thread::spawn(move || {
        for message in BufReader::new(pipe).split(0) {
            let message = serde_json::from_slice(&message.expect("a pipe")).expect("JSON");
            if told.send(message).is_err() {
                break;
            }
        }
    });
    messages
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its pipes. Killing it avoids a wait for its last writes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn complaint(event: &Value) -> Option<String> {
    let said = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => {
            Some(text(&said["exceptionDetails"]["exception"]["description"]))
        }
        "Runtime.consoleAPICalled"
            if ["error", "warning", "assert"].contains(&said["type"].as_str()?) =>
        {
            Some(said["args"].to_string())
        }
        "Log.entryAdded" if ["error", "warning"].contains(&said["entry"]["level"].as_str()?) => {
            Some(format!(
                "{} {}",
                text(&said["entry"]["text"]),
                text(&said["entry"]["url"])
            ))
        }
        "Network.loadingFailed" => Some(text(&said["errorText"])),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
