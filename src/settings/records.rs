//! The force's own systems: who sends records and over what, and where records are fetched.

mod sources;

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde::Deserialize;

use super::SettingsError;
use super::roots::certificates;
use crate::casework::senders::{Sender, Senders};
use crate::domain::record::RecordKind;
use sources::{FolderSettings, PullSettings};

/// The force's own systems: who sends records and over what, and where records are fetched.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordsSettings {
    #[serde(default)]
    senders: Vec<SenderSettings>,
    mutual_tls: Option<MutualTlsSettings>,
    pull: Vec<PullSettings>,
    pull_page_events: NonZeroUsize,
    pull_request_seconds: NonZeroU64,
    pull_records_again: usize,
    folder: Vec<FolderSettings>,
    folder_mebibytes: NonZeroU64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SenderSettings {
    name: String,
    force: String,
    types: Option<BTreeSet<String>>,
    #[serde(default)]
    signed: bool,
    #[serde(default = "first")]
    key_number: i32,
    #[serde(default)]
    by_certificate: bool,
}

const fn first() -> i32 {
    1
}

/// A door of its own for callers who prove who they are by a certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MutualTlsSettings {
    /// Address and port.
    pub bind: SocketAddr,
    /// What it shows, as PEM: its certificate, then those between it and its issuer.
    pub certificate_file: PathBuf,
    /// The certificate's private key, as PEM.
    pub key_file: PathBuf,
    /// Who may vouch for callers, as PEM.
    pub client_ca_file: PathBuf,
}

/// What the door for certificates is opened with.
pub struct MutualTls {
    /// Where it listens.
    pub listener: TcpListener,
    /// What it shows, and whose certificates it takes.
    pub config: ServerConfig,
}

/// The kinds of record of these event types.
///
/// # Errors
/// When one of them is no type of the feed: what is to be done.
fn kinds_of(types: &BTreeSet<String>) -> Result<BTreeSet<RecordKind>, &'static str> {
    let kinds: Option<_> = types.iter().map(|name| RecordKind::of_event_type(name)).collect();
    kinds.ok_or("name types of the records feed, such as records.visit.v1")
}

impl RecordsSettings {
    /// The senders known by name.
    ///
    /// # Errors
    /// When one is named twice for a force, has no name or force, a key number under 1, or a type that the feed does not have.
    pub(super) fn senders(&self) -> Result<Senders, SettingsError> {
        let mut known = BTreeSet::new();
        let mut senders = Vec::with_capacity(self.senders.len());
        for SenderSettings { name, force, types, signed, key_number, by_certificate } in &self.senders {
            let wrong = |detail| SettingsError::Records { key: "senders".to_owned(), detail };
            if name.trim().is_empty() || force.trim().is_empty() || *key_number < 1 {
                return Err(wrong("need a name, a force and a key_number of 1 or more each"));
            }
            if !known.insert((name, force)) {
                return Err(wrong("name a sender of a force once each"));
            }
            let kinds = types.as_ref().map(kinds_of).transpose().map_err(wrong)?;
            let (name, force) = (name.clone(), force.clone());
            senders.push(Sender {
                name,
                force,
                kinds,
                is_signed: *signed,
                key_number: *key_number,
                by_certificate: *by_certificate,
            });
        }
        Ok(Senders::of(senders))
    }

    /// The door for certificates; nothing where none is set.
    ///
    /// # Errors
    /// When it cannot be opened with what is set.
    pub(super) fn mutual_tls(&self) -> Result<Option<MutualTls>, SettingsError> {
        self.mutual_tls.as_ref().map(MutualTlsSettings::open).transpose()
    }
}

impl MutualTlsSettings {
    /// Opens the door. It takes nobody without a certificate that one of those issuers has signed.
    ///
    /// # Errors
    /// When a file cannot be read or is not what it should be, or the address cannot be listened on.
    pub fn open(&self) -> Result<MutualTls, SettingsError> {
        let wrong = |key: &str, detail| SettingsError::Records { key: key.to_owned(), detail };
        let of_clients = |detail| wrong("mutual_tls.client_ca_file", detail);
        let mut roots = RootCertStore::empty();
        for client in certificates(&self.client_ca_file).map_err(of_clients)? {
            roots.add(client).map_err(|_| of_clients("has what is no certificate of an issuer"))?;
        }
        let provider = Arc::new(default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let verifier = verifier.map_err(|_| of_clients("names nobody who may vouch for a caller"))?;
        let shown =
            certificates(&self.certificate_file).map_err(|detail| wrong("mutual_tls.certificate_file", detail))?;
        let key = PrivateKeyDer::from_pem_file(&self.key_file)
            .map_err(|_| wrong("mutual_tls.key_file", "cannot be read as a private key in PEM"))?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_client_cert_verifier(verifier).with_single_cert(shown, key))
            .map_err(|_| wrong("mutual_tls.key_file", "is not the key of certificate_file"))?;
        let listener = TcpListener::bind(self.bind).map_err(|_| wrong("mutual_tls.bind", "cannot be listened on"))?;
        Ok(MutualTls { listener, config })
    }
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};

    use super::*;

    const SOURCES: &str = "pull = []\npull_page_events = 1\npull_request_seconds = 1\npull_records_again = 1\nfolder = []\nfolder_mebibytes = 1\n";

    fn senders(toml: &str) -> Result<Senders, String> {
        let settings: RecordsSettings =
            Figment::from(Toml::string(&format!("{SOURCES}{toml}"))).extract().map_err(|error| error.to_string())?;
        settings.senders().map_err(|error| error.to_string())
    }

    #[test]
    fn senders_are_read_and_what_is_wrong_with_them_is_told() {
        let good = senders(
            r#"
            [[senders]]
            name = "records.dorset.example"
            force = "dorset"
            types = ["records.visit.v1"]
            signed = true
            [[senders]]
            name = "crime"
            force = "dorset"
            "#,
        );
        let good = good.unwrap();
        let sender = good.named("dorset", "records.dorset.example").unwrap();
        assert!(sender.is_signed && sender.key_number == 1);
        assert_eq!(sender.kinds, Some([RecordKind::Visit].into()));
        assert_eq!(good.named("dorset", "crime").unwrap().kinds, None);
        assert!(good.named("wessex", "crime").is_none());
        let of = |members: &str| format!("[[senders]]\n{members}\n");
        let twice = of("name = \"a\"\nforce = \"b\"").repeat(2);
        for (toml, told) in [
            (twice, "once each"),
            (of("name = \" \"\nforce = \"b\""), "need a name"),
            (of("name = \"a\"\nforce = \"b\"\nkey_number = 0"), "need a name"),
            (of("name = \"a\"\nforce = \"b\"\ntypes = [\"records.nothing.v1\"]"), "types of the records feed"),
            (of("name = \"a\""), "force"),
        ] {
            let error = senders(&toml).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
