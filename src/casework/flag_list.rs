//! Reading the flags, and acknowledging one: a named person has seen it and says why it may wait.
//! That never hides it from a supervisor, and lapses by itself.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use super::access::{told, why};
use super::actor::{Actor, Role};
use super::reading::Reader;
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::policy::{Policies, PolicyError};
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::flag::{self, NewAcknowledgement};
use crate::store::flag_list::{self, FlagFilter, FlagPlace, FlagSummary, StoredFlag};

/// The longest reason for an acknowledgement, in Unicode characters.
pub const MAX_REASON_CHARS: usize = 2_000;

/// A page of flags.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagPage {
    /// The flags, the gravest and oldest first.
    pub flags: Vec<StoredFlag>,
    /// The place after which the list goes on, where it does.
    pub goes_on_after: Option<FlagPlace>,
}

/// The flags that the reader may see, narrowed by a filter: at most `limit` after `after`.
///
/// # Errors
/// When the store fails.
pub fn list(
    store: &Store,
    reader: &Reader,
    filter: &FlagFilter,
    after: Option<FlagPlace>,
    limit: usize,
) -> Result<FlagPage, StoreError> {
    let (scope, today) = (reader.person.case_scope(), reader.clock.moment().today());
    store.transaction_that_writes(|connection| {
        let mut flags = flag_list::list(connection, &scope, filter, today, after, limit.saturating_add(1))?;
        let goes_on = flags.len() > limit;
        flags.truncate(limit);
        let read: Vec<Uuid> = flags.iter().map(|flag| flag.id).collect();
        let refs: BTreeSet<&str> = flags.iter().filter_map(|flag| flag.offender_ref.as_deref()).collect();
        let detail = json!({ "filter": words(filter), "count": read.len(), "flags": read, "refs": refs });
        reader.note(connection, "flag.list", None, detail)?;
        let goes_on_after = flags.last().filter(|_| goes_on).map(StoredFlag::place);
        Ok(FlagPage { flags, goes_on_after })
    })
}

/// A filter as the audit tells it.
fn words(filter: &FlagFilter) -> Value {
    json!({
        "code": filter.code, "team": told(filter.team.as_ref()), "officer": told(filter.officer.as_ref()),
        "severity": filter.severity, "state": filter.state.as_str(), "since": filter.since,
    })
}

/// One flag; nothing where there is none that the reader may see.
///
/// # Errors
/// When the store fails.
pub fn one(store: &Store, reader: &Reader, id: Uuid) -> Result<Option<StoredFlag>, StoreError> {
    let (scope, today) = (reader.person.case_scope(), reader.clock.moment().today());
    store.transaction_that_writes(|connection| {
        let found = flag_list::one(connection, &scope, id, today)?;
        match &found {
            Some(flag) => {
                let detail = json!({ "flag": id, "code": flag.code, "subject": flag.subject });
                reader.note(connection, "flag.read", None, detail)?;
            }
            None => note_refusal(connection, reader, "flag.read", id)?,
        }
        Ok(found)
    })
}

/// How many flags hold among those that the reader may see, and of which sort.
///
/// # Errors
/// When the store fails.
pub fn summary(store: &Store, reader: &Reader) -> Result<FlagSummary, StoreError> {
    let (scope, today) = (reader.person.case_scope(), reader.clock.moment().today());
    store.transaction_that_writes(|connection| {
        let summary = flag_list::summary(connection, &scope, today)?;
        reader.note(connection, "flag.summary", None, json!({ "open": summary.open }))?;
        Ok(summary)
    })
}

/// What a person says when acknowledging a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledging {
    /// Why the flag may wait, in free text.
    pub reason: String,
    /// When it is looked at again.
    pub review_on: CivilDate,
    /// The version of the flag that the person read.
    pub version: i32,
}

/// Why a flag was not acknowledged.
#[derive(Debug, Error)]
pub enum AcknowledgeError {
    /// Only a supervisor or a detective inspector acknowledges flags.
    #[error("only a supervisor or a detective inspector acknowledges flags")]
    NotPermitted,
    /// There is no such flag, as far as this person may see.
    #[error("there is no such flag")]
    NotFound,
    /// It no longer holds.
    #[error("the flag no longer holds")]
    Cleared,
    /// It changed since the person read it.
    #[error("the flag has changed since it was read: it stands at version {version}")]
    Changed {
        /// The version it stands at.
        version: i32,
    },
    /// The reason is blank.
    #[error("an acknowledgement says why")]
    BlankReason,
    /// The reason is too long.
    #[error("a reason has at most {MAX_REASON_CHARS} characters")]
    ReasonTooLong,
    /// The reason has U+0000, which PostgreSQL cannot store.
    #[error("a reason cannot have the character U+0000")]
    NulInReason,
    /// The day of review is not between tomorrow and the last day that policy allows.
    #[error("the day of review is after {today} and at the latest {latest}")]
    ReviewOutOfRange {
        /// Today.
        today: CivilDate,
        /// The last day that may be named.
        latest: CivilDate,
    },
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for AcknowledgeError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Acknowledges a flag that holds, and gives it back as it stands then. It counts until its day of
/// review has passed, or until the flag says something else in kind.
///
/// # Errors
/// When the person may not, the flag is not there or has changed, the reason or the day will not do,
/// or the store fails.
pub fn acknowledge(
    store: &Store,
    reader: &Reader,
    id: Uuid,
    said: &Acknowledging,
    policies: &Policies,
) -> Result<StoredFlag, AcknowledgeError> {
    if !matches!(reader.person.role, Role::Supervisor | Role::DetectiveInspector) {
        return Err(AcknowledgeError::NotPermitted);
    }
    let reason = said.reason.trim();
    if reason.is_empty() {
        return Err(AcknowledgeError::BlankReason);
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(AcknowledgeError::ReasonTooLong);
    }
    if reason.contains('\0') {
        return Err(AcknowledgeError::NulInReason);
    }
    let at = reader.clock.moment();
    let today = at.today();
    let latest = plus_days(today, policies.in_force(today)?.acknowledgement_max_days);
    if said.review_on <= today || said.review_on > latest {
        return Err(AcknowledgeError::ReviewOutOfRange { today, latest });
    }
    let scope = reader.person.case_scope();
    let acknowledged = store.transaction_that_writes(|connection| -> Result<_, AcknowledgeError> {
        let Some(as_it_stands) = flag_list::one(connection, &scope, id, today)? else {
            note_refusal(connection, reader, "flag.acknowledge", id)?;
            return Ok(None);
        };
        if as_it_stands.cleared_at.is_some() {
            return Err(AcknowledgeError::Cleared);
        }
        let by = Actor::Person(reader.person.clone()).to_string();
        let new = NewAcknowledgement { at: at.now(), by: &by, reason, review_on: said.review_on };
        if !flag::acknowledge(connection, id, said.version, &new)? {
            return Err(AcknowledgeError::Changed { version: as_it_stands.version });
        }
        let detail = json!({
            "flag": id, "code": as_it_stands.code, "subject": as_it_stands.subject, "review_on": said.review_on,
        });
        reader.note(connection, "flag.acknowledge", None, detail)?;
        Ok(flag_list::one(connection, &scope, id, today)?)
    })?;
    acknowledged.ok_or(AcknowledgeError::NotFound)
}

/// Puts on record that somebody reached for a flag that is out of their scope, or not there at all.
fn note_refusal(connection: &mut AnyConnection, reader: &Reader, act: &str, id: Uuid) -> Result<(), StoreError> {
    let exists = flag_list::is_there(connection, &reader.person.force, id)?;
    reader.note(connection, "access.refused", None, json!({ "act": act, "why": why(exists), "flag": id }))
}
