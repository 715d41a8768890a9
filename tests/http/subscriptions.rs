//! Whoever subscribes is told by signed webhooks, of each record's events in their order, through failures of the receiver and its long absence.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::subscriptions::Webhooks;
use mosovo_visits::casework::subscriptions::deliver::{Delivered, deliver};
use mosovo_visits::casework::subscriptions::key::WebhookKeys;
use mosovo_visits::casework::subscriptions::post::Line;
use mosovo_visits::domain::calendar::Instant;
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};
use ureq::tls::RootCerts;

use crate::support::casework::{manager, set_up};
use crate::support::http::{Reply, Running, of_force, persona, run, webhooks};
use crate::support::on_both_databases;
use crate::support::receiver::{Received, Receiver};

fn administrator() -> Grants {
    persona(Role::Administrator, &[])
}

fn now() -> Instant {
    "2021-04-15T08:00:00Z".parse().unwrap()
}

/// Delivers what is due so many seconds after the scenario's instant.
fn delivered(store: &Store, seconds: i64) -> Delivered {
    let clock = Clock::FixedAt(now() + TimeDelta::seconds(seconds));
    deliver(store, clock, &webhooks(), &|| true).unwrap()
}

fn subscribe(service: &Running, receiver: &Receiver, types: &[&str]) -> Value {
    let body = json!({ "name": "invented", "url": receiver.url(), "event_types": types });
    let made = service.act(&administrator(), "/v1/subscriptions", None, &body);
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()
}

fn read(service: &Running, subscription: &Value) -> Reply {
    service.get(&administrator(), &format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap()))
}

fn act(service: &Running, subscription: &Value, act: &str) -> Reply {
    let (read, id) = (read(service, subscription), subscription["id"].as_str().unwrap());
    service.act(&administrator(), &format!("/v1/subscriptions/{id}/{act}"), read.header("etag"), &json!({}))
}

fn again(service: &Running, subscription: &Value, act: &str, body: &Value) -> Value {
    let id = subscription["id"].as_str().unwrap();
    service.act(&administrator(), &format!("/v1/subscriptions/{id}/{act}"), None, body).json()["events"].clone()
}

/// Enters a confirmed breach, of which two events tell.
fn breach(service: &Running) -> String {
    let body = json!({
        "state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": "2021-04-01",
        "discovered_at": "2021-04-15T07:00:00Z", "summary": "an invented alias, not notified",
    });
    let reply = service.act(&manager(), "/v1/offenders/n-1/breaches", None, &body);
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["ref"].as_str().unwrap().to_owned()
}

fn sequences(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| one.event()["sequence"].as_str().unwrap().to_owned()).collect()
}

fn counts(service: &Running, subscription: &Value) -> [i64; 3] {
    let read = read(service, subscription).json();
    ["waiting", "delivered", "dead"].map(|member| read[member].as_i64().unwrap())
}

#[test]
fn a_subscriber_is_told_by_signed_webhooks_of_what_it_asked_for() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        breach(&service);
        let subscription = subscribe(&service, &receiver, &["mosovo.breach.v1"]);
        let secret = subscription["secret"].as_str().unwrap();
        assert!(read(&service, &subscription).json().get("secret").is_none(), "a key is shown once");
        assert_eq!(delivered(store, 0), Delivered::default(), "of what was before it is told nothing");
        breach(&service);
        assert_eq!(delivered(store, 0), Delivered { taken: 1, failed: 0, dead: 0 });
        let received = receiver.received();
        assert_eq!(sequences(&received), ["5"], "two breaches are suspected of the caseload itself");
        assert_eq!(received[0].header("content-type"), "application/cloudevents+json");
        assert_eq!(received[0].header("webhook-id"), received[0].event()["id"].as_str().unwrap());
        assert!(received[0].is_signed_with(secret) && !received[0].body.contains("alias"), "{received:?}");
        let listed = service.get(&persona(Role::RecordsSystem, &[]), "/v1/events?after=4&limit=1").json();
        assert_eq!(listed["items"][0], received[0].event());
        assert_eq!(delivered(store, 0), Delivered::default());

        // Another key: for a day both sign.
        let renewed = act(&service, &subscription, "new-key").json();
        let new = renewed["secret"].as_str().unwrap();
        breach(&service);
        delivered(store, 0);
        let both = receiver.received();
        assert!(both[0].is_signed_with(secret) && both[0].is_signed_with(new));
        breach(&service);
        delivered(store, 24 * 3_600);
        let one = receiver.received();
        assert!(!one[0].is_signed_with(secret) && one[0].is_signed_with(new));
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        assert!(!entries.iter().any(|entry| entry.detail.to_string().contains("whsec_")));
    });
}

#[test]
fn a_receiver_that_was_away_is_told_of_everything_in_order_as_soon_as_it_is_back() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        let subscription = subscribe(&service, &receiver, &[]);
        receiver.answer(|_| "503 Service Unavailable".to_owned());
        for _ in 0..5 {
            breach(&service);
        }
        assert_eq!(
            delivered(store, 0),
            Delivered { taken: 0, failed: 1, dead: 0 },
            "one attempt shows that it is not well"
        );
        assert!(read(&service, &subscription).json()["failing_since"].is_string());
        for seconds in [5, 20, 40, 3_600, 86_400] {
            delivered(store, seconds);
        }
        assert_eq!(counts(&service, &subscription), [10, 0, 0], "nothing is given up over that");
        assert_eq!(receiver.received().len(), 5, "it is looked at now and then");
        receiver.answer(|_| "200 OK".to_owned());
        assert_eq!(delivered(store, 86_460), Delivered { taken: 10, failed: 0, dead: 0 });
        let received = receiver.received();
        for one in &received {
            let record = &one.event()["subject"];
            let of_record: Vec<i64> = received
                .iter()
                .filter(|other| other.event()["subject"] == *record)
                .map(|other| other.event()["sequence"].as_str().unwrap().parse().unwrap())
                .collect();
            assert!(of_record.is_sorted() && of_record.len() == 2, "{of_record:?}");
        }
        let read = read(&service, &subscription).json();
        assert_eq!((&read["failing_since"], &read["waiting_since"]), (&Value::Null, &Value::Null));
    });
}

#[test]
fn an_event_that_is_never_taken_is_given_up_and_holds_up_its_own_record_alone() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        let subscription = subscribe(&service, &receiver, &[]);
        let poison = breach(&service);
        let is_poison = format!("breach/{poison}");
        receiver.answer(move |it| {
            let refused = it.event()["subject"] == is_poison && it.event()["type"] == "mosovo.breach.v1";
            if refused { "400 Bad Request" } else { "200 OK" }.to_owned()
        });
        breach(&service);
        assert_eq!(delivered(store, 0), Delivered { taken: 2, failed: 1, dead: 0 });
        assert_eq!(sequences(&receiver.received()), ["3", "5", "6"]);
        let mut seconds = 0;
        while counts(&service, &subscription)[2] == 0 {
            seconds += 15_000;
            delivered(store, seconds);
        }
        assert_eq!(counts(&service, &subscription), [0, 3, 1], "its record's next went out then");
        let id = subscription["id"].as_str().unwrap();
        let letters = service.get(&administrator(), &format!("/v1/subscriptions/{id}/dead-letters")).json();
        let letter = &letters["items"][0];
        assert_eq!(
            [&letter["sequence"], &letter["problem"], &letter["attempts"]],
            [&json!("3"), &json!("status_400"), &json!(20)]
        );
        // Mended, it is delivered again.
        receiver.answer(|_| "200 OK".to_owned());
        receiver.received();
        assert_eq!(again(&service, &subscription, "redrive", &json!({ "event_ids": [letter["event_id"]] })), 1);
        delivered(store, seconds);
        assert_eq!(
            (sequences(&receiver.received()), counts(&service, &subscription)),
            (vec!["3".to_owned()], [0, 4, 0])
        );
        assert_eq!(again(&service, &subscription, "replay", &json!({ "from": "2021-04-15T00:00:00Z" })), 6);
        delivered(store, seconds);
        let mut again = sequences(&receiver.received());
        assert!(
            again.iter().position(|it| it == "3") < again.iter().position(|it| it == "4"),
            "of one record: {again:?}"
        );
        again.sort_unstable();
        assert_eq!(again, ["1", "2", "3", "4", "5", "6"]);
    });
}

#[test]
fn one_slow_receiver_does_not_hold_up_the_others() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receivers) = (run(store), [Receiver::start(), Receiver::start(), Receiver::start()]);
        let subscriptions = receivers.each_ref().map(|receiver| subscribe(&service, receiver, &["mosovo.breach.v1"]));
        // Each answers once all have been asked, and not before: in turns none would ever be.
        let asked = Arc::new((Mutex::new(0), Condvar::new()));
        for receiver in &receivers {
            let asked = Arc::clone(&asked);
            receiver.answer(move |_| {
                let (count, changed) = &*asked;
                let mut count = count.lock().unwrap();
                *count += 1;
                changed.notify_all();
                let limit = Duration::from_secs(20);
                let waited = changed.wait_timeout_while(count, limit, |count| *count < 3).unwrap().1;
                if waited.timed_out() { "503 Service Unavailable" } else { "204 No Content" }.to_owned()
            });
        }
        breach(&service);
        let patient = Line::new(Duration::from_secs(30), RootCerts::WebPki);
        let webhooks = Webhooks::new(patient, WebhookKeys::of("a key of the tests' own, 32 or more"));
        let told = deliver(store, Clock::FixedAt(now()), &webhooks, &|| true).unwrap();
        assert_eq!(told, Delivered { taken: 3, failed: 0, dead: 0 });
        for subscription in &subscriptions {
            assert_eq!(counts(&service, subscription), [0, 1, 0]);
        }
    });
}

#[test]
fn events_at_which_a_receiver_fails_do_not_keep_the_others_from_it_and_are_given_up_after_days() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        let subscription = subscribe(&service, &receiver, &["mosovo.breach.v1"]);
        let poison = [breach(&service), breach(&service)].map(|subject| format!("breach/{subject}"));
        receiver.answer(move |it| {
            let fails = poison.iter().any(|subject| it.event()["subject"] == *subject);
            if fails { "500 Internal Server Error" } else { "200 OK" }.to_owned()
        });
        breach(&service);
        // One shows that it is not well, the other is the next look at it; with the third it takes one.
        let all: Vec<usize> = [0, 16, 32].into_iter().map(|seconds| delivered(store, seconds).taken).collect();
        assert_eq!((all, counts(&service, &subscription)), (vec![0, 0, 1], [2, 1, 0]));
        // While others are taken in between, the two are tried ever less often, and given up in the end.
        let (mut seconds, mut given_up) = (60, Vec::new());
        while given_up.len() < 2 {
            breach(&service);
            for _ in 0..4 {
                seconds += 3_600;
                given_up.extend(vec![seconds; delivered(store, seconds).dead]);
            }
        }
        assert!(given_up.iter().all(|seconds| *seconds > 86_400), "{given_up:?}");
        let [waiting, _, dead] = counts(&service, &subscription);
        assert_eq!((waiting, dead), (0, 2));
    });
}

#[test]
fn one_that_has_too_much_or_is_not_there_is_asked_again_and_no_attempt_counts() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        let subscription = subscribe(&service, &receiver, &["mosovo.breach.v1"]);
        breach(&service);
        let mut seconds = 0;
        for round in 0..30 {
            // Every other time it takes the newest, so that it is well again, and then has too much.
            let newest = format!("breach/{}", breach(&service));
            receiver.answer(move |it| {
                let takes = it.event()["subject"] == newest;
                if takes { "200 OK" } else { "429 Too Many Requests" }.to_owned()
            });
            for _ in 0..3 {
                seconds += 20;
                delivered(store, seconds);
            }
            assert_eq!(counts(&service, &subscription)[2], 0, "{round}");
        }
        receiver.answer(|_| "200 OK".to_owned());
        seconds += 20;
        delivered(store, seconds);
        let [waiting, delivered, dead] = counts(&service, &subscription);
        assert_eq!((waiting, delivered, dead), (0, 31, 0));
    });
}

#[test]
fn a_subscription_is_paused_resumed_and_ended_and_one_that_is_gone_is_paused() {
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        let subscription = subscribe(&service, &receiver, &["mosovo.breach.v1"]);
        assert_eq!(act(&service, &subscription, "resume").code(), "wrong_state");
        assert_eq!(act(&service, &subscription, "pause").json()["state"], "paused");
        breach(&service);
        assert_eq!((delivered(store, 0), counts(&service, &subscription)), (Delivered::default(), [1, 0, 0]));
        assert_eq!(act(&service, &subscription, "resume").json()["state"], "active");
        assert_eq!(delivered(store, 0).taken, 1);
        receiver.answer(|_| "410 Gone".to_owned());
        breach(&service);
        assert_eq!(delivered(store, 0), Delivered { taken: 0, failed: 1, dead: 1 });
        assert_eq!(read(&service, &subscription).json()["state"], "paused");
        assert_eq!(act(&service, &subscription, "end").json()["state"], "ended");
        breach(&service);
        assert_eq!(counts(&service, &subscription), [0, 1, 1]);
        assert_eq!(act(&service, &subscription, "new-key").code(), "wrong_state");

        let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
        assert_eq!(service.get(&of_force(administrator(), "dorset"), &path).code(), "not_found");
        for (url, types) in [("http://records.example/", json!([])), ("https://u:p@records.example/", json!([]))] {
            let body = json!({ "name": "invented", "url": url, "event_types": types });
            let refused = service.act(&administrator(), "/v1/subscriptions", None, &body);
            assert_eq!((refused.code().as_str(), &refused.json()["pointer"]), ("not_acceptable", &json!("/url")));
        }
        let body = json!({ "name": "invented", "url": receiver.url(), "event_types": ["mosovo.nothing.v1"] });
        let refused = service.act(&administrator(), "/v1/subscriptions", None, &body);
        assert_eq!((refused.code().as_str(), &refused.json()["pointer"]), ("invalid_body", &json!("/event_types/0")));
    });
}
