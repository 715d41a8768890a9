//! Leaving a post.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::Sent;
use crate::api::allocations::allocate::MoveBody;
use crate::api::answer::{AdvisedRecord, advised};
use crate::api::auth::act::ManageOfficers;
use crate::api::auth::permit::Permit;
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read_if_any;
use crate::api::service::Service;
use crate::casework::staff::leave_post::{Leaving, leave_post};
use crate::domain::caseload::Move;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// Somebody's leaving.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeavePost)]
pub struct LeaveBody {
    /// The last day in post.
    #[schema(value_type = String, format = Date)]
    in_post_until: Day,
    /// Why; it is the reason of the allocations too.
    #[schema(value_type = String)]
    reason: Words,
    /// Who takes each case that the officer holds on the day after.
    #[serde(default)]
    reassign: Vec<MoveBody>,
}

/// Enters an officer's last day in post. Refused with `cases_in_hand` while a case that they hold on the day after is
/// nobody's: `reassign` says who takes each, in the same act. The post that they held falls vacant.
///
/// # Errors
/// When the caller may not, there is no such officer in scope, a case is left or cannot pass, or the record has changed.
#[utoipa::path(
    post, path = "/v1/officers/{ref}/leave-post", tag = "staff", operation_id = "leave_post",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("If-Match" = Option<String>, Header, description = "The version of the officer that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = LeaveBody,
    responses(
        (status = 200, body = AdvisedRecord, headers(("ETag" = String, description = "The officer's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn leave(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<LeaveBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read_if_any(&request)?);
    let Sent { body: LeaveBody { in_post_until, reason, reassign }, key } = sent;
    let reassign = reassign.into_iter().map(Move::from).collect();
    let leaving = Leaving { in_post_until: in_post_until.0, reason, reassign };
    let act = move |service: &Service| {
        leave_post(service.store(), &service.acting(&reader, key.as_ref()), &officer, &leaving, read)
    };
    let left = service.run(act).await?;
    advised(left.written, None, left.effects, Vec::new())
}
