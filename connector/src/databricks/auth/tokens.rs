//! Tokens of service principals, which are valid for about an hour.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::cache::Cache;
use super::kubernetes::{Account, Kubernetes};
use crate::databricks::secret::Secret;
use crate::databricks::web::{self, Ask, FORM, Http};
use crate::databricks::workspace::Workspace;
use crate::{Failure, json};

/// The time before its expiry in which a token is no longer used, in seconds.
const BUFFER: f64 = 60.0;

/// The lifetime of a token, in seconds, if the answer does not contain it.
const USUAL: f64 = 3600.0;

/// The time after which every token is renewed, in seconds. An answer can name a longer time than a clock can
/// count.
const LONGEST: f64 = 24.0 * 3600.0;

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
type Key = (Workspace, String, String);

/// A client of token endpoints.
pub(super) struct Tokens {
    http: Http,
    kept: Cache<Key, Secret>,
}

impl Tokens {
    pub(super) fn new(http: Http) -> Self {
        Tokens {
            http,
            kept: Cache::new(),
        }
    }

    pub(super) async fn exchange(
        &self,
        workspace: &Workspace,
        grant: &Grant<'_>,
        kubernetes: &Kubernetes,
        until: Instant,
    ) -> Result<Secret, Failure> {
        let (id, of) = grant.key()?;
        let key = (workspace.clone(), id.clone(), of);
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
        workspace: &Workspace,
        form: &Form,
        until: Instant,
    ) -> Result<(Secret, Instant), Failure> {
        let ask = Ask {
            method: Method::POST,
            url: &format!("https://{workspace}/oidc/v1/token"),
            token: None,
            hidden: Some(&form.secret),
            kind: FORM,
            body: form.encoded().into(),
            is_settled: false,
        };
        let answer = web::ask(&self.http, &ask, until, Ok).await;
        let answer = answer.map_err(|failure| {
            failure.with(format!("could not obtain Databricks auth: {failure}"))
        })?;
        if answer.status != StatusCode::OK {
            return Err(Failure::user(format!(
                "Databricks token endpoint returned HTTP {}: {}",
                answer.status,
                web::shown(&answer.body)
            )));
        }
        let granted: Granted = json::read(answer.body.as_bytes()).map_err(|reason| {
            Failure::unavailable(format!(
                "Databricks token endpoint returned invalid JSON: {reason}"
            ))
        })?;
        let token = granted.access_token.as_deref().and_then(Secret::of);
        let token = token.ok_or_else(|| {
            Failure::internal("Databricks OAuth response did not contain access_token")
        })?;
        Ok((token, Instant::now() + granted.holds()))
    }
}

/// The fields of an answer that are used.
#[derive(Deserialize)]
struct Granted {
    access_token: Option<String>,
    expires_in: Option<f64>,
}

impl Granted {
    /// The time for which the token is used.
    fn holds(&self) -> Duration {
        let seconds = self.expires_in.unwrap_or(USUAL) - BUFFER;
        Duration::from_secs_f64(seconds.clamp(0.0, LONGEST))
    }
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
            "OIDC federation requires a projected JWT file, and none of these files exists: {}. Give the task \
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        for (expires_in, holds) in [
            ("3600", 3540.0),
            ("59.5", 0.0),
            ("-1", 0.0),
            ("18446744073709551615", LONGEST),
            ("1e300", LONGEST),
            ("null", 3540.0),
        ] {
            let answer = format!(r#"{{"access_token": "a", "expires_in": {expires_in}}}"#);
            let granted: Granted = json::read(answer.as_bytes()).unwrap();
            assert_eq!(
                granted.holds(),
                Duration::from_secs_f64(holds),
                "{expires_in}"
            );
        }
    }
}
