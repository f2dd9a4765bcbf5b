//! A small Flyte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use prost::Message;
use serde::Deserialize;
use tempfile::TempDir;

use crate::backend;
use crate::daemon::Daemon;
use crate::script;
use crate::store::ObjectStore;

/// Prefixes of personal settings of the user who runs the tests.
const SETTINGS: [&str; 8] = [
    "AWS_",
    "FLYTECTL_",
    "FLYTEKIT_STORE_",
    "FLYTE_",
    "XDG_",
    "_FLYTECTL_",
    "_FSEC_",
    "_F_",
];

/// A server that answers like Flyte's admin, and runs registered entities, in a process that ends with the
/// test's. `tests/python/flyte/options.py` has its options.
#[derive(Debug)]
pub struct FlyteServer {
    folder: PathBuf,
    endpoint: String,
    http: String,
    _daemon: Daemon,
}

/// A request that a server received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The service's name without its package; `Web` for the web server.
    pub service: String,
    /// The method's name, or the name of the web server's part: `upload`, `download`, `token`, `authorize`,
    /// `device` or `logs`.
    pub method: String,
    /// Names in lower case and values, without credentials: `Bearer …`.
    pub metadata: Vec<(String, String)>,
    /// The message, or the submitted form.
    pub message: Vec<u8>,
    /// The status of the answer: gRPC's name or HTTP's number. None if there is no answer yet.
    pub answer: Option<String>,
}

impl Request {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut metadata = self.metadata.iter();
        metadata.find_map(|(other, value)| (other == name).then_some(value.as_str()))
    }
}

impl FlyteServer {
    /// Starts a server with these options.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// let server = flytekit_test_support::flyte::FlyteServer::start(&["--fail", "GetTask=UNAVAILABLE"]);
    /// let mut client = std::process::Command::new("app");
    /// server.configure(client.arg("register"));
    /// ```
    pub fn start(options: &[&str]) -> Self {
        FlyteServer::run(options, |_| ())
    }

    /// Starts a server that keeps data in the store's bucket, below `flyte`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// use flytekit_test_support::{flyte::FlyteServer, store::ObjectStore};
    ///
    /// let store = ObjectStore::start();
    /// let server = FlyteServer::with_store(&store, &["--require-auth"]);
    /// ```
    pub fn with_store(store: &ObjectStore, options: &[&str]) -> Self {
        let options = [options, &["--native", "s3://bucket/flyte"]].concat();
        FlyteServer::run(&options, |server| store.configure(server))
    }

    fn run(options: &[&str], configure: impl FnOnce(&mut Command)) -> Self {
        let folder = TempDir::new().expect("a folder").keep();
        fs::create_dir(folder.join("home")).expect("a folder");
        let mut command = script("flyte_server.py");
        command.arg(&folder).args(options);
        command.arg("--backend").arg(backend::program());
        isolate(&mut command, &folder);
        configure(&mut command);
        let daemon = Daemon::start_in(&folder, &command, folder.join("log"));
        let said = daemon.says("Flyte listens: gRPC on ");
        let (endpoint, http) = said.split_once(", HTTP on ").expect("two places");
        FlyteServer {
            folder,
            endpoint: endpoint.to_owned(),
            http: http.to_owned(),
            _daemon: daemon,
        }
    }

    /// The address of gRPC: `127.0.0.1:…`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The URL of the web server: `http://127.0.0.1:…`, or `https`.
    pub fn http(&self) -> &str {
        &self.http
    }

    /// The certificate of the authority that has signed the server's certificate, with `--tls`.
    pub fn ca(&self) -> Option<PathBuf> {
        let path = self.folder.join("ca.pem");
        path.exists().then_some(path)
    }

    /// The server's folder, which is removed with it: `data` has uploads and the files of runs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The received requests, in order.
    ///
    /// # Panics
    ///
    /// If the server has not recorded them.
    pub fn requests(&self) -> Vec<Request> {
        self.lines()
            .into_iter()
            .fold(Vec::new(), |mut requests, line| {
                match line {
                    Line::Request(request) => requests.push(request.into()),
                    Line::Answer { answer, code } => requests[answer].answer = Some(code),
                }
                requests
            })
    }

    /// The messages of a method's calls, also of those that were refused.
    ///
    /// # Panics
    ///
    /// If the messages are of another type.
    ///
    /// ```no_run
    /// let server = flytekit_test_support::flyte::FlyteServer::start(&[]);
    /// let nothing_but_calls = server.requests_of::<()>("GetTask");
    /// ```
    pub fn requests_of<M: Message + Default>(&self, method: &str) -> Vec<M> {
        let requests = self.requests().into_iter();
        requests
            .filter(|request| request.method == method)
            .map(|request| M::decode(&*request.message).expect("a message of this type"))
            .collect()
    }

    /// How often a method was called, by the status of the answer.
    pub fn answers(&self, method: &str) -> BTreeMap<String, usize> {
        let mut answers = BTreeMap::new();
        for request in self.requests() {
            if request.method == method {
                *answers
                    .entry(request.answer.unwrap_or_default())
                    .or_default() += 1;
            }
        }
        answers
    }

    /// The maximum number of concurrent calls of a method.
    pub fn most_at_once(&self, method: &str) -> usize {
        let (mut number, mut most) = (0, 0);
        let mut under_way = Vec::new();
        for line in self.lines() {
            match line {
                Line::Request(request) => {
                    if request.method == method {
                        under_way.push(number);
                    }
                    number += 1;
                }
                Line::Answer { answer, .. } => under_way.retain(|call| *call != answer),
            }
            most = most.max(under_way.len());
        }
        most
    }

    /// Configures a client for the server, without personal settings of the user who runs the tests.
    pub fn configure(&self, client: &mut Command) {
        isolate(client, &self.folder);
        client.env("FLYTE_PLATFORM_URL", &self.endpoint);
        match self.ca() {
            Some(ca) => client.env("FLYTE_PLATFORM_CA_CERT_FILE_PATH", ca),
            None => client.env("FLYTE_PLATFORM_INSECURE", "true"),
        };
    }

    /// Writes `config.yaml` for clients into a folder; `more` has further lines for its section `admin`.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    ///
    /// ```no_run
    /// let server = flytekit_test_support::flyte::FlyteServer::start(&["--require-auth"]);
    /// server.write_config("/tmp".as_ref(), &["authType: Pkce"]);
    /// ```
    pub fn write_config(&self, folder: &Path, more: &[&str]) -> PathBuf {
        let security = self.ca().map_or_else(
            || "insecure: true".to_owned(),
            |ca| format!("caCertFilePath: {}", ca.display()),
        );
        let endpoint = format!("endpoint: dns:///{}", self.endpoint);
        let lines = [&*endpoint, &*security]
            .into_iter()
            .chain(more.iter().copied());
        let lines: Vec<_> = ["admin:"].into_iter().chain(lines).collect();
        let text = lines.join("\n  ") + "\n";
        let path = folder.join("config.yaml");
        fs::write(&path, text).expect("a file");
        path
    }

    fn lines(&self) -> Vec<Line> {
        let text = fs::read_to_string(self.folder.join("requests")).expect("a record");
        // The last line may be incomplete.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let lines = whole.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().expect("a record's lines")
    }
}

/// Removes all settings, and uses a home folder in the server's folder.
fn isolate(client: &mut Command, folder: &Path) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if SETTINGS.iter().any(|prefix| name.starts_with(prefix)) {
            client.env_remove(&*name);
        }
    }
    client
        .env("HOME", folder.join("home"))
        .env("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        .env("no_proxy", "127.0.0.1,localhost")
        .env("NO_PROXY", "127.0.0.1,localhost");
}

/// A line of the record.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Answer { answer: usize, code: String },
    Request(Written),
}

#[derive(Deserialize)]
struct Written {
    service: String,
    method: String,
    metadata: Vec<(String, String)>,
    request: String,
}

impl From<Written> for Request {
    fn from(written: Written) -> Self {
        let metadata = written.metadata.into_iter();
        Request {
            service: written.service,
            method: written.method,
            metadata: metadata
                .map(|(name, value)| (name.to_lowercase(), value))
                .collect(),
            message: bytes(&written.request),
            answer: None,
        }
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| {
        let pair = str::from_utf8(pair).expect("hexadecimal digits");
        u8::from_str_radix(pair, 16).expect("hexadecimal digits")
    };
    hex.as_bytes().chunks(2).map(byte).collect()
}
