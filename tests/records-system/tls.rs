//! Certificates: what vouches for the service, what is shown to it, and whose are taken.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts};

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    read.with_context(|| format!("{} is not PEM", file.display()))
}

fn as_the_client_has_them(certificates: &[CertificateDer<'static>]) -> Vec<Certificate<'static>> {
    certificates.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}

/// A door that takes nobody without a certificate that one of those issuers has signed.
pub fn asking_for_certificates(certificate: &Path, key: &Path, client_ca: &Path) -> anyhow::Result<ServerConfig> {
    let mut roots = RootCertStore::empty();
    for issuer in certificates(client_ca)? {
        roots.add(issuer)?;
    }
    let provider = Arc::new(default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("{} has no key", key.display()))?;
    Ok(ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(certificate)?, key)?)
}

/// Who may vouch for the service; Mozilla's list where no file is named.
pub fn roots(file: Option<&Path>) -> anyhow::Result<RootCerts> {
    let Some(file) = file else { return Ok(RootCerts::WebPki) };
    Ok(RootCerts::new_with_certs(&as_the_client_has_them(&certificates(file)?)))
}

/// What is shown to the service.
pub fn shown(certificate: &Path, key: &Path) -> anyhow::Result<ClientCert> {
    let pem = std::fs::read(key).with_context(|| format!("{} cannot be read", key.display()))?;
    let chain = as_the_client_has_them(&certificates(certificate)?);
    Ok(ClientCert::new_with_certs(&chain, PrivateKey::from_pem(&pem)?))
}
