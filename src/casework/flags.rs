//! Flags: evaluated over everything known in a force, and what they found kept.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use super::actor::Actor;
use super::clock::Clock;
use super::{force_file, service_facts, suspicions};
use crate::domain::case_file::ForceFile;
use crate::domain::flag::Flag;
use crate::domain::flag::service::evaluate;
use crate::domain::moment::Moment;
use crate::domain::notification_duty::NotificationRules;
use crate::domain::notification_duty::rules::RulesError;
use crate::domain::policy::{Policies, Policy, PolicyError};
use crate::domain::standing::standings;
use crate::store::audit::{self, AuditEntry};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::flag::Said;
use crate::store::{Store, evaluation, flag, record, standing};

/// The forces that have records.
///
/// # Errors
/// When the store fails.
pub fn forces(store: &Store) -> Result<Vec<String>, StoreError> {
    store.transaction(record::forces)
}

/// All that is known in a force.
///
/// # Errors
/// When the store fails.
pub fn force_file(store: &Store, force: &str) -> Result<ForceFile, StoreError> {
    store.transaction(|connection| force_file::load(connection, force))
}

/// Every flag that holds in a force at a moment, by code and subject. Nothing is kept.
///
/// # Errors
/// When the store fails.
pub fn flags(store: &Store, force: &str, at: Moment, policy: &Policy) -> Result<Vec<Flag>, StoreError> {
    store.transaction(|connection| {
        let facts = service_facts::load(connection, force)?;
        Ok(evaluate(&force_file::load(connection, force)?, &facts, at, policy))
    })
}

/// An evaluation that could not be made. Whatever asked for it still asks.
#[derive(Debug, Error)]
pub enum EvaluationError {
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The rules of notification cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for EvaluationError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What came of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct EvaluationReport {
    /// Flags that did not hold before.
    pub raised: usize,
    /// Flags that hold no longer.
    pub cleared: usize,
    /// Flags that still hold and say something else than before.
    pub changed: usize,
    /// Flags that still hold and say the same.
    pub unchanged: usize,
}

/// Evaluates the flags of a force and keeps what it finds, in one transaction: what was not there is
/// raised, what no longer holds is cleared, and what still holds keeps its `since`. Where each case
/// stands is kept along with it, for the dashboards.
///
/// # Errors
/// When there is no policy for today, or the store fails; nothing of it is kept then, and what asked
/// for the evaluation still asks.
pub fn evaluate_force(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    force: &str,
    policies: &Policies,
) -> Result<EvaluationReport, EvaluationError> {
    Ok(evaluate_in_turn(store, clock, actor, force, policies, When::Always)?.unwrap_or_default())
}

/// The same, where the force asks for it; nothing is done where another evaluation has answered it
/// meanwhile.
///
/// # Errors
/// As [`evaluate_force`].
pub fn evaluate_if_asked(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    force: &str,
    policies: &Policies,
) -> Result<Option<EvaluationReport>, EvaluationError> {
    evaluate_in_turn(store, clock, actor, force, policies, When::Asked)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Asked,
}

fn evaluate_in_turn(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    force: &str,
    policies: &Policies,
    when: When,
) -> Result<Option<EvaluationReport>, EvaluationError> {
    store.transaction_that_writes(|connection| {
        evaluation::take_turn(connection, force)?;
        let at = clock.moment();
        let policy = policies.in_force(at.today())?;
        // Before the records: what changes them from here on asks anew.
        let requests = evaluation::requests(connection, force)?;
        if when == When::Asked && requests.is_empty() {
            return Ok(None);
        }
        let file = force_file::load(connection, force)?;
        let found = evaluate(&file, &service_facts::load(connection, force)?, at, policy);
        let report = keep(connection, force, at, &found)?;
        standing::keep(connection, force, &standings(&file, at, policy, &found))?;
        suspicions::file_suspicions(connection, force, &file, at, &NotificationRules::built_in()?, actor)?;
        evaluation::answered(connection, &requests)?;
        evaluation::evaluated(connection, force, at.now(), &policy.version)?;
        let entry = AuditEntry {
            at: at.now(),
            actor: &actor.to_string(),
            act: "flag.evaluate",
            force: Some(force),
            subject: None,
            detail: json!({
                "raised": report.raised, "cleared": report.cleared,
                "changed": report.changed, "unchanged": report.unchanged,
            }),
        };
        audit::append(connection, entry)?;
        Ok(Some(report))
    })
}

fn keep(
    connection: &mut AnyConnection,
    force: &str,
    at: Moment,
    found: &[Flag],
) -> Result<EvaluationReport, StoreError> {
    let mut holding = flag::holding(connection, force)?;
    let mut report = EvaluationReport::default();
    let mut new = Vec::new();
    for flag in found {
        let Some(held) = holding.remove(&flag.key()) else {
            new.push(flag);
            continue;
        };
        let now = Said::from(flag);
        if held.said == now {
            report.unchanged += 1;
        } else {
            flag::amend(connection, &held, now, at.now())?;
            report.changed += 1;
        }
    }
    let gone: Vec<Uuid> = holding.into_values().map(|held| held.id).collect();
    flag::clear(connection, &gone, at.now())?;
    flag::raise(connection, force, at.now(), &new)?;
    report.raised = new.len();
    report.cleared = gone.len();
    Ok(report)
}

/// What came of one force's evaluation among several.
pub type ForceOutcome = (String, Result<EvaluationReport, EvaluationError>);

/// Evaluates each of the forces that ask for it, one transaction each; of those, only the ones in
/// `among` where it is given. One that fails does not stop the others, and still asks.
///
/// # Errors
/// When it cannot be told which forces ask.
pub fn evaluate_asking(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    policies: &Policies,
    among: Option<&BTreeSet<String>>,
) -> Result<Vec<ForceOutcome>, StoreError> {
    let asking = store.transaction(evaluation::forces_asking)?;
    Ok(asking
        .into_iter()
        .filter(|force| among.is_none_or(|among| among.contains(force)))
        .filter_map(|force| {
            let outcome = evaluate_if_asked(store, clock, actor, &force, policies).transpose()?;
            Some((force, outcome))
        })
        .collect())
}
