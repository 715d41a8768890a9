//! The actions of the current plans: what is due, the longest first, and how many each owner has overdue.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::paging::{cursor, known, limit, page, place};
use crate::api::service::Service;
use crate::casework::plans::action_list::{self, ActionFilter, ActionPlace, ListedAction};
use crate::domain::calendar::CivilDate;
use crate::domain::plan_action::ActionState;
use crate::domain::reference::Ref;
use crate::domain::risk_management_plan::Pillar;

/// Which actions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActionQuery {
    /// Of this owner.
    #[param(value_type = Option<String>)]
    owner: Option<Ref>,
    /// `true`: those overdue; `false`: those not.
    overdue: Option<bool>,
    /// `open`, `completed` (not checked yet), `confirmed` or `sent_back`.
    state: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

fn named_state(name: &str) -> Option<ActionState> {
    serde_json::from_value(name.into()).ok()
}

/// One action, as it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedPlanAction)]
pub struct ActionView {
    /// The plan.
    #[schema(value_type = String)]
    plan_ref: Ref,
    /// Its reference within the plan.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// Of whom.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The pillar.
    #[schema(value_type = String)]
    pillar: Pillar,
    /// What is to be done.
    description: String,
    /// By whom.
    #[schema(value_type = Option<String>)]
    owner_ref: Option<Ref>,
    /// By when.
    #[schema(value_type = String, format = Date)]
    due_on: CivilDate,
    /// When it was done.
    #[schema(value_type = Option<String>, format = Date)]
    completed_on: Option<CivilDate>,
    /// Where it stands.
    #[schema(value_type = String)]
    state: ActionState,
    /// Overdue and open.
    overdue: bool,
}

impl From<ListedAction> for ActionView {
    fn from(listed: ListedAction) -> Self {
        let action = listed.standing.action;
        Self {
            plan_ref: listed.plan_ref,
            reference: action.reference,
            offender_ref: listed.offender_ref,
            pillar: action.pillar,
            description: action.description,
            owner_ref: action.owner_ref,
            due_on: action.due_on,
            completed_on: action.completed_on,
            state: listed.standing.state,
            overdue: listed.is_overdue,
        }
    }
}

/// How many an owner has overdue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OverdueOfOwner)]
pub struct OwnerView {
    /// The owner; nobody where empty.
    #[schema(value_type = Option<String>)]
    owner_ref: Option<Ref>,
    /// How many.
    overdue: usize,
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanActionList)]
pub struct ActionListView {
    /// The longest due first.
    items: Vec<ActionView>,
    /// Of all that the query asks for, how many each owner has overdue.
    overdue_by_owner: Vec<OwnerView>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

fn written((due_on, plan, action): &ActionPlace) -> String {
    serde_json::json!([due_on, plan, action]).to_string()
}

/// The actions of the current plans of managed offenders in the caller's scope.
///
/// # Errors
/// When the caller may not, the query is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/plan-actions", tag = "casework", operation_id = "list_plan_actions",
    security(("bearer_token" = [])),
    params(ActionQuery),
    responses(
        (status = 200, body = ActionListView, headers(("Link" = String, description = "The next page, rel=next"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    query: web::Query<ActionQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let ActionQuery { owner, overdue, state, limit: asked, cursor: at } = query.into_inner();
    let filter = ActionFilter { owner, overdue, state: known("state", state.as_deref(), named_state)? };
    let after = place(at.as_deref(), |place| serde_json::from_str::<ActionPlace>(&place).ok())?;
    let limit = limit(asked)?;
    let found =
        service.run(move |service| action_list::list(service.store(), &reader, &filter, (after, limit))).await?;
    let next_cursor = found.goes_on_after.as_ref().map(|after| cursor(&written(after)));
    let owners = found.overdue_by_owner.into_iter().map(|(owner_ref, overdue)| OwnerView { owner_ref, overdue });
    let view = ActionListView {
        items: found.actions.into_iter().map(ActionView::from).collect(),
        overdue_by_owner: owners.collect(),
        next_cursor,
    };
    page(&request, &view, view.next_cursor.as_deref())
}
