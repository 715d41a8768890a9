//! `GET /v1/dashboards/force`: a senior officer's figures.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::as_at::AsAtQuery;
use crate::api::auth::act::ReadForceDashboard;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::records_age::{records_age, with_age};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::dashboards::{ForceDashboard, of_force};
use crate::domain::dashboard::answer::Dashboard;
use crate::domain::dashboard::finding::Finding;
use crate::domain::dashboard::headline::TeamFigures;
use crate::domain::exchange::RecordsAge;

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
    /// How old the records are; absent where something else than now is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<RecordsAge>,
}

impl ForceDashboardView {
    fn of(force: ForceDashboard, records: Option<RecordsAge>) -> Self {
        let ForceDashboard { dashboard, findings, teams } = force;
        Self { dashboard, findings, teams, records }
    }
}

/// The figures of the caller's force, now or as at an instant.
///
/// # Errors
/// When the caller may not, nothing has been evaluated or is known, or the service fails.
#[utoipa::path(
    get, path = "/v1/dashboards/force", tag = "dashboards", operation_id = "read_force_dashboard",
    security(("bearer_token" = [])), params(AsAtQuery),
    responses((status = 200, body = ForceDashboardView, headers(("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadForceDashboard>,
    query: web::Query<AsAtQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, as_at) = (service.reader(permit), query.as_at(service.clock().now())?);
    let age = records_age(&service, reader.person.force.clone(), as_at).await?;
    let read = move |service: &Service| of_force(service.store(), &reader, service.policies(), as_at);
    with_age(tagged(&request, &ForceDashboardView::of(service.run(read).await?, age))?, age)
}
