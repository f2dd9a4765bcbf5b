//! Secrets: reading those that the platform mounted, and keeping their values out of everything
//! that leaves the process.

use std::env;

use crate::declare::TaskDescriptor;
use crate::error::Error;

/// The value of the secret `key` of `group`, wherever the platform has put it.
///
/// Looked for in this order, as flytekit does: the environment variable
/// `_FSEC_<GROUP>_<KEY>` (the prefix is `FLYTE_SECRETS_ENV_PREFIX`), then the file
/// `/etc/secrets/<group>/<key>` (folder `FLYTE_SECRETS_DEFAULT_DIR`, file prefix
/// `FLYTE_SECRETS_FILE_PREFIX`).
///
/// ```no_run
/// let token = flytekit::secret("databricks", "token")?;
/// # Ok::<(), flytekit::Error>(())
/// ```
///
/// # Errors
///
/// When it is in neither place; the message names both, and what to ask for in the attribute.
pub fn secret(group: &str, key: &str) -> Result<String, Error> {
    let mounted = Mounted::of(group, "", key);
    mounted.value().ok_or_else(|| {
        Error::user(format!(
            "secret `{key}` of group `{group}` is neither in the environment variable {} nor in \
             the file {}; ask for it with #[task(secrets(secret(group = \"{group}\", key = \"{key}\")))]",
            mounted.variable, mounted.file
        ))
    })
}

/// Where a secret may lie.
struct Mounted {
    variable: String,
    file: String,
}

impl Mounted {
    fn of(group: &str, version: &str, key: &str) -> Self {
        let setting = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
        let parts = |separator: &str, last: &str| {
            let all = [group, version, last];
            all.into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(separator)
        };
        let prefix = setting("FLYTE_SECRETS_ENV_PREFIX", "_FSEC_");
        let folder = setting("FLYTE_SECRETS_DEFAULT_DIR", "/etc/secrets");
        let file = setting("FLYTE_SECRETS_FILE_PREFIX", "") + key;
        Mounted {
            variable: format!("{prefix}{}", parts("_", key).to_uppercase()),
            file: format!("{folder}/{}", parts("/", &file).to_lowercase()),
        }
    }

    fn value(&self) -> Option<String> {
        let text = env::var(&self.variable)
            .or_else(|_| std::fs::read_to_string(&self.file))
            .ok()?;
        Some(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// The values that must not be shown.
#[derive(Default)]
pub(crate) struct Redacted {
    values: Vec<String>,
}

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.values.len())
    }
}

/// Shorter values are words that occur by chance, and no secrets.
const SHORTEST: usize = 4;

impl Redacted {
    /// The values of the secrets that `task` asks for.
    pub(crate) fn of(task: &TaskDescriptor) -> Self {
        let secrets = task.secrets.iter();
        let mut values: Vec<String> = secrets
            .flat_map(|secret| {
                let mounted = Mounted::of(secret.group, secret.version, secret.key).value();
                mounted.into_iter().chain(env::var(secret.env_var).ok())
            })
            .filter(|value| value.len() >= SHORTEST)
            .collect();
        // A secret that contains another one goes first, so that no part of it stays.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Redacted { values }
    }

    /// `text` with each secret replaced.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, value| {
            text.replace(value, "[secret]")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Mounted, Redacted, secret};

    #[test]
    fn places_follow_flytekit() {
        let mounted = Mounted::of("Group", "v1", "Key");
        assert_eq!(mounted.variable, "_FSEC_GROUP_V1_KEY");
        assert_eq!(mounted.file, "/etc/secrets/group/v1/key");
    }

    #[test]
    fn a_missing_secret_says_where_it_was_looked_for() {
        let error = secret("nobody", "nothing")
            .expect_err("no such secret")
            .to_string();
        assert!(
            error.contains("_FSEC_NOBODY_NOTHING") && error.contains("/etc/secrets/nobody/nothing")
        );
    }

    #[test]
    fn the_longer_secret_goes_first() {
        let redacted = Redacted {
            values: vec!["hunter22".to_owned(), "hunter2".to_owned()],
        };
        assert_eq!(redacted.redact("hunter22, hunter2"), "[secret], [secret]");
    }
}
