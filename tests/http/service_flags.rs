//! Flags on what the service itself records: raised, seen by whom they concern, and cleared by the evaluation.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{
    colleague, evaluate, evaluate_at, inspector, manager, other_inspector, other_supervisor, plan_visit, set_up,
    supervisor,
};
use crate::support::http::{Reply, Running, of_force, persona, run, run_at};
use crate::support::{fixture, import, on_both_databases};

/// The flags of a code that somebody sees.
fn flags(service: &Running, reader: &Grants, code: &str) -> Vec<Value> {
    service.get(reader, &format!("/v1/flags?code={code}&limit=200")).json()["items"].as_array().unwrap().clone()
}

/// The subjects of the flags of a code that somebody sees.
fn subjects(service: &Running, reader: &Grants, code: &str) -> Vec<String> {
    let found = flags(service, reader, code);
    found.iter().map(|flag| flag["subject"].as_str().unwrap().to_owned()).collect()
}

fn changed(subject: &str, time: &str, data: &Value) -> String {
    lines(&[event("/records/wessex/invented", "offender", subject, time, data)])
}

/// Asks for a proposal, and reads it once it is planned.
fn propose(service: &Running, grants: &Grants, team: &str) -> Reply {
    let body = json!({ "team_ref": team, "from": "2021-04-16", "days": 14, "seed": 1, "iterations": 20 });
    let asked = service.act(grants, "/v1/schedules", None, &body);
    assert_eq!(asked.status, 202, "{}", asked.text);
    let location = asked.header("location").unwrap().to_owned();
    (0..100_000).map(|_| service.get(grants, &location)).find(|read| read.json()["state"] != "planning").unwrap()
}

fn accept(service: &Running, grants: &Grants, read: &Reply) {
    let path = format!("/v1/schedules/{}/accept", read.json()["id"].as_str().unwrap());
    let reply = service.act(grants, &path, read.header("etag"), &json!({}));
    assert_eq!(reply.status, 200, "{}", reply.text);
}

#[test]
fn a_planned_visit_whose_facts_change_is_in_doubt_until_they_change_back() {
    on_both_databases(|store| {
        let code = "planned_visit_in_doubt";
        set_up(store);
        let visit = plan_visit(store, "2021-04-20").to_string();
        let service = run(store);
        evaluate(store);
        assert_eq!(subjects(&service, &supervisor(), code), Vec::<String>::new());

        import(store, &changed("n-1", "2021-04-15T06:00:00Z", &offender("Nestor", "north", "custody")));
        evaluate(store);
        let [flag] = flags(&service, &supervisor(), code).try_into().unwrap();
        assert_eq!((&flag["subject"], &flag["subject_kind"]), (&json!(visit), &json!("planned_visit")));
        assert_eq!((&flag["reason"], &flag["offender_ref"]), (&json!("not_in_community"), &json!("n-1")));
        assert_eq!(flag["evidence"]["visit_on"], "2021-04-20");
        assert_eq!(subjects(&service, &other_supervisor(), code), Vec::<String>::new());
        assert!(service.get(&supervisor(), &format!("/v1/offenders?flag={code}")).refs().contains(&"n-1".to_owned()));

        // Moved to the other team: both see it, and of a limited-access case whoever is admitted.
        import(store, &changed("n-1", "2021-04-15T06:30:00Z", &offender("Nestor", "south", "community")));
        evaluate(store);
        for reader in [supervisor(), other_supervisor(), inspector()] {
            let [flag] = flags(&service, &reader, code).try_into().unwrap();
            assert_eq!((&flag["reason"], &flag["team_ref"]), (&json!("no_longer_in_this_team"), &json!("north")));
        }
        let body = json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &body).status, 200);
        for reader in [supervisor(), other_supervisor(), other_inspector()] {
            assert_eq!(subjects(&service, &reader, code), Vec::<String>::new());
        }
        assert_eq!(subjects(&service, &inspector(), code), std::slice::from_ref(&visit));

        import(store, &changed("n-1", "2021-04-15T07:00:00Z", &offender("Nestor", "north", "community")));
        evaluate(store);
        let [flag] = flags(&service, &manager(), code).try_into().unwrap();
        assert_eq!(flag["reason"], "limited_access", "om-n2, of the crew, is not admitted");
        let tag = service.get(&inspector(), "/v1/offenders/n-1/access-restriction");
        let body = json!({"restricted_to": [], "excluded": [], "reason": "invented"});
        let path = "/v1/offenders/n-1/access-restriction";
        assert_eq!(service.act(&inspector(), path, tag.header("etag"), &body).status, 200);
        evaluate(store);
        assert_eq!(subjects(&service, &supervisor(), code), Vec::<String>::new());
    });
}

#[test]
fn a_planned_visit_of_yesterday_has_no_outcome_until_one_is_recorded() {
    on_both_databases(|store| {
        let code = "visit_outcome_missing";
        set_up(store);
        let visit = plan_visit(store, "2021-04-14").to_string();
        let today = plan_visit(store, "2021-04-15").to_string();
        let service = run(store);
        evaluate(store);
        assert_eq!(subjects(&service, &supervisor(), code), std::slice::from_ref(&visit));
        assert_eq!(subjects(&service, &other_supervisor(), code), Vec::<String>::new());
        evaluate_at(store, "2021-04-16T08:00:00Z");
        assert_eq!(subjects(&service, &colleague(), code), [visit.clone(), today.clone()]);
        let outcome = json!({
            "attempted_at": "2021-04-14T08:30:00Z", "mode": "home", "outcome": "no_reply", "address_ref": "a-1",
            "officer_refs": ["om-n", "om-n2"], "observations": "no lights", "shows_child_contact": false,
        });
        let recorded = service.act(&manager(), &format!("/v1/visits/{visit}/outcome"), None, &outcome);
        assert_eq!(recorded.status, 201, "{}", recorded.text);
        evaluate_at(store, "2021-04-16T08:00:00Z");
        assert_eq!(subjects(&service, &supervisor(), code), [today]);
    });
}

#[test]
fn a_due_visit_without_a_place_in_the_accepted_schedule_is_unscheduled_until_it_is_made() {
    on_both_databases(|store| {
        let code = "unscheduled_due_visit";
        set_up(store);
        let service = run(store);
        let read = propose(&service, &supervisor(), "north");
        assert_eq!(read.json()["unplaced"][0]["offender_ref"], "n-1");
        evaluate(store);
        assert_eq!(subjects(&service, &supervisor(), code), Vec::<String>::new(), "nobody accepted it");
        accept(&service, &supervisor(), &read);
        evaluate(store);
        let [flag] = flags(&service, &supervisor(), code).try_into().unwrap();
        assert_eq!((&flag["subject"], &flag["reason"]), (&json!("n-1"), &read.json()["unplaced"][0]["reason"]));
        assert_eq!(flag["evidence"]["schedule_id"], read.json()["id"]);
        assert_eq!(subjects(&service, &other_supervisor(), code), Vec::<String>::new());
        let visit = json!({
            "attempted_at": "2021-04-15T07:30:00Z", "mode": "home", "outcome": "seen", "address_ref": "a-1",
            "home_inspected": true, "officer_refs": ["om-n", "om-n2"], "observations": "calm",
            "shows_child_contact": false,
        });
        let made = service.act(&manager(), "/v1/offenders/n-1/visits", None, &visit);
        assert_eq!(made.status, 201, "{}", made.text);
        evaluate(store);
        assert_eq!(subjects(&service, &supervisor(), code), Vec::<String>::new());
    });
}

#[test]
fn a_neighbourhood_is_not_briefed_until_one_of_its_officers_reads() {
    on_both_databases(|store| {
        let (code, briefing) = ("neighbourhood_not_briefed", "/v1/neighbourhoods/nb-1/briefing");
        set_up(store);
        let time = "2021-02-01T09:00:00Z";
        for (subject, name, team) in [("n-1", "Nestor", "north"), ("s-1", "Silvan", "south")] {
            let mut data = offender(name, team, "community");
            data["neighbourhood_ref"] = json!("nb-1");
            import(store, &changed(subject, time, &data));
        }
        let service = run(store);
        evaluate(store);
        for (reader, team) in [(supervisor(), "north"), (other_supervisor(), "south")] {
            let [flag] = flags(&service, &reader, code).try_into().unwrap();
            assert_eq!((&flag["subject"], &flag["team_ref"]), (&json!("nb-1"), &json!(team)));
            assert_eq!((&flag["subject_kind"], &flag["offender_ref"]), (&json!("neighbourhood"), &Value::Null));
            let evidence = json!({"offenders": 1, "last_read_on": null, "read_needed_since": "2021-03-18"});
            assert_eq!(flag["evidence"], evidence);
        }
        assert_eq!(flags(&service, &inspector(), code).len(), 2);
        assert_eq!(service.get(&supervisor(), briefing).status, 200);
        evaluate(store);
        assert_eq!(flags(&service, &inspector(), code).len(), 2, "a supervisor's reading briefs nobody");
        let constable = Grants {
            neighbourhoods: std::collections::BTreeSet::from(["nb-1".to_owned().try_into().unwrap()]),
            ..persona(Role::NeighbourhoodOfficer, &[])
        };
        assert_eq!(service.get(&constable, briefing).status, 200);
        evaluate(store);
        assert_eq!(flags(&service, &inspector(), code), Vec::<Value>::new());
        evaluate_at(store, "2021-05-14T08:00:00Z");
        let [flag] = flags(&service, &supervisor(), code).try_into().unwrap();
        assert_eq!(flag["evidence"]["last_read_on"], "2021-04-15");
    });
}

#[test]
fn a_months_sample_is_due_from_the_next_until_it_is_graded() {
    on_both_databases(|store| {
        let code = "dip_sample_due";
        set_up(store);
        let service = run(store);
        let [flag] = flags(&service, &supervisor(), code).try_into().unwrap();
        assert_eq!((&flag["subject"], &flag["reason"]), (&json!("north"), &json!("not_drawn")));
        assert_eq!(subjects(&service, &other_supervisor(), code), ["south"]);
        let drawn = service.act(&supervisor(), "/v1/teams/north/dip-samples", None, &json!({}));
        assert_eq!(drawn.status, 201, "{}", drawn.text);
        evaluate(store);
        assert_eq!(subjects(&service, &inspector(), code), ["south"]);
        let may = "2021-05-01T08:00:00Z";
        evaluate_at(store, may);
        let [flag] = flags(&service, &supervisor(), code).try_into().unwrap();
        assert_eq!((&flag["reason"], &flag["evidence"]["ungraded"]), (&json!("not_complete"), &json!(1)));
        let questions =
            ["assessment", "plan", "visits", "actions", "breaches", "intelligence", "safeguarding", "record"];
        let answers: serde_json::Map<String, Value> =
            questions.iter().map(|question| ((*question).to_owned(), json!("good"))).collect();
        let body = json!({"offender_ref": "n-1", "answers": answers, "overall": "good", "findings": "invented"});
        let in_may = run_at(store, may);
        for grader in [inspector(), other_inspector()] {
            let path = format!("{}/grades", drawn.header("location").unwrap());
            assert_eq!(in_may.act(&grader, &path, None, &body).status, 201);
        }
        evaluate_at(store, may);
        assert_eq!(subjects(&service, &supervisor(), code), Vec::<String>::new());
    });
}

#[test]
fn nobody_is_planned_for_a_case_that_shuts_them_out_and_a_visit_accepted_before_is_in_doubt() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let service = run(store);
        let supervisor = Grants {
            officer_ref: Some("ds-west".to_owned().try_into().unwrap()),
            ..of_force(persona(Role::Supervisor, &["west"]), "dorset")
        };
        let manages_as = |officer: &str| Some(officer.to_owned().try_into().unwrap());
        let officer = |role: Role, officer: &str| Grants {
            officer_ref: manages_as(officer),
            ..of_force(persona(role, &[]), "dorset")
        };
        let inspector = officer(Role::DetectiveInspector, "di-1");
        let first = propose(&service, &supervisor, "west");
        accept(&service, &supervisor, &first);
        let proposal = first.json();
        let visits = proposal["visits"].as_array().unwrap();
        let risks = ["low", "medium", "high", "very_high"];
        let risk = |visit: &&Value| risks.iter().position(|risk| visit["risk"] == *risk);
        let visit = visits.iter().max_by_key(risk).unwrap();
        let offender = visit["offender_ref"].as_str().unwrap();
        let case = service.get(&inspector, &format!("/v1/offenders/{offender}")).json();
        let crew = visit["crew"].as_array().unwrap();
        let manager = case.pointer("/manager/officer_ref").cloned().unwrap_or_default();
        let shut_out = crew.iter().find(|member| **member != manager).unwrap().as_str().unwrap();

        let body = json!({"restricted_to": [], "excluded": [shut_out], "reason": "invented"});
        let path = format!("/v1/offenders/{offender}/access-restriction");
        let restricted = service.act(&inspector, &path, None, &body);
        assert_eq!(restricted.status, 200, "{}", restricted.text);
        crate::support::evaluate(store, "dorset");
        let in_doubt = flags(&service, &supervisor, "planned_visit_in_doubt");
        let of_case = in_doubt.iter().filter(|flag| flag["offender_ref"] == offender);
        assert!(of_case.clone().count() > 0, "{in_doubt:?}");
        assert!(of_case.clone().all(|flag| flag["reason"] == "limited_access"));
        let (date, manages) = (visit["date"].as_str().unwrap(), officer(Role::OffenderManager, shut_out));
        let list = service.get(&manages, &format!("/v1/officers/{shut_out}/daily-list?date={date}")).json();
        let listed = list["visits"].as_array().unwrap().iter().find(|listed| listed["offender_ref"] == offender);
        let listed = listed.unwrap();
        assert_eq!((&listed["doubts"], &listed["offender"]), (&json!(["limited_access"]), &Value::Null));
        let other = crew.iter().find(|member| **member != shut_out).unwrap().as_str().unwrap();
        let manages = officer(Role::OffenderManager, other);
        let list = service.get(&manages, &format!("/v1/officers/{other}/daily-list?date={date}")).json();
        let listed = list["visits"].as_array().unwrap().iter().find(|listed| listed["offender_ref"] == offender);
        let listed = listed.unwrap();
        assert_eq!(listed["doubts"], json!(["limited_access"]));
        assert!(listed["offender"]["family_name"].is_string(), "the other officer is admitted");

        let is_shut_out = Grants { officer_ref: manages_as(shut_out), ..supervisor.clone() };
        let read = |reader: &Grants, part: &str| {
            let path = format!("/v1/schedules/{}/{part}", first.json()["id"].as_str().unwrap());
            service.get(reader, &path).json()["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|item| item["offender_ref"] == offender)
        };
        assert!(read(&supervisor, "visits"));
        assert!(!read(&is_shut_out, "visits") && !read(&is_shut_out, "unplaced"), "an old proposal hides it too");

        let next = propose(&service, &supervisor, "west");
        let proposal = next.json();
        let again: Vec<&Value> =
            proposal["visits"].as_array().unwrap().iter().filter(|visit| visit["offender_ref"] == offender).collect();
        let unplaced = proposal["unplaced"].as_array().unwrap().iter().any(|row| row["offender_ref"] == offender);
        assert!(unplaced || !again.is_empty(), "never dropped silently");
        assert!(again.iter().all(|visit| !visit["crew"].as_array().unwrap().contains(&json!(shut_out))));
        accept(&service, &supervisor, &next);
        crate::support::evaluate(store, "dorset");
        let in_doubt = flags(&service, &supervisor, "planned_visit_in_doubt");
        assert!(in_doubt.iter().all(|flag| flag["offender_ref"] != offender));
    });
}
