//! Connections to Flyte Admin.

use std::time::Duration;

use tonic::transport::Endpoint;

use super::AdminError;
use crate::register::settings::Platform;

/// What the services' clients are made from.
pub(super) type Channel = tonic::transport::Channel;

/// A host that takes longer than this to accept a connection is as good as none.
const CONNECT: Duration = Duration::from_secs(10);

/// A channel that connects when it is first used.
pub(super) fn connect(platform: &Platform) -> Result<Channel, AdminError> {
    let scheme = if platform.insecure { "http" } else { "https" };
    let uri = format!("{scheme}://{}", platform.endpoint);
    let endpoint = Endpoint::from_shared(uri)
        .map_err(|error| AdminError::of_endpoint(&platform.endpoint, &error))?;
    Ok(endpoint.connect_timeout(CONNECT).connect_lazy())
}
