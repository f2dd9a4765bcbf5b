//! The settings of the environment.

use std::env;
use std::error::Error;
use std::fmt;

use super::bootstrap::Bootstrap;

const BOOTSTRAP: &str = "FLYTEKIT_DATABRICKS_BOOTSTRAP";

/// A variable with a value that the connector cannot use.
#[derive(Debug)]
pub struct SettingsError {
    variable: &'static str,
    value: String,
    reason: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SettingsError {
            variable,
            value,
            reason,
        } = self;
        write!(f, "{variable}=`{value}`: {reason}")
    }
}

impl Error for SettingsError {}

/// flytekit's variables, and four further ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// `FLYTE_DATABRICKS_INSTANCE`: the workspace of tasks that name none.
    pub(super) instance: Option<String>,
    /// `FLYTEKIT_DATABRICKS_INSTANCES`: the workspaces that tasks may name; all of them, if it is empty.
    pub(super) allowed: Vec<String>,
    /// `FLYTE_DATABRICKS_SERVICE_CREDENTIAL_PROVIDER`.
    pub(super) credential_provider: Option<String>,
    /// `FLYTE_DATABRICKS_AUTH_TYPE`.
    pub(super) auth_type: Option<String>,
    /// `DATABRICKS_CLIENT_ID`.
    pub(super) client_id: Option<String>,
    /// `FLYTE_DATABRICKS_OAUTH_SECRET_NAME`.
    pub(super) oauth_secret: Option<String>,
    /// `FLYTE_DATABRICKS_OIDC_TOKEN_FILE`.
    pub(super) oidc_token_file: Option<String>,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`.
    pub(super) web_identity_file: Option<String>,
    /// `FLYTE_DATABRICKS_OIDC_AUDIENCE`.
    pub(super) oidc_audience: Option<String>,
    /// `FLYTEKIT_DATABRICKS_TOKEN_IN_METADATA`: whether to store the token in Flyte, like flytekit. Then
    /// flytekit's connector can take over runs in progress.
    pub(super) keeps_token: bool,
    /// `FLYTEKIT_DATABRICKS_READ_ERRORS`: whether to look for `error.pb` after a successful run.
    pub(super) reads_errors: bool,
    /// `FLYTEKIT_DATABRICKS_BOOTSTRAP`: the file that starts executables in Rust.
    pub(super) bootstrap: Bootstrap,
}

impl Settings {
    pub(super) fn of_environment() -> Result<Self, SettingsError> {
        Settings::of(|name| env::var(name).ok())
    }

    fn of(value: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let text = |name: &str| value(name).filter(|it| !it.is_empty());
        let is = |name: &str, default| {
            text(name).map_or(default, |it| {
                matches!(&*it.to_lowercase(), "true" | "1" | "yes" | "on" | "t")
            })
        };
        let allowed = text("FLYTEKIT_DATABRICKS_INSTANCES").unwrap_or_default();
        let allowed = allowed
            .split(',')
            .map(str::trim)
            .filter(|it| !it.is_empty());
        let bootstrap = text(BOOTSTRAP).map(|value| {
            value.parse().map_err(|reason| SettingsError {
                variable: BOOTSTRAP,
                value,
                reason,
            })
        });
        Ok(Settings {
            instance: text("FLYTE_DATABRICKS_INSTANCE"),
            allowed: allowed.map(str::to_lowercase).collect(),
            credential_provider: text("FLYTE_DATABRICKS_SERVICE_CREDENTIAL_PROVIDER"),
            auth_type: text("FLYTE_DATABRICKS_AUTH_TYPE"),
            client_id: text("DATABRICKS_CLIENT_ID"),
            oauth_secret: text("FLYTE_DATABRICKS_OAUTH_SECRET_NAME"),
            oidc_token_file: text("FLYTE_DATABRICKS_OIDC_TOKEN_FILE"),
            web_identity_file: text("AWS_WEB_IDENTITY_TOKEN_FILE"),
            oidc_audience: text("FLYTE_DATABRICKS_OIDC_AUDIENCE"),
            keeps_token: is("FLYTEKIT_DATABRICKS_TOKEN_IN_METADATA", false),
            reads_errors: is("FLYTEKIT_DATABRICKS_READ_ERRORS", true),
            bootstrap: bootstrap.transpose()?.unwrap_or_default(),
        })
    }
}
