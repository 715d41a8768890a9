//! The queue of cases that nobody manages.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::act::ReadCaseloads;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::allocations::unallocated::{FromPost, Named, QueueGroup, unallocated};
use crate::domain::calendar::CivilDate;
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::unallocated::UnallocatedCase;

/// An officer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NamedOfficer)]
pub struct NamedView {
    /// Who.
    #[schema(value_type = String)]
    officer_ref: Ref,
    /// The officer's name; not known where empty.
    name: Option<String>,
}

impl From<Named> for NamedView {
    fn from(named: Named) -> Self {
        Self { officer_ref: named.officer_ref, name: named.name }
    }
}

/// The post that cases came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FromPost)]
pub struct FromPostView {
    /// Which.
    #[schema(value_type = String)]
    post_ref: Ref,
    /// What it is called.
    title: String,
    /// Since when it is vacant; empty where it is held.
    #[schema(value_type = Option<String>, format = Date)]
    vacant_since: Option<CivilDate>,
}

/// A case that nobody manages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnallocatedCase)]
pub struct CaseView {
    /// Whose.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The team responsible.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// Why, as the flag `unallocated` has it.
    reason: &'static str,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    since: CivilDate,
    /// For how many days.
    days: i64,
    /// The ARMS level; not known where empty.
    #[schema(value_type = Option<String>)]
    risk: Option<RiskLevel>,
}

/// The cases that came from one officer and are held by one, or by nobody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnallocatedGroup)]
pub struct GroupView {
    /// The offender manager who had them last; nobody where none ever had.
    came_from: Option<NamedView>,
    /// The post that they came from, where one is on file.
    post: Option<FromPostView>,
    /// Who holds them now, whatever they are in post as.
    holder: Option<NamedView>,
    /// How many.
    count: usize,
    /// The gravest risk among them; empty where that is not known.
    #[schema(value_type = Option<String>)]
    worst_risk: Option<RiskLevel>,
    /// The longest that one of them has waited, in days.
    most_days: i64,
    /// The cases, worst first.
    cases: Vec<CaseView>,
}

impl From<QueueGroup> for GroupView {
    fn from(group: QueueGroup) -> Self {
        let case = |case: UnallocatedCase| {
            let UnallocatedCase { offender_ref, team_ref, reason, since, days, risk, weight: _ } = case;
            CaseView { offender_ref, team_ref, reason, since, days, risk }
        };
        Self {
            came_from: group.came_from.map(NamedView::from),
            post: group.post.map(|post| {
                let FromPost { post_ref, title, vacant_since } = post;
                FromPostView { post_ref, title, vacant_since }
            }),
            holder: group.holder.map(NamedView::from),
            count: group.cases.len(),
            worst_risk: group.worst_risk,
            most_days: group.most_days,
            cases: group.cases.into_iter().map(case).collect(),
        }
    }
}

/// The queue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnallocatedQueue)]
pub struct QueueView {
    /// How many cases nobody manages.
    total: usize,
    /// By whom they came from, the worst first: risk × days of the worst case, what is not known as high.
    groups: Vec<GroupView>,
}

/// The cases in the caller's scope that nobody manages, by the officer or post that they came from.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/allocations/unallocated", tag = "allocation", operation_id = "list_unallocated",
    security(("bearer_token" = [])),
    responses((status = 200, body = QueueView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadCaseloads>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| unallocated(service.store(), &reader, service.policies())).await?;
    let groups: Vec<GroupView> = found.into_iter().map(GroupView::from).collect();
    Ok(HttpResponse::Ok().json(QueueView { total: groups.iter().map(|group| group.count).sum(), groups }))
}
