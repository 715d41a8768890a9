//! Supervision by sample.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::acting::{Sent, created};
use crate::api::auth::act::{DrawDipSamples, GradeDipSamples, ReadDipSamples};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::api::view::{RecordView, tagged};
use crate::casework::dip_samples::acts::{Grading, draw_sample, grade};
use crate::casework::dip_samples::read::{JudgedSample, SamplesError, sample, sample_grade, samples};
use crate::domain::dip_sample::{Grade, Question};
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// What is sent to draw a sample: an empty object. The service draws; nobody chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DrawDipSample)]
pub struct DrawBody {}

/// Draws this month's sample of a team: at random by a recorded seed, one case of each of reactive, low, medium, high and
/// unassessed that there is, the rest by chance; of these a share for a second grader.
///
/// # Errors
/// When the caller may not, the team is not within reach, or the month's sample has been drawn.
#[utoipa::path(
    post, path = "/v1/teams/{ref}/dip-samples", tag = "supervision", operation_id = "draw_dip_sample",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The team's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DrawBody,
    responses((status = 201, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn draw(
    service: web::Data<Service>,
    permit: Permit<DrawDipSamples>,
    team: web::Path<Ref>,
    sent: Sent<DrawBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: DrawBody {}, key } = sent;
    let act = move |service: &Service| draw_sample(service.store(), &service.acting(&reader, key.as_ref()), &team);
    created(service.run(act).await?, "/v1/dip-samples")
}

/// One grader's judgement of one case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GradeDipSample)]
pub struct GradeBody {
    /// Whose case.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The grade of each question: `assessment`, `plan`, `visits`, `actions`, `breaches`, `intelligence`, `safeguarding`,
    /// `record`, each `good`, `requires_improvement` or `inadequate`.
    #[schema(value_type = Object)]
    answers: BTreeMap<Question, Grade>,
    /// The grade of the whole.
    #[schema(value_type = String)]
    overall: Grade,
    /// What was found, in at most 10,000 characters.
    #[schema(value_type = String)]
    findings: Words,
}

/// Grades one case of a sample. Nobody grades a case they managed, assessed, approved or decided in.
///
/// # Errors
/// When the caller may not, there is no such sample or case within reach, or it is their own work.
#[utoipa::path(
    post, path = "/v1/dip-samples/{ref}/grades", tag = "supervision", operation_id = "grade_dip_sample",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The sample's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = GradeBody,
    responses((status = 201, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn grade_one(
    service: web::Data<Service>,
    permit: Permit<GradeDipSamples>,
    sample: web::Path<Ref>,
    sent: Sent<GradeBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: GradeBody { offender_ref, answers, overall, findings }, key } = sent;
    let grading = Grading { offender_ref, answers, overall, findings };
    let act = move |service: &Service| grade(service.store(), &service.acting(&reader, key.as_ref()), &sample, grading);
    created(service.run(act).await?, "/v1/dip-sample-grades")
}

/// A sample with its grades.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DipSample)]
pub struct SampleView {
    /// The sample: team, month, seed, who drew it when, and the cases drawn.
    sample: RecordView,
    /// The grades given.
    grades: Vec<RecordView>,
    /// Every case is graded by as many as it asks for, and enough by a detective inspector.
    complete: bool,
    /// Of the cases graded twice, the share on which both graders agree, in percent; none where none was.
    agreement_percent: Option<usize>,
    /// `cases`, `ungraded`, `want_second`, `graded_by_inspector`, `inspector_must_grade`, `by_grade` (first grades),
    /// `graded_twice`, `agreed`.
    #[schema(value_type = Object)]
    standing: Value,
}

impl SampleView {
    fn of(judged: &JudgedSample) -> Result<Self, Problem> {
        let JudgedSample { sample, grades, standing } = judged;
        Ok(Self {
            sample: RecordView::part(&sample.subject, &sample.record)?,
            grades: grades
                .iter()
                .map(|held| RecordView::part(&held.subject, &held.record))
                .collect::<Result<_, _>>()?,
            complete: standing.is_complete(),
            agreement_percent: standing.agreement_percent(),
            standing: serde_json::to_value(standing).map_err(|error| Problem::internal(&error))?,
        })
    }
}

/// Every sample of a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DipSampleList)]
pub struct SampleList {
    /// The newest first.
    items: Vec<SampleView>,
}

impl From<SamplesError> for Problem {
    fn from(error: SamplesError) -> Self {
        match error {
            SamplesError::Store(error) => error.into(),
            SamplesError::Policy(error) => Self::internal(&error),
            SamplesError::NotFound => Self::not_found(),
        }
    }
}

/// The samples of a team with their grades, and how far the graders agree.
///
/// # Errors
/// When the caller may not, the team is not within reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams/{ref}/dip-samples", tag = "supervision", operation_id = "list_dip_samples",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference")),
    responses((status = 200, body = SampleList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadDipSamples>,
    team: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| samples(service.store(), &reader, service.policies(), &team);
    let found = service.run(read).await?;
    tagged(&request, &SampleList { items: found.iter().map(SampleView::of).collect::<Result<_, _>>()? })
}

/// One sample with its grades, and how far the graders agree.
///
/// # Errors
/// When the caller may not, there is no such sample within reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/dip-samples/{ref}", tag = "supervision", operation_id = "get_dip_sample",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The sample's reference")),
    responses((status = 200, body = SampleView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadDipSamples>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| sample(service.store(), &reader, service.policies(), &subject);
    tagged(&request, &SampleView::of(&service.run(read).await?)?)
}

/// One grade of a sample.
///
/// # Errors
/// When the caller may not, there is no such grade within reach, or the service fails.
#[utoipa::path(
    get, path = "/v1/dip-sample-grades/{ref}", tag = "supervision", operation_id = "get_dip_sample_grade",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The grade's reference")),
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read_grade(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadDipSamples>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| sample_grade(service.store(), &reader, &subject);
    let (held, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(&request, &RecordView::of(held)?, tag)
}
