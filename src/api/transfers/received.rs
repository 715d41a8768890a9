//! Cases received from other forces: taken in, and listed.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::acting::{REPLAYED, escaped};
use crate::api::auth::act::{ReadTransfers, TakeInTransfers};
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::records::body::whole;
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::flags::evaluate_asking;
use crate::casework::transfers::list as reading;
use crate::casework::transfers::package::{LARGEST_PACKAGE, PackageFault};
use crate::casework::transfers::take_in::{TakenIn, refuse, take_in};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::store::received_transfer::ReceivedTransfer;

/// What a package is sent as.
const ZIP: &str = "application/zip";

/// Where the case goes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TakeInQuery {
    /// The team that it comes to.
    #[param(value_type = String)]
    team_ref: Ref,
}

/// A case that was taken in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TakenIn)]
pub struct TakenInView {
    /// The offender's reference here.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The receipt for the force that sent it: give it to them as it is.
    #[schema(value_type = Object, additional_properties)]
    receipt: Value,
}

/// A case that was received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceivedTransfer)]
pub struct ReceivedView {
    /// The transfer's id, at both forces.
    id: Uuid,
    /// The force that sent it.
    sending_force: String,
    /// The offender's reference here.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The team that it came to.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// The SHA-256 of the package.
    package_sha256: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
    /// By whom.
    received_by: String,
    /// The receipt that was given, with its signature.
    #[schema(value_type = Object, additional_properties)]
    receipt: Value,
}

impl From<ReceivedTransfer> for ReceivedView {
    fn from(received: ReceivedTransfer) -> Self {
        let ReceivedTransfer { sending_force, transfer_id, offender_ref, team_ref, package_sha256, .. } = received;
        let ReceivedTransfer { receipt, received_at, received_by, .. } = received;
        let id = transfer_id;
        Self { id, sending_force, offender_ref, team_ref, package_sha256, received_at, received_by, receipt }
    }
}

/// The cases that a force received.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceivedTransfers)]
pub struct ReceivedList {
    /// The newest first.
    items: Vec<ReceivedView>,
}

/// The cases in scope that came from other forces, the newest first.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/transfers/received", tag = "transfers", operation_id = "list_received_transfers",
    security(("bearer_token" = [])),
    responses((status = 200, body = ReceivedList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadTransfers>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| reading::received(service.store(), &reader)).await?;
    Ok(HttpResponse::Ok().json(ReceivedList { items: found.into_iter().map(ReceivedView::from).collect() }))
}

/// Takes a case in that another force has sent, to a team: all of it in one step, or nothing. It stands in the queue of unallocated
/// cases at once. The answer is the receipt; the same package again gives the same one, with `Idempotency-Replayed`.
///
/// # Errors
/// When the caller may not, the team is none of theirs, or anything is wrong with the package; then nothing is taken in.
#[utoipa::path(
    post, path = "/v1/transfers/received", tag = "transfers", operation_id = "take_in_transfer",
    security(("bearer_token" = [])), params(TakeInQuery),
    request_body(content = Vec<u8>, content_type = "application/zip", description = "The package as it was handed out"),
    responses(
        (status = 201, body = TakenInView, headers(("Location" = String, description = "The case"))),
        (status = 200, body = TakenInView, description = "It had been taken in before"),
        (status = "4XX", body = ProblemDocument),
        (status = 503, description = "There is no key to sign the receipt with; or as many feeds are coming in as may at a time", body = ProblemDocument, headers(("Retry-After" = String, description = "Seconds"))),
    ),
)]
pub async fn take(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<TakeInTransfers>,
    query: web::Query<TakeInQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    if request.content_type() != ZIP {
        return Err(Problem::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE, format!("a package is sent as {ZIP}")));
    }
    // It waits for its turn as a feed does, before it takes a thread or memory.
    let turn = service.feeds().turn(service.metrics()).await?;
    let (reader, package) = (service.reader(permit), whole(body, LARGEST_PACKAGE).await);
    let is_too_large = package.as_ref().is_err_and(|problem| problem.code() == ErrorCode::PAYLOAD_TOO_LARGE);
    if is_too_large {
        service.run(move |service| refuse(service.store(), &reader, PackageFault::TooLarge)).await?;
        return Err(PackageFault::TooLarge.into());
    }
    let package = package?;
    let take = move |service: &Service| {
        let _held_until_it_ends = (turn, service.metrics().feed("under_way"));
        let taken = take_in(service.store(), &reader, &query.team_ref, &package);
        if taken.as_ref().is_ok_and(|taken| !taken.again) {
            evaluate(service, &Actor::Person(reader.person));
        }
        taken
    };
    let TakenIn { offender_ref, receipt, again } = service.run(take).await?;
    let mut response = if again { HttpResponse::Ok() } else { HttpResponse::Created() };
    if again {
        response.insert_header((REPLAYED, "true"));
    }
    let path = format!("/v1/offenders/{}", escaped(offender_ref.as_str()));
    Ok(response.insert_header((header::LOCATION, path)).json(TakenInView { offender_ref, receipt }))
}

/// Evaluates the flags of the force at once. Where that fails the case is here all the same, and the service's own job evaluates them.
fn evaluate(service: &Service, actor: &Actor) {
    let (store, clock, policies) = (service.store(), service.clock(), service.policies());
    let among = actor.force().map(|force| [force.to_owned()].into());
    match evaluate_asking(store, clock, actor, policies, among.as_ref()) {
        Ok(outcomes) => {
            for error in outcomes.into_iter().filter_map(|(_, outcome)| outcome.err()) {
                tracing::error!(%error, "flags could not be evaluated after a transfer; a job will");
            }
        }
        Err(error) => tracing::error!(%error, "flags could not be evaluated after a transfer; a job will"),
    }
}
