//! What the records system and people here have said of one record, and what it comes to.

use super::as_at::{EntryRow, VersionRow};
use super::error::StoreError;
use super::own_entry::StoredClaims;
use super::record::{Age, StoredVersion, held};
pub(super) use crate::domain::claim::stands;
use crate::domain::record::{Held, Record, RecordKind};

/// The newest that was said of a record from either side.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    version: Option<(Age, bool, StoredVersion)>,
    entry: Option<(bool, StoredClaims)>,
}

impl Told {
    /// Hears a version of the feed; they come in any order.
    pub(super) fn hear(&mut self, age: Age, withdrawn: bool, version: StoredVersion) {
        if self.version.as_ref().is_none_or(|(newest, ..)| *newest < age) {
            self.version = Some((age, withdrawn, version));
        }
    }

    /// Hears an entry made here, the oldest first.
    pub(super) fn hear_entry(&mut self, withdrawn: bool, claims: StoredClaims) {
        self.entry = Some((withdrawn, claims));
    }

    /// The record as it stands; nothing where it does not.
    pub(super) fn into_held(self, kind: RecordKind, subject: String) -> Result<Option<Held<Record>>, StoreError> {
        let version = self.version.as_ref().map(|(age, withdrawn, _)| (age.event_time, *withdrawn));
        let entry = self.entry.as_ref().map(|(withdrawn, claims)| (claims.1.get(), claims.2, *withdrawn));
        if !stands(version, entry) {
            return Ok(None);
        }
        let (version, claims) = (self.version.map(|(.., version)| version), self.entry.map(|(_, claims)| claims));
        held((kind.name().to_owned(), subject, version, claims)).map(Some)
    }
}

/// How old a version of the feed is.
pub(super) fn age_of((_, source, _, version): &VersionRow) -> Age {
    Age { event_time: version.1.get(), event_id: version.0.clone(), source: source.clone() }
}

/// How old an entry made here is.
pub(super) fn age_of_entry((_, _, claims): &EntryRow) -> Age {
    Age { event_time: claims.1.get(), event_id: claims.0.0.to_string(), source: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_feed_withdrew_stays_withdrawn_unless_it_was_made_here_and_spoken_of_since() {
        let at = |hour: u32| format!("2021-04-15T{hour:02}:00:00Z").parse().unwrap();
        for (version, entry, stand) in [
            (None, None, false),
            (Some((at(9), false)), None, true),
            (Some((at(9), true)), None, false),
            (None, Some((at(9), true, false)), true),
            (None, Some((at(9), true, true)), false),
            (Some((at(9), false)), Some((at(10), true, true)), true),
            (Some((at(9), true)), Some((at(10), true, false)), true),
            (Some((at(9), true)), Some((at(9), true, false)), false),
            (Some((at(9), true)), Some((at(10), false, false)), false),
            (Some((at(9), true)), Some((at(10), true, true)), false),
        ] {
            assert_eq!(stands(version, entry), stand, "{version:?} {entry:?}");
        }
    }
}
