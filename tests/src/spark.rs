//! A real Spark that several tests share.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::TempDir;

/// Ample, since the JVM shares the machine with the other tests.
const UP: Duration = Duration::from_secs(180);

/// What clients have to know.
const TOKEN: &str = "shared";

/// Ends the server with the process that holds its standard input: a static is never dropped.
const GUARD: &str = r#""$@" </dev/null & server=$!; read -r _; kill -9 "$server"; rm -rf -- "$0""#;

/// A Spark Connect server in a JVM, with its web interface, which ends with this process.
#[derive(Debug)]
pub struct SparkServer {
    port: u16,
    log: PathBuf,
    _alive: ChildStdin,
}

impl SparkServer {
    /// Starts it with these settings, which `spark-submit` takes as `KEY=VALUE`.
    ///
    /// # Panics
    ///
    /// When it does not come up.
    ///
    /// ```no_run
    /// let server = flytekit_tests::SparkServer::start(&["spark.driver.memory=512m"]);
    /// println!("{}", server.remote());
    /// ```
    pub fn start(settings: &[&str]) -> Self {
        let home = crate::python_package("pyspark");
        let folder = TempDir::new().expect("a folder").keep();
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let log = folder.join("log");
        let output = fs::File::create(&log).expect("a log");
        let mut command = Command::new("sh");
        command
            .args(["-c", GUARD])
            .arg(&folder)
            .arg(home.join("bin/spark-submit"))
            .args([
                "--class",
                "org.apache.spark.sql.connect.service.SparkConnectServer",
            ]);
        let own = [
            "spark.connect.grpc.binding.address=127.0.0.1".to_owned(),
            format!("spark.connect.grpc.binding.port={port}"),
            format!("spark.connect.authenticate.token={TOKEN}"),
            "spark.driver.host=127.0.0.1".to_owned(),
            "spark.driver.bindAddress=127.0.0.1".to_owned(),
            "spark.ui.port=0".to_owned(),
            format!("spark.sql.warehouse.dir={}/warehouse", folder.display()),
        ];
        for setting in own
            .iter()
            .map(String::as_str)
            .chain(settings.iter().copied())
        {
            command.args(["--conf", setting]);
        }
        let mut child = command
            .env("SPARK_HOME", &home)
            .env("SPARK_LOCAL_IP", "127.0.0.1")
            // As in an image without Python.
            .env("PYSPARK_PYTHON", "/nowhere/python3")
            .env_remove("SPARK_REMOTE")
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a log"))
            .stderr(output)
            .spawn()
            .expect("a shell");
        let server = SparkServer {
            port,
            log,
            _alive: child.stdin.take().expect("its standard input"),
        };
        server.wait();
        server
    }

    fn wait(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < UP, "no server:\n{}", self.log());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Its address, as `SPARK_REMOTE` has it.
    pub fn remote(&self) -> String {
        format!("sc://127.0.0.1:{}/;token={TOKEN}", self.port)
    }

    /// The jobs that it works on, in the JSON of its web interface.
    ///
    /// # Panics
    ///
    /// When it has none, or that does not answer.
    pub fn running_jobs(&self) -> String {
        let log = self.log();
        let (_, port) = log
            .split_once("started service 'SparkUI' on port ")
            .expect("a web interface");
        let (port, _) = port.split_once('.').expect("a sentence");
        let get = |path: &str| get(port.parse().expect("a port"), path);
        let applications = get("/api/v1/applications");
        let (_, id) = applications
            .split_once("\"id\" : \"")
            .expect("an application");
        let (id, _) = id.split_once('"').expect("its id");
        get(&format!("/api/v1/applications/{id}/jobs?status=running"))
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
