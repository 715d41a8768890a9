//! The flags that the caller may see.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::FlagView;
use crate::api::auth::act::ReadFlags;
use crate::api::auth::permit::Permit;
use crate::api::dates::read_instant;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::paging::{cursor, known, limit, page, place};
use crate::api::service::Service;
use crate::casework::flag_list;
use crate::domain::flag::{FlagCode, Severity};
use crate::domain::reference::Ref;
use crate::store::flag_list::{FlagFilter, FlagPlace, FlagState};

/// Which flags.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FlagQuery {
    /// Of this code, such as `home_visit_overdue`.
    code: Option<String>,
    /// Of this team: its own, and those on the offenders that are its now.
    #[param(value_type = Option<String>)]
    team: Option<Ref>,
    /// On offenders whom this officer manages, or on this officer.
    #[param(value_type = Option<String>)]
    officer: Option<Ref>,
    /// `high`, `medium` or `info`.
    severity: Option<String>,
    /// `open`: every flag that holds, acknowledged or not, and the usual. `acknowledged`: of those, the
    /// acknowledged ones. `cleared`: those that no longer hold.
    state: Option<String>,
    /// Of those raised at or after this instant, such as `2021-04-14T00:00:00Z`; with `state=cleared`, of
    /// those cleared since.
    since: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<usize>,
    /// Where to go on: from the link to the next page.
    cursor: Option<String>,
}

impl FlagQuery {
    fn filter(&self) -> Result<FlagFilter, Problem> {
        Ok(FlagFilter {
            code: known("code", self.code.as_deref(), FlagCode::named)?,
            team: self.team.clone(),
            officer: self.officer.clone(),
            severity: known("severity", self.severity.as_deref(), Severity::named)?,
            state: known("state", self.state.as_deref(), FlagState::named)?.unwrap_or_default(),
            since: known("since", self.since.as_deref(), read_instant)?,
        })
    }
}

/// A part of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlagList)]
pub struct FlagListView {
    /// The gravest first; of one severity, the longest-standing first.
    items: Vec<FlagView>,
    /// The cursor of the next page; empty on the last.
    next_cursor: Option<String>,
}

/// A place in the list as the text within a cursor.
fn written(place: FlagPlace) -> String {
    let FlagPlace { severity, raised_at, id } = place;
    format!("{} {} {id}", severity.as_str(), raised_at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

fn read_place(text: &str) -> Option<FlagPlace> {
    let mut parts = text.split(' ');
    let place = FlagPlace {
        severity: Severity::named(parts.next()?)?,
        raised_at: read_instant(parts.next()?)?,
        id: Uuid::parse_str(parts.next()?).ok()?,
    };
    parts.next().is_none().then_some(place)
}

/// The flags on the caller's teams and their offenders; on the force's, for a detective inspector.
///
/// # Errors
/// When the caller may not, the query is none, or the service fails.
#[utoipa::path(
    get, path = "/v1/flags", tag = "flags", operation_id = "list_flags", security(("bearer_token" = [])),
    params(FlagQuery),
    responses(
        (status = 200, body = FlagListView, headers(("Link" = String, description = "The next page, rel=next"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn list(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadFlags>,
    query: web::Query<FlagQuery>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let (filter, limit) = (query.filter()?, limit(query.limit)?);
    let after = place(query.cursor.as_deref(), |place| read_place(&place))?;
    let found = service.run(move |service| flag_list::list(service.store(), &reader, &filter, after, limit)).await?;
    let next_cursor = found.goes_on_after.map(|after| cursor(&written(after)));
    let view = FlagListView { items: found.flags.into_iter().map(FlagView::from).collect(), next_cursor };
    page(&request, &view, view.next_cursor.as_deref())
}
