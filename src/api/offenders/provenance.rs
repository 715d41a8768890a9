//! Where the members of a case's records come from.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::provenance::{RecordProvenance, provenance};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::store::provenance::EnteredMember;

/// A record on which both the records system and people here have spoken. What is not among `entered_here` is the records system's word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordProvenance)]
pub struct RecordProvenanceView {
    /// The kind of record.
    kind: &'static str,
    /// The record.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// The members that were entered here, by name.
    entered_here: Vec<EnteredMemberView>,
}

/// A member of a record that was entered here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnteredMember)]
struct EnteredMemberView {
    /// The member.
    member: String,
    /// Who entered it as it is claimed now: role and subject of the token.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// The act.
    act: String,
    /// Whether it holds; where not, the records system has said something else since, and its word holds.
    holds: bool,
}

/// Where the members of a case's records come from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Provenance)]
pub struct ProvenanceList {
    /// By kind and reference.
    items: Vec<RecordProvenanceView>,
}

impl From<EnteredMember> for EnteredMemberView {
    fn from(entered: EnteredMember) -> Self {
        let EnteredMember { member, by, at, act, holds } = entered;
        Self { member, by, at, act, holds }
    }
}

impl From<RecordProvenance> for RecordProvenanceView {
    fn from(of: RecordProvenance) -> Self {
        let entered_here = of.entered.into_iter().map(EnteredMemberView::from).collect();
        Self { kind: of.kind.name(), reference: of.subject, entered_here }
    }
}

/// Which members of the case's records were entered here beside what the records system says, by whom and when. Of a record that is not
/// listed all is one side's word: the timeline says whose.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/provenance", tag = "offenders", operation_id = "read_provenance",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = ProvenanceList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let read = move |service: &Service| provenance(service.store(), &reader, &offender);
    let found = service.run(read).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(ProvenanceList { items: found.into_iter().map(RecordProvenanceView::from).collect() }))
}
