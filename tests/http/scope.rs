//! Scope: another team's case, and another force's, are as if they were not there; and who asked is on record.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::json;

use crate::support::caseload::{RECORDED, event, lines, offender};
use crate::support::casework::{inspector, manager, other_inspector, other_supervisor, plan_visit, set_up, supervisor};
use crate::support::http::{of_force, persona, run};
use crate::support::{caseload, import, on_both_databases};

fn recorded(store: &Store, force: &str) -> Vec<StoredAuditEntry> {
    store.transaction(|connection| audit::of_force(connection, force)).unwrap()
}

#[test]
fn a_supervisor_sees_the_team_and_a_detective_inspector_the_force() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let list = |role, teams: &[&str]| service.get(&persona(role, teams), "/v1/offenders").refs();
        assert_eq!(list(Role::Supervisor, &["north"]), ["n-1", "n-2"]);
        assert_eq!(list(Role::OffenderManager, &["south"]), ["s-1"]);
        assert_eq!(list(Role::Supervisor, &["north", "south"]), ["n-1", "n-2", "s-1"]);
        assert_eq!(list(Role::Supervisor, &[]), Vec::<String>::new());
        assert_eq!(list(Role::DetectiveInspector, &[]), ["n-1", "n-2", "s-1"]);
        let officers = service.get(&persona(Role::Supervisor, &["south"]), "/v1/officers").refs();
        assert_eq!(officers, ["om-s"]);
    });
}

#[test]
fn another_teams_case_is_as_unknown_as_one_that_there_is_not() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        for path in ["/v1/offenders/{}", "/v1/offenders/{}/timeline", "/v1/offenders/{}/reactive-eligibility"] {
            assert_eq!(service.get(&supervisor, &path.replace("{}", "n-1")).status, 200);
            let [theirs, nobodys] = ["s-1", "x-9"].map(|other| service.get(&supervisor, &path.replace("{}", other)));
            assert_eq!((theirs.status, theirs.code()), (404, "not_found".to_owned()), "{path}");
            let mut told = [theirs.json(), nobodys.json()];
            for problem in &mut told {
                problem["request_id"] = json!(null);
                problem["instance"] = json!(null);
            }
            assert_eq!(told[0], told[1], "{path}");
        }
        assert_eq!(service.get(&supervisor, "/v1/officers/om-s").status, 404);
        assert_eq!(service.get(&supervisor, "/v1/offenders?team=south").refs(), Vec::<String>::new());
        let refused: Vec<_> =
            recorded(store, "wessex").into_iter().filter(|entry| entry.act == "access.refused").collect();
        assert_eq!(refused.len(), 7);
        assert_eq!(refused[0].subject, Some(("offender".to_owned(), "s-1".to_owned())));
        assert_eq!(refused[0].detail, json!({"act": "offender.read", "why": "out_of_scope"}));
    });
}

#[test]
fn reaching_for_what_is_out_of_scope_and_for_what_there_is_not_leaves_the_same_trace() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let sent = event("/records/wessex", "offender", "s-1", RECORDED, &offender("Silvan", "south", "community"));
        assert_eq!(service.send(&system, "application/x-ndjson", &sent.to_string()).status, 200);
        let inspector = persona(Role::DetectiveInspector, &[]);
        let theirs =
            service.get(&inspector, "/v1/flags?team=south").json()["items"][0]["id"].as_str().unwrap().to_owned();
        let nobodys = "01900000-0000-7000-8000-000000000000".to_owned();
        let supervisor = persona(Role::Supervisor, &["north"]);
        let read = |path: &str, references: [&str; 2]| {
            for (reference, why) in references.into_iter().zip(["out_of_scope", "not_known"]) {
                let before = recorded(store, "wessex").len();
                assert_eq!(service.get(&supervisor, &path.replace("{}", reference)).code(), "not_found", "{path}");
                let trace = recorded(store, "wessex").split_off(before);
                assert_eq!((trace.len(), trace[0].act.as_str()), (1, "access.refused"), "{path} {why}");
                assert_eq!(trace[0].detail["why"], why, "{path}");
            }
        };
        for part in ["", "/timeline", "/reactive-eligibility"] {
            read(&format!("/v1/offenders/{{}}{part}"), ["s-1", "x-9"]);
        }
        for part in ["", "/daily-list"] {
            read(&format!("/v1/officers/{{}}{part}"), ["om-s", "x-9"]);
        }
        read("/v1/flags/{}", [&theirs, &nobodys]);
        assert_eq!(service.get(&supervisor, "/v1/offenders/Silvan%20Inventio").status, 404);
        let last = recorded(store, "wessex").pop().unwrap();
        assert_eq!((last.act.as_str(), &last.subject), ("access.refused", &None), "a made-up text may be a name");
    });
}

#[test]
fn two_forces_with_the_same_references_never_touch() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let ours = persona(Role::Supervisor, &["north"]);
        let theirs = of_force(ours.clone(), "mercia");
        let name = |grants| service.get(grants, "/v1/offenders/n-1").json()["offender"]["given_name"].clone();
        assert_eq!((name(&ours), name(&theirs)), (json!("Nestor"), json!("Mercator")));
        assert_eq!(service.get(&theirs, "/v1/offenders").refs(), ["n-1"]);
        assert_eq!(service.get(&theirs, "/v1/offenders/n-2").status, 404);
        let timeline = service.get(&theirs, "/v1/offenders/n-1/timeline").json();
        assert_eq!(timeline["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_one_force_counts_lists_plans_and_hides_is_nothing_to_another_with_the_same_references() {
    on_both_databases(|store| {
        set_up(store);
        let officer = json!({"name": "Mona Invented", "role": "offender_manager", "team_ref": "north",
            "in_post_from": "2015-01-01"});
        import(store, &lines(&[event("/records/mercia", "officer", "om-n", RECORDED, &officer)]));
        for force in ["wessex", "mercia"] {
            crate::support::evaluate(store, force);
        }
        plan_visit(store, "2021-04-15");
        let service = run(store);
        let theirs = of_force(inspector(), "mercia");
        let size = |grants: &Grants| service.get(grants, "/v1/dashboards/force").json()["register"]["size"].clone();
        assert_eq!((size(&inspector()), size(&theirs)), (json!(3), json!(1)));
        let flagged = |grants: &Grants| {
            let flags = service.get(grants, "/v1/flags?limit=200").json()["items"].as_array().unwrap().len();
            let counted = service.get(grants, "/v1/flags/summary").json()["open"].as_u64().unwrap();
            assert_eq!(u64::try_from(flags).unwrap(), counted);
            counted
        };
        let (ours, of_theirs) = (flagged(&inspector()), flagged(&theirs));
        assert!(ours > of_theirs && of_theirs > 0, "{ours} {of_theirs}");
        assert!(flagged(&supervisor()) < ours, "a team's supervisor counts the team's flags alone");
        let schedules = |grants: &Grants| service.get(grants, "/v1/schedules").json()["items"].clone();
        let planned = schedules(&inspector())[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(schedules(&theirs), json!([]));
        let read = |grants: &Grants| service.get(grants, &format!("/v1/schedules/{planned}")).status;
        assert_eq!((read(&inspector()), read(&theirs)), (200, 404));
        let list = "/v1/officers/om-n/daily-list?date=2021-04-15";
        let visits = |grants: &Grants| service.get(grants, list).json()["visits"].as_array().unwrap().len();
        assert_eq!((visits(&manager()), visits(&of_force(manager(), "mercia"))), (1, 0));
        let body = json!({"restricted_to": ["om-n", "di-2"], "excluded": [], "reason": "invented"});
        let path = "/v1/offenders/n-1/access-restriction";
        assert_eq!(service.act(&other_inspector(), path, None, &body).status, 200);
        assert_eq!(service.get(&inspector(), "/v1/offenders/n-1").status, 404);
        assert_eq!(service.get(&theirs, "/v1/offenders/n-1").status, 200, "theirs is another case");
    });
}

#[test]
fn visits_accepted_for_a_team_are_not_on_the_list_that_an_officers_new_supervisor_reads() {
    on_both_databases(|store| {
        set_up(store);
        plan_visit(store, "2021-04-15");
        let moved = json!({"name": "Nora Invented", "role": "offender_manager", "team_ref": "south",
            "in_post_from": "2015-01-01"});
        let moved = event("/records/wessex/invented", "officer", "om-n", "2021-04-14T08:00:00Z", &moved);
        import(store, &lines(&[moved]));
        let service = run(store);
        let visits = |reader: &Grants| {
            let list = service.get(reader, "/v1/officers/om-n/daily-list?date=2021-04-15");
            assert_eq!(list.status, 200, "{}", list.text);
            list.json()["visits"].as_array().unwrap().len()
        };
        assert_eq!((visits(&manager()), visits(&other_supervisor()), visits(&inspector())), (1, 0, 1));
    });
}

#[test]
fn every_reading_is_on_record_with_who_what_and_whom() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        for path in ["", "/n-1", "/n-1/timeline", "/n-1/reactive-eligibility"] {
            assert_eq!(service.get(&supervisor, &format!("/v1/offenders{path}")).status, 200);
        }
        let recorded = recorded(store, "wessex");
        let acts: Vec<&str> = recorded.iter().map(|entry| entry.act.as_str()).collect();
        let reads = ["offender.list", "offender.read", "offender.timeline.read", "offender.reactive_eligibility.read"];
        assert_eq!(acts, reads);
        assert!(recorded.iter().all(|entry| entry.actor == "supervisor:invented-supervisor"));
        assert_eq!((&recorded[0].detail["count"], &recorded[0].detail["refs"]), (&json!(2), &json!(["n-1", "n-2"])));
        assert!(recorded.iter().skip(1).all(|entry| entry.subject == Some(("offender".into(), "n-1".into()))));
    });
}

#[test]
fn a_list_is_on_record_with_whom_it_showed_and_how_it_was_narrowed_and_never_what_was_searched_for() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        let detail = |path: &str| {
            assert_eq!(service.get(&supervisor, path).status, 200);
            recorded(store, "wessex").pop().unwrap().detail
        };
        assert_eq!(detail("/v1/officers"), json!({"count": 1, "refs": ["om-n"]}));
        assert_eq!(detail("/v1/teams"), json!({"count": 2, "refs": ["north", "south"]}));
        assert_eq!(detail("/v1/neighbourhoods"), json!({"count": 1, "refs": ["nb-1"]}));
        let narrowed =
            detail("/v1/offenders?team=north&officer=om-n&status=community&flag=no_risk_management_plan&search=Nestor");
        let filter = json!({"team": "north", "officer": "om-n", "status": "community",
            "flag": "no_risk_management_plan", "bucket": null, "search": true});
        assert_eq!(narrowed["filter"], filter);
        assert!(!narrowed.to_string().contains("Nestor"));
    });
}
