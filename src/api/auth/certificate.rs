//! Callers who prove who they are by a client certificate.

use std::any::Any;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use tokio::net::TcpStream;
use webpki::EndEntityCert;

/// The DNS names in the certificate of a connection, which an issuer of the settings has vouched for.
#[derive(Debug, Clone)]
pub struct ClientNames(pub Vec<String>);

/// Keeps with a connection over mutual TLS whom its certificate names. A connection without TLS keeps nothing.
pub fn keep_names(connection: &dyn Any, kept: &mut Extensions) {
    let Some(connection) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let certificates = connection.get_ref().1.peer_certificates().unwrap_or_default();
    let names = certificates.first().and_then(|certificate| {
        let certificate = EndEntityCert::try_from(certificate).ok()?;
        Some(certificate.valid_dns_names().map(str::to_owned).collect())
    });
    kept.insert(ClientNames(names.unwrap_or_default()));
}
