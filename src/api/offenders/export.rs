//! The export of a whole case, sealed.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::as_at::sense;
use crate::api::auth::act::ExportCases;
use crate::api::auth::permit::{Permit, READING_REASON};
use crate::api::dates::instant_if_given;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::case_export::{CaseExportError, export};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// At which instant the records are shown, and for whom the export is.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// `records` as the service knew them then (RFC 3339).
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "instant_if_given")]
    known_at: Option<Instant>,
    /// `records` as is now known to have been true then (RFC 3339).
    #[param(value_type = Option<String>)]
    #[serde(default, deserialize_with = "instant_if_given")]
    true_at: Option<Instant>,
    /// For whom, such as the body that reviews: is kept in the audit and in the export.
    #[param(value_type = Option<String>)]
    recipient: Option<Words>,
}

/// A case in its sealed envelope. OFFICIAL-SENSITIVE.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseExport)]
pub struct CaseExportView {
    /// The case: `records`, `timeline`, `flags`, `planned_visits`, `audit`, `policies` and what the export is;
    /// docs/LEGAL-HOLD.md gives each member.
    #[schema(value_type = Object, additional_properties)]
    document: Value,
    /// `public_key`, `sha256` of the document, `parts` with the digest of each of its members, and the `signature`.
    #[schema(value_type = Object, additional_properties)]
    seal: Value,
}

impl From<CaseExportError> for Problem {
    fn from(error: CaseExportError) -> Self {
        match error {
            CaseExportError::NotFound => Self::not_found(),
            CaseExportError::NoKey => Self::new(ErrorCode::SIGNING_KEY_MISSING, error.to_string()),
            CaseExportError::ReasonNeeded => Self::new(
                ErrorCode::REASON_NEEDED,
                format!("say why the case is exported, in the header {READING_REASON}"),
            ),
            CaseExportError::Store(error) => error.into(),
        }
    }
}

/// The whole case, sealed with the key that signs the audit: every version of every record and how it came, flags, planned
/// visits, audit. The header `Reading-Reason` is needed; it is put on record as a disclosure.
///
/// # Errors
/// When the caller may not or does not say why, there is no such case in scope, or there is no key to sign with.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/export", tag = "offenders", operation_id = "export_case",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference"), ExportQuery),
    responses(
        (status = 200, body = CaseExportView),
        (status = "4XX", body = ProblemDocument),
        (status = 503, body = ProblemDocument),
    ),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<ExportCases>,
    offender: web::Path<Ref>,
    query: web::Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let ExportQuery { known_at, true_at, recipient } = query.into_inner();
    let as_at = sense(known_at, true_at, service.clock().now())?;
    let read = move |service: &Service| {
        export(service.store(), &reader, service.policies(), &offender, (as_at, recipient.as_ref()))
    };
    let sealed = service.run(read).await?;
    let attachment = HeaderValue::from_static("attachment; filename=\"case-export.json\"");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_DISPOSITION, attachment))
        .content_type("application/json")
        .body(sealed))
}
