//! Disposals: entered, listed, read, changed.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{EnterDisposals, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::dates::{civil_date, civil_date_if_given, civil_date_or_null};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::disposals::{
    ChangingDisposal, EnteringDisposal, change as change_disposal, enter as enter_disposal,
};
use crate::domain::calendar::CivilDate;
use crate::domain::disposal::{DisposalBasis, ReviewApplication, Sentence};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// An application for the review of an indefinite period: SOA 2003 ss.91B and 91C.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewApplication)]
pub struct ReviewApplicationBody {
    /// The day on which the police received it.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    received_on: CivilDate,
    /// The day on which the responsible bodies were asked.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    bodies_asked_on: Option<CivilDate>,
    /// The day of the determination; left out while it is open.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    decided_on: Option<CivilDate>,
    /// Whether it was refused.
    #[serde(default)]
    refused: bool,
    /// Years until the next, where the police set more than the usual number.
    #[serde(default)]
    years_until_next: Option<u32>,
    /// Why it was decided so.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reason: Option<Words>,
}

impl From<ReviewApplicationBody> for ReviewApplication {
    fn from(body: ReviewApplicationBody) -> Self {
        Self {
            received_on: body.received_on,
            bodies_asked_on: body.bodies_asked_on,
            decided_on: body.decided_on,
            refused: body.refused,
            years_until_next: body.years_until_next,
            reason: body.reason.map(String::from),
        }
    }
}

/// What made somebody a relevant offender (SOA 2003 ss.80, 82).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterDisposal)]
pub struct EnterBody {
    /// How: `conviction`, `finding` or `caution`.
    #[schema(value_type = String)]
    basis: DisposalBasis,
    /// What was imposed, by `kind`: `life`, `indeterminate`, `imprisonment` (`terms` of `months`, `days`, `suspended`,
    /// `consecutive`), `hospital_order` (`restriction`), `caution`, `conditional_discharge` (`months`, `days`) or `other`.
    #[schema(value_type = Object)]
    sentence: Sentence,
    /// The date from which the period runs.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    relevant_date: CivilDate,
    /// Under 18 on that date.
    under_18_at_relevant_date: bool,
    /// The day of the first notification, where it is known better than by those held.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    first_notified_on: Option<CivilDate>,
    /// Applications for the review of an indefinite period.
    #[serde(default)]
    review_applications: Vec<ReviewApplicationBody>,
}

/// Enters a disposal. How long notification lasts is worked out from it, beside what the records system says.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/disposals", tag = "casework", operation_id = "enter_disposal",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    service: web::Data<Service>,
    permit: Permit<EnterDisposals>,
    subject: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let entering = EnteringDisposal {
        basis: body.basis,
        sentence: body.sentence,
        relevant_date: body.relevant_date,
        under_18_at_relevant_date: body.under_18_at_relevant_date,
        first_notified_on: body.first_notified_on,
        review_applications: body.review_applications.into_iter().map(ReviewApplication::from).collect(),
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        enter_disposal(service.store(), &acting, &subject, entering)
    };
    created(service.run(act).await?, "/v1/disposals")
}

/// The disposals of an offender.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/disposals", tag = "casework", operation_id = "list_disposals",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, subject.into_inner(), RecordKind::Disposal).await
}

/// One disposal, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/disposals/{ref}", tag = "casework", operation_id = "read_disposal",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "Its reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Disposal, subject.into_inner()).await
}

/// What is put right of a disposal, or becomes of an application: members that are left out stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeDisposal)]
pub struct ChangeBody {
    /// How: `conviction`, `finding` or `caution`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    basis: Option<DisposalBasis>,
    /// What was imposed.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    sentence: Option<Sentence>,
    /// The date from which the period runs.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    relevant_date: Option<CivilDate>,
    /// Under 18 on that date.
    #[serde(default)]
    under_18_at_relevant_date: Option<bool>,
    /// The day of the first notification; `null` empties.
    #[serde(default, deserialize_with = "civil_date_or_null")]
    #[schema(value_type = Option<String>, format = Date)]
    first_notified_on: Option<Option<CivilDate>>,
    /// Applications for the review of an indefinite period: all of them.
    #[serde(default)]
    review_applications: Option<Vec<ReviewApplicationBody>>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Puts a disposal right, or enters what becomes of an application for review.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    patch, path = "/v1/disposals/{ref}", tag = "casework", operation_id = "change_disposal",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "Its reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<EnterDisposals>,
    subject: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let applications = body.review_applications;
    let changing = ChangingDisposal {
        basis: body.basis,
        sentence: body.sentence,
        relevant_date: body.relevant_date,
        under_18_at_relevant_date: body.under_18_at_relevant_date,
        first_notified_on: body.first_notified_on,
        review_applications: applications.map(|all| all.into_iter().map(ReviewApplication::from).collect()),
        reason: body.reason,
    };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        change_disposal(service.store(), &acting, &subject, changing, read)
    };
    changed(service.run(act).await?)
}
