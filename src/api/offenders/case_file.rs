//! One case file.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::as_at::AsAtQuery;
use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::records_age::{records_age, with_age};
use crate::api::service::Service;
use crate::api::view::{RecordView, tagged};
use crate::casework::offenders::{OpenedCase, case_file};
use crate::domain::calendar::CivilDate;
use crate::domain::exchange::RecordsAge;
use crate::domain::moment::Moment;
use crate::domain::record::Held;
use crate::domain::reference::Ref;

/// All that is known of one offender now. Records have the members of the records feed, version 1.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseFile)]
pub struct CaseFileView {
    /// The offender's reference.
    #[serde(rename = "ref")]
    #[schema(value_type = String)]
    reference: Ref,
    /// The team responsible.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// The Europe/London date on which what is current was decided.
    #[schema(value_type = String, format = Date)]
    as_at: CivilDate,
    /// How old the records are; absent where something else than now is looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<RecordsAge>,
    /// Managed by this force.
    managed: bool,
    /// On legal hold: nothing of its history is changed or taken out until the hold is released.
    legal_hold: bool,
    /// Managed, in the community.
    in_community: bool,
    /// The offender: `records.offender.v1`.
    offender: RecordView,
    /// The records of the same person that were merged into this one: `records.offender.v1`. What else the case shows is of either.
    merged: Vec<RecordView>,
    /// Who manages the case now; empty where nobody does.
    manager: Option<ManagerView>,
    /// Every address: `records.address.v1`.
    addresses: Vec<RecordView>,
    /// The address lived at now, where one is known.
    #[schema(value_type = Option<String>)]
    current_address_ref: Option<Ref>,
    /// Every order: `records.order.v1`.
    orders: Vec<RecordView>,
    /// The orders in force.
    #[schema(value_type = Vec<String>)]
    orders_in_force: Vec<Ref>,
    /// The current assessment: `records.arms_assessment.v1`.
    current_assessment: Option<RecordView>,
    /// The current plan: `records.risk_management_plan.v1`.
    current_plan: Option<RecordView>,
    /// The last visit at home at which the offender was seen and the home inspected: `records.visit.v1`.
    last_qualifying_visit: Option<RecordView>,
    /// The dates already programmed in the records system.
    #[schema(value_type = Vec<String>)]
    programmed_visits: Vec<CivilDate>,
    /// The spell of reactive management that holds: `records.reactive_management.v1`.
    reactive_management: Option<RecordView>,
    /// Every breach: `records.breach.v1`.
    breaches: Vec<RecordView>,
}

/// Who manages a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Manager)]
struct ManagerView {
    /// The officer.
    #[schema(value_type = String)]
    officer_ref: Ref,
    /// The officer's name; not known where empty.
    name: Option<String>,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    from: CivilDate,
}

impl CaseFileView {
    fn of(opened: &OpenedCase, at: Moment, age: Option<RecordsAge>) -> Result<Self, Problem> {
        let OpenedCase { file, force } = opened;
        let records = &file.records;
        let manager = file.current_allocation(at).and_then(|allocation| {
            let officer_ref = allocation.officer_ref.clone()?;
            let name = force.officers.get(&officer_ref).map(|officer| officer.name.clone());
            Some(ManagerView { officer_ref, name, from: allocation.from })
        });
        let in_force = records.orders.iter().filter(|order| order.record.is_in_force(at.today()));
        let spell = file.reactive_spell(at).map(|spell| RecordView::part(&file.offender_ref, spell));
        Ok(Self {
            reference: file.offender_ref.clone(),
            team_ref: file.offender.team_ref.clone(),
            as_at: at.today(),
            records: age,
            managed: file.is_managed(at),
            legal_hold: file.is_on_legal_hold(),
            in_community: file.is_in_community(at),
            offender: RecordView::part(&file.offender_ref, &file.offender)?,
            merged: file
                .merged
                .iter()
                .map(|merged| RecordView::part(&merged.offender_ref, &merged.offender))
                .collect::<Result<_, _>>()?,
            manager,
            addresses: all(&records.addresses)?,
            current_address_ref: file.current_address(at).map(|address| address.subject.clone()),
            orders: all(&records.orders)?,
            orders_in_force: in_force.map(|order| order.subject.clone()).collect(),
            current_assessment: one(&records.assessments, file.current_assessment(at))?,
            current_plan: one(&records.plans, file.current_plan(at))?,
            last_qualifying_visit: one(&records.visits, file.last_qualifying_visit(at))?,
            programmed_visits: records
                .programmed
                .as_ref()
                .map(|programmed| programmed.dates.clone())
                .unwrap_or_default(),
            reactive_management: spell.transpose()?,
            breaches: all(&records.breaches)?,
        })
    }
}

fn all<T: Serialize>(records: &[Held<T>]) -> Result<Vec<RecordView>, Problem> {
    records.iter().map(|held| RecordView::part(&held.subject, &held.record)).collect()
}

/// The one of these records that was chosen, with its reference.
fn one<T: Serialize>(records: &[Held<T>], chosen: Option<&T>) -> Result<Option<RecordView>, Problem> {
    let held = chosen.and_then(|chosen| records.iter().find(|held| std::ptr::eq(&raw const held.record, chosen)));
    held.map(|held| RecordView::part(&held.subject, &held.record)).transpose()
}

/// One case file, now or as at an instant.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}", tag = "offenders", operation_id = "read_offender", security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference"), AsAtQuery),
    responses(
        (status = 200, body = CaseFileView, headers(("ETag" = String, description = "Changes when the case file does"), ("Records-As-Of" = String, description = "When records last came from the records system"), ("Records-Stale" = String, description = "true where that is too long ago"))),
        (status = 304, description = "The caller holds it already: If-None-Match"),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
    query: web::Query<AsAtQuery>,
) -> Result<HttpResponse, Problem> {
    let (reader, now) = (service.reader(permit), service.clock().moment());
    let as_at = query.as_at(now.now())?;
    let age = records_age(&service, reader.person.force.clone(), as_at).await?;
    let open = move |service: &Service| case_file(service.store(), &reader, &offender, "offender.read", as_at);
    let opened = service.run(open).await?.ok_or_else(Problem::not_found)?;
    with_age(tagged(&request, &CaseFileView::of(&opened, as_at.moment(now), age)?)?, age)
}
