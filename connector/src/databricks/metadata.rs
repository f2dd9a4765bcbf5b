//! The resource meta of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The resource meta of a run: flytekit's dataclass of this name, in the same JSON.
///
/// Missing fields are `None`, and unknown fields are ignored, because a newer connector may have written
/// them.
///
/// ```
/// use flytekit_connector::databricks::DatabricksJobMetadata;
///
/// let job = DatabricksJobMetadata::decode(br#"{"databricks_instance": "a.example.com", "run_id": "7"}"#)?;
/// assert_eq!(job.run_id, "7");
/// assert_eq!(DatabricksJobMetadata::decode(&job.encode()?)?, job);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabricksJobMetadata {
    /// The workspace's host.
    pub databricks_instance: String,
    /// The run's number.
    pub run_id: String,
    /// The token, which flytekit's connector keeps here. This one does so only if configured, because everybody who can see
    /// the execution can see the token.
    #[serde(default)]
    pub auth_token: Option<String>,
    /// `pat`, `oauth_m2m` or `oidc_federation`.
    #[serde(default)]
    pub auth_type: Option<String>,
    /// The id of the service principal.
    #[serde(default)]
    pub client_id: Option<String>,
    /// The Kubernetes secret of the principal, or the one with the named token.
    #[serde(default)]
    pub oauth_secret_name: Option<String>,
    /// The file with the connector's own identity.
    #[serde(default)]
    pub oidc_token_file: Option<String>,
    /// The service account that the connector speaks for.
    #[serde(default)]
    pub oidc_service_account: Option<String>,
    /// The audience of its identity.
    #[serde(default)]
    pub oidc_audience: Option<String>,
    /// The namespace of secrets and service accounts.
    #[serde(default)]
    pub namespace: Option<String>,
}

impl DatabricksJobMetadata {
    /// The JSON that Flyte stores.
    ///
    /// # Errors
    ///
    /// Never; the type is `serde_json`'s.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads the resource meta.
    ///
    /// # Errors
    ///
    /// If it was not written by a Databricks connector.
    pub fn decode(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

impl fmt::Debug for DatabricksJobMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabricksJobMetadata")
            .field("databricks_instance", &self.databricks_instance)
            .field("run_id", &self.run_id)
            .field("auth_token", &self.auth_token.as_ref().map(|_| "[secret]"))
            .field("auth_type", &self.auth_type)
            .field("client_id", &self.client_id)
            .field("oauth_secret_name", &self.oauth_secret_name)
            .field("oidc_token_file", &self.oidc_token_file)
            .field("oidc_service_account", &self.oidc_service_account)
            .field("oidc_audience", &self.oidc_audience)
            .field("namespace", &self.namespace)
            .finish()
    }
}
