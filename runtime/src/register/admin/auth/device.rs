//! Tokens of people with a browser on another machine.

use oauth2::basic::BasicTokenResponse;
use oauth2::{DeviceAuthorizationUrl, StandardDeviceAuthorizationResponse};

use super::server::{self, Server};
use super::web::{self, Web};
use super::{SignInError, patience};
use crate::console::tell;
use crate::register::admin::address::Address;

/// Shows a code, and waits until somebody has entered it.
pub(super) async fn sign_in(
    server: &Server,
    address: &Address,
    web: &Web,
) -> Result<BasicTokenResponse, SignInError> {
    let endpoint = &server.device_endpoint;
    let url = DeviceAuthorizationUrl::new(endpoint.clone())
        .map_err(|why| server::no_url("endpoint for devices", endpoint, &why))?;
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
    show(&device, address);
    let request = client.exchange_device_access_token(&device);
    let token = request.request_async(&requests, tokio::time::sleep, Some(limit));
    match tokio::time::timeout(limit, token).await {
        Ok(answer) => answer.map_err(|error| web::refused(&server.token_endpoint, &error)),
        Err(_) => Err(SignInError::new(
            format!("nobody has entered the code within {} s", limit.as_secs()),
            "start again for a new code; FLYTEKIT_SIGN_IN_TIMEOUT sets for how many seconds it is \
             waited for",
        )),
    }
}

fn show(device: &StandardDeviceAuthorizationResponse, address: &Address) {
    let code = device.user_code().secret();
    match device.verification_uri_complete() {
        Some(page) => tell(format_args!(
            "To sign in to `{address}`, open this page in any browser:\n{}\nIt shows the code {code}.",
            page.secret()
        )),
        None => tell(format_args!(
            "To sign in to `{address}`, open this page in any browser, and enter the code {code}:\n{}",
            device.verification_uri().as_str()
        )),
    }
}
