//! Entering officers, changing what is plain about them, and the courses that they complete.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::ManageOfficers;
use crate::api::auth::permit::Permit;
use crate::api::changes::{Changes, given};
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::staff::officers::{change, enter, enter_training};
use crate::domain::officer::{Course, Officer, OfficerRole, Shift, Training};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::domain::working_time::{DayOfWeek, TimeOfDay};

/// One weekly shift.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Shift)]
pub struct ShiftBody {
    /// The day, as `mon`.
    #[schema(value_type = String)]
    weekday: DayOfWeek,
    /// When it starts, as `08:00`.
    #[schema(value_type = String)]
    start: TimeOfDay,
    /// When it ends.
    #[schema(value_type = String)]
    end: TimeOfDay,
}

/// A course that was completed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterTraining)]
pub struct TrainingBody {
    /// `visor_user`, `arms_assessor`, `mosovo_foundation` or `mosovo_supervisor`.
    #[schema(value_type = String)]
    course: Course,
    /// When it was completed.
    #[schema(value_type = String, format = Date)]
    completed_on: Day,
    /// The last day on which it is held; empty where it does not lapse.
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Day>,
}

impl From<TrainingBody> for Training {
    fn from(body: TrainingBody) -> Self {
        let expires_on = body.expires_on.map(|day| day.0);
        Self { course: body.course, completed_on: body.completed_on.0, expires_on }
    }
}

/// An officer whom the records system has not sent yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterOfficer)]
pub struct EnterBody {
    /// The reference that the records system will use; one is made where it is not given.
    #[serde(rename = "ref")]
    #[schema(value_type = Option<String>)]
    reference: Option<Ref>,
    /// The officer's name.
    #[schema(value_type = String)]
    name: Words,
    /// `offender_manager`, `supervisor`, `detective_inspector` or `neighbourhood_officer`.
    #[schema(value_type = String)]
    role: OfficerRole,
    /// Their team.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// First day in post.
    #[schema(value_type = String, format = Date)]
    in_post_from: Day,
    /// The neighbourhood that they police.
    #[schema(value_type = Option<String>)]
    neighbourhood_ref: Option<Ref>,
    /// Whether they hold the office of constable.
    constable: Option<bool>,
    /// The most offenders they should manage.
    max_caseload: Option<u32>,
    /// What they can do that a visit may ask for.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    skills: Vec<Words>,
    /// Courses completed.
    #[serde(default)]
    training: Vec<TrainingBody>,
    /// Weekly shifts.
    #[serde(default)]
    shifts: Vec<ShiftBody>,
}

impl EnterBody {
    fn officer(self) -> (Option<Ref>, Officer) {
        let shift = |shift: ShiftBody| Shift { weekday: shift.weekday, start: shift.start, end: shift.end };
        let officer = Officer {
            name: self.name.into(),
            role: self.role,
            team_ref: Some(self.team_ref),
            in_post_from: self.in_post_from.0,
            neighbourhood_ref: self.neighbourhood_ref,
            in_post_until: None,
            constable: self.constable,
            max_caseload: self.max_caseload,
            skills: self.skills.into_iter().map(String::from).collect(),
            training: self.training.into_iter().map(Training::from).collect(),
            shifts: self.shifts.into_iter().map(shift).collect(),
            absences: Vec::new(),
            loans: Vec::new(),
        };
        (self.reference, officer)
    }
}

/// Enters an officer of the caller's teams; supervisors and detective inspectors are a detective inspector's to enter.
///
/// # Errors
/// When the caller may not, the team is not theirs, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/officers", tag = "staff", operation_id = "enter_officer", security(("bearer_token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day")),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("Location" = String), ("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter_one(
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let (reference, officer) = body.officer();
    let act =
        move |service: &Service| enter(service.store(), &service.acting(&reader, key.as_ref()), reference, officer);
    created(service.run(act).await?, "/v1/officers")
}

/// What is changed about an officer. What is left out stays; null empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeOfficer)]
pub struct ChangeBody {
    /// The officer's name.
    #[schema(value_type = Option<String>)]
    name: Option<Words>,
    /// Their team.
    #[schema(value_type = Option<String>)]
    team_ref: Option<Ref>,
    /// The neighbourhood that they police.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    neighbourhood_ref: Option<Option<Ref>>,
    /// Whether they hold the office of constable.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<bool>)]
    constable: Option<Option<bool>>,
    /// The most offenders they should manage.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    max_caseload: Option<Option<u32>>,
    /// What they can do that a visit may ask for.
    #[schema(value_type = Option<Vec<String>>)]
    skills: Option<Vec<Words>>,
    /// Weekly shifts.
    shifts: Option<Vec<ShiftBody>>,
}

/// Changes plain members of an officer's record.
///
/// # Errors
/// When the caller may not, there is none in scope, the record would contradict itself, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/officers/{ref}", tag = "staff", operation_id = "change_officer", security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changes = Changes::default()
        .with("name", body.name.as_ref())
        .with("team_ref", body.team_ref.as_ref())
        .with("neighbourhood_ref", body.neighbourhood_ref.as_ref())
        .with("constable", body.constable.as_ref())
        .with("max_caseload", body.max_caseload.as_ref())
        .with("skills", body.skills.as_ref())
        .with("shifts", body.shifts.as_ref())
        .all()?;
    let act = move |service: &Service| {
        change(service.store(), &service.acting(&reader, key.as_ref()), &officer, changes, read)
    };
    changed(service.run(act).await?)
}

/// Enters a course that an officer has completed; the same course completed on the same day takes the older entry's place.
///
/// # Errors
/// When the caller may not, there is none in scope, or the days contradict each other.
#[utoipa::path(
    post, path = "/v1/officers/{ref}/training", tag = "staff", operation_id = "enter_training",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = TrainingBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "The officer's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn training(
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<TrainingBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let training = Training::from(body);
    let act = move |service: &Service| {
        enter_training(service.store(), &service.acting(&reader, key.as_ref()), &officer, &training)
    };
    changed(service.run(act).await?)
}
