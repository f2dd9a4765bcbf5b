//! Requests to Kubernetes: secrets and service accounts of tasks' namespaces.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tracing::debug;

use super::cache::Cache;
use super::cluster::Cluster;
use super::tell_refusal;
use crate::databricks::secret::Secret;
use crate::databricks::web::{self, Ask, JSON};
use crate::{Failure, json};

/// The time that a secret's content is cached, unless Databricks refuses its token.
const SECRET: Duration = Duration::from_secs(60);
/// The time that a missing secret is cached.
const NO_SECRET: Duration = Duration::from_secs(10);
const ACCOUNT: Duration = Duration::from_secs(300);

/// The requested lifetime of an identity, in seconds.
const IDENTITY: u64 = 3600;

const ENABLED: &str = "flyte.org%2Fdatabricks-enabled%3Dtrue";
const CLIENT_ID: &str = "flyte.org/databricks-client-id";
const AUDIENCE: &str = "flyte.org/databricks-audience";

type Data = BTreeMap<String, Secret>;

/// A service account that is mapped to a principal of Databricks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) audience: String,
}

/// A client of Kubernetes, if there is a cluster.
pub(super) struct Kubernetes {
    cluster: OnceLock<Option<Cluster>>,
    /// Secrets by namespace and name.
    secrets: Cache<(String, String), Option<Data>>,
    /// Service accounts by namespace and audience.
    accounts: Cache<(String, String), Option<Account>>,
}

impl Kubernetes {
    pub(super) fn new() -> Self {
        Kubernetes {
            cluster: OnceLock::new(),
            secrets: Cache::new(),
            accounts: Cache::new(),
        }
    }

    /// A value of a secret; `None` if there is no cluster, no such secret, or no permission to read it.
    pub(super) async fn secret(
        &self,
        namespace: &str,
        name: &str,
        key: &str,
        until: Instant,
    ) -> Result<Option<Secret>, Failure> {
        let Some(cluster) = self.of(namespace) else {
            return Ok(None);
        };
        let (namespace, name) = (part(namespace)?, part(name)?);
        let fetch = async {
            let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
            let what = format!("secret {namespace}/{name}");
            let found: Option<SecretObject> =
                ask(cluster, Method::GET, &path, String::new(), &what, until).await?;
            let data = found.map(|it| it.values(&what)).transpose()?;
            let holds = if data.is_some() { SECRET } else { NO_SECRET };
            Ok((data, Instant::now() + holds))
        };
        let place = (namespace.to_owned(), name.to_owned());
        let data = self.secrets.get(place, fetch).await?;
        Ok(data.and_then(|mut data| data.remove(key)))
    }

    /// The only service account of a namespace that is mapped to a principal.
    pub(super) async fn account(
        &self,
        namespace: &str,
        audience: &str,
        until: Instant,
    ) -> Result<Option<Account>, Failure> {
        let Some(cluster) = self.of(namespace) else {
            return Ok(None);
        };
        let namespace = part(namespace)?;
        let fetch = async {
            let path =
                format!("/api/v1/namespaces/{namespace}/serviceaccounts?labelSelector={ENABLED}");
            let what = format!("service accounts of {namespace}");
            let found: Option<AccountList> =
                ask(cluster, Method::GET, &path, String::new(), &what, until).await?;
            let account = the_one(found.unwrap_or_default().items, namespace, audience)?;
            Ok((account, Instant::now() + ACCOUNT))
        };
        let place = (namespace.to_owned(), audience.to_owned());
        self.accounts.get(place, fetch).await
    }

    /// A token of Kubernetes for the service account that the connector speaks for.
    pub(super) async fn identity(
        &self,
        namespace: &str,
        account: &Account,
        until: Instant,
    ) -> Result<Secret, Failure> {
        let what = format!("a token of service account {namespace}/{}", account.name);
        let none =
            |why: &str| Failure::user(format!("Kubernetes gives the connector no {what}: {why}"));
        let cluster = self.of(namespace);
        let cluster = cluster.ok_or_else(|| none("the connector does not run in a cluster"))?;
        let (namespace, name) = (part(namespace)?, part(&account.name)?);
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
        let body = serde_json::json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": [account.audience], "expirationSeconds": IDENTITY},
        });
        let answer: Option<TokenRequest> =
            ask(cluster, Method::POST, &path, body.to_string(), &what, until).await?;
        let answer = answer.ok_or_else(|| {
            none("the account does not exist, or the connector has no right to `create` `serviceaccounts/token`")
        })?;
        Secret::of(&answer.status.token).ok_or_else(|| none("the answer is empty"))
    }

    /// Drops everything cached about a namespace.
    pub(super) fn forget(&self, namespace: &str) {
        self.secrets.forget(|(of, _)| of == namespace);
        self.accounts.forget(|(of, _)| of == namespace);
    }

    fn of(&self, namespace: &str) -> Option<&Cluster> {
        if namespace.is_empty() {
            return None;
        }
        let cluster = self.cluster.get_or_init(|| {
            Cluster::of_environment().unwrap_or_else(|why| {
                tell_refusal("the cluster", &why);
                None
            })
        });
        cluster.as_ref()
    }
}

/// Sends a request; `None` for a missing or forbidden object.
async fn ask<T: DeserializeOwned>(
    cluster: &Cluster,
    method: Method,
    path: &str,
    body: String,
    what: &str,
    until: Instant,
) -> Result<Option<T>, Failure> {
    let token = cluster.token()?;
    let ask = Ask {
        method,
        url: &format!("{}{path}", cluster.server()),
        token: token.as_ref(),
        hidden: None,
        kind: JSON,
        body: body.into(),
        is_settled: false,
    };
    let answer = web::ask(cluster.http(), &ask, until, Ok).await;
    let answer = answer
        .map_err(|failure| failure.with(format!("Kubernetes does not tell {what}: {failure}")))?;
    match answer.status {
        StatusCode::OK | StatusCode::CREATED => {}
        StatusCode::NOT_FOUND => {
            debug!(what, "is not there");
            return Ok(None);
        }
        status => {
            tell_refusal(what, &format!("{status}: {}", web::shown(&answer.body)));
            return Ok(None);
        }
    }
    json::read(answer.body.as_bytes())
        .map(Some)
        .map_err(|reason| {
            Failure::unavailable(format!(
                "Kubernetes' answer about {what} does not have the expected form: {reason}"
            ))
        })
}

/// Checks a name in Kubernetes, which becomes a part of a URL.
fn part(name: &str) -> Result<&str, Failure> {
    let is_fine = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.');
    if !name.is_empty() && name.bytes().all(is_fine) && !name.starts_with('.') {
        return Ok(name);
    }
    Err(Failure::user(format!(
        "`{name}` is not a valid name in Kubernetes"
    )))
}

/// The only account; several accounts are an error.
fn the_one(
    items: Vec<AccountObject>,
    namespace: &str,
    audience: &str,
) -> Result<Option<Account>, Failure> {
    let accounts = items.into_iter().filter_map(|AccountObject { metadata }| {
        let annotation = |name: &str| {
            let text = metadata.annotations.as_ref()?.get(name)?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        Some(Account {
            client_id: annotation(CLIENT_ID)?,
            audience: annotation(AUDIENCE).unwrap_or_else(|| audience.to_owned()),
            name: metadata.name,
        })
    });
    let mut accounts: Vec<_> = accounts.collect();
    if accounts.len() > 1 {
        accounts.sort_by(|one, other| one.name.cmp(&other.name));
        let names: Vec<_> = accounts.iter().map(|it| &*it.name).collect();
        return Err(Failure::user(format!(
            "Multiple Databricks-enabled ServiceAccounts found in namespace `{namespace}`: {}. Configure exactly one.",
            names.join(", ")
        )));
    }
    Ok(accounts.pop())
}

#[derive(Deserialize)]
struct SecretObject {
    #[serde(default)]
    data: Option<BTreeMap<String, String>>,
}

impl SecretObject {
    fn values(self, what: &str) -> Result<Data, Failure> {
        let mut values = Data::new();
        for (key, code) in self.data.unwrap_or_default() {
            let bytes = STANDARD.decode(code).ok();
            let text = bytes.and_then(|it| String::from_utf8(it).ok());
            let text =
                text.ok_or_else(|| Failure::user(format!("`{key}` of {what} is not text")))?;
            if let Some(value) = Secret::of(&text) {
                values.insert(key, value);
            }
        }
        Ok(values)
    }
}

#[derive(Default, Deserialize)]
struct AccountList {
    #[serde(default)]
    items: Vec<AccountObject>,
}

#[derive(Deserialize)]
struct AccountObject {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct TokenRequest {
    status: TokenStatus,
}

#[derive(Deserialize)]
struct TokenStatus {
    token: String,
}
