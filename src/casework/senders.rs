//! Senders of records that are known by name: which force a client certificate speaks for, which types of event somebody may send, and
//! whether what they send is signed.

use std::collections::BTreeSet;

use standardwebhooks::{Webhook, WebhookError};
use ureq::http::HeaderMap;

use super::actor::{Person, Role};
use super::subscriptions::key::WebhookKeys;
use crate::domain::record::RecordKind;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::signed_message::{self, SignedMessage};

/// A sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The DNS name in its certificate, or the subject of its token.
    pub name: String,
    /// The force whose records it may send.
    pub force: String,
    /// The kinds of record that it may send; every kind where nothing is said.
    pub kinds: Option<BTreeSet<RecordKind>>,
    /// True where what it sends must be signed.
    pub is_signed: bool,
    /// Which of its keys signs, from 1; the one before is taken too.
    pub key_number: i32,
    /// True where a token is not enough: it comes by its certificate alone.
    pub by_certificate: bool,
}

impl Sender {
    /// The sender as somebody who acts, without a token.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            subject: self.name.clone(),
            role: Role::RecordsSystem,
            force: self.force.clone(),
            teams: BTreeSet::new(),
            officer_ref: None,
            neighbourhoods: BTreeSet::new(),
            sends: self.kinds.clone(),
            reason: None,
        }
    }

    /// Its newest key, as the Standard Webhooks write it.
    #[must_use]
    pub fn secret(&self, keys: &WebhookKeys) -> String {
        keys.of_sender(&self.force, &self.name, self.key_number)
    }

    /// The keys that may have signed what it sends: its newest, and the one before.
    fn secrets(&self, keys: &WebhookKeys) -> Vec<String> {
        let oldest = (self.key_number - 1).max(1);
        (oldest..=self.key_number).rev().map(|number| keys.of_sender(&self.force, &self.name, number)).collect()
    }
}

/// The senders known by name.
#[derive(Debug, Clone, Default)]
pub struct Senders(Vec<Sender>);

/// Why what was sent is not taken for what its sender sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    /// It has no signature, or not all that belongs to one.
    Unsigned,
    /// No key of the sender's has signed it.
    Wrong,
    /// It was signed longer ago, or later, than the Standard Webhooks allow: five minutes.
    OutOfTime,
    /// The same message was taken before.
    Replayed,
}

impl Senders {
    /// These senders.
    #[must_use]
    pub const fn of(senders: Vec<Sender>) -> Self {
        Self(senders)
    }

    /// The one sender that a client certificate with these names speaks for; nothing where they name none, or more than one.
    #[must_use]
    pub fn of_certificate(&self, names: &[String]) -> Option<&Sender> {
        let mut named = self.0.iter().filter(|sender| names.contains(&sender.name));
        named.next().filter(|_| named.next().is_none())
    }

    /// Who sends: somebody named here, or nobody in particular.
    #[must_use]
    pub fn named(&self, force: &str, name: &str) -> Option<&Sender> {
        self.0.iter().find(|sender| sender.force == force && sender.name == name)
    }

    /// True of somebody with a token, but where they say that they are a records system: once a force names its senders, whoever is none of them is
    /// nobody, and so is one who comes by certificate.
    #[must_use]
    pub fn admits_by_token(&self, person: &Person) -> bool {
        let mut named = self.0.iter().filter(|sender| sender.force == person.force).peekable();
        person.role != Role::RecordsSystem
            || named.peek().is_none()
            || named.any(|sender| sender.name == person.subject && !sender.by_certificate)
    }

    /// The forces that have senders.
    #[must_use]
    pub fn forces(&self) -> BTreeSet<String> {
        self.0.iter().map(|sender| sender.force.clone()).collect()
    }

    /// Every sender of that name.
    pub fn all_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Sender> {
        self.0.iter().filter(move |sender| sender.name == name)
    }
}

/// Whether a message is what its sender signed, and taken for the first time. Its time is held against the machine's clock, as that of a token
/// is.
///
/// # Errors
/// When the store fails. The inner error is why it is not taken.
pub fn prove(
    store: &Store,
    sender: &Sender,
    keys: &WebhookKeys,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Result<(), Unproven>, StoreError> {
    let mut found = Err(Unproven::Wrong);
    for secret in sender.secrets(keys) {
        found = Webhook::new(&secret).and_then(|key| key.verify(body, headers)).map_err(|error| match error {
            WebhookError::MissingHeader(_) | WebhookError::InvalidHeader(_) | WebhookError::InvalidTimestamp => {
                Unproven::Unsigned
            }
            WebhookError::TimestampTooOldError | WebhookError::FutureTimestampError => Unproven::OutOfTime,
            WebhookError::InvalidSignature | WebhookError::InvalidPayload | WebhookError::InvalidSecret(_) => {
                Unproven::Wrong
            }
        });
        if found != Err(Unproven::Wrong) {
            break;
        }
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if found.is_ok() {
        let message = SignedMessage {
            force: &sender.force,
            sender: &sender.name,
            id: text("webhook-id"),
            sent_at: text("webhook-timestamp").parse().unwrap_or_default(),
        };
        if !store.transaction_that_writes(|connection| signed_message::is_new(connection, message))? {
            return Ok(Err(Unproven::Replayed));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(name: &str, force: &str) -> Sender {
        Sender {
            name: name.to_owned(),
            force: force.to_owned(),
            kinds: None,
            is_signed: true,
            key_number: 2,
            by_certificate: false,
        }
    }

    #[test]
    fn a_certificate_speaks_for_the_one_sender_that_it_names() {
        let senders = Senders::of(vec![sender("a.example", "wessex"), sender("b.example", "dorset")]);
        for (names, force) in [
            (&["a.example"][..], Some("wessex")),
            (&["other.example", "b.example"], Some("dorset")),
            (&["A.EXAMPLE"], None),
            (&["*.example"], None),
            (&["a.example", "b.example"], None),
            (&[], None),
        ] {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(senders.of_certificate(&names).map(|sender| sender.force.as_str()), force, "{names:?}");
        }
    }

    #[test]
    fn each_sender_has_keys_of_its_own_and_the_one_before_is_taken_too() {
        let keys = WebhookKeys::of("a secret of thirty-two characters");
        let (ours, others) = (sender("a.example", "wessex"), sender("a.example", "dorset"));
        assert_eq!(ours.secrets(&keys)[0], ours.secret(&keys));
        assert_eq!(ours.secrets(&keys).len(), 2);
        let first = Sender { key_number: 1, ..ours.clone() };
        assert_eq!(ours.secrets(&keys)[1..], first.secrets(&keys));
        assert!(others.secrets(&keys).iter().all(|key| !ours.secrets(&keys).contains(key)));
    }
}
