//! Spark on a cluster: distributions, a standalone master with its workers, and `spark-submit` as the Spark
//! operator calls it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flytekit::declare::EXECUTABLE;
use flytekit_test_support::{Daemon, after};
use prost_types::value::Kind;
use prost_types::{Struct, Value};
use tempfile::TempDir;

use crate::container::ContainerRun;
use crate::python;
use crate::spark::short_lived;

/// A Spark distribution.
#[derive(Clone, Debug)]
pub struct Distribution {
    /// `SPARK_HOME`.
    pub home: PathBuf,
    /// The version, such as `4.2.1`.
    pub version: String,
}

impl Distribution {
    /// The distribution of the tests' Python, which most tests use.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn of_python() -> Self {
        let python = python();
        let environment = python.parent().and_then(Path::parent).expect("a folder");
        let libraries = fs::read_dir(environment.join("lib")).expect("a Python environment");
        let home = libraries
            .map(|library| {
                let library = library.expect("a folder");
                library.path().join("site-packages/pyspark")
            })
            .find(|home| home.exists());
        Self::at(home.expect("pyspark in the tests' Python environment"))
    }

    /// The additional distribution whose version starts with `prefix`, which `cargo xtask test` sets up.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn with_version(prefix: &str) -> Self {
        let homes = std::env::var_os("FLYTEKIT_TEST_SPARK_HOMES").unwrap_or_else(|| {
            let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools");
            let homes = ["3.5", "4.0", "4.3"].map(|it| tools.join(format!("spark-{it}/pyspark")));
            std::env::join_paths(homes).expect("paths without a colon")
        });
        std::env::split_paths(&homes)
            .filter(|home| home.exists())
            .map(Self::at)
            .find(|spark| spark.version.starts_with(prefix))
            .unwrap_or_else(|| panic!("no Spark {prefix}: run `cargo xtask test`"))
    }

    fn at(home: PathBuf) -> Self {
        let jars = fs::read_dir(home.join("jars")).expect("the jars of a Spark distribution");
        let version = jars
            .filter_map(|jar| jar.ok()?.file_name().into_string().ok())
            .find_map(|jar| {
                let core = jar.strip_prefix("spark-core_")?.strip_suffix(".jar")?;
                Some(core.split_once('-')?.1.to_owned())
            });
        Distribution {
            home,
            version: version.expect("the jar spark-core"),
        }
    }

    /// A program of the distribution, without variables that could lead it to another Spark.
    pub fn program(&self, name: &str) -> Command {
        clean(Command::new(self.home.join("bin").join(name)), &self.home)
    }

    /// Submits a task like the backend's Spark plugin and the Spark operator: as an application with the
    /// template's kind and file, its settings, its executor path as the program, and the args of the
    /// container. `executable` replaces the executable in the image. `settings` are Spark's, as a platform
    /// adds them to the task's.
    ///
    /// # Panics
    ///
    /// If the executable has no such Spark task.
    pub fn submit(
        &self,
        master: &str,
        executable: &str,
        run: &ContainerRun,
        settings: &[(&str, &str)],
    ) -> Command {
        let template = run.template(executable);
        let custom = template
            .custom
            .as_ref()
            .expect("what the Spark plugin reads");
        assert_eq!(text(custom, "executorPath"), EXECUTABLE);
        let mut command = self.program("spark-submit");
        command.args(["--master", master, "--deploy-mode", "client"]);
        command.args(["--class", "org.apache.spark.deploy.PythonRunner"]);
        let plugin = [
            ("spark.pyspark.python", executable),
            ("spark.pyspark.driver.python", executable),
        ];
        let options = short_lived(&self.home);
        let machine = [
            ("spark.driver.host", "127.0.0.1"),
            ("spark.driver.bindAddress", "127.0.0.1"),
            ("spark.ui.port", "0"),
            ("spark.driver.memory", "512m"),
            ("spark.executor.extraJavaOptions", &*options),
        ];
        let settings = plugin.iter().chain(&machine).chain(settings);
        let mut settings: BTreeMap<&str, &str> = settings.copied().collect();
        let of_task = custom.fields.get("sparkConf").map(strings);
        settings.extend(of_task.unwrap_or_default());
        for (key, value) in settings {
            command.arg("--conf").arg(format!("{key}={value}"));
        }
        command.arg(text(custom, "mainApplicationFile"));
        command.args(run.args(&template));
        command
    }
}

fn text<'a>(custom: &'a Struct, key: &str) -> &'a str {
    match custom.fields.get(key).and_then(|value| value.kind.as_ref()) {
        Some(Kind::StringValue(text)) => text,
        other => panic!("{key} is {other:?}"),
    }
}

fn strings(object: &Value) -> Vec<(&str, &str)> {
    let Some(Kind::StructValue(object)) = &object.kind else {
        panic!("not an object: {object:?}")
    };
    let keys = object.fields.keys().map(String::as_str);
    keys.map(|key| (key, text(object, key))).collect()
}

/// A local standalone cluster: a master, and two workers with one core each.
///
/// The cluster's processes end with this value, and with the test's process.
#[derive(Debug)]
pub struct Cluster {
    /// The address, such as `spark://127.0.0.1:34567`.
    pub master: String,
    workers: [PathBuf; 2],
    _daemons: Vec<Daemon>,
    _folder: TempDir,
}

impl Cluster {
    /// Starts a cluster, and waits until both workers are registered.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(spark: &Distribution) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        let daemon = |class: &str, name: &str, args: &[&str]| {
            let mut command = spark.program("spark-class");
            command.arg(format!("org.apache.spark.deploy.{class}"));
            command.args(["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]);
            Daemon::start(command.args(args), path(name))
        };
        let master = daemon("master.Master", "master.log", &[]);
        let url = master.says("Starting Spark master at ");
        let workers = ["worker-1", "worker-2"].map(path);
        let mut daemons = Vec::from(["worker-1.log", "worker-2.log"]);
        let mut daemons: Vec<Daemon> = daemons
            .drain(..)
            .zip(&workers)
            .map(|(log, work)| {
                let work = work.to_str().expect("a path in UTF-8");
                let args = ["--cores", "1", "--memory", "1g", "--work-dir", work, &url];
                daemon("worker.Worker", log, &args)
            })
            .collect();
        for worker in &daemons {
            worker.says("Successfully registered with master ");
        }
        daemons.push(master);
        Cluster {
            master: url,
            workers,
            _daemons: daemons,
            _folder: folder,
        }
    }

    /// The executors that the workers started for an application: the id and the process of each.
    ///
    /// # Panics
    ///
    /// If the workers do not know the application.
    pub fn executors(&self, application: &str) -> Vec<(String, u32)> {
        let mut executors = Vec::new();
        for worker in &self.workers {
            let folders = fs::read_dir(worker.join(application)).expect("the application's folder");
            for folder in folders {
                let folder = folder.expect("an executor's folder");
                let log = fs::read_to_string(folder.path().join("stderr")).expect("its log");
                let process = after(&log, "Started daemon with process name: ")
                    .and_then(|name| name.split('@').next()?.parse().ok());
                let id = folder.file_name().into_string().expect("an id");
                executors.push((id, process.expect("an executor's process")));
            }
        }
        executors.sort();
        executors
    }
}

fn clean(mut command: Command, home: &Path) -> Command {
    let foreign = ["SPARK_REMOTE", "PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"];
    for name in foreign.map(OsStr::new) {
        command.env_remove(name);
    }
    command.env("SPARK_HOME", home);
    // By default Spark's address is the machine's name, which no name server may know.
    command.env("SPARK_LOCAL_IP", "127.0.0.1");
    let options = short_lived(home);
    command.env("SPARK_SUBMIT_OPTS", &options);
    command.env("SPARK_DAEMON_JAVA_OPTS", options);
    command
}
