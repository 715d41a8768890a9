//! Breaches: entered, listed, read, and what each obliges.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{list_of, read_one};
use crate::api::acting::{Sent, created};
use crate::api::auth::act::{EnterBreaches, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::dates::{civil_date, instant};
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::{RecordList, RecordView, tagged};
use crate::casework::breaches::{EnteringBreach, enter as enter_breach, obliged};
use crate::domain::breach::BreachSource;
use crate::domain::breach_obligation::Obliged;
use crate::domain::breach_provision::Provision;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// Whether what is entered is known to be a breach.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EnteredBreachState)]
enum EnteredState {
    /// It is one.
    Confirmed,
    /// Somebody has to decide yet.
    Suspected,
}

/// A breach of notification requirements or of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterBreach)]
pub struct EnterBody {
    /// `confirmed`, or `suspected` where somebody has to decide yet.
    state: EnteredState,
    /// The provision: `s.91`, `s.103I`, `s.113`, `s.122H` or `s.128` of the Sexual Offences Act 2003.
    #[schema(value_type = String)]
    provision: Provision,
    /// The order breached; none for `s.91`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    order_ref: Option<Ref>,
    /// The first day of the failure.
    #[serde(deserialize_with = "civil_date")]
    #[schema(value_type = String, format = Date)]
    first_failure_on: CivilDate,
    /// When the police learned of it.
    #[serde(deserialize_with = "instant")]
    #[schema(value_type = String, format = DateTime)]
    discovered_at: Instant,
    /// How: `visit`, `intelligence`, `notification_check`, `records` or `other`.
    #[schema(value_type = String)]
    source: BreachSource,
    /// What happened, in at most 10,000 characters.
    #[schema(value_type = String)]
    summary: Words,
    /// Whether it shows contact with a child.
    #[serde(default)]
    shows_child_contact: bool,
    /// The children concerned, as far as they are known.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    children: Vec<Words>,
}

/// Enters a breach. From then on the clock of its crime report runs from the discovery.
///
/// # Errors
/// When the caller may not, there is none in scope, or a rule forbids it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/breaches", tag = "casework", operation_id = "enter_breach",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter(
    service: web::Data<Service>,
    permit: Permit<EnterBreaches>,
    subject: web::Path<Ref>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let entering = EnteringBreach {
        is_confirmed: matches!(body.state, EnteredState::Confirmed),
        provision: body.provision,
        order_ref: body.order_ref,
        first_failure_on: body.first_failure_on,
        discovered_at: body.discovered_at,
        source: body.source,
        summary: body.summary,
        shows_child_contact: body.shows_child_contact,
        children: body.children,
    };
    let act = move |service: &Service| {
        enter_breach(service.store(), &service.acting(&reader, key.as_ref()), &subject, entering)
    };
    created(service.run(act).await?, "/v1/breaches")
}

/// The breaches of an offender: confirmed (also where `state` is absent, as in what the records feed sends), suspected and discounted.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/breaches", tag = "casework", operation_id = "list_breaches",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The offender's reference")),
    responses((status = 200, body = RecordList), (status = "4XX", body = ProblemDocument)),
)]
pub async fn list(
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    list_of(service, permit, subject.into_inner(), RecordKind::Breach).await
}

/// One breach, with its version. Where `state` is absent it is confirmed.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/breaches/{ref}", tag = "casework", operation_id = "read_breach",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The breach's reference")),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Breach, subject.into_inner()).await
}

/// What a breach obliges.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BreachObligations)]
pub struct ObligationsView {
    /// The breach.
    #[schema(value_type = String)]
    breach_ref: Ref,
    /// Each obligation; none where the breach is only suspected, or was discounted.
    obligations: Vec<ObligationView>,
}

/// One obligation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BreachObligation)]
struct ObligationView {
    /// `crime_report`, `investigative_step`, `decision`, `risk_review`, `plan_review` or `reactive_management_review`;
    /// `due`: an instant, or the last day; `done`; `done_by`: the record that met it; `overdue`.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    obliged: Value,
}

impl ObligationView {
    fn of(obliged: &Obliged) -> Result<Self, Problem> {
        Ok(Self { obliged: serde_json::to_value(obliged).map_err(|error| Problem::internal(&error))? })
    }
}

/// What a breach obliges, by when, and whether it has been done since the discovery.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/breaches/{ref}/obligations", tag = "casework", operation_id = "read_breach_obligations",
    security(("bearer_token" = [])),
    params(("ref" = String, Path, description = "The breach's reference")),
    responses((status = 200, body = ObligationsView), (status = "4XX", body = ProblemDocument)),
)]
pub async fn obligations(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    subject: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    let (reader, breach_ref) = (service.reader(permit), subject.into_inner());
    let breach = breach_ref.clone();
    let read = move |service: &Service| obliged(service.store(), &service.acting(&reader, None), &breach);
    let found = service.run(read).await?.ok_or_else(Problem::not_found)?;
    let obligations = found.iter().map(ObligationView::of).collect::<Result<_, _>>()?;
    tagged(&request, &ObligationsView { breach_ref, obligations })
}
