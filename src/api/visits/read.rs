//! Reading visits: those not confirmed by two officers say so.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::versioned;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::case_records;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;

/// A visit, and whether the officers who went confirm it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Visit)]
pub struct VisitView {
    /// The visit.
    #[serde(flatten)]
    visit: RecordView,
    /// Whether two of the officers named (the one, where one went) say that they were there. Never of a visit that the
    /// records system sent.
    confirmed: bool,
}

impl VisitView {
    fn of(held: Held<Record>) -> Result<Self, Problem> {
        let confirmed = if let Record::Visit(visit) = &held.record { visit.is_confirmed() } else { false };
        Ok(Self { visit: RecordView::of(held)?, confirmed })
    }
}

/// The visits and contacts of an offender.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitList)]
pub struct VisitListView {
    /// In the order of their references.
    items: Vec<VisitView>,
}

/// The visits and contacts of an offender.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/visits", tag = "casework", operation_id = "list_visits",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = VisitListView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read =
        move |service: &Service| case_records::records_of(service.store(), &reader, &offender, RecordKind::Visit);
    let held = service.run(read).await?.ok_or_else(Problem::not_found)?;
    let items = held.into_iter().map(VisitView::of).collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(VisitListView { items }))
}

/// One visit, with its version.
///
/// # Errors
/// When the caller may not, or there is none in scope.
#[utoipa::path(
    get, path = "/v1/visits/{ref}", tag = "casework", operation_id = "read_visit",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The visit's reference")),
    responses(
        (status = 200, body = VisitView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    visit: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| case_records::record(service.store(), &reader, RecordKind::Visit, &visit);
    let (held, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(&request, &VisitView::of(held)?, tag)
}
