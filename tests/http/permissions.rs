//! Roles and routes: who may do what, over HTTP, for every route and every role.

use mosovo_visits::api::auth::act::PERMISSIONS;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::api::routes::{ROUTES, Verb};
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::{Store, audit, own_entry};
use serde_json::json;

use crate::support::http::{persona, run};
use crate::support::{casework, evaluate, import, on_both_databases, on_both_signing_databases};

/// A path of the route, with references that there are.
fn path(template: &str) -> String {
    if template == "/v1/teams/{ref}/inspection-pack" {
        return "/v1/teams/north/inspection-pack?from=2021-04-14&until=2021-04-15".to_owned();
    }
    if template == "/v1/transfers/received" {
        return "/v1/transfers/received?team_ref=north".to_owned();
    }
    if template == "/v1/extracts" {
        return "/v1/extracts?mapping=none&as_of=2021-04-14T06:00:00Z".to_owned();
    }
    let subject = match template.split('/').nth(2) {
        Some("offenders") => "n-1",
        Some("officers") => "om-n",
        Some("teams") => "north",
        Some("dip-samples" | "dip-sample-grades") => "sample-1",
        Some("neighbourhoods") => "nb-1",
        Some("dashboards") => "north",
        Some("breaches" | "intelligence" | "reactive-placements" | "safeguarding-referrals" | "legal-holds") => "x-1",
        Some("disposals" | "notifiable-changes" | "foreign-travel" | "notifications") => "x-1",
        Some("arms-assessments") => "r-1",
        Some("other-assessments") => "q-1",
        Some("risk-management-plans") => "p-1",
        Some("visits") => "v-1",
        Some("addresses") => "a-1",
        Some("handovers" | "posts" | "circumstances" | "orders" | "merges") => "none",
        Some(_) | None => "",
    };
    template
        .replace("{ref}", subject)
        .replace("{action}", "act-1")
        .replace("{name}", "none")
        .replace("{id}", "01900000-0000-7000-8000-000000000000")
}

/// What a role that may is answered, the first time and when it asks again.
fn passes(verb: Verb, template: &str) -> &'static [u16] {
    match (verb, template) {
        (Verb::Post, "/v1/schedules" | "/v1/forecasts") => &[202],
        // There is no such mapping, and so no version of it.
        (Verb::Post, "/v1/extracts") | (Verb::Get, "/v1/extract-mappings/{name}") => &[404],
        (Verb::Put, "/v1/extract-mappings/{name}") => &[412],
        (Verb::Post, "/v1/offenders/{ref}/access-restriction") => &[200, 412],
        (Verb::Get, "/v1/offenders/{ref}/access-restriction" | "/v1/legal-holds/{ref}") => &[404],
        // Nobody of the caseload is in the area's briefing.
        (Verb::Post, "/v1/neighbourhoods/{ref}/intelligence") => &[404],
        (Verb::Post, "/v1/offenders/{ref}/conflicts/settle") => &[409],
        // The other record is none of the caseload's.
        (Verb::Post, "/v1/offenders/{ref}/merges") => &[400],
        // There is none of these in the caseload.
        (_, template) if NOT_THERE.iter().any(|part| template.starts_with(part)) => &[404],
        // The second who asks finds it done.
        (Verb::Post, "/v1/allocations/bulk") => &[201, 409],
        // The digest is of no proposal.
        (Verb::Post, "/v1/teams/{ref}/allocation-proposal/accept") => &[409],
        (Verb::Post, "/v1/officers/{ref}/loans") => &[200, 400],
        // The case is that officer's already.
        (Verb::Post, "/v1/offenders/{ref}/allocations") => &[409],
        (Verb::Post, "/v1/officers/{ref}/absences/end" | "/v1/officers/{ref}/loans/end") => &[409],
        (Verb::Post, "/v1/officers/{ref}/leave-post") => &[409],
        (Verb::Post, "/v1/teams/{ref}/dip-samples") => &[201, 409],
        (Verb::Get, "/v1/dip-samples/{ref}" | "/v1/dip-sample-grades/{ref}") => &[404],
        (Verb::Post, "/v1/dip-samples/{ref}/grades") => &[404],
        (Verb::Get, "/v1/breaches/{ref}" | "/v1/breaches/{ref}/obligations" | "/v1/intelligence/{ref}") => &[404],
        (Verb::Get, "/v1/reactive-placements/{ref}" | "/v1/safeguarding-referrals/{ref}") => &[404],
        (Verb::Post, "/v1/offenders/{ref}/reactive-management/placements") => &[201, 409],
        (
            Verb::Post,
            "/v1/offenders/{ref}/reactive-management/reviews"
            | "/v1/offenders/{ref}/reactive-management/remove"
            | "/v1/offenders/{ref}/reactive-management/decisions",
        ) => &[409],
        (
            Verb::Post,
            "/v1/offenders/{ref}/safeguarding-referrals"
            | "/v1/offenders/{ref}/safeguarding/not-needed"
            | "/v1/offenders/{ref}/disclosure-decisions",
        ) => &[400],
        (Verb::Patch, "/v1/disposals/{ref}" | "/v1/notifiable-changes/{ref}" | "/v1/foreign-travel/{ref}") => &[412],
        (
            Verb::Get,
            "/v1/disposals/{ref}"
            | "/v1/notifiable-changes/{ref}"
            | "/v1/foreign-travel/{ref}"
            | "/v1/notifications/{ref}",
        ) => &[404],
        (Verb::Post, template) if takes_a_version_of_what_there_is_not(template) => &[412],
        // An empty body is no package.
        (Verb::Post, "/v1/transfers/received") => &[400],
        // No road service is configured.
        (Verb::Post, "/v1/road-service/approvals") => &[409],
        (_, template) if template.contains("{id}") => &[404],
        (Verb::Get, "/v1/other-assessments/{ref}") => &[404],
        (Verb::Post, "/v1/risk-management-plans/{ref}/approve" | "/v1/risk-management-plans/{ref}/reject") => &[412],
        (Verb::Post, "/v1/risk-management-plans/{ref}/actions/{action}/complete") => &[200, 403],
        (Verb::Post, "/v1/risk-management-plans/{ref}/actions/{action}/check") => &[200, 409],
        (Verb::Post, "/v1/risk-management-plans/{ref}/actions/{action}/defer") => &[409],
        (Verb::Post, "/v1/visits/{ref}/confirm") => &[409],
        // The version sent is none of these records'.
        (Verb::Patch, _) | (Verb::Post, "/v1/offenders/{ref}/status") => &[412],
        (_, _) => &[200, 201],
    }
}

/// True of an act on one record, which names a version that was never one.
fn takes_a_version_of_what_there_is_not(template: &str) -> bool {
    ["/v1/breaches/", "/v1/reactive-placements/", "/v1/safeguarding-referrals/", "/v1/legal-holds/"]
        .iter()
        .any(|collection| template.starts_with(collection))
}

const ARMS: &str = r#"{"assessed_on": "2021-04-14", "overall": "low", "rationale": "invented", "adult_male": true,
    "next_review_on": "2022-04-14", "factors": {"opportunity": "low", "sexual_preoccupation": "low",
    "offence_related_sexual_interests": "low", "emotional_congruence_with_children": "low", "hostile_orientation": "low",
    "poor_self_management": "low", "antisocial_influences": "low", "commitment_to_desist": "low",
    "intimate_relationship": "low", "positive_routine": "low", "social_investment": "low"}}"#;

const OTHER: &str = r#"{"tool": "invented", "version": "1", "band": "amber", "assessed_on": "2021-04-14",
    "next_review_on": "2022-04-14", "why_not_arms": "invented", "rationale": "invented"}"#;

const PLAN: &str = r#"{"effective_from": "2021-04-20", "review_on": "2021-10-20", "contingency": "invented",
    "pillars": {"supervision": "a", "monitoring_and_control": "b", "interventions_and_treatment": "c",
    "victim_safety": "d"}, "interval_reason": "invented"}"#;

const VISIT: &str = r#"{"attempted_at": "2021-04-14T10:00:00Z", "mode": "phone", "outcome": "seen",
    "officer_refs": ["om-n"], "observations": "invented", "shows_child_contact": false}"#;

const RECEIPT: &str = r#"{"receipt": {"format": "mosovo-visits transfer receipt 1",
    "transfer_id": "01900000-0000-7000-8000-000000000000", "sending_force": "wessex", "receiving_force": "mercia",
    "offender_ref": "n-1", "package_sha256": "", "manifest_sha256": "", "versions": {}, "history_sha256": "",
    "received_at": "2021-04-15T08:00:00Z", "received_by": "invented"}, "public_key": "", "signature": ""}"#;

/// The public key of the first test of RFC 8032.
const TRANSFER_KEY: &str = r#"{"force": "mercia", "reason": "invented", "expires_on": "2021-05-15",
    "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}"#;
const EXTRACT_MAPPING: &str = r#"{"format": "mosovo-visits/extract-mapping/1", "source": "/records/wessex/niche",
    "records": [{"type": "records.neighbourhood.v1", "subject": {"column": "Id"}, "data": {"name": {"column": "Name"}}}]}"#;

/// Who a role is among the officers of the caseload.
fn officer(role: Role) -> Option<&'static str> {
    match role {
        Role::OffenderManager => Some("om-n"),
        Role::Supervisor => Some("sup-n"),
        Role::DetectiveInspector => Some("di"),
        Role::NeighbourhoodOfficer => Some("no-1"),
        Role::RecordsSystem | Role::Auditor | Role::Administrator => None,
    }
}

/// Collections of which the caseload has nothing.
const NOT_THERE: [&str; 5] = ["/v1/handovers/", "/v1/posts/", "/v1/circumstances/", "/v1/orders/", "/v1/merges/"];

/// An offender who is entered.
const OFFENDER: &str = r#"{"given_name": "Nadir", "family_name": "Inventio", "status": "community", "status_since": "2021-04-01",
    "reason": "invented", "team_ref": "north", "lead_agency": "police", "lead_agency_since": "2021-04-01",
    "mappa": {"category": 1, "level": 1}, "notification": {"relevant_date": "2021-04-01", "ends_on": null, "regime": "annual",
    "under_18_at_relevant_date": false}}"#;

/// What the routes about officers, offenders and allocations take.
fn body_of_people(template: &str) -> Option<&'static str> {
    Some(match template {
        "/v1/offenders" => OFFENDER,
        "/v1/offenders/{ref}" => r#"{"given_name": "Nestor"}"#,
        "/v1/offenders/{ref}/aliases" => r#"{"name": "Nix", "kind": "name", "found": "invented", "notified": true}"#,
        "/v1/offenders/{ref}/status" => r#"{"status": "custody", "since": "2021-04-14", "reason": "invented"}"#,
        "/v1/offenders/{ref}/circumstances" => {
            r#"{"kind": "device", "description": "invented", "source": "visit", "on_national_record": true}"#
        }
        "/v1/offenders/{ref}/merges" => r#"{"merged_ref": "none", "reason": "invented"}"#,
        "/v1/merges/{ref}/undo" => r#"{"reason": "invented"}"#,
        "/v1/circumstances/{ref}" => r#"{"on_national_record": true}"#,
        "/v1/circumstances/{ref}/confirm" => r#"{"confirmed_on": "2021-04-14"}"#,
        "/v1/circumstances/{ref}/end" => r#"{"until": "2021-04-14"}"#,
        "/v1/offenders/{ref}/addresses" => {
            r#"{"kind": "other", "lines": ["2 Invented Row"], "resident_from": "2021-04-01"}"#
        }
        "/v1/addresses/{ref}" => r#"{"postcode": "IN1 1IN"}"#,
        "/v1/addresses/{ref}/verify" => r#"{"verified_on": "2021-04-14", "how": "visit"}"#,
        "/v1/offenders/{ref}/orders" => r#"{"kind": "sro", "made_on": "2021-04-01", "conditions": []}"#,
        "/v1/orders/{ref}" => r#"{"ends_on": null}"#,
        "/v1/orders/{ref}/discharge" => r#"{"discharged_on": "2021-04-14", "reason": "invented"}"#,
        "/v1/offenders/{ref}/allocations" => r#"{"officer_ref": "om-n", "reason": "invented"}"#,
        "/v1/allocations/bulk" => {
            r#"{"items": [{"offender_ref": "n-2", "officer_ref": "om-n"}], "reason": "invented"}"#
        }
        "/v1/handovers/{ref}" => r#"{"items": []}"#,
        "/v1/handovers/{ref}/complete" => "{}",
        "/v1/handovers/{ref}/check" => r#"{"accepted": true, "finding": "invented"}"#,
        "/v1/officers" => {
            r#"{"name": "New Invented", "role": "offender_manager", "team_ref": "north", "in_post_from": "2021-05-01"}"#
        }
        "/v1/officers/{ref}" => r#"{"max_caseload": 40}"#,
        "/v1/officers/{ref}/training" => r#"{"course": "visor_user", "completed_on": "2021-04-01"}"#,
        "/v1/officers/{ref}/absences" => r#"{"from": "2021-05-03", "until": "2021-05-07", "reason": "leave"}"#,
        "/v1/officers/{ref}/absences/end" => r#"{"from": "2020-05-03", "until": "2020-05-07"}"#,
        "/v1/officers/{ref}/leave-post" => r#"{"in_post_until": "2021-05-31", "reason": "invented"}"#,
        "/v1/officers/{ref}/loans" => r#"{"team_ref": "south", "from": "2021-05-10", "until": "2021-05-12"}"#,
        "/v1/officers/{ref}/loans/end" => r#"{"from": "2020-05-10"}"#,
        "/v1/teams/{ref}" => r#"{"name": "North"}"#,
        "/v1/posts" => r#"{"team_ref": "north", "role": "offender_manager", "title": "Invented post"}"#,
        "/v1/posts/{ref}" => r#"{"title": "Invented post"}"#,
        _ => return None,
    })
}

/// What the route takes: media type and body.
fn body(template: &str) -> (&'static str, &'static str) {
    match template {
        "/v1/records" | "/v1/drift/digests" => ("application/x-ndjson", ""),
        "/v1/extracts" => ("text/csv", ""),
        "/v1/extract-mappings/{name}" => ("application/json", EXTRACT_MAPPING),
        "/v1/forecasts" => ("application/json", r#"{"team_ref": "north", "weeks": 1, "iterations": 0}"#),
        "/v1/schedules" => {
            ("application/json", r#"{"team_ref": "north", "from": "2021-04-16", "days": 7, "iterations": 0}"#)
        }
        "/v1/schedules/{id}/moves" | "/v1/schedules/{id}/moves/check" => (
            "application/json",
            r#"{"offender_ref": "n-1", "from_date": "2021-04-16",
                "to": {"date": "2021-04-19", "start": "10:00", "crew": ["om-n"]}}"#,
        ),
        "/v1/schedules/{id}/lift-pin" => ("application/json", r#"{"offender_ref": "n-1", "date": "2021-04-16"}"#),
        "/v1/offenders/{ref}/access-restriction" => {
            ("application/json", r#"{"restricted_to": [], "excluded": ["om-s"], "reason": "invented"}"#)
        }
        "/v1/offenders/{ref}/legal-holds" => {
            ("application/json", r#"{"ground": "serious_further_offence", "reason": "invented"}"#)
        }
        "/v1/legal-holds/{ref}/release" => ("application/json", r#"{"reason": "invented"}"#),
        "/v1/neighbourhoods/{ref}/intelligence" => (
            "application/json",
            r#"{"offender_ref": "n-1", "observed_at": "2021-04-14T09:00:00Z", "summary": "invented", "risk_relevant": true}"#,
        ),
        "/v1/offenders/{ref}/conflicts/settle" => {
            ("application/json", r#"{"kind": "offender", "ref": "n-1", "member": "status", "take": "records_system"}"#)
        }
        "/v1/teams/{ref}/allocation-proposal/accept" => ("application/json", r#"{"digest": "0"}"#),
        "/v1/offenders/{ref}/transfers" => {
            ("application/json", r#"{"receiving_force": "mercia", "reason": "invented"}"#)
        }
        "/v1/transfers/received" => ("application/zip", ""),
        "/v1/transfers/{id}/receipt" => ("application/json", RECEIPT),
        "/v1/transfers/{id}/withdraw" | "/v1/transfer-keys/{id}/withdraw" => {
            ("application/json", r#"{"reason": "invented"}"#)
        }
        "/v1/transfer-keys" => ("application/json", TRANSFER_KEY),
        "/v1/road-service/approvals" => {
            ("application/json", r#"{"host": "roads.example", "reason": "invented", "expires_on": "2021-05-15"}"#)
        }
        "/v1/road-service/approvals/{id}/withdraw" => ("application/json", r#"{"reason": "invented"}"#),
        "/v1/teams/{ref}/dip-samples" => ("application/json", "{}"),
        "/v1/dip-samples/{ref}/grades" => {
            ("application/json", r#"{"offender_ref": "n-1", "answers": {}, "overall": "good", "findings": "invented"}"#)
        }
        "/v1/offenders/{ref}/breaches" => (
            "application/json",
            r#"{"state": "confirmed", "provision": "s.91", "first_failure_on": "2021-04-01", "source": "visit",
                "discovered_at": "2021-04-14T09:00:00Z", "summary": "invented"}"#,
        ),
        "/v1/offenders/{ref}/intelligence" => (
            "application/json",
            r#"{"received_at": "2021-04-14T09:00:00Z", "summary": "invented", "risk_relevant": true, "source": "team"}"#,
        ),
        "/v1/breaches/{ref}/confirm"
        | "/v1/breaches/{ref}/discount"
        | "/v1/offenders/{ref}/reactive-management/placements" => ("application/json", r#"{"rationale": "invented"}"#),
        "/v1/breaches/{ref}/investigative-step" => ("application/json", r#"{"kind": "none", "rationale": "invented"}"#),
        "/v1/breaches/{ref}/crime-report" => {
            ("application/json", r#"{"crime_ref": "C-1", "recorded_at": "2021-04-14T10:00:00Z"}"#)
        }
        "/v1/breaches/{ref}/crime-report/cancel" => {
            ("application/json", r#"{"cancelled_at": "2021-04-14T11:00:00Z", "reason": "invented"}"#)
        }
        "/v1/breaches/{ref}/decision" => ("application/json", r#"{"kind": "charge", "rationale": "invented"}"#),
        "/v1/reactive-placements/{ref}/approve"
        | "/v1/reactive-placements/{ref}/refuse"
        | "/v1/offenders/{ref}/reactive-management/remove" => ("application/json", r#"{"reason": "invented"}"#),
        "/v1/offenders/{ref}/reactive-management/reviews" => {
            ("application/json", r#"{"outcome": "retain", "checks": ["invented"], "reason": "invented"}"#)
        }
        "/v1/offenders/{ref}/reactive-management/triggers" => {
            ("application/json", r#"{"arrested_at": "2021-04-14T11:00:00Z", "detail": "invented"}"#)
        }
        "/v1/offenders/{ref}/reactive-management/decisions" => {
            ("application/json", r#"{"outcome": "remove", "reason": "invented"}"#)
        }
        "/v1/offenders/{ref}/safeguarding-referrals" => (
            "application/json",
            r#"{"concerns": [], "children": [], "recipient": "invented", "sent_at": "2021-04-14T11:00:00Z"}"#,
        ),
        "/v1/safeguarding-referrals/{ref}/reply" => {
            ("application/json", r#"{"replied_at": "2021-04-14T11:00:00Z", "reply": "invented"}"#)
        }
        "/v1/offenders/{ref}/safeguarding/not-needed" => {
            ("application/json", r#"{"concerns": [], "reason": "invented"}"#)
        }
        "/v1/offenders/{ref}/disclosure-decisions" => {
            ("application/json", r#"{"concerns": [], "disclose": false, "reason": "invented"}"#)
        }
        "/v1/offenders/{ref}/disposals" => (
            "application/json",
            r#"{"basis": "caution", "sentence": {"kind": "caution"}, "relevant_date": "2020-01-01",
                "under_18_at_relevant_date": false}"#,
        ),
        "/v1/disposals/{ref}" => ("application/json", r#"{"reason": "invented"}"#),
        "/v1/offenders/{ref}/notifiable-changes" => {
            ("application/json", r#"{"kind": "name_used", "occurred_on": "2021-04-10", "how_known": "visit"}"#)
        }
        "/v1/notifiable-changes/{ref}" | "/v1/foreign-travel/{ref}" => ("application/json", "{}"),
        "/v1/offenders/{ref}/foreign-travel" => ("application/json", r#"{"departs_on": "2021-05-05"}"#),
        "/v1/offenders/{ref}/notifications" => {
            ("application/json", r#"{"kind": "periodic", "notified_at": "2021-04-14T09:00:00Z"}"#)
        }
        "/v1/subscriptions" => ("application/json", r#"{"name": "invented", "url": "https://records.example/hooks"}"#),
        "/v1/subscriptions/{id}/redrive" => ("application/json", "{}"),
        "/v1/subscriptions/{id}/replay" => ("application/json", r#"{"from": "2021-04-14T09:00:00Z"}"#),
        "/v1/flags/{id}/acknowledge" => ("application/json", r#"{"reason": "invented", "review_on": "2021-05-01"}"#),
        "/v1/offenders/{ref}/arms-assessments" => ("application/json", ARMS),
        "/v1/offenders/{ref}/other-assessments" => ("application/json", OTHER),
        "/v1/offenders/{ref}/risk-management-plans" => ("application/json", PLAN),
        "/v1/offenders/{ref}/visits" | "/v1/visits/{id}/outcome" => ("application/json", VISIT),
        "/v1/arms-assessments/{ref}" | "/v1/other-assessments/{ref}" | "/v1/visits/{ref}" => {
            ("application/json", r#"{"reason": "invented"}"#)
        }
        "/v1/risk-management-plans/{ref}" => ("application/json", r#"{"contingency": "invented"}"#),
        "/v1/risk-management-plans/{ref}/approve" | "/v1/visits/{ref}/confirm" | "/v1/visits/{id}/finish" => {
            ("application/json", "{}")
        }
        "/v1/risk-management-plans/{ref}/reject" => ("application/json", r#"{"reason": "invented"}"#),
        "/v1/risk-management-plans/{ref}/actions/{action}/complete" => {
            ("application/json", r#"{"completed_on": "2021-04-14", "evidence": "invented"}"#)
        }
        "/v1/risk-management-plans/{ref}/actions/{action}/check" => ("application/json", r#"{"ok": true}"#),
        "/v1/risk-management-plans/{ref}/actions/{action}/defer" => {
            ("application/json", r#"{"due_on": "2021-06-01", "reason": "invented"}"#)
        }
        "/v1/visits/{id}/start" => {
            ("application/json", r#"{"officer_refs": ["om-n"], "expected_finish": "2021-04-15T10:00:00Z"}"#)
        }
        _ => ("application/json", body_of_people(template).unwrap_or_default()),
    }
}

/// A version that no record has.
const NO_VERSION: &str = "\"01900000000070008000000000000000.\"";

/// True for a route that is decided on the version of a record.
fn is_of_a_record(template: &str) -> bool {
    body_of_people(template).is_some()
}

/// How many things are entered in Wessex, and how many entries of its audit are of this persona.
fn kept(store: &Store, persona: &Grants) -> (usize, usize) {
    store
        .transaction(|connection| -> Result<_, StoreError> {
            let recorded = audit::of_force(connection, "wessex")?;
            let of_persona = recorded.iter().filter(|entry| entry.actor.ends_with(&persona.sub)).count();
            Ok((own_entry::count(connection, "wessex")?, of_persona))
        })
        .unwrap()
}

#[test]
fn every_role_may_what_the_table_says_on_every_route_and_nothing_else() {
    on_both_signing_databases(|store| {
        import(store, &casework::feed());
        evaluate(store, "wessex");
        let service = run(store);
        let mut refusals = 0;
        for endpoint in ROUTES {
            let Some(act) = endpoint.act else { continue };
            let verb = endpoint.verb.name().to_uppercase();
            let (media_type, body) = body(endpoint.path);
            for role in Role::ALL {
                let officer_ref = officer(role).map(|officer| officer.to_owned().try_into().unwrap());
                let neighbourhoods = ["nb-1".to_owned().try_into().unwrap()].into();
                let persona = Grants { officer_ref, neighbourhoods, ..persona(role, &["north"]) };
                let token = format!("Bearer {}", service.token(&persona));
                let headers =
                    [("authorization", token.as_str()), ("content-type", media_type), ("reading-reason", "disclosure")];
                let version = ("if-match", if is_of_a_record(endpoint.path) { NO_VERSION } else { "\"1\"" });
                let versioned = [headers[0], headers[1], headers[2], version];
                let unversioned = ["/access-restriction", "/allocations", "/leave-post"];
                let is_unversioned = unversioned.iter().any(|end| endpoint.path.ends_with(end));
                let headers = if is_unversioned { &headers[..] } else { &versioned };
                let before = kept(store, &persona);
                let reply = service.request(&verb, &path(endpoint.path), headers, body.as_bytes());
                let granted = act.roles.contains(&role);
                refusals += usize::from(!granted);
                let told = format!("{role:?} {verb} {}: {}", endpoint.path, reply.text);
                if granted {
                    assert!(passes(endpoint.verb, endpoint.path).contains(&reply.status), "{}: {told}", reply.status);
                } else {
                    assert_eq!((reply.status, reply.code().as_str()), (403, "forbidden"), "{told}");
                    let (records, entries) = before;
                    assert_eq!(
                        kept(store, &persona),
                        (records, entries + 1),
                        "one refusal goes on record, and nothing else: {told}"
                    );
                }
            }
            let nobody = service.request(&verb, &path(endpoint.path), &[], b"");
            assert_eq!((nobody.status, nobody.code().as_str()), (401, "unauthorized"), "{}", endpoint.path);
        }
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert_eq!(recorded.iter().filter(|entry| entry.detail["why"] == "forbidden").count(), refusals);
    });
}

#[test]
fn who_may_not_is_told_so_before_anything_else_that_is_wrong() {
    on_both_databases(|store| {
        let service = run(store);
        let mut refusals = 0;
        for endpoint in ROUTES {
            let Some(act) = endpoint.act else { continue };
            let role = Role::ALL.into_iter().find(|role| !act.roles.contains(role)).unwrap();
            let token = format!("Bearer {}", service.token(&persona(role, &["north"])));
            let verb = endpoint.verb.name().to_uppercase();
            let malformed = endpoint.path.replace("{ref}", "%00").replace("{name}", "%00").replace("{id}", "no-id");
            for path in [malformed.clone(), format!("{malformed}?colour=red&limit=none"), path(endpoint.path)] {
                for media_type in ["application/json", "application/x-ndjson", "text/plain"] {
                    let headers = [("authorization", token.as_str()), ("content-type", media_type)];
                    let reply = service.request(&verb, &path, &headers, b"{\"not\": \"json");
                    assert_eq!((reply.status, reply.code().as_str()), (403, "forbidden"), "{role:?} {path}");
                    refusals += 1;
                }
            }
        }
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert_eq!((recorded.len(), recorded.iter().all(|entry| entry.act == "access.refused")), (refusals, true));
    });
}

#[test]
fn a_refusal_names_what_was_reached_for_and_never_a_text_made_up_for_the_path() {
    on_both_databases(|store| {
        let service = run(store);
        let auditor = persona(Role::Auditor, &[]);
        let id = "01900000-0000-7000-8000-000000000000";
        for (path, reference, reached) in [
            ("/v1/offenders/RSO-1%2F2/timeline".to_owned(), json!("RSO-1/2"), json!(null)),
            ("/v1/offenders/Nestor%20Inventio".to_owned(), json!(null), json!(null)),
            ("/v1/offenders/n%00".to_owned(), json!(null), json!(null)),
            (format!("/v1/offenders/{}", "n".repeat(201)), json!(null), json!(null)),
            (format!("/v1/flags/{id}"), json!(null), json!(id)),
            ("/v1/flags/Nestor".to_owned(), json!(null), json!(null)),
        ] {
            assert_eq!(service.get(&auditor, &path).code(), "forbidden", "{path}");
            let mut recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
            let detail = recorded.pop().unwrap().detail;
            assert_eq!((&detail["ref"], &detail["id"]), (&reference, &reached), "{path}");
        }
    });
}

#[test]
fn a_token_of_a_force_without_a_role_that_there_is_is_on_record_with_that_force() {
    on_both_databases(|store| {
        let service = run(store);
        let commissioner = Grants { role: Some("commissioner".to_owned()), ..persona(Role::Supervisor, &["north"]) };
        assert_eq!(service.get(&commissioner, "/v1/teams").code(), "forbidden");
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let told: Vec<_> = recorded.iter().map(|entry| (entry.act.as_str(), entry.actor.as_str())).collect();
        assert_eq!(told, [("access.refused", "nobody:invented-supervisor")]);
    });
}

#[test]
fn the_service_alone_is_open_to_all() {
    let open: Vec<&str> = ROUTES.iter().filter(|route| route.act.is_none()).map(|route| route.path).collect();
    assert_eq!(open, ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/{file:.*}"]);
}

/// The table of docs/AUTHORISATION.md.
fn table() -> String {
    let roles = Role::ALL.map(|role| format!("`{}`", role.name()));
    let mut lines = vec![
        format!("| act | what | {} |", roles.join(" | ")),
        format!("| --- | --- |{}", " --- |".repeat(roles.len())),
    ];
    for permission in PERMISSIONS {
        let marks = Role::ALL.map(|role| if permission.roles.contains(&role) { "yes" } else { "" });
        lines.push(format!("| `{}` | {} | {} |", permission.name, permission.what, marks.join(" | ")));
    }
    lines.join("\n")
}

#[test]
fn the_document_has_the_table() {
    let document = include_str!("../../docs/AUTHORISATION.md");
    assert!(document.contains(&table()), "docs/AUTHORISATION.md needs this table:\n\n{}\n", table());
}

#[test]
fn every_act_of_the_table_belongs_to_a_route() {
    for permission in PERMISSIONS {
        assert!(ROUTES.iter().any(|route| route.act == Some(*permission)), "{}", permission.name);
    }
}
