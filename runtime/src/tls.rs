//! The cryptography and the trusted authorities of encrypted connections.

#[cfg(feature = "object-store")]
use std::sync::Once;

use rustls::pki_types::CertificateDer;

/// Sets the process's default cryptography, without which libraries panic.
#[cfg(feature = "object-store")]
pub fn use_ring() {
    static CHOICE: Once = Once::new();
    CHOICE.call_once(|| {
        // An earlier choice stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The certificates of the authorities that this machine trusts; the smallest images have none.
pub fn of_machine() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// The certificates that Mozilla trusted when this was built.
pub fn of_mozilla() -> &'static [CertificateDer<'static>] {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
}
