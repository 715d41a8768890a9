//! The one table of routes: method, path, the act it takes, and who answers.

use std::collections::BTreeMap;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, ResponseError, Route, guard, web};

use super::allocations::{
    allocate, caseloads, handover, history as allocation_history, proposal as allocation_proposal, unallocated,
};
use super::assessments::{arms, other};
use super::auth::act::*;
use super::casework::{
    access_restriction, breach_acts, breaches, conflicts, dip_samples, disposals, foreign_travel, intelligence,
    legal_holds, merges, notifiable_changes, notifications, reactive_management, reactive_placements, safeguarding,
};
use super::dashboards::{force, inspection_pack, team};
use super::error::{ErrorCode, Problem};
use super::flags::{acknowledge, list as flag_list, read as flag, summary};
use super::forecasts;
use super::offenders::{case_file, export, list, notification_duties, provenance, reactive_eligibility, timeline};
use super::people::{addresses, alias, circumstances, offender, orders, status};
use super::plans::{action_list, actions, approval, draft};
use super::records::{drift, events, extract_mappings, extracts, imports, send, subscriptions};
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
use super::{audit, error, health, jobs, openapi, page, road_service};

/// The methods that routes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// `GET`, and with it `HEAD`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
}

impl Verb {
    /// As OpenAPI writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
        }
    }

    const fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }

    fn guard(self, route: Route) -> Route {
        match self {
            Self::Get => route.guard(guard::Any(guard::Get()).or(guard::Head())),
            Self::Post => route.guard(guard::Post()),
            Self::Put => route.guard(guard::Put()),
            Self::Patch => route.guard(guard::Patch()),
        }
    }
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// Its method.
    pub verb: Verb,
    /// Its path, with its parameters in braces.
    pub path: &'static str,
    /// The act that its handler takes a permit for; none where it is open to all.
    pub act: Option<Permission>,
    route: fn() -> Route,
}

impl Endpoint {
    /// A route that anybody may take.
    const fn open(verb: Verb, path: &'static str, route: fn() -> Route) -> Self {
        Self { verb, path, act: None, route }
    }

    /// A route that takes a permit.
    const fn permitted(verb: Verb, path: &'static str, act: Permission, route: fn() -> Route) -> Self {
        Self { verb, path, act: Some(act), route }
    }
}

/// Every route that the OpenAPI document describes, and the document's page.
pub const ROUTES: &[Endpoint] = &[
    Endpoint::open(Verb::Get, "/healthz", || web::to(health::alive)),
    Endpoint::open(Verb::Get, "/readyz", || web::to(health::ready)),
    Endpoint::open(Verb::Get, "/metrics", || web::to(health::metrics)),
    Endpoint::open(Verb::Get, "/openapi.json", || web::to(openapi::document)),
    Endpoint::permitted(Verb::Post, "/v1/records", SendRecords::PERMISSION, || web::to(send::send)),
    Endpoint::permitted(Verb::Get, "/v1/imports/{id}", ReadImports::PERMISSION, || web::to(imports::read)),
    Endpoint::permitted(Verb::Post, "/v1/extracts", SendExtracts::PERMISSION, || web::to(extracts::send)),
    Endpoint::permitted(Verb::Get, "/v1/extract-mappings", ReadExtractMappings::PERMISSION, || {
        web::to(extract_mappings::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/extract-mappings/{name}", ReadExtractMappings::PERMISSION, || {
        web::to(extract_mappings::read)
    }),
    Endpoint::permitted(Verb::Put, "/v1/extract-mappings/{name}", SaveExtractMappings::PERMISSION, || {
        web::to(extract_mappings::save)
    }),
    Endpoint::permitted(Verb::Get, "/v1/events", ReadOutwardEvents::PERMISSION, || web::to(events::list)),
    Endpoint::permitted(Verb::Get, "/v1/events/{id}", ReadOutwardEvents::PERMISSION, || web::to(events::read)),
    Endpoint::permitted(Verb::Get, "/v1/drift", ReadDrift::PERMISSION, || web::to(drift::read)),
    Endpoint::permitted(Verb::Post, "/v1/drift/digests", CompareDigests::PERMISSION, || web::to(drift::digests)),
    Endpoint::permitted(Verb::Get, "/v1/subscriptions", ReadSubscriptions::PERMISSION, || web::to(subscriptions::list)),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::make)
    }),
    Endpoint::permitted(Verb::Get, "/v1/subscriptions/{id}", ReadSubscriptions::PERMISSION, || {
        web::to(subscriptions::read)
    }),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions/{id}/pause", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::pause)
    }),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions/{id}/resume", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::resume)
    }),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions/{id}/end", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::end)
    }),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions/{id}/new-key", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::new_key)
    }),
    Endpoint::permitted(Verb::Get, "/v1/subscriptions/{id}/dead-letters", ReadSubscriptions::PERMISSION, || {
        web::to(subscriptions::dead_letters)
    }),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions/{id}/redrive", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::redrive)
    }),
    Endpoint::permitted(Verb::Post, "/v1/subscriptions/{id}/replay", ManageSubscriptions::PERMISSION, || {
        web::to(subscriptions::replay)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders", ReadOffenders::PERMISSION, || web::to(list::list)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}", ReadOffenders::PERMISSION, || web::to(case_file::read)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/timeline", ReadOffenders::PERMISSION, || {
        web::to(timeline::read)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/reactive-eligibility", ReadOffenders::PERMISSION, || {
        web::to(reactive_eligibility::read)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/access-restriction", ReadAccess::PERMISSION, || {
        web::to(access_restriction::read)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/access-restriction", DecideAccess::PERMISSION, || {
        web::to(access_restriction::decide)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/legal-holds", ReadLegalHolds::PERMISSION, || {
        web::to(legal_holds::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/legal-holds", DecideLegalHolds::PERMISSION, || {
        web::to(legal_holds::place_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/merges", ReadOffenders::PERMISSION, || web::to(merges::list)),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/merges", MergeOffenders::PERMISSION, || {
        web::to(merges::merge_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/merges/{ref}", ReadOffenders::PERMISSION, || web::to(merges::read)),
    Endpoint::permitted(Verb::Post, "/v1/merges/{ref}/undo", UndoMerges::PERMISSION, || web::to(merges::undo_one)),
    Endpoint::permitted(Verb::Get, "/v1/legal-holds/{ref}", ReadLegalHolds::PERMISSION, || web::to(legal_holds::read)),
    Endpoint::permitted(Verb::Post, "/v1/legal-holds/{ref}/release", DecideLegalHolds::PERMISSION, || {
        web::to(legal_holds::release_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/export", ExportCases::PERMISSION, || web::to(export::read)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/provenance", ReadOffenders::PERMISSION, || {
        web::to(provenance::read)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/conflicts", ReadOffenders::PERMISSION, || {
        web::to(conflicts::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/conflicts/settle", SettleConflicts::PERMISSION, || {
        web::to(conflicts::settle_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders", EnterOffenders::PERMISSION, || web::to(offender::enter_one)),
    Endpoint::permitted(Verb::Patch, "/v1/offenders/{ref}", ChangeOffenders::PERMISSION, || {
        web::to(offender::change_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/identity", ReadOffenders::PERMISSION, || {
        web::to(offender::read)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/aliases", ChangeOffenders::PERMISSION, || {
        web::to(alias::enter)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/status", ChangeStatus::PERMISSION, || {
        web::to(status::change_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/circumstances", ReadOffenders::PERMISSION, || {
        web::to(circumstances::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/circumstances", ChangeOffenders::PERMISSION, || {
        web::to(circumstances::enter_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/circumstances/{ref}", ReadOffenders::PERMISSION, || {
        web::to(circumstances::read)
    }),
    Endpoint::permitted(Verb::Patch, "/v1/circumstances/{ref}", ChangeOffenders::PERMISSION, || {
        web::to(circumstances::change_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/circumstances/{ref}/confirm", ChangeOffenders::PERMISSION, || {
        web::to(circumstances::confirm_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/circumstances/{ref}/end", ChangeOffenders::PERMISSION, || {
        web::to(circumstances::end_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/addresses", ReadOffenders::PERMISSION, || {
        web::to(addresses::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/addresses", ChangeOffenders::PERMISSION, || {
        web::to(addresses::enter_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/addresses/{ref}", ReadOffenders::PERMISSION, || web::to(addresses::read)),
    Endpoint::permitted(Verb::Patch, "/v1/addresses/{ref}", ChangeOffenders::PERMISSION, || {
        web::to(addresses::change_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/addresses/{ref}/verify", ChangeOffenders::PERMISSION, || {
        web::to(addresses::verify_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/orders", ReadOffenders::PERMISSION, || web::to(orders::list)),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/orders", ChangeOffenders::PERMISSION, || {
        web::to(orders::enter_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/orders/{ref}", ReadOffenders::PERMISSION, || web::to(orders::read)),
    Endpoint::permitted(Verb::Patch, "/v1/orders/{ref}", ChangeOffenders::PERMISSION, || web::to(orders::change_one)),
    Endpoint::permitted(Verb::Post, "/v1/orders/{ref}/discharge", ChangeOffenders::PERMISSION, || {
        web::to(orders::discharge_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/allocations", ReadOffenders::PERMISSION, || {
        web::to(allocation_history::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/allocations", AllocateCases::PERMISSION, || {
        web::to(allocate::one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/allocations/bulk", AllocateCases::PERMISSION, || web::to(allocate::all)),
    Endpoint::permitted(Verb::Get, "/v1/allocations/unallocated", ReadCaseloads::PERMISSION, || {
        web::to(unallocated::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/handovers", ReadOffenders::PERMISSION, || {
        web::to(handover::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/handovers/{ref}", ReadOffenders::PERMISSION, || web::to(handover::read)),
    Endpoint::permitted(Verb::Patch, "/v1/handovers/{ref}", CompleteHandovers::PERMISSION, || web::to(handover::enter)),
    Endpoint::permitted(Verb::Post, "/v1/handovers/{ref}/complete", CompleteHandovers::PERMISSION, || {
        web::to(handover::complete_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/handovers/{ref}/check", CheckHandovers::PERMISSION, || {
        web::to(handover::check_one)
    }),
    Endpoint::permitted(
        Verb::Get,
        "/v1/offenders/{ref}/notification-duties",
        ReadNotificationDuties::PERMISSION,
        || web::to(notification_duties::read),
    ),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/disposals", EnterDisposals::PERMISSION, || {
        web::to(disposals::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/disposals", ReadOffenders::PERMISSION, || {
        web::to(disposals::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/disposals/{ref}", ReadOffenders::PERMISSION, || web::to(disposals::read)),
    Endpoint::permitted(Verb::Patch, "/v1/disposals/{ref}", EnterDisposals::PERMISSION, || web::to(disposals::change)),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/notifiable-changes",
        EnterNotifiableChanges::PERMISSION,
        || web::to(notifiable_changes::enter),
    ),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/notifiable-changes", ReadOffenders::PERMISSION, || {
        web::to(notifiable_changes::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/notifiable-changes/{ref}", ReadOffenders::PERMISSION, || {
        web::to(notifiable_changes::read)
    }),
    Endpoint::permitted(Verb::Patch, "/v1/notifiable-changes/{ref}", EnterNotifiableChanges::PERMISSION, || {
        web::to(notifiable_changes::change)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/foreign-travel", EnterForeignTravel::PERMISSION, || {
        web::to(foreign_travel::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/foreign-travel", ReadOffenders::PERMISSION, || {
        web::to(foreign_travel::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/foreign-travel/{ref}", ReadOffenders::PERMISSION, || {
        web::to(foreign_travel::read)
    }),
    Endpoint::permitted(Verb::Patch, "/v1/foreign-travel/{ref}", EnterForeignTravel::PERMISSION, || {
        web::to(foreign_travel::change)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/notifications", EnterNotifications::PERMISSION, || {
        web::to(notifications::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/notifications", ReadOffenders::PERMISSION, || {
        web::to(notifications::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/notifications/{ref}", ReadOffenders::PERMISSION, || {
        web::to(notifications::read)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/breaches", EnterBreaches::PERMISSION, || {
        web::to(breaches::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/breaches", ReadOffenders::PERMISSION, || {
        web::to(breaches::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/breaches/{ref}", ReadOffenders::PERMISSION, || web::to(breaches::read)),
    Endpoint::permitted(Verb::Get, "/v1/breaches/{ref}/obligations", ReadOffenders::PERMISSION, || {
        web::to(breaches::obligations)
    }),
    Endpoint::permitted(Verb::Post, "/v1/breaches/{ref}/confirm", InvestigateBreaches::PERMISSION, || {
        web::to(breach_acts::confirm)
    }),
    Endpoint::permitted(Verb::Post, "/v1/breaches/{ref}/discount", DiscountBreaches::PERMISSION, || {
        web::to(breach_acts::discount)
    }),
    Endpoint::permitted(Verb::Post, "/v1/breaches/{ref}/investigative-step", InvestigateBreaches::PERMISSION, || {
        web::to(breach_acts::step)
    }),
    Endpoint::permitted(Verb::Post, "/v1/breaches/{ref}/crime-report", InvestigateBreaches::PERMISSION, || {
        web::to(breach_acts::crime_report)
    }),
    Endpoint::permitted(Verb::Post, "/v1/breaches/{ref}/crime-report/cancel", CancelCrimeReports::PERMISSION, || {
        web::to(breach_acts::cancel_crime_report)
    }),
    Endpoint::permitted(Verb::Post, "/v1/breaches/{ref}/decision", DecideBreaches::PERMISSION, || {
        web::to(breach_acts::decide)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/intelligence", EnterIntelligence::PERMISSION, || {
        web::to(intelligence::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/intelligence", ReadOffenders::PERMISSION, || {
        web::to(intelligence::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/intelligence/{ref}", ReadOffenders::PERMISSION, || web::to(intelligence::read)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/reactive-management", ReadOffenders::PERMISSION, || {
        web::to(reactive_management::read)
    }),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/reactive-management/placements",
        ProposeReactiveManagement::PERMISSION,
        || web::to(reactive_placements::propose),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/reactive-management/reviews",
        ReviewReactiveManagement::PERMISSION,
        || web::to(reactive_management::review),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/reactive-management/remove",
        RemoveFromReactiveManagement::PERMISSION,
        || web::to(reactive_management::remove),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/reactive-management/triggers",
        EnterArrests::PERMISSION,
        || web::to(reactive_management::arrest),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/reactive-management/decisions",
        DecideReactiveManagement::PERMISSION,
        || web::to(reactive_management::decide),
    ),
    Endpoint::permitted(Verb::Get, "/v1/reactive-placements/{ref}", ReadOffenders::PERMISSION, || {
        web::to(reactive_placements::read)
    }),
    Endpoint::permitted(
        Verb::Post,
        "/v1/reactive-placements/{ref}/approve",
        ApproveReactiveManagement::PERMISSION,
        || web::to(reactive_placements::approve),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/reactive-placements/{ref}/refuse",
        ApproveReactiveManagement::PERMISSION,
        || web::to(reactive_placements::refuse),
    ),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/safeguarding", ReadOffenders::PERMISSION, || {
        web::to(safeguarding::read)
    }),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/safeguarding-referrals",
        ReferSafeguarding::PERMISSION,
        || web::to(safeguarding::refer),
    ),
    Endpoint::permitted(Verb::Get, "/v1/safeguarding-referrals/{ref}", ReadOffenders::PERMISSION, || {
        web::to(safeguarding::read_referral)
    }),
    Endpoint::permitted(Verb::Post, "/v1/safeguarding-referrals/{ref}/reply", ReferSafeguarding::PERMISSION, || {
        web::to(safeguarding::reply)
    }),
    Endpoint::permitted(
        Verb::Post,
        "/v1/offenders/{ref}/safeguarding/not-needed",
        DecideSafeguarding::PERMISSION,
        || web::to(safeguarding::not_needed),
    ),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/disclosure-decisions", DecideSafeguarding::PERMISSION, || {
        web::to(safeguarding::disclose)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/arms-assessments", ReadOffenders::PERMISSION, || {
        web::to(arms::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/arms-assessments", AssessRisk::PERMISSION, || {
        web::to(arms::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/arms-assessments/{ref}", ReadOffenders::PERMISSION, || web::to(arms::read)),
    Endpoint::permitted(Verb::Patch, "/v1/arms-assessments/{ref}", AssessRisk::PERMISSION, || web::to(arms::patch)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/other-assessments", ReadOffenders::PERMISSION, || {
        web::to(other::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/other-assessments", AssessRisk::PERMISSION, || {
        web::to(other::enter)
    }),
    Endpoint::permitted(Verb::Get, "/v1/other-assessments/{ref}", ReadOffenders::PERMISSION, || web::to(other::read)),
    Endpoint::permitted(Verb::Patch, "/v1/other-assessments/{ref}", AssessRisk::PERMISSION, || web::to(other::patch)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/risk-management-plans", ReadOffenders::PERMISSION, || {
        web::to(draft::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/risk-management-plans", DraftPlans::PERMISSION, || {
        web::to(draft::post)
    }),
    Endpoint::permitted(Verb::Get, "/v1/risk-management-plans/{ref}", ReadOffenders::PERMISSION, || {
        web::to(draft::read)
    }),
    Endpoint::permitted(Verb::Patch, "/v1/risk-management-plans/{ref}", DraftPlans::PERMISSION, || {
        web::to(draft::patch)
    }),
    Endpoint::permitted(Verb::Post, "/v1/risk-management-plans/{ref}/approve", ApprovePlans::PERMISSION, || {
        web::to(approval::approve)
    }),
    Endpoint::permitted(Verb::Post, "/v1/risk-management-plans/{ref}/reject", ApprovePlans::PERMISSION, || {
        web::to(approval::reject)
    }),
    Endpoint::permitted(
        Verb::Post,
        "/v1/risk-management-plans/{ref}/actions/{action}/complete",
        CompleteActions::PERMISSION,
        || web::to(actions::complete),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/risk-management-plans/{ref}/actions/{action}/check",
        CheckActions::PERMISSION,
        || web::to(actions::check),
    ),
    Endpoint::permitted(
        Verb::Post,
        "/v1/risk-management-plans/{ref}/actions/{action}/defer",
        CheckActions::PERMISSION,
        || web::to(actions::defer),
    ),
    Endpoint::permitted(Verb::Get, "/v1/plan-actions", ReadOffenders::PERMISSION, || web::to(action_list::list)),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/visits", ReadOffenders::PERMISSION, || web::to(visit::list)),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/visits", RecordVisits::PERMISSION, || {
        web::to(visit_record::contact)
    }),
    Endpoint::permitted(Verb::Get, "/v1/offenders/{ref}/attempt-log", ReadAttemptLog::PERMISSION, || {
        web::to(attempt_log::read)
    }),
    Endpoint::permitted(Verb::Get, "/v1/visits/{ref}", ReadOffenders::PERMISSION, || web::to(visit::read)),
    Endpoint::permitted(Verb::Patch, "/v1/visits/{ref}", RecordVisits::PERMISSION, || web::to(change::patch)),
    Endpoint::permitted(Verb::Post, "/v1/visits/{ref}/confirm", RecordVisits::PERMISSION, || web::to(change::confirm)),
    Endpoint::permitted(Verb::Post, "/v1/visits/{id}/outcome", RecordVisits::PERMISSION, || {
        web::to(visit_record::outcome)
    }),
    Endpoint::permitted(Verb::Post, "/v1/visits/{id}/start", RecordVisits::PERMISSION, || web::to(attendance::start)),
    Endpoint::permitted(Verb::Post, "/v1/visits/{id}/finish", RecordVisits::PERMISSION, || web::to(attendance::finish)),
    Endpoint::permitted(Verb::Get, "/v1/lone-worker-alerts", ReadLoneWorkerAlerts::PERMISSION, || {
        web::to(attendance::alerts)
    }),
    Endpoint::permitted(Verb::Get, "/v1/flags", ReadFlags::PERMISSION, || web::to(flag_list::list)),
    Endpoint::permitted(Verb::Get, "/v1/flags/summary", ReadFlags::PERMISSION, || web::to(summary::summary)),
    Endpoint::permitted(Verb::Get, "/v1/flags/{id}", ReadFlags::PERMISSION, || web::to(flag::read)),
    Endpoint::permitted(Verb::Post, "/v1/flags/{id}/acknowledge", AcknowledgeFlags::PERMISSION, || {
        web::to(acknowledge::acknowledge)
    }),
    Endpoint::permitted(Verb::Get, "/v1/dashboards/team/{ref}", ReadTeamDashboards::PERMISSION, || web::to(team::read)),
    Endpoint::permitted(Verb::Get, "/v1/teams/{ref}/inspection-pack", DiscloseInspectionPacks::PERMISSION, || {
        web::to(inspection_pack::read)
    }),
    Endpoint::permitted(Verb::Get, "/v1/dashboards/force", ReadForceDashboard::PERMISSION, || web::to(force::read)),
    Endpoint::permitted(Verb::Get, "/v1/worklists/overdue-visits", ReadWorklists::PERMISSION, || {
        web::to(overdue::visits)
    }),
    Endpoint::permitted(Verb::Get, "/v1/worklists/overdue-assessments", ReadWorklists::PERMISSION, || {
        web::to(overdue::assessments)
    }),
    Endpoint::permitted(Verb::Get, "/v1/worklists/breaches-without-crime-report", ReadWorklists::PERMISSION, || {
        web::to(breach_worklist::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/jobs", ReadJobs::PERMISSION, || web::to(jobs::list)),
    Endpoint::permitted(Verb::Post, "/v1/offenders/{ref}/transfers", MakeTransfers::PERMISSION, || {
        web::to(transfers::make)
    }),
    Endpoint::permitted(Verb::Get, "/v1/transfers", ReadTransfers::PERMISSION, || web::to(transfers::list)),
    Endpoint::permitted(Verb::Get, "/v1/transfers/received", ReadTransfers::PERMISSION, || {
        web::to(received_transfers::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/transfers/received", TakeInTransfers::PERMISSION, || {
        web::to(received_transfers::take)
    }),
    Endpoint::permitted(Verb::Get, "/v1/transfers/{id}", ReadTransfers::PERMISSION, || web::to(transfers::read)),
    Endpoint::permitted(Verb::Get, "/v1/transfers/{id}/package", MakeTransfers::PERMISSION, || {
        web::to(transfers::package)
    }),
    Endpoint::permitted(Verb::Post, "/v1/transfers/{id}/receipt", MakeTransfers::PERMISSION, || {
        web::to(transfers::receipt)
    }),
    Endpoint::permitted(Verb::Post, "/v1/transfers/{id}/withdraw", MakeTransfers::PERMISSION, || {
        web::to(transfers::withdraw_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/transfer-keys", ManageTransferKeys::PERMISSION, || {
        web::to(transfer_keys::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/transfer-keys", ManageTransferKeys::PERMISSION, || {
        web::to(transfer_keys::register_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/transfer-keys/{id}/withdraw", ManageTransferKeys::PERMISSION, || {
        web::to(transfer_keys::withdraw_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/road-service", ReadRoadService::PERMISSION, || web::to(road_service::read)),
    Endpoint::permitted(Verb::Post, "/v1/road-service/approvals", ApproveRoadService::PERMISSION, || {
        web::to(road_service::approve_host)
    }),
    Endpoint::permitted(Verb::Post, "/v1/road-service/approvals/{id}/withdraw", ApproveRoadService::PERMISSION, || {
        web::to(road_service::withdraw_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/audit", ReadAudit::PERMISSION, || web::to(audit::list)),
    Endpoint::permitted(Verb::Get, "/v1/officers", ReadOfficers::PERMISSION, || web::to(officers::list)),
    Endpoint::permitted(Verb::Get, "/v1/officers/{ref}", ReadOfficers::PERMISSION, || web::to(officers::read)),
    Endpoint::permitted(Verb::Get, "/v1/officers/{ref}/daily-list", ReadDailyLists::PERMISSION, || {
        web::to(daily_list::read)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers", ManageOfficers::PERMISSION, || web::to(officer_acts::enter_one)),
    Endpoint::permitted(Verb::Patch, "/v1/officers/{ref}", ManageOfficers::PERMISSION, || {
        web::to(officer_acts::change_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers/{ref}/training", ManageOfficers::PERMISSION, || {
        web::to(officer_acts::training)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers/{ref}/absences", ManageOfficers::PERMISSION, || {
        web::to(absences::enter_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers/{ref}/absences/end", ManageOfficers::PERMISSION, || {
        web::to(absences::end_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers/{ref}/leave-post", ManageOfficers::PERMISSION, || {
        web::to(leave_post::leave)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers/{ref}/loans", ManageOfficers::PERMISSION, || {
        web::to(loans::lend_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/officers/{ref}/loans/end", ManageOfficers::PERMISSION, || {
        web::to(loans::end_one)
    }),
    Endpoint::permitted(Verb::Post, "/v1/forecasts", AskForecasts::PERMISSION, || web::to(forecasts::ask)),
    Endpoint::permitted(Verb::Get, "/v1/forecasts/{id}", ReadForecasts::PERMISSION, || web::to(forecasts::read)),
    Endpoint::permitted(Verb::Post, "/v1/schedules", ProposeSchedules::PERMISSION, || web::to(propose::propose)),
    Endpoint::permitted(Verb::Get, "/v1/schedules", ReadSchedules::PERMISSION, || web::to(schedule_list::list)),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}", ReadSchedules::PERMISSION, || web::to(schedule::read)),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/visits", ReadSchedules::PERMISSION, || {
        web::to(schedule::visits)
    }),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/unplaced", ReadSchedules::PERMISSION, || {
        web::to(schedule::unplaced)
    }),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/diff", ReadSchedules::PERMISSION, || web::to(schedule::diff)),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/map.svg", ReadSchedules::PERMISSION, || {
        web::to(schedule_plot::map)
    }),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/week.svg", ReadSchedules::PERMISSION, || {
        web::to(schedule_plot::week)
    }),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/snapshot", ReadSchedules::PERMISSION, || {
        web::to(schedule_plot::snapshot)
    }),
    Endpoint::permitted(Verb::Get, "/v1/schedules/{id}/explanations", ReadSchedules::PERMISSION, || {
        web::to(explain::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/schedules/{id}/accept", AcceptSchedules::PERMISSION, || web::to(accept::post)),
    Endpoint::permitted(Verb::Post, "/v1/schedules/{id}/moves", MoveVisits::PERMISSION, || web::to(moves::make)),
    Endpoint::permitted(Verb::Post, "/v1/schedules/{id}/moves/check", MoveVisits::PERMISSION, || web::to(moves::check)),
    Endpoint::permitted(Verb::Post, "/v1/schedules/{id}/lift-pin", MoveVisits::PERMISSION, || web::to(moves::lift)),
    Endpoint::permitted(Verb::Get, "/v1/teams", ReadTeams::PERMISSION, || web::to(teams::list)),
    Endpoint::permitted(Verb::Get, "/v1/teams/{ref}", ReadTeams::PERMISSION, || web::to(teams::read)),
    Endpoint::permitted(Verb::Patch, "/v1/teams/{ref}", ManageTeams::PERMISSION, || web::to(teams::change_one)),
    Endpoint::permitted(Verb::Get, "/v1/teams/{ref}/caseloads", ReadCaseloads::PERMISSION, || web::to(caseloads::list)),
    Endpoint::permitted(Verb::Get, "/v1/teams/{ref}/allocation-proposal", ReadCaseloads::PERMISSION, || {
        web::to(allocation_proposal::read)
    }),
    Endpoint::permitted(Verb::Post, "/v1/teams/{ref}/allocation-proposal/accept", AllocateCases::PERMISSION, || {
        web::to(allocation_proposal::accept_lines)
    }),
    Endpoint::permitted(Verb::Get, "/v1/teams/{ref}/posts", ReadCaseloads::PERMISSION, || web::to(posts::list)),
    Endpoint::permitted(Verb::Post, "/v1/posts", ManageTeams::PERMISSION, || web::to(posts::enter_one)),
    Endpoint::permitted(Verb::Get, "/v1/posts/{ref}", ReadCaseloads::PERMISSION, || web::to(posts::read)),
    Endpoint::permitted(Verb::Patch, "/v1/posts/{ref}", ManageTeams::PERMISSION, || web::to(posts::change_one)),
    Endpoint::permitted(Verb::Get, "/v1/neighbourhoods", ReadNeighbourhoods::PERMISSION, || {
        web::to(neighbourhoods::list)
    }),
    Endpoint::permitted(Verb::Get, "/v1/neighbourhoods/{ref}", ReadNeighbourhoods::PERMISSION, || {
        web::to(neighbourhoods::read)
    }),
    Endpoint::permitted(Verb::Get, "/v1/teams/{ref}/dip-samples", ReadDipSamples::PERMISSION, || {
        web::to(dip_samples::list)
    }),
    Endpoint::permitted(Verb::Post, "/v1/teams/{ref}/dip-samples", DrawDipSamples::PERMISSION, || {
        web::to(dip_samples::draw)
    }),
    Endpoint::permitted(Verb::Get, "/v1/dip-samples/{ref}", ReadDipSamples::PERMISSION, || web::to(dip_samples::read)),
    Endpoint::permitted(Verb::Get, "/v1/dip-sample-grades/{ref}", ReadDipSamples::PERMISSION, || {
        web::to(dip_samples::read_grade)
    }),
    Endpoint::permitted(Verb::Post, "/v1/dip-samples/{ref}/grades", GradeDipSamples::PERMISSION, || {
        web::to(dip_samples::grade_one)
    }),
    Endpoint::permitted(Verb::Get, "/v1/neighbourhoods/{ref}/briefing", ReadBriefings::PERMISSION, || {
        web::to(briefing::read)
    }),
    Endpoint::permitted(
        Verb::Get,
        "/v1/neighbourhoods/{ref}/briefing-receipts",
        ReadBriefingReceipts::PERMISSION,
        || web::to(briefing::list_receipts),
    ),
    Endpoint::permitted(Verb::Post, "/v1/neighbourhoods/{ref}/intelligence", SendIntelligence::PERMISSION, || {
        web::to(sent_intelligence::send)
    }),
    Endpoint::permitted(Verb::Get, "/v1/neighbourhoods/{ref}/intelligence", SendIntelligence::PERMISSION, || {
        web::to(sent_intelligence::list)
    }),
    Endpoint::open(Verb::Get, page::PATH, || web::to(page::begin)),
    Endpoint::open(Verb::Get, page::FILES, || web::to(page::file)),
];

/// Sets the routes up.
pub fn configure(config: &mut ServiceConfig) {
    error::extract::configure(config);
    let mut paths: BTreeMap<&'static str, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in ROUTES {
        paths.entry(endpoint.path).or_default().push(*endpoint);
    }
    for (path, endpoints) in paths {
        let allowed: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.verb.allow()).collect();
        let allowed = HeaderValue::from_str(&allowed.join(", ")).ok();
        let mut resource = web::resource(path);
        for endpoint in endpoints {
            resource = resource.route(endpoint.verb.guard((endpoint.route)()));
        }
        config.service(resource.default_service(web::to(move || {
            let mut response =
                Problem::new(ErrorCode::METHOD_NOT_ALLOWED, "this route does not take this method").error_response();
            if let Some(allowed) = allowed.clone() {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            std::future::ready(response)
        })));
    }
    config.default_service(web::to(no_such_route));
}

async fn no_such_route() -> Result<HttpResponse, Problem> {
    Err(Problem::new(ErrorCode::ROUTE_NOT_FOUND, "no route has this path"))
}
