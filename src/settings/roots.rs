//! Who may vouch for a server that this program asks.

use std::fs;
use std::path::Path;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

/// The certificates of a file, or Mozilla's list as it is built in where none is named.
///
/// # Errors
/// When the file cannot be read, or holds no certificates; what is wrong, without the file's name.
pub(super) fn roots(file: Option<&Path>) -> Result<RootCerts, &'static str> {
    let Some(file) = file else { return Ok(RootCerts::WebPki) };
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
    Ok(RootCerts::new_with_certs(&certificates))
}
