//! The job that makes forecasts which were asked for and that nobody is at, because a process died or a making failed.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{JobContext, JobError, Task};
use crate::casework::forecasts::ForecastError;
use crate::casework::forecasts::make::{Finished, make_unfinished};

/// How long whoever asked for a forecast is left to begin making it.
const A_WHILE: TimeDelta = TimeDelta::minutes(2);

/// Makes what is unfinished and held by nobody.
#[derive(Debug, Clone, Copy)]
pub struct PendingForecasts;

impl Task for PendingForecasts {
    fn run(&self, context: &JobContext<'_>) -> Result<Value, JobError> {
        let before = context.clock.now() - A_WHILE;
        let Finished { made, failed } = make_unfinished(context.store, context.clock, context.actor, before)?;
        match failed {
            0 => Ok(json!({ "forecasts": made })),
            failed => Err(JobError::Forecasts { failed, of: made + failed }),
        }
    }
}

impl From<ForecastError> for JobError {
    fn from(error: ForecastError) -> Self {
        match error {
            ForecastError::Store(error) => Self::Store(error),
            ForecastError::Policy(error) => Self::Policy(error),
            error @ (ForecastError::BankHolidays(_)
            | ForecastError::Json(_)
            | ForecastError::InThePast
            | ForecastError::TooFarAhead
            | ForecastError::TeamUnknown
            | ForecastError::NotFound
            | ForecastError::TooMany
            | ForecastError::Refused(_)
            | ForecastError::Unmade(_)) => Self::Forecast(Box::new(error)),
        }
    }
}
