//! Transfers to other forces: made, read, handed out, receipted, withdrawn.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::acting::Sent;
use crate::api::auth::act::{MakeTransfers, ReadTransfers};
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::version_read;
use crate::api::service::Service;
use crate::casework::reading::Reader;
use crate::casework::transfers::TransferError;
use crate::casework::transfers::list::{self as reading, ReadTransfer};
use crate::casework::transfers::make::{self as making, NewTransfer};
use crate::casework::transfers::receipt::SignedReceipt;
use crate::casework::transfers::settle::{take_receipt, withdraw};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::store::transfer::Transfer;

/// A case that passes to another force.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeTransfer)]
pub struct MakeBody {
    /// The force that it passes to, as that force's tokens name it.
    receiving_force: String,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// The withdrawal of a transfer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WithdrawTransfer)]
pub struct WithdrawBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// A transfer, and what is still wanting of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferView {
    /// Its id, at both forces.
    id: Uuid,
    /// Whose case.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The force that it passes to.
    receiving_force: String,
    /// Why.
    reason: String,
    /// `made`, `received` or `withdrawn`.
    state: &'static str,
    /// True where it waits for its receipt for longer than `transfers.receipt_days`.
    overdue: bool,
    /// True where the offender counts as transferred out, and no receipt says that the other force has the case.
    left_without_receipt: bool,
    /// Versions of the case's records that came after the package was made: the other force does not have them.
    known_since: usize,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    made_at: Instant,
    /// By whom: the package is handed to them alone.
    made_by: String,
    /// The SHA-256 of the package.
    package_sha256: String,
    /// What the package says of itself: docs/TRANSFER.md gives each member.
    #[schema(value_type = Object, additional_properties)]
    manifest: Value,
    /// The receipt that was taken, with its signature.
    #[schema(value_type = Option<Object>, additional_properties)]
    receipt: Option<Value>,
    /// When the receipt was taken, or it was withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// By whom.
    ended_by: Option<String>,
    /// Why it was withdrawn.
    withdrawal_reason: Option<String>,
}

impl From<ReadTransfer> for TransferView {
    fn from(read: ReadTransfer) -> Self {
        let ReadTransfer { transfer, is_overdue, left_without_receipt, known_since } = read;
        let Transfer { id, offender_ref, receiving_force, reason, made_at, made_by, .. } = transfer;
        let Transfer { manifest, package_sha256, state, receipt, end, .. } = transfer;
        let (ended_at, ended) = end.map(|end| (end.at, (end.by, end.reason))).unzip();
        let (ended_by, withdrawal_reason) = ended.unzip();
        Self {
            id,
            offender_ref,
            receiving_force,
            reason,
            state: state.as_str(),
            overdue: is_overdue,
            left_without_receipt,
            known_since,
            made_at,
            made_by,
            package_sha256,
            manifest,
            receipt,
            ended_at,
            ended_by,
            withdrawal_reason: withdrawal_reason.flatten(),
        }
    }
}

/// The transfers of a force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfers)]
pub struct TransferList {
    /// The newest first.
    items: Vec<TransferView>,
}

/// Makes the package of a case for another force, with its whole history. Whoever made it gets it at `/v1/transfers/{id}/package`.
///
/// # Errors
/// When the caller may not, there is no such case in scope, it cannot go to that force, or a package of it waits for its receipt already.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/transfers", tag = "transfers", operation_id = "make_transfer",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    request_body = MakeBody,
    responses(
        (status = 201, body = TransferView, headers(("Location" = String), ("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
        (status = 503, body = ProblemDocument),
    ),
)]
pub async fn make(
    service: web::Data<Service>,
    permit: Permit<MakeTransfers>,
    offender: web::Path<Ref>,
    sent: Sent<MakeBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let MakeBody { receiving_force, reason } = sent.body;
    let new = NewTransfer { receiving_force, reason };
    let make = move |service: &Service| {
        let made = making::make(service.store(), &service.acting(&reader, None), &offender, &new)?;
        looked_at(service, &reader, made)
    };
    let (view, version) = service.run(make).await?;
    let headers = [(header::LOCATION, format!("/v1/transfers/{}", view.id)), (header::ETAG, format!("\"{version}\""))];
    let mut response = HttpResponse::Created();
    for header in headers {
        response.insert_header(header);
    }
    Ok(response.json(view))
}

fn looked_at(service: &Service, reader: &Reader, transfer: Transfer) -> Result<(TransferView, i32), TransferError> {
    let version = transfer.version;
    let read = reading::look_at(service.store(), reader, transfer, service.receipt_days())?;
    Ok((read.into(), version))
}

/// The transfers to other forces of cases in scope, the newest first, those that have ended too. `overdue` and
/// `left_without_receipt` say of which nobody knows yet that they arrived.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/transfers", tag = "transfers", operation_id = "list_transfers", security(("bearer_token" = [])),
    responses((status = 200, body = TransferList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadTransfers>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| reading::sent(service.store(), &reader, service.receipt_days())).await?;
    Ok(HttpResponse::Ok().json(TransferList { items: found.into_iter().map(TransferView::from).collect() }))
}

/// One of them, with its version.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/transfers/{id}", tag = "transfers", operation_id = "read_transfer", security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The transfer's id")),
    responses((status = 200, body = TransferView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<ReadTransfers>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found =
        service.run(move |service| reading::read(service.store(), &reader, *id, service.receipt_days())).await?;
    // What came since changes without the transfer: its version alone would say that nothing has.
    let version = found.transfer.version;
    Ok(answer(TransferView::from(found), version))
}

fn answer(view: TransferView, version: i32) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, format!("\"{version}\""))).json(view)
}

/// The package, as a zip file, for whoever made it. Handing it out is recorded as a disclosure, each time.
///
/// # Errors
/// When the caller may not, there is none in scope, somebody else made it, or it was withdrawn.
#[utoipa::path(
    get, path = "/v1/transfers/{id}/package", tag = "transfers", operation_id = "disclose_transfer_package",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The transfer's id")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn package(
    service: web::Data<Service>,
    permit: Permit<MakeTransfers>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let (found, bytes) = service.run(move |service| making::disclose(service.store(), &reader, *id)).await?;
    let file = DispositionParam::Filename(format!("transfer-{}.zip", found.id));
    let attachment = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![file] };
    Ok(HttpResponse::Ok().content_type("application/zip").insert_header(attachment).body(bytes))
}

/// Takes the receiving force's receipt: signed by that force, and of what was sent. From then on the transfer is `received`; the
/// offender's status is changed by a person, with `/status`.
///
/// # Errors
/// When the caller may not, there is none in scope, the receipt is not that force's or not of what was sent, or it was withdrawn.
#[utoipa::path(
    post, path = "/v1/transfers/{id}/receipt", tag = "transfers", operation_id = "take_transfer_receipt",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The transfer's id")),
    request_body(content = Object, description = "The receipt as the receiving force's service gave it: `receipt`, `public_key`, `signature`"),
    responses((status = 200, body = TransferView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn receipt(
    service: web::Data<Service>,
    permit: Permit<MakeTransfers>,
    id: web::Path<Uuid>,
    sent: Sent<SignedReceipt>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let take = move |service: &Service| {
        let taken = take_receipt(service.store(), &reader, *id, &sent.body)?;
        looked_at(service, &reader, taken)
    };
    let (view, version) = service.run(take).await?;
    Ok(answer(view, version))
}

/// Withdraws a transfer that nobody has answered for: its package is handed out no more, and another can be made.
///
/// # Errors
/// When the caller may not, there is none in scope, it has ended, or it has changed since it was read.
#[utoipa::path(
    post, path = "/v1/transfers/{id}/withdraw", tag = "transfers", operation_id = "withdraw_transfer",
    security(("bearer_token" = [])),
    params(("id" = Uuid, Path, description = "The transfer's id"), ("If-Match" = String, Header, description = "Its version")),
    request_body = WithdrawBody,
    responses((status = 200, body = TransferView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn withdraw_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<MakeTransfers>,
    id: web::Path<Uuid>,
    sent: Sent<WithdrawBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, version) = (service.reader(permit), version_read(&request)?);
    let end = move |service: &Service| {
        let ended = withdraw(service.store(), &reader, (*id, version), &sent.body.reason)?;
        looked_at(service, &reader, ended)
    };
    let (view, version) = service.run(end).await?;
    Ok(answer(view, version))
}
