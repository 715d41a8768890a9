//! Assessments by other tools, where ARMS does not apply.

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
use crate::casework::assessments::{AssessingOtherwise, OtherAssessmentCorrection, assess_otherwise, correct_other};
use crate::domain::calendar::CivilDate;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// An assessment by another tool, as the tool gives it: never converted to an ARMS level.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterOtherAssessment)]
pub struct OtherBody {
    /// The tool.
    #[schema(value_type = String)]
    tool: Words,
    /// Its version.
    #[schema(value_type = String)]
    version: Words,
    /// The band as the tool names it.
    #[schema(value_type = String)]
    band: Words,
    /// When it was made.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    assessed_on: CivilDate,
    /// When it is reviewed: after the assessment and at most 12 months later.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    next_review_on: CivilDate,
    /// Why ARMS does not apply; needed where the record does not show it.
    #[schema(value_type = Option<String>)]
    why_not_arms: Option<Words>,
    /// Why this band.
    #[schema(value_type = String)]
    rationale: Words,
}

/// Enters an assessment by another tool, of somebody for whom ARMS is not made.
///
/// # Errors
/// When the caller may not, there is no such case in scope, ARMS applies, or something is missing.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/other-assessments", tag = "casework", operation_id = "enter_other_assessment",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = OtherBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    service: web::Data<Service>,
    permit: Permit<AssessRisk>,
    offender: web::Path<Ref>,
    sent: Sent<OtherBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let OtherBody { tool, version, band, assessed_on, next_review_on, why_not_arms, rationale } = body;
    let assessing = AssessingOtherwise { tool, version, band, assessed_on, next_review_on, why_not_arms, rationale };
    let act = move |service: &Service| {
        assess_otherwise(service.store(), &service.acting(&reader, key.as_ref()), &offender, assessing)
    };
    created(service.run(act).await?, "/v1/other-assessments")
}

/// The assessments of an offender by other tools.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/other-assessments", tag = "casework", operation_id = "list_other_assessments",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, offender.into_inner(), RecordKind::OtherAssessment).await
}

/// One assessment by another tool, with its version.
///
/// # Errors
/// When the caller may not, or there is none in scope.
#[utoipa::path(
    get, path = "/v1/other-assessments/{ref}", tag = "casework", operation_id = "read_other_assessment",
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
    read_one(&request, service, permit, RecordKind::OtherAssessment, assessment.into_inner()).await
}

/// What is put right; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CorrectOtherAssessment)]
pub struct CorrectOtherBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
    /// The tool.
    #[schema(value_type = Option<String>)]
    tool: Option<Words>,
    /// Its version.
    #[schema(value_type = Option<String>)]
    version: Option<Words>,
    /// The band.
    #[schema(value_type = Option<String>)]
    band: Option<Words>,
    /// When it was made.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    assessed_on: Option<CivilDate>,
    /// When it is reviewed.
    #[serde(default, deserialize_with = "civil_date_if_given")]
    #[schema(value_type = Option<String>, format = Date)]
    next_review_on: Option<CivilDate>,
    /// Why this band.
    #[schema(value_type = Option<String>)]
    rationale: Option<Words>,
}

/// Puts an assessment by another tool right, with a reason.
///
/// # Errors
/// When the caller may not, there is none in scope, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/other-assessments/{ref}", tag = "casework", operation_id = "correct_other_assessment",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The assessment's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CorrectOtherBody,
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
    sent: Sent<CorrectOtherBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let CorrectOtherBody { reason, tool, version, band, assessed_on, next_review_on, rationale } = body;
    let correction = OtherAssessmentCorrection { tool, version, band, assessed_on, next_review_on, rationale };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        correct_other(service.store(), &acting, &assessment, (correction, reason, read))
    };
    changed(service.run(act).await?)
}
