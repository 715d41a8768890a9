//! Whether somebody meets the criteria of reactive management: advice, criterion by criterion.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::as_at::AsAtQuery;
use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::tagged;
use crate::casework::actor::Role;
use crate::casework::offenders::{OpenedCase, case_file};
use crate::domain::calendar::CivilDate;
use crate::domain::flag::Case;
use crate::domain::flag::criteria::{CriterionResult, Outcome, criteria};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;

/// The criteria of reactive management, one by one. Advice to whoever decides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReactiveEligibility)]
pub struct EligibilityView {
    /// The offender.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The Europe/London date for which it holds.
    #[schema(value_type = String, format = Date)]
    as_at: CivilDate,
    /// The policy whose numbers were used.
    policy_version: String,
    /// Placed in reactive management now.
    placed: bool,
    /// True when every criterion is met; an unknown is not.
    meets_every_criterion: bool,
    /// Each criterion.
    criteria: Vec<CriterionView>,
    /// The role that decides.
    decided_by: &'static str,
    /// What this is, and is not.
    advice: &'static str,
}

/// One criterion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Criterion)]
struct CriterionView {
    /// The criterion's stable name.
    criterion: &'static str,
    /// `pass`, `fail` or `unknown`.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// The facts and dates used.
    #[schema(value_type = Object)]
    facts: Value,
}

impl From<CriterionResult> for CriterionView {
    fn from(result: CriterionResult) -> Self {
        Self { criterion: result.criterion, outcome: result.outcome, facts: result.facts }
    }
}

impl EligibilityView {
    fn of(opened: &OpenedCase, at: Moment, policy: &Policy) -> Self {
        let OpenedCase { file, force } = opened;
        let results = criteria(Case { file, force, at, policy });
        Self {
            offender_ref: file.offender_ref.clone(),
            as_at: at.today(),
            policy_version: policy.version.clone(),
            placed: file.reactive_spell(at).is_some(),
            meets_every_criterion: results.iter().all(|result| result.outcome == Outcome::Pass),
            criteria: results.into_iter().map(CriterionView::from).collect(),
            decided_by: Role::DetectiveInspector.name(),
            advice: "This is advice. A detective inspector decides whether somebody enters or leaves reactive \
                     management, and writes down why.",
        }
    }
}

/// Each criterion of reactive management for one offender, with the facts used.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/reactive-eligibility", tag = "offenders", operation_id = "read_reactive_eligibility",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference"), AsAtQuery),
    responses((status = 200, body = EligibilityView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
    query: web::Query<AsAtQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, now) = (service.reader(permit), service.clock().moment());
    let as_at = query.as_at(now.now())?;
    let (act, at) = ("offender.reactive_eligibility.read", as_at.moment(now));
    let open = move |service: &Service| case_file(service.store(), &reader, &offender, act, as_at);
    let opened = service.run(open).await?.ok_or_else(Problem::not_found)?;
    let policy = service.policies().in_force(at.today()).map_err(|error| Problem::internal(&error))?;
    tagged(&request, &EligibilityView::of(&opened, at, policy))
}
