//! Dask on a cluster: a scheduler and workers as the Dask operator starts them, and job runners.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use flytekit::declare::EXECUTABLE;
use flytekit_test_support::{Daemon, Process, kill};
use tempfile::TempDir;

use crate::container::ContainerRun;
use crate::{below, eventually, interpreter, python, run};

/// Long enough for everything that a worker does when it is killed.
const GONE: Duration = Duration::from_secs(180);

/// A version of Dask's `distributed`, for the tests' Python.
#[derive(Clone, Debug)]
pub struct Distributed {
    /// Packages that precede those of the tests' Python.
    packages: Option<PathBuf>,
    /// The version, such as `2026.8.0`.
    pub version: String,
}

impl Distributed {
    /// The version in the tests' Python.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn newest() -> Self {
        Distributed::of(None)
    }

    /// The oldest supported version, which `cargo xtask test` sets up.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn oldest() -> Self {
        let packages = std::env::var_os("FLYTEKIT_TEST_DASK").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/dask-2025.7"),
            PathBuf::from,
        );
        assert!(packages.exists(), "no other Dask: run `cargo xtask test`");
        Distributed::of(Some(packages))
    }

    fn of(packages: Option<PathBuf>) -> Self {
        let mut distributed = Distributed {
            packages,
            version: String::new(),
        };
        let ask = "from importlib.metadata import version; print(version('distributed'))";
        let told = run(distributed.python().args(["-c", ask]));
        assert!(told.success(), "{told}");
        told.text().trim().clone_into(&mut distributed.version);
        distributed
    }

    /// Whether it is the [newest](Self::newest).
    pub fn is_newest(&self) -> bool {
        self.packages.is_none()
    }

    /// A Python that imports this version.
    pub fn python(&self) -> Command {
        let mut command = interpreter();
        self.provide(&mut command);
        command
    }

    /// Makes this version available to a program that starts Python, without other settings than Dask's own.
    pub fn provide(&self, command: &mut Command) {
        match &self.packages {
            Some(packages) => command.env("PYTHONPATH", packages),
            None => command.env_remove("PYTHONPATH"),
        };
        command
            .env("FLYTEKIT_PYTHON", python())
            .env("DASK_CONFIG", "/nowhere")
            .env_remove("DASK_SCHEDULER_ADDRESS");
    }

    /// One of Dask's programs. The backend calls them `dask-scheduler` and `dask-worker`. Newer versions have
    /// no scripts with these names, so the corresponding modules are run.
    fn program(&self, name: &str) -> Command {
        let mut command = self.python();
        command.args(["-m", &format!("distributed.cli.dask_{name}")]);
        // Even if it is off, the dashboard has a port, and takes a fixed one by default.
        command.args(["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]);
        command.arg("--no-dashboard");
        command
    }
}

/// A local cluster.
///
/// Its processes end with it, and with the test's process.
#[derive(Debug)]
pub struct DaskCluster {
    /// The version of Dask.
    pub distributed: Distributed,
    /// The scheduler's address, such as `tcp://127.0.0.1:34567`.
    pub address: String,
    scheduler: Daemon,
}

impl DaskCluster {
    /// Starts a scheduler, and waits until it listens.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(distributed: &Distributed) -> Self {
        let mut scheduler = distributed.program("scheduler");
        let scheduler = daemon(scheduler.args(["--port", "0"]));
        DaskCluster {
            distributed: distributed.clone(),
            address: scheduler.says("Scheduler at:"),
            scheduler,
        }
    }

    /// Starts workers with these names and this number of threads each, and waits until they are registered.
    ///
    /// # Panics
    ///
    /// If they do not start.
    pub fn workers<const N: usize>(&self, names: [&str; N], threads: usize) -> [DaskWorker; N] {
        let start = |name: &str| {
            let mut command = self.distributed.program("worker");
            command.args(["--name", name, "--nthreads", &threads.to_string()]);
            command.args(["--memory-limit", "1GiB"]);
            command.env("DASK_SCHEDULER_ADDRESS", &self.address);
            DaskWorker {
                daemon: daemon(&mut command),
            }
        };
        let workers = names.map(start);
        for worker in &workers {
            worker.daemon.says("Registered to:");
        }
        workers
    }

    /// The id of the scheduler's process.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn scheduler(&self) -> u32 {
        main_process(&self.scheduler).expect("a scheduler")
    }

    /// The scheduler's log.
    pub fn log(&self) -> String {
        self.scheduler.log()
    }

    /// A job runner: the container of a task, with `executable` in place of the executable in the image.
    ///
    /// # Panics
    ///
    /// If the executable has no such task.
    pub fn job(&self, executable: &str, run: &ContainerRun) -> Command {
        let mut command = job(&self.distributed, executable, run);
        command.env("DASK_SCHEDULER_ADDRESS", &self.address);
        command
    }
}

/// A job runner without a cluster.
///
/// # Panics
///
/// If the executable has no such task.
pub fn job(distributed: &Distributed, executable: &str, run: &ContainerRun) -> Command {
    let mut command = Command::new(executable);
    let args = run.args(&run.template(executable));
    assert_eq!(args[0], EXECUTABLE);
    command.args(&args[1..]);
    distributed.provide(&mut command);
    for setting in ["FLYTE_FAIL_ON_ERROR", "FLYTEKIT_LOG", "RUST_LOG"] {
        command.env_remove(setting);
    }
    command
}

/// A worker: a nanny and its child, Dask's worker, which the operator runs in a pod.
#[derive(Debug)]
pub struct DaskWorker {
    daemon: Daemon,
}

impl DaskWorker {
    /// The worker's address, which changes when the worker is restarted.
    ///
    /// # Panics
    ///
    /// If it has reported none.
    pub fn address(&self) -> String {
        let log = self.daemon.log();
        let (_, last) = log.rsplit_once("Start worker at:").expect("an address");
        last.lines().next().unwrap_or_default().trim().to_owned()
    }

    /// The log of the worker and its child processes.
    pub fn log(&self) -> String {
        self.daemon.log()
    }

    /// The processes of an executable below the worker.
    pub fn processes_of(&self, executable: &str) -> Vec<u32> {
        let all = below(self.daemon.id()).into_iter();
        all.filter(|process| process.command.starts_with(executable))
            .map(|process| process.id)
            .collect()
    }

    /// Kills all of its processes at once, as when its pod is lost.
    pub fn kill(&self) {
        eventually("the worker is gone", GONE, || {
            let processes = below(self.daemon.id());
            kill(&processes);
            processes.is_empty()
        });
    }

    /// Kills Dask's worker, as when memory runs out; its nanny starts another one.
    ///
    /// # Panics
    ///
    /// If it has no such process.
    pub fn crash(&self) {
        let nanny = main_process(&self.daemon).expect("a nanny");
        let worker = below(nanny).into_iter();
        let worker: Vec<Process> = worker
            .filter(|process| process.command.contains("multiprocessing.spawn"))
            .collect();
        assert_eq!(worker.len(), 1, "{worker:?}");
        kill(&worker);
    }
}

/// The process of a daemon's program.
fn main_process(daemon: &Daemon) -> Option<u32> {
    below(daemon.id()).first().map(|process| process.id)
}

/// Starts a program with a folder for its files, which is removed with the program.
fn daemon(command: &mut Command) -> Daemon {
    let folder = TempDir::new().expect("a folder").keep();
    command.env("DASK_TEMPORARY_DIRECTORY", &folder);
    Daemon::start_in(&folder, command, folder.join("log"))
}

/// A test for each supported version of Dask: functions that get the version's [`Distributed`].
///
/// ```
/// fn knows_its_version(distributed: &flytekit_tests::dask::Distributed) {
///     assert!(distributed.version.starts_with("202"));
/// }
///
/// flytekit_tests::for_each_dask!(knows_its_version);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! for_each_dask {
    ($($test:ident),+ $(,)?) => {
        mod newest_dask {
            $(#[test]
            fn $test() {
                super::$test(&$crate::dask::Distributed::newest());
            })+
        }

        mod oldest_dask {
            $(#[test]
            fn $test() {
                super::$test(&$crate::dask::Distributed::oldest());
            })+
        }
    };
}
