//! What every response gets: its request's id, its problem's text, its security headers; and its
//! place in the metrics.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, ResponseError, web};
use tracing_actix_web::RequestId;

use super::auth::permit::{Permitted, Target};
use super::error::{ErrorCode, PROBLEM_JSON, Problem};
use super::service::Service;
use crate::casework::access::{RefusedAct, record_refusal};
use crate::casework::merges::moved_to;
use crate::casework::reading::Reader;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The route of a request by its template, so that no reference is counted or logged.
#[must_use]
pub fn route_of(request: &ServiceRequest) -> String {
    request.match_pattern().unwrap_or_else(|| "none".to_owned())
}

/// The method by a name from a short list.
#[must_use]
pub fn method_of(method: &Method) -> &'static str {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS]
        .iter()
        .zip(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
        .find_map(|(known, name)| (known == method).then_some(name))
        .unwrap_or("OTHER")
}

/// Finishes every response.
///
/// # Errors
/// None of its own: a handler's failure is a response by now.
pub async fn respond(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    let (method, route) = (method_of(request.method()), route_of(&request));
    let request_id = request.extensions().get::<RequestId>().map(ToString::to_string);
    let service = request.app_data::<web::Data<Service>>().cloned();
    let mut response = next.call(request).await?.map_into_boxed_body();
    if let Some(service) = &service {
        response = on_record(service, response).await;
        response = told_where_it_went(service, &route, response).await;
    }
    let problem = response.response_mut().extensions_mut().remove::<Problem>();
    if let Some(problem) = problem {
        let document = problem.document(request_id.clone());
        let body = serde_json::to_vec(&document).unwrap_or_default();
        response = response.map_body(|head, _| {
            head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
            BoxBody::new(body)
        });
    }
    if let Some(id) = request_id.and_then(|id| HeaderValue::from_str(&id).ok()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let is_page = route.starts_with("/docs");
    add_security_headers(response.headers_mut(), is_page);
    if let Some(service) = service {
        service.metrics().request(method, &route, response.status().as_u16(), began.elapsed());
    }
    Ok(response)
}

/// Puts a refused act on record before the caller is told. Where that fails, the failure is told.
async fn on_record(service: &Service, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let Some(refused) = response.request().extensions_mut().remove::<RefusedAct>() else { return response };
    let recorded = service.run(move |service| record_refusal(service.store(), service.clock(), &refused)).await;
    match recorded {
        Ok(()) => response,
        Err(problem) => response.into_response(problem.error_response()),
    }
}

/// Of an offender who is not found, tells whoever may see it where the case went, if the record was merged: the same for every route under
/// an offender, whether it reads or acts.
async fn told_where_it_went(
    service: &Service,
    route: &str,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let is_not_found = {
        let extensions = response.response().extensions();
        extensions.get::<Problem>().is_some_and(|problem| problem.code() == ErrorCode::NOT_FOUND)
    };
    if !is_not_found || !route.starts_with("/v1/offenders/{ref}") {
        return response;
    }
    let permitted = response.request().extensions_mut().remove::<Permitted>();
    let target: Target = response.request().match_info().load().unwrap_or_default();
    let (Some(Permitted(person)), Some(offender)) = (permitted, target.reference) else { return response };
    let moved = move |service: &Service| {
        moved_to(service.store(), &Reader { person, clock: service.clock() }, &offender).map_err(Problem::from)
    };
    match service.run(moved).await {
        Ok(None) => response,
        Ok(Some(home)) => response.into_response(Problem::merged(home).error_response()),
        Err(problem) => response.into_response(problem.error_response()),
    }
}

/// Nothing is kept by a browser or a proxy, framed, or taken for another type; the one page may
/// load what this service itself serves.
fn add_security_headers(headers: &mut HeaderMap, is_page: bool) {
    let policy = if is_page {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    for (name, value) in [
        (header::CACHE_CONTROL, if is_page { "no-cache" } else { "no-store" }),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, policy),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
