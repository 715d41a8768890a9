//! The keys of other forces, for administrators: listed, registered, withdrawn.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::acting::Sent;
use crate::api::auth::act::ManageTransferKeys;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::transfers::keys::{self, TransferKeys};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::transfer::NewTransferKey;
use crate::domain::words::Words;
use crate::store::transfer_key::TransferKey;

/// Another force's key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RegisterTransferKey)]
pub struct RegisterBody {
    /// Whose it is, as that force's tokens name it.
    force: String,
    /// The key: `own_public_key` of `GET /v1/transfer-keys` of that force's service, compared over another line than the one
    /// it came by.
    public_key: String,
    /// Why it is trusted: how it was compared, and with whom.
    #[schema(value_type = String)]
    reason: Words,
    /// The last day on which it is: at most 366 days ahead.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    expires_on: CivilDate,
}

/// The withdrawal of a key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WithdrawTransferKey)]
pub struct WithdrawBody {
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// A key of another force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferKey)]
pub struct KeyView {
    /// Its id.
    id: Uuid,
    /// Whose it is.
    force: String,
    /// The key, Ed25519, in lower-case hexadecimal.
    public_key: String,
    /// Why it is trusted.
    reason: String,
    /// Whether it is trusted today.
    holds: bool,
    /// The last day on which it is.
    #[schema(value_type = String, format = Date)]
    expires_on: CivilDate,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Instant,
    /// By whom.
    registered_by: String,
    /// When it was withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    withdrawn_at: Option<Instant>,
    /// By whom.
    withdrawn_by: Option<String>,
    /// Why.
    withdrawal_reason: Option<String>,
}

impl KeyView {
    fn of(key: TransferKey, today: CivilDate) -> Self {
        let holds = key.holds_on(today);
        let TransferKey { id, of_force, public_key, reason, expires_on, registered_at, registered_by, withdrawal } =
            key;
        let (withdrawn_at, by) = withdrawal.map(|withdrawn| (withdrawn.at, (withdrawn.by, withdrawn.reason))).unzip();
        let (withdrawn_by, withdrawal_reason) = by.unzip();
        Self {
            id,
            force: of_force,
            public_key,
            reason,
            holds,
            expires_on,
            registered_at,
            registered_by,
            withdrawn_at,
            withdrawn_by,
            withdrawal_reason,
        }
    }
}

/// The keys that count in transfers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferKeys)]
pub struct KeyList {
    /// The key that other forces verify this service's packages and receipts with: what their administrators register.
    /// Empty where the service has no key to sign with.
    own_public_key: Option<String>,
    /// Those of other forces, the newest first.
    items: Vec<KeyView>,
}

/// The keys of other forces that are registered, and the service's own.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/transfer-keys", tag = "transfers", operation_id = "list_transfer_keys",
    security(("bearer_token" = [])),
    responses((status = 200, body = KeyList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ManageTransferKeys>) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let TransferKeys { own, others } = service.run(move |service| keys::list(service.store(), &reader)).await?;
    let items = others.into_iter().map(|key| KeyView::of(key, today)).collect();
    Ok(HttpResponse::Ok().json(KeyList { own_public_key: own, items }))
}

/// Registers another force's key: what it signs is taken in until it expires or is withdrawn.
///
/// # Errors
/// When the caller may not, it is no key or no other force's, the last day will not do, or it is registered already.
#[utoipa::path(
    post, path = "/v1/transfer-keys", tag = "transfers", operation_id = "register_transfer_key",
    security(("bearer_token" = [])), request_body = RegisterBody,
    responses((status = 201, body = KeyView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn register_one(
    service: web::Data<Service>,
    permit: Permit<ManageTransferKeys>,
    sent: Sent<RegisterBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let RegisterBody { force, public_key, reason, expires_on } = sent.body;
    let new = NewTransferKey { of_force: force, public_key, reason, expires_on };
    let key = service.run(move |service| keys::register(service.store(), &reader, &new)).await?;
    Ok(HttpResponse::Created().json(KeyView::of(key, today)))
}

/// Withdraws a key: from then on nothing that it signed is taken in.
///
/// # Errors
/// When the caller may not, there is none, or it was withdrawn already.
#[utoipa::path(
    post, path = "/v1/transfer-keys/{id}/withdraw", tag = "transfers", operation_id = "withdraw_transfer_key",
    security(("bearer_token" = [])), request_body = WithdrawBody,
    params(("id" = Uuid, Path, description = "The key's id")),
    responses((status = 200, body = KeyView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn withdraw_one(
    service: web::Data<Service>,
    permit: Permit<ManageTransferKeys>,
    id: web::Path<Uuid>,
    sent: Sent<WithdrawBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let reason = sent.body.reason;
    let key = service.run(move |service| keys::withdraw(service.store(), &reader, *id, &reason)).await?;
    Ok(HttpResponse::Ok().json(KeyView::of(key, today)))
}
