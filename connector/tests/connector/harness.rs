//! The parties of a test: Databricks, the connector, and Flyte as its client.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flytekit_proto::flyteidl::core::TaskTemplate;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_test_support::{Daemon, interpreter, run, script};
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The connector's own token.
pub(crate) const TOKEN: &str = "dapi-default";

/// The templates that flytekit serializes from `tests/python/databricks_tasks.py`.
static TEMPLATES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let made = run(script("databricks_templates.py").arg(folder.path()));
    assert!(made.success(), "{made}");
    let files = folder.path().read_dir().expect("a folder");
    let files = files.map(|it| it.expect("a file").path());
    let named = files.map(|path| {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, std::fs::read(&path).expect("a template"))
    });
    named.collect()
});

/// The template with this name.
pub(crate) fn template(name: &str) -> TaskTemplate {
    let bytes = TEMPLATES
        .get(name)
        .unwrap_or_else(|| panic!("no task {name}"));
    TaskTemplate::decode(&**bytes).expect("a template")
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.keys().map(String::as_str)
}

/// The form in which the client takes a template. Replaces the placeholders that Flyte would replace.
pub(crate) fn as_argument(mut template: TaskTemplate, fill: &[(&str, &str)]) -> Value {
    if let Some(Target::Container(container)) = &mut template.target {
        for argument in &mut container.args {
            for (name, value) in fill {
                *argument = argument.replace(&format!("{{{{.{name}}}}}"), value);
            }
        }
    }
    STANDARD.encode(template.encode_to_vec()).into()
}

/// The metadata of an attempt's execution.
pub(crate) fn execution(namespace: &str, name: &str, attempt: u32) -> Value {
    json!({
        "namespace": namespace,
        "taskExecutionId": {
            "taskId": {"project": "p", "domain": "development", "name": "a.task", "version": "v1"},
            "nodeExecutionId": {"nodeId": "n0", "executionId": {"project": "p", "domain": "development", "name": name}},
            "retryAttempt": attempt,
        },
    })
}

/// A server that plays Databricks and Kubernetes.
pub(crate) struct Workspace {
    folder: TempDir,
    control: String,
    pub(crate) host: String,
    _daemon: Daemon,
}

impl Workspace {
    pub(crate) fn start() -> Self {
        Workspace::start_with(&[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut server = script("databricks_server.py");
        server.arg(folder.path()).args(options);
        server.env(
            "PYTHONPATH",
            format!("{}:{}", scripts().display(), packages().display()),
        );
        let daemon = Daemon::start(&server, folder.path().join("log"));
        let said = daemon.says("Databricks listens: control on ");
        let (control, host) = said.split_once(", workspace ").expect("two addresses");
        Workspace {
            control: format!("127.0.0.1:{control}"),
            host: host.to_owned(),
            folder,
            _daemon: daemon,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends a command to the server's control port.
    pub(crate) fn tell(&self, path: &str, what: &Value) -> Value {
        let body = what.to_string();
        let mut stream = TcpStream::connect(&self.control).expect("the control listens");
        let length = body.len();
        let request = format!(
            "POST /{path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("it is told");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.contains(" 200 "), "{answer}");
        serde_json::from_str(body).expect("JSON")
    }

    /// A file of the cluster, or of its image.
    pub(crate) fn on_cluster(&self, path: &str) -> PathBuf {
        let path = self
            .folder()
            .join("cluster")
            .join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        path
    }

    pub(crate) fn fault(&self, fault: &Value) {
        self.tell("fault", fault);
    }

    /// The requests since the last call, whose path contains `part`.
    pub(crate) fn asked(&self, part: &str) -> Vec<Value> {
        let asked = self.tell("asked", &json!({}));
        let asked = asked.as_array().expect("a list").iter();
        asked
            .filter(|it| it["path"].as_str().expect("a path").contains(part))
            .cloned()
            .collect()
    }

    /// The state of each run.
    pub(crate) fn runs(&self) -> BTreeMap<String, Value> {
        let runs = self.tell("runs", &json!({}));
        let runs = runs.as_object().expect("runs").clone();
        runs.into_iter().collect()
    }

    pub(crate) fn put(&self, meta: &str, state: &Value, output: &Value) {
        let run_id = run_id(meta);
        self.tell(
            "run",
            &json!({"run_id": run_id, "state": state, "output": output}),
        );
    }

    /// The environment variables of a program that calls the server.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder().join(name).display().to_string();
        vec![
            ("SSL_CERT_FILE", path("ca.pem")),
            ("KUBECONFIG", path("kubeconfig")),
            ("FLYTE_DATABRICKS_INSTANCE", self.host.clone()),
            ("_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", TOKEN.to_owned()),
            ("FLYTE_SECRETS_DEFAULT_DIR", path("secrets")),
        ]
    }

    /// Starts a connector with these variables and arguments.
    pub(crate) fn connector(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Connector {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flytekit-connector"));
        command.args(["serve", "--port=0", "--prometheus-port=0"]);
        command.args(arguments).envs(self.environment());
        command.env("FLYTEKIT_LOG", "debug");
        command.envs(variables.iter().copied());
        Connector::start(&command)
    }

    /// Starts a client of the connector, which can also call flytekit's connector.
    pub(crate) fn client(&self, connector: &Connector, variables: &[(&str, &str)]) -> Client {
        let mut environment: Vec<(&str, String)> = self.environment();
        let own = variables
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        environment.extend(own);
        Client::start(&connector.address(), &environment)
    }

    /// Starts a connector and its client, both with these variables.
    pub(crate) fn started(&self, variables: &[(&str, &str)]) -> (Connector, Client) {
        let connector = self.connector(variables, &[]);
        let client = self.client(&connector, variables);
        (connector, client)
    }
}

/// Starts all parties and submits a run. The last item is the run's metadata.
pub(crate) fn submitted() -> (Workspace, Connector, Client, String) {
    let workspace = Workspace::start();
    let (connector, client) = workspace.started(&[]);
    let meta = client.create("existing_cluster", &execution("", "one", 0));
    (workspace, connector, client, meta.expect("a run"))
}

pub(crate) fn run_id(meta: &str) -> String {
    let meta: Value = serde_json::from_str(meta).expect("metadata");
    meta["run_id"].as_str().expect("a number").to_owned()
}

/// Metadata without the run's id, for comparisons.
pub(crate) fn without_run(mut meta: Value) -> Value {
    meta["run_id"].take();
    meta
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/python")
}

fn packages() -> PathBuf {
    std::env::var_os("FLYTEKIT_TEST_CONNECTOR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/connector"),
        PathBuf::from,
    )
}

/// The server under test.
pub(crate) struct Connector {
    daemon: Daemon,
    _folder: TempDir,
}

impl Connector {
    pub(crate) fn start(command: &Command) -> Self {
        let folder = TempDir::new().expect("a folder");
        let daemon = Daemon::start(command, folder.path().join("log"));
        Connector {
            daemon,
            _folder: folder,
        }
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", port(&self.daemon.says("listens on ")))
    }

    pub(crate) fn metrics_port(&self) -> String {
        port(&self.daemon.says("metrics are on "))
    }

    pub(crate) fn daemon_says(&self, words: &str) {
        self.daemon.says(words);
    }

    pub(crate) fn log(&self) -> String {
        self.daemon.log()
    }

    /// The id of the server's process.
    pub(crate) fn process(&self) -> u32 {
        let below = flytekit_test_support::below(self.daemon.id());
        below.first().expect("a process").id
    }
}

fn port(address: &str) -> String {
    let (_, port) = address.rsplit_once(':').expect("an address");
    port.to_owned()
}

/// A Python process that calls the connector with the official gRPC stubs.
pub(crate) struct Client {
    child: Child,
    stdin: RefCell<ChildStdin>,
    stdout: RefCell<BufReader<ChildStdout>>,
}

impl Client {
    pub(crate) fn start(address: &str, environment: &[(&str, String)]) -> Self {
        let mut command = interpreter();
        command
            .arg(scripts().join("connector_client.py"))
            .arg(address);
        command.env(
            "PYTHONPATH",
            format!("{}:{}", scripts().display(), packages().display()),
        );
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Client {
            child,
            stdin: stdin.into(),
            stdout: stdout.into(),
        }
    }

    /// Makes a call. An error is its code and its message.
    pub(crate) fn call(&self, call: &str, mut arguments: Value) -> Result<Value, (String, String)> {
        self.send(call, &mut arguments);
        self.receive()
    }

    pub(crate) fn send(&self, call: &str, arguments: &mut Value) {
        arguments["call"] = call.into();
        let mut stdin = self.stdin.borrow_mut();
        writeln!(stdin, "{arguments}")
            .and_then(|()| stdin.flush())
            .expect("it takes a call");
    }

    pub(crate) fn receive(&self) -> Result<Value, (String, String)> {
        let mut line = String::new();
        self.stdout
            .borrow_mut()
            .read_line(&mut line)
            .expect("it answers");
        let mut answer: Value = serde_json::from_str(&line).expect("JSON");
        match answer.get("error") {
            None => Ok(answer["ok"].take()),
            Some(error) => {
                let word = |index: usize| error[index].as_str().unwrap_or_default().to_owned();
                Err((word(0), word(1)))
            }
        }
    }

    /// Creates a job from a template of flytekit's.
    pub(crate) fn create(&self, task: &str, execution: &Value) -> Result<String, (String, String)> {
        let arguments =
            json!({"template": as_argument(template(task), &[]), "execution": execution});
        let meta = self.call("create", arguments)?;
        Ok(meta.as_str().expect("metadata").to_owned())
    }

    pub(crate) fn get(&self, meta: &str) -> Result<Value, (String, String)> {
        self.call("get", json!({"meta": meta}))
    }

    pub(crate) fn delete(&self, meta: &str) -> Result<Value, (String, String)> {
        self.call("delete", json!({"meta": meta}))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
