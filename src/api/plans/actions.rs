//! What is done about a plan's actions.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::{CheckActions, CompleteActions};
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::plans::actions::{self, ActionOf};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// An action, as the path names it.
#[derive(Debug, Deserialize)]
pub struct ActionPath {
    #[serde(rename = "ref")]
    plan: Ref,
    action: Ref,
}

impl ActionPath {
    fn named(path: web::Path<Self>) -> ActionOf {
        let Self { plan, action } = path.into_inner();
        ActionOf { plan, action }
    }
}

/// How an action was completed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CompleteAction)]
pub struct CompleteBody {
    /// When.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    completed_on: CivilDate,
    /// What shows it, in at most 10,000 characters.
    #[schema(value_type = String)]
    evidence: Words,
}

/// Completes an action with evidence: its owner's, or the case's manager's.
///
/// # Errors
/// When the caller may not, there is none in scope, or it is completed already.
#[utoipa::path(
    post, path = "/v1/risk-management-plans/{ref}/actions/{action}/complete", tag = "casework",
    operation_id = "complete_plan_action", security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The plan's reference"),
        ("action" = String, Path, description = "The action's reference within the plan"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CompleteBody,
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn complete(
    service: web::Data<Service>,
    permit: Permit<CompleteActions>,
    path: web::Path<ActionPath>,
    sent: Sent<CompleteBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, of) = (service.reader(permit), ActionPath::named(path));
    let Sent { body: CompleteBody { completed_on, evidence }, key } = sent;
    let act = move |service: &Service| {
        actions::complete(service.store(), &service.acting(&reader, key.as_ref()), &of, (completed_on, evidence))
    };
    changed(service.run(act).await?)
}

/// Whether a completion stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckAction)]
pub struct CheckBody {
    /// True: it stands. False: the action is open again, with a reason.
    ok: bool,
    /// Why it does not stand, in at most 10,000 characters.
    #[schema(value_type = Option<String>)]
    reason: Option<Words>,
}

/// Checks that an action was completed: for a supervisor or detective inspector who did not complete it.
///
/// # Errors
/// When the caller may not, there is none in scope, or it is not completed.
#[utoipa::path(
    post, path = "/v1/risk-management-plans/{ref}/actions/{action}/check", tag = "casework",
    operation_id = "check_plan_action", security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The plan's reference"),
        ("action" = String, Path, description = "The action's reference within the plan"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = CheckBody,
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn check(
    service: web::Data<Service>,
    permit: Permit<CheckActions>,
    path: web::Path<ActionPath>,
    sent: Sent<CheckBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, of) = (service.reader(permit), ActionPath::named(path));
    let Sent { body: CheckBody { ok, reason }, key } = sent;
    if ok && reason.is_some() {
        return Err(Problem::new(ErrorCode::NOT_ACCEPTABLE, "a completion that stands has no reason").at("/reason"));
    }
    if !ok && reason.is_none() {
        return Err(Problem::new(ErrorCode::REASON_NEEDED, "say why it does not stand").at("/reason"));
    }
    let act =
        move |service: &Service| actions::check(service.store(), &service.acting(&reader, key.as_ref()), &of, reason);
    changed(service.run(act).await?)
}

/// Until when an action is deferred, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeferAction)]
pub struct DeferBody {
    /// The new due date.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    due_on: CivilDate,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// Gives an action a later due date: for a supervisor or detective inspector.
///
/// # Errors
/// When the caller may not, there is none in scope, it is completed, or the date is not later.
#[utoipa::path(
    post, path = "/v1/risk-management-plans/{ref}/actions/{action}/defer", tag = "casework",
    operation_id = "defer_plan_action", security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The plan's reference"),
        ("action" = String, Path, description = "The action's reference within the plan"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = DeferBody,
    responses((status = 200, body = RecordView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn defer(
    service: web::Data<Service>,
    permit: Permit<CheckActions>,
    path: web::Path<ActionPath>,
    sent: Sent<DeferBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, of) = (service.reader(permit), ActionPath::named(path));
    let Sent { body: DeferBody { due_on, reason }, key } = sent;
    let act = move |service: &Service| {
        actions::defer(service.store(), &service.acting(&reader, key.as_ref()), &of, (due_on, reason))
    };
    changed(service.run(act).await?)
}
