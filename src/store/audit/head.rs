//! The head of a chain, signed: what the chain was at a time, said with a key that the database does not
//! hold (Ed25519, RFC 8032).

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chain::ChainEnd;
use super::encoding::{from_hex, hex, labelled};
use super::entry::written;
use crate::domain::calendar::Instant;

/// What heads are signed for: changes with the encoding.
const PURPOSE: &str = "mosovo-visits audit head 1";

/// What exports are sealed for: changes with the encoding.
const EXPORT_PURPOSE: &str = "mosovo-visits audit export 1";

/// What exports of a case are sealed for: changes with their shape.
const CASE_PURPOSE: &str = "mosovo-visits case export 1";

/// What packages of transferred cases are sealed for: changes with their shape.
const TRANSFER_PURPOSE: &str = "mosovo-visits transfer 1";

/// What receipts for them are signed for: changes with their shape.
const RECEIPT_PURPOSE: &str = "mosovo-visits transfer receipt 1";

/// Bytes of a signing key, and of a public key.
pub const KEY_BYTES: usize = 32;

/// The key that signs heads.
#[derive(Clone)]
pub struct HeadKey(SigningKey);

impl HeadKey {
    /// The key of that seed, in lower-case hexadecimal; nothing where it is none.
    #[must_use]
    pub fn from_seed(seed: &str) -> Option<Self> {
        from_hex::<KEY_BYTES>(seed).map(|seed| Self(SigningKey::from_bytes(&seed)))
    }

    /// The key that checks what this one signed.
    #[must_use]
    pub fn public(&self) -> PublicHeadKey {
        PublicHeadKey(self.0.verifying_key())
    }

    /// Signs the digest of an exported span.
    #[must_use]
    pub fn seal(&self, sha256: &str) -> String {
        hex(&self.0.sign(&labelled(EXPORT_PURPOSE, &sha256.into())).to_bytes())
    }

    /// Signs the digests of an exported case.
    #[must_use]
    pub fn seal_case(&self, digests: &Value) -> String {
        hex(&self.0.sign(&labelled(CASE_PURPOSE, digests)).to_bytes())
    }

    /// Signs the digest of a transfer's manifest.
    #[must_use]
    pub fn seal_transfer(&self, sha256: &str) -> String {
        hex(&self.0.sign(&labelled(TRANSFER_PURPOSE, &sha256.into())).to_bytes())
    }

    /// Signs the receipt for a transfer.
    #[must_use]
    pub fn sign_receipt(&self, receipt: &Value) -> String {
        hex(&self.0.sign(&labelled(RECEIPT_PURPOSE, receipt)).to_bytes())
    }

    /// Signs the end of a chain.
    #[must_use]
    pub fn sign(&self, end: &ChainEnd, at: Instant) -> SignedHead {
        let mut head = SignedHead {
            chain: end.chain.clone(),
            sequence: end.sequence,
            hash: end.hash.clone(),
            signed_at: written(at),
            signature: String::new(),
        };
        head.signature = hex(&self.0.sign(&head.signed()).to_bytes());
        head
    }
}

/// The key that checks signed heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHeadKey(VerifyingKey);

impl PublicHeadKey {
    /// The key written so, in lower-case hexadecimal; nothing where it is none.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        from_hex::<KEY_BYTES>(text).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).map(Self)
    }

    /// As it is written.
    #[must_use]
    pub fn to_text(&self) -> String {
        hex(self.0.as_bytes())
    }

    /// True where this key's owner signed the head as it stands.
    #[must_use]
    pub fn has_signed(&self, head: &SignedHead) -> bool {
        self.fits(&head.signed(), &head.signature)
    }

    /// True where this key's owner sealed an exported span with that digest.
    #[must_use]
    pub fn has_sealed(&self, sha256: &str, signature: &str) -> bool {
        self.fits(&labelled(EXPORT_PURPOSE, &sha256.into()), signature)
    }

    /// True where this key's owner sealed an exported case with those digests.
    #[must_use]
    pub fn has_sealed_case(&self, digests: &Value, signature: &str) -> bool {
        self.fits(&labelled(CASE_PURPOSE, digests), signature)
    }

    /// True where this key's owner sealed a transfer whose manifest has that digest.
    #[must_use]
    pub fn has_sealed_transfer(&self, sha256: &str, signature: &str) -> bool {
        self.fits(&labelled(TRANSFER_PURPOSE, &sha256.into()), signature)
    }

    /// True where this key's owner signed that receipt for a transfer.
    #[must_use]
    pub fn has_signed_receipt(&self, receipt: &Value, signature: &str) -> bool {
        self.fits(&labelled(RECEIPT_PURPOSE, receipt), signature)
    }

    fn fits(&self, signed: &[u8], signature: &str) -> bool {
        let Some(signature) = from_hex::<{ Signature::BYTE_SIZE }>(signature) else { return false };
        self.0.verify_strict(signed, &Signature::from_bytes(&signature)).is_ok()
    }
}

/// The end of a chain, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// The chain.
    pub chain: String,
    /// How many entries it had.
    pub sequence: i64,
    /// The hash of the last.
    pub hash: String,
    /// When it was signed.
    pub signed_at: String,
    /// The signature, in lower-case hexadecimal.
    pub signature: String,
}

impl SignedHead {
    /// The bytes that are signed.
    fn signed(&self) -> Vec<u8> {
        labelled(PURPOSE, &self.members())
    }

    /// What is signed: all but the signature.
    #[must_use]
    pub fn members(&self) -> Value {
        json!({ "chain": self.chain, "sequence": self.sequence, "hash": self.hash, "signed_at": self.signed_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> HeadKey {
        HeadKey::from_seed(&digit.repeat(KEY_BYTES * 2)).unwrap()
    }

    #[test]
    fn a_head_is_its_signers_as_it_was_signed_alone() {
        let end = ChainEnd { chain: "force:wessex".into(), sequence: 7, hash: "ab".repeat(32) };
        let head = key("1").sign(&end, "2021-04-15T08:00:00Z".parse().unwrap());
        let public = PublicHeadKey::named(&key("1").public().to_text()).unwrap();
        assert!(public.has_signed(&head) && !key("2").public().has_signed(&head));
        for forged in [
            SignedHead { sequence: 6, ..head.clone() },
            SignedHead { chain: "force:mercia".into(), ..head.clone() },
            SignedHead { hash: "cd".repeat(32), ..head.clone() },
            SignedHead { signed_at: "2021-04-15T08:00:00.000001Z".into(), ..head.clone() },
            SignedHead { signature: String::new(), ..head.clone() },
            SignedHead { signature: head.signature.to_uppercase(), ..head.clone() },
        ] {
            assert!(!public.has_signed(&forged), "{forged:?}");
        }
    }
}
