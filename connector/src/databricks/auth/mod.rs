//! Credentials for Databricks: flytekit's three kinds, from the same places in the same order.

mod cache;
mod cluster;
mod kubernetes;
mod local;
mod of_task;
mod tokens;

use std::time::Instant;

use serde_json::{Map, Value};
use tracing::info;

use super::DatabricksJobMetadata;
use super::secret::Secret;
use super::settings::Settings;
use super::web::{self, Http};
use super::workspace::Workspace;
use crate::{Call, Failure, NewTask};

use kubernetes::{Account, Kubernetes};
use of_task::{AuthType, OfTask};
use tokens::{Grant, Tokens};

/// The token's name in a Flyte 2 task's configuration.
const CONNECTION_TOKEN: &str = "databricks_token";

/// Finds credentials.
pub(super) struct Authority {
    settings: Settings,
    kubernetes: Kubernetes,
    tokens: Tokens,
}

/// The sign-in for one task.
pub(super) struct Way<'a> {
    authority: &'a Authority,
    workspace: Workspace,
    of_task: OfTask,
    /// The service account that the connector speaks for.
    account: Option<Account>,
    /// A token from Flyte 2, or from the resource meta of flytekit's connector.
    given: Option<Secret>,
}

impl Authority {
    pub(super) fn new(settings: Settings, http: Http) -> Self {
        Authority {
            settings,
            kubernetes: Kubernetes::new(),
            tokens: Tokens::new(http),
        }
    }

    pub(super) async fn of_task(
        &self,
        custom: &Map<String, Value>,
        task: &NewTask,
        workspace: Workspace,
    ) -> Result<Way<'_>, Failure> {
        let of_task = OfTask::read(custom, task.namespace(), &self.settings)?;
        let until = web::until(task.call.deadline);
        let account = if of_task.auth_type == AuthType::OidcFederation {
            self.kubernetes
                .account(&of_task.namespace, &of_task.oidc_audience, until)
                .await?
        } else {
            None
        };
        Ok(Way {
            authority: self,
            workspace,
            given: given(&task.call),
            of_task,
            account,
        })
    }

    pub(super) fn of_job(
        &self,
        job: &DatabricksJobMetadata,
        call: &Call,
        workspace: Workspace,
    ) -> Result<Way<'_>, Failure> {
        let of_task = OfTask::of_job(job, &self.settings)?;
        let account = job.oidc_service_account.clone().map(|name| Account {
            name,
            client_id: of_task.client_id.clone().unwrap_or_default(),
            audience: of_task.oidc_audience.clone(),
        });
        let kept = job.auth_token.as_deref().and_then(Secret::of);
        Ok(Way {
            authority: self,
            workspace,
            given: given(call).or(kept),
            of_task,
            account,
        })
    }
}

fn given(call: &Call) -> Option<Secret> {
    call.secret(CONNECTION_TOKEN).and_then(Secret::of)
}

impl Way<'_> {
    /// The workspace that it signs in to.
    pub(super) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// A description for the log.
    pub(super) fn describe(&self) -> String {
        let OfTask {
            auth_type,
            namespace,
            ..
        } = &self.of_task;
        let namespace = if namespace.is_empty() {
            "none"
        } else {
            namespace
        };
        format!("{}, namespace {namespace}", auth_type.word())
    }

    /// The bearer token of a request.
    pub(super) async fn token(&self, until: Instant) -> Result<Secret, Failure> {
        match self.of_task.auth_type {
            AuthType::Pat => match &self.given {
                Some(token) => Ok(token.clone()),
                None => self.personal_token(until).await,
            },
            AuthType::OauthM2m => {
                let grant = self.principal(until).await?;
                self.exchange(&grant, until).await
            }
            AuthType::OidcFederation => {
                let grant = self.federated();
                self.exchange(&grant, until).await
            }
        }
    }

    /// Drops a refused token and everything cached about its source.
    pub(super) async fn forget(&self, token: &Secret) {
        self.authority.kubernetes.forget(&self.of_task.namespace);
        self.authority.tokens.forget(token).await;
    }

    /// The resource meta of a run; `kept` is the token, if Flyte keeps it.
    pub(super) fn metadata(
        &self,
        run_id: String,
        namespace: Option<String>,
        kept: Option<String>,
    ) -> DatabricksJobMetadata {
        let of_task = &self.of_task;
        let is_oidc = of_task.auth_type == AuthType::OidcFederation;
        let account = self.account.as_ref();
        let client_id = account.map(|it| it.client_id.clone());
        let audience = account.map_or(&of_task.oidc_audience, |it| &it.audience);
        // The connector finds a token again by the name of its secret. flytekit's connector ignores this
        // field then.
        let secret = match of_task.auth_type {
            AuthType::Pat if kept.is_none() => of_task.token_secret(),
            _ => &of_task.oauth_secret,
        };
        DatabricksJobMetadata {
            databricks_instance: self.workspace.to_string(),
            run_id,
            auth_token: kept,
            auth_type: Some(of_task.auth_type.word().to_owned()),
            client_id: client_id.or_else(|| of_task.client_id.clone()),
            oauth_secret_name: Some(secret.to_owned()),
            oidc_token_file: of_task.oidc_token_file.clone().filter(|_| is_oidc),
            oidc_service_account: account.map(|it| it.name.clone()),
            oidc_audience: is_oidc.then(|| audience.clone()),
            namespace,
        }
    }

    /// The token that flytekit's connector would keep.
    pub(super) async fn token_to_keep(&self, until: Instant) -> Result<Option<String>, Failure> {
        if self.of_task.auth_type != AuthType::Pat {
            return Ok(None);
        }
        let token = self.token(until).await?;
        Ok(Some(token.reveal().to_owned()))
    }

    /// The token of the namespace, or else the connector's own.
    async fn personal_token(&self, until: Instant) -> Result<Secret, Failure> {
        let namespace = &*self.of_task.namespace;
        let name = self.of_task.token_secret();
        let kubernetes = &self.authority.kubernetes;
        if let Some(token) = kubernetes.secret(namespace, name, "token", until).await? {
            return Ok(token);
        }
        let shown = if namespace.is_empty() {
            "none"
        } else {
            namespace
        };
        local::token()?.ok_or_else(|| {
            Failure::user(format!(
                "No Databricks token found: neither in the Kubernetes secret `{name}` (key `token`) of the task's \
                 namespace ({shown}), nor as the connector's own: set {} where it runs, or mount it as {}",
                local::VARIABLES[0],
                local::file().display(),
            ))
        })
    }

    /// A service principal with a password.
    async fn principal(&self, until: Instant) -> Result<Grant<'_>, Failure> {
        let OfTask {
            namespace,
            oauth_secret,
            client_id,
            ..
        } = &self.of_task;
        let kubernetes = &self.authority.kubernetes;
        let id = kubernetes
            .secret(namespace, oauth_secret, "client_id", until)
            .await?;
        let secret = kubernetes
            .secret(namespace, oauth_secret, "client_secret", until)
            .await?;
        let id = id.map(|it| it.reveal().to_owned());
        let id = id.or_else(|| client_id.clone()).ok_or_else(|| {
            Failure::user(format!(
                "OAuth M2M requires a client ID: give the task `databricks_client_id`, the connector \
                 DATABRICKS_CLIENT_ID, or the namespace a secret `{oauth_secret}` with `client_id`"
            ))
        })?;
        let secret = secret.or_else(local::client_secret).ok_or_else(|| {
            Failure::user(format!(
                "OAuth M2M requires a client secret: give the connector DATABRICKS_CLIENT_SECRET, or the namespace \
                 a secret `{oauth_secret}` with `client_secret`"
            ))
        })?;
        Ok(Grant::Password {
            id,
            secret,
            namespace,
        })
    }

    /// A service principal that accepts the tokens of Kubernetes.
    fn federated(&self) -> Grant<'_> {
        let OfTask { namespace, .. } = &self.of_task;
        match &self.account {
            Some(account) => Grant::Account { account, namespace },
            None => Grant::File {
                id: self.of_task.client_id.as_deref(),
                audience: &self.of_task.oidc_audience,
                candidates: self.of_task.token_files(&self.authority.settings),
            },
        }
    }

    async fn exchange(&self, grant: &Grant<'_>, until: Instant) -> Result<Secret, Failure> {
        let Authority {
            tokens, kubernetes, ..
        } = self.authority;
        tokens
            .exchange(&self.workspace, grant, kubernetes, until)
            .await
    }
}

/// Logs that Kubernetes denied access.
fn tell_refusal(what: &str, why: &str) {
    info!(
        what,
        why, "Kubernetes denies the connector access; it continues without it"
    );
}
