//! Reading the flags, and acknowledging one: a named person has seen it and says why it may wait.
//! That never hides it from a supervisor, and lapses by itself.

use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use super::actor::{Actor, Person, Role};
use super::clock::Clock;
use crate::domain::calendar::{CivilDate, Instant, plus_days};
use crate::domain::policy::{Policies, PolicyError};
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::flag::{self, NewAcknowledgement};
use crate::store::flag_list::{self, FlagFilter, FlagPlace, FlagSummary, StoredFlag};

/// The most flags on a page.
pub const MAX_PAGE: u32 = 200;

/// The longest reason for an acknowledgement, in Unicode characters.
pub const MAX_REASON_CHARS: usize = 2_000;

/// A page of flags.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagPage {
    /// The flags, the gravest and oldest first.
    pub flags: Vec<StoredFlag>,
    /// Where the next page begins; nothing on the last.
    pub next: Option<FlagPlace>,
}

/// The flags that a person may see, narrowed by a filter: at most `limit` after `after`.
///
/// # Errors
/// When the store fails.
pub fn list(
    store: &Store,
    clock: Clock,
    person: &Person,
    filter: &FlagFilter,
    after: Option<FlagPlace>,
    limit: u32,
) -> Result<FlagPage, StoreError> {
    let at = clock.moment();
    let limit = limit.clamp(1, MAX_PAGE);
    store.change(|connection| {
        let scope = person.case_scope();
        let mut flags = flag_list::list(connection, &scope, filter, at.today(), after, limit + 1)?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = flags.len() > page;
        flags.truncate(page);
        let next = if more { flags.last().map(StoredFlag::place) } else { None };
        let read: Vec<Uuid> = flags.iter().map(|flag| flag.id).collect();
        note(connection, at.now(), person, "flags.list", None, json!({ "filter": words(filter), "flags": read }))?;
        Ok(FlagPage { flags, next })
    })
}

/// A filter as the audit tells it.
fn words(filter: &FlagFilter) -> Value {
    json!({
        "code": filter.code, "team": filter.team, "officer": filter.officer,
        "severity": filter.severity, "state": filter.state.as_str(),
    })
}

/// How many flags hold among those that a person may see, and of which sort.
///
/// # Errors
/// When the store fails.
pub fn summary(store: &Store, clock: Clock, person: &Person) -> Result<FlagSummary, StoreError> {
    let at = clock.moment();
    store.change(|connection| {
        let summary = flag_list::summary(connection, &person.case_scope(), at.today())?;
        note(connection, at.now(), person, "flags.summary", None, json!({ "open": summary.open }))?;
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
    clock: Clock,
    person: &Person,
    id: Uuid,
    said: &Acknowledging,
    policies: &Policies,
) -> Result<StoredFlag, AcknowledgeError> {
    if !matches!(person.role, Role::Supervisor | Role::DetectiveInspector) {
        return Err(AcknowledgeError::NotPermitted);
    }
    let reason = said.reason.trim();
    if reason.is_empty() {
        return Err(AcknowledgeError::BlankReason);
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        return Err(AcknowledgeError::ReasonTooLong);
    }
    let at = clock.moment();
    let today = at.today();
    let latest = plus_days(today, policies.in_force(today)?.acknowledgement_max_days);
    if said.review_on <= today || said.review_on > latest {
        return Err(AcknowledgeError::ReviewOutOfRange { today, latest });
    }
    store.change(|connection| {
        let scope = person.case_scope();
        let find = |connection: &mut AnyConnection| -> Result<StoredFlag, AcknowledgeError> {
            flag_list::one(connection, &scope, id, today)?.ok_or(AcknowledgeError::NotFound)
        };
        let as_it_stands = find(connection)?;
        if as_it_stands.cleared_at.is_some() {
            return Err(AcknowledgeError::Cleared);
        }
        let by = Actor::Person(person.clone()).to_string();
        let new = NewAcknowledgement { at: at.now(), by: &by, reason, review_on: said.review_on };
        if !flag::acknowledge(connection, id, said.version, &new)? {
            return Err(AcknowledgeError::Changed { version: as_it_stands.version });
        }
        let detail = json!({ "review_on": said.review_on, "code": as_it_stands.code });
        note(connection, at.now(), person, "flags.acknowledge", Some(("flag", &id.to_string())), detail)?;
        find(connection)
    })
}

fn note(
    connection: &mut AnyConnection,
    at: Instant,
    person: &Person,
    act: &str,
    subject: Option<(&str, &str)>,
    detail: Value,
) -> Result<(), StoreError> {
    let actor = Actor::Person(person.clone()).to_string();
    audit::append(connection, AuditEntry { at, actor: &actor, act, force: Some(&person.force), subject, detail })
}
