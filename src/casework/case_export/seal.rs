//! The seal on an exported case: digests of the document and of each of its parts, signed together, so that whoever has
//! the public key can say whether anything was changed, and in which part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::store::audit::encoding::{canonical, hex};
use crate::store::audit::head::{HeadKey, PublicHeadKey};

/// What the document says it is: changes with its shape.
pub(super) const FORMAT: &str = "mosovo-visits case export 1";

/// A seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    /// The key that made it.
    pub(super) public_key: String,
    /// The digest of the document.
    pub(super) sha256: String,
    /// The digest of each of its members.
    pub(super) parts: BTreeMap<String, String>,
    /// The signature over both.
    pub(super) signature: String,
}

impl Seal {
    fn digests(&self) -> Value {
        json!({ "parts": self.parts, "sha256": self.sha256 })
    }

    /// True where the owner of the key made it.
    pub(super) fn is_made_with(&self, key: &PublicHeadKey) -> bool {
        key.has_sealed_case(&self.digests(), &self.signature)
    }
}

/// The document in its envelope, in canonical form, and its digest.
pub(super) fn sealed(document: Value, key: &HeadKey) -> (String, String) {
    let sha256 = digest(&document);
    let mut seal = Seal {
        public_key: key.public().to_text(),
        sha256: sha256.clone(),
        parts: digests_of_parts(&document),
        signature: String::new(),
    };
    seal.signature = key.seal_case(&seal.digests());
    (enveloped(&document, &seal), sha256)
}

/// The file as it is written.
pub(super) fn enveloped(document: &Value, seal: &Seal) -> String {
    canonical(&json!({ "document": document, "seal": seal }))
}

/// The SHA-256 of a value in canonical form.
pub(super) fn digest(value: &Value) -> String {
    hex(&Sha256::digest(canonical(value)))
}

/// The digest of each member of a document.
pub(super) fn digests_of_parts(document: &Value) -> BTreeMap<String, String> {
    let members = document.as_object().into_iter().flatten();
    members.map(|(name, part)| (name.clone(), digest(part))).collect()
}
