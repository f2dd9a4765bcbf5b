//! The certificates of servers that are accepted.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::AdminError;
use crate::bounded;
use crate::register::settings::Platform;
use crate::tls;

/// The largest file that is read: a file with all public authorities is smaller.
const LARGEST: u64 = 16 << 20;

/// The TLS configuration of connections to Flyte Admin. They accept certificates of the platform's own
/// authorities if the platform names some.
pub(super) fn of_admin(platform: &Platform) -> Result<ClientConfig, AdminError> {
    let own = authorities(platform)?;
    Ok(accepting(
        platform,
        if own.is_empty() { of_anybody() } else { own },
    ))
}

/// The TLS configuration of requests to web servers that need not be the platform's: those that sign people
/// in, and object stores.
pub(super) fn of_web(platform: &Platform) -> Result<ClientConfig, AdminError> {
    let own = authorities(platform)?;
    Ok(accepting(
        platform,
        own.into_iter().chain(of_anybody()).collect(),
    ))
}

/// A TLS configuration that accepts every certificate.
pub(super) fn anything() -> ClientConfig {
    let provider = Arc::new(crypto::ring::default_provider());
    builder(&provider)
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything(provider)))
        .with_no_client_auth()
}

fn accepting(platform: &Platform, authorities: Vec<CertificateDer<'static>>) -> ClientConfig {
    if platform.insecure_skip_verify {
        return anything();
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities);
    builder(&Arc::new(crypto::ring::default_provider()))
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn builder(
    provider: &Arc<CryptoProvider>,
) -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|_| unreachable!("ring speaks TLS 1.2 and 1.3"))
}

fn of_anybody() -> Vec<CertificateDer<'static>> {
    let machine = tls::of_machine();
    if machine.is_empty() {
        tls::of_mozilla().to_vec()
    } else {
        machine
    }
}

/// The authorities in the platform's file, if it names one.
fn authorities(platform: &Platform) -> Result<Vec<CertificateDer<'static>>, AdminError> {
    let Some(path) = &platform.ca_cert_file else {
        return Ok(Vec::new());
    };
    let refused = |why: &dyn std::fmt::Display| {
        AdminError::of_endpoint(&platform.endpoint, &not_readable(path, why))
    };
    let text = bounded::read(path, LARGEST).map_err(|error| refused(&error))?;
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|error| refused(&error))?;
    if found.is_empty() {
        return Err(refused(&"it holds no `BEGIN CERTIFICATE`"));
    }
    Ok(found)
}

fn not_readable(path: &Path, why: &dyn std::fmt::Display) -> String {
    format!(
        "the authorities' certificates in `{}` cannot be read: {why}; admin.caCertFilePath in \
         config.yaml, or FLYTE_PLATFORM_CA_CERT_FILE_PATH, names a file of PEM certificates",
        path.display()
    )
}

/// Checks no certificate. The server still has to prove that it has the certificate's key.
#[derive(Debug)]
struct Anything(Arc<CryptoProvider>);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
