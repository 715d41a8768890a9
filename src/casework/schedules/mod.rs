//! Schedules: propose, accept, carry out. The planner proposes; a named person accepts; carrying out
//! decides nothing.

pub mod accept;
pub mod compare_grid;
pub mod daily_list;
pub mod explain;
pub mod moving;
pub mod plot;
pub mod propose;
pub mod replay;

use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use super::actor::Actor;
use super::note::{self, note_refusal};
use crate::domain::bank_holidays::BankHolidaysError;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::policy::PolicyError;
use crate::planning::pin::PinRule;
use crate::planning::plot::PlotError;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;

/// Why a schedule cannot be proposed, read or accepted.
#[derive(Debug, Error)]
pub enum ScheduleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No policy can be had.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The bank holidays cannot be had.
    #[error(transparent)]
    BankHolidays(#[from] BankHolidaysError),
    /// A snapshot or proposal cannot be written or read.
    #[error("a snapshot or proposal cannot be written or read")]
    Json(#[from] serde_json::Error),
    /// The days to plan begin before today.
    #[error("the days to plan begin in the past; begin today or later")]
    InThePast,
    /// The days to plan begin more than a year from now.
    #[error("the days to plan begin more than {days} days from now; begin earlier", days = propose::MAX_AHEAD_DAYS)]
    TooFarAhead,
    /// The proposal's first day has passed.
    #[error("the proposal's first day has passed; propose again")]
    OutOfDate,
    /// Visits of the accepted schedule lie after the proposal's last day, and would be lost.
    #[error("the accepted schedule has visits up to {0}, after this proposal's last day; propose up to that day")]
    EndsTooEarly(CivilDate),
    /// There is no such team in the force.
    #[error("there is no such team; see the teams of the force")]
    TeamUnknown,
    /// There is no such proposal, officer or list within reach.
    #[error("there is none")]
    NotFound,
    /// The planner has not finished it yet.
    #[error("the proposal is not finished yet; read it again in a while")]
    NotFinished,
    /// It was accepted already.
    #[error("the proposal was accepted already")]
    AlreadyAccepted,
    /// The team has accepted another schedule since the proposal was made.
    #[error("the team has accepted another schedule since this proposal was made; propose again")]
    StaleParent,
    /// Who may see a case has changed since, and a visit's crew has somebody who may not.
    #[error(
        "who may see a case has changed since this was planned, and a visit's crew has somebody who may not; propose again"
    )]
    AccessChanged,
    /// It has changed since it was read.
    #[error("the proposal has changed since it was read; read it again")]
    VersionChanged,
    /// No plot can be drawn of the days asked for.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// What the proposal was made from holds cases that the reader may not see.
    #[error("what the proposal was made from holds cases that are out of your reach")]
    HoldsHidden,
    /// There is no such visit in it, or not one to come.
    #[error("there is no such visit in it, or its day has passed")]
    VisitUnknown,
    /// Rules speak against a move that a person may set aside with a reason.
    #[error("rules speak against it: {told}", told = told(.0))]
    AdvisedAgainst(Vec<PinRule>),
    /// A rule speaks against a move that nobody may set aside.
    #[error("it cannot be made: {told}", told = told(.0))]
    MoveRefused(Vec<PinRule>),
    /// No person has pinned the visit.
    #[error("no person has put this visit in its place")]
    NotPinned,
    /// The proposal does not follow from what is stored with it.
    #[error("the proposal does not follow from what is stored with it")]
    NotExplained,
    /// The independent checker condemns what the planner made: a fault of this program.
    #[error("the checker condemns the proposal ({0} rules broken); it was not kept")]
    Condemned(usize),
}

/// Rules in a line: each by its code, and what breaks it.
fn told(rules: &[PinRule]) -> String {
    rules.iter().map(|rule| format!("{}: it {}", rule.as_str(), rule.text())).collect::<Vec<_>>().join("; ")
}

impl From<diesel::result::Error> for ScheduleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Notes an act on a proposal, in the transaction of the act.
fn note(
    connection: &mut AnyConnection,
    by: (Instant, &Actor),
    act: &str,
    force: &str,
    id: Uuid,
    detail: Value,
) -> Result<(), StoreError> {
    note::note(connection, by, act, (force, Some(("schedule", &id.to_string()))), detail)
}
