//! How old the records are that an answer rests on: told along with what is read of them.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use chrono::SecondsFormat;

use super::error::Problem;
use super::service::Service;
use crate::casework::exchange;
use crate::domain::as_at::AsAt;
use crate::domain::exchange::RecordsAge;

/// When records last came from the records system.
const RECORDS_AS_OF: HeaderName = HeaderName::from_static("records-as-of");

/// `true` where that is too long ago.
const RECORDS_STALE: HeaderName = HeaderName::from_static("records-stale");

/// How old a force's records are now; nothing where something else than now is looked at, which the age of today says nothing of.
///
/// # Errors
/// When no policy holds today, or the service fails.
pub async fn records_age(service: &Service, force: String, as_at: AsAt) -> Result<Option<RecordsAge>, Problem> {
    if as_at != AsAt::Now {
        return Ok(None);
    }
    let read = move |service: &Service| {
        let at = service.clock().moment();
        let policy = service.policies().in_force(at.today()).map_err(|error| Problem::internal(&error))?;
        exchange::records_age(service.store(), &force, at, policy).map_err(Problem::from)
    };
    service.run(read).await.map(Some)
}

/// The same answer, which says at its head how old the records are.
///
/// # Errors
/// Never for an instant of ours.
pub fn with_age(mut response: HttpResponse, age: Option<RecordsAge>) -> Result<HttpResponse, Problem> {
    let Some(RecordsAge { last_exchange_at, is_stale }) = age else { return Ok(response) };
    if let Some(at) = last_exchange_at {
        let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let at = HeaderValue::from_str(&at).map_err(|error| Problem::internal(&error))?;
        response.headers_mut().insert(RECORDS_AS_OF, at);
    }
    if is_stale {
        response.headers_mut().insert(RECORDS_STALE, HeaderValue::from_static("true"));
    }
    Ok(response)
}
