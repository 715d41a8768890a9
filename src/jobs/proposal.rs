//! The job that proposes every team's schedule by night. A person accepts a proposal, or does not.

use std::error::Error;

use serde_json::{Value, json};

use super::{JobContext, JobError, Task};

/// What proposes schedules.
pub trait ProposeSchedules: Send + Sync {
    /// Proposes the schedule of every team of every force, and says for how many.
    ///
    /// # Errors
    /// Whatever stops it.
    fn propose_all(&self, context: &JobContext<'_>) -> Result<usize, Box<dyn Error + Send + Sync>>;
}

/// Proposes every team's schedule.
#[derive(Debug)]
pub struct NightlyProposal<P>(P);

impl<P: ProposeSchedules> NightlyProposal<P> {
    /// The job, by what proposes.
    pub const fn new(proposes: P) -> Self {
        Self(proposes)
    }
}

impl<P: ProposeSchedules> Task for NightlyProposal<P> {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let proposals = self.0.propose_all(context).map_err(JobError::Proposal)?;
        Ok(json!({ "proposals": proposals }))
    }
}
