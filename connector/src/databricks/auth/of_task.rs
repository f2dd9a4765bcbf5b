//! The authentication settings of a task.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Failure;
use crate::databricks::DatabricksJobMetadata;
use crate::databricks::job::text;
use crate::databricks::settings::Settings;

/// The default names of Kubernetes secrets.
const TOKEN_SECRET: &str = "databricks-token";
const OAUTH_SECRET: &str = "databricks-oauth";

const AUDIENCE: &str = "databricks";

/// The usual file of a pod's identity for Databricks.
const PROJECTED: &str = "/var/run/secrets/databricks/token";

/// flytekit's three kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AuthType {
    Pat,
    OauthM2m,
    OidcFederation,
}

impl AuthType {
    pub(super) fn word(self) -> &'static str {
        match self {
            AuthType::Pat => "pat",
            AuthType::OauthM2m => "oauth_m2m",
            AuthType::OidcFederation => "oidc_federation",
        }
    }

    fn of(word: &str) -> Result<Self, Failure> {
        let all = [AuthType::Pat, AuthType::OauthM2m, AuthType::OidcFederation];
        all.into_iter().find(|it| it.word() == word).ok_or_else(|| {
            Failure::user(format!(
                "Invalid Databricks auth type `{word}`: expected `pat`, `oauth_m2m` or `oidc_federation`"
            ))
        })
    }
}

/// The settings of the task, else of the environment, else the defaults.
#[derive(Clone, Debug)]
pub(super) struct OfTask {
    pub(super) auth_type: AuthType,
    pub(super) client_id: Option<String>,
    pub(super) oauth_secret: String,
    token_secret: Option<String>,
    pub(super) oidc_token_file: Option<String>,
    pub(super) oidc_audience: String,
    pub(super) namespace: String,
}

impl OfTask {
    pub(super) fn read(
        custom: &Map<String, Value>,
        namespace: &str,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let pick = |name, usual: &Option<String>| {
            let own = text(custom, name).map(str::to_owned);
            own.or_else(|| usual.clone())
        };
        let auth_type = pick("databricksAuthType", &settings.auth_type);
        Ok(OfTask {
            auth_type: AuthType::of(auth_type.as_deref().unwrap_or("pat"))?,
            client_id: pick("databricksClientId", &settings.client_id),
            oauth_secret: pick("databricksOauthSecret", &settings.oauth_secret)
                .unwrap_or_else(|| OAUTH_SECRET.to_owned()),
            token_secret: pick("databricksTokenSecret", &None),
            oidc_token_file: pick("databricksOidcTokenFile", &settings.oidc_token_file),
            oidc_audience: pick("databricksOidcAudience", &settings.oidc_audience)
                .unwrap_or_else(|| AUDIENCE.to_owned()),
            namespace: namespace.to_owned(),
        })
    }

    /// The settings at the time when the run was submitted.
    pub(super) fn of_job(
        job: &DatabricksJobMetadata,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let given = |text: &Option<String>| text.clone().filter(|it| !it.is_empty());
        let auth_type = AuthType::of(job.auth_type.as_deref().unwrap_or("pat"))?;
        let secret = given(&job.oauth_secret_name);
        Ok(OfTask {
            auth_type,
            client_id: given(&job.client_id).or_else(|| settings.client_id.clone()),
            token_secret: secret.clone().filter(|_| auth_type == AuthType::Pat),
            oauth_secret: secret.unwrap_or_else(|| OAUTH_SECRET.to_owned()),
            oidc_token_file: given(&job.oidc_token_file),
            oidc_audience: given(&job.oidc_audience).unwrap_or_else(|| AUDIENCE.to_owned()),
            namespace: job.namespace.clone().unwrap_or_default(),
        })
    }

    /// The Kubernetes secret with the personal token.
    pub(super) fn token_secret(&self) -> &str {
        self.token_secret.as_deref().unwrap_or(TOKEN_SECRET)
    }

    /// The possible files of the connector's identity, in order of preference.
    pub(super) fn token_files(&self, settings: &Settings) -> Vec<PathBuf> {
        let named = [&self.oidc_token_file, &settings.web_identity_file];
        let named = named.into_iter().flatten().map(PathBuf::from);
        named.chain([Path::new(PROJECTED).to_owned()]).collect()
    }
}
