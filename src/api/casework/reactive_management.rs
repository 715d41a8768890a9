//! Reactive management: how it stands, and what people review, enter and decide in it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{
    DecideReactiveManagement, EnterArrests, ReadOffenders, RemoveFromReactiveManagement, ReviewReactiveManagement,
};
use crate::api::auth::permit::Permit;
use crate::api::dates::instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView, tagged};
use crate::casework::offenders::{OpenedCase, case_file};
use crate::casework::reactive_management::{
    Deciding, Reviewing, arrest as enter_arrest, decide as decide_reactive, remove as remove_reactive,
    review as review_reactive,
};
use crate::domain::as_at::AsAt;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::flag::Case;
use crate::domain::flag::criteria::{Outcome, criteria};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reactive_records::ReactiveOutcome;
use crate::domain::reactive_reviews::reviews_due;
use crate::domain::reactive_suspension::{TriggerRef, suspension};
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// How reactive management stands for one offender. What is suspended is so provisionally, until somebody decides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReactiveManagementState)]
pub struct StateView {
    /// The offender.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The Europe/London date for which it holds.
    #[schema(value_type = String, format = Date)]
    as_at: CivilDate,
    /// The policy whose numbers were used.
    policy_version: String,
    /// In reactive management.
    placed: bool,
    /// In it and not visited: placed, and not suspended.
    reactive: bool,
    /// The latest spell: `records.reactive_management.v1`.
    spell: Option<RecordView>,
    /// Since when and why it is suspended, provisionally: `since`, `decide_by`, `overdue`, `triggers` (each with `kind`,
    /// `ref`, `on` and `at`). Visits are due at once.
    #[schema(value_type = Option<Object>)]
    suspended: Option<Value>,
    /// The reviews that are due: `looked_at_on`, `yearly_due_on`, `yearly_overdue`, `changes` (each with `kind`, `ref`,
    /// `on`, `review_by` and `overdue`).
    #[schema(value_type = Option<Object>)]
    reviews: Option<Value>,
    /// The criteria that are not met, or not known to be.
    unmet_criteria: Vec<&'static str>,
    /// Every proposal.
    placements: RecordList,
    /// Every desk review.
    desk_reviews: RecordList,
    /// Every decision.
    decisions: RecordList,
}

impl StateView {
    fn of(opened: &OpenedCase, at: Moment, policy: &Policy, bank_holidays: &BankHolidays) -> Result<Self, Problem> {
        let OpenedCase { file, force } = opened;
        let value = |written: Result<Value, serde_json::Error>| written.map_err(|error| Problem::internal(&error));
        let suspended = suspension(file, at, policy, bank_holidays);
        let placed = file.reactive_spell(at).is_some();
        let results = criteria(Case { file, force, at, policy });
        let records = &file.records;
        let spell = records.reactive.as_ref().map(|spell| RecordView::part(&file.offender_ref, spell));
        Ok(Self {
            offender_ref: file.offender_ref.clone(),
            as_at: at.today(),
            policy_version: policy.version.clone(),
            placed,
            reactive: placed && suspended.is_none(),
            spell: spell.transpose()?,
            suspended: suspended.map(serde_json::to_value).map(value).transpose()?,
            reviews: reviews_due(file, at, policy, bank_holidays).map(serde_json::to_value).map(value).transpose()?,
            unmet_criteria: results
                .iter()
                .filter(|result| result.outcome != Outcome::Pass)
                .map(|result| result.criterion)
                .collect(),
            placements: RecordList::parts(&records.reactive_placements)?,
            desk_reviews: RecordList::parts(&records.reactive_reviews)?,
            decisions: RecordList::parts(&records.reactive_decisions)?,
        })
    }
}

/// How reactive management stands for one offender: the spell, since when and why it is suspended, what waits for a
/// review, what was proposed, reviewed and decided.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/reactive-management", tag = "casework", operation_id = "read_reactive_management",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = StateView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let (reader, at) = (service.reader(permit), service.clock().moment());
    let act = "offender.reactive_management.read";
    let open = move |service: &Service| case_file(service.store(), &reader, &offender, act, AsAt::Now);
    let opened = service.run(open).await?.ok_or_else(Problem::not_found)?;
    let policy = service.policies().in_force(at.today()).map_err(|error| Problem::internal(&error))?;
    let bank_holidays = BankHolidays::built_in().map_err(|error| Problem::internal(&error))?;
    tagged(&request, &StateView::of(&opened, at, policy, &bank_holidays)?)
}

/// A desk review of reactive management.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewReactiveManagement)]
pub struct ReviewBody {
    /// `retain` or `remove`.
    #[schema(value_type = String)]
    outcome: ReactiveOutcome,
    /// The systems and sources that were checked.
    #[schema(value_type = Vec<String>)]
    checks: Vec<Words>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Reviews reactive management at the desk, at least yearly. It answers no trigger: that is a detective inspector's.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/reactive-management/reviews", tag = "casework", operation_id = "review_reactive_management",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ReviewBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn review(
    service: web::Data<Service>,
    permit: Permit<ReviewReactiveManagement>,
    subject: web::Path<Ref>,
    sent: Sent<ReviewBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: ReviewBody { outcome, checks, reason }, key } = sent;
    let reviewing = Reviewing { outcome, checks, reason };
    let act = move |service: &Service| {
        review_reactive(service.store(), &service.acting(&reader, key.as_ref()), &subject, reviewing)
    };
    changed(service.run(act).await?)
}

/// Why somebody is removed from reactive management.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RemoveFromReactiveManagement)]
pub struct RemoveBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Removes somebody from reactive management: visits are due again.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/reactive-management/remove", tag = "casework", operation_id = "remove_from_reactive_management",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = RemoveBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn remove(
    service: web::Data<Service>,
    permit: Permit<RemoveFromReactiveManagement>,
    subject: web::Path<Ref>,
    sent: Sent<RemoveBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let act = move |service: &Service| {
        remove_reactive(service.store(), &service.acting(&reader, key.as_ref()), &subject, body.reason)
    };
    changed(service.run(act).await?)
}

/// An arrest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterArrest)]
pub struct ArrestBody {
    /// When.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    arrested_at: Instant,
    /// What for, and how it is known, in at most 10,000 characters.
    #[schema(value_type = String)]
    detail: Words,
}

/// Enters an arrest. Somebody in reactive management is suspended by it at once; breaches, intelligence of an arrest and new orders suspend by themselves.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/reactive-management/triggers", tag = "casework", operation_id = "enter_arrest",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ArrestBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn arrest(
    service: web::Data<Service>,
    permit: Permit<EnterArrests>,
    subject: web::Path<Ref>,
    sent: Sent<ArrestBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: ArrestBody { arrested_at, detail }, key } = sent;
    let act = move |service: &Service| {
        enter_arrest(service.store(), &service.acting(&reader, key.as_ref()), &subject, (arrested_at, detail))
    };
    changed(service.run(act).await?)
}

/// A decision on somebody whose reactive management is suspended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideReactiveManagement)]
pub struct DecideBody {
    /// `retain` or `remove`.
    #[schema(value_type = String)]
    outcome: ReactiveOutcome,
    /// The triggers that it answers, each with `kind` and `ref`; needed to retain.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    answers: Vec<TriggerRef>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Decides on somebody who is suspended. To retain answers the triggers that it names; while one is left the person stays suspended.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/reactive-management/decisions", tag = "casework", operation_id = "decide_reactive_management",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DecideBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn decide(
    service: web::Data<Service>,
    permit: Permit<DecideReactiveManagement>,
    subject: web::Path<Ref>,
    sent: Sent<DecideBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: DecideBody { outcome, answers, reason }, key } = sent;
    let deciding = Deciding { outcome, answers, reason };
    let bank_holidays = BankHolidays::built_in().map_err(|error| Problem::internal(&error))?;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        decide_reactive(service.store(), &acting, &subject, deciding, &bank_holidays)
    };
    changed(service.run(act).await?)
}
