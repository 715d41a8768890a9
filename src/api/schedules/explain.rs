//! `GET /v1/schedules/{id}/explanations`: why each planned visit has its day, its crew and its hour.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::read::ScheduleRows;
use crate::api::auth::act::ReadSchedules;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date_if_given;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::explain::{Asked, explain};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;

/// Which visits.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplanationQuery {
    /// Those of this offender.
    #[param(value_type = Option<String>)]
    offender_ref: Option<Ref>,
    /// Those of this day.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[param(value_type = Option<String>, format = Date)]
    date: Option<CivilDate>,
}

/// Why each planned visit of a proposal has its day, its crew and its hour: a code, the figures and a sentence for each. Told
/// from what is stored of the proposal, so that an old one can be explained too.
///
/// # Errors
/// When the caller may not, there is none in scope, it is not finished, the query is wrong, or the service fails.
#[utoipa::path(
    get, path = "/v1/schedules/{id}/explanations", tag = "schedules", operation_id = "read_schedule_explanations",
    security(("bearer_token" = [])), params(("id" = Uuid, Path, description = "The proposal's id"), ExplanationQuery),
    responses((status = 200, body = ScheduleRows), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadSchedules>,
    id: web::Path<Uuid>,
    query: web::Query<ExplanationQuery>,
) -> Result<HttpResponse, Problem> {
    let person = permit.into_person();
    let ExplanationQuery { offender_ref, date } = query.into_inner();
    let asked = Asked { offender_ref, date };
    let choices = service
        .run(move |service| {
            let scope = person.case_scope();
            explain(service.store(), service.clock(), &Actor::Person(person), &scope, (*id, &asked))
        })
        .await?;
    ScheduleRows::answer(&choices)
}
