//! The acts of casework: what people enter, approve and decide, and the single records that they do it on.

pub mod access_restriction;
pub mod breach_acts;
pub mod breaches;
pub mod conflicts;
pub mod dip_samples;
pub mod disposals;
pub mod foreign_travel;
pub mod intelligence;
pub mod legal_holds;
pub mod merges;
pub mod notifiable_changes;
pub mod notifications;
pub mod reactive_management;
pub mod reactive_placements;
pub mod safeguarding;

use actix_web::{HttpRequest, HttpResponse, web};

use super::auth::act::Act;
use super::auth::permit::Permit;
use super::error::Problem;
use super::precondition::versioned;
use super::service::Service;
use super::view::{RecordList, RecordView};
use crate::casework::case_records;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;

/// One record of a case, with its version.
///
/// # Errors
/// When there is none in scope, or the service fails.
pub async fn read_one<A: Act>(
    request: &HttpRequest,
    service: web::Data<Service>,
    permit: Permit<A>,
    kind: RecordKind,
    subject: Ref,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| case_records::record(service.store(), &reader, kind, &subject);
    let (held, tag) = service.run(read).await?.ok_or_else(Problem::not_found)?;
    versioned(request, &RecordView::of(held)?, tag)
}

/// The records of a kind in a case.
///
/// # Errors
/// When there is no such case in scope, or the service fails.
pub async fn list_of<A: Act>(
    service: web::Data<Service>,
    permit: Permit<A>,
    offender: Ref,
    kind: RecordKind,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| case_records::records_of(service.store(), &reader, &offender, kind);
    let held = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(RecordList::of(held)?))
}
