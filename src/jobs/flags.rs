//! The jobs that keep the flags up to date: every night, for a day that passes changes them, and
//! soon after records change.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::casework::exchange::ask_where_it_changed;
use crate::casework::flags::{EvaluationError, EvaluationReport, evaluate_force, evaluate_if_asked, forces};
use crate::store::error::StoreError;
use crate::store::evaluation;

/// Evaluates the flags of every force.
#[derive(Debug, Clone, Copy)]
pub struct NightlyFlags;

impl Task for NightlyFlags {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        each(forces(context.store)?, |force| {
            evaluate_force(context.store, context.clock, context.actor, force, context.policies)
        })
    }
}

/// How long a force's records stay unchanged before its flags are evaluated, so that an import still
/// under way does not raise what its next batch clears.
const QUIET: TimeDelta = TimeDelta::seconds(30);

/// How long an evaluation waits for that at most.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Evaluates the flags of the forces whose records changed and have been quiet since, or whose records system fell silent or is heard of
/// again.
#[derive(Debug, Clone, Copy)]
pub struct PendingFlags;

impl Task for PendingFlags {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let at = context.clock.moment();
        let (now, policy) = (at.now(), context.policies.in_force(at.today())?);
        context.store.transaction_that_writes(|connection| ask_where_it_changed(connection, at, policy))?;
        let settled = context.store.transaction(|connection| -> Result<Vec<String>, StoreError> {
            let mut settled = Vec::new();
            for force in evaluation::forces_asking(connection)? {
                let requests = evaluation::requests(connection, &force)?;
                let quiet = requests.last().is_some_and(|newest| newest.requested_at + QUIET <= now);
                let waited = requests.first().is_some_and(|oldest| oldest.requested_at + PATIENCE <= now);
                if quiet || waited {
                    settled.push(force);
                }
            }
            Ok(settled)
        })?;
        each(settled, |force| {
            let outcome = evaluate_if_asked(context.store, context.clock, context.actor, force, context.policies)?;
            Ok(outcome.unwrap_or_default())
        })
    }
}

/// Evaluates each force; one that fails does not stop the others.
fn each(
    forces: Vec<String>,
    evaluate: impl Fn(&str) -> Result<EvaluationReport, EvaluationError>,
) -> Result<Value, JobError> {
    let of = forces.len();
    let mut total = EvaluationReport::default();
    let mut failures: Vec<EvaluationError> = Vec::new();
    for force in forces {
        match evaluate(&force) {
            Ok(report) => {
                total.raised += report.raised;
                total.cleared += report.cleared;
                total.changed += report.changed;
                total.unchanged += report.unchanged;
            }
            Err(error) => {
                tracing::error!(force, %error, "the flags of a force could not be evaluated");
                failures.push(error);
            }
        }
    }
    match failures.pop() {
        None => Ok(json!({ "forces": of, "flags": total })),
        Some(only) if of == 1 => Err(only.into()),
        Some(_) => Err(JobError::Forces { failed: failures.len() + 1, of }),
    }
}
