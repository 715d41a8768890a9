//! Entering offenders, and correcting who they are.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::identity::{ExternalRefBody, MappaBody, PeriodBody, StaticRiskBody};
use crate::api::acting::{Sent, changed, created};
use crate::api::auth::act::{ChangeOffenders, EnterOffenders, ReadOffenders};
use crate::api::auth::permit::Permit;
use crate::api::casework::read_one;
use crate::api::changes::{Changes, given};
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read;
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::people::offenders::{change, enter};
use crate::domain::offender::{ExternalRef, LeadAgency, Offender, OffenderStatus, Sex};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// An offender whom the records system has not sent yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnterOffender)]
pub struct EnterBody {
    /// The reference that the records system will use; one is made where it is not given.
    #[serde(rename = "ref")]
    #[schema(value_type = Option<String>)]
    reference: Option<Ref>,
    /// Given name.
    #[schema(value_type = String)]
    given_name: Words,
    /// Family name.
    #[schema(value_type = String)]
    family_name: Words,
    /// Where they stand, as the records feed names it.
    #[schema(value_type = String)]
    status: OffenderStatus,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    status_since: Day,
    /// Why they are entered here.
    #[schema(value_type = String)]
    reason: Words,
    /// On whose authority, such as the force that they come from.
    #[schema(value_type = Option<String>)]
    authority: Option<Words>,
    /// The team responsible.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// Who leads: `police`, `probation`, `youth_justice`, `health` or `other`.
    #[schema(value_type = String)]
    lead_agency: LeadAgency,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    lead_agency_since: Day,
    /// MAPPA category and level.
    mappa: MappaBody,
    /// The notification period.
    notification: PeriodBody,
    /// Identifiers in other systems.
    #[serde(default)]
    external_refs: Vec<ExternalRefBody>,
    /// Other names.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    aliases: Vec<Words>,
    /// Date of birth.
    #[schema(value_type = Option<String>, format = Date)]
    date_of_birth: Option<Day>,
    /// `male`, `female` or `other`.
    #[schema(value_type = Option<String>)]
    sex: Option<Sex>,
    /// In the community since.
    #[schema(value_type = Option<String>, format = Date)]
    community_since: Option<Day>,
    /// Last day of a licence.
    #[schema(value_type = Option<String>, format = Date)]
    licence_until: Option<Day>,
    /// The static risk band.
    static_risk: Option<StaticRiskBody>,
    /// The neighbourhood they live in.
    #[schema(value_type = Option<String>)]
    neighbourhood_ref: Option<Ref>,
    /// Warnings for whoever visits.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    warning_markers: Vec<Words>,
}

impl EnterBody {
    fn offender(self) -> (Option<Ref>, Offender) {
        let texts = |words: Vec<Words>| words.into_iter().map(String::from).collect();
        let offender = Offender {
            given_name: self.given_name.into(),
            family_name: self.family_name.into(),
            status: self.status,
            status_since: self.status_since.0,
            team_ref: self.team_ref,
            lead_agency: self.lead_agency,
            lead_agency_since: self.lead_agency_since.0,
            mappa: self.mappa.into(),
            notification: self.notification.into(),
            external_refs: self.external_refs.into_iter().map(ExternalRef::from).collect(),
            aliases: texts(self.aliases),
            date_of_birth: self.date_of_birth.map(|day| day.0),
            sex: self.sex,
            community_since: self.community_since.map(|day| day.0),
            licence_until: self.licence_until.map(|day| day.0),
            static_risk: self.static_risk.map(Into::into),
            neighbourhood_ref: self.neighbourhood_ref,
            warning_markers: texts(self.warning_markers),
            alias_details: Vec::new(),
            status_reason: Some(self.reason.into()),
            status_authority: self.authority.map(String::from),
        };
        (self.reference, offender)
    }
}

/// Enters an offender for a team of the caller's before the records system sends them, such as one transferred in.
///
/// # Errors
/// When the caller may not, the team is not theirs, the reference is taken, or the record contradicts itself.
#[utoipa::path(
    post, path = "/v1/offenders", tag = "casework", operation_id = "enter_offender",
    security(("bearer_token" = [])),
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EnterBody,
    responses(
        (status = 201, body = RecordView, headers(("Location" = String), ("ETag" = String))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn enter_one(
    service: web::Data<Service>,
    permit: Permit<EnterOffenders>,
    sent: Sent<EnterBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body, key } = sent;
    let (reference, offender) = body.offender();
    let act =
        move |service: &Service| enter(service.store(), &service.acting(&reader, key.as_ref()), reference, offender);
    created(service.run(act).await?, "/v1/offenders")
}

/// The record of an offender alone, with its version, for a change to be decided on.
///
/// # Errors
/// When the caller may not, there is none in scope, or the service fails.
#[utoipa::path(
    get, path = "/v1/offenders/{ref}/identity", tag = "casework", operation_id = "read_identity",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
    ),
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn read(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ReadOffenders>,
    offender: web::Path<Ref>,
) -> Result<HttpResponse, Problem> {
    read_one(&request, service, permit, RecordKind::Offender, offender.into_inner()).await
}

/// What is changed about an offender. What is left out stays; null empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeOffender)]
pub struct ChangeBody {
    /// Given name.
    #[schema(value_type = Option<String>)]
    given_name: Option<Words>,
    /// Family name.
    #[schema(value_type = Option<String>)]
    family_name: Option<Words>,
    /// Date of birth.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    date_of_birth: Option<Option<Day>>,
    /// `male`, `female` or `other`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    sex: Option<Option<Sex>>,
    /// Warnings for whoever visits.
    #[schema(value_type = Option<Vec<String>>)]
    warning_markers: Option<Vec<Words>>,
    /// The neighbourhood they live in.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    neighbourhood_ref: Option<Option<Ref>>,
    /// Identifiers in other systems.
    external_refs: Option<Vec<ExternalRefBody>>,
    /// The static risk band.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<StaticRiskBody>)]
    static_risk: Option<Option<StaticRiskBody>>,
    /// MAPPA category and level.
    mappa: Option<MappaBody>,
    /// Last day of a licence.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    licence_until: Option<Option<Day>>,
}

impl ChangeBody {
    fn changes(&self) -> Changes {
        Changes::default()
            .with("given_name", self.given_name.as_ref())
            .with("family_name", self.family_name.as_ref())
            .with("date_of_birth", self.date_of_birth.as_ref())
            .with("sex", self.sex.as_ref())
            .with("warning_markers", self.warning_markers.as_ref())
            .with("neighbourhood_ref", self.neighbourhood_ref.as_ref())
            .with("external_refs", self.external_refs.as_ref())
            .with("static_risk", self.static_risk.as_ref())
            .with("mappa", self.mappa.as_ref())
            .with("licence_until", self.licence_until.as_ref())
    }
}

/// Changes plain members of who an offender is. `If-Match` names the version that `identity` gave.
///
/// # Errors
/// When the caller may not, there is none in scope, the record would contradict itself, or it has changed since it was read.
#[utoipa::path(
    patch, path = "/v1/offenders/{ref}", tag = "casework", operation_id = "change_offender",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        ("If-Match" = String, Header, description = "The version that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = ChangeBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "Its new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn change_one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<ChangeOffenders>,
    offender: web::Path<Ref>,
    sent: Sent<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read) = (service.reader(permit), tag_read(&request)?);
    let Sent { body, key } = sent;
    let changes = body.changes().all()?;
    let act = move |service: &Service| {
        change(service.store(), &service.acting(&reader, key.as_ref()), &offender, changes, read)
    };
    changed(service.run(act).await?)
}
