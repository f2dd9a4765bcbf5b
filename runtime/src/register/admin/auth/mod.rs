//! Authentication: tokens, and the ways to obtain them.
//!
//! A call is made without a token until the server requires one. Then one call signs in, while the others
//! wait for its token.

mod application;
mod browser;
mod cache;
mod command;
mod device;
mod listener;
mod server;
mod token;
mod web;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use oauth2::RefreshToken;
use oauth2::basic::BasicTokenResponse;
use tokio::sync::Mutex;

use super::AdminError;
use super::line::Line;
use crate::console::Foreign;
use crate::register::settings::{Auth, AuthMode};
use cache::Cache;
pub(super) use command::Command;
use server::Server;
pub(super) use token::{Token, bearer};
use web::Web;

/// The time limit for a person or a program to sign in, unless `FLYTEKIT_SIGN_IN_TIMEOUT` (seconds) sets
/// another one.
const PATIENCE: Duration = Duration::from_secs(300);

/// The identity of all calls over one connection.
#[derive(Debug)]
pub(super) struct Identity {
    line: Arc<Line>,
    cache: Cache,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the cache has been read.
    is_looked_up: bool,
    token: Option<Arc<Token>>,
    /// The error and the time of the last sign-in that failed: the calls that waited for it must not try one
    /// after the other.
    failure: Option<(AdminError, Instant)>,
}

impl Identity {
    pub(super) fn new(line: &Arc<Line>) -> Self {
        Identity {
            cache: Cache::of(line.platform()),
            line: Arc::clone(line),
            state: Mutex::default(),
        }
    }

    /// The token for a call that begins now, if there is one.
    pub(super) async fn token(&self, began: Instant) -> Result<Option<Arc<Token>>, AdminError> {
        let mut state = self.state.lock().await;
        if !state.is_looked_up {
            state.is_looked_up = true;
            state.token = self.cached();
        }
        match &state.token {
            Some(token) if token.is_expired() => self.renew(&mut state, began).await.map(Some),
            token => Ok(token.clone()),
        }
    }

    /// A newer token than the one that was refused to a call which began at `began`.
    pub(super) async fn renewed(
        &self,
        began: Instant,
        refused: Option<&Arc<Token>>,
    ) -> Result<Arc<Token>, AdminError> {
        let mut state = self.state.lock().await;
        match &state.token {
            Some(token) if !refused.is_some_and(|it| Arc::ptr_eq(it, token)) => {
                Ok(Arc::clone(token))
            }
            _ => self.renew(&mut state, began).await,
        }
    }

    async fn renew(&self, state: &mut State, began: Instant) -> Result<Arc<Token>, AdminError> {
        if let Some((failure, since)) = &state.failure
            && *since > began
        {
            return Err(failure.clone());
        }
        match self.next(state.token.as_deref()).await {
            Ok(token) => Ok(Arc::clone(state.token.insert(Arc::new(token)))),
            Err(failure) => {
                state.failure = Some((failure.clone(), Instant::now()));
                Err(failure)
            }
        }
    }

    /// The next token: from another process, by refreshing, or by signing in.
    async fn next(&self, old: Option<&Token>) -> Result<Token, AdminError> {
        let server = Server::ask(&self.line).await?;
        let web = Web::new(&self.line)?;
        if let Some(old) = old
            && let Some(other) = self.cached()
            && !(other.is_same(old) || other.is_expired())
        {
            return Ok(Arc::unwrap_or_clone(other));
        }
        if let Some(right) = old.and_then(Token::refresh)
            && let Some(token) = self.refreshed(&server, &web, right).await?
        {
            self.cache.keep(&token);
            return Ok(token);
        }
        let token = self.sign_in(&server, &web).await;
        let token = token.map_err(|error| self.failed(error))?;
        if self.is_of_person() {
            self.cache.keep(&token);
        }
        Ok(token)
    }

    /// A token obtained with the old one's refresh token, unless the server has revoked that.
    async fn refreshed(
        &self,
        server: &Server,
        web: &Web,
        right: &RefreshToken,
    ) -> Result<Option<Token>, AdminError> {
        let client = server.client(&server.client_id);
        let client = client.map_err(|error| self.failed(error))?;
        let request = client.exchange_refresh_token(right);
        match request.request_async(&web.requests()).await {
            Ok(answer) => {
                let token =
                    Token::of_answer(server, &answer).map_err(|error| self.failed(error))?;
                Ok(Some(token.or_refresh_by(right)))
            }
            Err(oauth2::RequestTokenError::ServerResponse(why)) => {
                tracing::debug!(%why, "the sign-in is over");
                Ok(None)
            }
            Err(error) => Err(self.failed(web::refused(&server.token_endpoint, &error))),
        }
    }

    async fn sign_in(&self, server: &Server, web: &Web) -> Result<Token, SignInError> {
        let auth = &self.line.platform().auth;
        if auth
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(server.key.as_str()))
        {
            return Err(SignInError::new(
                format!("the header `{}` of the settings is refused", server.key),
                "it must contain a token that is still valid",
            ));
        }
        let answer = match auth.mode {
            AuthMode::ExternalCommand => {
                let token = external(auth).await?;
                return Token::new(server.key.clone(), token);
            }
            AuthMode::ClientCredentials => {
                // An application needs no refresh token, because it has its secret.
                let answer = application::sign_in(server, auth, web).await?;
                return Ok(Token::of_answer(server, &answer)?.without_refresh());
            }
            AuthMode::Pkce => browser::sign_in(server, self.line.address(), web).await,
            AuthMode::DeviceFlow => device::sign_in(server, self.line.address(), web).await,
        };
        let answer: BasicTokenResponse = answer?;
        Token::of_answer(server, &answer)
    }

    fn is_of_person(&self) -> bool {
        let mode = self.line.platform().auth.mode;
        matches!(mode, AuthMode::Pkce | AuthMode::DeviceFlow)
    }

    fn cached(&self) -> Option<Arc<Token>> {
        let token = self.is_of_person().then(|| self.cache.token())?;
        token.map(Arc::new)
    }

    fn failed(&self, error: SignInError) -> AdminError {
        AdminError::of_sign_in(self.line.address(), error)
    }
}

async fn external(auth: &Auth) -> Result<crate::register::settings::Secret, SignInError> {
    Command::new("admin.command", &auth.command)
        .ok_or_else(|| {
            SignInError::new(
                "no program is configured that prints a token",
                "admin.command in config.yaml, or FLYTE_CREDENTIALS_COMMAND, names it",
            )
        })?
        .token()
        .await
}

/// The time limit for signing in.
fn patience() -> Result<Duration, SignInError> {
    let Ok(seconds) = std::env::var("FLYTEKIT_SIGN_IN_TIMEOUT") else {
        return Ok(PATIENCE);
    };
    match seconds.trim().parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err(SignInError::new(
            format!("FLYTEKIT_SIGN_IN_TIMEOUT is `{seconds}`"),
            "it must be a whole number of seconds",
        )),
    }
}

/// The reason why there is no token.
#[derive(Clone, Debug)]
pub(super) struct SignInError {
    pub(super) message: String,
    /// Advice for the user.
    pub(super) advice: String,
}

impl SignInError {
    fn new(message: impl fmt::Display, advice: impl fmt::Display) -> Self {
        SignInError {
            // Much of the message comes from a server or from a browser.
            message: Foreign(&message.to_string()).to_string(),
            advice: advice.to_string(),
        }
    }
}
