//! How the service's own jobs stand: a late or failed run is seen, not searched for in a log.

use serde::Serialize;
use serde_json::json;

use super::actor::Actor;
use super::clock::Clock;
use super::timetable::{Entry, PlannedRun, Timetable};
use crate::domain::calendar::Instant;
use crate::store::audit::{self, AuditEntry};
use crate::store::error::StoreError;
use crate::store::job_run::{self, JobRun, RunState};
use crate::store::{Store, backend::AnyConnection};

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// The latest run that has fallen due was not begun.
    Due,
    /// A run is under way.
    Running,
    /// The latest run ended well.
    Succeeded,
    /// The latest run ended badly, or its process died.
    Failed,
}

impl JobState {
    /// The state as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

/// A job, its last run and its next.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobStatus {
    /// The job.
    pub name: &'static str,
    /// What it does, for people.
    pub does: &'static str,
    /// Its schedule.
    pub schedule: String,
    /// How it stands.
    pub state: JobState,
    /// The run that was begun last, if any.
    pub last_run: Option<JobRun>,
    /// When the next run falls due.
    pub next_run_at: Option<Instant>,
}

/// How every job of the timetable stands.
///
/// # Errors
/// When the store fails.
pub fn job_statuses(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    timetable: &Timetable,
) -> Result<Vec<JobStatus>, StoreError> {
    let now = clock.now();
    store.transaction_that_writes(|connection| {
        let entry = AuditEntry {
            at: now,
            actor: &actor.to_string(),
            act: "job.list",
            force: None,
            subject: None,
            detail: json!({}),
        };
        audit::append(connection, entry)?;
        timetable.entries().map(|entry| status(connection, entry, now)).collect()
    })
}

fn status(connection: &mut AnyConnection, entry: &Entry, now: Instant) -> Result<JobStatus, StoreError> {
    let last_run = job_run::latest(connection, entry.job.as_str())?;
    let due = entry.latest_due(now);
    let due_run = match &due {
        Some(PlannedRun { key, .. }) => job_run::one(connection, entry.job.as_str(), key)?,
        None => None,
    };
    let state = match (&due, &due_run) {
        (Some(_), None) => JobState::Due,
        (Some(_) | None, Some(run)) => state_of(run, now),
        (None, None) => last_run.as_ref().map_or(JobState::Due, |run| state_of(run, now)),
    };
    Ok(JobStatus {
        name: entry.job.as_str(),
        does: entry.job.does(),
        schedule: entry.schedule().to_owned(),
        state,
        last_run,
        next_run_at: entry.next(now).map(|run| run.at),
    })
}

fn state_of(run: &JobRun, now: Instant) -> JobState {
    match run.state {
        RunState::Running if run.lease_until > now => JobState::Running,
        RunState::Running | RunState::Failed => JobState::Failed,
        RunState::Succeeded => JobState::Succeeded,
    }
}
