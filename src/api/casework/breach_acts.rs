//! What people decide and record on one breach: each act names the version that was read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{CancelCrimeReports, DecideBreaches, DiscountBreaches, InvestigateBreaches};
use crate::api::auth::permit::Permit;
use crate::api::dates::{civil_date_if_given, instant};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::breaches::{Stepping, cancel_crime, decide as decide_breach, investigate, judge, record_crime};
use crate::domain::breach::{BreachDecisionKind, BreachState, InvestigativeStepKind};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// Why what was suspected is a breach, or is none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JudgeBreach)]
pub struct JudgeBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    rationale: Words,
}

/// Confirms a breach that was suspected. To confirm what was discounted is for a supervisor or a detective inspector.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/breaches/{ref}/confirm", tag = "casework", operation_id = "confirm_breach",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The breach's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = JudgeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn confirm(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<InvestigateBreaches>,
    subject: web::Path<Ref>,
    sent: Sent<JudgeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        judge(service.store(), &acting, &subject, BreachState::Confirmed, body.rationale, read)
    };
    changed(service.run(act).await?)
}

/// Discounts a breach that was suspected: there was a reasonable excuse, say, or the duty did not run.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/breaches/{ref}/discount", tag = "casework", operation_id = "discount_breach",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The breach's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = JudgeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn discount(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<DiscountBreaches>,
    subject: web::Path<Ref>,
    sent: Sent<JudgeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        judge(service.store(), &acting, &subject, BreachState::Discounted, body.rationale, read)
    };
    changed(service.run(act).await?)
}

/// How a breach is investigated, or why it is not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InvestigateBreach)]
pub struct StepBody {
    /// `arrest`, `voluntary_interview`, `other` or `none`.
    #[schema(value_type = String)]
    kind: InvestigativeStepKind,
    /// What it is; needed where there is none: why.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    rationale: Option<Words>,
    /// By when; needed where there is a step.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<CivilDate>,
    /// When it was done.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    done_on: Option<CivilDate>,
}

/// Says how a breach is investigated, by when, and once it is done, when; or why it is not investigated.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/breaches/{ref}/investigative-step", tag = "casework", operation_id = "investigate_breach",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The breach's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = StepBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn step(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<InvestigateBreaches>,
    subject: web::Path<Ref>,
    sent: Sent<StepBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: StepBody { kind, rationale, due_on, done_on }, key } = sent;
    let stepping = Stepping { kind, rationale, due_on, done_on };
    let act = move |service: &Service| {
        investigate(service.store(), &service.acting(&reader, key.as_ref()), &subject, stepping, read)
    };
    changed(service.run(act).await?)
}

/// The crime report of a breach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RecordCrimeReport)]
pub struct CrimeBody {
    /// The crime number.
    #[schema(value_type = String)]
    crime_ref: Ref,
    /// When the crime was recorded.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
}

/// Links a breach to its crime report.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/breaches/{ref}/crime-report", tag = "casework", operation_id = "record_crime_report",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The breach's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CrimeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn crime_report(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<InvestigateBreaches>,
    subject: web::Path<Ref>,
    sent: Sent<CrimeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: CrimeBody { crime_ref, recorded_at }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        record_crime(service.store(), &acting, &subject, (crime_ref, recorded_at), read)
    };
    changed(service.run(act).await?)
}

/// That a crime report was cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelCrimeReport)]
pub struct CancelBody {
    /// When.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    cancelled_at: Instant,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Says that a breach's crime report was cancelled: the breach is then without one again, and its clock still runs from the discovery.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/breaches/{ref}/crime-report/cancel", tag = "casework", operation_id = "cancel_crime_report",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The breach's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CancelBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn cancel_crime_report(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<CancelCrimeReports>,
    subject: web::Path<Ref>,
    sent: Sent<CancelBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: CancelBody { cancelled_at, reason }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        cancel_crime(service.store(), &acting, &subject, (cancelled_at, reason), read)
    };
    changed(service.run(act).await?)
}

/// A decision on a breach.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideBreach)]
pub struct DecideBody {
    /// `charge`, `caution`, `out_of_court`, `words_of_advice`, `no_further_action` or `no_crime`.
    #[schema(value_type = String)]
    kind: BreachDecisionKind,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    rationale: Words,
}

/// Decides on a breach, with a rationale. Everything but a charge is for a supervisor or a detective inspector.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/breaches/{ref}/decision", tag = "casework", operation_id = "decide_breach",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The breach's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DecideBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn decide(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<DecideBreaches>,
    subject: web::Path<Ref>,
    sent: Sent<DecideBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: DecideBody { kind, rationale }, key } = sent;
    let act = move |service: &Service| {
        decide_breach(service.store(), &service.acting(&reader, key.as_ref()), &subject, (kind, rationale), read)
    };
    changed(service.run(act).await?)
}
