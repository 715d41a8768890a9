//! The OpenAPI document: the reference of every route.

use actix_web::HttpResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::dashboards::{force, team};
use super::error::ProblemDocument;
use super::flags::{acknowledge, list as flag_list, read as flag, summary};
use super::health;
use super::jobs;
use super::offenders::{case_file, list, reactive_eligibility, timeline};
use super::records::{
    imports::{self, Refusal},
    send,
};
use super::schedules::{accept, list as schedule_list, propose, read as schedule};
use super::staff::{daily_list, neighbourhoods, officers, teams};
use super::worklists::{breaches, overdue};

/// What the document is made of.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "mosovo-visits",
        description = "Visit planning, flags and casework for the police teams in England and Wales that manage registered sex \
            offenders. It advises; named people decide."
    ),
    paths(
        health::alive,
        health::ready,
        health::metrics,
        document,
        send::send,
        imports::read,
        list::list,
        case_file::read,
        timeline::read,
        reactive_eligibility::read,
        flag_list::list,
        flag::read,
        summary::summary,
        acknowledge::acknowledge,
        team::read,
        force::read,
        overdue::visits,
        overdue::assessments,
        breaches::list,
        jobs::list,
        officers::list,
        officers::read,
        daily_list::read,
        propose::propose,
        schedule_list::list,
        schedule::read,
        schedule::visits,
        schedule::unplaced,
        schedule::diff,
        accept::post,
        teams::list,
        teams::read,
        neighbourhoods::list,
        neighbourhoods::read,
    ),
    components(schemas(ProblemDocument, Refusal)),
    modifiers(&BearerToken),
    tags((name = "service", description = "The service itself"), (name = "records", description = "The records feed in"), (name = "offenders", description = "Case files"), (name = "flags", description = "What the service noticed"), (name = "dashboards", description = "Figures of a team and of the force, and what is overdue"), (name = "schedules", description = "Schedules of visits: proposed, compared, accepted"), (name = "staff", description = "Officers, teams and areas"))
)]
struct Document;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document
            .components
            .get_or_insert_with(Default::default)
            .add_security_scheme("bearer_token", SecurityScheme::Http(scheme));
    }
}

/// The document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, content_type = "application/json")))]
pub async fn document() -> HttpResponse {
    HttpResponse::Ok().json(openapi())
}
