//! `POST /v1/schedules`: a proposal asked for, and planned after the answer.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use tracing::Instrument as _;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::act::ProposeSchedules;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::propose::{MAX_DAYS, PlanRequest, Requested, carry_out, request};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::planning::search::{Budget, DEFAULT_ITERATIONS};
use crate::planning::take::Stay;

/// The largest budget that may be asked for over HTTP, in iterations.
const MAX_ITERATIONS: u32 = 2_000_000;

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalRequest {
    /// The team.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// First day.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    from: CivilDate,
    /// How many days, 1 to 91.
    days: u32,
    /// What the search's chance is drawn from, 0 to 2⁶³ − 1; drawn at random where it is not given, and
    /// recorded on the proposal.
    seed: Option<u64>,
    /// The search's budget, at most 2,000,000.
    iterations: Option<u32>,
    /// Repairs the accepted schedule: its visits that still can be made stay as they are, and only the others, and what is
    /// newly due, find a place. Left out: visits after the next working days are planned anew.
    #[serde(default)]
    repair: bool,
}

/// A proposal that is being planned.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Its id.
    id: Uuid,
    /// `planning`: read it at the Location to see whether it is finished.
    state: &'static str,
}

impl ProposalRequest {
    fn plan(&self) -> Result<PlanRequest, Problem> {
        let wrong = |pointer: &str, detail: String| Err(Problem::new(ErrorCode::INVALID_BODY, detail).at(pointer));
        let iterations = self.iterations.unwrap_or(DEFAULT_ITERATIONS);
        let seed = self.seed.unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1 >> 2);
        if self.days == 0 || self.days > MAX_DAYS {
            return wrong("/days", format!("days must be 1 to {MAX_DAYS}"));
        }
        if iterations > MAX_ITERATIONS {
            return wrong("/iterations", format!("iterations must be at most {MAX_ITERATIONS}"));
        }
        if i64::try_from(seed).is_err() {
            return wrong("/seed", format!("the seed must be at most {}", i64::MAX));
        }
        let stay = if self.repair { Stay::All } else { Stay::Near };
        Ok(PlanRequest { from: self.from, days: self.days, budget: Budget { seed, iterations }, stay })
    }
}

/// Asks for a proposal of a team's schedule. The answer comes once the facts are read and, where a road service is configured,
/// the roads are asked for; planning goes on after it.
///
/// # Errors
/// When the caller may not, the team is not in scope, the body is wrong, or the service fails.
#[utoipa::path(
    post, path = "/v1/schedules", tag = "schedules", operation_id = "propose_schedule", security(("bearer_token" = [])),
    request_body = ProposalRequest,
    responses((status = 202, body = Accepted, headers(("Location" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn propose(
    service: web::Data<Service>,
    permit: Permit<ProposeSchedules>,
    body: web::Json<ProposalRequest>,
) -> Result<HttpResponse, Problem> {
    let (person, plan) = (permit.into_person(), body.plan()?);
    let actor = Actor::Person(person.clone());
    let asked = actor.clone();
    let requested = service
        .run(move |service| {
            let scope = person.case_scope();
            let (store, clock, roads) = (service.store(), service.clock(), service.roads());
            request(store, clock, roads, &asked, &scope, Some(&body.team_ref), plan)
        })
        .await?;
    let id = requested.first().map(|one| one.id).ok_or_else(Problem::not_found)?;
    let planning = finish(service, actor, requested).instrument(tracing::Span::current());
    actix_web::rt::spawn(planning);
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/v1/schedules/{id}")))
        .json(Accepted { id, state: "planning" }))
}

/// Plans what was asked for. Where this fails, or the process ends, the proposal stays in planning, and
/// the service's own job takes it up again.
async fn finish(service: web::Data<Service>, actor: Actor, requested: Vec<Requested>) {
    let planned = service
        .run(move |service| carry_out(service.store(), service.clock(), &actor, &requested, |_, _| {}).map(drop))
        .await;
    if planned.is_err() {
        tracing::warn!("a proposal could not be planned; it is tried again later");
    }
}
