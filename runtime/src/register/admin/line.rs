//! Calls over one connection: their common metadata, their timeouts, and their retries.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tonic::metadata::{Ascii, MetadataKey, MetadataMap, MetadataValue};
use tonic::{Request, Response, Status};

use super::AdminError;
use super::address::Address;
use super::auth::{Command, Token, bearer};
use super::channel::{self, Channel};
use super::failure::FailedCall;
use super::retry::{Attempts, Repeat};
use crate::console::tell;
use crate::register::settings::Platform;

/// The time limit for an answer, unless `FLYTEKIT_ADMIN_TIMEOUT` (seconds) sets another one.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to Flyte Admin, with its settings.
pub(super) struct Line {
    platform: Platform,
    address: Address,
    channel: Channel,
    patience: Duration,
    /// The metadata of every call. It is never shown.
    metadata: MetadataMap,
    proxy: Mutex<Option<ProxyToken>>,
}

/// The token for a proxy in front of Flyte.
#[derive(Clone, Debug)]
struct ProxyToken {
    value: MetadataValue<Ascii>,
    since: Instant,
}

/// If the proxy's token is younger than this, it is not the reason why a call was refused.
const FRESH: Duration = Duration::from_secs(60);

/// Omits the settings, which may contain passwords of proxies and programs.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Line").field(&self.address).finish()
    }
}

impl Line {
    pub(super) fn new(platform: &Platform) -> Result<Self, AdminError> {
        let address = Address::new(&platform.endpoint, platform.insecure)?;
        if platform.insecure_skip_verify && !platform.insecure {
            tell(format_args!(
                "warning: `{address}` does not need to prove that it is Flyte: admin.insecureSkipVerify \
                 is set"
            ));
        }
        Ok(Line {
            channel: channel::connect(platform, &address)?,
            patience: patience()
                .map_err(|why| AdminError::of_endpoint(&platform.endpoint, &why))?,
            metadata: metadata(platform)?,
            proxy: Mutex::default(),
            platform: platform.clone(),
            address,
        })
    }

    pub(super) fn platform(&self) -> &Platform {
        &self.platform
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The time limit for an answer.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// The token for the proxy in front of Flyte.
    pub(super) async fn proxy_token(&self) -> Option<MetadataValue<Ascii>> {
        let proxy = self.proxy.lock().await;
        proxy.as_ref().map(|it| it.value.clone())
    }

    /// Obtains a token for the proxy, if there is a program for it and no token yet.
    pub(super) async fn need_proxy_token(&self) -> Result<(), AdminError> {
        let mut proxy = self.proxy.lock().await;
        if proxy.is_none() {
            *proxy = self.new_proxy_token().await?;
        }
        Ok(())
    }

    /// Whether there is another proxy token than the one of a call that began at `began`.
    pub(super) async fn has_other_proxy_token(&self, began: Instant) -> Result<bool, AdminError> {
        let mut proxy = self.proxy.lock().await;
        let Some(since) = proxy.as_ref().map(|it| it.since) else {
            return Ok(false);
        };
        if since < began && since.elapsed() <= FRESH {
            return Ok(false);
        }
        if since < began {
            *proxy = self.new_proxy_token().await?;
        }
        Ok(true)
    }

    async fn new_proxy_token(&self) -> Result<Option<ProxyToken>, AdminError> {
        let command = &self.platform.auth.proxy_command;
        let Some(command) = Command::new("admin.proxyCommand", command) else {
            return Ok(None);
        };
        let token = command.token().await;
        let value = token.and_then(|token| bearer(&token));
        let value = value.map_err(|error| AdminError::of_sign_in(&self.address, error))?;
        let since = Instant::now();
        Ok(Some(ProxyToken { value, since }))
    }

    /// Makes a call, and repeats it if it fails temporarily.
    pub(super) async fn call<Q: Clone, A, F>(
        &self,
        what: &str,
        repeat: Repeat,
        request: &Q,
        token: Option<&Token>,
        call: &impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, AdminError>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut metadata = self.metadata.clone();
        if let Some(value) = self.proxy_token().await {
            metadata.insert("proxy-authorization", value);
        }
        if let Some(token) = token {
            token.show(&mut metadata);
        }
        let mut attempts = Attempts::new(repeat);
        loop {
            let mut request = Request::new(request.clone());
            *request.metadata_mut() = metadata.clone();
            let failure = match self.attempt(request, call).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Some(pause) = attempts.after(&failure) else {
                let error = AdminError::of_call(what, &self.address, failure);
                return Err(error.after(attempts.made(), attempts.may_be_done()));
            };
            tracing::debug!(
                what,
                attempt = attempts.made(),
                why = failure.message,
                "again"
            );
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt<Q, A, F>(
        &self,
        request: Request<Q>,
        call: &impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, FailedCall>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let answer = call(self.channel.clone(), request);
        let failure = match tokio::time::timeout(self.patience, answer).await {
            Ok(Ok(answer)) => return Ok(answer.into_inner()),
            Ok(Err(status)) => FailedCall::of_status(&status, &self.platform, &self.address),
            Err(_) => FailedCall::of_silence(self.patience),
        };
        let may_want_tls = failure.is_unclear && self.address.is_plain();
        if may_want_tls && channel::speaks_tls(&self.address).await {
            return Err(FailedCall::of_plain_words());
        }
        Err(failure)
    }
}

fn patience() -> Result<Duration, String> {
    let Ok(seconds) = std::env::var("FLYTEKIT_ADMIN_TIMEOUT") else {
        return Ok(PATIENCE);
    };
    match seconds.trim().parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!(
            "FLYTEKIT_ADMIN_TIMEOUT is `{seconds}`, which is not a whole number of seconds"
        )),
    }
}

/// The metadata of flytekit's calls, and the platform's additions.
fn metadata(platform: &Platform) -> Result<MetadataMap, AdminError> {
    let mut metadata = MetadataMap::new();
    metadata.insert("accept", MetadataValue::from_static("application/grpc"));
    for (name, value) in &platform.auth.headers {
        // The value is not shown, because it may be a token.
        let refused = |what: &str| {
            let why = format!("{what} of the header `{name}` cannot be sent over gRPC");
            AdminError::of_endpoint(&platform.endpoint, &why)
        };
        let name: MetadataKey<Ascii> = name.parse().map_err(|_| refused("the name"))?;
        let mut value: MetadataValue<Ascii> = value.0.parse().map_err(|_| refused("the value"))?;
        value.set_sensitive(true);
        metadata.append(name, value);
    }
    Ok(metadata)
}
