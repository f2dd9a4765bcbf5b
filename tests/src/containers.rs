//! A stand-in for podman and docker on this machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::python;

/// The engine, and the folder in which it records its calls.
pub struct ContainerEngine(TempDir);

impl ContainerEngine {
    /// An engine without calls.
    ///
    /// # Panics
    ///
    /// If it cannot be created.
    #[expect(clippy::new_without_default, reason = "each is another machine's")]
    pub fn new() -> Self {
        let engine = ContainerEngine(tempfile::tempdir().expect("a folder"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/container_engine.py");
        let shell = format!(
            "#!/bin/sh\nexec '{}' '{}' \"$@\"\n",
            python().display(),
            script.display()
        );
        fs::create_dir(engine.path("bin")).expect("a folder");
        fs::create_dir(engine.path("tmp")).expect("a folder");
        let program = engine.program();
        fs::write(&program, shell).expect("a file");
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("a program");
        engine
    }

    /// A path in the engine's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The executable.
    pub fn program(&self) -> PathBuf {
        self.path("bin/podman")
    }

    /// Makes the engine available to a program, whose temporary files go into the folder `tmp`.
    pub fn provide(&self, command: &mut Command) {
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command
            .env_remove("FLYTEKIT_CONTAINER_ENGINE")
            .env("PATH", path)
            .env("TMPDIR", self.path("tmp"))
            .env("STAND_IN", self.0.path());
    }

    /// The arguments of each call.
    ///
    /// # Panics
    ///
    /// If the record is not in the script's format.
    pub fn calls(&self) -> Vec<Vec<String>> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        let calls = calls.lines();
        let calls = calls.map(|call| serde_json::from_str(call).expect("JSON"));
        calls.collect()
    }

    /// The process of the running container.
    pub fn process(&self) -> Option<u32> {
        let entries = fs::read_dir(self.0.path()).ok()?.flatten();
        let mut of_containers = entries.filter(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().starts_with("flytekit-")
        });
        let text = fs::read_to_string(of_containers.next()?.path()).ok()?;
        text.parse().ok()
    }

    /// Checks that nothing remains of a run.
    ///
    /// # Panics
    ///
    /// If something remains.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert_eq!(self.process(), None);
        let left = fs::read_dir(self.path("tmp")).expect("a folder").flatten();
        let left = left.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let left: Vec<_> = left
            .filter(|it| it.starts_with("flytekit-container-"))
            .collect();
        assert_eq!(left, [""; 0]);
    }
}
