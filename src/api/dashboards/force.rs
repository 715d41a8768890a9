//! `GET /v1/dashboards/force`: a senior officer's figures.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::as_at::AsAtQuery;
use crate::api::auth::act::ReadForceDashboard;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::dashboards::{ForceDashboard, of_force};
use crate::domain::dashboard::answer::Dashboard;
use crate::domain::dashboard::finding::Finding;
use crate::domain::dashboard::headline::TeamFigures;

/// The force's figures, the eight findings of the 2021 inspection as figures, and the teams.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ForceDashboard)]
pub struct ForceDashboardView {
    #[serde(flatten)]
    dashboard: Dashboard,
    /// The findings of the 2021 inspection, each counted and leading to its lists.
    findings: Vec<Finding>,
    /// The teams, which add up to the force.
    teams: Vec<TeamFigures>,
}

impl From<ForceDashboard> for ForceDashboardView {
    fn from(force: ForceDashboard) -> Self {
        let ForceDashboard { dashboard, findings, teams } = force;
        Self { dashboard, findings, teams }
    }
}

/// The figures of the caller's force, now or as at an instant.
///
/// # Errors
/// When the caller may not, nothing has been evaluated or is known, or the service fails.
#[utoipa::path(
    get, path = "/v1/dashboards/force", tag = "dashboards", operation_id = "read_force_dashboard",
    security(("bearer_token" = [])), params(AsAtQuery),
    responses((status = 200, body = ForceDashboardView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadForceDashboard>,
    query: web::Query<AsAtQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, as_at) = (service.reader(permit), query.as_at(service.clock().now())?);
    let read = move |service: &Service| of_force(service.store(), &reader, service.policies(), as_at);
    tagged(&request, &ForceDashboardView::from(service.run(read).await?))
}
