//! Runs of the service's own jobs: one row a run, leased to whoever runs it.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::Value;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::schema::job_run;
use super::types::{DbInstant, DbJson};
use crate::domain::calendar::Instant;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Somebody holds its lease, or did until it ran out.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
}

impl RunState {
    /// The state as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    fn stored(name: &str) -> Result<Self, StoreError> {
        [Self::Running, Self::Succeeded, Self::Failed].into_iter().find(|state| state.as_str() == name).ok_or_else(
            || StoreError::Unreadable { what: "job run", detail: "its state is none of this program's".to_owned() },
        )
    }
}

/// A run of a job.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct JobRun {
    /// Which job.
    pub job: String,
    /// Which run of it: a local date, or an instant.
    pub run_key: String,
    /// Where it stands.
    pub state: RunState,
    /// Who runs it, or ran it last.
    pub owner: String,
    /// Until when the owner may run it without renewing.
    pub lease_until: Instant,
    /// How many times it was begun.
    pub attempt: i32,
    /// When it was begun last.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why it failed: a stable code, never personal data.
    pub error_code: Option<String>,
    /// What it did.
    pub report: Option<Value>,
}

/// One run of a job, leased by somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: &'static str,
    /// The run.
    pub run_key: String,
    /// Who holds it.
    pub owner: String,
    /// Which attempt it is.
    pub attempt: i32,
}

/// How often, and how soon, a run that failed is begun again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Attempts in all.
    pub attempts: i32,
    /// Time from a failure to the next attempt.
    pub delay: TimeDelta,
}

/// The error code of a run whose last attempt let its lease run out: its process died.
pub const ABANDONED: &str = "abandoned";

/// Leases a run to an owner: one that nobody began, whose lease ran out, or that failed long enough
/// ago and may be tried again. Nothing where it is done, held or given up.
///
/// # Errors
/// When a statement fails.
pub fn lease(
    connection: &mut AnyConnection,
    job: &'static str,
    run_key: &str,
    owner: &str,
    now: Instant,
    until: Instant,
    retries: Retries,
) -> Result<Option<Lease>, StoreError> {
    let held_by = |attempt| Lease { job, run_key: run_key.to_owned(), owner: owner.to_owned(), attempt };
    let (now_db, until) = (DbInstant::from(now), DbInstant::from(until));
    let new_row = (
        job_run::job.eq(job),
        job_run::run_key.eq(run_key),
        job_run::state.eq(RunState::Running.as_str()),
        job_run::owner.eq(owner),
        job_run::lease_until.eq(until),
        job_run::attempt.eq(1),
        job_run::started_at.eq(now_db),
    );
    let begun = on_backend!(&mut *connection, c => diesel::insert_into(job_run::table)
        .values(new_row)
        .on_conflict_do_nothing()
        .execute(c))?;
    if begun == 1 {
        return Ok(Some(held_by(1)));
    }
    let run = || job_run::table.filter(job_run::job.eq(job)).filter(job_run::run_key.eq(run_key));
    let ran_out = || job_run::state.eq(RunState::Running.as_str()).and(job_run::lease_until.le(now_db));
    diesel::update(run().filter(ran_out()).filter(job_run::attempt.ge(retries.attempts)))
        .set((
            job_run::state.eq(RunState::Failed.as_str()),
            job_run::error_code.eq(Some(ABANDONED)),
            job_run::ended_at.eq(Some(now_db)),
        ))
        .execute(connection)?;
    let failed_before = DbInstant::from(now.checked_sub_signed(retries.delay).unwrap_or(now));
    let may_be_retried =
        job_run::state.eq(RunState::Failed.as_str()).and(job_run::ended_at.le(failed_before).assume_not_null());
    let taken_over =
        diesel::update(run().filter(job_run::attempt.lt(retries.attempts)).filter(ran_out().or(may_be_retried)))
            .set((
                job_run::state.eq(RunState::Running.as_str()),
                job_run::owner.eq(owner),
                job_run::lease_until.eq(until),
                job_run::attempt.eq(job_run::attempt + 1),
                job_run::started_at.eq(now_db),
                job_run::ended_at.eq(None::<DbInstant>),
                job_run::error_code.eq(None::<String>),
            ))
            .execute(connection)?;
    if taken_over == 0 {
        return Ok(None);
    }
    let attempt: i32 = run().select(job_run::attempt).first(connection)?;
    Ok(Some(held_by(attempt)))
}

macro_rules! still_held {
    ($lease:expr) => {
        job_run::table
            .filter(job_run::job.eq($lease.job))
            .filter(job_run::run_key.eq(&$lease.run_key))
            .filter(job_run::owner.eq(&$lease.owner))
            .filter(job_run::attempt.eq($lease.attempt))
            .filter(job_run::state.eq(RunState::Running.as_str()))
    };
}

/// Renews a lease. False where it was taken over.
///
/// # Errors
/// When the statement fails.
pub fn renew(connection: &mut AnyConnection, lease: &Lease, until: Instant) -> Result<bool, StoreError> {
    let renewed =
        diesel::update(still_held!(lease)).set(job_run::lease_until.eq(DbInstant::from(until))).execute(connection)?;
    Ok(renewed == 1)
}

/// Ends a run, with what it did or why it failed. False where the lease was taken over.
///
/// # Errors
/// When the statement fails.
pub fn end(
    connection: &mut AnyConnection,
    lease: &Lease,
    at: Instant,
    outcome: Result<Value, &'static str>,
) -> Result<bool, StoreError> {
    let (state, error_code, report) = match outcome {
        Ok(report) => (RunState::Succeeded, None, Some(DbJson(report))),
        Err(code) => (RunState::Failed, Some(code), None),
    };
    let ended = diesel::update(still_held!(lease))
        .set((
            job_run::state.eq(state.as_str()),
            job_run::ended_at.eq(Some(DbInstant::from(at))),
            job_run::error_code.eq(error_code),
            job_run::report.eq(report),
        ))
        .execute(connection)?;
    Ok(ended == 1)
}

#[derive(Queryable)]
struct Row {
    job: String,
    run_key: String,
    state: String,
    owner: String,
    lease_until: DbInstant,
    attempt: i32,
    started_at: DbInstant,
    ended_at: Option<DbInstant>,
    error_code: Option<String>,
    report: Option<DbJson>,
}

impl Row {
    fn read(self) -> Result<JobRun, StoreError> {
        Ok(JobRun {
            job: self.job,
            run_key: self.run_key,
            state: RunState::stored(&self.state)?,
            owner: self.owner,
            lease_until: self.lease_until.get(),
            attempt: self.attempt,
            started_at: self.started_at.get(),
            ended_at: self.ended_at.map(DbInstant::get),
            error_code: self.error_code,
            report: self.report.map(|DbJson(report)| report),
        })
    }
}

/// The run of a job that was begun last.
///
/// # Errors
/// When the statement fails, or the run cannot be read.
pub fn latest(connection: &mut AnyConnection, job: &str) -> Result<Option<JobRun>, StoreError> {
    let row: Option<Row> = job_run::table
        .filter(job_run::job.eq(job))
        .order((job_run::started_at.desc(), job_run::run_key.desc()))
        .first(connection)
        .optional()?;
    row.map(Row::read).transpose()
}

/// One run of a job; nothing where it was never begun.
///
/// # Errors
/// When the statement fails, or the run cannot be read.
pub fn one(connection: &mut AnyConnection, job: &str, run_key: &str) -> Result<Option<JobRun>, StoreError> {
    let row: Option<Row> = job_run::table.find((job, run_key)).first(connection).optional()?;
    row.map(Row::read).transpose()
}

/// Takes away the runs of a job that ended well before an instant. For jobs that run so often that
/// their history would outgrow everything else.
///
/// # Errors
/// When the statement fails.
pub fn forget_succeeded(connection: &mut AnyConnection, job: &str, before: Instant) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        job_run::table
            .filter(job_run::job.eq(job))
            .filter(job_run::state.eq(RunState::Succeeded.as_str()))
            .filter(job_run::started_at.lt(DbInstant::from(before))),
    )
    .execute(connection)?)
}
