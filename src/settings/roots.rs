//! Who may vouch for the other side of a line: certificates in PEM files.

use std::fs::{self, File};
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts};

/// The certificates of a PEM file.
///
/// # Errors
/// When the file cannot be read, or holds no certificates; what is wrong, without the file's name.
pub(super) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    let file = File::open(file).map_err(|_| "cannot be read")?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_reader_iter(file).collect();
    let read = read.map_err(|_| "is not PEM")?;
    if read.is_empty() { Err("has no certificate") } else { Ok(read) }
}

/// The certificates of a file, or Mozilla's list as it is built in where none is named.
///
/// # Errors
/// As [`certificates`].
pub(super) fn roots(file: Option<&Path>) -> Result<RootCerts, &'static str> {
    let Some(file) = file else { return Ok(RootCerts::WebPki) };
    Ok(RootCerts::new_with_certs(&of_the_client(&certificates(file)?)))
}

/// What this program shows where the other side asks who it is: the certificate with its chain, and its key.
///
/// # Errors
/// When one of the files cannot be read, or does not hold what it should: the setting's name and what is wrong.
pub(super) fn client(certificate: &Path, key: &Path) -> Result<ClientCert, (&'static str, &'static str)> {
    let chain = certificates(certificate).map_err(|detail| ("client_certificate_file", detail))?;
    let pem = fs::read(key).map_err(|_| ("client_key_file", "cannot be read"))?;
    let key = PrivateKey::from_pem(&pem).map_err(|_| ("client_key_file", "has no private key as PEM"))?;
    Ok(ClientCert::new_with_certs(&of_the_client(&chain), key))
}

/// The same certificates, as the client of HTTP has them.
fn of_the_client(certificates: &[CertificateDer<'static>]) -> Vec<Certificate<'static>> {
    certificates.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}
