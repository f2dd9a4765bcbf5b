//! The file in Python that starts an executable in Rust on a cluster.

use std::path::Path;
use std::str::FromStr;

use serde_json::{Value, json};

/// The file, which needs nothing but Python and `PySpark`.
pub const BOOTSTRAP: &str = include_str!("bootstrap.py");

/// The place of the file in a workspace, unless the connector's settings name another one.
const USUAL: &str = "/Workspace/Shared/flytekit_bootstrap.py";

/// The Git hosts whose provider is known, and the provider's name in the Jobs API.
const HOSTS: [(&str, &str); 4] = [
    ("github.com", "gitHub"),
    ("gitlab.com", "gitLab"),
    ("bitbucket.org", "bitbucketCloud"),
    ("dev.azure.com", "azureDevOpsServices"),
];

/// Providers whose users run their own hosts.
const PROVIDERS: [&str; 8] = [
    "awsCodeCommit",
    "azureDevOpsServices",
    "bitbucketCloud",
    "bitbucketServer",
    "gitHub",
    "gitHubEnterprise",
    "gitLab",
    "gitLabEnterpriseEdition",
];

/// The place of the file.
///
/// ```text
/// /Workspace/Shared/flytekit_bootstrap.py
/// dbfs:/apps/bootstrap.py
/// https://github.com/team/tasks@v1.2:databricks/bootstrap.py
/// gitLabEnterpriseEdition+https://git.example.com/team/tasks@572298df1f971fb58c258398bd70a6372f811c96:bootstrap.py
/// ```
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bootstrap {
    file: String,
    repository: Option<Repository>,
}

/// A state of a repository.
#[derive(Clone, Debug, PartialEq)]
struct Repository {
    url: String,
    provider: String,
    /// `git_commit` or `git_tag`.
    kind: &'static str,
    state: String,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap {
            file: USUAL.to_owned(),
            repository: None,
        }
    }
}

impl Bootstrap {
    /// `python_file` of a run.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// `git_source` of a run.
    pub(super) fn git_source(&self) -> Option<Value> {
        let Repository {
            url,
            provider,
            kind,
            state,
        } = self.repository.as_ref()?;
        let mut source = json!({"git_url": url, "git_provider": provider});
        source[*kind] = state.as_str().into();
        Some(source)
    }
}

impl FromStr for Bootstrap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, repository) = match text.split_once("https://") {
            Some((prefix, rest)) => {
                let (file, repository) = in_repository(prefix, rest)?;
                (file, Some(repository))
            }
            None if text.starts_with('/') || text.contains(":/") => (text, None),
            None => {
                return Err("expected the absolute path of a file in the workspace, or \
                     `https://HOST/REPOSITORY@TAG_OR_COMMIT:PATH`"
                    .to_owned());
            }
        };
        if Path::new(file).extension().is_none_or(|it| it != "py") {
            return Err(format!("`{file}` does not end in `.py`"));
        }
        Ok(Bootstrap {
            file: file.to_owned(),
            repository,
        })
    }
}

/// A path, and the repository that it is in.
fn in_repository<'a>(prefix: &str, rest: &'a str) -> Result<(&'a str, Repository), String> {
    let state = rest.rsplit_once('@');
    let state = state.and_then(|(place, rest)| Some((place, rest.split_once(':')?)));
    let Some((place, (state, file))) = state else {
        return Err(
            "a file of a repository is written `https://HOST/REPOSITORY@TAG_OR_COMMIT:PATH`"
                .to_owned(),
        );
    };
    let host = place.split('/').next().unwrap_or_default();
    if place.contains('@') || host.is_empty() || host.len() == place.len() {
        return Err(format!(
            "`https://{place}` is not the address of a repository"
        ));
    }
    if state.is_empty() || file.starts_with('/') {
        return Err(
            "expected a tag or a commit before the colon, and a path in the repository after it"
                .to_owned(),
        );
    }
    let is_commit = state.len() == 40 && state.bytes().all(|it| it.is_ascii_hexdigit());
    Ok((
        file,
        Repository {
            url: format!("https://{place}"),
            provider: provider(prefix, host)?.to_owned(),
            kind: if is_commit { "git_commit" } else { "git_tag" },
            state: state.to_owned(),
        },
    ))
}

fn provider<'a>(prefix: &'a str, host: &str) -> Result<&'a str, String> {
    let Some(named) = prefix.strip_suffix('+') else {
        let known = HOSTS.iter().find(|(name, _)| *name == host);
        return match known {
            Some((_, provider)) if prefix.is_empty() => Ok(provider),
            _ => Err(format!(
                "the provider of `{host}` is not known: write it before the address, as in `PROVIDER+https://…`; the providers are {}",
                PROVIDERS.join(", ")
            )),
        };
    };
    if PROVIDERS.contains(&named) {
        return Ok(named);
    }
    Err(format!(
        "`{named}` is not a provider of Git: expected one of {}",
        PROVIDERS.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "572298df1f971fb58c258398bd70a6372f811c96";

    fn read(text: &str) -> (String, Option<Value>) {
        let bootstrap: Bootstrap = text.parse().unwrap();
        (bootstrap.file.clone(), bootstrap.git_source())
    }

    #[test]
    fn a_file_is_in_the_workspace_or_in_a_repository() {
        let usual = Bootstrap::default();
        assert_eq!((usual.file(), usual.git_source()), (USUAL, None));
        for file in [USUAL, "dbfs:/apps/b.py", "/Volumes/a/b/c/b.py"] {
            assert_eq!(read(file), (file.to_owned(), None));
        }
        let (file, source) = read("https://github.com/team/tasks@v1.2:databricks/b.py");
        assert_eq!(file, "databricks/b.py");
        let expected = json!({
            "git_url": "https://github.com/team/tasks", "git_provider": "gitHub", "git_tag": "v1.2",
        });
        assert_eq!(source, Some(expected));
        let (file, source) = read(&format!(
            "gitLabEnterpriseEdition+https://git.example.com:8443/tasks@{COMMIT}:b.py"
        ));
        assert_eq!(file, "b.py");
        let expected = json!({
            "git_url": "https://git.example.com:8443/tasks",
            "git_provider": "gitLabEnterpriseEdition",
            "git_commit": COMMIT,
        });
        assert_eq!(source, Some(expected));
    }

    #[test]
    fn mistakes_are_told() {
        for (text, reason) in [
            ("", "expected the absolute path"),
            ("bootstrap.py", "expected the absolute path"),
            ("/Workspace/b", "does not end in `.py`"),
            (
                "https://github.com/team/tasks",
                "a file of a repository is written",
            ),
            (
                "https://github.com/team/tasks@v1",
                "a file of a repository is written",
            ),
            (
                "https://github.com/team/tasks@v1:b",
                "does not end in `.py`",
            ),
            (
                "https://github.com/team/tasks@v1:/b.py",
                "expected a tag or a commit before",
            ),
            (
                "https://github.com/team/tasks@:b.py",
                "expected a tag or a commit before",
            ),
            (
                "https://github.com@v1:b.py",
                "is not the address of a repository",
            ),
            (
                "https://me@github.com/team/tasks@v1:b.py",
                "is not the address of a repository",
            ),
            (
                "https://git.example.com/tasks@v1:b.py",
                "the provider of `git.example.com` is not known",
            ),
            (
                "git+https://github.com/tasks@v1:b.py",
                "`git` is not a provider of Git",
            ),
        ] {
            let said = text.parse::<Bootstrap>().unwrap_err();
            assert!(said.contains(reason), "{text}: {said}");
        }
    }
}
