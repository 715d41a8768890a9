//! The mappings of a force's extracts, saved under names: an administrator's to save, the records system's to use.

use serde_json::{Value, json};

use crate::casework::access::why;
use crate::casework::acting::{ActError, ChangedSince, on_record_where_refused};
use crate::casework::actor::Actor;
use crate::casework::note;
use crate::casework::reading::Reader;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::extract_mapping::{self, SavedMapping};

/// Mappings of a force at most. `[I]`
const MOST: usize = 100;

/// The longest name. `[I]`
pub const LONGEST_NAME: usize = 64;

/// A mapping that is saved: checked, and of the force's own records system.
#[derive(Debug, Clone)]
pub struct NewMapping {
    /// Its name.
    pub name: String,
    /// The mapping.
    pub document: Value,
    /// SHA-256 of what it says, in hexadecimal digits.
    pub sha256: String,
    /// The force that its source names.
    pub force: String,
}

/// True of a name that a mapping may have: small letters, digits, `-` and `_`.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(is_plain)
}

/// Saves a mapping as the next version of its name; one that says what the newest says is that version.
///
/// # Errors
/// When it is of another force, has changed since it was read, the force has as many as it may have, or the store fails.
pub fn save(store: &Store, reader: &Reader, new: &NewMapping, read: Option<i32>) -> Result<SavedMapping, ActError> {
    const ACT: &str = "extract_mapping.save";
    let done = store.transaction_that_writes(|connection| -> Result<Option<SavedMapping>, ActError> {
        let force = &reader.person.force;
        if new.force != *force {
            let detail = "names another force than the token's; save it with that force's token";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/source").into());
        }
        let newest = extract_mapping::one(connection, force, &new.name, None)?;
        if newest.as_ref().map(|newest| newest.version) != read {
            return Err(ActError::Changed(ChangedSince::default()));
        }
        if newest.is_none() && extract_mapping::of_force(connection, force)?.len() >= MOST {
            let detail =
                format!("the force has {MOST} mappings, and may have no more; save it under a name that there is");
            return Err(Refusal::new(RefusalCode::WrongState, detail).into());
        }
        let version = newest.as_ref().map_or(1, |newest| newest.version + 1);
        let saved = match newest {
            Some(newest) if newest.sha256 == new.sha256 => newest,
            Some(_) | None => {
                let saved = SavedMapping {
                    name: new.name.clone(),
                    version,
                    document: new.document.clone(),
                    sha256: new.sha256.clone(),
                    saved_at: reader.clock.now(),
                    saved_by: Actor::Person(reader.person.clone()).to_string(),
                };
                extract_mapping::append(connection, force, &saved)?;
                saved
            }
        };
        note(connection, reader, ACT, Some(&new.name), json!({ "version": saved.version, "sha256": saved.sha256 }))?;
        Ok(Some(saved))
    });
    on_record_where_refused(store, reader, ACT, None, done)
}

/// The newest version of each of the force's mappings, by name.
///
/// # Errors
/// When the store fails.
pub fn list(store: &Store, reader: &Reader) -> Result<Vec<SavedMapping>, StoreError> {
    store.transaction_that_writes(|connection| {
        note(connection, reader, "extract_mapping.list", None, json!({}))?;
        extract_mapping::of_force(connection, &reader.person.force)
    })
}

/// A version of one of them: that one, or the newest.
///
/// # Errors
/// When there is none, or the store fails.
pub fn read(store: &Store, reader: &Reader, name: &str, version: Option<i32>) -> Result<SavedMapping, ActError> {
    const ACT: &str = "extract_mapping.read";
    let done = store.transaction_that_writes(|connection| -> Result<Option<SavedMapping>, ActError> {
        let found = extract_mapping::one(connection, &reader.person.force, name, version)?;
        match &found {
            Some(found) => note(connection, reader, ACT, Some(name), json!({ "version": found.version }))?,
            None => note(connection, reader, "access.refused", None, json!({ "act": ACT, "why": why(false) }))?,
        }
        Ok(found)
    });
    on_record_where_refused(store, reader, ACT, None, done)
}

fn note(
    connection: &mut AnyConnection,
    reader: &Reader,
    act: &str,
    name: Option<&str>,
    detail: Value,
) -> Result<(), StoreError> {
    let (actor, subject) = (Actor::Person(reader.person.clone()), name.map(|name| ("extract_mapping", name)));
    note::note(connection, (reader.clock.now(), &actor), act, (&reader.person.force, subject), detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for (name, is_one) in [
            ("nominals", true),
            ("niche-nominals_2", true),
            ("", false),
            ("Nominals", false),
            ("a b", false),
            ("a/b", false),
            ("é", false),
        ] {
            assert_eq!(is_name(name), is_one, "{name}");
        }
        assert!(is_name(&"a".repeat(LONGEST_NAME)) && !is_name(&"a".repeat(LONGEST_NAME + 1)));
    }
}
