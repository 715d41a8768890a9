//! The keys with which deliveries are signed: derived, one for each subscription and each change of key, from one that is kept outside of the
//! database, so that no table and no backup holds what would let somebody else speak in this service's name.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac_sha256::HMAC;
use secrecy::{ExposeSecret, SecretBox};
use uuid::Uuid;

/// The key from which those of all subscriptions are derived.
pub struct WebhookKeys(SecretBox<[u8]>);

impl fmt::Debug for WebhookKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKeys")
    }
}

impl WebhookKeys {
    /// Of a secret text, as it is kept in a file.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(SecretBox::new(secret.as_bytes().into()))
    }

    /// A subscription's key of a number, as the Standard Webhooks write it: `whsec_` and Base64.
    #[must_use]
    pub fn secret(&self, subscription: Uuid, number: i32) -> String {
        self.derived(&format!("webhook/{subscription}/{number}"))
    }

    /// The key of a number with which a sender of a force signs its records.
    #[must_use]
    pub fn of_sender(&self, force: &str, sender: &str, number: i32) -> String {
        // With their lengths, so that no two of them are ever the same text.
        self.derived(&format!("sender/{}/{force}/{}/{sender}/{number}", force.len(), sender.len()))
    }

    fn derived(&self, of: &str) -> String {
        format!("whsec_{}", STANDARD.encode(HMAC::mac(of.as_bytes(), self.0.expose_secret())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subscription_and_each_change_has_a_key_of_its_own() {
        let (keys, id) = (WebhookKeys::of("a secret of thirty-two characters"), Uuid::from_u128(7));
        let first = keys.secret(id, 1);
        assert_eq!((first.len(), keys.secret(id, 1)), (6 + 44, first.clone()));
        for other in [
            keys.secret(id, 2),
            keys.secret(Uuid::from_u128(8), 1),
            WebhookKeys::of("another secret of so many characters").secret(id, 1),
        ] {
            assert_ne!(first, other);
        }
    }
}
