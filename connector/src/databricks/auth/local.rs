//! The connector's own secrets, from the places where flytekit looks for them.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::databricks::secret::Secret;

const KEY: &str = "FLYTE_DATABRICKS_ACCESS_TOKEN";

/// The variables with the token: flytekit's, and a variable that flytekit names in messages but does not
/// read.
pub(super) const VARIABLES: [&str; 2] = ["_FSEC_FLYTE_DATABRICKS_ACCESS_TOKEN", KEY];

/// The connector's own token, for tasks without one in their namespace.
pub(super) fn token() -> Result<Option<Secret>, Failure> {
    let prefix = env::var("FLYTE_SECRETS_ENV_PREFIX");
    let injected = prefix.map_or_else(|_| VARIABLES[0].to_owned(), |prefix| prefix + KEY);
    if let Some(token) = variable(&injected) {
        return Ok(Some(token));
    }
    let path = file();
    match fs::read_to_string(&path) {
        Ok(text) => {
            if let Some(token) = Secret::of(&text) {
                return Ok(Some(token));
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(Failure::internal(format!(
                "the connector cannot read its token in {}: {error}",
                path.display()
            )));
        }
    }
    Ok(variable(VARIABLES[1]))
}

/// The file of the mounted token.
pub(super) fn file() -> PathBuf {
    let folder = env::var("FLYTE_SECRETS_DEFAULT_DIR");
    let folder = folder.unwrap_or_else(|_| "/etc/secrets".to_owned());
    let prefix = env::var("FLYTE_SECRETS_FILE_PREFIX").unwrap_or_default();
    Path::new(&folder).join(prefix + &KEY.to_lowercase())
}

/// The service principal's password.
pub(super) fn client_secret() -> Option<Secret> {
    variable("DATABRICKS_CLIENT_SECRET")
}

fn variable(name: &str) -> Option<Secret> {
    env::var(name).ok().as_deref().and_then(Secret::of)
}
