//! Allocating one case, or many at once.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::acting::Sent;
use crate::api::answer::{CaseloadEffect, head};
use crate::api::auth::act::AllocateCases;
use crate::api::auth::permit::Permit;
use crate::api::dates::Day;
use crate::api::error::{Problem, ProblemDocument};
use crate::api::precondition::tag_read_if_any;
use crate::api::service::Service;
use crate::casework::allocations::allocate::{Allocated, Allocating, allocate, allocate_all};
use crate::domain::calendar::CivilDate;
use crate::domain::caseload::Move;
use crate::domain::reference::Ref;
use crate::domain::words::Words;

/// Whether anything is entered.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// `true`: what it would do is told, and nothing is entered.
    #[serde(default)]
    dry_run: bool,
}

/// Who is to manage the case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AllocateCase)]
pub struct AllocateBody {
    /// The offender manager.
    #[schema(value_type = String)]
    officer_ref: Ref,
    /// From when on; today where it is not given.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// A case and who is to manage it.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CaseMove)]
pub struct MoveBody {
    /// Whose case.
    #[schema(value_type = String)]
    offender_ref: Ref,
    /// The offender manager.
    #[schema(value_type = String)]
    officer_ref: Ref,
}

impl From<MoveBody> for Move {
    fn from(body: MoveBody) -> Self {
        Self { offender_ref: body.offender_ref, officer_ref: body.officer_ref }
    }
}

/// Who is to manage which cases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AllocateCases)]
pub struct AllocateAllBody {
    /// The cases: all of them pass, or none.
    items: Vec<MoveBody>,
    /// From when on; today where it is not given.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Why, in at most 10,000 characters.
    #[schema(value_type = String)]
    reason: Words,
}

/// What allocating does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Allocated)]
pub struct AllocatedView {
    /// Whether nothing was entered.
    dry_run: bool,
    /// From when on.
    #[schema(value_type = String, format = Date)]
    from: CivilDate,
    /// Which case to whom.
    allocations: Vec<MoveBody>,
    /// What it does to the caseload of everybody who gives or takes a case, of the cases that the caller may see; empty where
    /// the same request had been carried out before.
    caseloads: Vec<CaseloadEffect>,
}

fn answer(allocated: Allocated, moves: Vec<Move>) -> Result<HttpResponse, Problem> {
    let mut response =
        HttpResponse::build(if allocated.written.is_some() { StatusCode::CREATED } else { StatusCode::OK });
    if let Some(written) = &allocated.written {
        head(&mut response, written)?;
    }
    let allocations = moves.into_iter().map(|made| {
        let Move { offender_ref, officer_ref } = made;
        MoveBody { offender_ref, officer_ref }
    });
    Ok(response.json(AllocatedView {
        dry_run: allocated.written.is_none(),
        from: allocated.from,
        allocations: allocations.collect(),
        caseloads: allocated.effects.into_iter().map(CaseloadEffect::from).collect(),
    }))
}

/// Decides who manages a case: an offender manager in post from that day who may see it. What it does to caseloads is told,
/// with `dry_run=true` before anything is entered. A handover begins with it. `If-Match` may name the version of
/// the allocation that was read.
///
/// # Errors
/// When the caller may not, there is no such case in scope, or the officer cannot take it.
#[utoipa::path(
    post, path = "/v1/offenders/{ref}/allocations", tag = "allocation", operation_id = "allocate_case",
    security(("bearer_token" = [])),
    params(
        ("ref" = String, Path, description = "The offender's reference"),
        DryRun,
        ("If-Match" = Option<String>, Header, description = "The version of the allocation that was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = AllocateBody,
    responses(
        (status = 200, body = AllocatedView, description = "A dry run: nothing was entered"),
        (status = 201, body = AllocatedView, headers(("ETag" = String, description = "The allocation's version"))),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn one(
    request: HttpRequest,
    service: web::Data<Service>,
    permit: Permit<AllocateCases>,
    offender: web::Path<Ref>,
    web::Query(DryRun { dry_run }): web::Query<DryRun>,
    sent: Sent<AllocateBody>,
) -> Result<HttpResponse, Problem> {
    let (reader, read, offender) = (service.reader(permit), tag_read_if_any(&request)?, offender.into_inner());
    let Sent { body: AllocateBody { officer_ref, from, reason }, key } = sent;
    let moves = vec![Move { offender_ref: offender.clone(), officer_ref }];
    let allocating = Allocating { moves: moves.clone(), from: from.map(|day| day.0), reason };
    let act = move |service: &Service| {
        let acting = service.acting(&reader, key.as_ref());
        allocate(service.store(), &acting, &offender, &allocating, (read, dry_run))
    };
    answer(service.run(act).await?, moves)
}

/// Decides who manages each of many cases: all of them pass, or none.
///
/// # Errors
/// When the caller may not, or one of the cases cannot pass: the pointer says which.
#[utoipa::path(
    post, path = "/v1/allocations/bulk", tag = "allocation", operation_id = "allocate_cases",
    security(("bearer_token" = [])),
    params(
        DryRun,
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request known again for a day"),
    ),
    request_body = AllocateAllBody,
    responses(
        (status = 200, body = AllocatedView, description = "A dry run: nothing was entered"),
        (status = 201, body = AllocatedView),
        (status = "4XX", body = ProblemDocument),
    ),
)]
pub async fn all(
    service: web::Data<Service>,
    permit: Permit<AllocateCases>,
    web::Query(DryRun { dry_run }): web::Query<DryRun>,
    sent: Sent<AllocateAllBody>,
) -> Result<HttpResponse, Problem> {
    let reader = service.reader(permit);
    let Sent { body: AllocateAllBody { items, from, reason }, key } = sent;
    let moves: Vec<Move> = items.into_iter().map(Move::from).collect();
    let allocating = Allocating { moves: moves.clone(), from: from.map(|day| day.0), reason };
    let act = move |service: &Service| {
        allocate_all(service.store(), &service.acting(&reader, key.as_ref()), &allocating, dry_run)
    };
    answer(service.run(act).await?, moves)
}
