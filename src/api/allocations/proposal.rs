//! A team's allocation proposal: read, and accepted singly or together.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::proposal_view::ProposalView;
use crate::api::acting::Sent;
use crate::api::answer::{CaseloadEffect, head};
use crate::api::auth::act::{AllocateCases, ReadCaseloads};
use crate::api::auth::permit::Permit;
use crate::api::dates::Day;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::casework::allocations::proposal::{Accepted, Accepting, accept, read as read_proposal};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::planning::allocation::proposal::Line;

/// The officers named as leavers, each by a parameter `leaver` of its own.
fn leavers(parameters: Vec<(String, String)>) -> Result<Vec<Ref>, Problem> {
    let invalid = |detail: &str| Problem::new(ErrorCode::INVALID_QUERY, detail);
    let leaver = |(name, value): (String, String)| match name.as_str() {
        "leaver" => Ref::new(value).map_err(|error| invalid(&format!("leaver: {error}"))),
        _ => Err(invalid("this route knows the parameter leaver alone")),
    };
    parameters.into_iter().map(leaver).collect()
}

/// What is accepted of a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptAllocationProposal)]
pub struct AcceptBody {
    /// The digest of the proposal that was read.
    digest: String,
    /// The leavers that it was asked for with.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    leavers: Vec<Ref>,
    /// Whose cases; every case with a manager proposed where it is not given.
    #[schema(value_type = Option<Vec<String>>)]
    offender_refs: Option<Vec<Ref>>,
    /// From when on; as proposed where it is not given.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// What the supervisor adds to the reasons.
    #[schema(value_type = Option<String>)]
    remark: Option<Words>,
}

/// An allocation that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AcceptedAllocation)]
pub struct AcceptedView {
    /// Whose case.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The offender manager.
    #[schema(value_type = String)]
    officer_ref: Ref,
    /// From when on.
    #[schema(value_type = String, format = Date)]
    from: CivilDate,
    /// The reason that is on record with it.
    reason: String,
}

impl From<Line> for AcceptedView {
    fn from(line: Line) -> Self {
        Self {
            offender_ref: line.case.offender_ref,
            officer_ref: line.manager.officer_ref,
            from: line.from,
            reason: line.words,
        }
    }
}

/// What accepting did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AcceptedAllocations)]
pub struct AcceptedList {
    /// What was allocated; empty where the same request had been carried out before.
    allocations: Vec<AcceptedView>,
    /// What it does to the caseload of everybody who gives or takes a case, of the cases that the caller may see; empty likewise.
    caseloads: Vec<CaseloadEffect>,
}

/// Which manager in post should take each case of a team that nobody manages, and each case of the leavers named: by weighted
/// workload, distance, who knows the case, and within every limit; worked out from the records as they stand and as far as the
/// caller may see them. Every case is in it: with a manager, the facts and who would be next, or without one, why, and the
/// smallest change that would give it one. Advice: it decides nothing.
///
/// # Errors
/// When the caller may not, the team is not in scope, a leaver is not of the team, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams/{ref}/allocation-proposal", tag = "allocation", operation_id = "read_allocation_proposal",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The team's reference"),
        ("leaver" = Option<Vec<String>>, Query, description = "An officer of the team whose cases are spread as well; as often as there are leavers"),
    ),
    responses(
        (status = 200, body = ProposalView, headers(("ETag" = String, description = "The proposal's digest"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadCaseloads>,
    team: web::Path<Ref>,
    parameters: web::Query<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let (reader, leavers) = (service.reader(permit), leavers(parameters.into_inner())?);
    let work = move |service: &Service| read_proposal(service.store(), &reader, service.policies(), &team, &leavers);
    let found = service.run(work).await?;
    let digest = found.digest.clone();
    versioned(&request, &ProposalView::from(found), digest)
}

/// Accepts lines of a team's allocation proposal, one, several or all: all of those named are allocated, or none. The proposal
/// is worked out anew; where it is not the one whose digest is sent, nothing is allocated (`stale_proposal`). A handover begins
/// with each.
///
/// # Errors
/// When the caller may not, the team is not in scope, the proposal is stale, or a case is not in it.
#[utoipa::path(
    post, path = "/v1/teams/{ref}/allocation-proposal/accept", tag = "allocation",
    operation_id = "accept_allocation_proposal",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The team's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = AcceptBody,
    responses(
        (status = 201, body = AcceptedList, headers(("ETag" = String, description = "The first allocation's version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn accept_lines(
    service: web::Data<Service>,
    permit: Permit<AllocateCases>,
    team: web::Path<Ref>,
    sent: Sent<AcceptBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: AcceptBody { digest, leavers, offender_refs, from, remark }, key } = sent;
    let accepting = Accepting { digest, leavers, offenders: offender_refs, from: from.map(|day| day.0), remark };
    let act =
        move |service: &Service| accept(service.store(), &service.acting(&reader, key.as_ref()), &team, &accepting);
    let Accepted { written, lines, effects } = service.run(act).await?;
    let mut response = HttpResponse::build(StatusCode::CREATED);
    head(&mut response, &written)?;
    Ok(response.json(AcceptedList {
        allocations: lines.into_iter().map(AcceptedView::from).collect(),
        caseloads: effects.into_iter().map(CaseloadEffect::from).collect(),
    }))
}
