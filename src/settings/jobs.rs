//! When the service's own jobs run.

use serde::Deserialize;

use crate::casework::timetable::{Entry, JobName, ScheduleError, Timetable};

/// A schedule a job: six fields, second minute hour day month weekday.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    nightly_flags: String,
    pending_flags: String,
    nightly_proposal: String,
    pending_proposals: String,
    pending_forecasts: String,
    deliveries: String,
    pull_records: String,
    records_folder: String,
    nightly_drift: String,
}

impl JobSettings {
    /// The timetable.
    ///
    /// # Errors
    /// When one of the schedules is none.
    pub fn timetable(&self) -> Result<Timetable, ScheduleError> {
        let entry = |job| {
            let schedule = match job {
                JobName::NightlyFlags => &self.nightly_flags,
                JobName::PendingFlags => &self.pending_flags,
                JobName::NightlyProposal => &self.nightly_proposal,
                JobName::PendingProposals => &self.pending_proposals,
                JobName::PendingForecasts => &self.pending_forecasts,
                JobName::Deliveries => &self.deliveries,
                JobName::PullRecords => &self.pull_records,
                JobName::RecordsFolder => &self.records_folder,
                JobName::NightlyDrift => &self.nightly_drift,
            };
            Entry::new(job, schedule)
        };
        Ok(Timetable::new(JobName::ALL.into_iter().map(entry).collect::<Result<_, _>>()?))
    }
}
