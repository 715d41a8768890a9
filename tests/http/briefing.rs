//! Neighbourhood briefings: need to know, one area, each reading a disclosure with its receipt.

use std::collections::BTreeSet;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{inspector, other_supervisor, set_up, supervisor};
use crate::support::http::{persona, run};
use crate::support::{import, on_both_databases};

const BRIEFING: &str = "/v1/neighbourhoods/nb-1/briefing";

fn constable(neighbourhoods: &[&str]) -> Grants {
    let neighbourhoods = neighbourhoods.iter().map(|area| (*area).to_owned().try_into().unwrap()).collect();
    let officer_ref = Some("no-1".to_owned().try_into().unwrap());
    Grants { neighbourhoods, officer_ref, ..persona(Role::NeighbourhoodOfficer, &[]) }
}

/// n-1 and s-1 live in the area; n-2, in custody, did.
fn living_there() -> String {
    let wessex = "/records/wessex/invented";
    let there = |name: &str, team: &str, status: &str| {
        let mut data = offender(name, team, status);
        data["neighbourhood_ref"] = json!("nb-1");
        data["warning_markers"] = json!(["Dog"]);
        data
    };
    let time = "2021-02-01T09:00:00Z";
    lines(&[
        event(wessex, "offender", "n-1", time, &there("Nestor", "north", "community")),
        event(wessex, "offender", "n-2", time, &there("Nemo", "north", "custody")),
        event(wessex, "offender", "s-1", time, &there("Silvan", "south", "missing")),
        event(wessex, "neighbourhood", "nb-2", time, &json!({"name": "Hillside", "force": "Wessex"})),
    ])
}

fn briefed(briefing: &Value) -> Vec<&str> {
    briefing["offenders"].as_array().unwrap().iter().map(|offender| offender["ref"].as_str().unwrap()).collect()
}

#[test]
fn an_areas_officers_are_told_what_they_need_to_know_and_no_more() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        let briefing = service.get(&constable(&["nb-1"]), BRIEFING).json();
        assert_eq!(briefed(&briefing), ["n-1", "s-1"]);
        let nestor = &briefing["offenders"][0];
        let told: BTreeSet<&str> = nestor.as_object().unwrap().keys().map(String::as_str).collect();
        let needed = BTreeSet::from([
            "ref",
            "given_name",
            "family_name",
            "aliases",
            "date_of_birth",
            "status",
            "risk",
            "reactive_management",
            "address",
            "postcode",
            "child_in_household",
            "orders",
            "warning_markers",
            "manager",
        ]);
        assert_eq!(told, needed);
        assert_eq!((&nestor["risk"], &nestor["manager"]), (&json!("low"), &json!("Nora Invented")));
        assert_eq!(nestor["address"], json!(["1 Invented Row"]));
        assert_eq!(briefing["offenders"][1]["orders"][0]["conditions"], json!(["No contact with a child"]));
        assert_eq!(briefing["offenders"][1]["status"], "missing");
    });
}

#[test]
fn a_briefing_is_of_the_areas_that_the_token_names() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        assert_eq!(service.get(&constable(&["nb-2"]), BRIEFING).code(), "not_found");
        assert_eq!(service.get(&constable(&[]), BRIEFING).code(), "not_found");
        assert_eq!(service.get(&constable(&["nb-9"]), "/v1/neighbourhoods/nb-9/briefing").code(), "not_found");
        assert!(briefed(&service.get(&constable(&["nb-2"]), "/v1/neighbourhoods/nb-2/briefing").json()).is_empty());
        assert_eq!(briefed(&service.get(&supervisor(), BRIEFING).json()), ["n-1"]);
        assert_eq!(briefed(&service.get(&other_supervisor(), BRIEFING).json()), ["s-1"]);
        assert_eq!(briefed(&service.get(&inspector(), BRIEFING).json()), ["n-1", "s-1"]);
    });
}

#[test]
fn a_limited_access_case_is_not_in_the_briefing_of_whoever_is_not_admitted() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        let body = json!({"restricted_to": [], "excluded": ["no-1"], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &body).status, 200);
        assert_eq!(briefed(&service.get(&constable(&["nb-1"]), BRIEFING).json()), ["s-1"]);
        assert_eq!(briefed(&service.get(&inspector(), BRIEFING).json()), ["n-1", "s-1"]);
    });
}

#[test]
fn every_reading_is_a_disclosure_with_its_receipt() {
    on_both_databases(|store| {
        set_up(store);
        import(store, &living_there());
        let service = run(store);
        assert_eq!(service.get(&constable(&["nb-1"]), BRIEFING).status, 200);
        let receipts = service.get(&supervisor(), "/v1/neighbourhoods/nb-1/briefing-receipts").json();
        let receipt = &receipts["items"][0];
        assert_eq!(receipts["items"].as_array().unwrap().len(), 1);
        assert_eq!(receipt["reader"], "neighbourhood_officer:invented-neighbourhood_officer");
        assert_eq!(receipt["offenders"], 2);
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let disclosed = recorded.iter().find(|entry| entry.act == "neighbourhood_briefing.read").unwrap();
        assert_eq!(disclosed.detail["refs"], json!(["n-1", "s-1"]));
    });
}
