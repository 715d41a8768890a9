//! `GET /v1/officers/{ref}/daily-list`: an officer's visits on a day.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::auth::act::ReadDailyLists;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date_if_given;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::records_age::{records_age, with_age};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::schedules::daily_list::{self, DailyList};
use crate::domain::as_at::AsAt;
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;

/// Which day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// The day; today where it is not given.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    date: Option<CivilDate>,
}

/// An officer's visits on a day, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct DailyListView {
    /// `officer_ref`, `name`, `date`, and `visits`: for each `visit_id`, `schedule_id`, `start`, `end`,
    /// `offender_ref`, `offender`, `address_ref`, `address`, `crew`, `risk`, `window`, `overdue_days`,
    /// `unannounced`, `travel_seconds_before`, `why`, and `doubts`: what has changed since it was accepted.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    list: Value,
}

impl DailyListView {
    fn of(list: &DailyList) -> Result<Self, Problem> {
        Ok(Self { list: serde_json::to_value(list).map_err(|error| Problem::internal(&error))? })
    }
}

/// An officer's visits of the accepted schedule on a day, in order, with addresses, windows, warnings
/// and reasons. An offender manager reads their own list and no other.
///
/// # Errors
/// When the caller may not, there is no such officer within reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/officers/{ref}/daily-list", tag = "staff", operation_id = "read_daily_list",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("date" = Option<String>, Query, description = "The day, YYYY-MM-DD; today where it is not given"),
    ),
    responses((status = 200, body = DailyListView, headers(("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<ReadDailyLists>,
    officer: web::Path<Ref>,
    day: web::Query<Day>,
) -> Result<HttpResponse, Problem> {
    let (person, clock) = (permit.into_person(), service.clock());
    let date = day.date.unwrap_or_else(|| clock.moment().today());
    let force = person.force.clone();
    let age = records_age(&service, force.clone(), AsAt::Now).await?;
    let list = service
        .run(move |service| {
            daily_list::daily_list(service.store(), clock, &Actor::Person(person), &force, &officer, date)
        })
        .await?;
    with_age(HttpResponse::Ok().json(DailyListView::of(&list)?), age)
}
