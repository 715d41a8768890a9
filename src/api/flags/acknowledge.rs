//! Acknowledging a flag: somebody answerable has seen it and says why it may wait, and until when.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::view::FlagView;
use crate::api::auth::act::AcknowledgeFlags;
use crate::api::auth::permit::Permit;
use crate::api::dates::civil_date;
use crate::api::error::{ErrorCode, Problem, ProblemDocument};
use crate::api::precondition::{version_read, versioned};
use crate::api::service::Service;
use crate::casework::flag_list::{self, AcknowledgeError, Acknowledging};
use crate::domain::calendar::CivilDate;

/// Why a flag may wait, and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcknowledgeFlag)]
pub struct AcknowledgeBody {
    /// Why, in at most 2,000 characters.
    reason: String,
    /// The day on which it is looked at again: after today, and no later than policy allows.
    #[schema(value_type = String, format = Date)]
    #[serde(deserialize_with = "civil_date")]
    review_on: CivilDate,
}

impl From<AcknowledgeError> for Problem {
    fn from(error: AcknowledgeError) -> Self {
        let told = error.to_string();
        match error {
            AcknowledgeError::NotPermitted => Self::new(ErrorCode::FORBIDDEN, told),
            AcknowledgeError::NotFound => Self::not_found(),
            AcknowledgeError::Cleared => Self::new(ErrorCode::FLAG_CLEARED, told),
            AcknowledgeError::Changed { .. } => Self::new(ErrorCode::PRECONDITION_FAILED, told),
            AcknowledgeError::BlankReason | AcknowledgeError::ReasonTooLong | AcknowledgeError::NulInReason => {
                Self::new(ErrorCode::INVALID_BODY, told).at("/reason")
            }
            AcknowledgeError::ReviewOutOfRange { .. } => Self::new(ErrorCode::INVALID_BODY, told).at("/review_on"),
            AcknowledgeError::Policy(error) => Self::internal(&error),
            AcknowledgeError::Store(error) => error.into(),
        }
    }
}

/// Acknowledges a flag that holds. It stays in every list, and counts as acknowledged until its day of
/// review has passed or the flag gives another reason. Sent twice, the second finds a newer version.
///
/// # Errors
/// When the caller may not, the flag is not there, no longer holds or has changed, or what is said
/// will not do.
#[utoipa::path(
    post, path = "/v1/flags/{id}/acknowledge", tag = "flags", operation_id = "acknowledge_flag",
    security(("bearer_token" = [])),
    params(
        ("id" = Uuid, Path, description = "The flag's id"),
        ("If-Match" = String, Header, description = "The flag's version as it was read, in double quotes"),
    ),
    request_body = AcknowledgeBody,
    responses(
        (status = 200, body = FlagView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn acknowledge(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<AcknowledgeFlags>,
    id: web::Path<Uuid>,
    body: web::Json<AcknowledgeBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let AcknowledgeBody { reason, review_on } = body.into_inner();
    let said = Acknowledging { reason, review_on, version: version_read(&request)? };
    let act = move |service: &Service| flag_list::acknowledge(service.store(), &reader, *id, &said, service.policies());
    let flag = service.run(act).await?;
    let version = flag.version;
    versioned(&request, &FlagView::from(flag), version)
}
