//! Lending officers to other teams.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::acting::{Sent, changed};
use crate::api::auth::act::ManageOfficers;
use crate::api::auth::permit::Permit;
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::service::Service;
use crate::api::view::RecordView;
use crate::casework::staff::loans::{Lending, end, lend};
use crate::domain::reference::Ref;

/// Where the officer goes, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LendOfficer)]
pub struct LoanBody {
    /// The team that borrows.
    #[schema(value_type = String)]
    team_ref: Ref,
    /// First day there.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Last day there.
    #[schema(value_type = String, format = Date)]
    until: Day,
}

/// Lends an offender manager of the caller's teams to another team: on those days they are on duty there and not at home.
///
/// # Errors
/// When the caller may not, there is no such officer in scope, or the days or the team will not do.
#[utoipa::path(
    post, path = "/v1/officers/{ref}/loans", tag = "staff", operation_id = "lend_officer",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = LoanBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "The officer's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn lend_one(
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<LoanBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: LoanBody { team_ref, from, until }, key } = sent;
    let lending = Lending { team_ref, from: from.0, until: until.0 };
    let act =
        move |service: &Service| lend(service.store(), &service.acting(&reader, key.as_ref()), &officer, &lending);
    changed(service.run(act).await?)
}

/// A loan that ends early, or did not come about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EndLoan)]
pub struct EndBody {
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Its last day now; where it is left out the loan is taken back.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<Day>,
}

/// Ends a loan early, or takes it back.
///
/// # Errors
/// When the caller may not, there is no such officer in scope, or no such loan.
#[utoipa::path(
    post, path = "/v1/officers/{ref}/loans/end", tag = "staff", operation_id = "end_loan",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The officer's reference"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = EndBody,
    responses(
        (status = 200, body = RecordView, headers(("ETag" = String, description = "The officer's new version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn end_one(
    service: web::Data<Service>,
    permit: Permit<ManageOfficers>,
    officer: web::Path<Ref>,
    sent: Sent<EndBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: EndBody { from, last_day }, key } = sent;
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        end(service.store(), &acting, &officer, from.0, last_day.map(|day| day.0))
    };
    changed(service.run(act).await?)
}
