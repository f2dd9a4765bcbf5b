//! The credentials by which the connector signs in to Databricks. They contain no secret, but names of
//! secrets.

use flytekit_grammar::checked;

/// The kind of sign-in: `databricks_auth_type` of flytekit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthType {
    /// A personal access token.
    Pat,
    /// A service principal with a secret.
    OauthM2m,
    /// A service principal that trusts the cluster's own tokens.
    OidcFederation,
}

impl AuthType {
    pub(super) const fn name(self) -> &'static str {
        match self {
            AuthType::Pat => "pat",
            AuthType::OauthM2m => "oauth_m2m",
            AuthType::OidcFederation => "oidc_federation",
        }
    }
}

/// The credentials of a task: their kind, and the places where the connector finds them.
///
/// ```
/// use flytekit::databricks::{AuthType, Credentials};
///
/// const OF_TEAM: Credentials = Credentials::new()
///     .auth_type(AuthType::OauthM2m)
///     .oauth_secret("databricks-of-team");
/// ```
///
/// ```compile_fail
/// use flytekit::databricks::Credentials;
///
/// // This is a token, and not the name of the secret that contains it.
/// const OF_TEAM: Credentials = Credentials::new().token_secret("dapi0123456789abcdef0123456789abcdef");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Credentials {
    pub(super) auth_type: Option<AuthType>,
    pub(super) token_secret: Option<&'static str>,
    pub(super) client_id: Option<&'static str>,
    pub(super) oauth_secret: Option<&'static str>,
    pub(super) oidc_token_file: Option<&'static str>,
    pub(super) oidc_audience: Option<&'static str>,
}

impl Credentials {
    /// The connector's own credentials.
    pub const fn new() -> Self {
        Credentials {
            auth_type: None,
            token_secret: None,
            client_id: None,
            oauth_secret: None,
            oidc_token_file: None,
            oidc_audience: None,
        }
    }

    /// The kind of credentials; the connector's choice unless set.
    #[must_use]
    pub const fn auth_type(mut self, auth_type: AuthType) -> Self {
        self.auth_type = Some(auth_type);
        self
    }

    /// The Kubernetes secret with a personal access token: `databricks_token_secret` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is not the name of a secret.
    #[must_use]
    #[track_caller]
    pub const fn token_secret(mut self, name: &'static str) -> Self {
        self.token_secret = Some(checked::databricks_secret(name));
        self
    }

    /// The id of the service principal: `databricks_client_id` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is empty or a token.
    #[must_use]
    #[track_caller]
    pub const fn client_id(mut self, id: &'static str) -> Self {
        self.client_id = Some(checked::databricks_text(id));
        self
    }

    /// The Kubernetes secret with `client_id` and `client_secret`: `databricks_oauth_secret` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is not the name of a secret.
    #[must_use]
    #[track_caller]
    pub const fn oauth_secret(mut self, name: &'static str) -> Self {
        self.oauth_secret = Some(checked::databricks_secret(name));
        self
    }

    /// The file with the connector's own token: `databricks_oidc_token_file` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is empty or a token.
    #[must_use]
    #[track_caller]
    pub const fn oidc_token_file(mut self, path: &'static str) -> Self {
        self.oidc_token_file = Some(checked::databricks_text(path));
        self
    }

    /// The audience of that token: `databricks_oidc_audience` of flytekit.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is empty or a token.
    #[must_use]
    #[track_caller]
    pub const fn oidc_audience(mut self, audience: &'static str) -> Self {
        self.oidc_audience = Some(checked::databricks_text(audience));
        self
    }
}
