//! The keys that tokens may be signed with. Each fixes the one algorithm it is used with: what a
//! token says of its algorithm only picks among them (RFC 8725, 3.1).

use std::fs;
use std::io;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::development_key::{DevelopmentKeyError, development_key};
use crate::settings::Settings;

/// Why there are no keys to check tokens with.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file of public keys cannot be read.
    #[error("auth.public_keys_file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is not a JWK Set.
    #[error("auth.public_keys_file is not a JWK Set (RFC 7517): {0}")]
    NotASet(#[from] serde_json::Error),
    /// A key in it cannot be used.
    #[error("key {index} of auth.public_keys_file cannot be used: give RSA keys for RS256 or Ed25519 keys for EdDSA")]
    Unusable {
        /// Which, from 0.
        index: usize,
    },
    /// Production has no keys.
    #[error("auth.public_keys_file is not set: production takes no token without the issuer's public keys")]
    NoneInProduction,
    /// There is no development key.
    #[error(transparent)]
    Development(#[from] DevelopmentKeyError),
}

/// A key and the algorithm it is used with.
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key_id: Option<String>,
    key: DecodingKey,
}

impl VerifyingKey {
    /// The development key: HS256.
    #[must_use]
    pub fn development(key: &SecretString) -> Self {
        let key = DecodingKey::from_secret(key.expose_secret().as_bytes());
        Self { algorithm: Algorithm::HS256, key_id: None, key }
    }

    /// A public key: RS256 for RSA, EdDSA for Ed25519. Nothing for any other.
    #[must_use]
    pub fn public(jwk: &Jwk) -> Option<Self> {
        let (algorithm, named) = if matches!(jwk.algorithm, AlgorithmParameters::RSA(_)) {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        } else if matches!(&jwk.algorithm, AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519)
        {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        } else {
            return None;
        };
        let is_for_this = jwk.common.key_algorithm.is_none_or(|algorithm| algorithm == named)
            && jwk.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
        let key = DecodingKey::from_jwk(jwk).ok().filter(|_| is_for_this)?;
        Some(Self { algorithm, key_id: jwk.common.key_id.clone(), key })
    }

    /// The keys that the settings name.
    ///
    /// # Errors
    /// When a file cannot be read or made, or production has no public keys.
    pub fn of(settings: &Settings) -> Result<Vec<Self>, KeyError> {
        let mut keys = match &settings.auth().public_keys_file {
            Some(file) => Self::set(&fs::read_to_string(file)?)?,
            None => Vec::new(),
        };
        if !settings.is_production() {
            keys.push(Self::development(&development_key(settings)?));
        }
        if keys.is_empty() { Err(KeyError::NoneInProduction) } else { Ok(keys) }
    }

    fn set(text: &str) -> Result<Vec<Self>, KeyError> {
        let set: JwkSet = serde_json::from_str(text)?;
        let keys = set.keys.iter().enumerate();
        keys.map(|(index, jwk)| Self::public(jwk).ok_or(KeyError::Unusable { index })).collect()
    }

    /// True when a token with this header may have been signed with this key.
    #[must_use]
    pub fn may_have_signed(&self, header: &Header) -> bool {
        let same_id = match (&self.key_id, &header.kid) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (Some(_) | None, _) => true,
        };
        same_id && header.alg == self.algorithm
    }

    /// The algorithm it is used with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &DecodingKey {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_keys_of_a_known_kind_are_taken() {
        let ed25519 = r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let secret = r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","alg":"HS256"}"#;
        let keys = VerifyingKey::set(&format!("{{\"keys\":[{ed25519}]}}")).unwrap();
        assert_eq!(keys[0].algorithm(), Algorithm::EdDSA);
        let refused = VerifyingKey::set(&format!("{{\"keys\":[{ed25519},{secret}]}}"));
        assert!(matches!(refused, Err(KeyError::Unusable { index: 1 })));
    }
}
