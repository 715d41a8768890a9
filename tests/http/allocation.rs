//! Who manages which case: decided with its effect shown, handed over, and queued where it is nobody's.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::store::Store;
use mosovo_visits::store::own_entry;
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines, offender};
use crate::support::casework::{colleague, evaluate, inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Running, run};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";

fn allocate(service: &Running, by: &Grants, offender: &str, officer: &str) -> crate::support::http::Reply {
    let body = json!({"officer_ref": officer, "reason": "invented"});
    service.act(by, &format!("/v1/offenders/{offender}/allocations"), None, &body)
}

/// The offenders on whom a flag holds.
fn flagged(service: &Running, code: &str) -> Vec<String> {
    let path = format!("/v1/flags?code={code}&limit=200");
    let items = service.get(&inspector(), &path).json()["items"].as_array().unwrap().clone();
    items.iter().map(|flag| flag["offender_ref"].as_str().unwrap_or_default().to_owned()).collect()
}

fn entered(store: &Store) -> usize {
    store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap()
}

#[test]
fn a_supervisor_allocates_a_case_and_the_flag_clears_once_evaluated() {
    on_both_databases(|store| {
        set_up(store);
        let before = entered(store);
        let service = run(store);
        assert!(flagged(&service, "unallocated").contains(&"n-2".to_owned()));
        let dry = json!({"officer_ref": "om-n2", "reason": "invented"});
        let weighed = service.act(&supervisor(), "/v1/offenders/n-1/allocations?dry_run=true", None, &dry);
        assert_eq!(weighed.status, 200, "{}", weighed.text);
        assert_eq!(entered(store), before);
        // n-1 is in the community, of low risk: one case that weighs one.
        let caseloads = &weighed.json()["caseloads"];
        assert_eq!((&caseloads[0]["officer_ref"], &caseloads[1]["officer_ref"]), (&json!("om-n"), &json!("om-n2")));
        assert_eq!(caseloads[0]["before"], json!({"cases": 1, "workload": 1}));
        assert_eq!(caseloads[0]["after"], json!({"cases": 0, "workload": 0}));
        assert_eq!(caseloads[1]["after"], json!({"cases": 1, "workload": 1}));
        assert_eq!((&caseloads[1]["limit"], &caseloads[1]["state_after"]), (&json!(60), &json!("within_limits")));
        let made = allocate(&service, &supervisor(), "n-1", "om-n2");
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.json()["caseloads"], *caseloads);
        assert_eq!(allocate(&service, &supervisor(), "n-2", "om-n").status, 201);
        evaluate(store);
        assert_eq!(flagged(&service, "unallocated"), Vec::<String>::new());
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-1").json()["manager"]["officer_ref"], "om-n2");
        let history = service.get(&manager(), "/v1/offenders/n-1/allocations");
        assert_eq!(history.header("etag"), made.header("etag"));
        let items = &history.json()["items"];
        assert_eq!(
            (&items[0]["officer_ref"], &items[0]["current"], &items[0]["reason"], &items[0]["allocated_by"]),
            (&json!("om-n2"), &json!(true), &json!("invented"), &json!("sup-n"))
        );
        assert_eq!(
            (&items[1]["officer_ref"], &items[1]["until"], &items[1]["name"]),
            (&json!("om-n"), &json!("2021-04-14"), &json!("Nora Invented"))
        );
    });
}

#[test]
fn what_cannot_be_allocated_is_refused_with_where() {
    on_both_databases(|store| {
        set_up(store);
        let before = entered(store);
        let service = run(store);
        let restricted = json!({"restricted_to": ["om-n", "sup-n", "di"], "excluded": [], "reason": "x"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &restricted).status, 200);
        let path = "/v1/offenders/n-1/allocations";
        for (by, body, status, code, pointer) in [
            (supervisor(), json!({"officer_ref": "om-n2"}), 400, "not_acceptable", "/officer_ref"),
            (supervisor(), json!({"officer_ref": "om-n"}), 409, "wrong_state", "/officer_ref"),
            (supervisor(), json!({"officer_ref": "sup-n"}), 400, "not_acceptable", "/officer_ref"),
            (supervisor(), json!({"officer_ref": "nobody"}), 400, "unknown_reference", "/officer_ref"),
            (supervisor(), json!({"officer_ref": "om-s"}), 400, "unknown_reference", "/officer_ref"),
            (inspector(), json!({"officer_ref": "om-s"}), 400, "not_acceptable", "/officer_ref"),
            (supervisor(), json!({"officer_ref": "om-n2", "from": "2021-04-14"}), 400, "not_acceptable", "/from"),
        ] {
            let mut body = body;
            body["reason"] = json!("invented");
            let reply = service.act(&by, path, None, &body);
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body} {}", reply.text);
            assert_eq!(reply.json()["pointer"], pointer, "{body}");
        }
        let unreasoned = service.act(&supervisor(), path, None, &json!({"officer_ref": "om-n2", "reason": " "}));
        assert_eq!((unreasoned.status, &unreasoned.json()["pointer"]), (400, &json!("/reason")));
        assert_eq!(allocate(&service, &other_supervisor(), "n-2", "om-n").status, 404);
        assert_eq!(allocate(&service, &manager(), "n-2", "om-n").status, 403);
        let nobody = Grants { officer_ref: None, ..supervisor() };
        assert_eq!(allocate(&service, &nobody, "n-2", "om-n").code(), "officer_needed");
        let pretender = Grants { officer_ref: manager().officer_ref, ..supervisor() };
        assert_eq!(allocate(&service, &pretender, "n-2", "om-n").code(), "not_qualified");
        assert_eq!(entered(store), before + 1, "nothing but the restriction was entered");
    });
}

#[test]
fn two_who_allocate_on_the_same_version_do_not_overwrite_each_other() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/offenders/n-1/allocations";
        let read = service.get(&supervisor(), path).header("etag").unwrap().to_owned();
        let to = |officer: &str| json!({"officer_ref": officer, "reason": "invented"});
        assert_eq!(service.act(&supervisor(), path, Some(&read), &to("om-n2")).status, 201);
        let late = service.act(&inspector(), path, Some(&read), &to("om-s"));
        assert_eq!((late.status, late.code().as_str()), (412, "precondition_failed"));
        assert_eq!(late.json()["changed"]["entries"][0]["act"], "allocation.decide");
    });
}

#[test]
fn many_cases_pass_at_once_or_none_does() {
    on_both_databases(|store| {
        set_up(store);
        let before = entered(store);
        let service = run(store);
        let bulk = |by: &Grants, query: &str, items: Value| {
            let body = json!({"items": items, "reason": "invented"});
            service.act(by, &format!("/v1/allocations/bulk{query}"), None, &body)
        };
        let move_of = |offender: &str, officer: &str| json!({"offender_ref": offender, "officer_ref": officer});
        // A case of another team is as unknown as one that there is not.
        for unknown in ["s-1", "x-9"] {
            let reply = bulk(&supervisor(), "", json!([move_of("n-2", "om-n"), move_of(unknown, "om-n")]));
            assert_eq!((reply.status, reply.code().as_str()), (400, "unknown_reference"));
            assert_eq!(reply.json()["pointer"], "/items/1/offender_ref");
        }
        let twice = bulk(&supervisor(), "", json!([move_of("n-2", "om-n"), move_of("n-2", "om-n2")]));
        assert_eq!(
            (twice.code().as_str(), &twice.json()["pointer"]),
            ("not_acceptable", &json!("/items/1/offender_ref"))
        );
        assert_eq!(bulk(&supervisor(), "", json!([])).code(), "not_acceptable");
        assert_eq!(entered(store), before);
        let items = json!([move_of("n-2", "om-n2"), move_of("n-1", "om-n2")]);
        let weighed = bulk(&supervisor(), "?dry_run=true", items.clone());
        assert_eq!((weighed.status, entered(store)), (200, before));
        let made = bulk(&supervisor(), "", items);
        assert_eq!(made.status, 201, "{}", made.text);
        assert_eq!(made.json()["caseloads"], weighed.json()["caseloads"]);
        for case in ["n-1", "n-2"] {
            let manager = service.get(&supervisor(), &format!("/v1/offenders/{case}")).json()["manager"].clone();
            assert_eq!(manager["officer_ref"], "om-n2");
        }
    });
}

#[test]
fn a_new_manager_hands_the_case_over_to_themselves_and_the_supervisor_checks_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(allocate(&service, &inspector(), "n-1", "om-n2").status, 201);
        let opened = service.get(&manager(), "/v1/offenders/n-1/handovers").json()["items"][0].clone();
        assert_eq!((&opened["from_ref"], &opened["to_ref"]), (&json!("om-n"), &json!("om-n2")));
        let path = format!("/v1/handovers/{}", opened["ref"].as_str().unwrap());
        let read = || service.get(&colleague(), &path).header("etag").unwrap().to_owned();
        let first = read();
        let all = ["record_read", "plan_read", "introduced_at_visit", "open_actions_passed", "warnings_passed"];
        let steps: Vec<Value> = all.iter().map(|item| json!({"item": item, "done_on": "2021-04-15"})).collect();
        let early = service.act(&colleague(), &format!("{path}/complete"), Some(&first), &json!({}));
        assert_eq!((early.status, early.code().as_str()), (409, "wrong_state"));
        let not_theirs = service.patch(&manager(), &path, Some(&first), &json!({"items": steps}));
        assert_eq!((not_theirs.status, not_theirs.code().as_str()), (403, "not_qualified"));
        let some = service.patch(&colleague(), &path, Some(&first), &json!({"items": steps[..3]}));
        assert_eq!(some.status, 200, "{}", some.text);
        let stale = service.patch(&colleague(), &path, Some(&first), &json!({"items": steps[3..]}));
        assert_eq!((stale.status, stale.code().as_str()), (412, "precondition_failed"));
        assert_eq!(stale.json()["changed"]["members"], json!(["items"]));
        assert_eq!(service.patch(&colleague(), &path, Some(&read()), &json!({"items": steps[3..]})).status, 200);
        let done = service.act(&colleague(), &format!("{path}/complete"), Some(&read()), &json!({}));
        assert_eq!((done.status, &done.json()["completed_on"]), (200, &json!("2021-04-15")));
        let check = |accepted: bool| json!({"accepted": accepted, "finding": "invented"});
        let returned = service.act(&supervisor(), &format!("{path}/check"), Some(&read()), &check(false));
        assert_eq!((returned.status, &returned.json()["completed_on"]), (200, &Value::Null));
        assert_eq!(service.act(&colleague(), &format!("{path}/complete"), Some(&read()), &json!({})).status, 200);
        let elsewhere = service.act(&other_supervisor(), &format!("{path}/check"), Some(&read()), &check(true));
        assert_eq!(elsewhere.status, 404);
        let checked = service.act(&supervisor(), &format!("{path}/check"), Some(&read()), &check(true));
        assert_eq!((checked.status, &checked.json()["check"]["checked_by"]), (200, &json!("sup-n")));
        let kinds: Vec<Value> = service.get(&supervisor(), "/v1/offenders/n-1/timeline?limit=20").json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["kind"].clone())
            .collect();
        assert!(kinds.contains(&json!("handover")) && kinds.contains(&json!("allocation")), "{kinds:?}");
    });
}

#[test]
fn a_case_that_passes_on_again_leaves_the_open_handover_behind() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(allocate(&service, &supervisor(), "n-2", "om-n").status, 201);
        assert_eq!(allocate(&service, &supervisor(), "n-2", "om-n2").status, 201);
        let handovers = service.get(&supervisor(), "/v1/offenders/n-2/handovers").json()["items"].clone();
        let overtaken: Vec<_> =
            handovers.as_array().unwrap().iter().map(|it| (&it["to_ref"], &it["superseded_on"])).collect();
        let (first, second) = (json!("om-n"), json!("om-n2"));
        let (on, never) = (json!("2021-04-15"), Value::Null);
        assert_eq!(overtaken, [(&first, &on), (&second, &never)]);
    });
}

#[test]
fn the_queue_shows_what_is_nobodys_by_whom_it_came_from_and_only_what_is_in_scope() {
    on_both_databases(|store| {
        set_up(store);
        let gone = json!({"name": "Nora Invented", "role": "offender_manager", "team_ref": "north",
            "in_post_from": "2015-01-01", "in_post_until": "2021-04-05"});
        let parked = json!({"officer_ref": "sup-s", "from": "2021-04-10"});
        import(
            store,
            &lines(&[
                event(WESSEX, "officer", "om-n", "2021-04-05T09:00:00Z", &gone),
                event(WESSEX, "allocation", "s-1", "2021-04-10T09:00:00Z", &parked),
                event(WESSEX, "offender", "n-3", RECORDED, &offender("Nils", "north", "deceased")),
            ]),
        );
        let service = run(store);
        let queue = |by: &Grants| service.get(by, "/v1/allocations/unallocated").json();
        let north = queue(&supervisor());
        assert_eq!(north["total"], 2);
        // n-2 has waited since 2020, with a risk that nobody knows.
        let told: Vec<_> = north["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| (group["came_from"]["officer_ref"].clone(), group["cases"][0]["reason"].clone()))
            .collect();
        assert_eq!(told, [(json!(null), json!("never_allocated")), (json!("om-n"), json!("manager_left"))]);
        assert_eq!(
            (&north["groups"][1]["worst_risk"], &north["groups"][1]["most_days"], &north["groups"][1]["count"]),
            (&json!("low"), &json!(9), &json!(1))
        );
        let south = queue(&other_supervisor());
        assert_eq!((&south["total"], &south["groups"][0]["holder"]["officer_ref"]), (&json!(1), &json!("sup-s")));
        assert_eq!(south["groups"][0]["came_from"]["officer_ref"], "om-s");
        assert_eq!(queue(&inspector())["total"], 3);
        let hidden = json!({"restricted_to": [], "excluded": ["sup-n"], "reason": "x"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-2/access-restriction", None, &hidden).status, 200);
        assert_eq!(queue(&supervisor())["total"], 1);
        assert_eq!(queue(&inspector())["total"], 3);
    });
}

#[test]
fn caseloads_show_the_plain_count_beside_the_workload() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert_eq!(allocate(&service, &supervisor(), "n-2", "om-n").status, 201);
        let high = json!({"offender_ref": "n-1", "assessed_on": "2021-03-01", "overall": "very_high", "factors": {}});
        import(store, &event(WESSEX, "arms_assessment", "r-2", "2021-03-01T09:00:00Z", &high).to_string());
        let list = service.get(&supervisor(), "/v1/teams/north/caseloads").json();
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|it| &it["officer_ref"]).collect::<Vec<_>>(), ["om-n", "om-n2", "om-n3"]);
        let nora = &items[0];
        assert_eq!((&nora["cases"], &nora["workload"], &nora["elsewhere"]), (&json!(1), &json!(8), &json!(1)));
        assert_eq!((&nora["by_level"], &nora["handovers_open"]), (&json!({"very_high": 1}), &json!(1)));
        assert_eq!(
            (&nora["limit"], &nora["high_over"], &nora["state"]),
            (&json!(60), &json!(50), &json!("within_limits"))
        );
        assert_eq!(list["mean_workload_hundredths"], 266, "eight over three managers");
        assert_eq!(service.get(&supervisor(), "/v1/teams/south/caseloads").status, 404);
        assert_eq!(service.get(&supervisor(), "/v1/teams/nowhere/caseloads").status, 404);
        assert_eq!(service.get(&inspector(), "/v1/teams/south/caseloads").json()["items"][0]["officer_ref"], "om-s");
        assert_eq!(service.get(&manager(), "/v1/teams/north/caseloads").status, 403);
    });
}

#[test]
fn an_allocation_over_the_limit_is_shown_as_such_and_flagged() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let read = service.get(&supervisor(), "/v1/officers/om-n2").header("etag").unwrap().to_owned();
        let changed = service.patch(&supervisor(), "/v1/officers/om-n2", Some(&read), &json!({"max_caseload": 0}));
        assert_eq!(changed.status, 200, "{}", changed.text);
        let made = allocate(&service, &supervisor(), "n-1", "om-n2");
        assert_eq!(made.json()["caseloads"][1]["state_after"], "over_limit");
        evaluate(store);
        let flags = service.get(&supervisor(), "/v1/flags?code=caseload_over_limit").json();
        assert_eq!(flags["items"][0]["officer_ref"], "om-n2");
    });
}
