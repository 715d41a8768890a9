//! Other names that an offender goes by.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::acting::Sent;
use crate::api::answer::{Advice, AdvisedRecord, advised};
use crate::api::auth::act::ChangeOffenders;
use crate::api::auth::permit::Permit;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::casework::people::offenders::{FoundAlias, enter_alias};
use crate::domain::offender::AliasKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// Another name that was found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterAlias)]
pub struct AliasBody {
    /// The name.
    #[schema(value_type = String)]
    name: Words,
    /// `name` or `online_identity`.
    #[schema(value_type = String)]
    kind: AliasKind,
    /// Where it was found.
    #[schema(value_type = String)]
    found: Words,
    /// Whether the offender has notified it.
    notified: bool,
}

/// That using a name that was not notified may be a breach; a person decides.
fn possible_breach() -> Advice {
    let detail = "the name was not notified: using it may be a failure to notify within three days (SOA 2003 s.84(1)(a)); \
        an officer decides whether to enter a breach";
    Advice {
        code: "possible_breach",
        detail: detail.to_owned(),
        facts: json!({ "kind": "notification", "provision": "SOA 2003 s.84(1)(a)", "notified": false }),
    }
}

/// Enters another name that an offender goes by, in person or online. Of one that was not notified the advice says that using it may be
/// a breach; none is entered by itself.
///
/// # Errors
/// When the caller may not, or there is no such case in scope.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/aliases", tag = "casework", operation_id = "enter_alias",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = AliasBody,
    responses(
        (status = 200, body = AdvisedRecord, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    offender: web::Path<Ref>,
    sent: Sent<AliasBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: AliasBody { name, kind, found, notified }, key } = sent;
    let alias = FoundAlias { name, kind, found, notified };
    let act =
        move |service: &Service| enter_alias(service.store(), &service.acting(&reader, key.as_ref()), &offender, alias);
    let advice = (!notified).then(possible_breach).into_iter().collect();
    advised(service.run(act).await?, None, Vec::new(), advice)
}
