//! Whole jobs on a Spark cluster: a Rust driver, flytekit's, and a plain PySpark script.
//!
//! ```text
//! $ spark_driver MEASURE APP PYTHON SCRIPTS ROUNDS
//! ours.seconds 11.2
//! ours.peak_bytes 19922944
//! …
//! ```
//!
//! Seconds are those of `spark-submit`, from start to end; bytes are the peak of the driver's own process,
//! without the JVM, as `MEASURE` counts them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use flytekit_tests::ContainerRun;
use flytekit_tests::cluster::{Cluster, Distribution};

const LIMIT: i64 = 10_000_000;

/// The settings of the task's configuration, for the other jobs.
const SETTINGS: [(&str, &str); 2] = [("spark.cores.max", "2"), ("spark.executor.memory", "512m")];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [measure, app, python, scripts, rounds] = &words[..] else {
        anyhow::bail!("usage: spark_driver MEASURE APP PYTHON SCRIPTS ROUNDS");
    };
    let run = ContainerRun::of("spark_app.total", |inputs| inputs.output("limit", &LIMIT));
    let spark = Distribution::of_python();
    let cluster = Cluster::start(&spark);
    let job = Job {
        spark: &spark,
        master: &cluster.master,
        container: &run,
        measure,
        scripts: Path::new(scripts),
    };
    for round in 0..=rounds.parse()? {
        for (side, command) in [
            ("ours", job.ours(app)?),
            ("flytekit", job.flytekit(python)?),
            ("pyspark", job.pyspark(python)?),
        ] {
            let lines = job.run(side, command)?;
            // The first round fills the system's caches.
            if round > 0 {
                print!("{lines}");
            }
        }
    }
    Ok(())
}

/// The common parts of all jobs.
struct Job<'a> {
    spark: &'a Distribution,
    master: &'a str,
    container: &'a ContainerRun,
    measure: &'a str,
    scripts: &'a Path,
}

impl Job<'_> {
    fn ours(&self, app: &str) -> Result<Command> {
        let driver = self.measured(app)?;
        let settings = [("spark.pyspark.driver.python", driver.as_str())];
        Ok(self
            .spark
            .submit(self.master, app, self.container, &settings))
    }

    /// A job like flytekit's template: flytekit's entrypoint as the application, then the container's args.
    fn flytekit(&self, python: &str) -> Result<Command> {
        let entrypoint = Path::new(python).with_file_name("entrypoint.py");
        let mut command = self.python_job(python, &entrypoint)?;
        let path = |name: &str| self.container.path(name);
        command.arg("pyflyte-execute");
        command.arg("--inputs").arg(path("inputs.pb"));
        command.arg("--output-prefix").arg(path("outputs"));
        command.arg("--raw-output-data-prefix").arg(path("raw"));
        command.args([
            "--resolver",
            "flytekit.core.python_auto_container.default_task_resolver",
        ]);
        command.args(["--", "task-module", "spark_task", "task-name", "total"]);
        command.env("PYTHONPATH", self.scripts);
        Ok(command)
    }

    /// A job without flytekit, inputs and outputs.
    fn pyspark(&self, python: &str) -> Result<Command> {
        let mut command = self.python_job(python, &self.scripts.join("spark_script.py"))?;
        command.arg(LIMIT.to_string());
        command.arg(self.container.path("outputs/outputs.pb"));
        Ok(command)
    }

    fn python_job(&self, python: &str, application: &Path) -> Result<Command> {
        let driver = self.measured(python)?;
        let mut command = self.spark.program("spark-submit");
        command.args(["--master", self.master, "--deploy-mode", "client"]);
        let mut settings = Vec::from(SETTINGS);
        settings.extend([
            ("spark.pyspark.python", python),
            ("spark.pyspark.driver.python", &driver),
            ("spark.driver.host", "127.0.0.1"),
            ("spark.driver.bindAddress", "127.0.0.1"),
            ("spark.ui.port", "0"),
            ("spark.driver.memory", "512m"),
        ]);
        for (key, value) in settings {
            command.arg("--conf").arg(format!("{key}={value}"));
        }
        command.arg(application);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(command)
    }

    /// A program that runs another one and counts its memory.
    fn measured(&self, program: &str) -> Result<String> {
        let name = Path::new(program)
            .file_name()
            .context("a program has a name")?;
        let script: PathBuf = self
            .container
            .path(&name.to_string_lossy())
            .with_extension("sh");
        let text = format!("#!/bin/sh\nexec '{}' '{program}' \"$@\"\n", self.measure);
        fs::write(&script, text)?;
        fs::set_permissions(&script, Permissions::from_mode(0o755))?;
        Ok(script.to_str().context("a path in UTF-8")?.to_owned())
    }

    /// Runs a job, and checks that it has written outputs.
    fn run(&self, side: &str, mut command: Command) -> Result<String> {
        let outputs = self.container.path("outputs");
        if outputs.exists() {
            fs::remove_dir_all(&outputs)?;
        }
        fs::create_dir(&outputs)?;
        let started = Instant::now();
        let output = command.output()?;
        let seconds = started.elapsed().as_secs_f64();
        let said = String::from_utf8_lossy(&output.stdout);
        let log = String::from_utf8_lossy(&output.stderr);
        let well = output.status.success() && outputs.join("outputs.pb").exists();
        ensure!(well, "{side} failed:\n{said}\n{log}");
        let bytes = said
            .lines()
            .find_map(|line| line.strip_prefix("peak_bytes "))
            .with_context(|| format!("{side} counted no memory:\n{said}"))?;
        Ok(format!(
            "{side}.seconds {seconds}\n{side}.peak_bytes {bytes}\n"
        ))
    }
}
