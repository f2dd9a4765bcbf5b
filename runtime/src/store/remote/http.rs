//! Files of web servers.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::http::HttpBuilder;

use super::client::Settings;
use super::listen::Listening;

/// A client of one file. Its URL stays as it is, also with percent signs and a query, in which a
/// signature may be.
pub(super) fn client(url: &str, settings: Settings) -> Result<Arc<dyn ObjectStore>, String> {
    let client = HttpBuilder::new()
        .with_url(url)
        .with_http_connector(Listening)
        .with_client_options(settings.options.with_allow_http(true))
        .with_retry(settings.retry)
        .build();
    Ok(Arc::new(client.map_err(|error| error.to_string())?))
}
