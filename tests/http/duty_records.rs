//! What makes and meets notification duties, as people enter it: notifications, notifiable changes, journeys, disposals.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::store::{audit, own_entry};
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{colleague, evaluate, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, run};
use crate::support::{import, on_both_databases};

const WESSEX: &str = "/records/wessex/invented";

fn laid_over(mut base: Value, over: &Value) -> Value {
    for (member, value) in over.as_object().unwrap() {
        base[member] = value.clone();
    }
    base
}

fn post(service: &Running, collection: &str, body: &Value) -> Reply {
    service.act(&manager(), &format!("/v1/offenders/n-1/{collection}"), None, body)
}

/// What was made: where it is, its version, itself.
fn made(reply: &Reply) -> (String, String, Value) {
    assert_eq!(reply.status, 201, "{}", reply.text);
    let header = |name: &str| reply.header(name).unwrap().to_owned();
    (header("location"), header("etag"), reply.json())
}

fn patch(service: &Running, who: &Grants, path: &str, version: Option<&str>, body: &Value) -> Reply {
    let token = format!("Bearer {}", service.token(who));
    let mut headers = vec![("authorization", token.as_str()), ("content-type", "application/json")];
    headers.extend(version.map(|version| ("if-match", version)));
    service.request("PATCH", path, &headers, body.to_string().as_bytes())
}

/// A change on the version that stands.
fn changed(service: &Running, path: &str, body: &Value) -> Reply {
    let read = service.get(&manager(), path);
    assert_eq!(read.status, 200, "{}", read.text);
    patch(service, &manager(), path, read.header("etag"), body)
}

fn reference(made: &Value) -> &str {
    made["ref"].as_str().unwrap()
}

fn case(service: &Running) -> Value {
    let reply = service.get(&manager(), "/v1/offenders/n-1/notification-duties");
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// The duties that a record set off: code, last day, state, by what it was met.
fn duties_of(service: &Running, record: &str) -> Vec<(String, Value, String, Value)> {
    let case = case(service);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = case["duties"].as_array().unwrap().iter().filter(|duty| duty["trigger"]["record_ref"] == record);
    all.map(|duty| (text(&duty["code"]), duty["last_day"].clone(), text(&duty["state"]), duty["met_by"].clone()))
        .collect()
}

fn expect(code: &str, last_day: &str, state: &str, met_by: &Value) -> (String, Value, String, Value) {
    (code.to_owned(), json!(last_day), state.to_owned(), met_by.clone())
}

/// Whose flags of that code hold.
fn flagged(service: &Running, code: &str) -> Vec<Value> {
    let flags = service.get(&supervisor(), &format!("/v1/flags?code={code}&limit=200")).json();
    flags["items"].as_array().unwrap().iter().map(|flag| flag["subject"].clone()).collect()
}

fn refused(reply: &Reply, code: &str, pointer: &str) {
    assert_eq!((reply.code().as_str(), reply.json()["pointer"].as_str()), (code, Some(pointer)), "{}", reply.text);
}

fn change(over: &Value) -> Value {
    laid_over(json!({"kind": "name_used", "occurred_on": "2021-04-10", "how_known": "visit"}), over)
}

fn notification(over: &Value) -> Value {
    laid_over(json!({"kind": "change", "notified_at": "2021-04-12T09:00:00Z"}), over)
}

#[test]
fn a_notification_meets_the_changes_that_it_covers_and_restarts_the_year_by_what_was_notified() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        assert!(flagged(&service, "periodic_notification_overdue").contains(&json!("n-1")));
        let (name_path, _, name) = made(&post(&service, "notifiable-changes", &change(&json!({"detail": "an alias"}))));
        let bank = json!({"kind": "bank_account_opened", "occurred_on": "2021-04-08"});
        let (_, _, bank) = made(&post(&service, "notifiable-changes", &change(&bank)));
        assert_eq!((&name["entered_by"], &name["known_on"]), (&json!("om-n"), &json!("2021-04-15")));
        let none = json!(null);
        assert_eq!(duties_of(&service, reference(&name)), [expect("name_used", "2021-04-12", "lapsed_since", &none)]);

        let covers = json!({"covers": [reference(&name), reference(&bank)]});
        let before = store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap();
        for (over, code, pointer) in [
            (json!({"notified_at": "2021-04-15T08:00:01Z"}), "not_acceptable", "/notified_at"),
            (json!({}), "not_acceptable", "/moves_periodic_date"),
            (json!({"covers": ["nothing"]}), "unknown_reference", "/covers/0"),
            (json!({"covers": [reference(&name), reference(&name)]}), "not_acceptable", "/covers/1"),
            (
                laid_over(covers.clone(), &json!({"moves_periodic_date": false})),
                "reason_needed",
                "/periodic_date_reason",
            ),
            (
                json!({"covers": [reference(&name)], "notified_at": "2021-04-09T09:00:00Z"}),
                "not_acceptable",
                "/covers/0",
            ),
            (json!({"covers": [reference(&name)], "provision": "SI 2012/1876"}), "not_acceptable", "/covers/0"),
            (json!({"kind": "travel", "covers": [reference(&name)]}), "not_acceptable", "/covers/0"),
            (json!({"kind": "rumour"}), "invalid_body", "/kind"),
            (json!({"detail": " "}), "invalid_body", "/detail"),
        ] {
            refused(&post(&service, "notifications", &notification(&over)), code, pointer);
        }
        let after = store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap();
        assert_eq!(before, after, "nothing of what was refused is kept");

        let token = format!("Bearer {}", service.token(&manager()));
        let headers =
            [("authorization", token.as_str()), ("content-type", "application/json"), ("idempotency-key", "told-1")];
        let body = notification(&covers).to_string();
        let told = service.request("POST", "/v1/offenders/n-1/notifications", &headers, body.as_bytes());
        let (path, etag, told) = made(&told);
        let again = service.request("POST", "/v1/offenders/n-1/notifications", &headers, body.as_bytes());
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
        assert_eq!(again.json(), told);
        assert_eq!((&told["moves_periodic_date"], &told["received_by"]), (&json!(true), &json!("om-n")));
        let met = json!(reference(&told));
        assert_eq!(duties_of(&service, reference(&name)), [expect("name_used", "2021-04-12", "met_on", &met)]);
        assert_eq!(duties_of(&service, reference(&bank)), [expect("bank_account", "2021-04-10", "met_late", &met)]);
        assert_eq!(
            duties_of(&service, reference(&told)),
            [expect("periodic_confirmation", "2022-04-12", "not_yet_due", &none)]
        );
        let read = service.get(&colleague(), &path);
        assert_eq!((read.status, read.header("etag"), read.json()), (200, Some(etag.as_str()), told.clone()));
        assert_eq!(service.get(&colleague(), "/v1/offenders/n-1/notifications").refs(), [reference(&told)]);
        evaluate(store);
        assert!(!flagged(&service, "periodic_notification_overdue").contains(&json!("n-1")));

        // What is covered already is not taken away silently.
        let second = post(&service, "notifications", &notification(&json!({"covers": [reference(&name)]})));
        refused(&second, "wrong_state", "/covers/0");
        let doubted = json!({"notification_ref": null, "notification_reason": "it told of another name"});
        assert_eq!(changed(&service, &name_path, &doubted).status, 200);
        assert_eq!(duties_of(&service, reference(&name)), [expect("name_used", "2021-04-12", "lapsed_since", &none)]);

        // The usual choice, and another with its reason.
        let (_, _, travel) = made(&post(&service, "notifications", &notification(&json!({"kind": "travel"}))));
        assert_eq!(travel["moves_periodic_date"], false);
        let chosen =
            json!({"kind": "travel", "moves_periodic_date": true, "periodic_date_reason": "all of it given again"});
        let (_, _, chosen) = made(&post(&service, "notifications", &notification(&chosen)));
        assert_eq!(
            (&chosen["moves_periodic_date"], &chosen["periodic_date_reason"]),
            (&json!(true), &json!("all of it given again"))
        );
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let acts = |act: &str| recorded.iter().filter(|entry| entry.act == act).count();
        assert_eq!(
            (acts("notification.receive"), acts("notifiable_change.enter"), acts("notifiable_change.change")),
            (3, 2, 1)
        );
        assert!(!recorded.iter().any(|entry| entry.detail.to_string().contains("alias")), "no case text in the audit");
    });
}

#[test]
fn what_was_notified_in_advance_happens_or_is_said_not_to_have() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let advance = json!({"notified_at": "2021-04-01T09:00:00Z", "expected_on": "2021-04-09"});
        let expected = change(&json!({"kind": "home_address_changed", "occurred_on": null, "advance": advance}));
        refused(&post(&service, "notifiable-changes", &expected), "invalid_body", "/occurred_on");
        let mut expected = expected;
        expected.as_object_mut().unwrap().remove("occurred_on");
        let (path, etag, made_it) = made(&post(&service, "notifiable-changes", &expected));
        let subject = reference(&made_it);
        let none = json!(null);
        let not_realised = |last: &str, state: &str| expect("advance_notice_not_realised", last, state, &none);
        assert_eq!(duties_of(&service, subject), [not_realised("2021-04-14", "lapsed_since")]);
        assert_eq!(patch(&service, &manager(), &path, None, &json!({"occurred_on": "2021-04-10"})).status, 428);
        let wrong = patch(&service, &manager(), &path, Some("\"1\""), &json!({"occurred_on": "2021-04-10"}));
        assert_eq!(wrong.code(), "precondition_failed");

        // It is said in time that it had not happened.
        let said =
            patch(&service, &manager(), &path, Some(&etag), &json!({"said_not_happened_at": "2021-04-14T10:00:00Z"}));
        assert_eq!(said.status, 200, "{}", said.text);
        assert_eq!(duties_of(&service, subject), [not_realised("2021-04-14", "met_on")]);
        let stale = patch(&service, &colleague(), &path, Some(&etag), &json!({"detail": "invented"}));
        assert_eq!(stale.code(), "precondition_failed", "on an older version");
        assert_eq!(stale.json()["changed"]["members"], json!(["advance"]));
        refused(
            &changed(&service, &path, &json!({"occurred_on": "2021-04-10"})),
            "not_acceptable",
            "/said_not_happened_at",
        );

        // That was a mistake: it happened within the days that the notice covers.
        let realised = json!({"said_not_happened_at": null, "occurred_on": "2021-04-10", "premises_ref": "a-1"});
        assert_eq!(changed(&service, &path, &realised).status, 200);
        let duties = duties_of(&service, subject);
        let codes: Vec<_> = duties.iter().map(|(code, _, state, _)| (code.as_str(), state.as_str())).collect();
        assert_eq!(codes, [("advance_notice_not_realised", "not_required"), ("home_address_changed", "met_on")]);

        // A notification of the day of the notice is that notice.
        let second =
            json!({"kind": "stay", "advance": {"notified_at": "2021-04-02T09:00:00Z", "expected_on": "2021-04-30"}});
        let mut second = change(&second);
        second.as_object_mut().unwrap().remove("occurred_on");
        let (second_path, _, second) = made(&post(&service, "notifiable-changes", &second));
        let told = |at: &str| notification(&json!({"notified_at": at, "covers": [reference(&second)]}));
        refused(&post(&service, "notifications", &told("2021-04-03T09:00:00Z")), "not_acceptable", "/covers/0");
        let (_, _, notice) = made(&post(&service, "notifications", &told("2021-04-02T11:00:00Z")));
        let linked = service.get(&manager(), &second_path).json();
        assert_eq!(linked["advance"]["notification_ref"], notice["ref"]);
        assert_eq!(linked["advance"]["notified_at"], "2021-04-02T11:00:00Z");
    });
}

#[test]
fn a_person_names_the_notification_that_covers_a_change_with_a_reason() {
    on_both_databases(|store| {
        set_up(store);
        let told = json!({"offender_ref": "n-1", "kind": "periodic", "notified_at": "2021-04-13T10:00:00Z",
            "moves_periodic_date": true});
        import(store, &lines(&[event(WESSEX, "notification", "fed", "2021-04-13T10:00:00Z", &told)]));
        let service = run(store);
        let (path, _, made_it) = made(&post(&service, "notifiable-changes", &change(&json!({"kind": "card_gained"}))));
        let subject = reference(&made_it);
        let may_be = &case(&service)["duties"];
        let duty = may_be.as_array().unwrap().iter().find(|duty| duty["trigger"]["record_ref"] == subject).unwrap();
        assert_eq!(
            (&duty["state"], &duty["may_be_met_by"]),
            (&json!("lapsed_since"), &json!(["fed"])),
            "shown, not taken"
        );
        let naming = json!({"notification_ref": "fed"});
        refused(&changed(&service, &path, &naming), "reason_needed", "/notification_reason");
        let unknown = json!({"notification_ref": "nothing", "notification_reason": "invented"});
        refused(&changed(&service, &path, &unknown), "unknown_reference", "/notification_ref");
        let earlier =
            json!({"occurred_on": "2021-04-14", "notification_ref": "fed", "notification_reason": "invented"});
        refused(&changed(&service, &path, &earlier), "not_acceptable", "/notification_ref");
        let found = laid_over(naming, &json!({"notification_reason": "the form lists the card"}));
        let reply = changed(&service, &path, &found);
        assert_eq!((reply.status, &reply.json()["notification_reason"]), (200, &json!("the form lists the card")));
        assert_eq!(duties_of(&service, subject), [expect("payment_card", "2021-04-12", "met_late", &json!("fed"))]);
        refused(&changed(&service, &path, &json!({"premises_ref": "a-1"})), "not_acceptable", "/premises_ref");
        let stay = change(&json!({"kind": "stay", "premises_ref": "nowhere"}));
        refused(&post(&service, "notifiable-changes", &stay), "unknown_reference", "/premises_ref");
        refused(&post(&service, "notifiable-changes", &change(&json!({"hours": 3}))), "not_acceptable", "/hours");
        assert_eq!(service.get(&manager(), "/v1/offenders/n-1/notifiable-changes").refs(), [subject]);
    });
}

#[test]
fn a_journey_is_notified_seven_days_before_and_its_return_within_three() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let journey = json!({"departs_on": "2021-04-05", "notified_at": "2021-03-30T09:00:00Z",
            "return_expected_on": "2021-04-12", "return_point": "Invented Airport"});
        refused(
            &post(
                &service,
                "foreign-travel",
                &laid_over(journey.clone(), &json!({"return_expected_on": "2021-04-04"})),
            ),
            "not_acceptable",
            "/return_expected_on",
        );
        let (path, _, made_it) = made(&post(&service, "foreign-travel", &journey));
        let subject = reference(&made_it);
        let none = json!(null);
        assert_eq!(duties_of(&service, subject), [expect("travel_notice", "2021-03-29", "met_late", &none)]);
        let excused = changed(&service, &path, &json!({"late_notice_excuse": "a funeral, as the notice shows"}));
        assert_eq!(excused.status, 200, "{}", excused.text);
        assert_eq!(duties_of(&service, subject), [expect("travel_late_notice", "2021-04-04", "met_on", &none)]);
        refused(
            &changed(&service, &path, &json!({"return_notified_at": "2021-04-13T09:00:00Z"})),
            "not_acceptable",
            "/return_notified_at",
        );
        assert_eq!(changed(&service, &path, &json!({"returned_on": "2021-04-13"})).status, 200);
        assert_eq!(duties_of(&service, subject)[1], expect("return_to_uk", "2021-04-15", "due", &none));
        let as_notified = json!({"returned_on": "2021-04-12", "returned_at_point_notified": true});
        assert_eq!(changed(&service, &path, &as_notified).status, 200);
        assert_eq!(duties_of(&service, subject)[1].2, "not_required");
        let given_up = json!({"returned_on": null, "returned_at_point_notified": null, "cancelled_on": "2021-04-04"});
        assert_eq!(changed(&service, &path, &given_up).status, 200);
        assert_eq!(duties_of(&service, subject), []);
        assert_eq!(patch(&service, &manager(), &path, None, &given_up).status, 428);
        refused(&changed(&service, &path, &json!({"departs_on": "5 April"})), "invalid_body", "/departs_on");
        refused(&changed(&service, &path, &json!({"colour": "red"})), "unknown_member", "/colour");
        assert_eq!(service.get(&colleague(), "/v1/offenders/n-1/foreign-travel").refs(), [subject]);
    });
}

#[test]
fn how_long_notification_lasts_follows_from_the_disposal_and_is_put_right_with_a_reason() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let sentence = json!({"kind": "imprisonment", "terms": [{"months": 12}, {"months": 12, "consecutive": true}]});
        let body = json!({"basis": "conviction", "sentence": sentence, "relevant_date": "2015-01-01",
            "under_18_at_relevant_date": false});
        for (over, code, pointer) in [
            (json!({"basis": "caution"}), "not_acceptable", "/sentence"),
            (json!({"relevant_date": "2021-04-16"}), "not_acceptable", "/relevant_date"),
            (json!({"under_18_at_relevant_date": true}), "not_acceptable", "/under_18_at_relevant_date"),
            (json!({"sentence": {"kind": "imprisonment", "terms": [{"month": 12}]}}), "unknown_member", "/sentence"),
        ] {
            let reply = post(&service, "disposals", &laid_over(body.clone(), &over));
            assert_eq!(reply.code(), code, "{}", reply.text);
            assert!(reply.json()["pointer"].as_str().unwrap().starts_with(pointer), "{}", reply.text);
        }
        let (path, _, disposal) = made(&post(&service, "disposals", &body));
        let lasts = |service: &Running| case(service)["end_of_notification"]["by_disposal"].clone();
        assert!(lasts(&service).to_string().contains("2024-12-31"), "ten years: {}", lasts(&service));
        assert_eq!(changed(&service, &path, &json!({"sentence": {"kind": "other"}})).code(), "invalid_body");
        let right =
            json!({"sentence": {"kind": "imprisonment", "terms": [{"months": 30}]}, "reason": "the court's record"});
        let reply = changed(&service, &path, &right);
        assert_eq!((reply.status, &reply.json()["reason"]), (200, &json!("the court's record")));
        assert!(lasts(&service).to_string().contains("indefinite"), "{}", lasts(&service));

        // An application for the review of an indefinite period, and its determination.
        let decided = |reason: Value| {
            json!({"review_applications": [{"received_on": "2021-01-04", "decided_on": "2021-03-01", "refused": true,
                "reason": reason}], "first_notified_on": "2005-02-01", "reason": "the application"})
        };
        refused(&changed(&service, &path, &decided(json!(null))), "reason_needed", "/review_applications/0/reason");
        let without =
            json!({"review_applications": [{"received_on": "2021-01-04", "decided_on": "2021-03-01"}], "reason": "x"});
        refused(&changed(&service, &path, &without), "reason_needed", "/review_applications/0/reason");
        assert_eq!(changed(&service, &path, &decided(json!("risk is not met"))).status, 200);
        assert_eq!(case(&service)["review"]["eligible_from"], "2029-03-01", "{}", case(&service)["review"]);
        assert_eq!(service.get(&colleague(), "/v1/offenders/n-1/disposals").refs(), [reference(&disposal)]);
    });
}

#[test]
fn what_is_out_of_scope_is_not_found_and_that_goes_on_record() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (change_path, change_tag, _) = made(&post(&service, "notifiable-changes", &change(&json!({}))));
        let (travel_path, travel_tag, _) =
            made(&post(&service, "foreign-travel", &json!({"departs_on": "2021-05-05"})));
        let stranger = other_supervisor();
        let before = store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap();
        for (path, tag) in [(&change_path, &change_tag), (&travel_path, &travel_tag)] {
            assert_eq!(service.get(&stranger, path).code(), "not_found");
            assert_eq!(patch(&service, &stranger, path, Some(tag), &json!({})).code(), "not_found");
        }
        for (collection, body) in [
            ("notifiable-changes", change(&json!({}))),
            ("foreign-travel", json!({"departs_on": "2021-05-05"})),
            ("notifications", notification(&json!({"kind": "periodic"}))),
            (
                "disposals",
                json!({"basis": "caution", "sentence": {"kind": "caution"}, "relevant_date": "2020-01-01",
                "under_18_at_relevant_date": false}),
            ),
        ] {
            let path = format!("/v1/offenders/n-1/{collection}");
            assert_eq!(service.get(&stranger, &path).code(), "not_found");
            assert_eq!(service.act(&stranger, &path, None, &body).code(), "not_found");
        }
        let after = store.transaction(|connection| own_entry::count(connection, "wessex")).unwrap();
        assert_eq!(before, after);
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert_eq!(recorded.iter().filter(|entry| entry.act == "access.refused").count(), 12);
    });
}
