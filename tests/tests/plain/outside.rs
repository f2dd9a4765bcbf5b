//! flytekit outside of its workspace, as its users see it: with their own lock file, lints and names, without
//! `protoc` and without Python.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use flytekit_tests::{Ended, build, run};
use tempfile::TempDir;

/// A team's workspace: the platform re-exports flytekit under another name, the library of tasks knows only
/// the platform, and the program knows flytekit itself.
///
/// `FLYTEKIT` stands for the folder of the runtime.
const FILES: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        r#"
            [workspace]
            resolver = "3"
            members = ["app", "etl", "platform"]
        "#,
    ),
    (
        "platform/Cargo.toml",
        r#"
            [package]
            name = "outside-platform"
            edition = "2024"

            [dependencies]
            kit = { package = "flytekit", path = "FLYTEKIT" }
        "#,
    ),
    (
        "platform/src/lib.rs",
        r#"
            #![deny(warnings, missing_docs)]
            //! What all tasks of the team build on.

            use kit::declare::Resources;
            pub use kit::{Outputs, Result, task};

            /// What the attribute looks for things in.
            pub use kit as flytekit;

            /// As much as a small task needs.
            pub const SMALL: Resources = Resources::new().cpu("500m").mem("256Mi");
        "#,
    ),
    (
        "etl/Cargo.toml",
        r#"
            [package]
            name = "outside-etl"
            edition = "2024"

            [dependencies]
            outside-platform = { path = "../platform" }
        "#,
    ),
    (
        "etl/src/lib.rs",
        r#"
            #![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
            #![forbid(unsafe_code)]
            //! Tasks in a library.

            use outside_platform::{Outputs, Result, SMALL, flytekit, task};

            /// What is known about a list of numbers.
            #[derive(Debug, Outputs)]
            #[outputs(crate = flytekit)]
            pub struct Summary {
                /// How many there are.
                pub count: u64,
                /// The largest one.
                pub largest: Option<i64>,
            }

            /// Counts numbers, and finds the largest.
            ///
            /// # Errors
            ///
            /// When one of them is negative.
            #[task(crate = flytekit, requests = SMALL)]
            pub fn summarize(numbers: Vec<i64>) -> Result<Summary> {
                if numbers.iter().any(|&number| number < 0) {
                    return Err(flytekit::Error::user("a number is negative"));
                }
                let count = numbers.len() as u64;
                Ok(Summary { count, largest: numbers.into_iter().max() })
            }
        "#,
    ),
    (
        "app/Cargo.toml",
        r#"
            [package]
            name = "outside-app"
            edition = "2024"

            [dependencies]
            flytekit = { path = "FLYTEKIT" }
            outside-etl = { path = "../etl" }
        "#,
    ),
    (
        "app/src/main.rs",
        r"
            #![deny(warnings)]
            //! The program.

            use std::process::ExitCode;

            use flytekit::prelude::*;
            use outside_etl as _;

            /// Adds two numbers.
            #[task(retries = 3)]
            fn add(a: i64, #[default(2 * 20)] b: i64) -> i64 {
                a + b
            }

            fn main() -> ExitCode {
                flytekit::main()
            }
        ",
    ),
];

/// A program that is compiled with `panic = "abort"`.
const ABORTING: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        r#"
            [package]
            name = "outside-aborting"
            edition = "2024"

            [dependencies]
            flytekit = { path = "FLYTEKIT", default-features = false }

            [profile.dev]
            panic = "abort"

            [workspace]
        "#,
    ),
    (
        "src/main.rs",
        r#"
            //! The program.

            use flytekit::prelude::*;

            #[task]
            fn panics(text: String) {
                if text == "elsewhere" {
                    let _ = std::thread::spawn(|| panic!("from another thread")).join();
                }
                panic!("{text}")
            }

            fn main() -> std::process::ExitCode {
                flytekit::main()
            }
        "#,
    ),
];

/// Builds a program that is compiled with `panic = "abort"`, and has the task `outside_aborting.panics`.
pub(crate) fn aborting() -> PathBuf {
    let outside = Outside::new();
    outside.write(ABORTING);
    outside.build(&outside.path("Cargo.toml"));
    target().join("debug/outside-aborting")
}

/// A folder outside of the workspace, for which only Rust is installed.
struct Outside {
    folder: TempDir,
}

impl Outside {
    /// Creates stand-ins for the tools that must not be needed: each fails, and leaves a trace.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for files");
        let outside = Outside { folder };
        fs::create_dir(outside.path("bin")).expect("a folder is made");
        for tool in ["protoc", "python", "python3", "java"] {
            let script = format!(
                "#!/bin/sh\necho {tool} \"$@\" >> '{}'\nexit 1\n",
                outside.trace().display()
            );
            let path = outside.path("bin").join(tool);
            fs::write(&path, script).expect("a script is written");
            let executable = fs::Permissions::from_mode(0o755);
            fs::set_permissions(&path, executable).expect("a script is made executable");
        }
        outside
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn trace(&self) -> PathBuf {
        self.path("called")
    }

    /// Writes the files of a workspace, with the versions of this one.
    fn write(&self, files: &[(&str, &str)]) {
        let runtime = checkout().join("runtime");
        for (name, content) in files {
            let path = self.path(name);
            let folder = path.parent().expect("a file lies in a folder");
            fs::create_dir_all(folder).expect("folders are made");
            let content = content.replace("FLYTEKIT", &runtime.display().to_string());
            fs::write(path, content).expect("a file is written");
        }
        fs::copy(checkout().join("Cargo.lock"), self.path("Cargo.lock"))
            .expect("versions are kept");
    }

    /// A command for `program` in this folder, with the stand-ins first on `PATH`.
    fn command(&self, program: impl Into<OsString>) -> Command {
        let path = env::var_os("PATH").unwrap_or_default();
        let path = [self.path("bin")]
            .into_iter()
            .chain(env::split_paths(&path));
        let mut command = Command::new(program.into());
        command
            .current_dir(self.folder.path())
            .env("PATH", env::join_paths(path).expect("a list of folders"))
            .env("PROTOC", self.path("bin").join("protoc"));
        command
    }

    /// Builds the workspace of `manifest` into this workspace's target folder, from downloaded crates. All
    /// builds without features have the profile of this workspace's dependencies, so that these are compiled
    /// only once.
    fn build(&self, manifest: &Path) {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.args(["build", "--offline", "--manifest-path"]);
        command.arg(manifest).arg("--target-dir").arg(target());
        command.env("CARGO_PROFILE_DEV_DEBUG", "false");
        let built = build(&mut command);
        assert!(built.success(), "{built}");
    }

    /// Runs a program that was built.
    fn run(&self, program: &str, args: &[&str]) -> Ended {
        run(self
            .command(target().join("debug").join(program))
            .args(args))
    }

    /// Checks that none of the stand-ins was called.
    fn assert_untouched(&self) {
        let called = fs::read_to_string(self.trace()).unwrap_or_default();
        assert_eq!(called, "", "tools that must not be needed were called");
    }
}

/// This workspace's target folder, which already has most dependencies.
fn target() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().unwrap_or(temporary).to_owned()
}

/// The root of the checkout.
fn checkout() -> &'static Path {
    let this_package = Path::new(env!("CARGO_MANIFEST_DIR"));
    this_package.parent().unwrap_or(this_package)
}

/// The messages of a program without flytekit's features about the verbs that need one.
fn verbs_are_named_by_their_features(outside: &Outside) {
    for (args, feature) in [
        (&["package", "--image", "app:1"][..], "package"),
        (&["diff", "other"], "package"),
        (&["settings", "--help"], "package"),
        (&["register", "--dry-run"], "register"),
        (&["run", "--remote", "outside_app.add"], "register"),
    ] {
        let refused = outside.run("outside-app", args);
        assert_eq!(refused.status.code(), Some(1), "{refused}");
        for words in [
            format!("the feature `{feature}` of `flytekit`"),
            format!("`cargo flytekit {}", args[0]),
        ] {
            assert!(refused.stderr.contains(&words), "{refused}");
        }
    }
}

#[test]
fn plain_tasks_need_neither_protoc_nor_python() {
    let outside = Outside::new();
    outside.write(FILES);
    outside.build(&outside.path("Cargo.toml"));

    verbs_are_named_by_their_features(&outside);
    let listed = outside.run("outside-app", &["list"]);
    for task in ["outside_app.add", "outside_etl.summarize"] {
        assert!(listed.success() && listed.text().contains(task), "{listed}");
    }
    let add = ["run", "outside_app.add", "--json", "--a", "2"];
    let added = outside.run("outside-app", &add);
    assert!(added.success(), "{added}");
    assert_eq!(json(&added), serde_json::json!({ "o0": 42 }));
    let help = outside.run("outside-app", &["run", "outside_app.add", "--help"]);
    assert!(help.text().contains("2 * 20"), "{help}");

    let summarize = ["run", "outside_etl.summarize", "--json", "--numbers"];
    let summarized = outside.run("outside-app", &[&summarize[..], &["[1, 3]"]].concat());
    assert_eq!(
        json(&summarized),
        serde_json::json!({ "count": 2, "largest": 3 })
    );
    let refused = outside.run("outside-app", &[&summarize[..], &["[-1]"]].concat());
    assert!(
        refused.code() == Some(1) && refused.stderr.contains("a number is negative"),
        "{refused}"
    );
    outside.assert_untouched();
}

#[test]
fn an_engine_is_written_outside() {
    let outside = Outside::new();
    outside.build(&checkout().join("examples/custom-engine/Cargo.toml"));

    let squares = ["run", "custom_engine.squares", "--json", "--upto", "5"];
    let all = outside.run("custom-engine", &squares);
    assert_eq!(json(&all), serde_json::json!({ "o0": 30 }));
    assert!(all.stderr.contains("a pool of 4 workers is up"), "{all}");

    let one = outside.run("custom-engine", &[&squares[..], &["--pool", "1"]].concat());
    assert_eq!(json(&one), serde_json::json!({ "o0": 30 }));
    assert!(one.stderr.contains("a pool of 1 workers is up"), "{one}");
    assert!(one.stderr.contains("the pool of 1 is closed"), "{one}");

    let many = outside.run(
        "custom-engine",
        &[&squares[..], &["--pool", "many"]].concat(),
    );
    assert!(
        many.code() == Some(1) && many.stderr.contains("not `many`"),
        "{many}"
    );

    let describe = ["describe", "custom_engine.squares", "--format", "json"];
    let template = json(&outside.run("custom-engine", &describe));
    let template = &template["template"];
    assert_eq!(template["type"], "pool");
    assert_eq!(
        template["custom"],
        serde_json::json!({ "queue": "small", "workers": 4.0 })
    );
    outside.assert_untouched();
}

/// The JSON that a program printed.
fn json(ended: &Ended) -> serde_json::Value {
    serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}\n{ended}"))
}
