//! How many flags hold.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::auth::act::ReadFlags;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::flag_list;
use crate::domain::calendar::Instant;
use crate::store::flag_list::FlagSummary;

/// How many flags hold, and of which sort.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlagSummary)]
pub struct FlagSummaryView {
    /// All that hold, acknowledged or not.
    open: i64,
    /// Of those, the acknowledged ones.
    acknowledged: i64,
    /// By code; a code that is not raised is left out.
    by_code: BTreeMap<String, i64>,
    /// By severity.
    by_severity: BTreeMap<&'static str, i64>,
    /// By team.
    by_team: BTreeMap<String, i64>,
    /// When the force's flags were last evaluated; empty where they never were.
    #[schema(value_type = Option<String>, format = DateTime)]
    evaluated_at: Option<Instant>,
}

impl From<FlagSummary> for FlagSummaryView {
    fn from(summary: FlagSummary) -> Self {
        let FlagSummary { open, acknowledged, by_code, by_severity, by_team, evaluated_at } = summary;
        Self { open, acknowledged, by_code, by_severity, by_team, evaluated_at }
    }
}

/// Counts the flags that hold on the caller's teams and their offenders; on the force's, for a
/// detective inspector.
///
/// # Errors
/// When the caller may not, or the service fails.
#[utoipa::path(
    get, path = "/v1/flags/summary", tag = "flags", operation_id = "summarise_flags", security(("bearer_token" = [])),
    responses((status = 200, body = FlagSummaryView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn summary(service: web::Data<Service>, permit: Permit<ReadFlags>) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let summary = service.run(move |service| flag_list::summary(service.store(), &reader)).await?;
    Ok(HttpResponse::Ok().json(FlagSummaryView::from(summary)))
}
