//! Flags over HTTP: noticed as records come in, read within scope, acknowledged by who may.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::caseload::{self, event, offender};
use crate::support::http::{Running, of_force, persona, run};
use crate::support::on_both_databases;

const LINES: &str = "application/x-ndjson";

fn supervisor() -> Grants {
    persona(Role::Supervisor, &["north"])
}

fn inspector() -> Grants {
    persona(Role::DetectiveInspector, &[])
}

/// Wessex's part of the caseload, sent by its records system.
fn send_caseload(service: &Running) {
    let wessex: Vec<String> =
        caseload::feed().lines().filter(|line| line.contains("/records/wessex")).map(str::to_owned).collect();
    let reply = service.send(&persona(Role::RecordsSystem, &[]), LINES, &wessex.join("\n"));
    assert_eq!((reply.status, &reply.json()["refused"]), (200, &json!(0)), "{}", reply.text);
}

/// Every flag of the list, page after page.
fn all(service: &Running, grants: &Grants, query: &str) -> Vec<Value> {
    let mut path = format!("/v1/flags?{query}");
    let mut items = Vec::new();
    loop {
        let reply = service.get(grants, &path);
        assert_eq!(reply.status, 200, "{}", reply.text);
        items.extend(reply.json()["items"].as_array().unwrap().clone());
        let Some(link) = reply.header("link") else { return items };
        assert!(link.ends_with(">; rel=\"next\""), "{link}");
        path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
}

fn one(service: &Running, grants: &Grants, query: &str) -> Value {
    let items = all(service, grants, query);
    assert_eq!(items.len(), 1, "{items:?}");
    items[0].clone()
}

fn acknowledge(flag: &Value) -> String {
    format!("/v1/flags/{}/acknowledge", flag["id"].as_str().unwrap())
}

fn tag(flag: &Value) -> String {
    format!("\"{}\"", flag["version"])
}

fn saying(reason: &str, review_on: &str) -> Value {
    json!({ "reason": reason, "review_on": review_on })
}

#[test]
fn what_is_noticed_of_records_sent_is_there_when_they_are_answered() {
    on_both_databases(|store| {
        let service = run(store);
        assert_eq!(all(&service, &inspector(), ""), Vec::<Value>::new());
        send_caseload(&service);
        let flag = one(&service, &supervisor(), "code=no_risk_management_plan");
        assert_eq!(
            (&flag["subject"], &flag["severity"], &flag["state"]),
            (&json!("n-1"), &json!("high"), &json!("open"))
        );
        assert_eq!((&flag["officer_ref"], &flag["team_ref"]), (&json!("om-n"), &json!("north")));
        assert_eq!((&flag["since"], &flag["acknowledged"]), (&json!("2021-04-15T08:00:00Z"), &json!(false)));
        assert!(flag["source"].as_str().unwrap().contains("MAPPA"), "{flag}");
        let read = service.get(&supervisor(), &format!("/v1/flags/{}", flag["id"].as_str().unwrap()));
        assert_eq!((read.json(), read.header("etag")), (flag.clone(), Some("\"1\"")));

        let record = event(
            "/records/wessex/invented",
            "offender",
            "n-1",
            "2021-04-01T09:00:00Z",
            &offender("Nestor", "north", "deported"),
        );
        service.send(&persona(Role::RecordsSystem, &[]), LINES, &record.to_string());
        assert!(all(&service, &supervisor(), "code=no_risk_management_plan").is_empty());
        let cleared = one(&service, &supervisor(), "code=no_risk_management_plan&state=cleared");
        assert_eq!((&cleared["id"], &cleared["state"]), (&flag["id"], &json!("cleared")));
        let late =
            service.act(&supervisor(), &acknowledge(&cleared), Some(&tag(&cleared)), &saying("Late.", "2021-04-20"));
        assert_eq!((late.status, late.code().as_str()), (409, "flag_cleared"));
    });
}

#[test]
fn each_reads_the_flags_of_their_teams_and_the_counts_agree_with_the_list() {
    on_both_databases(|store| {
        let service = run(store);
        send_caseload(&service);
        let whole = all(&service, &inspector(), "limit=2");
        let teams = |items: &[Value]| {
            items
                .iter()
                .map(|flag| flag["team_ref"].as_str().unwrap().to_owned())
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(teams(&whole).len(), 2);
        for role in [Role::OffenderManager, Role::Supervisor] {
            assert_eq!(
                teams(&all(&service, &persona(role, &["north"]), "")).into_iter().collect::<Vec<_>>(),
                ["north"]
            );
        }
        let summary = service.get(&inspector(), "/v1/flags/summary").json();
        assert_eq!(summary["open"], json!(whole.len()));
        for (member, sorts) in [("code", "by_code"), ("severity", "by_severity"), ("team_ref", "by_team")] {
            for (sort, count) in summary[sorts].as_object().unwrap() {
                let listed = whole.iter().filter(|flag| flag[member] == json!(sort)).count();
                assert_eq!(*count, json!(listed), "{sort}");
            }
        }
        assert_eq!(summary["evaluated_at"], json!("2021-04-15T08:00:00Z"));

        let flag = one(&service, &supervisor(), "code=no_risk_management_plan");
        let path = format!("/v1/flags/{}", flag["id"].as_str().unwrap());
        let elsewhere =
            [persona(Role::Supervisor, &["south"]), persona(Role::Supervisor, &[]), of_force(inspector(), "mercia")];
        for other in elsewhere {
            assert_eq!(service.get(&other, &path).code(), "not_found", "{other:?}");
            let act = service.act(&other, &acknowledge(&flag), Some("\"1\""), &saying("Reason.", "2021-04-20"));
            assert_eq!(act.code(), "not_found", "{other:?}");
            assert!(
                all(&service, &other, "code=no_risk_management_plan").iter().all(|found| found["id"] != flag["id"])
            );
        }
    });
}

#[test]
fn a_list_is_narrowed_and_what_it_does_not_know_is_refused() {
    on_both_databases(|store| {
        let service = run(store);
        send_caseload(&service);
        let whole = all(&service, &inspector(), "");
        let expect = |query: &str, keep: &dyn Fn(&Value) -> bool| {
            let expected: Vec<Value> = whole.iter().filter(|flag| keep(flag)).cloned().collect();
            assert!(!expected.is_empty() && expected.len() < whole.len(), "{query} tells nothing");
            assert_eq!(all(&service, &inspector(), query), expected, "{query}");
        };
        expect("severity=medium", &|flag| flag["severity"] == "medium");
        expect("team=south", &|flag| flag["team_ref"] == "south");
        expect("officer=om-s", &|flag| flag["officer_ref"] == "om-s");
        expect("code=home_visit_overdue", &|flag| flag["code"] == "home_visit_overdue");
        for wrong in ["code=unheard_of", "severity=grave", "state=shut", "limit=0", "limit=201", "colour=red"] {
            assert_eq!(service.get(&inspector(), &format!("/v1/flags?{wrong}")).code(), "invalid_query", "{wrong}");
        }
        for wrong in ["zz", "6869"] {
            assert_eq!(service.get(&inspector(), &format!("/v1/flags?cursor={wrong}")).code(), "invalid_cursor");
        }
        assert_eq!(service.get(&inspector(), "/v1/flags/not-an-id").code(), "invalid_path");
    });
}

#[test]
fn a_supervisor_acknowledges_the_flag_that_was_read_and_it_stays_in_every_list() {
    on_both_databases(|store| {
        let service = run(store);
        send_caseload(&service);
        let flag = one(&service, &supervisor(), "code=no_risk_management_plan");
        let (path, read) = (acknowledge(&flag), tag(&flag));
        let good = saying("The plan is with the inspector.", "2021-04-22");
        let attempt = |grants: &Grants, version: Option<&str>, body: &Value| {
            let reply = service.act(grants, &path, version, body);
            (reply.status, reply.code(), reply.json()["pointer"].clone())
        };
        let refused = |status: u16, code: &str, pointer: Value| (status, code.to_owned(), pointer);
        let required = refused(428, "precondition_required", Value::Null);
        assert_eq!(attempt(&supervisor(), None, &good), required);
        assert_eq!(attempt(&supervisor(), Some("*"), &good), required);
        let changed = refused(412, "precondition_failed", Value::Null);
        assert_eq!(attempt(&supervisor(), Some("\"2\""), &good), changed);
        assert_eq!(attempt(&supervisor(), Some("W/\"1\""), &good), changed);
        let blank = saying(" \n", "2021-04-22");
        assert_eq!(attempt(&supervisor(), Some(&read), &blank), refused(400, "invalid_body", json!("/reason")));
        for day in ["2021-04-15", "2021-07-17"] {
            let out_of_range = saying("Reason.", day);
            let expected = refused(400, "invalid_body", json!("/review_on"));
            assert_eq!(attempt(&supervisor(), Some(&read), &out_of_range), expected, "{day}");
        }
        let unknown = json!({ "reason": "Reason.", "review_on": "2021-04-22", "hide": true });
        assert_eq!(attempt(&supervisor(), Some(&read), &unknown).1, "unknown_member");
        let manager = persona(Role::OffenderManager, &["north"]);
        assert_eq!(attempt(&manager, Some(&read), &good), refused(403, "forbidden", Value::Null));

        let done = service.act(&supervisor(), &path, Some(&read), &good);
        assert_eq!((done.status, done.header("etag")), (200, Some("\"2\"")), "{}", done.text);
        let acknowledgement = &done.json()["acknowledgement"];
        assert_eq!(acknowledgement["by"], "supervisor:invented-supervisor");
        assert_eq!((&acknowledgement["counts"], &acknowledgement["review_on"]), (&json!(true), &json!("2021-04-22")));
        assert_eq!(attempt(&supervisor(), Some(&read), &good), changed, "sent twice, it is done once");

        let listed = one(&service, &supervisor(), "code=no_risk_management_plan");
        assert_eq!((listed.clone(), &listed["acknowledged"]), (done.json(), &json!(true)));
        assert_eq!(one(&service, &supervisor(), "state=acknowledged"), listed);
        assert_eq!(service.get(&inspector(), "/v1/flags/summary").json()["acknowledged"], json!(1));

        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let acted: Vec<_> = entries.iter().filter(|entry| entry.act == "flag.acknowledge").collect();
        assert_eq!(acted.len(), 1);
        assert!(!format!("{entries:?}").contains("with the inspector"), "the audit has no free text");
    });
}
