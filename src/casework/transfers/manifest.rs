//! What a package says of itself, and the signature over that.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::package::{Files, HISTORY, LISTED, MANIFEST, PackageFault, SIGNATURE, sha256, written};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::transfer::history::MovedRecord;
use crate::store::audit::encoding::canonical;
use crate::store::audit::head::{HeadKey, PublicHeadKey};

/// What a package says that it is: changes with its shape.
pub const FORMAT: &str = "mosovo-visits transfer 1";

/// What a package is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The service that made it.
    pub service_version: String,
    /// The transfer's id, at both forces.
    pub transfer_id: Uuid,
    /// The force that sends.
    pub sending_force: String,
    /// The force that it is for.
    pub receiving_force: String,
    /// Whose case, by the sending force's reference.
    pub offender_ref: Ref,
    /// Why the case passes on.
    pub reason: String,
    /// When it was made.
    pub made_at: Instant,
    /// By whom: role and subject of the token.
    pub made_by: String,
    /// How many versions it has of each kind of record.
    pub versions: BTreeMap<String, usize>,
    /// The records that were of the case and are of another one now.
    pub moved: BTreeSet<MovedRecord>,
    /// The offenders whose records are merged into the case's, by the sending force's references. Packages made before a merged case
    /// could pass have no such member.
    #[serde(default)]
    pub merged: BTreeSet<Ref>,
    /// Every other file of it but the signature, in their order.
    pub files: Vec<ListedFile>,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedFile {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub bytes: usize,
    /// Their SHA-256.
    pub sha256: String,
}

impl Manifest {
    /// The SHA-256 of the history.
    #[must_use]
    pub fn history_sha256(&self) -> &str {
        self.files.iter().find(|file| file.name == HISTORY).map_or("", |file| file.sha256.as_str())
    }
}

/// The signature over a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    /// The key that made it.
    public_key: String,
    /// The signature, in lower-case hexadecimal.
    signature: String,
}

/// A package that was read, and not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedPackage {
    /// What it says that it is.
    pub manifest: Manifest,
    /// The SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// The SHA-256 of the package.
    pub sha256: String,
    files: Files,
    signature: Signature,
}

/// The files that a manifest lists, as they are.
#[must_use]
pub fn listed(files: &Files) -> Vec<ListedFile> {
    let listed = LISTED.into_iter().filter_map(|name| {
        let content = files.get(name)?;
        Some(ListedFile { name: name.to_owned(), bytes: content.len(), sha256: sha256(content) })
    });
    listed.collect()
}

/// Puts a manifest and the signature over it to the files that it lists; gives the package's bytes.
///
/// # Errors
/// When a file is missing.
pub fn sealed(mut files: Files, manifest: &Manifest, key: &HeadKey) -> Result<Vec<u8>, PackageFault> {
    let missing = |_| PackageFault::Damaged("a file is missing");
    let manifest = json!(manifest);
    let manifest = line(&manifest);
    let signature =
        Signature { public_key: key.public().to_text(), signature: key.seal_transfer(&sha256(manifest.as_bytes())) };
    files.insert(MANIFEST, manifest.into_bytes());
    files.insert(SIGNATURE, line(&json!(signature)).into_bytes());
    written(&files).map_err(missing)
}

/// A value in canonical form, with a line feed behind it.
#[must_use]
pub fn line(value: &Value) -> String {
    let mut text = canonical(value);
    text.push('\n');
    text
}

/// Opens a package. Whose it is is not known before [`OpenedPackage::verify_signature`], nor whether it is whole before
/// [`OpenedPackage::verify_content`].
///
/// # Errors
/// With the first thing that is wrong.
pub fn opened(bytes: &[u8]) -> Result<OpenedPackage, PackageFault> {
    #[derive(Deserialize)]
    struct Named {
        format: String,
    }
    let files = super::package::read(bytes)?;
    let content = |name: &str| files.get(name).map(Vec::as_slice).unwrap_or_default();
    let none = |_| PackageFault::Damaged("its manifest or signature is not what a package has");
    let Named { format } = serde_json::from_slice(content(MANIFEST)).map_err(none)?;
    if format != FORMAT {
        return Err(PackageFault::UnknownFormat);
    }
    let manifest = serde_json::from_slice(content(MANIFEST)).map_err(none)?;
    let signature = serde_json::from_slice(content(SIGNATURE)).map_err(none)?;
    let manifest_sha256 = sha256(content(MANIFEST));
    Ok(OpenedPackage { manifest, manifest_sha256, sha256: sha256(bytes), files, signature })
}

impl OpenedPackage {
    /// The key that it says it was signed with.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.signature.public_key
    }

    /// Its history, as it was sent.
    #[must_use]
    pub fn history(&self) -> &[u8] {
        self.files.get(HISTORY).map(Vec::as_slice).unwrap_or_default()
    }

    /// Proves that the owner of the key that it names signed its manifest.
    ///
    /// # Errors
    /// When they did not.
    pub fn verify_signature(&self) -> Result<(), PackageFault> {
        let key = PublicHeadKey::named(&self.signature.public_key).ok_or(PackageFault::WrongSignature)?;
        if key.has_sealed_transfer(&self.manifest_sha256, &self.signature.signature) {
            return Ok(());
        }
        Err(PackageFault::WrongSignature)
    }

    /// Proves that it is as its manifest says, every byte of `bytes`: each file, and that it is written as a package is.
    ///
    /// # Errors
    /// With the first thing that is wrong.
    pub fn verify_content(&self, bytes: &[u8]) -> Result<(), PackageFault> {
        if self.manifest.files != listed(&self.files) {
            return Err(PackageFault::Damaged("a file is not the one that was signed"));
        }
        let signature = line(&json!(self.signature)).into_bytes();
        if self.files.get(SIGNATURE) != Some(&signature) || written(&self.files).ok().as_deref() != Some(bytes) {
            return Err(PackageFault::Damaged("it is not written as it was made"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(digit: &str) -> HeadKey {
        HeadKey::from_seed(&digit.repeat(64)).unwrap()
    }

    fn package(key: &HeadKey) -> Vec<u8> {
        let files: Files =
            LISTED.into_iter().map(|name| (name, format!("{{\"invented\":\"{name}\"}}\n").into_bytes())).collect();
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            service_version: "0".to_owned(),
            transfer_id: Uuid::from_u128(7),
            sending_force: "wessex".to_owned(),
            receiving_force: "dorset".to_owned(),
            offender_ref: Ref::new("n-1").unwrap(),
            reason: "invented".to_owned(),
            made_at: "2021-04-15T08:00:00Z".parse().unwrap(),
            made_by: "detective_inspector:invented".to_owned(),
            versions: BTreeMap::new(),
            moved: BTreeSet::new(),
            merged: BTreeSet::new(),
            files: listed(&files),
        };
        sealed(files, &manifest, key).unwrap()
    }

    fn verified(bytes: &[u8]) -> Result<OpenedPackage, PackageFault> {
        let opened = opened(bytes)?;
        opened.verify_signature()?;
        opened.verify_content(bytes)?;
        Ok(opened)
    }

    #[test]
    fn a_package_is_proved_as_it_was_made() {
        let opened = verified(&package(&key("1"))).unwrap();
        assert_eq!(opened.public_key(), key("1").public().to_text());
        assert_eq!(opened.manifest.history_sha256(), sha256(opened.history()));
    }

    #[test]
    fn a_package_says_of_what_format_it_is() {
        let files: Files = LISTED.into_iter().map(|name| (name, Vec::new())).collect();
        let mut files = files;
        files.insert(MANIFEST, b"{\"format\":\"mosovo-visits transfer 2\",\"new\":1}".to_vec());
        files.insert(SIGNATURE, b"{}".to_vec());
        assert_eq!(opened(&written(&files).unwrap()), Err(PackageFault::UnknownFormat));
    }

    #[test]
    fn a_file_that_was_put_in_anothers_place_is_found() {
        let bytes = package(&key("1"));
        let mut files = super::super::package::read(&bytes).unwrap();
        files.insert(HISTORY, b"{}\n".to_vec());
        let changed = written(&files).unwrap();
        assert_eq!(verified(&changed), Err(PackageFault::Damaged("a file is not the one that was signed")));
        let other = opened(&package(&key("2"))).unwrap();
        let mut files = super::super::package::read(&bytes).unwrap();
        files.insert(
            SIGNATURE,
            line(&json!(Signature { public_key: key("1").public().to_text(), ..other.signature })).into(),
        );
        assert_eq!(verified(&written(&files).unwrap()), Err(PackageFault::WrongSignature));
    }

    proptest! {
        #[test]
        fn a_package_changed_in_any_byte_is_refused(at in any::<prop::sample::Index>(), change in 1..=255_u8) {
            let mut bytes = package(&key("1"));
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            prop_assert!(verified(&bytes).is_err(), "byte {at}");
        }

        #[test]
        fn a_package_with_bytes_before_behind_or_taken_out_is_refused(at in any::<prop::sample::Index>(), byte: u8) {
            let whole = package(&key("1"));
            let mut longer = whole.clone();
            longer.insert(at.index(whole.len() + 1), byte);
            prop_assert!(verified(&longer).is_err());
            let mut shorter = whole.clone();
            shorter.remove(at.index(whole.len()));
            prop_assert!(verified(&shorter).is_err());
        }
    }
}
