//! Forecasts: asked for, made after the answer, read. They change nothing: what is to be done about them, people decide.

pub mod ask;
mod input;
pub mod make;
pub mod read;

use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use super::actor::Actor;
use super::note::{self, note_refusal};
use crate::domain::bank_holidays::BankHolidaysError;
use crate::domain::calendar::Instant;
use crate::domain::policy::PolicyError;
use crate::domain::refusal::Refusal;
use crate::planning::forecast::ForecastError as Unmade;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;

/// The most weeks that a forecast looks ahead.
pub const MAX_WEEKS: u32 = 13;

/// Why a forecast cannot be asked for, made or read.
#[derive(Debug, Error)]
pub enum ForecastError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No policy can be had.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The bank holidays cannot be had.
    #[error(transparent)]
    BankHolidays(#[from] BankHolidaysError),
    /// What a forecast is made from, or what came of it, cannot be written or read.
    #[error("a forecast cannot be written or read")]
    Json(#[from] serde_json::Error),
    /// The days to look at begin before today.
    #[error("the days to look at begin in the past; begin today or later")]
    InThePast,
    /// The days to look at begin more than a year from now.
    #[error("the days to look at begin more than a year from now; begin earlier")]
    TooFarAhead,
    /// There is no such team within reach, or none at all.
    #[error("there is no such team; see the teams of the force")]
    TeamUnknown,
    /// There is no such forecast within reach.
    #[error("there is none")]
    NotFound,
    /// As many as may be are asked for already.
    #[error("as many forecasts as may be are waiting or being made")]
    TooMany,
    /// A change cannot be made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The forecast could not be made: a fault of this program.
    #[error("the forecast could not be made")]
    Unmade(#[source] Unmade),
}

impl From<Unmade> for ForecastError {
    fn from(error: Unmade) -> Self {
        match error {
            Unmade::Refused(refusal) => Self::Refused(refusal),
            error @ (Unmade::Json(_) | Unmade::Condemned(_) | Unmade::Unmade) => Self::Unmade(error),
        }
    }
}

impl From<diesel::result::Error> for ForecastError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Notes an act on a forecast, in the transaction of the act.
fn note(
    connection: &mut AnyConnection,
    by: (Instant, &Actor),
    act: &str,
    force: &str,
    id: Uuid,
    detail: Value,
) -> Result<(), StoreError> {
    note::note(connection, by, act, (force, Some(("forecast", &id.to_string()))), detail)
}
