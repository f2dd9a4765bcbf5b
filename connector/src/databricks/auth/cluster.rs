//! The Kubernetes cluster of the connector, or of its kubeconfig.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flytekit::notation::yaml;
use reqwest::{Certificate, Identity};
use serde_json::Value;

use crate::Failure;
use crate::databricks::secret::Secret;
use crate::databricks::web::{self, Http};

/// The folder of a pod's service account, and the variable that names another one.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const OTHER_ACCOUNT: &str = "FLYTEKIT_KUBERNETES_ACCOUNT";

/// An API server, and the connector's credentials for it.
pub(super) struct Cluster {
    server: String,
    http: Http,
    token: Token,
}

enum Token {
    /// Kubernetes renews it.
    File(PathBuf),
    Fixed(Secret),
    /// No token: a certificate identifies the connector.
    None,
}

impl Cluster {
    /// The cluster of this pod, or of a kubeconfig; `None` if there is neither.
    pub(super) fn of_environment() -> Result<Option<Self>, String> {
        if let Some(cluster) = Cluster::of_pod()? {
            return Ok(Some(cluster));
        }
        let named = env::var("KUBECONFIG").ok().filter(|it| !it.is_empty());
        let path = match &named {
            Some(paths) => env::split_paths(paths).next(),
            None => env::home_dir().map(|home| home.join(".kube/config")),
        };
        match path {
            Some(path) if path.exists() => {
                let cluster = Cluster::of_file(&path);
                cluster
                    .map(Some)
                    .map_err(|error| format!("{}: {error}", path.display()))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn server(&self) -> &str {
        &self.server
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn token(&self) -> Result<Option<Secret>, Failure> {
        match &self.token {
            Token::None => Ok(None),
            Token::Fixed(token) => Ok(Some(token.clone())),
            Token::File(path) => {
                let text = fs::read_to_string(path).map_err(|error| {
                    let path = path.display();
                    Failure::internal(format!("cannot read Kubernetes' token {path}: {error}"))
                })?;
                Ok(Secret::of(&text))
            }
        }
    }

    fn of_pod() -> Result<Option<Self>, String> {
        let (Ok(host), Ok(port)) = (
            env::var("KUBERNETES_SERVICE_HOST"),
            env::var("KUBERNETES_SERVICE_PORT"),
        ) else {
            return Ok(None);
        };
        let named = env::var(OTHER_ACCOUNT).ok().filter(|it| !it.is_empty());
        let account = PathBuf::from(named.unwrap_or_else(|| ACCOUNT.to_owned()));
        let token = account.join("token");
        if !token.exists() {
            return Ok(None);
        }
        let authority = read(&account.join("ca.crt"))?;
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host
        };
        Ok(Some(Cluster {
            server: format!("https://{host}:{port}"),
            http: client(Some(&authority), None)?,
            token: Token::File(token),
        }))
    }

    /// The current context of a kubeconfig. Helper programs for credentials are not started.
    fn of_file(path: &Path) -> Result<Self, String> {
        let text = String::from_utf8(read(path)?).map_err(|_| "it is not text".to_owned())?;
        let config = yaml::parse(&text).map_err(|mistake| {
            // The place only: the content may be a secret.
            let place = mistake.split(':').next().unwrap_or_default();
            format!("it is not valid YAML ({place})")
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let current = word(&config, "current-context").ok_or("it has no current-context")?;
        let context = named(&config, "contexts", current, "context")?;
        let name = |of| word(context, of).ok_or_else(|| format!("context `{current}` has no {of}"));
        let cluster = named(&config, "clusters", name("cluster")?, "cluster")?;
        let user = named(&config, "users", name("user")?, "user")?;
        let server = word(cluster, "server").ok_or("the cluster has no server")?;
        let authority = content(cluster, "certificate-authority", folder)?;
        let certificate = content(user, "client-certificate", folder)?;
        let key = content(user, "client-key", folder)?;
        let identity = certificate
            .zip(key)
            .map(|(certificate, key)| [certificate, key].concat());
        let token = match (word(user, "token"), word(user, "tokenFile")) {
            (Some(token), _) => Secret::of(token).map_or(Token::None, Token::Fixed),
            (None, Some(file)) => Token::File(folder.join(file)),
            (None, None) if identity.is_some() => Token::None,
            (None, None) => {
                return Err(
                    "its user has neither a token nor a certificate, and other credentials are not \
                            supported"
                        .to_owned(),
                );
            }
        };
        Ok(Cluster {
            server: server.trim_end_matches('/').to_owned(),
            http: client(authority.as_deref(), identity.as_deref())?,
            token,
        })
    }
}

fn client(authority: Option<&[u8]>, identity: Option<&[u8]>) -> Result<Http, String> {
    let mut builder = web::builder();
    if let Some(pem) = authority {
        let known = Certificate::from_pem_bundle(pem);
        let known = known.map_err(|error| format!("the cluster's authority: {error}"))?;
        builder = builder.tls_certs_only(known);
    }
    if let Some(pem) = identity {
        let identity = Identity::from_pem(pem);
        builder =
            builder.identity(identity.map_err(|error| format!("the user's certificate: {error}"))?);
    }
    let client = builder.build().map_err(|error| error.to_string())?;
    Ok(Http::of(client))
}

fn word<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().filter(|it| !it.is_empty())
}

/// The entry with this name in one of the lists.
fn named<'a>(config: &'a Value, list: &str, name: &str, of: &str) -> Result<&'a Value, String> {
    let entries = config.get(list).and_then(Value::as_array);
    let found = entries
        .into_iter()
        .flatten()
        .find(|it| word(it, "name") == Some(name));
    found
        .and_then(|it| it.get(of))
        .ok_or_else(|| format!("it has no `{name}` in {list}"))
}

/// A value in the file itself, or in a file that it names.
fn content(value: &Value, name: &str, folder: &Path) -> Result<Option<Vec<u8>>, String> {
    if let Some(code) = word(value, &format!("{name}-data")) {
        let bytes = STANDARD.decode(code);
        return bytes
            .map(Some)
            .map_err(|_| format!("{name}-data is not base64"));
    }
    word(value, name)
        .map(|file| read(&folder.join(file)))
        .transpose()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
