//! Lapses of the notification duties: suspected once, shown with what is known since, and asked for as at an instant.

use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::flags::force_file;
use mosovo_visits::casework::suspicions::suspicions_of_force;
use mosovo_visits::domain::notification_duty::NotificationRules;
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::store::own_entry::{NewEntry, OwnChange, append};
use mosovo_visits::store::{Store, audit};
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::casework::{evaluate, evaluate_at, inspector, manager, set_up, supervisor};
use crate::support::http::{Running, run, run_at};
use crate::support::{fixture, import, on_both_databases, scenario_clock};

const WESSEX: &str = "/records/wessex/invented";

fn notified(subject: &str, kind: &str, at: &str) -> Value {
    let data = json!({"offender_ref": "n-1", "kind": kind, "notified_at": at, "moves_periodic_date": true});
    event(WESSEX, "notification", subject, at, &data)
}

/// n-1, who notified first in 2015 and last on 14 April 2020.
fn lapsed(store: &Store) {
    let events =
        [notified("first", "initial", "2015-01-01T10:00:00Z"), notified("last", "periodic", "2020-04-14T10:00:00Z")];
    import(store, &lines(&events));
    set_up(store);
}

fn duties(service: &Running, query: &str) -> Value {
    let reply = service.get(&manager(), &format!("/v1/offenders/n-1/notification-duties{query}"));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

/// The suspicions on file: breach, state, whether what is known still shows the lapse.
fn filed(service: &Running) -> Vec<(String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let case = duties(service, "");
    let all = case["filed_suspicions"].as_array().unwrap().iter();
    all.map(|it| (text(&it["breach_ref"]), text(&it["state"]), it["still_holds"].as_bool().unwrap())).collect()
}

#[test]
fn a_lapse_is_filed_once_and_a_notification_that_arrives_late_is_shown_and_withdraws_nothing() {
    on_both_databases(|store| {
        lapsed(store);
        let service = run(store);
        let first = filed(&service);
        assert_eq!(first.iter().map(|it| (it.1.as_str(), it.2)).collect::<Vec<_>>(), [("suspected", true)]);
        let path = format!("/v1/breaches/{}", first[0].0);
        let suspicion = service.get(&supervisor(), &path).json()["suspicion"].clone();
        assert_eq!(
            suspicion,
            json!({"duty": "periodic_confirmation:last", "provision": "SOA 2003 s.85(1)", "fact": "notified",
                "fact_ref": "last", "triggered_on": "2020-04-14", "due_on": "2021-04-14"})
        );
        import(store, &lines(&[notified("late", "periodic", "2021-04-13T10:00:00Z")]));
        evaluate(store);
        let shown = duties(&service, "");
        assert_eq!(shown["suspected_breaches"], json!([]), "met in time after all");
        assert_eq!(filed(&service), [(first[0].0.clone(), "suspected".to_owned(), false)], "a person decides");
        assert_eq!(shown["filed_suspicions"][0]["duty"]["met_by"], "late");

        let read = service.get(&supervisor(), &path);
        let why = json!({"rationale": "the form was given in on the 13th, and reached the system late"});
        assert_eq!(service.act(&supervisor(), &format!("{path}/discount"), read.header("etag"), &why).status, 200);
        // The late record was another's: the lapse is there again, and was decided on.
        let withdrawn = json!({"type": "records.notification.v1", "subject": "late", "reason": "another's"});
        import(store, &lines(&[event(WESSEX, "deleted", "late", "2021-04-14T10:00:00Z", &withdrawn)]));
        evaluate(store);
        assert_eq!(filed(&service), [(first[0].0.clone(), "discounted".to_owned(), true)]);
        assert_eq!(duties(&service, "")["suspected_breaches"].as_array().unwrap().len(), 1);
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let suspecting: Vec<_> = recorded.iter().filter(|entry| entry.act == "breach.suspect").collect();
        assert_eq!((suspecting.len(), suspecting[0].actor.as_str()), (1, "operator"), "by whoever evaluated");
    });
}

#[test]
fn a_change_that_a_person_entered_is_suspected_and_no_longer_once_its_notification_is() {
    on_both_databases(|store| {
        lapsed(store);
        let service = run(store);
        let body = json!({"kind": "name_used", "occurred_on": "2021-04-10", "how_known": "police_enquiry"});
        let entered = service.act(&manager(), "/v1/offenders/n-1/notifiable-changes", None, &body);
        assert_eq!(entered.status, 201, "{}", entered.text);
        evaluate(store);
        evaluate(store);
        let keys: Vec<Value> = duties(&service, "")["filed_suspicions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["suspicion"]["provision"].clone())
            .collect();
        assert_eq!(keys.len(), 2, "{keys:?}");
        assert!(keys.contains(&json!("SOA 2003 s.84(1)(a)")));
        let told = json!({"kind": "change", "notified_at": "2021-04-11T09:00:00Z", "covers": [entered.json()["ref"]]});
        assert_eq!(service.act(&manager(), "/v1/offenders/n-1/notifications", None, &told).status, 201);
        evaluate(store);
        let mut holding: Vec<(bool, String)> = filed(&service).into_iter().map(|it| (it.2, it.1)).collect();
        holding.sort();
        let suspected = |holds: bool| (holds, "suspected".to_owned());
        assert_eq!(holding, [suspected(false), suspected(false)], "the notification restarts the year as well");
    });
}

#[test]
fn the_custody_that_a_person_enters_stops_the_clock() {
    on_both_databases(|store| {
        lapsed(store);
        let subject = Ref::new("n-1").unwrap();
        let enter = |claimed: OwnChange, at: &str| {
            let entry = NewEntry {
                force: "wessex",
                kind: RecordKind::Offender,
                subject: &subject,
                change: claimed,
                act: "test.status",
                entered_at: at.parse().unwrap(),
                entered_by: "supervisor:invented",
            };
            store.transaction(|connection| append(connection, entry)).unwrap();
        };
        let status = |status: &str, since: &str| {
            let claimed = json!({"status": status, "status_since": since});
            OwnChange::Claim(claimed.as_object().unwrap().clone())
        };
        enter(status("custody", "2021-03-01"), "2021-04-14T12:00:00Z");
        let service = run(store);
        let told = |case: &Value| -> Vec<(String, String)> {
            let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
            case["statuses"].as_array().unwrap().iter().map(|it| (text(&it["status"]), text(&it["ended_on"]))).collect()
        };
        let spell = |status: &str, ended: &str| (status.to_owned(), ended.to_owned());
        let case = duties(&service, "");
        assert_eq!(told(&case), [spell("community", "2021-03-01"), spell("custody", "")]);
        assert_eq!(case["suspected_breaches"], json!([]), "in custody when it fell due");
        assert!(!filed(&service)[0].2);
        // The feed speaks of something else, and then of the release.
        let mut someone = offender("Nestor", "north", "community");
        someone["mappa"] = json!({"category": 1, "level": 2});
        import(store, &lines(&[event(WESSEX, "offender", "n-1", "2021-04-14T13:00:00Z", &someone)]));
        assert_eq!(told(&duties(&service, "")), [spell("community", "2021-03-01"), spell("custody", "")]);
        someone["status_since"] = json!("2021-04-14");
        import(store, &lines(&[event(WESSEX, "offender", "n-1", "2021-04-14T14:00:00Z", &someone)]));
        let released = [spell("community", "2021-03-01"), spell("custody", "2021-04-14"), spell("community", "")];
        assert_eq!(told(&duties(&service, "")), released);
        let known = duties(&service, "?true_at=2021-04-14T11:00:00Z");
        assert_eq!(told(&known), [spell("community", "")], "nobody had entered it");
    });
}

#[test]
fn duties_are_told_as_they_were_known_and_as_is_now_known_to_have_been_true() {
    on_both_databases(|store| {
        let first = [
            notified("first", "initial", "2015-01-01T10:00:00Z"),
            notified("last", "periodic", "2020-04-14T10:00:00Z"),
        ];
        import(store, &lines(&first));
        set_up(store);
        // Learned a month later, of a day before.
        let learned = Clock::FixedAt("2021-05-15T09:00:00Z".parse().unwrap());
        let late = lines(&[notified("late", "periodic", "2021-04-13T10:00:00Z")]);
        let report = mosovo_visits::records::import::import_lines(
            store,
            learned,
            &mosovo_visits::casework::actor::Actor::Operator,
            "test",
            late.as_bytes(),
            |_| {},
        );
        assert_eq!(report.unwrap().errors, vec![]);
        let service = run_at(store, "2021-06-01T09:00:00Z");
        let open = |query: &str| -> Vec<String> {
            let case = duties(&service, query);
            let all = case["suspected_breaches"].as_array().unwrap().iter();
            all.map(|it| it["key"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(open(""), Vec::<String>::new());
        assert_eq!(open("?known_at=2021-05-01T09:00:00Z"), ["periodic_confirmation:last"], "it was not known then");
        assert_eq!(open("?true_at=2021-05-01T09:00:00Z"), Vec::<String>::new(), "and was met, as is known now");
        assert_eq!(open("?known_at=2021-05-15T09:00:00Z"), Vec::<String>::new());
        assert_eq!(open("?at=2021-05-01"), Vec::<String>::new());
        assert_eq!(duties(&service, "?known_at=2021-05-01T09:00:00Z")["as_at"], "2021-05-01");
        for query in [
            "at=2021-05-01&known_at=2021-05-01T09:00:00Z",
            "at=2021-05-01&true_at=2021-05-01T09:00:00Z",
            "known_at=2021-05-01T09:00:00Z&true_at=2021-05-01T09:00:00Z",
            "known_at=2021-06-01T09:00:01Z",
            "known_at=2021-05-01",
            "as_at=2021-05-01",
        ] {
            let reply = service.get(&manager(), &format!("/v1/offenders/n-1/notification-duties?{query}"));
            assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_query"), "{query}");
        }
        let then = service.get(&inspector(), "/v1/offenders/n-1/notification-duties?known_at=2020-01-01T00:00:00Z");
        assert_eq!(then.code(), "not_found", "nothing was known of the case");
        let recorded = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let read = recorded.iter().filter(|entry| entry.act == "offender.notification_duties.read");
        assert!(read.into_iter().any(|entry| entry.detail == json!({"known_at": "2021-05-01T09:00:00Z"})));
    });
}

#[test]
fn on_the_shipped_caseload_each_lapse_is_filed_once_and_none_of_its_flags_changes() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    on_both_databases(|store| {
        import(store, &feed);
        let at = scenario_clock().moment();
        let file = force_file(store, "dorset").unwrap();
        let rules = NotificationRules::built_in().unwrap();
        let found =
            store.transaction(|connection| suspicions_of_force(connection, "dorset", &file, at, &rules)).unwrap();
        let mut codes: std::collections::BTreeMap<String, (usize, usize)> = std::collections::BTreeMap::new();
        for (_, found) in &found {
            let of_code = codes.entry(found.code.to_string()).or_default();
            of_code.0 += usize::from(found.met_on.is_none());
            of_code.1 += usize::from(found.met_on.is_some());
        }
        // Open, and met late where the failure could first be seen within the 28 days looked back.
        let expected =
            [("home_address_changed", (31, 0)), ("periodic_confirmation", (22, 1)), ("weekly_confirmation", (1, 0))];
        assert_eq!(codes, expected.map(|(code, counts)| (code.to_owned(), counts)).into());
        let mut keys: Vec<_> = found.iter().map(|(offender, found)| (offender, &found.key)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), found.len());
        let policies = mosovo_visits::domain::policy::Policies::built_in().unwrap();
        let evaluate = || {
            let actor = mosovo_visits::casework::actor::Actor::Operator;
            mosovo_visits::casework::flags::evaluate_force(store, scenario_clock(), &actor, "dorset", &policies)
                .unwrap()
        };
        let first = evaluate();
        let count =
            || store.transaction(|connection| mosovo_visits::store::own_entry::count(connection, "dorset")).unwrap();
        let filed = count();
        assert!(filed > 0 && filed <= found.len(), "{filed} of {}", found.len());
        let second = evaluate();
        assert_eq!(count(), filed, "nothing is suspected twice");
        // One suspension of reactive management is told to rest on a suspicion too.
        assert_eq!((second.raised, second.cleared, second.changed, second.unchanged), (0, 0, 1, first.raised - 1));
    });
}

#[test]
fn a_suspicion_is_not_filed_before_its_day_and_a_new_lapse_is_a_new_suspicion() {
    on_both_databases(|store| {
        lapsed(store);
        let told = notified("this-year", "periodic", "2021-04-15T07:00:00Z");
        import(store, &lines(&[told]));
        evaluate_at(store, "2022-04-15T09:00:00+01:00");
        assert_eq!(filed(&run_at(store, "2022-04-15T09:00:00+01:00")).len(), 1, "due that day");
        evaluate_at(store, "2022-04-16T00:00:00+01:00");
        assert_eq!(filed(&run_at(store, "2022-04-16T00:00:00+01:00")).len(), 2);
    });
}
