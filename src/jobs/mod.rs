//! The service's own jobs: no input, idempotent, leased in the database so that two processes never
//! run one twice, their state stored and shown, each to be run by hand.

pub mod deliveries;
pub mod drift;
pub mod drive;
pub mod flags;
pub mod folder;
pub mod forecast;
pub mod proposal;
pub mod pull;
pub mod worker;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use serde_json::Value;
use thiserror::Error;

use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::casework::flags::EvaluationError;
use crate::casework::roads::RoadService;
use crate::casework::subscriptions::Webhooks;
use crate::casework::timetable::{Entry, JobName, Timetable};
use crate::domain::notification_duty::rules::RulesError;
use crate::domain::policy::{Policies, PolicyError};
use crate::records::RecordsSources;
use crate::store::Store;
use crate::store::error::StoreError;

/// What a job works with.
pub struct JobContext<'a> {
    /// The database.
    pub store: &'a Store,
    /// The time.
    pub clock: Clock,
    /// The policies.
    pub policies: &'a Policies,
    /// The road service, or none.
    pub roads: &'a RoadService,
    /// What deliveries are made with, or nothing.
    pub webhooks: Option<&'a Webhooks>,
    /// Where records are fetched.
    pub records: &'a RecordsSources,
    /// Who acts: the job itself, or whoever runs it by hand.
    pub actor: &'a Actor,
}

/// Why a run failed.
#[derive(Debug, Error)]
pub enum JobError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No policy holds today.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The rules of notification cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// Some forces could not be dealt with; the others were.
    #[error("{failed} of {of} forces failed")]
    Forces {
        /// How many failed.
        failed: usize,
        /// Of how many.
        of: usize,
    },
    /// Some proposals could not be planned; the others were.
    #[error("{failed} of {of} proposals failed")]
    Proposals {
        /// How many failed.
        failed: usize,
        /// Of how many.
        of: usize,
    },
    /// Some forecasts could not be made; the others were.
    #[error("{failed} of {of} forecasts failed")]
    Forecasts {
        /// How many failed.
        failed: usize,
        /// Of how many.
        of: usize,
    },
    /// It could not be said which forecasts are unfinished.
    #[error("forecasts could not be made")]
    Forecast(#[source] Box<dyn Error + Send + Sync>),
    /// Schedules could not be proposed.
    #[error("schedules could not be proposed")]
    Proposal(#[source] Box<dyn Error + Send + Sync>),
    /// The job stopped in a way that it should not.
    #[error("the job panicked")]
    Panicked,
}

impl JobError {
    /// The stable code that is stored and shown: never personal data.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(_) => "store_failed",
            Self::Policy(_) => "no_policy",
            Self::Rules(_) => "no_rules",
            Self::Forces { .. } => "forces_failed",
            Self::Proposals { .. } => "proposals_failed",
            Self::Proposal(_) => "proposal_failed",
            Self::Forecasts { .. } => "forecasts_failed",
            Self::Forecast(_) => "forecast_failed",
            Self::Panicked => "panicked",
        }
    }
}

impl From<EvaluationError> for JobError {
    fn from(error: EvaluationError) -> Self {
        match error {
            EvaluationError::Policy(error) => Self::Policy(error),
            EvaluationError::Rules(error) => Self::Rules(error),
            EvaluationError::Store(error) => Self::Store(error),
        }
    }
}

/// What a job does. Run twice, it does no more than run once.
pub trait Task: Send + Sync {
    /// Does it, and reports in counts.
    ///
    /// # Errors
    /// Whatever stops it; it is run again later.
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError>;
}

/// The jobs that are run, each with its schedule and what it does.
#[derive(Default)]
pub struct Registry(BTreeMap<&'static str, (Entry, Box<dyn Task>)>);

impl Registry {
    /// Every job, at the times of the timetable.
    #[must_use]
    pub fn new(timetable: &Timetable) -> Self {
        Self::default()
            .with(timetable, JobName::NightlyFlags, flags::NightlyFlags)
            .with(timetable, JobName::PendingFlags, flags::PendingFlags)
            .with(timetable, JobName::NightlyProposal, proposal::NightlyProposal)
            .with(timetable, JobName::PendingProposals, proposal::PendingProposals)
            .with(timetable, JobName::PendingForecasts, forecast::PendingForecasts)
            .with(timetable, JobName::Deliveries, deliveries::Deliveries)
            .with(timetable, JobName::PullRecords, pull::PullRecords)
            .with(timetable, JobName::RecordsFolder, folder::RecordsFolder)
            .with(timetable, JobName::NightlyDrift, drift::NightlyDrift)
    }

    /// The same and one more, where the timetable has it.
    #[must_use]
    pub fn with(mut self, timetable: &Timetable, job: JobName, task: impl Task + 'static) -> Self {
        if let Some(entry) = timetable.entry(job) {
            self.0.insert(job.as_str(), (entry.clone(), Box::new(task)));
        }
        self
    }

    /// The timetable of the jobs that are run, for whoever shows how they stand.
    #[must_use]
    pub fn timetable(&self) -> Timetable {
        Timetable::new(self.0.values().map(|(entry, _)| entry.clone()).collect())
    }

    fn job(&self, job: JobName) -> Option<&(Entry, Box<dyn Task>)> {
        self.0.get(job.as_str())
    }

    fn names(&self) -> impl Iterator<Item = JobName> {
        self.0.values().map(|(entry, _)| entry.job)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
