//! A server with S3's protocol.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::daemon::Daemon;
use crate::script;

/// A server with the bucket `bucket`, in a process that ends with the test's.
#[derive(Debug)]
pub struct ObjectStore {
    endpoint: String,
    key: String,
    secret: String,
    _daemon: Daemon,
}

impl ObjectStore {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// let store = flytekit_test_support::store::ObjectStore::start();
    /// let mut client = std::process::Command::new("app");
    /// store.configure(&mut client);
    /// ```
    pub fn start() -> Self {
        ObjectStore::with(&[])
    }

    /// Starts a server that accepts any key. The server of [`Self::start`] fails on requests without a key
    /// instead of refusing them, and does not recognize the signature of a query with spaces.
    ///
    /// # Panics
    ///
    /// If it does not start.
    ///
    /// ```no_run
    /// let store = flytekit_test_support::store::ObjectStore::open();
    /// println!("{}", store.endpoint());
    /// ```
    pub fn open() -> Self {
        ObjectStore::with(&["any"])
    }

    fn with(arguments: &[&str]) -> Self {
        let packages = std::env::var_os("FLYTEKIT_TEST_MOTO").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/moto"),
            PathBuf::from,
        );
        assert!(packages.exists(), "no moto: run `cargo xtask test`");
        let folder = TempDir::new().expect("a folder").keep();
        let mut command = script("object_store.py");
        command.args(arguments).env("PYTHONPATH", packages);
        let daemon = Daemon::start_in(&folder, &command, folder.join("log"));
        daemon.says("ready");
        let [endpoint, key, secret] =
            ["endpoint ", "key ", "secret "].map(|name| daemon.says(name));
        ObjectStore {
            endpoint,
            key,
            secret,
            _daemon: daemon,
        }
    }

    /// The server's URL: `http://127.0.0.1:…`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Sets the variables of a client, which flytekit reads too, and removes those of the user who runs the
    /// tests.
    pub fn configure(&self, client: &mut Command) {
        let others = std::env::vars_os().map(|(name, _)| name);
        for name in others {
            let prefixes = ["AWS_", "FLYTE_", "FLYTEKIT_STORE_"];
            let name = name.to_string_lossy();
            if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                client.env_remove(&*name);
            }
        }
        client
            .env("FLYTE_AWS_ENDPOINT", &self.endpoint)
            .env("FLYTE_AWS_ACCESS_KEY_ID", &self.key)
            .env("FLYTE_AWS_SECRET_ACCESS_KEY", &self.secret)
            // Nothing provides credentials to programs on this machine.
            .env("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
            .env("NO_PROXY", "127.0.0.1");
    }
}
