//! `GET /v1/dashboards/team/{ref}`: a supervisor's figures.

use actix_web::{HttpRequest, HttpResponse, web};

use super::DashboardView;
use crate::api::auth::act::ReadTeamDashboards;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::dashboards::of_team;
use crate::domain::reference::Ref;

/// The figures of one team: each counted over the cases that the caller may see, each with its list.
///
/// # Errors
/// When the caller may not, there is no such team in scope, nothing has been evaluated, or the service fails.
#[utoipa::path(
    get, path = "/v1/dashboards/team/{ref}", tag = "dashboards", operation_id = "read_team_dashboard",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference")),
    responses((status = 200, body = DashboardView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadTeamDashboards>,
    team: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| of_team(service.store(), &reader, service.policies(), &team);
    tagged(&request, &DashboardView::from(service.run(read).await?))
}
