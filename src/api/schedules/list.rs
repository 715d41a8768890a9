//! `GET /v1/schedules`: the proposals that the caller may see.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::ReadSchedules;
use crate::api::auth::permit::Permit;
use crate::api::dates::read_instant;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::paging::{cursor, limit, page, place};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::accept;
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::store::schedule::ProposalState;
use crate::store::schedule_list::{ListedProposal, ProposalFilter, ProposalPlace};

/// Which proposals.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScheduleQuery {
    /// Of this team.
    #[param(value_type = Option<String>)]
    team: Option<Ref>,
    /// `planning`, `proposed` or `accepted`.
    state: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

impl ScheduleQuery {
    fn filter(&self) -> Result<ProposalFilter, Problem> {
        let unknown = || Problem::new(ErrorCode::INVALID_QUERY, "state is planning, proposed or accepted");
        let named = |name: &String| ProposalState::named(name).ok_or_else(unknown);
        Ok(ProposalFilter { team: self.team.clone(), state: self.state.as_ref().map(named).transpose()? })
    }
}

/// A proposal in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSchedule {
    /// Its id.
    id: Uuid,
    /// The team.
    team_ref: String,
    /// The accepted proposal that it would follow.
    parent_id: Option<Uuid>,
    /// First day planned.
    from: String,
    /// Last day planned.
    until: String,
    /// `planning`, `proposed` or `accepted`.
    state: &'static str,
    /// When it was asked for.
    requested_at: String,
    /// By whom.
    requested_by: String,
    /// When it was accepted.
    accepted_at: Option<String>,
    /// By whom.
    accepted_by: Option<String>,
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleList {
    /// The newest first.
    items: Vec<ListedSchedule>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

fn written(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn read_place(text: &str) -> Option<ProposalPlace> {
    let (at, id) = text.split_once(' ')?;
    Some((read_instant(at)?, Uuid::parse_str(id).ok()?))
}

impl ListedSchedule {
    fn of(proposal: ListedProposal) -> Self {
        Self {
            id: proposal.id,
            team_ref: proposal.team_ref,
            parent_id: proposal.parent_id,
            from: proposal.horizon_from.to_string(),
            until: proposal.horizon_until.to_string(),
            state: proposal.state.as_str(),
            requested_at: written(proposal.requested_at),
            requested_by: proposal.requested_by,
            accepted_at: proposal.accepted_at.map(written),
            accepted_by: proposal.accepted_by,
        }
    }
}

/// The proposals of the caller's teams; of the force, for a detective inspector. The newest first.
///
/// # Errors
/// When the caller may not, the query is wrong, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules", tag = "schedules", operation_id = "list_schedules", security(("bearer_token" = [])),
    params(ScheduleQuery),
    responses((status = 200, body = ScheduleList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    query: web::Query<ScheduleQuery>,
) -> Result<HttpResponse, Problem> {
    let (person, filter, limit) = (permit.into_person(), query.filter()?, limit(query.limit)?);
    let after = place(query.cursor.as_deref(), |text| read_place(&text))?;
    let mut found = service
        .run(move |service| {
            let scope = person.case_scope();
            let actor = Actor::Person(person);
            accept::list(service.store(), service.clock(), &actor, &scope, &filter, (after, limit + 1))
        })
        .await?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let last = found.last().filter(|_| !is_last);
    let next_cursor = last.map(|last| cursor(&format!("{} {}", written(last.requested_at), last.id)));
    let items = found.into_iter().map(ListedSchedule::of).collect();
    let view = ScheduleList { items, next_cursor };
    page(&request, &view, view.next_cursor.as_deref())
}
