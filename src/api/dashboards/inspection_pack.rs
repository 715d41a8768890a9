//! `GET /v1/teams/{ref}/inspection-pack`: a team's inspection pack.

use actix_web::http::header::{ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::api::auth::act::DiscloseInspectionPacks;
use crate::api::auth::permit::{Permit, READING_REASON};
use crate::api::dates::civil_date;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::actor::Actor;
use crate::casework::inspection_pack::{PackError, PackRequest, inspection_pack};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// The longest name of a recipient, in Unicode characters.
const MAX_RECIPIENT_CHARS: usize = 200;

/// Of which days, and for whom.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PackQuery {
    /// The first day.
    #[param(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    from: CivilDate,
    /// The last day: today at most, and at most 400 days with the first.
    #[param(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    until: CivilDate,
    /// Which body it goes to, such as an inspectorate; never a person's name. It goes into the audit.
    #[param(value_type = Option<String>)]
    recipient: Option<Words>,
}

impl PackQuery {
    fn recipient(&self) -> Result<Option<&str>, Problem> {
        let recipient = self.recipient.as_ref().map(Words::as_str);
        if recipient.is_some_and(|named| named.chars().count() > MAX_RECIPIENT_CHARS) {
            return Err(Problem::new(ErrorCode::INVALID_QUERY, "recipient has at most 200 characters"));
        }
        Ok(recipient)
    }
}

impl From<PackError> for Problem {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Span(error) => Self::new(ErrorCode::INVALID_QUERY, error.to_string()),
            PackError::ReasonNeeded => {
                Self::new(ErrorCode::REASON_NEEDED, format!("{error}, with the header {READING_REASON}"))
            }
            PackError::NotFound => Self::not_found(),
            PackError::Policy(error) => Self::internal(&error),
            PackError::Json(error) => Self::internal(&error),
            PackError::Zip(error) => Self::internal(&error),
            PackError::File(error) => Self::internal(&error),
            PackError::Store(error) => error.into(),
        }
    }
}

/// A team's inspection pack, as a zip file: its figures as they were known at the ends of days, flags, dip samples,
/// policies and proof of the audit. Handing it out is recorded as a disclosure, so it takes the header `Reading-Reason`.
///
/// # Errors
/// When the caller may not or does not say why, the span is none, there is no such team in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/teams/{ref}/inspection-pack", tag = "supervision", operation_id = "disclose_inspection_pack",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The team's reference"), PackQuery),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    service: web::Data<Service>,
    permit: Permit<DiscloseInspectionPacks>,
    team: web::Path<Ref>,
    query: web::Query<PackQuery>,
) -> Result<HttpResponse, Problem> {
    let recipient = query.recipient()?.map(str::to_owned);
    let (person, PackQuery { from, until, .. }) = (permit.into_person(), query.into_inner());
    let make = move |service: &Service| {
        let (reason, force) = (person.reason, person.force.clone());
        let request = PackRequest { force: &force, team: &team, from, until, reason, recipient: recipient.as_deref() };
        inspection_pack(service.store(), service.clock(), &Actor::Person(person), service.policies(), &request)
    };
    let pack = service.run(make).await?;
    let file = DispositionParam::Filename(format!("inspection-pack-{from}-{until}.zip"));
    let attachment = ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![file] };
    Ok(HttpResponse::Ok().content_type("application/zip").insert_header(attachment).body(pack.bytes))
}
