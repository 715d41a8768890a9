//! Absences of officers.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::allocations::allocate::MoveBody;
use crate::api::answer::{Advice, AdvisedRecord, advised};
use crate::api::auth::act::ManageOfficers;
use crate::api::auth::permit::Permit;
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::staff::absences::{LongAbsence, end, enter};
use crate::domain::caseload::Move;
use crate::domain::officer::{Absence, AbsenceReason};
use crate::domain::reference::Ref;

/// A span of whole days away from duty, both ends included.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterAbsence)]
pub struct AbsenceBody {
    /// First day away.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Last day away.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// `leave`, `sickness`, `training`, `court`, `abstraction` or `other`.
    #[schema(value_type = String)]
    reason: AbsenceReason,
    /// Cases that pass to others meanwhile.
    #[serde(default)]
    reassign: Vec<MoveBody>,
}

/// That nobody would be there for the cases.
fn advice(long: LongAbsence) -> Advice {
    let detail = if long.cases.is_empty() {
        "the absence is long; no case that you may see is left without a manager".to_owned()
    } else {
        let count = long.cases.len();
        format!(
            "the absence is long: {count} cases count as unallocated until somebody takes them; name who, in `reassign`"
        )
    };
    Advice { code: "long_absence", detail, facts: json!({ "since": long.since, "cases": long.cases }) }
}

/// Enters an absence. Of a long one the advice says which cases nobody would be there for; `reassign` passes them on
/// in the same act.
///
/// # Errors
/// When the caller may not, there is no such officer in scope, the days contradict each other, or a case cannot pass.
#[utoipa::path(
    post, path = "/v1/officers/{ref}/absences", tag = "staff", operation_id = "enter_absence",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = AbsenceBody,
    responses(
        (status = 200, body = AdvisedRecord, headers(("ETag" = String, description = "The officer's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter_one(
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<AbsenceBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: AbsenceBody { from, until, reason, reassign }, key } = sent;
    let absence = Absence { from: from.0, until: until.0, reason };
    let reassign = reassign.into_iter().map(Move::from).collect();
    let act = move |service: &Service| {
        enter(service.store(), &service.acting(&reader, key.as_ref()), &officer, &absence, reassign)
    };
    let entered = service.run(act).await?;
    advised(entered.written, None, entered.effects, entered.long.map(advice).into_iter().collect())
}

/// An absence that ends early, or did not come about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EndAbsence)]
pub struct EndBody {
    /// Its first day, as it was entered.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Its last day, as it was entered.
    #[schema(value_type = String, format = Date)]
    until: Day,
    /// Its last day now; where it is left out the absence is cancelled.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<Day>,
}

/// Ends an absence early, or cancels it.
///
/// # Errors
/// When the caller may not, there is no such officer in scope, or no such absence.
#[utoipa::path(
    post, path = "/v1/officers/{ref}/absences/end", tag = "staff", operation_id = "end_absence",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EndBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "The officer's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn end_one(
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<EndBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: EndBody { from, until, last_day }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        end(service.store(), &acting, &officer, (from.0, until.0), last_day.map(|day| day.0))
    };
    changed(service.run(act).await?)
}
