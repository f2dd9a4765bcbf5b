//! Clients of stores, configured by the environment.

use std::collections::HashMap;
use std::fmt;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use object_store::{BackoffConfig, Certificate, ClientOptions, ObjectStore, RetryConfig};

use super::object_uri::ObjectUri;
use crate::bounded;
use crate::environment::Environment;
use crate::store::StoreError;
use crate::store::scheme::Scheme;
use crate::tls;

/// How long a server may be silent, and for how long a failed request is retried, unless
/// `FLYTEKIT_STORE_TIMEOUT` (seconds) says otherwise.
const PATIENCE: Duration = Duration::from_secs(120);

/// The longest pause before a retry, unless `FLYTE_AWS_BACKOFF_SECONDS` says otherwise.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often a failed request is retried, unless `FLYTE_AWS_RETRIES` says otherwise.
const RETRIES: usize = 10;

/// Variables that name files which other crates read whole.
const FILES: [&str; 5] = [
    "SSL_CERT_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AZURE_FEDERATED_TOKEN_FILE",
    "GOOGLE_APPLICATION_CREDENTIALS",
];

/// The maximum size of such a file, which is more than any of them needs.
const LARGEST_FILE: u64 = 16 << 20;

/// A host that takes longer than this to accept a connection counts as absent.
const CONNECT: Duration = Duration::from_secs(10);

/// The credentials of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Access {
    /// The environment's credentials.
    Configured,
    /// No credentials.
    Anonymous,
}

/// The settings that all kinds of clients share.
#[derive(Debug)]
pub(super) struct Settings {
    #[cfg_attr(
        not(any(feature = "s3", feature = "gcs", feature = "azure")),
        expect(dead_code, reason = "web servers need neither")
    )]
    pub(super) environment: Environment,
    pub(super) options: ClientOptions,
    pub(super) retry: RetryConfig,
    #[cfg_attr(
        not(any(feature = "s3", feature = "gcs", feature = "azure")),
        expect(dead_code, reason = "web servers need neither")
    )]
    pub(super) access: Access,
}

impl Settings {
    /// The settings of an environment with these variables.
    #[cfg(test)]
    #[cfg_attr(
        not(any(feature = "s3", feature = "gcs", feature = "azure")),
        expect(dead_code)
    )]
    pub(super) fn with(variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = variables.iter().map(owned).collect();
        Settings::new(environment, Access::Configured).expect("settings that make sense")
    }

    fn new(environment: Environment, access: Access) -> Result<Self, String> {
        FILES
            .into_iter()
            .filter_map(|name| Some((name, environment.get(name)?)))
            .try_for_each(|(name, path)| check_file(name, path))?;
        let patience = patience_in(&environment)?;
        let retries = environment.number("FLYTE_AWS_RETRIES")?;
        let pause = environment.number("FLYTE_AWS_BACKOFF_SECONDS")?;
        let first_pause = BackoffConfig::default().init_backoff;
        let longest_pause = pause.map_or(LONGEST_PAUSE, Duration::from_secs);
        let retry = RetryConfig {
            backoff: BackoffConfig {
                max_backoff: longest_pause.max(first_pause),
                ..BackoffConfig::default()
            },
            max_retries: retries.unwrap_or(RETRIES),
            retry_timeout: patience,
        };
        let options = ClientOptions::new()
            .with_timeout_disabled()
            .with_read_timeout(patience)
            .with_connect_timeout(CONNECT.min(patience));
        Ok(Settings {
            options: with_roots(options),
            environment,
            retry,
            access,
        })
    }
}

/// Refuses files without an end, and files that never begin. The reader of the file reports whether it exists
/// and is valid.
fn check_file(name: &str, path: &str) -> Result<(), String> {
    let refused = |why: &str| Err(format!("{name} names `{path}`, which is {why}"));
    match bounded::open(path.as_ref()) {
        Ok((_, size)) if size > LARGEST_FILE => refused("larger than any such file"),
        Err(error) if error.kind() == ErrorKind::InvalidInput => refused(&error.to_string()),
        _ => Ok(()),
    }
}

/// How long a server may be silent.
pub(super) fn patience() -> Duration {
    patience_in(&Environment::of_process()).unwrap_or(PATIENCE)
}

fn patience_in(environment: &Environment) -> Result<Duration, String> {
    let seconds: Option<u64> = environment.number("FLYTEKIT_STORE_TIMEOUT")?;
    Ok(seconds.map_or(PATIENCE, |seconds| Duration::from_secs(seconds.max(1))))
}

/// Uses the certificates that Mozilla trusted at build time on a machine without certificates of authorities,
/// as in the smallest images.
fn with_roots(options: ClientOptions) -> ClientOptions {
    if !tls::of_machine().is_empty() {
        return options;
    }
    let roots = tls::of_mozilla()
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok());
    roots.fold(
        options.with_no_system_certificates(true),
        ClientOptions::with_root_certificate,
    )
}

type Clients = HashMap<(Scheme, String, Access), Arc<dyn ObjectStore>>;

/// The client of a location's bucket. Its connections are kept, because most runs use one bucket.
pub(super) fn store(
    place: &ObjectUri,
    access: Access,
    tried: &impl fmt::Display,
) -> Result<Arc<dyn ObjectStore>, StoreError> {
    static CLIENTS: Mutex<Option<Clients>> = Mutex::new(None);
    let key = (place.scheme, place.bucket.clone(), access);
    let mut clients = CLIENTS.lock().unwrap_or_else(PoisonError::into_inner);
    let clients = clients.get_or_insert_with(Clients::new);
    if let Some(client) = clients.get(&key) {
        return Ok(Arc::clone(client));
    }
    let refused = |why: &dyn fmt::Display| StoreError::refused(tried, why);
    tls::use_ring();
    let settings = Settings::new(Environment::of_process(), access);
    let settings = settings.map_err(|error| refused(&error))?;
    let client = build(place, settings, tried)?.map_err(|error| refused(&error))?;
    if place.scheme != Scheme::Http {
        clients.insert(key, Arc::clone(&client));
    }
    Ok(client)
}

type Built = Result<Arc<dyn ObjectStore>, String>;

/// A new client, if this executable was built with that kind of store.
fn build(
    place: &ObjectUri,
    settings: Settings,
    tried: &impl fmt::Display,
) -> Result<Built, StoreError> {
    match place.scheme {
        #[cfg(feature = "s3")]
        Scheme::S3 => Ok(super::s3::client(&place.bucket, settings)),
        #[cfg(feature = "gcs")]
        Scheme::Gcs => Ok(super::gcs::client(&place.bucket, settings)),
        #[cfg(feature = "azure")]
        Scheme::Azure => Ok(super::azure::client(&place.bucket, settings)),
        #[cfg(feature = "http")]
        Scheme::Http => Ok(super::http::client(&place.bucket, settings)),
        #[allow(unreachable_patterns)]
        missing => Err(missing.unreachable(tried)),
    }
}
