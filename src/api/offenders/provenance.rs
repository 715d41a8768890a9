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
use crate::store::provenance::{EnteredMember, ToldMembers};

/// A record that the records system has sent. A member that is not among `entered_here` stands as the records system says it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordProvenance)]
pub struct RecordProvenanceView {
    /// The kind of record.
    kind: &'static str,
    /// The record.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// The members as the records system says them, by the event since which each is as it is; the newest event first.
    told: Vec<ToldMembersView>,
    /// The members that were entered here beside that, by name.
    entered_here: Vec<EnteredMemberView>,
}

/// Members of a record that have been as they are since one event of the records system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ToldMembers)]
struct ToldMembersView {
    /// The records system that spoke.
    source: String,
    /// The event's id within its source.
    event_id: String,
    /// When the change became true.
    #[schema(value_type = String, format = DateTime)]
    event_time: Instant,
    /// When the service learned it.
    #[schema(value_type = String, format = DateTime)]
    learned_at: Instant,
    /// The members, by name.
    members: Vec<String>,
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

impl From<ToldMembers> for ToldMembersView {
    fn from(told: ToldMembers) -> Self {
        let ToldMembers { source, event_id, event_time, learned_at, members } = told;
        Self { source, event_id, event_time, learned_at, members }
    }
}

impl From<EnteredMember> for EnteredMemberView {
    fn from(entered: EnteredMember) -> Self {
        let EnteredMember { member, by, at, act, holds } = entered;
        Self { member, by, at, act, holds }
    }
}

impl From<RecordProvenance> for RecordProvenanceView {
    fn from(of: RecordProvenance) -> Self {
        let RecordProvenance { kind, subject, told, entered } = of;
        Self {
            kind: kind.name(),
            reference: subject,
            told: told.into_iter().map(ToldMembersView::from).collect(),
            entered_here: entered.into_iter().map(EnteredMemberView::from).collect(),
        }
    }
}

/// From which event each member of the case's records is that the records system has sent, and when that came; and which members were
/// entered here beside it, by whom and when. Of a record that is not listed all was entered here: the timeline says by whom.
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
