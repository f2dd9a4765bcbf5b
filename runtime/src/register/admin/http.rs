//! Requests to web servers that sign people in, and to object stores.

use std::error::Error;
use std::iter::successors;

use super::channel::{CONNECT, USER_AGENT};
use super::{AdminError, certificates};
use crate::console::hide_user;
use crate::register::settings::Platform;

/// A client with the platform's certificates and proxy.
pub(super) fn builder(platform: &Platform) -> Result<reqwest::ClientBuilder, AdminError> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(certificates::of_web(platform)?)
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT);
    let Some(url) = &platform.http_proxy else {
        return Ok(builder);
    };
    hide_user(url);
    let proxy = reqwest::Proxy::all(url.as_str()).map_err(|_| {
        // Neither the URL nor its error is shown, because both may contain a password.
        AdminError::of_endpoint(&platform.endpoint, &super::channel::NO_PROXY)
    })?;
    Ok(builder.proxy(proxy))
}

/// The error of a request, without its address.
pub(super) fn in_words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = successors(Some(&error as &dyn Error), |it| (*it).source());
    let words: Vec<_> = causes.map(ToString::to_string).collect();
    words.join(": ")
}
