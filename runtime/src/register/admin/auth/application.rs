//! Tokens of applications, obtained with their secret.

use oauth2::ClientSecret;
use oauth2::basic::BasicTokenResponse;

use super::SignInError;
use super::server::Server;
use super::web::{self, Web};
use crate::register::settings::Auth;

/// Asks for a token with the application's secret.
pub(super) async fn sign_in(
    server: &Server,
    auth: &Auth,
    web: &Web,
) -> Result<BasicTokenResponse, SignInError> {
    let Some(id) = auth.client_id.as_ref().filter(|it| !it.is_empty()) else {
        return Err(SignInError::new(
            "no application is configured for the sign-in",
            "admin.clientId in config.yaml, or FLYTE_CREDENTIALS_CLIENT_ID, names it",
        ));
    };
    let Some(secret) = &auth.client_secret else {
        return Err(SignInError::new(
            format!("the application `{id}` has no secret to sign in with"),
            "admin.clientSecretLocation or clientSecretEnvVar in config.yaml, or \
             FLYTE_CREDENTIALS_CLIENT_SECRET, name its place",
        ));
    };
    // The id and the secret go into the header `Authorization`, each quoted as in a form.
    let client = server
        .client(id)?
        .set_client_secret(ClientSecret::new(secret.0.clone()));
    let mut request = client
        .exchange_client_credentials()
        .add_scopes(server.scopes.iter().cloned());
    if let Some(audience) = &server.audience {
        request = request.add_extra_param("audience", audience);
    }
    request
        .request_async(&web.requests())
        .await
        .map_err(|error| web::refused(&server.token_endpoint, &error))
}
