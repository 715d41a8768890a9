//! Who may vouch for the other side of a line: certificates in PEM files.

use std::fs::File;
use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts};

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
    let certificates: Vec<Certificate<'static>> =
        certificates(file)?.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    Ok(RootCerts::new_with_certs(&certificates))
}
