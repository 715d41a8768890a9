//! Who should take the cases that nobody manages: proposed with its reasons, accepted by a supervisor singly or together.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::store::{Store, audit, own_entry};
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines, offender};
use crate::support::casework::{inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, run};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";
const NORTH: &str = "/v1/teams/north/allocation-proposal";

/// Four cases of Nora's beside n-1, each with a home and a risk; and a third manager who holds the courses of the post.
fn with_caseload(store: &Store) {
    set_up(store);
    let course = |course: &str| json!({"course": course, "completed_on": "2019-01-01"});
    let nell = json!({"name": "Nell Invented", "role": "offender_manager", "team_ref": "north",
        "in_post_from": "2015-01-01", "training": [course("visor_user"), course("arms_assessor")]});
    let mut events = vec![event(WESSEX, "officer", "om-n4", RECORDED, &nell)];
    for (case, risk, north) in
        [("n-3", "very_high", 51.01), ("n-4", "high", 51.02), ("n-5", "medium", 51.03), ("n-6", "medium", 51.04)]
    {
        events.push(event(WESSEX, "offender", case, RECORDED, &offender("Nils", "north", "community")));
        let to_nora = json!({"officer_ref": "om-n", "from": "2020-01-01"});
        events.push(event(WESSEX, "allocation", case, RECORDED, &to_nora));
        let risk = json!({"offender_ref": case, "assessed_on": "2020-06-01", "overall": risk, "factors": {}});
        events.push(event(WESSEX, "arms_assessment", &format!("r-{case}"), RECORDED, &risk));
        let home = json!({"offender_ref": case, "kind": "main", "lines": ["2 Invented Row"],
            "resident_from": "2018-01-01", "child_in_household": false, "latitude": north, "longitude": -2.0});
        events.push(event(WESSEX, "address", &format!("a-{case}"), RECORDED, &home));
    }
    let report = import(store, &lines(&events));
    assert_eq!((report.refused, &report.errors), (0, &vec![]));
}

fn entered(store: &Store) -> usize {
    store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap()
}

fn read(service: &Running, by: &Grants, query: &str) -> Value {
    let reply = service.get(by, &format!("{NORTH}{query}"));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let proposal = reply.json();
    let count = |list: &str| proposal[list].as_array().unwrap().len();
    assert_eq!(proposal["total"], count("items") + count("without_manager"), "no case is dropped");
    assert_eq!(reply.header("etag"), Some(format!("\"{}\"", proposal["digest"].as_str().unwrap()).as_str()));
    proposal
}

fn accept(service: &Running, by: &Grants, body: &Value) -> Reply {
    service.act(by, &format!("{NORTH}/accept"), None, body)
}

/// Each case with the manager proposed.
fn proposed(proposal: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = proposal["items"].as_array().unwrap().iter();
    items.map(|item| (text(&item["offender_ref"]), text(&item["manager"]["officer_ref"]))).collect()
}

/// The cases of which the audit says that a proposal was accepted, in order.
fn accepted_on_record(store: &Store) -> Vec<String> {
    let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
    let accepted = recorded.into_iter().filter(|entry| entry.act == "allocation_proposal.accept");
    accepted
        .map(|entry| {
            let (kind, subject) = entry.subject.unwrap();
            assert_eq!(kind, "allocation");
            subject
        })
        .collect()
}

#[test]
fn a_leavers_cases_are_spread_and_accepted_together() {
    on_both_databases(|store| {
        with_caseload(store);
        let service = run(store);
        // Without a leaver there is n-2 alone, in custody, whom nobody ever managed.
        let before = read(&service, &supervisor(), "");
        assert_eq!((&before["total"], &before["items"][0]["reason"]), (&json!(1), &json!("never_allocated")));
        let proposal = read(&service, &supervisor(), "?leaver=om-n");
        let cases = proposed(&proposal);
        let order: Vec<&str> = cases.iter().map(|(case, _)| case.as_str()).collect();
        // By weight, then by days: of n-2 the risk is not known, which counts as high.
        assert_eq!(order, ["n-3", "n-2", "n-4", "n-5", "n-6", "n-1"]);
        // 8, 4, 2, 2 and 1 in the community and 4 in custody at a quarter: nine and nine is even.
        let workloads: Vec<&Value> =
            proposal["managers"].as_array().unwrap().iter().map(|it| &it["after"]["workload"]).collect();
        let sum: i64 = workloads.iter().map(|it| it.as_i64().unwrap()).sum();
        assert_eq!((sum, workloads.iter().all(|it| it.as_i64().unwrap() >= 8)), (17, true), "{workloads:?}");
        let absent: Vec<_> = proposal["not_put_forward"].as_array().unwrap().iter().collect();
        let absent: Vec<_> = absent.iter().map(|it| (it["officer_ref"].as_str(), it["reason"].as_str())).collect();
        assert_eq!(absent, [(Some("om-n"), Some("leaver")), (Some("om-n3"), Some("course_missing"))]);
        let first = &proposal["items"][0];
        assert_eq!(
            (&first["reason"], &first["held_by"]["name"], &first["risk"], &first["from"]),
            (&json!("manager_leaves"), &json!("Nora Invented"), &json!("very_high"), &json!("2021-04-15"))
        );
        assert!(first["next_best"]["points_more"].as_i64().unwrap() >= 0);
        let body = json!({"digest": proposal["digest"], "leavers": ["om-n"], "remark": "Seen and agreed."});
        let token = format!("Bearer {}", service.token(&supervisor()));
        let headers =
            [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", "k")];
        let send = || service.request("POST", &format!("{NORTH}/accept"), &headers, body.to_string().as_bytes());
        let made = send();
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.json()["allocations"].as_array().unwrap().len(), 6);
        for (case, officer) in &cases {
            let history = service.get(&inspector(), &format!("/v1/offenders/{case}/allocations")).json();
            let newest = &history["items"][0];
            assert_eq!((&newest["officer_ref"], &newest["allocated_by"]), (&json!(officer), &json!("sup-n")));
            let item = proposal["items"].as_array().unwrap().iter().find(|item| item["offender_ref"] == *case).unwrap();
            let words = format!("{} Seen and agreed.", item["words"].as_str().unwrap());
            assert_eq!(newest["reason"], words);
            let handovers = service.get(&inspector(), &format!("/v1/offenders/{case}/handovers")).json();
            assert_eq!(handovers["items"][0]["to_ref"], *officer);
        }
        assert_eq!(accepted_on_record(store), order, "each case has its entry");
        // What it did is what was told beforehand.
        for told in proposal["managers"].as_array().unwrap() {
            let caseloads = made.json()["caseloads"].clone();
            let found =
                caseloads.as_array().unwrap().iter().find(|it| it["officer_ref"] == told["officer_ref"]).cloned();
            assert_eq!(found.unwrap()["after"]["workload"], told["after"]["workload"]);
        }
        // The same request sent again is carried out once.
        let known = entered(store);
        let again = send();
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
        assert_eq!((entered(store), again.json()["allocations"].as_array().unwrap().len()), (known, 0));
        // Nothing is in hand any more, so that the officer may go.
        assert_eq!(read(&service, &supervisor(), "?leaver=om-n")["total"], 0);
        let leaving = json!({"in_post_until": "2021-04-30", "reason": "invented"});
        assert_eq!(service.act(&supervisor(), "/v1/officers/om-n/leave-post", None, &leaving).status, 200);
    });
}

#[test]
fn one_line_is_accepted_singly_and_what_is_stale_is_refused_whole() {
    on_both_databases(|store| {
        with_caseload(store);
        let service = run(store);
        let proposal = read(&service, &supervisor(), "?leaver=om-n");
        let before = entered(store);
        let body = |cases: Value| json!({"digest": proposal["digest"], "leavers": ["om-n"], "offender_refs": cases});
        for (cases, code, pointer) in [
            (json!([]), "not_acceptable", "/offender_refs"),
            (json!(["n-3", "s-1"]), "unknown_reference", "/offender_refs/1"),
            (json!(["n-3", "n-4", "n-3"]), "unknown_reference", "/offender_refs/2"),
        ] {
            let refused = accept(&service, &supervisor(), &body(cases));
            assert_eq!((refused.status, refused.code().as_str()), (400, code), "{}", refused.text);
            assert_eq!(refused.json()["pointer"], pointer);
        }
        assert_eq!(entered(store), before);
        let (_, officer) = proposed(&proposal).swap_remove(0);
        let made = accept(&service, &supervisor(), &body(json!(["n-3"])));
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(
            (&made.json()["allocations"][0]["offender_ref"], &made.json()["allocations"][0]["officer_ref"]),
            (&json!("n-3"), &json!(officer))
        );
        assert_eq!(made.json()["allocations"].as_array().unwrap().len(), 1);
        let known = entered(store);
        let stale = accept(&service, &supervisor(), &body(json!(["n-4", "n-5"])));
        assert_eq!((stale.status, stale.code().as_str()), (409, "stale_proposal"));
        assert_eq!(stale.json()["pointer"], "/digest");
        assert_eq!((entered(store), accepted_on_record(store)), (known, vec!["n-3".to_owned()]));
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let last = recorded.last().unwrap();
        assert_eq!((last.act.as_str(), &last.detail["why"]), ("act.refused", &json!("stale_proposal")));
        // Read again, the rest can be accepted; the leavers are part of what was read.
        let next = read(&service, &supervisor(), "?leaver=om-n");
        assert_eq!(next["total"], 5);
        let without_leavers = json!({"digest": next["digest"]});
        assert_eq!(accept(&service, &supervisor(), &without_leavers).code(), "stale_proposal");
        let ahead = json!({"digest": next["digest"], "leavers": ["om-n"], "from": "2021-05-01"});
        let made = accept(&service, &supervisor(), &ahead);
        assert_eq!((made.status, &made.json()["allocations"][0]["from"]), (201, &json!("2021-05-01")), "{}", made.text);
        assert_eq!(
            read(&service, &supervisor(), "?leaver=om-n")["total"],
            0,
            "what is decided ahead is not asked again"
        );
        assert_eq!(read(&service, &supervisor(), "")["total"], 0);
    });
}

#[test]
fn a_day_on_which_the_manager_cannot_take_the_case_is_refused() {
    on_both_databases(|store| {
        with_caseload(store);
        let service = run(store);
        let proposal = read(&service, &supervisor(), "?leaver=om-n");
        let before = entered(store);
        for from in ["2021-04-14", "2022-04-16"] {
            let body = json!({"digest": proposal["digest"], "leavers": ["om-n"], "from": from});
            let refused = accept(&service, &supervisor(), &body);
            assert_eq!((refused.status, refused.code().as_str()), (400, "not_acceptable"));
            assert_eq!((&refused.json()["pointer"], entered(store)), (&json!("/from"), before));
        }
        let long = json!({"digest": proposal["digest"], "leavers": ["om-n"], "remark": "é".repeat(9_900)});
        let refused = accept(&service, &supervisor(), &long);
        assert_eq!((refused.code().as_str(), &refused.json()["pointer"]), ("not_acceptable", &json!("/remark")));
        assert_eq!(entered(store), before);
    });
}

#[test]
fn who_may_not_reads_no_proposal_and_accepts_none() {
    on_both_databases(|store| {
        with_caseload(store);
        let service = run(store);
        let proposal = read(&service, &supervisor(), "");
        let body = json!({"digest": proposal["digest"]});
        let before = entered(store);
        assert_eq!(service.get(&other_supervisor(), NORTH).status, 404);
        assert_eq!(accept(&service, &other_supervisor(), &body).status, 404);
        assert_eq!(service.get(&supervisor(), "/v1/teams/nowhere/allocation-proposal").status, 404);
        assert_eq!(service.get(&manager(), NORTH).status, 403);
        assert_eq!(accept(&service, &manager(), &body).status, 403);
        let nobody = Grants { officer_ref: None, ..supervisor() };
        assert_eq!(accept(&service, &nobody, &body).code(), "officer_needed");
        let pretender = Grants { officer_ref: manager().officer_ref, ..supervisor() };
        assert_eq!(accept(&service, &pretender, &body).code(), "not_qualified");
        assert_eq!(service.get(&supervisor(), &format!("{NORTH}?leaver=om-s")).code(), "unknown_reference");
        for query in ["?leaver=", "?who=om-n"] {
            assert_eq!(service.get(&supervisor(), &format!("{NORTH}{query}")).code(), "invalid_query");
        }
        let other = json!({"digest": proposal["digest"], "leavers": ["om-s"]});
        assert_eq!(accept(&service, &supervisor(), &other).json()["pointer"], "/leavers/0");
        assert_eq!(entered(store), before);
        assert_eq!(service.get(&inspector(), "/v1/teams/south/allocation-proposal").json()["total"], 0);
    });
}

#[test]
fn a_limited_access_case_is_proposed_to_nobody_it_shuts_out_and_hidden_in_list_and_counts() {
    on_both_databases(|store| {
        with_caseload(store);
        let service = run(store);
        let limit = |case: &str, restriction: Value| {
            let path = format!("/v1/offenders/{case}/access-restriction");
            assert_eq!(service.act(&inspector(), &path, None, &restriction).status, 200);
        };
        // n-1 is held, n-2 needs a manager: the supervisor sees neither.
        limit("n-1", json!({"restricted_to": ["om-n", "di"], "excluded": [], "reason": "invented"}));
        limit("n-2", json!({"restricted_to": [], "excluded": ["sup-n", "om-n4"], "reason": "invented"}));
        let (hidden, shown) = (read(&service, &supervisor(), ""), read(&service, &inspector(), ""));
        assert_eq!((&hidden["total"], &shown["total"]), (&json!(0), &json!(1)));
        let nora = |proposal: &Value| proposal["managers"][0]["before"].clone();
        assert_eq!(nora(&hidden), json!({"cases": 4, "workload": 16, "elsewhere": 0}));
        assert_eq!(nora(&shown), json!({"cases": 5, "workload": 17, "elsewhere": 0}));
        let text = service.get(&supervisor(), NORTH).text;
        assert!(!text.contains("n-1") && !text.contains("n-2"), "{text}");
        let line = &shown["items"][0];
        assert_eq!((&line["offender_ref"], &line["shut_out"]), (&json!("n-2"), &json!(1)));
        assert_ne!(line["manager"]["officer_ref"], "om-n4");
        assert!(!line["words"].as_str().unwrap().contains("17"), "what goes on record counts no limited-access case");
        // What the supervisor read is not what the inspector did, nor is it theirs to accept.
        let body = json!({"digest": shown["digest"]});
        assert_eq!(accept(&service, &supervisor(), &body).code(), "stale_proposal");
        // A leaver's hidden case is left out too, and spread by who may see it.
        let (hidden, shown) = ("?leaver=om-n", "?leaver=om-n");
        assert_eq!(read(&service, &supervisor(), hidden)["total"], 4);
        let shown = read(&service, &inspector(), shown);
        let open = &shown["without_manager"][0];
        assert_eq!(
            (&open["offender_ref"], &open["why"], &open["smallest_change"]["change"]),
            (&json!("n-1"), &json!("shut_out"), &json!("admit_manager"))
        );
        let body = json!({"digest": shown["digest"], "leavers": ["om-n"]});
        assert_eq!(accept(&service, &inspector(), &body).status, 201);
    });
}

#[test]
fn a_case_for_which_nobody_has_room_is_told_with_the_smallest_change() {
    on_both_databases(|store| {
        with_caseload(store);
        let service = run(store);
        for (officer, most) in [("om-n2", 1), ("om-n4", 2)] {
            let path = format!("/v1/officers/{officer}");
            let version = service.get(&supervisor(), &path).header("etag").unwrap().to_owned();
            let changed = service.patch(&supervisor(), &path, Some(&version), &json!({"max_caseload": most}));
            assert_eq!(changed.status, 200, "{}", changed.text);
        }
        let proposal = read(&service, &supervisor(), "?leaver=om-n");
        let cases: Vec<String> = proposed(&proposal).into_iter().map(|(case, _)| case).collect();
        // The highest risk has the room there is; n-2 in custody takes none.
        assert_eq!(cases, ["n-3", "n-2", "n-4", "n-5"]);
        let open = proposal["without_manager"].as_array().unwrap();
        let told: Vec<_> = open.iter().map(|it| (it["offender_ref"].as_str(), it["why"].as_str())).collect();
        assert_eq!(told, [(Some("n-6"), Some("at_limit")), (Some("n-1"), Some("at_limit"))]);
        let change = &open[0]["smallest_change"];
        assert_eq!(change["change"], "raise_limit");
        // The change told is enough.
        let path = format!("/v1/officers/{}", change["officer"]["officer_ref"].as_str().unwrap());
        let version = service.get(&supervisor(), &path).header("etag").unwrap().to_owned();
        let raised = json!({"max_caseload": change["limit"]});
        assert_eq!(service.patch(&supervisor(), &path, Some(&version), &raised).status, 200);
        let after = read(&service, &supervisor(), "?leaver=om-n");
        let left: Vec<_> =
            after["without_manager"].as_array().unwrap().iter().map(|it| it["offender_ref"].as_str()).collect();
        assert_eq!(left, [Some("n-1")]);
    });
}
