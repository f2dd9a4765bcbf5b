//! Encrypted connections.

use std::fs;
use std::path::{Path, PathBuf};

use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use super::ServeError;

/// Files in PEM form, which are read when the server starts.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The server's certificate, and the intermediate certificates.
    pub certificate: PathBuf,
    /// The certificate's key.
    pub key: PathBuf,
    /// The authorities of clients' certificates; without them, every client can call.
    pub client_authority: Option<PathBuf>,
}

impl Tls {
    pub(super) fn config(&self) -> Result<ServerTlsConfig, ServeError> {
        let identity = Identity::from_pem(read(&self.certificate)?, read(&self.key)?);
        let config = ServerTlsConfig::new().identity(identity);
        Ok(match &self.client_authority {
            Some(path) => config.client_ca_root(Certificate::from_pem(read(path)?)),
            None => config,
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ServeError> {
    fs::read(path)
        .map_err(|error| ServeError::new(format!("cannot read {}", path.display()), error))
}
