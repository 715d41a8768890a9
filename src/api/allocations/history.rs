//! Who has managed a case, manages it, and is to manage it.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::act::ReadOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::record_tag;
use crate::api::service::Service;
use crate::casework::allocations::history::{ManagerSpell, Managers, managers};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;

/// A spell of somebody's management.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagerSpell)]
pub struct SpellView {
    /// The officer; nobody where it names none.
    #[schema(value_type = Option<String>)]
    officer_ref: Option<Ref>,
    /// The officer's name; not known where empty.
    name: Option<String>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    from: CivilDate,
    /// Last day; empty where nothing follows.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<CivilDate>,
    /// Whether it holds today.
    current: bool,
    /// Who decided it; of what was decided here.
    #[schema(value_type = Option<String>)]
    allocated_by: Option<Ref>,
    /// Why; of what was decided here.
    reason: Option<String>,
    /// The record that was merged into this case's, where they managed that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    merged_ref: Option<Ref>,
}

impl SpellView {
    fn of(spell: ManagerSpell, today: CivilDate) -> Self {
        let current = spell.from <= today && spell.until.is_none_or(|until| until >= today);
        let ManagerSpell { officer_ref, name, from, until, allocated_by, reason, merged_ref } = spell;
        Self { officer_ref, name, from, until, current, allocated_by, reason, merged_ref }
    }
}

/// Everybody who has managed, manages or is to manage a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ManagerList)]
pub struct ManagerList {
    /// The latest first.
    items: Vec<SpellView>,
}

/// The current and past managers of a case, and those to come.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/allocations", tag = "allocation", operation_id = "list_allocations",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses(
        (status = 200, body = ManagerList,
            headers(("ETag" = String, description = "The allocation's version, where there is one"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let (reader, today) = (service.reader(permit), service.clock().moment().today());
    let read = move |service: &Service| managers(service.store(), &reader, &offender);
    let Managers { spells, tag } = service.run(read).await?.ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    if let Some(tag) = tag {
        response.insert_header((header::ETAG, record_tag(tag)?));
    }
    let items = spells.into_iter().map(|spell| SpellView::of(spell, today)).collect();
    Ok(response.json(ManagerList { items }))
}
