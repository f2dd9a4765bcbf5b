//! Tokens of people with a browser on another machine.

use oauth2::basic::BasicTokenResponse;
use oauth2::{DeviceAuthorizationUrl, StandardDeviceAuthorizationResponse};

use super::server::Server;
use super::web::{self, Web};
use super::{SignInError, patience};
use crate::console::{Foreign, tell_page};
use crate::register::admin::address::Address;

/// Shows a code, and waits until somebody has entered it.
pub(super) async fn sign_in(
    server: &Server,
    address: &Address,
    web: &Web,
) -> Result<BasicTokenResponse, SignInError> {
    let endpoint = &server.device_endpoint;
    let url = server.place("endpoint for devices", endpoint)?;
    let url = DeviceAuthorizationUrl::from_url(url);
    let client = server
        .client(&server.client_id)?
        .set_device_authorization_url(url);
    let mut request = client
        .exchange_device_code()
        .add_scopes(server.scopes.iter().cloned());
    if let Some(audience) = &server.audience {
        request = request.add_extra_param("audience", audience);
    }
    let requests = web.requests();
    let device: StandardDeviceAuthorizationResponse = request
        .request_async(&requests)
        .await
        .map_err(|error| web::refused(endpoint, &error))?;
    let limit = patience()?.min(device.expires_in());
    show(&device, server, address)?;
    let request = client.exchange_device_access_token(&device);
    let token = request.request_async(&requests, tokio::time::sleep, Some(limit));
    match tokio::time::timeout(limit, token).await {
        Ok(answer) => answer.map_err(|error| web::refused(&server.token_endpoint, &error)),
        Err(_) => Err(SignInError::new(
            format!("nobody has entered the code within {} s", limit.as_secs()),
            "start again for a new code; FLYTEKIT_SIGN_IN_TIMEOUT sets the time limit in \
             seconds",
        )),
    }
}

fn show(
    device: &StandardDeviceAuthorizationResponse,
    server: &Server,
    address: &Address,
) -> Result<(), SignInError> {
    let code = Foreign(device.user_code().secret());
    let (page, what) = match device.verification_uri_complete() {
        Some(page) => (page.secret().as_str(), "which shows the code"),
        None => (device.verification_uri().as_str(), "and enter the code"),
    };
    let page = server.place("page for devices", page)?;
    tell_page(
        format_args!("To sign in to `{address}`, open this page in any browser, {what} {code}:"),
        page.as_str(),
    );
    Ok(())
}
