//! Tokens: what they claim, how they are checked, and how the development key signs them.

use std::collections::BTreeSet;

use jsonwebtoken::{Algorithm, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::key::VerifyingKey;
use crate::casework::actor::{Person, Role};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::settings::AuthSettings;

/// How far the clocks of issuer and service may differ.
const LEEWAY_SECONDS: u64 = 30;

/// A token that is not accepted. It does not say why: that would help whoever forges one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the token is invalid or has expired")]
pub struct InvalidToken;

/// What a token says of its bearer. Whatever it leaves out, it does not grant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// Who it is.
    pub sub: String,
    /// What they are to this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Their force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<String>,
    /// Their teams.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<Ref>,
    /// Who they are among the force's officers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer_ref: Option<Ref>,
    /// The neighbourhoods they police.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub neighbourhoods: BTreeSet<Ref>,
}

impl Grants {
    /// The force, where the token names one.
    #[must_use]
    pub fn force(&self) -> Option<String> {
        self.force.clone().filter(|force| !force.trim().is_empty())
    }

    /// False where a claim that goes on record has U+0000, which PostgreSQL cannot store.
    fn can_be_stored(&self) -> bool {
        !self.sub.contains('\0') && !self.force.as_ref().is_some_and(|force| force.contains('\0'))
    }

    /// The person, where the token names a force and a role that there is.
    #[must_use]
    pub fn person(self) -> Option<Person> {
        let role = Role::named(self.role.as_deref()?)?;
        let force = self.force()?;
        Some(Person {
            subject: self.sub,
            role,
            force,
            teams: self.teams,
            officer_ref: self.officer_ref,
            neighbourhoods: self.neighbourhoods,
            sends: None,
            reason: None,
        })
    }
}

/// A token's claims, as they are signed.
#[derive(Debug, Clone, Serialize)]
pub struct Claims<'a> {
    /// Who issued it.
    pub iss: &'a str,
    /// For whom.
    pub aud: &'a str,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// What it grants.
    #[serde(flatten)]
    pub grants: &'a Grants,
}

/// Signs tokens with the development key.
pub struct Mint {
    key: EncodingKey,
    issuer: String,
    audience: String,
}

impl Mint {
    /// A mint of the tokens that these settings accept.
    #[must_use]
    pub fn new(key: &SecretString, settings: &AuthSettings) -> Self {
        Self {
            key: EncodingKey::from_secret(key.expose_secret().as_bytes()),
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
        }
    }

    /// A token from one instant to another.
    ///
    /// # Errors
    /// When the claims cannot be written or signed.
    pub fn token(&self, grants: &Grants, from: Instant, until: Instant) -> jsonwebtoken::errors::Result<String> {
        let (iss, aud) = (self.issuer.as_str(), self.audience.as_str());
        let claims = Claims { iss, aud, iat: from.timestamp(), exp: until.timestamp(), grants };
        encode(&Header::new(Algorithm::HS256), &claims, &self.key)
    }
}

/// Checks tokens. Their times are held against the machine's clock, never a frozen one.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<VerifyingKey>,
    issuer: String,
    audience: String,
}

impl Verifier {
    /// A verifier of the tokens of one issuer for this service.
    #[must_use]
    pub fn new(keys: Vec<VerifyingKey>, settings: &AuthSettings) -> Self {
        Self { keys, issuer: settings.issuer.clone(), audience: settings.audience.clone() }
    }

    /// What a token grants.
    ///
    /// # Errors
    /// When no key of ours signed it, or it is not for us, or not now.
    pub fn verify(&self, token: &str) -> Result<Grants, InvalidToken> {
        let header = decode_header(token).map_err(|_| InvalidToken)?;
        // What it calls critical must be understood (RFC 7515, 4.1.11), and this service understands no extension.
        if header.crit.is_some() {
            return Err(InvalidToken);
        }
        self.keys
            .iter()
            .filter(|key| key.may_have_signed(&header))
            .find_map(|key| decode::<Grants>(token, key.key(), &self.rules(key)).ok())
            .map(|data| data.claims)
            .filter(|grants| !grants.sub.trim().is_empty() && grants.can_be_stored())
            .ok_or(InvalidToken)
    }

    fn rules(&self, key: &VerifyingKey) -> Validation {
        let mut rules = Validation::new(key.algorithm());
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.validate_nbf = true;
        rules.leeway = LEEWAY_SECONDS;
        rules
    }
}
