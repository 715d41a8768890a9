//! A worker: begins what is due under a lease, renews the lease while it runs, stores how it ended.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{JobContext, JobError, Registry, Task};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::roads::RoadService;
use crate::casework::subscriptions::Webhooks;
use crate::casework::timetable::{JobName, KeyedBy};
use crate::domain::policy::Policies;
use crate::records::RecordsSources;
use crate::store::Store;
use crate::store::audit::{self, AuditEntry};
use crate::store::error::StoreError;
use crate::store::job_run::{self, Lease, Retries};

/// How long a lease lasts without being renewed: longer than any wait for SQLite's writer.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);

/// How often a lease is renewed while its run goes on.
const RENEW_EVERY: Duration = Duration::from_secs(60);

/// A run that failed is begun again, this often in all and this long after.
pub const RETRIES: Retries = Retries { attempts: 3, delay: TimeDelta::minutes(5) };

/// How long the runs of a job that runs many times a day are kept when they ended well.
const KEPT: TimeDelta = TimeDelta::days(7);

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// Which run, and which attempt at it.
    pub lease: Lease,
    /// What it did, or why it failed.
    pub outcome: Result<Value, JobError>,
}

/// Runs jobs, in this process.
pub struct Worker {
    pub(super) store: Store,
    pub(super) clock: Clock,
    policies: Policies,
    roads: RoadService,
    webhooks: Option<Webhooks>,
    records: RecordsSources,
    pub(super) registry: Registry,
    owner: String,
}

impl Worker {
    /// A worker for these jobs.
    #[must_use]
    pub fn new(store: Store, clock: Clock, policies: Policies, registry: Registry) -> Self {
        let owner = format!("{}-{}", std::process::id(), Uuid::now_v7());
        let (roads, records) = (RoadService::default(), RecordsSources::default());
        Self { store, clock, policies, roads, webhooks: None, records, registry, owner }
    }

    /// The same worker, which plans with this road service.
    #[must_use]
    pub fn with_roads(mut self, roads: RoadService) -> Self {
        self.roads = roads;
        self
    }

    /// The same worker, with what deliveries are made with.
    #[must_use]
    pub fn with_webhooks(mut self, webhooks: Webhooks) -> Self {
        self.webhooks = Some(webhooks);
        self
    }

    /// The same worker, which fetches records from these.
    #[must_use]
    pub fn with_records(mut self, records: RecordsSources) -> Self {
        self.records = records;
        self
    }

    /// The jobs this worker runs.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Runs once whatever is due and not done, one job after the other, and says how each ended. A
    /// night that was missed is made up for: the latest one, no more.
    ///
    /// # Errors
    /// When a run can be neither begun nor ended for the store's failing.
    pub fn tick(&self) -> Result<Vec<Ran>, StoreError> {
        let mut ran = Vec::new();
        for job in self.registry.names() {
            ran.extend(self.run_due(job)?);
        }
        Ok(ran)
    }

    /// Runs a job if a run of it is due and neither done, held by another worker nor given up.
    ///
    /// # Errors
    /// When the run can be neither begun nor ended for the store's failing.
    pub fn run_due(&self, job: JobName) -> Result<Option<Ran>, StoreError> {
        let Some((entry, task)) = self.registry.job(job) else { return Ok(None) };
        let Some(due) = entry.latest_due(self.clock.now()) else { return Ok(None) };
        let Some(lease) = self.lease(job, &due.key, None)? else { return Ok(None) };
        let outcome = self.run(&lease, task.as_ref(), &Actor::Job(job.as_str()));
        self.end(job, &lease, &outcome)?;
        Ok(Some(Ran { lease, outcome }))
    }

    /// Runs a job now, whatever its schedule says. Nothing where this worker has no such job.
    ///
    /// # Errors
    /// When the run can be neither begun nor ended for the store's failing.
    pub fn run_by_hand(&self, job: JobName, actor: &Actor) -> Result<Option<Ran>, StoreError> {
        let Some((_, task)) = self.registry.job(job) else { return Ok(None) };
        let at = self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let key = format!("by hand {at} {}", Uuid::now_v7());
        let Some(lease) = self.lease(job, &key, Some(actor))? else { return Ok(None) };
        let outcome = self.run(&lease, task.as_ref(), actor);
        self.end(job, &lease, &outcome)?;
        Ok(Some(Ran { lease, outcome }))
    }

    fn lease(&self, job: JobName, key: &str, by_hand_of: Option<&Actor>) -> Result<Option<Lease>, StoreError> {
        let now = self.clock.now();
        self.store.transaction_that_writes(|connection| {
            let lease = job_run::lease(connection, job.as_str(), key, &self.owner, now, now + LEASE, RETRIES)?;
            if let Some(actor) = by_hand_of {
                let entry = AuditEntry {
                    at: now,
                    actor: &actor.to_string(),
                    act: "job.run",
                    force: None,
                    subject: Some(("job", job.as_str())),
                    detail: json!({ "run": key }),
                };
                audit::append(connection, entry)?;
            }
            Ok(lease)
        })
    }

    fn run(&self, lease: &Lease, task: &dyn Task, actor: &Actor) -> Result<Value, JobError> {
        let span = tracing::info_span!("job", job = lease.job, run = lease.run_key, attempt = lease.attempt);
        let began = std::time::Instant::now();
        let outcome = thread::scope(|scope| {
            let (running, ended) = mpsc::channel::<()>();
            let work = scope.spawn(|| {
                // Dropped when the work ends, in whichever way, and with it the renewing below.
                let _running = running;
                let Self { store, policies, roads, webhooks, records, .. } = self;
                let webhooks = webhooks.as_ref();
                let context = JobContext { store, clock: self.clock, policies, roads, webhooks, records, actor };
                span.in_scope(|| task.run(&context))
            });
            while ended.recv_timeout(RENEW_EVERY) == Err(RecvTimeoutError::Timeout) {
                span.in_scope(|| self.renew(lease));
            }
            work.join().unwrap_or(Err(JobError::Panicked))
        });
        let seconds = began.elapsed().as_secs_f64();
        span.in_scope(|| match &outcome {
            Ok(_) => tracing::info!(seconds, state = "succeeded", "a job has run"),
            Err(error) => {
                let error: &dyn std::error::Error = error;
                tracing::error!(seconds, state = "failed", error, "a job has failed");
            }
        });
        outcome
    }

    fn renew(&self, lease: &Lease) {
        let until = self.clock.now() + LEASE;
        match self.store.transaction_that_writes(|connection| job_run::renew(connection, lease, until)) {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the lease was taken over"),
            Err(error) => tracing::warn!(%error, "the lease could not be renewed"),
        }
    }

    fn end(&self, job: JobName, lease: &Lease, outcome: &Result<Value, JobError>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let outcome = match outcome {
            Ok(report) => Ok(report.clone()),
            Err(error) => Err(error.code()),
        };
        self.store.transaction_that_writes(|connection| {
            if !job_run::end(connection, lease, now, outcome)? {
                tracing::warn!(job = lease.job, run = lease.run_key, "the run was taken over before it ended");
            }
            if job.keyed_by() == KeyedBy::Instant {
                job_run::forget_succeeded(connection, lease.job, now - KEPT)?;
            }
            Ok(())
        })
    }
}
