//! The receipt for a transferred case: what the receiving force has, signed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::manifest::Manifest;
use super::package::PackageFault;
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::store::audit::head::{HeadKey, PublicHeadKey};

/// What a receipt says that it is: changes with its shape.
pub const FORMAT: &str = "mosovo-visits transfer receipt 1";

/// What was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`FORMAT`].
    pub format: String,
    /// The transfer's id, at both forces.
    pub transfer_id: Uuid,
    /// The force that sent.
    pub sending_force: String,
    /// The force that received.
    pub receiving_force: String,
    /// Whose case, by the sending force's reference.
    pub offender_ref: Ref,
    /// The SHA-256 of the package.
    pub package_sha256: String,
    /// The SHA-256 of its manifest.
    pub manifest_sha256: String,
    /// How many versions of each kind of record the receiving force has of it.
    pub versions: BTreeMap<String, usize>,
    /// The SHA-256 of the history as the receiving force's database has it.
    pub history_sha256: String,
    /// When it was received.
    pub received_at: Instant,
    /// By whom: role and subject of the token.
    pub received_by: String,
}

/// A receipt with the signature over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedReceipt {
    /// The receipt.
    pub receipt: Receipt,
    /// The key that signed it.
    pub public_key: String,
    /// The signature, in lower-case hexadecimal.
    pub signature: String,
}

/// Signs a receipt.
#[must_use]
pub fn signed(receipt: Receipt, key: &HeadKey) -> SignedReceipt {
    let signature = key.sign_receipt(&json!(receipt));
    SignedReceipt { receipt, public_key: key.public().to_text(), signature }
}

impl SignedReceipt {
    /// True where the owner of the key that it names signed it as it stands.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let key = PublicHeadKey::named(&self.public_key);
        key.is_some_and(|key| key.has_signed_receipt(&json!(self.receipt), &self.signature))
    }

    /// Compares it with what was sent.
    ///
    /// # Errors
    /// With the first member that differs.
    pub fn compare(&self, sent: &Manifest, manifest_sha256: &str, package_sha256: &str) -> Result<(), PackageFault> {
        let receipt = &self.receipt;
        let same = [
            ("transfer_id", receipt.transfer_id == sent.transfer_id),
            ("sending_force", receipt.sending_force == sent.sending_force),
            ("receiving_force", receipt.receiving_force == sent.receiving_force),
            ("offender_ref", receipt.offender_ref == sent.offender_ref),
            ("package_sha256", receipt.package_sha256 == package_sha256),
            ("manifest_sha256", receipt.manifest_sha256 == manifest_sha256),
            ("versions", receipt.versions == sent.versions),
            ("history_sha256", receipt.history_sha256 == sent.history_sha256()),
        ];
        same.into_iter().find(|(_, same)| !same).map_or(Ok(()), |(member, _)| Err(PackageFault::ReceiptDiffers(member)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::casework::transfers::manifest;

    fn sent() -> Manifest {
        Manifest {
            format: manifest::FORMAT.to_owned(),
            service_version: "0".to_owned(),
            transfer_id: Uuid::from_u128(7),
            sending_force: "wessex".to_owned(),
            receiving_force: "dorset".to_owned(),
            offender_ref: Ref::new("n-1").unwrap(),
            reason: "invented".to_owned(),
            made_at: "2021-04-15T08:00:00Z".parse().unwrap(),
            made_by: "detective_inspector:invented".to_owned(),
            versions: BTreeMap::from([("visit".to_owned(), 2)]),
            moved: BTreeSet::new(),
            merged: BTreeSet::new(),
            files: Vec::new(),
        }
    }

    fn receipt() -> Receipt {
        Receipt {
            format: FORMAT.to_owned(),
            transfer_id: Uuid::from_u128(7),
            sending_force: "wessex".to_owned(),
            receiving_force: "dorset".to_owned(),
            offender_ref: Ref::new("n-1").unwrap(),
            package_sha256: "p".to_owned(),
            manifest_sha256: "m".to_owned(),
            versions: BTreeMap::from([("visit".to_owned(), 2)]),
            history_sha256: String::new(),
            received_at: "2021-04-15T09:00:00Z".parse().unwrap(),
            received_by: "supervisor:invented".to_owned(),
        }
    }

    #[test]
    fn a_receipt_is_of_what_was_sent_and_of_nothing_else() {
        let key = HeadKey::from_seed(&"1".repeat(64)).unwrap();
        for (receipt, differs) in [
            (receipt(), None),
            (Receipt { transfer_id: Uuid::from_u128(8), ..receipt() }, Some("transfer_id")),
            (Receipt { receiving_force: "mercia".to_owned(), ..receipt() }, Some("receiving_force")),
            (Receipt { package_sha256: "q".to_owned(), ..receipt() }, Some("package_sha256")),
            (Receipt { versions: BTreeMap::from([("visit".to_owned(), 1)]), ..receipt() }, Some("versions")),
            (Receipt { history_sha256: "h".to_owned(), ..receipt() }, Some("history_sha256")),
        ] {
            let signed = signed(receipt, &key);
            assert!(signed.is_signed());
            let expected = differs.map_or(Ok(()), |member| Err(PackageFault::ReceiptDiffers(member)));
            assert_eq!(signed.compare(&sent(), "m", "p"), expected);
        }
        let mut forged = signed(receipt(), &key);
        forged.receipt.received_by.push('x');
        assert!(!forged.is_signed());
    }
}
