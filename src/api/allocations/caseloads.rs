//! A team's caseloads.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::act::ReadCaseloads;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::allocations::caseloads::{OfficerLoad, of_team};
use crate::domain::caseload::LoadState;
use crate::domain::dashboard::risk::named;
use crate::domain::officer::OfficerRole;
use crate::domain::reference::Ref;

/// What one officer has in hand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfficerCaseload)]
pub struct OfficerLoadView {
    /// Who.
    #[schema(value_type = String)]
    officer_ref: Ref,
    /// The officer's name.
    name: String,
    /// What they are in post as.
    #[schema(value_type = String)]
    role: OfficerRole,
    /// Whether they are in post today.
    in_post: bool,
    /// Whether they are on long absence today: their cases count as unallocated.
    long_absent: bool,
    /// Offenders in the community.
    cases: u32,
    /// The same, each weighed by its ARMS level: very high 8, high 4, medium 2, low 1, not assessed as high.
    workload: u32,
    /// The same by ARMS level; `unknown` where there is no assessment.
    by_level: BTreeMap<&'static str, u32>,
    /// Offenders managed who are in custody, in hospital, abroad or missing.
    elsewhere: u32,
    /// Handovers to them that are not completed.
    handovers_open: u32,
    /// The most cases they should manage.
    limit: u32,
    /// More than this is high.
    high_over: u32,
    /// `within_limits`, `high` (amber) or `over_limit` (red).
    #[schema(value_type = String)]
    state: LoadState,
}

impl From<OfficerLoad> for OfficerLoadView {
    fn from(load: OfficerLoad) -> Self {
        Self {
            officer_ref: load.officer_ref,
            name: load.name,
            role: load.role,
            in_post: load.is_in_post,
            long_absent: load.is_long_absent,
            cases: load.load.cases,
            workload: load.load.workload,
            by_level: load.by_level.into_iter().map(|(of, count)| (named(of), count)).collect(),
            elsewhere: load.elsewhere,
            handovers_open: load.handovers_open,
            limit: load.limits.limit,
            high_over: load.limits.high_over,
            state: load.state,
        }
    }
}

/// A team's caseloads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamCaseloads)]
pub struct CaseloadList {
    /// The heaviest workload first.
    items: Vec<OfficerLoadView>,
    /// The mean workload of the team's offender managers in post, in hundredths.
    mean_workload_hundredths: u32,
}

/// The caseloads of a team: the plain count beside the workload weighed by risk, of the cases that the caller may see.
///
/// # Errors
/// When the caller may not, the team is not in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams/{ref}/caseloads", tag = "allocation", operation_id = "list_caseloads",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference")),
    responses((status = 200, body = CaseloadList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadCaseloads>,
    team: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| of_team(service.store(), &reader, service.policies(), &team)).await?;
    let items = found.officers.into_iter().map(OfficerLoadView::from).collect();
    Ok(HttpResponse::Ok().json(CaseloadList { items, mean_workload_hundredths: found.mean_workload_hundredths }))
}
