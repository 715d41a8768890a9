//! The OpenAPI document: the reference of every route.

use actix_web::HttpResponse;
use utoipa::openapi::Required;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::allocations::{
    allocate, caseloads, handover, history as allocation_history, proposal as allocation_proposal, unallocated,
};
use super::assessments::{arms, other};
use super::audit;
use super::auth::permit::READING_REASON;
use super::casework::{
    access_restriction, breach_acts, breaches, conflicts, dip_samples, disposals, foreign_travel, intelligence,
    legal_holds, merges, notifiable_changes, notifications, reactive_management, reactive_placements, safeguarding,
};
use super::dashboards::{force, inspection_pack, team};
use super::error::ProblemDocument;
use super::flags::{acknowledge, list as flag_list, read as flag, summary};
use super::forecasts;
use super::health;
use super::jobs;
use super::offenders::{case_file, export, list, notification_duties, provenance, reactive_eligibility, timeline};
use super::people::{addresses, alias, circumstances, offender, orders, status};
use super::plans::{action_list, actions, approval, draft};
use super::records::{
    drift, events, extract_mappings, extracts,
    imports::{self, Refusal},
    send, subscriptions,
};
use super::road_service;
use super::schedules::{
    accept, explain, list as schedule_list, moves, plot as schedule_plot, propose, read as schedule,
};
use super::staff::{
    absences, briefing, daily_list, leave_post, loans, neighbourhoods, officer_acts, officers, posts,
    sent_intelligence, teams,
};
use super::transfers::{keys as transfer_keys, received as received_transfers, sent as transfers};
use super::visits::{attempt_log, attendance, change, read as visit, record as visit_record};
use super::worklists::{breaches as breach_worklist, overdue};
use crate::domain::reading_reason::ReadingReason;

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
        extracts::send,
        extract_mappings::list,
        extract_mappings::read,
        extract_mappings::save,
        events::list,
        events::read,
        drift::read,
        drift::digests,
        subscriptions::list,
        subscriptions::make,
        subscriptions::read,
        subscriptions::pause,
        subscriptions::resume,
        subscriptions::end,
        subscriptions::new_key,
        subscriptions::dead_letters,
        subscriptions::redrive,
        subscriptions::replay,
        list::list,
        case_file::read,
        timeline::read,
        provenance::read,
        reactive_eligibility::read,
        notification_duties::read,
        flag_list::list,
        flag::read,
        summary::summary,
        acknowledge::acknowledge,
        access_restriction::read,
        access_restriction::decide,
        conflicts::list,
        conflicts::settle_one,
        offender::enter_one,
        offender::change_one,
        offender::read,
        alias::enter,
        status::change_one,
        circumstances::list,
        circumstances::enter_one,
        circumstances::read,
        circumstances::change_one,
        circumstances::confirm_one,
        circumstances::end_one,
        addresses::list,
        addresses::enter_one,
        addresses::read,
        addresses::change_one,
        addresses::verify_one,
        orders::list,
        orders::enter_one,
        orders::read,
        orders::change_one,
        orders::discharge_one,
        allocation_history::list,
        allocate::one,
        allocate::all,
        unallocated::list,
        allocation_proposal::read,
        allocation_proposal::accept_lines,
        handover::list,
        handover::read,
        handover::enter,
        handover::complete_one,
        handover::check_one,
        disposals::enter,
        disposals::list,
        disposals::read,
        disposals::change,
        notifiable_changes::enter,
        notifiable_changes::list,
        notifiable_changes::read,
        notifiable_changes::change,
        foreign_travel::enter,
        foreign_travel::list,
        foreign_travel::read,
        foreign_travel::change,
        notifications::enter,
        notifications::list,
        notifications::read,
        dip_samples::list,
        dip_samples::read,
        dip_samples::read_grade,
        dip_samples::draw,
        dip_samples::grade_one,
        team::read,
        force::read,
        inspection_pack::read,
        breach_worklist::list,
        overdue::visits,
        overdue::assessments,
        breaches::list,
        breaches::enter,
        breaches::read,
        breaches::obligations,
        breach_acts::confirm,
        breach_acts::discount,
        breach_acts::step,
        breach_acts::crime_report,
        breach_acts::cancel_crime_report,
        breach_acts::decide,
        legal_holds::place_one,
        legal_holds::list,
        legal_holds::read,
        legal_holds::release_one,
        merges::merge_one,
        merges::list,
        merges::read,
        merges::undo_one,
        export::read,
        intelligence::enter,
        intelligence::list,
        intelligence::read,
        reactive_management::read,
        reactive_placements::propose,
        reactive_management::review,
        reactive_management::remove,
        reactive_management::arrest,
        reactive_management::decide,
        reactive_placements::read,
        reactive_placements::approve,
        reactive_placements::refuse,
        safeguarding::read,
        safeguarding::refer,
        safeguarding::read_referral,
        safeguarding::reply,
        safeguarding::not_needed,
        safeguarding::disclose,
        arms::list,
        arms::enter,
        arms::read,
        arms::patch,
        other::list,
        other::enter,
        other::read,
        other::patch,
        draft::list,
        draft::post,
        draft::read,
        draft::patch,
        approval::approve,
        approval::reject,
        actions::complete,
        actions::check,
        actions::defer,
        action_list::list,
        visit::list,
        visit::read,
        visit_record::contact,
        visit_record::outcome,
        change::confirm,
        change::patch,
        attendance::start,
        attendance::finish,
        attendance::alerts,
        attempt_log::read,
        jobs::list,
        road_service::read,
        road_service::approve_host,
        road_service::withdraw_one,
        audit::list,
        officers::list,
        officers::read,
        officer_acts::enter_one,
        officer_acts::change_one,
        officer_acts::training,
        absences::enter_one,
        absences::end_one,
        leave_post::leave,
        loans::lend_one,
        loans::end_one,
        daily_list::read,
        propose::propose,
        schedule_list::list,
        schedule::read,
        schedule::visits,
        schedule::unplaced,
        schedule::diff,
        schedule_plot::map,
        schedule_plot::week,
        schedule_plot::snapshot,
        explain::list,
        accept::post,
        moves::make,
        moves::check,
        moves::lift,
        forecasts::ask,
        forecasts::read,
        transfers::make,
        transfers::list,
        transfers::read,
        transfers::package,
        transfers::receipt,
        transfers::withdraw_one,
        received_transfers::list,
        received_transfers::take,
        transfer_keys::list,
        transfer_keys::register_one,
        transfer_keys::withdraw_one,
        teams::list,
        teams::read,
        teams::change_one,
        caseloads::list,
        posts::list,
        posts::enter_one,
        posts::read,
        posts::change_one,
        briefing::read,
        briefing::list_receipts,
        sent_intelligence::send,
        sent_intelligence::list,
        neighbourhoods::list,
        neighbourhoods::read,
    ),
    components(schemas(ProblemDocument, Refusal)),
    modifiers(&BearerToken, &ReasonForReading),
    tags(
        (name = "service", description = "The service itself"),
        (name = "records", description = "The records feed in"),
        (name = "offenders", description = "Case files"),
        (name = "casework", description = "What people enter, approve and decide"),
        (name = "supervision", description = "Dip samples and their grades"),
        (name = "flags", description = "What the service noticed"),
        (name = "schedules", description = "Schedules of visits: proposed, explained, compared, changed, accepted"),
        (name = "forecasts", description = "What the weeks to come bring, as things stand and under changes"),
        (name = "staff", description = "Officers, teams and areas"),
        (name = "audit", description = "Who read or changed what"),
        (name = "dashboards", description = "Figures of a team and of the force, and what is overdue"),
        (name = "allocation", description = "Who manages which case"),
        (name = "transfers", description = "Cases that pass from one force to another"),
    )
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

/// The header that every reading takes.
struct ReasonForReading;

impl Modify for ReasonForReading {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let codes = ReadingReason::ALL.map(ReadingReason::as_str);
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes));
        let header = ParameterBuilder::new()
            .name(READING_REASON)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("Why the caller reads; it goes into the audit"))
            .schema(Some(schema))
            .build();
        let readings = document.paths.paths.values_mut().filter_map(|path| path.get.as_mut());
        for reading in readings.filter(|reading| reading.security.is_some()) {
            reading.parameters.get_or_insert_default().push(header.clone().into());
        }
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
