//! A real Spark that several tests share.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use flytekit_test_support::Daemon;

/// Options of JVMs that live for seconds, which is too short for much optimization. Their classes come from the
/// distribution's archive, if `cargo xtask test` has created one.
pub(crate) fn short_lived(spark_home: &Path) -> String {
    let options = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    let archive = spark_home.join("classes/spark.jsa");
    if !archive.exists() {
        return options.to_owned();
    }
    let archive = archive.display();
    format!("{options} -XX:SharedArchiveFile={archive} -Xlog:cds*=off")
}

/// The token that clients need.
const TOKEN: &str = "shared";

/// A Spark Connect server in a JVM, with its web interface, which ends with this process.
#[derive(Debug)]
pub struct SparkServer {
    port: u16,
    daemon: Daemon,
}

impl SparkServer {
    /// Starts a server with these settings, which `spark-submit` takes as `KEY=VALUE`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// let server = flytekit_tests::SparkServer::start(&["spark.driver.memory=512m"]);
    /// println!("{}", server.remote());
    /// ```
    pub fn start(settings: &[&str]) -> Self {
        let home = crate::python_package("pyspark");
        let options = short_lived(&home);
        let folder = TempDir::new().expect("a folder").keep();
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let mut command = Command::new(home.join("bin/spark-submit"));
        command.args([
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
            format!("spark.executor.extraJavaOptions={options}"),
        ];
        for setting in own
            .iter()
            .map(String::as_str)
            .chain(settings.iter().copied())
        {
            command.args(["--conf", setting]);
        }
        command
            .env("SPARK_HOME", &home)
            .env("SPARK_LOCAL_IP", "127.0.0.1")
            .env("SPARK_SUBMIT_OPTS", &options)
            // As in an image without Python.
            .env("PYSPARK_PYTHON", "/nowhere/python3")
            .env_remove("SPARK_REMOTE");
        let daemon = Daemon::start_in(&folder, &command, folder.join("log"));
        daemon.says("Spark Connect server started at");
        SparkServer { port, daemon }
    }

    /// The address, in the format of `SPARK_REMOTE`.
    pub fn remote(&self) -> String {
        format!("sc://127.0.0.1:{}/;token={TOKEN}", self.port)
    }

    /// The running jobs, in the JSON of the web interface.
    ///
    /// # Panics
    ///
    /// If there are none, or the web interface does not answer.
    pub fn running_jobs(&self) -> String {
        let port = self.daemon.says("started service 'SparkUI' on port ");
        let port = port.trim_end_matches('.').parse().expect("a port");
        let get = |path: &str| get(port, path);
        let applications = get("/api/v1/applications");
        let (_, id) = applications
            .split_once("\"id\" : \"")
            .expect("an application");
        let (id, _) = id.split_once('"').expect("its id");
        get(&format!("/api/v1/applications/{id}/jobs?status=running"))
    }
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}
