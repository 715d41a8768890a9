//! Schedules: asked for, read, explained, compared, changed by a person's own move, accepted.

pub mod accept;
pub mod explain;
pub mod list;
pub mod moves;
pub mod plot;
pub mod propose;
pub mod read;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::{ErrorCode, Problem};
use super::precondition::versioned;
use crate::casework::schedules::ScheduleError;
use crate::casework::schedules::accept::ReadProposal;
use crate::domain::calendar::Instant;

/// A proposal as it stands. Once planned, the members of the proposal stand beside its state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Schedule {
    /// `planning`, `proposed` or `accepted`.
    state: &'static str,
    /// Counts its changes of state.
    version: i32,
    /// Its id; that of the proposal.
    id: Uuid,
    /// The team.
    team_ref: String,
    /// When records last came from the records system before its facts were taken; not known where empty.
    #[schema(value_type = Option<String>, format = DateTime)]
    records_as_of: Option<Instant>,
    /// The proposal: `parent_id`, `snapshot_sha256`, `seed`, `iterations`, `horizon`, `roads` (`model`: `osrm` or `built_in`,
    /// with `fall_back` where a road service is configured and could not be used), `score`, `visits`, `unplaced`, `summary`;
    /// absent while it is planned.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    proposal: Option<Value>,
}

impl Schedule {
    fn of(read: ReadProposal) -> Result<Self, Problem> {
        let ReadProposal { stored, proposal } = read;
        let mut proposal = proposal.map(serde_json::to_value).transpose().map_err(|error| Problem::internal(&error))?;
        if let Some(members) = proposal.as_mut().and_then(Value::as_object_mut) {
            members.remove("id");
            members.remove("team_ref");
            members.entry("roads").or_insert_with(|| json!({ "model": "built_in" }));
        }
        Ok(Self {
            state: stored.state.as_str(),
            version: stored.version,
            id: stored.id,
            team_ref: stored.team_ref,
            records_as_of: stored.records_as_of,
            proposal,
        })
    }

    /// The answer to whoever reads or accepts it, with its version as its tag.
    fn answer(request: &HttpRequest, read: ReadProposal) -> Result<HttpResponse, Problem> {
        let version = read.stored.version;
        versioned(request, &Self::of(read)?, version)
    }
}

impl From<ScheduleError> for Problem {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Store(error) => error.into(),
            ScheduleError::NotFound => Self::not_found(),
            ScheduleError::VisitUnknown => Self::not_found().at("/offender_ref"),
            ScheduleError::AdvisedAgainst(ref rules) => Self::new(ErrorCode::ADVISED_AGAINST, error.to_string())
                .breaking(rules.iter().map(|rule| rule.as_str())),
            ScheduleError::MoveRefused(ref rules) => {
                Self::new(ErrorCode::MOVE_REFUSED, error.to_string()).breaking(rules.iter().map(|rule| rule.as_str()))
            }
            ScheduleError::NotPinned => Self::new(ErrorCode::WRONG_STATE, error.to_string()),
            ScheduleError::TeamUnknown => Self::not_found().at("/team_ref"),
            ScheduleError::OutOfDate => Self::new(ErrorCode::OUT_OF_DATE, "nothing was changed"),
            ScheduleError::EndsTooEarly(_) => Self::new(ErrorCode::ENDS_TOO_EARLY, error.to_string()),
            ScheduleError::InThePast | ScheduleError::TooFarAhead => {
                Self::new(ErrorCode::INVALID_BODY, error.to_string()).at("/from")
            }
            ScheduleError::NotFinished => Self::new(ErrorCode::NOT_FINISHED, "the planner is still at it"),
            ScheduleError::AlreadyAccepted => Self::new(ErrorCode::ALREADY_ACCEPTED, "nothing was changed"),
            ScheduleError::StaleParent => Self::new(ErrorCode::STALE_PARENT, "nothing was changed"),
            ScheduleError::AccessChanged => Self::new(ErrorCode::ACCESS_CHANGED, "nothing was changed"),
            ScheduleError::VersionChanged => Self::new(ErrorCode::PRECONDITION_FAILED, "nothing was changed"),
            ScheduleError::Plot(error) => Self::new(ErrorCode::INVALID_QUERY, error.to_string()),
            ScheduleError::HoldsHidden => Self::new(ErrorCode::HOLDS_HIDDEN_CASES, "nothing was given"),
            ScheduleError::Policy(_)
            | ScheduleError::BankHolidays(_)
            | ScheduleError::Json(_)
            | ScheduleError::NotExplained
            | ScheduleError::Condemned(_) => Self::internal(&error),
        }
    }
}
