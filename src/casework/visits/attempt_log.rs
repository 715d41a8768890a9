//! The attempt log: every failed attempt since the home was last seen, and what is known of the conditions of a
//! warrant under section 96B SOA 2003. It can be attached to an application; so reading it is a disclosure.

use serde::Serialize;
use serde_json::json;
use thiserror::Error;

use crate::casework::force_file::open_case;
use crate::casework::offenders::may_see;
use crate::casework::reading::Reader;
use crate::domain::attempt_ladder::{AttemptLadder, attempt_ladder};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::policy::{Policies, PolicyError};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::warrant_conditions::{WarrantCondition, warrant_conditions};
use crate::store::Store;
use crate::store::error::StoreError;

/// The handling marking of the document.
pub const MARKING: &str = "OFFICIAL-SENSITIVE";

/// Why the log cannot be made.
#[derive(Debug, Error)]
pub enum AttemptLogError {
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom the attempts were to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The reference.
    pub offender_ref: Ref,
    /// The name.
    pub name: String,
    /// The date of birth.
    pub date_of_birth: Option<CivilDate>,
}

/// An address that was tried, or that is lived at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Premises {
    /// The address.
    pub address_ref: Ref,
    /// In one line.
    pub text: String,
}

/// An officer who tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedOfficer {
    /// The reference.
    pub officer_ref: Ref,
    /// The name.
    pub name: String,
}

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttemptLog {
    /// [`MARKING`].
    pub marking: &'static str,
    /// When it was made.
    pub made_at: Instant,
    /// Who asked for it.
    pub made_for: String,
    /// Whom the attempts were to see.
    pub subject: Subject,
    /// The addresses named.
    pub premises: Vec<Premises>,
    /// The officers named.
    pub officers: Vec<NamedOfficer>,
    /// The attempts, and what is advised.
    #[serde(flatten)]
    pub ladder: AttemptLadder,
    /// The five conditions of section 96B(1), with what is known of each.
    pub conditions: [WarrantCondition; 5],
}

/// The attempt log of a case that the reader may see; nothing where there is none.
///
/// # Errors
/// When the store fails, or no policy holds.
pub fn attempt_log(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    offender: &Ref,
) -> Result<Option<AttemptLog>, AttemptLogError> {
    let (act, at) = ("attempt_log.disclose", reader.clock.moment());
    let policy = policies.in_force(at.today())?;
    let log = store.transaction_that_writes(|connection| -> Result<Option<AttemptLog>, StoreError> {
        if !may_see(connection, reader, offender, act)? {
            return Ok(None);
        }
        let force = open_case(connection, &reader.person.force, offender)?;
        let Some(case) = force.cases.get(offender) else { return Ok(None) };
        let ladder = attempt_ladder(case, &force, at, policy);
        let conditions = warrant_conditions(case, &ladder, at);
        let named: std::collections::BTreeSet<&Ref> = ladder
            .attempts
            .iter()
            .filter_map(|attempt| attempt.address_ref.as_ref())
            .chain(&ladder.premises_ref)
            .collect();
        let premises = case.records.addresses.iter().filter(|held| named.contains(&held.subject)).map(|held| {
            let text = held.record.lines.iter().chain(&held.record.postcode).cloned().collect::<Vec<_>>().join(", ");
            Premises { address_ref: held.subject.clone(), text }
        });
        let tried: std::collections::BTreeSet<&Ref> =
            ladder.attempts.iter().flat_map(|attempt| &attempt.officers).map(|officer| &officer.officer_ref).collect();
        let officers = tried.into_iter().filter_map(|officer_ref| {
            let name = force.officers.get(officer_ref)?.name.clone();
            Some(NamedOfficer { officer_ref: officer_ref.clone(), name })
        });
        let log = AttemptLog {
            marking: MARKING,
            made_at: at.now(),
            made_for: reader.person.subject.clone(),
            subject: Subject {
                offender_ref: offender.clone(),
                name: format!("{} {}", case.offender.given_name, case.offender.family_name),
                date_of_birth: case.offender.date_of_birth,
            },
            premises: premises.collect(),
            officers: officers.collect(),
            conditions,
            ladder: ladder.clone(),
        };
        let detail = json!({ "attempts": log.ladder.attempts.len(), "counted": log.ladder.counted,
            "recipient": reader.person.subject });
        reader.note(connection, act, Some((RecordKind::Offender, offender)), detail)?;
        Ok(Some(log))
    })?;
    Ok(log)
}
