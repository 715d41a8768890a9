//! `GET /v1/dashboards/team/{ref}`: a supervisor's figures.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::as_at::AsAtQuery;
use crate::api::auth::act::ReadTeamDashboards;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::records_age::{records_age, with_age};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::dashboards::of_team;
use crate::domain::dashboard::answer::Dashboard;
use crate::domain::exchange::RecordsAge;
use crate::domain::reference::Ref;

/// A team's figures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamDashboard)]
pub struct TeamDashboardView {
    #[serde(flatten)]
    dashboard: Dashboard,
    /// How old the records are; absent where something else than now is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<RecordsAge>,
}

/// The figures of one team, now or as at an instant: each counted over the cases that the caller may see now, each with
/// its list, which is always that of now.
///
/// # Errors
/// When the caller may not, there is no such team in scope, nothing has been evaluated or is known, or the service fails.
#[utoipa::path(
    get, path = "/v1/dashboards/team/{ref}", tag = "dashboards", operation_id = "read_team_dashboard",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference"), AsAtQuery),
    responses((status = 200, body = TeamDashboardView, headers(("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadTeamDashboards>,
    team: web::Path<Ref>,
    query: web::Query<AsAtQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, as_at) = (service.reader(permit), query.as_at(service.clock().now())?);
    let age = records_age(&service, reader.person.force.clone(), as_at).await?;
    let read = move |service: &Service| of_team(service.store(), &reader, service.policies(), &team, as_at);
    let dashboard = service.run(read).await?;
    with_age(tagged(&request, &TeamDashboardView { dashboard, records: age })?, age)
}
