//! One local run of an application.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::super::guard::{Variables, guarded, set};
use super::super::local::{self, AUTHENTICATED, DEFAULTS, NOT_INHERITED, runs_here};
use super::super::variables::SparkVariables;
use super::config::{GenericSparkConfig, Language};
use crate::engine::output::{Output, failed};
use crate::engine::programs::is_executable;
use crate::engine::spark::log::{is_routine, says_something};
use crate::error::Error;

/// How long the remaining output of an application may take to arrive once it has ended.
const REST: Duration = Duration::from_secs(5);

/// The exit code of `spark-submit` for a missing main class: `SparkSubmit.CLASS_NOT_FOUND_EXIT_STATUS`.
const NO_CLASS: i32 = 101;

/// The variable for Spark's data folder, which takes precedence over the setting `spark.local.dir`.
const SCRATCH: &str = "SPARK_LOCAL_DIRS";

/// The application, and how to start it.
pub(super) struct Submission<'a> {
    task: &'a str,
    config: &'static GenericSparkConfig,
    program: PathBuf,
    env: Variables,
    arguments: Vec<String>,
}

/// A running `spark-submit`.
struct Running {
    child: Child,
    /// Keeps the application alive; closing it ends everything that the application leaves behind.
    guard: Option<ChildStdin>,
    output: Output,
    /// The folder for its data. It is removed with the run, or by the guard if this process is killed.
    _scratch: TempDir,
}

impl<'a> Submission<'a> {
    /// Finds everything that the application needs.
    ///
    /// # Errors
    ///
    /// If Spark, Java or the application is missing.
    pub(super) fn new(
        task: &'a str,
        config: &'static GenericSparkConfig,
        arguments: Vec<String>,
        variables: &SparkVariables,
    ) -> Result<Self, Error> {
        let (program, home) = spark_submit(task, variables)?;
        check_java(task, variables)?;
        check_application(task, config.application())?;
        let mut env = Vec::from(NOT_INHERITED);
        env.extend(home.map(|home| ("SPARK_HOME", Some(home.into_os_string()))));
        if config.language() == Language::Python
            && let Some(python) = &variables.interpreters.preferred
            && std::env::var_os("PYSPARK_PYTHON").is_none()
        {
            env.push(("PYSPARK_PYTHON", Some(python.clone().into_os_string())));
        }
        Ok(Submission {
            task,
            config,
            program,
            env,
            arguments,
        })
    }

    /// Runs the application to its end.
    ///
    /// # Errors
    ///
    /// If it does not start, or fails; the error has its exit status and its last output.
    pub(super) fn run(&self) -> Result<(), Error> {
        let mut running = self.start().map_err(|error| {
            let program = self.program.display();
            Error::system(format!("cannot start {program} for task {}", self.task))
                .with_source(error)
        })?;
        let status = running.wait().map_err(|error| {
            let message = format!("cannot wait for the application of task {}", self.task);
            Error::system(message).with_source(error)
        })?;
        if status.success() {
            return Ok(());
        }
        Err(self.failed(status, &running.output.last_lines()))
    }

    fn start(&self) -> io::Result<Running> {
        let scratch = tempfile::Builder::new()
            .prefix("flytekit-spark-")
            .tempdir()?;
        let mut command = guarded(scratch.path(), &self.program);
        command
            .args(self.args())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.needs_scratch() {
            command.env(SCRATCH, scratch.path());
        }
        set(&mut command, &self.env);
        tracing::info!(
            task = self.task,
            application = self.config.application(),
            "starting {}",
            self.program.display()
        );
        let mut child = command.spawn()?;
        let mut output = Output::new(|line| says_something(&line) && !is_routine(line));
        if let Some(pipe) = child.stdout.take() {
            output.follow(pipe, io::stdout());
        }
        if let Some(pipe) = child.stderr.take() {
            output.follow(pipe, io::stderr());
        }
        Ok(Running {
            guard: child.stdin.take(),
            child,
            output,
            _scratch: scratch,
        })
    }

    /// The arguments of `spark-submit`: settings (if a key occurs twice, the last one wins), the application,
    /// and its arguments.
    fn args(&self) -> Vec<OsString> {
        let mut args = Vec::new();
        if let Some(main_class) = self.config.main_class() {
            args.extend(["--class".into(), main_class.into()]);
        }
        let is_own = runs_here(self.config.settings());
        let defaults = DEFAULTS
            .into_iter()
            .chain(is_own.then_some(AUTHENTICATED))
            .map(|(key, value)| format!("{key}={value}"));
        let settings = self.config.settings();
        let settings = settings.map(|(key, value)| format!("{key}={value}"));
        for setting in defaults.chain(settings) {
            args.extend(["--conf".into(), setting.into()]);
        }
        let application = self.config.application();
        args.push(path_here(application).unwrap_or(application).into());
        args.extend(self.arguments.iter().map(OsString::from));
        args
    }

    /// Whether neither the environment nor the task sets the folder for Spark's data.
    fn needs_scratch(&self) -> bool {
        let mut settings = self.config.settings();
        std::env::var_os(SCRATCH).is_none() && !settings.any(|(key, _)| key == "spark.local.dir")
    }

    fn failed(&self, status: ExitStatus, last_lines: &str) -> Error {
        let mut message = format!(
            "the application {} of task {} ended with {status}",
            self.config.application(),
            self.task
        );
        if let (Some(NO_CLASS), Some(main_class)) = (status.code(), self.config.main_class()) {
            message.push_str(": spark-submit cannot load the main class ");
            message.push_str(main_class);
            message.push_str(", so check `main_class` and the content of the jar");
        }
        failed(message, status, last_lines)
    }
}

impl Running {
    fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        if let Some(mut guard) = self.guard.take() {
            // If the guard is gone, there is nothing to do.
            let _ = guard.write_all(b"stop\n");
        }
        self.output.finish(REST);
        Ok(status)
    }
}

/// The program, and its `SPARK_HOME` if it does not find that itself.
fn spark_submit(
    task: &str,
    variables: &SparkVariables,
) -> Result<(PathBuf, Option<PathBuf>), Error> {
    if let Some((home, named)) = local::distribution(variables) {
        let program = home.join("bin/spark-submit");
        if is_executable(&program) {
            return Ok((program, Some(home)));
        }
        return Err(Error::user(format!(
            "task {task} is a Spark application, but {named} ({}) has no bin/spark-submit to run it: \
             set SPARK_HOME to a Spark distribution, or `pip install pyspark`",
            home.display()
        )));
    }
    let program = variables.programs.find_on_path("spark-submit").ok_or_else(|| {
        Error::user(format!(
            "task {task} is a Spark application, but there is no Spark to run it in {}, and no \
             spark-submit on PATH: set SPARK_HOME to a Spark distribution, or `pip install pyspark`",
            local::PLACES
        ))
    })?;
    Ok((program, None))
}

fn check_java(task: &str, variables: &SparkVariables) -> Result<(), Error> {
    let instead = "install Java 17 or newer, and set JAVA_HOME to it if it is not on PATH";
    match local::java(variables) {
        Some(java) if is_executable(&java) => Ok(()),
        Some(java) => Err(Error::user(format!(
            "task {task} is a Spark application, which needs Java, but JAVA_HOME has no {}: {instead}",
            java.display()
        ))),
        None => Err(Error::user(format!(
            "task {task} is a Spark application, which needs Java, but there is none in JAVA_HOME or \
             on PATH: {instead}"
        ))),
    }
}

fn check_application(task: &str, application: &str) -> Result<(), Error> {
    match path_here(application) {
        Some(path) if !Path::new(path).is_file() => Err(Error::user(format!(
            "the application {application} of task {task} is not on this machine: put the file at \
             {path}, or run the task in its image"
        ))),
        _ => Ok(()),
    }
}

/// The local path of an application, unless the application is elsewhere.
///
/// `/opt/app.jar`, `local:///opt/app.jar` and `file:/opt/app.jar` are all `/opt/app.jar`.
fn path_here(application: &str) -> Option<&str> {
    if application.starts_with('/') {
        return Some(application);
    }
    let rest = ["local:", "file:"]
        .iter()
        .find_map(|scheme| application.strip_prefix(scheme))?;
    match rest.strip_prefix("//") {
        Some(authority) => authority.find('/').map(|start| &authority[start..]),
        None => Some(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCALA: GenericSparkConfig = GenericSparkConfig::scala("a.Main", "local:///opt/app.jar")
        .conf(&[("spark.master", "local[2]"), ("spark.app.name", "a b")])
        .hadoop_conf(&[("fs.x", "y")]);

    fn submission() -> Submission<'static> {
        Submission {
            task: "tests.app",
            config: &SCALA,
            program: PathBuf::new(),
            env: Vec::new(),
            arguments: vec!["--x".to_owned(), "$HOME; '\"".to_owned(), String::new()],
        }
    }

    #[test]
    fn settings_come_before_the_application_and_its_arguments_after_it() {
        let args = submission().args();
        let args: Vec<_> = args.iter().map(|arg| arg.to_str().unwrap()).collect();
        assert_eq!(args[..2], ["--class", "a.Main"]);
        let at = |arg| args.iter().position(|it| *it == arg).unwrap();
        assert!(at("spark.master=local[*]") < at("spark.master=local[2]"));
        assert_eq!(args[at("spark.app.name=a b") - 1], "--conf");
        assert_eq!(args[at("spark.hadoop.fs.x=y") - 1], "--conf");
        assert_eq!(
            args[args.len() - 4..],
            ["/opt/app.jar", "--x", "$HOME; '\"", ""]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_failure_says_how_it_ended_and_why() {
        use std::os::unix::process::ExitStatusExt;

        let failed = |status, lines| submission().failed(ExitStatus::from_raw(status), lines);
        let error = failed(3 << 8, "  Exception: why");
        assert_eq!(
            error.to_string(),
            "the application local:///opt/app.jar of task tests.app ended with exit status: 3; \
             its output ends with:\n  Exception: why"
        );
        assert!(!error.is_recoverable());
        let error = failed(NO_CLASS << 8, "");
        assert!(error.to_string().contains("main class a.Main"), "{error}");
        let error = failed(9, "");
        assert!(error.to_string().contains("signal: 9"), "{error}");
        assert!(error.is_recoverable());
    }

    #[test]
    fn files_of_this_machine_are_told_from_others() {
        for place in [
            "/opt/a.py",
            "local:///opt/a.py",
            "local:/opt/a.py",
            "file://host/opt/a.py",
        ] {
            assert_eq!(path_here(place), Some("/opt/a.py"), "{place}");
        }
        assert_eq!(path_here("s3a://bucket/a.py"), None);
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        let none = SparkVariables::default();
        let error = spark_submit("tests.app", &none).unwrap_err().to_string();
        assert!(
            error.contains("tests.app") && error.contains("pip install pyspark"),
            "{error}"
        );
        let error = check_java("tests.app", &none).unwrap_err().to_string();
        assert!(
            error.contains("tests.app") && error.contains("Java 17"),
            "{error}"
        );
        let here = SparkVariables {
            spark_home: Some("/no/spark".into()),
            java_home: Some("/no/java".into()),
            ..none
        };
        let error = spark_submit("tests.app", &here).unwrap_err().to_string();
        assert!(error.contains("SPARK_HOME (/no/spark)"), "{error}");
        let error = check_java("tests.app", &here).unwrap_err().to_string();
        assert!(error.contains("/no/java/bin/java"), "{error}");
        let error = check_application("tests.app", "local:///no/app.jar").unwrap_err();
        assert!(error.to_string().contains("/no/app.jar"), "{error}");
        assert!(check_application("tests.app", "s3a://bucket/app.jar").is_ok());
    }
}
