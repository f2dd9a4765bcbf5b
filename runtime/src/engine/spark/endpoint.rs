//! Chooses the Spark of a run.

use std::ffi::OsStr;

use super::driver::Submitted;
use super::local::{self, LocalSpark};
use super::remote::Remote;
use super::sail;
use super::server::Launch;
use super::variables::SparkVariables;
use crate::error::Error;

/// The values that `--spark` accepts.
pub(super) const TARGETS: &str = "sail | local | sc://HOST:PORT";

/// Where a session is opened.
pub(super) enum Endpoint {
    /// The JVM that started this process as its driver.
    Driver(Submitted),
    /// An existing server.
    Remote(Remote),
    /// Sail, started for the run.
    Sail(Launch),
    /// Spark itself, started for the run.
    Local(LocalSpark),
}

impl Endpoint {
    /// Chooses the first of: the user's choice, the JVM of `spark-submit`, `SPARK_REMOTE`, Sail, a local
    /// Spark.
    ///
    /// # Errors
    ///
    /// If nothing is found, or the user's choice does not exist. The message says what was searched and what
    /// to do.
    pub(super) fn choose(target: Option<&str>, variables: &SparkVariables) -> Result<Self, Error> {
        if let Some(target) = target {
            return Endpoint::named(target, variables);
        }
        if let Some(submitted) = Submitted::find(variables)? {
            return Ok(Endpoint::Driver(submitted));
        }
        if let Some(url) = &variables.spark_remote {
            return remote(url, "SPARK_REMOTE", variables);
        }
        if let Some(launch) = sail::find(variables) {
            return Ok(Endpoint::Sail(launch));
        }
        if let Some(spark) = LocalSpark::find(variables)? {
            return Ok(Endpoint::Local(spark));
        }
        Err(Error::user(format!(
            "found no Spark to run on. Looked for SPARK_REMOTE, Sail ({}) and a local Spark ({}). The quickest \
             way to one is `pip install pysail pyspark-client`; or `pip install pyspark`, with Java 17 or newer; \
             or set SPARK_REMOTE to the address (sc://HOST:PORT) of a Spark Connect server",
            sail::PLACES,
            local::PLACES,
        )))
    }

    fn named(target: &str, variables: &SparkVariables) -> Result<Self, Error> {
        match target {
            "sail" => sail::find(variables).map(Endpoint::Sail).ok_or_else(|| {
                Error::user(format!(
                    "found no Sail. Looked for {}. `pip install pysail pyspark-client`, or set \
                     FLYTEKIT_PYTHON to a Python that has them",
                    sail::PLACES
                ))
            }),
            "local" => LocalSpark::find(variables)?.map(Endpoint::Local).ok_or_else(|| {
                Error::user(format!(
                    "found no local Spark. Looked for {}. `pip install pyspark`, or set SPARK_HOME to a Spark 4 \
                     distribution",
                    local::PLACES
                ))
            }),
            url if url.starts_with("sc://") => remote(OsStr::new(url), "--spark", variables),
            // The value may be an address with a token, mistyped at the beginning: it is only shown if it is
            // a word.
            word if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Err(Error::user(format!("`{word}` is not a target for Spark; expected {TARGETS}")))
            }
            _ => Err(Error::user(format!("this is not a target for Spark; expected {TARGETS}"))),
        }
    }
}

fn remote(url: &OsStr, origin: &str, variables: &SparkVariables) -> Result<Endpoint, Error> {
    let Some(url) = url.to_str() else {
        return Err(Error::user(format!(
            "{origin} is not an address: it is not UTF-8"
        )));
    };
    Remote::parse(url, origin, variables.has_token).map(Endpoint::Remote)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    use tempfile::TempDir;

    use super::*;
    use crate::engine::programs::Programs as Found;
    use crate::engine::python::Interpreters;

    /// A folder with programs in it.
    struct Programs(TempDir);

    impl Programs {
        fn new() -> Self {
            Programs(TempDir::new().unwrap())
        }

        fn with(self, path: &str, script: &str) -> Self {
            let file = self.0.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            self
        }

        fn path(&self) -> &Path {
            self.0.path()
        }

        fn variables(&self) -> SparkVariables {
            SparkVariables {
                programs: Found {
                    path: self.path().into(),
                },
                ..SparkVariables::default()
            }
        }

        fn with_spark(self, java: &str) -> Self {
            self.with("spark/bin/spark-submit", "")
                .with("spark/jars/spark-connect_2.13-4.2.1.jar", "")
                .with(
                    "java",
                    &format!("echo 'openjdk version \"{java}\" 2025-04-15' >&2"),
                )
        }

        fn spark_home(&self) -> PathBuf {
            self.path().join("spark")
        }
    }

    fn choose(target: Option<&str>, variables: &SparkVariables) -> Result<String, String> {
        match Endpoint::choose(target, variables) {
            Ok(Endpoint::Driver(submitted)) => Ok(format!("{submitted:?}")),
            Ok(Endpoint::Remote(remote)) => Ok(format!("{remote:?}")),
            Ok(Endpoint::Sail(launch)) => Ok(format!("sail {}", launch.program.display())),
            Ok(Endpoint::Local(_)) => Ok("local".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn spark_remote_comes_before_what_is_installed() {
        let programs = Programs::new().with("sail", "");
        let variables = SparkVariables {
            spark_remote: Some("sc://h:1".into()),
            ..programs.variables()
        };
        assert_eq!(choose(None, &variables).unwrap(), "sc://h:1");
        assert!(
            choose(Some("sail"), &variables)
                .unwrap()
                .starts_with("sail")
        );
        assert_eq!(
            choose(Some("sc://other:2"), &variables).unwrap(),
            "sc://other:2"
        );
    }

    #[test]
    fn sail_beside_the_named_python_comes_before_the_one_on_path() {
        let programs = Programs::new()
            .with("sail", "")
            .with("venv/python", "")
            .with("venv/sail", "");
        let variables = SparkVariables {
            interpreters: Interpreters {
                preferred: Some(programs.path().join("venv/python")),
            },
            ..programs.variables()
        };
        assert_eq!(
            choose(None, &variables).unwrap(),
            format!("sail {}", programs.path().join("venv/sail").display())
        );
    }

    #[test]
    fn a_python_with_the_package_runs_sail() {
        let programs = Programs::new().with("python3", "echo /packages/$3");
        assert_eq!(
            choose(Some("sail"), &programs.variables()).unwrap(),
            format!("sail {}", programs.path().join("python3").display())
        );
    }

    #[test]
    fn a_local_spark_comes_last_and_needs_java() {
        let programs = Programs::new().with_spark("17.0.15");
        let variables = SparkVariables {
            spark_home: Some(programs.spark_home()),
            ..programs.variables()
        };
        assert_eq!(choose(None, &variables).unwrap(), "local");

        let programs = Programs::new().with_spark("1.8.0_292");
        let variables = SparkVariables {
            spark_home: Some(programs.spark_home()),
            ..programs.variables()
        };
        let message = choose(Some("local"), &variables).unwrap_err();
        assert!(
            message.contains("is Java 8") && message.contains("Java 17"),
            "{message}"
        );

        let java_home = Some(programs.path().join("nowhere"));
        let message = choose(
            None,
            &SparkVariables {
                java_home,
                ..variables
            },
        )
        .unwrap_err();
        assert!(message.contains("does not start"), "{message}");
    }

    #[test]
    fn an_old_spark_is_named() {
        let programs = Programs::new().with("spark/bin/spark-submit", "");
        let variables = SparkVariables {
            spark_home: Some(programs.spark_home()),
            ..programs.variables()
        };
        let message = choose(Some("local"), &variables).unwrap_err();
        assert!(
            message.contains("SPARK_HOME") && message.contains("4.0"),
            "{message}"
        );
    }

    #[test]
    fn nothing_found_says_what_to_do() {
        let programs = Programs::new();
        let message = choose(None, &programs.variables()).unwrap_err();
        for part in [
            "SPARK_REMOTE",
            "pip install pysail pyspark-client",
            "FLYTEKIT_PYTHON",
            "$SPARK_HOME",
        ] {
            assert!(message.contains(part), "{part} in {message}");
        }
        assert!(
            choose(Some("sail"), &programs.variables())
                .unwrap_err()
                .contains("pip install pysail pyspark-client")
        );
        assert!(
            choose(Some("local"), &programs.variables())
                .unwrap_err()
                .contains("pip install pyspark")
        );
    }

    #[test]
    fn unknown_targets_list_the_choices_and_show_no_token() {
        let variables = Programs::new().variables();
        let message = choose(Some("databricks"), &variables).unwrap_err();
        assert!(
            message.contains("`databricks`") && message.contains(TARGETS),
            "{message}"
        );
        let message = choose(Some("cs://h/;token=secret"), &variables).unwrap_err();
        assert!(
            !message.contains("secret") && message.contains(TARGETS),
            "{message}"
        );
    }

    #[test]
    fn the_driver_of_spark_submit_uses_its_spark() {
        let variables = SparkVariables {
            gateway_port: Some("4711".into()),
            gateway_secret: Some("hush".into()),
            spark_remote: Some("sc://h:1".into()),
            ..Programs::new().variables()
        };
        let chosen = choose(None, &variables).unwrap();
        assert!(
            chosen.contains("4711") && !chosen.contains("hush"),
            "{chosen}"
        );
        assert_eq!(choose(Some("sc://h:2"), &variables).unwrap(), "sc://h:2");
    }
}
