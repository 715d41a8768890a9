//! The jobs that propose schedules: every team's by night, and those asked for that nobody finished.
//! A person accepts a proposal, or does not.

use chrono::{Datelike, TimeDelta};
use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::casework::flags::forces;
use crate::casework::schedules::ScheduleError;
use crate::casework::schedules::propose::{Finished, PlanRequest, carry_out, carry_out_unfinished, request};
use crate::domain::calendar::plus_days;
use crate::planning::search::{Budget, DEFAULT_ITERATIONS};
use crate::planning::take::Stay;
use crate::store::scope::Scope;

/// Days that a nightly proposal plans: four weeks.
const DAYS: u32 = 28;

/// Proposes every team's schedule for the four weeks from tomorrow.
#[derive(Debug, Clone, Copy)]
pub struct NightlyProposal;

impl Task for NightlyProposal {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let today = context.clock.moment().today();
        // Another seed each night, so that chance differs, and the same one when a night is run again.
        let seed = u64::from(today.num_days_from_ce().unsigned_abs());
        let plan = PlanRequest {
            from: plus_days(today, 1),
            days: DAYS,
            budget: Budget { seed, iterations: DEFAULT_ITERATIONS },
            stay: Stay::Near,
        };
        let (forces, mut proposals, mut failed) = (forces(context.store)?, 0, 0);
        for force in &forces {
            let scope = Scope::whole(force);
            let planned = request(context.store, context.clock, context.roads, context.actor, &scope, None, plan)
                .and_then(|asked| carry_out(context.store, context.clock, context.actor, &asked, |_, _| {}));
            match planned {
                Ok(planned) => proposals += planned.len(),
                Err(error) => {
                    tracing::error!(force, %error, "the schedules of a force could not be proposed");
                    failed += 1;
                }
            }
        }
        if failed > 0 {
            Err(JobError::Forces { failed, of: forces.len() })
        } else {
            Ok(json!({ "proposals": proposals }))
        }
    }
}

/// How long whoever asked for a proposal is left to finish it: longer than any budget over HTTP takes.
const A_WHILE: TimeDelta = TimeDelta::minutes(10);

/// Plans the proposals that were asked for a while ago and never finished, because a process died.
#[derive(Debug, Clone, Copy)]
pub struct PendingProposals;

impl Task for PendingProposals {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let before = context.clock.now() - A_WHILE;
        let Finished { planned, failed } = carry_out_unfinished(context.store, context.clock, context.actor, before)?;
        match failed {
            0 => Ok(json!({ "proposals": planned })),
            failed => Err(JobError::Proposals { failed, of: planned + failed }),
        }
    }
}

impl From<ScheduleError> for JobError {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Store(error) => Self::Store(error),
            ScheduleError::Policy(error) => Self::Policy(error),
            error @ (ScheduleError::BankHolidays(_)
            | ScheduleError::Json(_)
            | ScheduleError::InThePast
            | ScheduleError::TooFarAhead
            | ScheduleError::OutOfDate
            | ScheduleError::EndsTooEarly(_)
            | ScheduleError::TeamUnknown
            | ScheduleError::NotFound
            | ScheduleError::NotFinished
            | ScheduleError::AlreadyAccepted
            | ScheduleError::StaleParent
            | ScheduleError::VersionChanged
            | ScheduleError::AccessChanged
            | ScheduleError::Plot(_)
            | ScheduleError::HoldsHidden
            | ScheduleError::VisitUnknown
            | ScheduleError::AdvisedAgainst(_)
            | ScheduleError::MoveRefused(_)
            | ScheduleError::NotPinned
            | ScheduleError::NotExplained
            | ScheduleError::Condemned(_)) => Self::Proposal(Box::new(error)),
        }
    }
}
