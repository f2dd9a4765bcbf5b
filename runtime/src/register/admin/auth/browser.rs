//! Tokens of people with a browser on this machine.

use std::thread;

use oauth2::basic::BasicTokenResponse;
use oauth2::{AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, RedirectUrl};

use super::listener::{Listener, Visit};
use super::server::{self, Server};
use super::web::{self, Web};
use super::{SignInError, patience};
use crate::console::tell_page;
use crate::register::admin::address::Address;

/// Opens the server's page, and waits until it sends the browser back here with a code.
pub(super) async fn sign_in(
    server: &Server,
    address: &Address,
    web: &Web,
) -> Result<BasicTokenResponse, SignInError> {
    let page = server.place("page to sign in", &server.authorization_endpoint)?;
    let page = AuthUrl::from_url(page);
    let back = RedirectUrl::new(server.redirect_uri.clone())
        .map_err(|why| server::no_url("redirect_uri", &server.redirect_uri, &why))?;
    let mut listener = Listener::bind(back.url()).await?;
    let client = server.client(&server.client_id)?;
    let client = client.set_auth_uri(page).set_redirect_uri(back);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let mut request = client
        .authorize_url(CsrfToken::new_random)
        .add_scopes(server.scopes.iter().cloned())
        .set_pkce_challenge(challenge);
    if let Some(audience) = &server.audience {
        request = request.add_extra_param("audience", audience);
    }
    let (page, state) = request.url();
    open(page.to_string(), address);
    let limit = patience()?;
    let Ok(visit) = tokio::time::timeout(limit, listener.visit()).await else {
        return Err(SignInError::new(
            format!(
                "nobody has signed in within {} s in the browser",
                limit.as_secs()
            ),
            "start again for a new page; FLYTEKIT_SIGN_IN_TIMEOUT sets the time limit in seconds; \
             authType DeviceFlow needs no browser on this machine, and ClientSecret needs no person",
        ));
    };
    let visit = visit?;
    let answer = match code(&visit, &state) {
        Ok(code) => client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(verifier)
            .request_async(&web.requests())
            .await
            .map_err(|error| web::refused(&server.token_endpoint, &error)),
        Err(error) => Err(error),
    };
    visit.end(address, answer.as_ref().err());
    listener.end().await;
    answer
}

/// Opens the page, and prints its address for people whose browser is not found.
fn open(page: String, address: &Address) {
    let words = "continue in the browser. If no browser opens, open this page:";
    tell_page(format_args!("To sign in to `{address}`, {words}"), &page);
    // A browser in a terminal exits only when the person is done.
    thread::spawn(move || {
        if let Err(error) = webbrowser::open(&page) {
            tracing::debug!(%error, "cannot open a browser");
        }
    });
}

/// The code that the browser brings, if it comes from the page that was opened.
fn code(visit: &Visit, state: &CsrfToken) -> Result<String, SignInError> {
    let start_again = "start again; if it happens again, tell the administrators of Flyte";
    if visit.parameter("state") != Some(state.secret()) {
        return Err(SignInError::new(
            "the browser came back from another page than the page that was opened here: the \
             `state` differs from the one that was sent",
            start_again,
        ));
    }
    if let Some(error) = visit.parameter("error") {
        let why = visit.parameter("error_description").unwrap_or_default();
        return Err(SignInError::new(
            format!("the server refuses the sign-in: {error} {why}").trim_end(),
            start_again,
        ));
    }
    visit
        .parameter("code")
        .map(str::to_owned)
        .ok_or_else(|| SignInError::new("the browser came back without a code", start_again))
}
