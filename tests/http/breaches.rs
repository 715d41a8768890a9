//! Breaches: entered or suspected, confirmed or discounted, recorded as a crime, investigated and decided on.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines};
use crate::support::casework::{
    colleague, evaluate, evaluate_at, inspector, manager, other_supervisor, set_up, supervisor,
};
use crate::support::http::{Reply, Running, run, run_at};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";

fn order(subject: &str, kind: &str, ends_on: Option<&str>) -> Value {
    let data = json!({"offender_ref": "n-1", "kind": kind, "made_on": "2019-01-01", "ends_on": ends_on,
        "conditions": []});
    event(WESSEX, "order", subject, RECORDED, &data)
}

/// n-1 with an order of several kinds.
fn with_orders(store: &Store) {
    set_up(store);
    let orders = [order("shpo", "shpo", None), order("sopo", "sopo", Some("2020-06-01")), order("rsho", "rsho", None)];
    import(store, &lines(&orders));
}

fn entering(change: &Value) -> Value {
    let mut body = json!({"state": "confirmed", "provision": "s.91", "first_failure_on": "2021-04-01",
        "discovered_at": "2021-04-14T09:00:00Z", "source": "visit", "summary": "invented"});
    for (member, value) in change.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

fn enter(service: &Running, change: &Value) -> Reply {
    service.act(&manager(), "/v1/offenders/n-1/breaches", None, &entering(change))
}

/// The reference and the version of what was made.
fn made(reply: &Reply) -> (String, String) {
    assert_eq!(reply.status, 201, "{}", reply.text);
    (reply.header("location").unwrap().to_owned(), reply.header("etag").unwrap().to_owned())
}

/// The references of the flags of a code that a supervisor sees.
fn flagged(service: &Running, code: &str) -> Vec<String> {
    let flags = service.get(&supervisor(), &format!("/v1/flags?code={code}&limit=200")).json();
    let of = |flag: &Value| flag["subject"].as_str().unwrap().to_owned();
    flags["items"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn a_breach_is_entered_under_the_provision_that_fits_its_order_and_in_the_order_of_its_dates() {
    on_both_databases(|store| {
        with_orders(store);
        let service = run(store);
        for (change, code, pointer) in [
            (json!({"provision": "s.103I"}), "not_acceptable", "/order_ref"),
            (json!({"provision": "s.103I", "order_ref": "nothing"}), "unknown_reference", "/order_ref"),
            (json!({"provision": "s.103I", "order_ref": "o-1"}), "unknown_reference", "/order_ref"),
            (json!({"provision": "s.103I", "order_ref": "rsho"}), "not_acceptable", "/order_ref"),
            (json!({"provision": "s.113", "order_ref": "sopo"}), "not_acceptable", "/order_ref"),
            (json!({"order_ref": "shpo"}), "not_acceptable", "/order_ref"),
            (json!({"provision": "s.92"}), "invalid_body", "/provision"),
            (json!({"discovered_at": "2021-04-15T08:00:01Z"}), "not_acceptable", "/discovered_at"),
            (json!({"discovered_at": "2021-04-14T09:00:00"}), "invalid_body", "/discovered_at"),
            (json!({"first_failure_on": "2021-04-15"}), "not_acceptable", "/first_failure_on"),
            (json!({"children": ["Child A"]}), "not_acceptable", "/children"),
            (json!({"summary": " "}), "invalid_body", "/summary"),
            (json!({"state": "discounted"}), "invalid_body", "/state"),
        ] {
            let reply = enter(&service, &change);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{change}");
        }
        for change in [
            json!({}),
            json!({"provision": "s.103I", "order_ref": "shpo", "shows_child_contact": true, "children": ["Child A"]}),
            json!({"provision": "s.113", "order_ref": "sopo", "first_failure_on": "2020-06-01"}),
            json!({"provision": "s.128", "order_ref": "rsho"}),
            json!({"provision": "s.122H", "order_ref": "rsho", "state": "suspected"}),
        ] {
            let (location, etag) = made(&enter(&service, &change));
            let read = service.get(&supervisor(), &location);
            assert_eq!((read.status, read.header("etag")), (200, Some(etag.as_str())), "{}", read.text);
            assert_eq!((&read.json()["entered_by"], &read.json()["source"]), (&json!("om-n"), &json!("visit")));
        }
        let listed = service.get(&manager(), "/v1/offenders/n-1/breaches").json();
        let by_people = listed["items"].as_array().unwrap().iter().filter(|it| it["entered_by"] == "om-n").count();
        assert_eq!(by_people, 5);
    });
}

#[test]
fn a_suspected_breach_counts_once_a_person_confirms_it_and_only_a_supervisor_discounts_it() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let suspected = json!({"state": "suspected", "discovered_at": "2021-04-13T09:00:00Z"});
        let (path, etag) = made(&enter(&service, &suspected));
        let subject = path.trim_start_matches("/v1/breaches/").to_owned();
        evaluate(store);
        assert!(!flagged(&service, "breach_without_crime_report").contains(&subject));
        assert!(flagged(&service, "suspected_breach_undecided").contains(&subject));
        assert_eq!(service.get(&manager(), &format!("{path}/obligations")).json()["obligations"], json!([]));
        let why = json!({"rationale": "invented"});
        let act =
            |who: &Grants, verb: &str, etag: Option<&str>| service.act(who, &format!("{path}/{verb}"), etag, &why);
        assert_eq!(act(&manager(), "discount", Some(&etag)).code(), "forbidden");
        assert_eq!(act(&supervisor(), "discount", None).code(), "precondition_required");
        let discounted = act(&supervisor(), "discount", Some(&etag));
        assert_eq!((discounted.status, &discounted.json()["state"]), (200, &json!("discounted")));
        assert_eq!(discounted.json()["judgement"]["decided_by"], "sup-n");
        let late = act(&manager(), "confirm", Some(&etag));
        assert_eq!(late.code(), "not_qualified", "what a supervisor discounted");
        assert_eq!(act(&supervisor(), "confirm", Some(&etag)).code(), "precondition_failed");
        let confirmed = act(&supervisor(), "confirm", discounted.header("etag"));
        assert_eq!((confirmed.status, &confirmed.json()["state"]), (200, &Value::Null), "{}", confirmed.text);
        assert_eq!(act(&supervisor(), "discount", confirmed.header("etag")).code(), "wrong_state");
        evaluate(store);
        assert!(flagged(&service, "breach_without_crime_report").contains(&subject), "since the discovery");
        assert!(!flagged(&service, "suspected_breach_undecided").contains(&subject));
    });
}

#[test]
fn a_cancelled_crime_report_leaves_the_breach_without_one_again() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (path, etag) = made(&enter(&service, &json!({"discovered_at": "2021-04-13T09:00:00Z"})));
        let subject = path.trim_start_matches("/v1/breaches/").to_owned();
        let report = |etag: &str, number: &str| {
            let body = json!({"crime_ref": number, "recorded_at": "2021-04-13T12:00:00Z"});
            service.act(&manager(), &format!("{path}/crime-report"), Some(etag), &body)
        };
        let cancel = |who: &Grants, etag: &str, at: &str| {
            let body = json!({"cancelled_at": at, "reason": "invented"});
            service.act(who, &format!("{path}/crime-report/cancel"), Some(etag), &body)
        };
        let is_flagged = || {
            evaluate(store);
            flagged(&service, "breach_without_crime_report").contains(&subject)
        };
        assert!(is_flagged());
        assert_eq!(cancel(&supervisor(), &etag, "2021-04-14T12:00:00Z").code(), "wrong_state");
        let recorded = report(&etag, "INV/1");
        assert_eq!(recorded.status, 200, "{}", recorded.text);
        assert!(!is_flagged());
        let etag = recorded.header("etag").unwrap();
        assert_eq!(report(etag, "INV/2").code(), "wrong_state");
        assert_eq!(cancel(&manager(), etag, "2021-04-14T12:00:00Z").code(), "forbidden");
        assert_eq!(cancel(&supervisor(), etag, "2021-04-13T11:59:59Z").code(), "not_acceptable");
        let cancelled = cancel(&supervisor(), etag, "2021-04-14T12:00:00Z");
        assert_eq!(cancelled.status, 200, "{}", cancelled.text);
        assert!(is_flagged());
        let etag = cancelled.header("etag").unwrap();
        assert_eq!(report(etag, "INV/1").code(), "not_acceptable");
        assert_eq!(report(etag, "INV/2").status, 200);
        assert!(!is_flagged());
    });
}

#[test]
fn what_is_investigated_has_a_day_and_what_is_not_a_reason() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (path, etag) = made(&enter(&service, &json!({})));
        let step = |body: &Value| service.act(&manager(), &format!("{path}/investigative-step"), Some(&etag), body);
        for (body, code, pointer) in [
            (json!({"kind": "none"}), "reason_needed", "/rationale"),
            (json!({"kind": "none", "rationale": "why", "due_on": "2021-04-20"}), "not_acceptable", "/kind"),
            (json!({"kind": "arrest"}), "not_acceptable", "/due_on"),
            (json!({"kind": "arrest", "due_on": "2021-04-20", "done_on": "2021-04-16"}), "not_acceptable", "/done_on"),
            (json!({"kind": "caution"}), "invalid_body", "/kind"),
        ] {
            let reply = step(&body);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{body}");
        }
        assert_eq!(step(&json!({"kind": "voluntary_interview", "due_on": "2021-04-20"})).status, 200);
        let obliged = service.get(&manager(), &format!("{path}/obligations")).json();
        let told: Vec<_> = obliged["obligations"].as_array().unwrap().iter().map(|it| &it["obligation"]).collect();
        assert_eq!(told, ["crime_report", "investigative_step", "decision", "risk_review", "plan_review"]);
        assert_eq!(
            (&obliged["obligations"][1]["due"], &obliged["obligations"][1]["done"]),
            (&json!("2021-04-20"), &json!(false))
        );
    });
}

#[test]
fn everything_but_a_charge_is_a_supervisors_decision() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let decide = |who: &Grants, kind: &str| {
            let (path, etag) = made(&enter(&service, &json!({})));
            let body = json!({"kind": kind, "rationale": "invented"});
            service.act(who, &format!("{path}/decision"), Some(&etag), &body)
        };
        for kind in ["caution", "out_of_court", "words_of_advice", "no_further_action", "no_crime"] {
            assert_eq!(decide(&manager(), kind).code(), "not_qualified", "{kind}");
            let decided = decide(&supervisor(), kind);
            assert_eq!((decided.status, &decided.json()["decision"]["decided_by"]), (200, &json!("sup-n")), "{kind}");
        }
        assert_eq!(decide(&manager(), "charge").status, 200);
        assert_eq!(decide(&inspector(), "no_crime").json()["decision"]["decided_by"], "di");
        let (path, etag) = made(&enter(&service, &json!({"state": "suspected"})));
        let body = json!({"kind": "charge", "rationale": "invented"});
        assert_eq!(service.act(&manager(), &format!("{path}/decision"), Some(&etag), &body).code(), "wrong_state");
    });
}

#[test]
fn another_teams_breach_is_as_unknown_as_one_that_there_is_not() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (_, version) = made(&enter(&service, &json!({})));
        let refused = || {
            let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
            entries.iter().filter(|entry| entry.act == "access.refused").count()
        };
        let mut before = refused();
        for subject in ["b-1", "b-9"] {
            for path in ["", "/obligations"] {
                assert_eq!(service.get(&supervisor(), &format!("/v1/breaches/{subject}{path}")).code(), "not_found");
                assert_eq!(refused(), before + 1, "{subject}{path}");
                before += 1;
            }
            for (verb, body) in [
                ("confirm", json!({"rationale": "x"})),
                ("discount", json!({"rationale": "x"})),
                ("investigative-step", json!({"kind": "none", "rationale": "x"})),
                ("crime-report", json!({"crime_ref": "C", "recorded_at": "2021-04-14T09:00:00Z"})),
                ("crime-report/cancel", json!({"cancelled_at": "2021-04-14T09:00:00Z", "reason": "x"})),
                ("decision", json!({"kind": "charge", "rationale": "x"})),
            ] {
                let path = format!("/v1/breaches/{subject}/{verb}");
                assert_eq!(service.act(&supervisor(), &path, Some(&version), &body).code(), "not_found", "{path}");
                assert_eq!(refused(), before + 1, "{path}");
                before += 1;
            }
        }
        let elsewhere = service.act(&other_supervisor(), "/v1/offenders/n-1/breaches", None, &entering(&json!({})));
        assert_eq!(elsewhere.code(), "not_found");
        assert_eq!(service.get(&other_supervisor(), "/v1/offenders/n-1/breaches").code(), "not_found");
        assert_eq!(service.get(&other_supervisor(), "/v1/breaches/b-1").status, 200);
    });
}

fn notified(on: &str) -> Value {
    let data = json!({"offender_ref": "n-1", "kind": "periodic", "notified_at": format!("{on}T10:00:00Z"),
        "moves_periodic_date": true});
    event(WESSEX, "notification", &format!("nt-{on}"), RECORDED, &data)
}

/// The breaches of n-1 that the service suspected by itself: reference, state, last day of the duty.
fn suspected(service: &Running) -> Vec<(String, String, String)> {
    let listed = service.get(&colleague(), "/v1/offenders/n-1/breaches").json();
    let text = |value: &Value| value.as_str().unwrap_or("confirmed").to_owned();
    let all = listed["items"].as_array().unwrap().iter();
    let by_service = all.filter(|it| it["suspicion"].is_object());
    by_service.map(|it| (text(&it["ref"]), text(&it["state"]), text(&it["suspicion"]["due_on"]))).collect()
}

#[test]
fn a_lapse_is_suspected_once_also_after_it_was_discounted_and_a_new_one_anew() {
    on_both_databases(|store| {
        import(store, &notified("2020-04-14").to_string());
        set_up(store);
        let service = run(store);
        let first = suspected(&service);
        assert_eq!(first.len(), 1);
        assert_eq!((first[0].1.as_str(), first[0].2.as_str()), ("suspected", "2021-04-14"));
        let read = service.get(&manager(), &format!("/v1/breaches/{}", first[0].0));
        let breach = read.json();
        assert_eq!((&breach["first_failure_on"], &breach["provision"]), (&json!("2021-04-15"), &json!("s.91")));
        assert_eq!((&breach["discovered_at"], &breach["entered_by"]), (&json!("2021-04-15T08:00:00Z"), &Value::Null));
        evaluate(store);
        assert_eq!(suspected(&service), first, "the same lapse");
        let path = format!("/v1/breaches/{}/discount", first[0].0);
        let why = json!({"rationale": "in hospital, as the ward says"});
        assert_eq!(service.act(&supervisor(), &path, read.header("etag"), &why).status, 200);
        evaluate(store);
        let discounted = suspected(&service);
        assert_eq!((discounted.len(), discounted[0].1.as_str()), (1, "discounted"));
        import(store, &notified("2021-04-14").to_string());
        evaluate_at(store, "2022-04-14T09:00:00Z");
        assert_eq!(suspected(&service).len(), 1, "due that day");
        evaluate_at(store, "2022-04-15T09:00:00Z");
        let later = run_at(store, "2022-04-15T09:00:00Z");
        let due: Vec<String> = suspected(&later).into_iter().map(|(.., due)| due).collect();
        assert_eq!((due.len(), due.contains(&"2022-04-14".to_owned())), (2, true));
        let filed = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let filed: Vec<_> = filed.iter().filter(|entry| entry.act == "breach.suspect").collect();
        assert!(filed.iter().all(|entry| entry.actor == "operator"));
        assert_eq!(filed.len(), 2);
    });
}

#[test]
fn what_the_records_system_says_later_of_a_breach_leaves_what_was_entered_here() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let breach = |time: &str, summary: &str| {
            let data = json!({"offender_ref": "n-1", "kind": "notification", "provision": "SOA 2003 s.91",
                "summary": summary, "first_failure_on": "2021-03-01", "discovered_at": "2021-03-02T10:00:00Z"});
            event(WESSEX, "breach", "b-n", time, &data).to_string()
        };
        import(store, &breach("2021-03-03T09:00:00Z", "first"));
        let read = service.get(&manager(), "/v1/breaches/b-n");
        assert_eq!(read.json()["state"], Value::Null, "the feed's are confirmed");
        let step = json!({"kind": "other", "rationale": "invented", "due_on": "2021-04-20"});
        let path = "/v1/breaches/b-n/investigative-step";
        assert_eq!(service.act(&manager(), path, read.header("etag"), &step).status, 200);
        import(store, &breach("2021-03-04T09:00:00Z", "second"));
        let stands = service.get(&manager(), "/v1/breaches/b-n").json();
        assert_eq!((&stands["summary"], &stands["investigative_step"]["kind"]), (&json!("second"), &json!("other")));
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1/conflicts").json()["items"], json!([]));
    });
}
