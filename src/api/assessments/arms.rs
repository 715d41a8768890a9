//! ARMS assessments as their assessors judged them.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{AssessRisk, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::casework::{list_of, read_one};
use crate::api::dates::{civil_date, civil_date_if_given};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView};
use crate::casework::assessments::{Assessing, AssessmentCorrection, assess, correct};
use crate::domain::arms_assessment::{ArmsFactor, FactorLevel};
use crate::domain::calendar::CivilDate;
use crate::domain::offender::RiskLevel;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// An ARMS assessment. Nothing of it is computed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterArmsAssessment)]
pub struct AssessBody {
    /// When it was made.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    assessed_on: CivilDate,
    /// The overall level: `low`, `medium`, `high`, `very_high`.
    #[schema(value_type = String)]
    overall: RiskLevel,
    /// All eleven factors by name, each `low`, `medium` or `high`.
    #[schema(value_type = Object, additional_properties)]
    factors: BTreeMap<ArmsFactor, FactorLevel>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    rationale: Words,
    /// When it is reviewed: after the assessment and at most 12 months later.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    next_review_on: CivilDate,
    /// Whether the offender is an adult man; needed where the record does not show it.
    adult_male: Option<bool>,
}

/// Enters an ARMS assessment: for an officer in post who holds `arms_assessor` on the day of the assessment and today.
///
/// # Errors
/// When the caller may not, there is no such case in scope, ARMS does not apply, or something is missing.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/arms-assessments", tag = "casework", operation_id = "enter_arms_assessment",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = AssessBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    service: web::Data<Service>,
    permit: Permit<AssessRisk>,
    offender: web::Path<Ref>,
    sent: Sent<AssessBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: AssessBody { assessed_on, overall, factors, rationale, next_review_on, adult_male }, key } = sent;
    let assessing = Assessing { assessed_on, overall, factors, rationale, next_review_on, adult_male };
    let act =
        move |service: &Service| assess(service.store(), &service.acting(&reader, key.as_ref()), &offender, assessing);
    created(service.run(act).await?, "/v1/arms-assessments")
}

/// The ARMS assessments of an offender.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/arms-assessments", tag = "casework", operation_id = "list_arms_assessments",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, offender.into_inner(), RecordKind::ArmsAssessment).await
}

/// One ARMS assessment, with its version.
///
/// # Errors
/// When the caller may not, or there is none in scope.
#[utoipa::path(
    get, path = "/v1/arms-assessments/{ref}", tag = "casework", operation_id = "read_arms_assessment",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The assessment's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    assessment: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::ArmsAssessment, assessment.into_inner()).await
}

/// What is put right; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CorrectArmsAssessment)]
pub struct CorrectBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
    /// When it was made.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    assessed_on: Option<CivilDate>,
    /// The overall level.
    #[schema(value_type = Option<String>)]
    overall: Option<RiskLevel>,
    /// All eleven factors.
    #[schema(value_type = Option<Object>, additional_properties)]
    factors: Option<BTreeMap<ArmsFactor, FactorLevel>>,
    /// Why this level.
    #[schema(value_type = Option<String>)]
    rationale: Option<Words>,
    /// When it is reviewed.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    next_review_on: Option<CivilDate>,
}

/// Puts an ARMS assessment right, with a reason. A new judgement is a new assessment.
///
/// # Errors
/// When the caller may not, there is none in scope, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/arms-assessments/{ref}", tag = "casework", operation_id = "correct_arms_assessment",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The assessment's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CorrectBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn patch(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<AssessRisk>,
    assessment: web::Path<Ref>,
    sent: Sent<CorrectBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body: CorrectBody { reason, assessed_on, overall, factors, rationale, next_review_on }, key } = sent;
    let correction = AssessmentCorrection { assessed_on, overall, factors, rationale, next_review_on };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        correct(service.store(), &acting, &assessment, (correction, reason, read))
    };
    changed(service.run(act).await?)
}
