//! Who may vouch for a server that this program asks.

use std::fs;
use std::path::Path;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, parse_pem};

/// The certificates of a file, or Mozilla's list as it is built in where none is named.
///
/// # Errors
/// When the file cannot be read, or holds no certificates; what is wrong, without the file's name.
pub(super) fn roots(file: Option<&Path>) -> Result<RootCerts, &'static str> {
    let Some(file) = file else { return Ok(RootCerts::WebPki) };
    Ok(RootCerts::new_with_certs(&certificates(file)?))
}

/// What this program shows where the other side asks who it is: the certificate with its chain, and its key.
///
/// # Errors
/// When one of the files cannot be read, or does not hold what it should: the setting's name and what is wrong.
pub(super) fn client(certificate: &Path, key: &Path) -> Result<ClientCert, (&'static str, &'static str)> {
    let chain = certificates(certificate).map_err(|detail| ("client_certificate_file", detail))?;
    let pem = fs::read(key).map_err(|_| ("client_key_file", "cannot be read"))?;
    let key = PrivateKey::from_pem(&pem).map_err(|_| ("client_key_file", "has no private key as PEM"))?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

/// The certificates of a file.
fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, &'static str> {
    let pem = fs::read(file).map_err(|_| "cannot be read")?;
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|_| "is not PEM")? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err("has no certificate");
    }
    Ok(certificates)
}
