//! The mappings of a force's extracts: saved by an administrator under names, each version for keeps.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::acting::Sent;
use crate::api::auth::act::{ReadExtractMappings, SaveExtractMappings};
use crate::api::auth::permit::Permit;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::precondition::{version_read, versioned};
use crate::api::service::Service;
use crate::casework::acting::ActError;
use crate::casework::extracts::mappings::{self, NewMapping, is_name};
use crate::domain::calendar::Instant;
use crate::records::extract::check::{Mapping, MappingFault};
use crate::store::extract_mapping::SavedMapping;

/// A version of a mapping.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExtractMapping)]
pub struct MappingView {
    /// Its name.
    name: String,
    /// Its version, from 1.
    version: i32,
    /// SHA-256 of what it says.
    sha256: String,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    saved_at: Instant,
    /// By whom.
    saved_by: String,
    /// The mapping, as docs/EXTRACTS.md describes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    mapping: Option<Value>,
}

impl MappingView {
    fn of(saved: SavedMapping) -> Self {
        let SavedMapping { name, version, document, sha256, saved_at, saved_by } = saved;
        Self { name, version, sha256, saved_at, saved_by, mapping: Some(document) }
    }

    fn in_short(saved: SavedMapping) -> Self {
        Self { mapping: None, ..Self::of(saved) }
    }
}

/// The mappings of a force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExtractMappings)]
pub struct MappingList {
    /// The newest version of each, by name, without the mapping itself.
    items: Vec<MappingView>,
}

/// Which version.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// This version; the newest where it is left out.
    version: Option<i32>,
}

/// A mapping's name out of a path or a query.
///
/// # Errors
/// When it cannot be one.
pub(super) fn name_of(name: &str) -> Result<String, Problem> {
    if is_name(name) {
        return Ok(name.to_owned());
    }
    Err(Problem::new(ErrorCode::INVALID_PATH, "a mapping's name has 1 to 64 small letters, digits, - and _"))
}

/// What is wrong with a mapping: the first of it, and how much more.
#[must_use]
pub(super) fn wrong(faults: &[MappingFault]) -> Problem {
    let Some(first) = faults.first() else {
        return Problem::new(ErrorCode::NOT_ACCEPTABLE, "the mapping cannot be used");
    };
    let others = match faults.len() {
        1 => String::new(),
        count => format!("; {} more places need a look", count - 1),
    };
    Problem::new(ErrorCode::NOT_ACCEPTABLE, format!("{}{others}", first.detail)).at(first.pointer.clone())
}

/// The mappings of the caller's force.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/extract-mappings", tag = "records", operation_id = "list_extract_mappings", security(("bearer_token" = [])),
    responses((status = 200, body = MappingList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(service: web::Data<Service>, permit: Permit<ReadExtractMappings>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let found = service.run(move |service| mappings::list(service.store(), &reader)).await?;
    Ok(HttpResponse::Ok().json(MappingList { items: found.into_iter().map(MappingView::in_short).collect() }))
}

/// A version of one of them.
///
/// # Errors
/// When the caller may not, there is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/extract-mappings/{name}", tag = "records", operation_id = "read_extract_mapping",
    security(("bearer_token" = [])),
    params(("name" = String, Path, description = "The mapping's name"), VersionQuery),
    responses((status = 200, body = MappingView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadExtractMappings>,
    name: web::Path<String>,
    query: web::Query<VersionQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, name) = (service.reader(permit), name_of(&name)?);
    let found = service.run(move |service| mappings::read(service.store(), &reader, &name, query.version)).await?;
    let version = found.version;
    versioned(&request, &MappingView::of(found), version)
}

/// Saves a mapping as the next version of its name. The first version of a name is saved without `If-Match`.
///
/// # Errors
/// When the caller may not, the mapping is none or of another force, it has changed since it was read, or the service fails.
#[utoipa::path(
    put, path = "/v1/extract-mappings/{name}", tag = "records", operation_id = "save_extract_mapping",
    security(("bearer_token" = [])), request_body = Object,
    params(
        ("name" = String, Path, description = "The mapping's name: 1 to 64 small letters, digits, - and _"),
        ("If-Match" = Option<String>, Header, description = "The newest version, where there is one"),
    ),
    responses((status = 200, body = MappingView, headers(("ETag" = String))), (status = "4XX", body = ProblemDocument)),
)]
pub async fn save(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<SaveExtractMappings>,
    name: web::Path<String>,
    sent: Sent<Value>,
) -> Result<HttpResponse, Problem> {
    let (reader, name) = (service.reader(permit), name_of(&name)?);
    let has_version = request.headers().contains_key(header::IF_MATCH);
    let read = has_version.then(|| version_read(&request)).transpose()?;
    let mapping = Mapping::read(&sent.body).map_err(|faults| wrong(&faults))?;
    let document = serde_json::to_value(&mapping.document).map_err(|error| Problem::internal(&error))?;
    let new = NewMapping { name, document, sha256: mapping.sha256, force: mapping.force };
    let save = move |service: &Service| match mappings::save(service.store(), &reader, &new, read) {
        Err(ActError::Changed(_)) if !has_version => {
            let detail = "there is a mapping of this name: name its newest version in If-Match";
            Err(Problem::new(ErrorCode::PRECONDITION_REQUIRED, detail))
        }
        saved => saved.map_err(Problem::from),
    };
    let saved = service.run(save).await?;
    let tag = (header::ETAG, format!("\"{}\"", saved.version));
    Ok(HttpResponse::Ok().insert_header(tag).json(MappingView::of(saved)))
}
