//! Tokens of service principals, which are valid for about an hour.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;

use super::cache::Cache;
use super::kubernetes::{Account, Kubernetes};
use crate::Failure;
use crate::databricks::secret::Secret;
use crate::databricks::web::{self, Ask, FORM};

/// The seconds before its expiry in which a token is not used.
const BUFFER: u64 = 60;

/// The lifetime of a token, in seconds, if the answer does not contain it.
const USUAL: u64 = 3600;

/// The credentials that are exchanged for a token.
pub(super) enum Grant<'a> {
    Password {
        id: String,
        secret: Secret,
        namespace: &'a str,
    },
    /// A service account of a task's namespace.
    Account {
        account: &'a Account,
        namespace: &'a str,
    },
    /// The connector's own identity.
    File {
        id: Option<&'a str>,
        audience: &'a str,
        candidates: Vec<PathBuf>,
    },
}

/// A workspace, a principal, and an audience.
type Key = (String, String, String);

/// A client of token endpoints.
pub(super) struct Tokens {
    client: Client,
    kept: Cache<Key, Secret>,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Tokens {
            client: web::client(),
            kept: Cache::new(),
        }
    }

    pub(super) async fn exchange(
        &self,
        workspace: &str,
        grant: &Grant<'_>,
        kubernetes: &Kubernetes,
        until: Instant,
    ) -> Result<Secret, Failure> {
        let (id, of) = grant.key()?;
        let key = (workspace.to_owned(), id.clone(), of);
        let fetch = async {
            let form = grant.form(&id, kubernetes, until).await?;
            self.fetch(workspace, &form, until).await
        };
        self.kept.get(key, fetch).await
    }

    pub(super) async fn forget(&self, token: &Secret) {
        self.kept.forget_values(|kept| kept == token).await;
    }

    async fn fetch(
        &self,
        workspace: &str,
        form: &Form,
        until: Instant,
    ) -> Result<(Secret, Instant), Failure> {
        let ask = Ask {
            method: Method::POST,
            url: &format!("https://{workspace}/oidc/v1/token"),
            token: None,
            kind: FORM,
            body: form.encoded(),
            is_settled: false,
        };
        let answer = web::ask(&self.client, &ask, until, Ok).await;
        let answer = answer.map_err(|failure| {
            failure.with(
                form.secret
                    .hidden_in(&format!("could not obtain Databricks auth: {failure}")),
            )
        })?;
        let words = |it: &str| form.secret.hidden_in(&web::shown(it));
        if answer.status != StatusCode::OK {
            return Err(Failure::user(format!(
                "Databricks token endpoint returned HTTP {}: {}",
                answer.status,
                words(&answer.body)
            )));
        }
        let granted: Granted = serde_json::from_str(&answer.body).map_err(|error| {
            Failure::unavailable(format!(
                "Databricks token endpoint returned invalid JSON: {error}"
            ))
        })?;
        let token = granted.access_token.as_deref().and_then(Secret::of);
        let token = token.ok_or_else(|| {
            Failure::internal("Databricks OAuth response did not contain access_token")
        })?;
        let holds = granted.expires_in.unwrap_or(USUAL).saturating_sub(BUFFER);
        Ok((token, Instant::now() + Duration::from_secs(holds)))
    }
}

/// An answer, as far as it is used.
#[derive(Deserialize)]
struct Granted {
    access_token: Option<String>,
    expires_in: Option<u64>,
}

/// The form of a request.
struct Form {
    fields: Vec<(&'static str, String)>,
    /// The field with the secret.
    secret: Secret,
    secret_name: &'static str,
}

impl Form {
    fn encoded(&self) -> String {
        let fields = self.fields.iter().map(|(name, value)| (*name, &**value));
        let fields = fields.chain([(self.secret_name, self.secret.reveal())]);
        let fields = fields.map(|(name, value)| {
            format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
        });
        fields.collect::<Vec<_>>().join("&")
    }
}

impl Grant<'_> {
    /// The principal, and the other part of a token's key.
    fn key(&self) -> Result<(String, String), Failure> {
        Ok(match self {
            Grant::Password { id, namespace, .. } => (id.clone(), format!("m2m:{namespace}")),
            Grant::Account { account, namespace } => {
                let Account { name, audience, .. } = account;
                (
                    account.client_id.clone(),
                    format!("account:{namespace}:{name}:{audience}"),
                )
            }
            Grant::File { id, audience, .. } => {
                let id = id.ok_or_else(|| {
                    Failure::user(
                        "OIDC federation requires a client ID: give the task `databricks_client_id`, or the \
                         connector DATABRICKS_CLIENT_ID",
                    )
                })?;
                (id.to_owned(), format!("oidc:{audience}"))
            }
        })
    }

    async fn form(
        &self,
        id: &str,
        kubernetes: &Kubernetes,
        until: Instant,
    ) -> Result<Form, Failure> {
        let common = |grant: &str| {
            vec![
                ("grant_type", grant.to_owned()),
                ("scope", "all-apis".to_owned()),
                ("client_id", id.to_owned()),
            ]
        };
        let subject = match self {
            Grant::Password { secret, .. } => {
                return Ok(Form {
                    fields: common("client_credentials"),
                    secret: secret.clone(),
                    secret_name: "client_secret",
                });
            }
            Grant::Account { account, namespace } => {
                kubernetes.identity(namespace, account, until).await?
            }
            Grant::File { candidates, .. } => of_file(candidates)?,
        };
        let mut fields = common("urn:ietf:params:oauth:grant-type:token-exchange");
        fields.push((
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:jwt".to_owned(),
        ));
        Ok(Form {
            fields,
            secret: subject,
            secret_name: "subject_token",
        })
    }
}

/// The identity in the first existing file; Kubernetes renews it.
fn of_file(candidates: &[PathBuf]) -> Result<Secret, Failure> {
    let Some(path) = candidates.iter().find(|it| it.exists()) else {
        let names: Vec<_> = candidates
            .iter()
            .map(|it| it.display().to_string())
            .collect();
        return Err(Failure::user(format!(
            "OIDC federation requires a projected JWT file, and there is none of {}: give the task \
             `databricks_oidc_token_file`, or the connector FLYTE_DATABRICKS_OIDC_TOKEN_FILE",
            names.join(", ")
        )));
    };
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::internal(format!(
            "Unable to read projected OIDC token file {shown}: {error}"
        ))
    })?;
    Secret::of(&text)
        .ok_or_else(|| Failure::internal(format!("Projected OIDC token file {shown} is empty")))
}
