//! The workspace of a task.

use std::fmt;

use serde_json::{Map, Value};

use super::DatabricksJobMetadata;
use super::settings::Settings;
use crate::Failure;

/// A workspace's host, to which credentials may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Workspace(String);

impl fmt::Display for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Workspace {
    /// The workspace of the task, or the connector's own.
    pub(super) fn of_task(
        custom: &Map<String, Value>,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let named = custom.get("databricksInstance").and_then(Value::as_str);
        let named = named.filter(|it| !it.is_empty());
        let instance = named.or(settings.instance.as_deref()).ok_or_else(|| {
            Failure::user(
                "Missing databricks instance: name the workspace's host in the task's configuration \
                 (`databricks_instance`), or set FLYTE_DATABRICKS_INSTANCE where the connector runs",
            )
        })?;
        Workspace::checked(instance, settings)
    }

    /// The workspace of a run. Forged resource meta must not choose the host that gets tokens, either.
    pub(super) fn of_job(
        job: &DatabricksJobMetadata,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        Workspace::checked(&job.databricks_instance, settings)
    }

    fn checked(instance: &str, settings: &Settings) -> Result<Self, Failure> {
        let host = instance.strip_prefix("https://").unwrap_or(instance);
        let host = host.trim_end_matches('/');
        let is_host = |it: char| {
            it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '[' | ']' | '_')
        };
        if host.is_empty() || !host.chars().all(is_host) {
            return Err(Failure::user(format!(
                "`{instance}` is not a workspace: expected a host, as in `dbc-1234.cloud.databricks.com`"
            )));
        }
        let is_allowed = settings.allowed.is_empty()
            || settings
                .allowed
                .iter()
                .any(|pattern| fits(&host.to_lowercase(), pattern));
        if !is_allowed {
            return Err(Failure::user(format!(
                "the connector does not sign in to `{host}`: its variable FLYTEKIT_DATABRICKS_INSTANCES allows {}",
                settings.allowed.join(", ")
            )));
        }
        Ok(Workspace(host.to_owned()))
    }
}

/// Whether a host matches the pattern, in which `*.` stands for anything before a dot.
fn fits(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => end.starts_with('.') && host.ends_with(end),
        None => host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(instance: &str, allowed: &[&str]) -> Result<String, String> {
        let settings = Settings {
            allowed: allowed.iter().map(|&it| it.to_owned()).collect(),
            ..Settings::default()
        };
        Workspace::checked(instance, &settings)
            .map(|it| it.0)
            .map_err(|it| it.to_string())
    }

    #[test]
    fn a_workspace_is_a_host() {
        assert_eq!(
            checked("a.databricks.com", &[]).as_deref(),
            Ok("a.databricks.com")
        );
        assert_eq!(
            checked("https://a.databricks.com/", &[]).as_deref(),
            Ok("a.databricks.com")
        );
        assert_eq!(
            checked("127.0.0.1:8443", &[]).as_deref(),
            Ok("127.0.0.1:8443")
        );
        for wrong in [
            "",
            "https://",
            "a/b",
            "user@host",
            "a?b",
            "http://a",
            "a b",
            "a#b",
        ] {
            assert!(
                checked(wrong, &[])
                    .unwrap_err()
                    .contains("is not a workspace"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn tokens_go_where_they_may() {
        let allowed = ["one.example.com", "*.databricks.com"];
        assert!(checked("one.example.com", &allowed).is_ok());
        assert!(checked("A.Databricks.com", &allowed).is_ok());
        for wrong in [
            "two.example.com",
            "databricks.com",
            "evildatabricks.com",
            "databricks.com.evil.org",
        ] {
            assert!(
                checked(wrong, &allowed)
                    .unwrap_err()
                    .contains("does not sign in"),
                "{wrong}"
            );
        }
    }
}
