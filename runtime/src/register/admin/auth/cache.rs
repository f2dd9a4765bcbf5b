//! Tokens of people, kept for the next run, because signing in takes a person's time.
//!
//! ```text
//! ~/.cache/flytekit/tokens/      only its owner can enter
//!     flyte.example.com_443-1f0c2d3e.json
//! ```

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{env, fs, io};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::token::Token;
use crate::bounded;
use crate::console::tell;
use crate::register::settings::{Platform, Secret};

/// The file for the tokens of one Flyte, if this user has a cache folder.
#[derive(Debug)]
pub(super) struct Cache {
    path: Option<PathBuf>,
}

/// The largest file that is read: tokens are smaller.
const LONGEST: u64 = 1 << 20;

/// The file's content.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The name of the header that carries the token.
    metadata_key: String,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// The expiry, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<u64>,
}

impl Cache {
    /// The cache for tokens that are obtained with these settings.
    pub(super) fn of(platform: &Platform) -> Self {
        let name = name(platform);
        Cache {
            path: folder().map(|folder| folder.join("flytekit").join("tokens").join(name)),
        }
    }

    /// The token that an earlier run has stored.
    pub(super) fn token(&self) -> Option<Token> {
        let path = self.path.as_deref()?;
        match read(path) {
            Ok(token) => token,
            Err(why) => {
                tell(format_args!(
                    "warning: the token in `{}` is not used: {why}",
                    path.display()
                ));
                None
            }
        }
    }

    /// Stores a token for the next run.
    pub(super) fn keep(&self, token: &Token) {
        let Some(path) = self.path.as_deref() else {
            return;
        };
        if let Err(error) = write(path, token) {
            tell(format_args!(
                "warning: the token is not kept for the next run: `{}`: {error}",
                path.display()
            ));
        }
    }
}

/// The user's cache folder.
fn folder() -> Option<PathBuf> {
    let named = |variable| {
        let path = PathBuf::from(env::var_os(variable)?);
        path.is_absolute().then_some(path)
    };
    let home = || env::home_dir().filter(|it| it.is_absolute());
    named("XDG_CACHE_HOME").or_else(|| {
        if cfg!(windows) {
            named("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            Some(home()?.join("Library/Caches"))
        } else {
            Some(home()?.join(".cache"))
        }
    })
}

/// A file name that people recognize, and that differs if tokens may differ.
fn name(platform: &Platform) -> String {
    let auth = &platform.auth;
    let parts = [
        platform.endpoint.as_str(),
        auth.client_id.as_deref().unwrap_or_default(),
        auth.audience.as_deref().unwrap_or_default(),
        &auth.scopes.join(" "),
    ];
    let digest = Sha256::digest(parts.join("\n"));
    let mut name: String = platform
        .endpoint
        .chars()
        .map(|it| match it {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => it,
            _ => '_',
        })
        .collect();
    name.push('-');
    for byte in &digest[..4] {
        let _ = write!(name, "{byte:02x}");
    }
    name + ".json"
}

fn read(path: &Path) -> Result<Option<Token>, String> {
    let text = match bounded::open(path) {
        Ok((file, _)) => {
            is_private(&file).map_err(|error| error.to_string())?;
            text(file).map_err(|error| error.to_string())?
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    // The error does not describe the mistake, because it would show the text.
    let broken = || "it was not written by this program".to_owned();
    let kept: Kept = serde_json::from_str(&text).map_err(|_| broken())?;
    let key = kept.metadata_key.parse().map_err(|_| broken())?;
    let token = Token::new(key, Secret(kept.access_token)).map_err(|_| broken())?;
    let expires = kept.expires.map(Duration::from_secs);
    Ok(Some(token.with(
        kept.refresh_token.map(Secret),
        expires.and_then(|it| SystemTime::UNIX_EPOCH.checked_add(it)),
    )))
}

fn text(file: fs::File) -> io::Result<String> {
    let text = io::read_to_string(file.take(LONGEST + 1))?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other("it is longer than any token"));
    }
    Ok(text)
}

fn write(path: &Path, token: &Token) -> io::Result<()> {
    let expires = token.expires();
    let kept = Kept {
        metadata_key: token.key().as_str().to_owned(),
        access_token: token.access().0.clone(),
        refresh_token: token.refresh().map(|it| it.secret().clone()),
        expires: expires
            .and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok())
            .map(|it| it.as_secs()),
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    private_folder(folder)?;
    // Only the owner can read the file from its first moment on, and the file is never incomplete.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(&kept)?)?;
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // The permissions of an existing folder may be too wide.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn is_private(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = file.metadata()?.permissions().mode() & 0o777;
    let of_others = mode % 0o100;
    if of_others == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "others can read it (its mode is {mode:o}, but must be 600); delete it, and sign in again"
    )))
}

#[cfg(not(unix))]
fn is_private(_: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &tempfile::TempDir) -> Cache {
        let path = folder.path().join("tokens").join("flyte.json");
        Cache { path: Some(path) }
    }

    #[test]
    fn what_was_kept_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = "flyte-token".parse().expect("a key");
        let token = Token::new(key, Secret("a".to_owned())).expect("a token");
        let later = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        let token = token.with(Some(Secret("b".to_owned())), Some(later));
        cache(&folder).keep(&token);
        let found = cache(&folder).token().expect("it is kept");
        assert!(found.is_same(&token) && !found.is_expired());
        assert_eq!(found.key().as_str(), "flyte-token");
        assert_eq!(found.expires(), Some(later));
        assert_eq!(found.refresh().map(|it| it.secret().as_str()), Some("b"));
    }

    #[test]
    fn where_nothing_was_kept_nothing_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(cache(&folder).token().is_none());
        assert!(Cache { path: None }.token().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("flyte.json");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let error = read(&path).expect_err("no token");
        assert!(error.contains("neither a file"), "{error}");
        assert!(Cache { path: Some(path) }.token().is_none());
    }

    #[test]
    fn what_somebody_else_wrote_is_not_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("flyte.json");
        let mut file = NamedTempFile::new_in(&folder).expect("a file");
        file.write_all(b"{\"metadata_key\": 1, \"access_token\": \"s3cret\"}")
            .expect("a file");
        file.persist(&path).expect("a file");
        assert_eq!(
            read(&path).expect_err("no token"),
            "it was not written by this program"
        );
    }

    #[test]
    fn tokens_for_something_else_have_another_file() {
        let of = |endpoint: &str, scope: &str| {
            let mut platform = Platform {
                endpoint: endpoint.to_owned(),
                ..Platform::default()
            };
            platform.auth.scopes = vec![scope.to_owned()];
            name(&platform)
        };
        let first = of("flyte.example.com:443", "all");
        assert!(first.starts_with("flyte.example.com_443-"), "{first}");
        assert_ne!(first, of("flyte.example.com:443", "some"));
        assert_ne!(first, of("flyte.example.com_443", "all"));
    }
}
