//! Merges: two offender records of one person are one case, whoever says so, and stand apart again when it is undone.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{evaluate, inspector, manager, other_inspector, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, persona, run, run_at};
use crate::support::{import, learn, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";
const MERGES: &str = "/v1/offenders/n-1/merges";

/// The caseload, and of n-2 a visit and an address.
fn with_both(store: &Store) {
    set_up(store);
    let visit = json!({"offender_ref": "n-2", "attempted_at": "2021-02-01T10:00:00Z", "mode": "home", "outcome": "seen",
        "home_inspected": true, "officer_refs": ["om-n"]});
    let address =
        json!({"offender_ref": "n-2", "kind": "other", "lines": ["9 Invented Row"], "resident_from": "2019-01-01"});
    let events = [
        event(WESSEX, "visit", "v-9", "2021-02-02T09:00:00Z", &visit),
        event(WESSEX, "address", "a-9", "2021-02-02T09:00:00Z", &address),
        event(
            WESSEX,
            "allocation",
            "n-2",
            "2021-02-02T09:00:00Z",
            &json!({"officer_ref": "om-n2", "from": "2020-03-01"}),
        ),
    ];
    assert_eq!(import(store, &lines(&events)).refused, 0);
    evaluate(store);
}

fn merge(service: &Running, who: &Grants, kept: &str, merged: &str) -> Reply {
    let body = json!({"merged_ref": merged, "reason": "the same fingerprints"});
    service.act(who, &format!("/v1/offenders/{kept}/merges"), None, &body)
}

/// The path and the version of a merge that was made.
fn merged(reply: &Reply) -> (String, String) {
    assert_eq!(reply.status, 201, "{}", reply.text);
    (reply.header("location").unwrap().to_owned(), reply.header("etag").unwrap().to_owned())
}

fn undo(service: &Running, who: &Grants, (path, etag): &(String, String)) -> Reply {
    service.act(who, &format!("{path}/undo"), Some(etag), &json!({"reason": "two people after all"}))
}

/// What the feed says of a merge.
fn told(subject: &str, time: &str, (kept, merged): (&str, &str), undone: bool) -> Value {
    let data =
        json!({"kept_ref": kept, "merged_ref": merged, "merged_on": "2021-03-01", "reason": "", "undone": undone});
    event(WESSEX, "merge", subject, time, &data)
}

fn deleted(subject: &str, time: &str) -> Value {
    json!({"specversion": "1.0", "id": format!("gone-{subject}"), "source": WESSEX, "type": "records.deleted.v1",
        "subject": subject, "time": time, "data": {"type": "records.merge.v1", "subject": subject, "reason": ""}})
}

/// Every case file of the force, as the inspector reads them.
fn files(service: &Running) -> Vec<Value> {
    let refs = service.get(&inspector(), "/v1/offenders").refs();
    refs.iter().map(|offender| service.get(&inspector(), &format!("/v1/offenders/{offender}")).json()).collect()
}

fn refs(service: &Running, reader: &Grants, query: &str) -> String {
    service.get(reader, &format!("/v1/offenders{query}")).refs().join(" ")
}

fn of_items(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["ref"].as_str().unwrap()).collect()
}

#[test]
fn a_supervisor_merges_two_records_and_both_are_one_case() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        assert_eq!(merge(&service, &manager(), "n-1", "n-2").code(), "forbidden");
        let made = merge(&service, &supervisor(), "n-1", "n-2");
        let (path, _) = merged(&made);
        let shown = service.get(&manager(), &path).json();
        let members =
            ["kept_ref", "merged_ref", "merged_on", "undone", "decided_by"].map(|member| shown[member].clone());
        assert_eq!(members, [json!("n-1"), json!("n-2"), json!("2021-04-15"), json!(false), json!("sup-n")]);

        let file = service.get(&manager(), "/v1/offenders/n-1").json();
        assert_eq!(of_items(&file["merged"]), ["n-2"]);
        assert_eq!(of_items(&file["addresses"]), ["a-1", "a-9"]);
        assert_eq!(
            (&file["last_qualifying_visit"]["ref"], &file["manager"]["officer_ref"]),
            (&json!("v-9"), &json!("om-n"))
        );
        assert_eq!(service.get(&manager(), "/v1/visits/v-9").status, 200, "a record of either is the case's");
        let timeline = service.get(&manager(), "/v1/offenders/n-1/timeline?limit=200").text;
        assert!(timeline.contains("9 Invented Row") && timeline.contains("1 Invented Row"));

        assert_eq!(refs(&service, &supervisor(), ""), "n-1");
        assert_eq!(
            refs(&service, &supervisor(), "?search=Nemo"),
            "n-1",
            "and is found by the name on the other record"
        );
        let managers = service.get(&manager(), "/v1/offenders/n-1/allocations").json();
        let past = managers["items"].as_array().unwrap().iter().find(|spell| spell["officer_ref"] == "om-n2").unwrap();
        assert_eq!(
            (&past["until"], &past["current"], &past["merged_ref"]),
            (&json!("2021-04-14"), &json!(false), &json!("n-2"))
        );
        assert_eq!(of_items(&service.get(&manager(), MERGES).json()["items"]).len(), 1);
    });
}

#[test]
fn whoever_asks_for_the_merged_one_is_told_where_the_case_went_if_they_may_see_it() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        merged(&merge(&service, &supervisor(), "n-1", "n-2"));
        let notification = json!({"kind": "periodic", "notified_at": "2021-04-14T09:00:00Z"});
        for reply in [
            service.get(&manager(), "/v1/offenders/n-2"),
            service.get(&manager(), "/v1/offenders/n-2/timeline"),
            service.act(&manager(), "/v1/offenders/n-2/notifications", None, &notification),
            merge(&service, &supervisor(), "n-2", "n-1"),
        ] {
            assert_eq!((reply.status, reply.code().as_str()), (409, "merged"), "{}", reply.text);
            assert_eq!(reply.json()["merged_into"], "n-1");
            assert_eq!(reply.header("location"), Some("/v1/offenders/n-1"));
        }
        assert_eq!(service.get(&other_supervisor(), "/v1/offenders/n-2").code(), "not_found");
        assert_eq!(service.get(&manager(), "/v1/offenders/n-3").code(), "not_found");
    });
}

#[test]
fn a_merge_is_refused_where_it_would_lose_somebody_or_reach_too_far() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        for (who, kept, other, code) in [
            (supervisor(), "n-1", "n-1", "not_acceptable"),
            (supervisor(), "n-1", "nobody", "unknown_reference"),
            (supervisor(), "n-1", "s-1", "unknown_reference"),
            (other_supervisor(), "s-1", "n-1", "unknown_reference"),
        ] {
            let reply = merge(&service, &who, kept, other);
            assert_eq!(
                (reply.code().as_str(), &reply.json()["pointer"]),
                (code, &json!("/merged_ref")),
                "{kept} {other}"
            );
        }
        assert_eq!(merge(&service, &other_supervisor(), "n-1", "s-1").code(), "not_found");
        let posted_elsewhere = Grants { officer_ref: manager().officer_ref, ..supervisor() };
        assert_eq!(merge(&service, &posted_elsewhere, "n-1", "n-2").code(), "not_qualified");
        let elsewhere = offender("Nemo", "north", "transferred_out");
        let gone = event(WESSEX, "offender", "n-2", "2021-04-01T09:00:00Z", &elsewhere);
        assert_eq!(import(store, &lines(&[gone])).refused, 0);
        assert_eq!(merge(&service, &supervisor(), "n-2", "n-1").code(), "not_acceptable", "nobody would manage them");
        merged(&merge(&service, &supervisor(), "n-1", "n-2"));
        assert_eq!(merge(&service, &inspector(), "s-1", "n-2").code(), "unknown_reference", "it is merged already");
        assert_eq!(refs(&service, &inspector(), ""), "n-1 s-1");
    });
}

#[test]
fn undone_by_an_inspector_each_stands_for_itself_again_with_what_came_meanwhile() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        let before = files(&service);
        let made = merged(&merge(&service, &supervisor(), "n-1", "n-2"));
        assert_eq!(files(&service).len(), before.len() - 1);
        assert_eq!(undo(&service, &supervisor(), &made).code(), "forbidden");
        let undone = undo(&service, &inspector(), &made);
        assert_eq!(undone.status, 200, "{}", undone.text);
        assert_eq!((&undone.json()["undone"], &undone.json()["undone_by"]), (&json!(true), &json!("di")));
        assert_eq!(files(&service), before);
        let again = (made.0, undone.header("etag").unwrap().to_owned());
        assert_eq!(undo(&service, &inspector(), &again).code(), "wrong_state");
        for offender in ["n-1", "n-2"] {
            let merges = service.get(&inspector(), &format!("/v1/offenders/{offender}/merges")).json();
            assert_eq!(of_items(&merges["items"]).len(), 1, "that there was one is known on either");
        }

        let third = merged(&merge(&service, &supervisor(), "n-1", "n-2"));
        let notified = json!({"kind": "periodic", "notified_at": "2021-04-14T09:00:00Z"});
        assert_eq!(service.act(&manager(), "/v1/offenders/n-1/notifications", None, &notified).status, 201);
        assert_eq!(undo(&service, &other_inspector(), &third).status, 200);
        let notifications =
            |offender: &str| service.get(&inspector(), &format!("/v1/offenders/{offender}/notifications")).refs().len();
        assert_eq!((notifications("n-1"), notifications("n-2")), (1, 0));
    });
}

#[test]
fn whoever_is_shut_out_by_either_record_is_shut_out_of_the_case() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        let restriction = |only: &[&str]| json!({"restricted_to": only, "excluded": [], "reason": "invented"});
        let path = |offender: &str| format!("/v1/offenders/{offender}/access-restriction");
        let restricted = service.act(&inspector(), &path("n-2"), None, &restriction(&["om-n2", "di"]));
        assert_eq!(restricted.status, 200, "{}", restricted.text);
        assert_eq!(
            merge(&service, &supervisor(), "n-1", "n-2").code(),
            "unknown_reference",
            "she may not see the other"
        );
        let made = merged(&merge(&service, &inspector(), "n-1", "n-2"));
        evaluate(store);
        for hidden_from in [supervisor(), manager(), other_inspector()] {
            for path in ["/v1/offenders/n-1", "/v1/offenders/n-2", made.0.as_str(), "/v1/visits/v-1", MERGES] {
                assert_eq!(service.get(&hidden_from, path).code(), "not_found", "{path}");
            }
            assert!(!refs(&service, &hidden_from, "").contains("n-"));
            let flags = service.get(&hidden_from, "/v1/flags?limit=200").text;
            assert!(!flags.contains("\"n-1\"") && !flags.contains("\"n-2\""), "{flags}");
        }
        let register =
            |reader: &Grants| service.get(reader, "/v1/dashboards/team/north").json()["register"]["size"].clone();
        assert_eq!((register(&supervisor()), register(&inspector())), (json!(0), json!(1)));
        assert_eq!(service.get(&inspector(), "/v1/offenders/n-1").status, 200);

        // What is decided on the case is decided on each of its records.
        let both = service.act(&inspector(), &path("n-1"), None, &restriction(&["om-n", "di"]));
        assert_eq!(both.status, 200, "{}", both.text);
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1").status, 200);
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-1").status, 404);

        assert_eq!(undo(&service, &inspector(), &made).status, 200);
        assert_eq!(service.get(&supervisor(), "/v1/offenders/n-2").code(), "not_found");
    });
}

#[test]
fn a_merge_that_was_undone_is_told_to_nobody_who_does_not_see_both_sides() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        let made = merged(&merge(&service, &inspector(), "n-1", "s-1"));
        assert_eq!(service.get(&supervisor(), &made.0).status, 200, "while it stands it is one case");
        assert_eq!(
            service.get(&other_supervisor(), "/v1/offenders/s-1").code(),
            "not_found",
            "and it is the kept one's team's"
        );
        assert_eq!(undo(&service, &inspector(), &made).status, 200);
        assert_eq!(service.get(&supervisor(), &made.0).code(), "not_found");
        assert!(service.get(&supervisor(), MERGES).refs().is_empty());
        let timeline = |reader: &Grants| service.get(reader, "/v1/offenders/n-1/timeline?limit=200").text;
        assert!(!timeline(&supervisor()).contains("s-1") && timeline(&inspector()).contains("s-1"));
        assert_eq!(service.get(&inspector(), MERGES).refs().len(), 1);
    });
}

#[test]
fn the_feed_merges_in_any_order_and_tells_what_does_not_hold() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        let before = files(&service);
        // s-1 into n-2 and n-2 into n-1: the later comes first.
        let report = import(store, &lines(&[told("m-2", "2021-03-02T09:00:00Z", ("n-1", "n-2"), false)]));
        assert_eq!((report.accepted, report.faulty_merges.len()), (1, 0));
        import(store, &lines(&[told("m-1", "2021-03-01T09:00:00Z", ("n-2", "s-1"), false)]));
        assert_eq!(refs(&service, &inspector(), ""), "n-1");
        let file = service.get(&inspector(), "/v1/offenders/n-1").json();
        assert_eq!(of_items(&file["merged"]), ["n-2", "s-1"]);
        assert_eq!(of_items(&file["orders"]), ["o-1"]);
        assert_eq!(service.get(&inspector(), "/v1/offenders/s-1").json()["merged_into"], "n-1");

        let faulty = [
            told("m-3", "2021-03-03T09:00:00Z", ("s-1", "n-1"), false),
            told("m-4", "2021-03-03T09:00:00Z", ("n-1", "s-1"), false),
            told("m-5", "2021-03-03T09:00:00Z", ("nobody", "n-1"), false),
            told("m-6", "2021-03-03T09:00:00Z", ("n-1", "n-1"), false),
        ];
        let report = import(store, &lines(&faulty));
        assert_eq!((report.accepted, report.refused), (3, 1));
        assert_eq!(
            (report.errors[0].code.as_str(), report.errors[0].pointer.as_str()),
            ("merged_into_itself", "/data/merged_ref")
        );
        let faults: Vec<String> =
            report.faulty_merges.iter().map(|fault| format!("{}:{}", fault.merge_ref, fault.code)).collect();
        assert_eq!(faults, ["m-3:cycle", "m-4:merged_already", "m-5:kept_not_there"]);
        assert_eq!(refs(&service, &inspector(), ""), "n-1", "what does not hold changes nothing");

        let over = ["m-3", "m-4", "m-5"].map(|merge| deleted(merge, "2021-03-04T09:00:00Z"));
        assert_eq!(import(store, &lines(&over)).faulty_merges, []);
        import(store, &lines(&[told("m-2", "2021-03-05T09:00:00Z", ("n-1", "n-2"), true)]));
        assert_eq!(refs(&service, &inspector(), ""), "n-1 n-2");
        import(store, &lines(&[deleted("m-1", "2021-03-06T09:00:00Z")]));
        assert_eq!(files(&service), before);
    });
}

#[test]
fn a_merge_whose_kept_record_is_withdrawn_loses_nobody() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        import(store, &lines(&[told("m-1", "2021-03-01T09:00:00Z", ("n-1", "n-2"), false)]));
        assert_eq!(refs(&service, &supervisor(), ""), "n-1");
        let gone = json!({"specversion": "1.0", "id": "gone", "source": WESSEX, "type": "records.deleted.v1",
            "subject": "n-1", "time": "2021-03-02T09:00:00Z",
            "data": {"type": "records.offender.v1", "subject": "n-1", "reason": ""}});
        let report = import(store, &lines(&[gone]));
        assert_eq!(report.faulty_merges[0].code, "kept_not_there");
        assert_eq!(refs(&service, &supervisor(), ""), "n-2");
    });
}

#[test]
fn every_offender_is_in_one_bucket_still_and_the_register_has_no_merged_one() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        let register = |path: &str| service.get(&inspector(), path).json()["register"].clone();
        assert_eq!(register("/v1/dashboards/force")["size"], 3);
        merged(&merge(&service, &supervisor(), "n-1", "n-2"));
        let at_once = register("/v1/dashboards/force")["size"].clone();
        evaluate(store);
        for path in ["/v1/dashboards/force", "/v1/dashboards/team/north"] {
            let register = register(path);
            let buckets = register["buckets"].as_array().unwrap().iter();
            assert_eq!(buckets.map(|bucket| bucket["size"].as_u64().unwrap()).sum::<u64>(), register["size"]);
        }
        assert_eq!((at_once, register("/v1/dashboards/force")["size"].clone()), (json!(2), json!(2)));
        let flags = service.get(&inspector(), "/v1/flags?limit=200").json();
        assert!(flags["items"].as_array().unwrap().iter().all(|flag| flag["offender_ref"] != "n-2"));
    });
}

#[test]
fn own_merges_are_told_to_the_records_system_and_its_own_are_not() {
    on_both_databases(|store| {
        with_both(store);
        let service = run(store);
        import(store, &lines(&[told("m-1", "2021-03-01T09:00:00Z", ("n-1", "s-1"), false)]));
        let made = merged(&merge(&service, &supervisor(), "n-1", "n-2"));
        assert_eq!(undo(&service, &inspector(), &made).status, 200);
        let system = persona(Role::RecordsSystem, &[]);
        let told = service.get(&system, "/v1/events?type=mosovo.merge.v1").json();
        let told = told["items"].as_array().unwrap().clone();
        let acts: Vec<&Value> = told.iter().map(|event| &event["data"]["act"]).collect();
        assert_eq!(acts, [&json!("merge.decide"), &json!("merge.undo")]);
        let back = service.get(&system, told[0]["data"]["href"].as_str().unwrap()).json();
        assert_eq!((&back["record"]["merged_ref"], &back["record"]["undone"]), (&json!("n-2"), &json!(true)));
    });
}

#[test]
fn the_past_is_read_as_it_was_before_the_merge_and_the_hold_of_either_holds() {
    on_both_databases(|store| {
        with_both(store);
        let hold = json!({"ground": "litigation", "reason": "invented"});
        assert_eq!(run(store).act(&inspector(), "/v1/offenders/n-2/legal-holds", None, &hold).status, 201);
        learn(store, "2021-04-20T08:00:00Z", &lines(&[told("m-1", "2021-04-19T09:00:00Z", ("n-1", "n-2"), false)]));
        let service = run_at(store, "2021-04-21T08:00:00Z");
        let file = service.get(&manager(), "/v1/offenders/n-1").json();
        assert_eq!((&file["legal_hold"], of_items(&file["merged"])), (&json!(true), vec!["n-2"]));
        for sense in ["known_at", "true_at"] {
            let then = |offender: &str, at: &str| {
                service.get(&manager(), &format!("/v1/offenders/{offender}?{sense}={at}T08:00:00Z"))
            };
            assert_eq!(of_items(&then("n-1", "2021-04-16").json()["addresses"]), ["a-1"], "{sense}");
            assert_eq!(of_items(&then("n-2", "2021-04-16").json()["addresses"]), ["a-9"], "{sense}");
            assert_eq!(of_items(&then("n-1", "2021-04-21").json()["addresses"]), ["a-1", "a-9"], "{sense}");
            assert_eq!(then("n-2", "2021-04-21").code(), "merged", "{sense}");
        }
    });
}
