//! The OpenAPI document as a page, served from the program itself: it works without the internet.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use super::error::{ErrorCode, Problem};

/// Where the page is.
pub const PATH: &str = "/docs";

/// Where its files are.
pub const FILES: &str = "/docs/{file:.*}";

/// Sends the reader to the page's files.
pub async fn begin() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

/// One file of the page.
///
/// # Errors
/// When there is no such file.
pub async fn file(file: web::Path<String>) -> Result<HttpResponse, Problem> {
    let config = Arc::new(Config::from("/openapi.json").validator_url("none"));
    let served = utoipa_swagger_ui::serve(&file, config).map_err(|error| Problem::internal(error.as_ref()))?;
    let served = served.ok_or_else(|| Problem::new(ErrorCode::ROUTE_NOT_FOUND, "the page has no such file"))?;
    let mut response = HttpResponse::Ok();
    if served.gzpipped {
        response.insert_header(header::ContentEncoding::Gzip);
    }
    Ok(response.content_type(served.content_type).body(served.bytes.into_owned()))
}
