//! The records system is told of what people enter and decide here: by reference, in order, and calls back for the rest.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::Bool;
use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::domain::audit_act::is_known;
use mosovo_visits::domain::outward_event::OutwardEvent;
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::outbox::{self, NewOutboxEvent};
use mosovo_visits::store::{Store, record};
use serde_json::{Value, json};

use crate::support::caseload::{event, lines};
use crate::support::casework::{manager, set_up, supervisor};
use crate::support::http::{Reply, Running, of_force, persona, run};
use crate::support::{fixture, import, on_both_databases, scenario_clock};

/// Breaches that the service suspects by itself as the caseload comes in: the first events of all.
const SUSPECTED: usize = 2;

fn records_system() -> Grants {
    persona(Role::RecordsSystem, &[])
}

fn events(service: &Running, reader: &Grants, query: &str) -> Vec<Value> {
    let reply = service.get(reader, &format!("/v1/events{query}"));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["items"].as_array().unwrap().clone()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

fn numbers(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["sequence"].as_str().unwrap()).collect()
}

fn breach(service: &Running, members: &Value) -> String {
    let mut body = json!({
        "state": "confirmed", "provision": "s.91", "source": "intelligence", "first_failure_on": "2021-04-01",
        "discovered_at": "2021-04-15T07:00:00Z", "summary": "an invented alias, not notified",
    });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let reply = service.act(&manager(), "/v1/offenders/n-1/breaches", None, &body);
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["ref"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_entered_is_told_by_reference_and_called_back_for() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let before = events(&service, &records_system(), "");
        let is_suspected = |event: &Value| event["data"]["act"] == "breach.suspect";
        assert!(before.len() == SUSPECTED && before.iter().all(is_suspected), "what it sent itself it is not told");
        let entered = breach(&service, &json!({}));
        let reply = service.act(&manager(), "/v1/offenders/n-1/breaches", None, &json!({ "state": "confirmed" }));
        assert_eq!(reply.status, 400, "what is refused is not told: {}", reply.text);

        let told = events(&service, &records_system(), &format!("?after={SUSPECTED}"));
        assert_eq!(types(&told), ["mosovo.breach.v1", "mosovo.crime_report_request.v1"]);
        assert_eq!(numbers(&told), ["3", "4"]);
        let (event, id) = (&told[0], told[0]["id"].as_str().unwrap());
        assert_eq!(
            [&event["specversion"], &event["source"], &event["subject"], &event["time"]],
            [
                &json!("1.0"),
                &json!("/mosovo-visits/wessex"),
                &json!(format!("breach/{entered}")),
                &json!("2021-04-15T08:00:00Z")
            ]
        );
        assert_eq!(
            event["data"],
            json!({
                "kind": "breach", "ref": entered, "offender_ref": "n-1", "act": "breach.enter",
                "href": format!("/v1/events/{id}"),
            })
        );
        let path = event["data"]["href"].as_str().unwrap();
        let back = service.get(&records_system(), path).json();
        assert_eq!((&back["event"], &back["latest_by"]), (event, &Value::Null));
        assert_eq!(back["record"]["summary"], "an invented alias, not notified");
        let elsewhere = of_force(records_system(), "dorset");
        assert_eq!((events(&service, &elsewhere, "").len(), service.get(&elsewhere, path).status), (0, 404));
        assert_eq!(service.get(&manager(), "/v1/events").code(), "forbidden");
    });
}

#[test]
fn events_are_read_in_order_part_by_part_and_by_type() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        for first_failure_on in ["2021-04-01", "2021-04-02", "2021-04-03"] {
            breach(&service, &json!({ "first_failure_on": first_failure_on }));
        }
        let of = |query: &str| -> String { numbers(&events(&service, &records_system(), query)).join(" ") };
        assert_eq!(of(""), "1 2 3 4 5 6 7 8");
        assert_eq!(of("?after=6"), "7 8");
        assert_eq!(of("?type=mosovo.crime_report_request.v1"), "4 6 8");
        assert_eq!(of("?type=mosovo.allocation.v1"), "");
        let (mut path, mut seen) = ("/v1/events?limit=2&type=mosovo.breach.v1".to_owned(), Vec::new());
        loop {
            let part = service.get(&records_system(), &path);
            let items = part.json()["items"].as_array().unwrap().clone();
            seen.extend(numbers(&items).into_iter().map(str::to_owned));
            let Some(link) = part.header("link") else { break };
            path = link[1..link.find('>').unwrap()].to_owned();
        }
        assert_eq!(seen, ["1", "2", "3", "5", "7"]);
        for (query, code) in [
            ("?type=mosovo.nothing.v1", "invalid_query"),
            ("?limit=0", "invalid_query"),
            ("?cursor=zz", "invalid_cursor"),
            ("?after=-1", "invalid_query"),
        ] {
            assert_eq!(service.get(&records_system(), &format!("/v1/events{query}")).code(), code, "{query}");
        }
    });
}

/// The shipped description of the events.
fn asyncapi() -> Value {
    serde_json::from_str(include_str!("../../docs/schema/events.asyncapi.json")).unwrap()
}

#[test]
fn the_description_of_events_has_each_type_and_nothing_else() {
    let messages = &asyncapi()["components"]["messages"];
    let described: Vec<(&str, &str)> = messages
        .as_object()
        .unwrap()
        .values()
        .map(|message| (message["name"].as_str().unwrap(), message["summary"].as_str().unwrap()))
        .collect();
    let mut known: Vec<_> = OutwardEvent::ALL.iter().map(|event| (event.name(), event.what())).collect();
    known.sort_by_key(|(name, _)| described.iter().position(|(told, _)| told == name));
    assert_eq!(described, known);
    assert_eq!(
        asyncapi()["components"]["schemas"]["Event"]["properties"]["type"]["enum"].as_array().unwrap().len(),
        known.len()
    );
}

#[test]
fn each_message_of_the_description_is_told_somewhere_and_its_example_is_one() {
    let description = asyncapi();
    let (messages, told) =
        (&description["components"]["messages"], &description["channels"]["outwardEvents"]["messages"]);
    let names = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(told), names(messages));
    for (name, message) in messages.as_object().unwrap() {
        assert_eq!(told[name]["$ref"], format!("#/components/messages/{name}"));
        let schema = json!({"allOf": message["payload"]["allOf"], "components": description["components"]});
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let examples = message["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{name}");
        for example in examples {
            let payload = &example["payload"];
            assert!(validator.is_valid(payload), "{name}: {payload}");
            assert!(is_known(payload["data"]["act"].as_str().unwrap()), "{payload}");
            let mut other = payload.clone();
            other["type"] = json!("mosovo.nothing.v1");
            assert!(!validator.is_valid(&other), "{name}");
        }
    }
    let taken = &description["channels"]["recordsFeed"]["messages"]["Record"]["payload"]["schema"];
    assert_eq!(taken["$ref"], "./records-feed.schema.json");
}

#[test]
fn what_is_told_is_as_the_description_has_it() {
    let schema = asyncapi()["components"]["schemas"]["Event"].clone();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        breach(&service, &json!({}));
        let told = events(&service, &records_system(), "");
        assert!(told.iter().all(|event| validator.is_valid(event)), "{told:?}");
        let mut other = told[0].clone();
        other["data"]["name"] = json!("Nestor");
        assert!(!validator.is_valid(&other), "nothing else has a place in it");
    });
}

#[test]
fn a_crime_report_is_asked_for_where_there_is_no_live_one_by_whomever_it_was_told() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let subject = breach(&service, &json!({ "state": "suspected" }));
        let path = format!("/v1/breaches/{subject}");
        let act = |who: &Grants, verb: &str, body: &Value| {
            let read = service.get(&manager(), &path);
            let done = service.act(who, &format!("{path}/{verb}"), read.header("etag"), body);
            assert_eq!(done.status, 200, "{verb}: {}", done.text);
        };
        let tell = |state: &str, time: &str| {
            let report =
                json!({ "ref": "55/1", "state": state, "recorded_at": "2021-04-15T07:30:00Z", "breach_ref": subject });
            assert_eq!(
                import(store, &event("/records/wessex/crime", "crime_report", "cr-1", time, &report).to_string())
                    .accepted,
                1
            );
        };
        let asked = || events(&service, &records_system(), "?type=mosovo.crime_report_request.v1").len();
        tell("recorded", "2021-04-15T07:31:00Z");
        act(&manager(), "confirm", &json!({ "rationale": "invented" }));
        assert_eq!(asked(), 0, "the feed has one that names the breach");
        tell("cancelled", "2021-04-15T07:40:00Z");
        assert_eq!(asked(), 0, "what it cancels itself it is not told");
        act(&manager(), "crime-report", &json!({ "crime_ref": "55/2", "recorded_at": "2021-04-15T07:45:00Z" }));
        act(
            &supervisor(),
            "crime-report/cancel",
            &json!({ "cancelled_at": "2021-04-15T07:50:00Z", "reason": "invented" }),
        );
        assert_eq!(asked(), 1);
    });
}

/// The supervisor of a team of Dorset.
fn planner() -> Grants {
    of_force(persona(Role::Supervisor, &["west"]), "dorset")
}

/// The path of a schedule that is proposed for that team, and the schedule.
fn proposed(service: &Running, store: &Store) -> (String, Reply) {
    import(store, &fixture("dorset-2021.feed.ndjson.gz"));
    let body = json!({ "team_ref": "west", "from": "2021-04-16", "days": 14, "seed": 1, "iterations": 20 });
    let asked = service.act(&planner(), "/v1/schedules", None, &body);
    let location = asked.header("location").unwrap().to_owned();
    let is_planned = |read: &Reply| read.json()["state"] != "planning";
    let read = (0..100_000).map(|_| service.get(&planner(), &location)).find(is_planned).unwrap();
    (location, read)
}

fn accept(service: &Running, (location, read): &(String, Reply)) -> Reply {
    service.act(&planner(), &format!("{location}/accept"), read.header("etag"), &json!({}))
}

/// The accepted visits of that team, as its supervisor reads them.
fn accepted(service: &Running, store: &Store) -> Vec<Value> {
    let proposal = proposed(service, store);
    assert_eq!(accept(service, &proposal).status, 200);
    proposal.1.json()["visits"].as_array().unwrap().clone()
}

#[test]
fn an_accepted_schedule_asks_for_programmed_dates_to_be_withdrawn_and_tells_no_day_planned() {
    on_both_databases(|store| {
        let service = run(store);
        let visits = accepted(&service, store);
        let system = of_force(records_system(), "dorset");
        let told = events(&service, &system, "?limit=200&type=mosovo.programmed_visits_withdrawal.v1");
        assert!(!told.is_empty());
        for event in told {
            let back = service.get(&system, event["data"]["href"].as_str().unwrap()).json();
            let of_offender = |visit: &&Value| visit["offender_ref"] == event["data"]["offender_ref"];
            let visit = visits.iter().filter(of_offender).min_by_key(|visit| visit["date"].as_str()).unwrap();
            let (latest_by, date) = (back["latest_by"].as_str().unwrap(), visit["date"].as_str().unwrap());
            let window = visit["window"]["latest"].as_str().unwrap();
            assert_eq!(latest_by, if window < date { "2021-04-29" } else { window }, "{visit}");
            assert!(back["record"]["dates"].as_array().is_some_and(|dates| !dates.is_empty()), "{back}");
            for hidden in ["start", "crew", "date\""] {
                assert!(!back.to_string().contains(&format!("\"{hidden}")), "{back}");
            }
        }
    });
}

#[test]
fn dates_programmed_on_either_record_of_somebody_are_asked_to_be_withdrawn() {
    on_both_databases(|store| {
        let service = run(store);
        let proposal = proposed(&service, store);
        let visits = proposal.1.json()["visits"].as_array().unwrap().clone();
        let visited: BTreeSet<String> =
            visits.iter().map(|visit| visit["offender_ref"].as_str().unwrap().to_owned()).collect();
        let cases = service.get(&planner(), "/v1/offenders?limit=200").refs();
        let mut others = cases.into_iter().filter(|case| !visited.contains(case));
        let mut visited = visited.iter().cloned();
        // Of the first pair the visited record is the one that is kept, of the second the one that is merged.
        let pairs = [(); 2].map(|()| (visited.next().unwrap(), others.next().unwrap()));
        let merges = [("m-1", &pairs[0].0, &pairs[0].1), ("m-2", &pairs[1].1, &pairs[1].0)];
        let dorset = |kind: &str, subject: &str, data: &Value| {
            event("/records/dorset", kind, subject, "2021-04-15T07:00:00Z", data)
        };
        let mut told: Vec<Value> = merges
            .iter()
            .map(|(subject, kept, merged)| {
                let data = json!({ "kept_ref": kept, "merged_ref": merged, "merged_on": "2021-04-15", "reason": "", "undone": false });
                dorset("merge", subject, &data)
            })
            .collect();
        let both = pairs.iter().flat_map(|(visited, other)| [visited, other]);
        told.extend(both.map(|subject| dorset("programmed_visits", subject, &json!({ "dates": ["2021-05-20"] }))));
        let report = import(store, &lines(&told));
        assert_eq!((report.accepted, report.refused), (6, 0), "{report:?}");
        assert_eq!(accept(&service, &proposal).status, 200);

        let system = of_force(records_system(), "dorset");
        let told = events(&service, &system, "?limit=200&type=mosovo.programmed_visits_withdrawal.v1");
        let latest_by = |offender: &str| {
            let event = told.iter().find(|event| event["data"]["offender_ref"] == offender).unwrap();
            service.get(&system, event["data"]["href"].as_str().unwrap()).json()["latest_by"].clone()
        };
        for (visited, other) in &pairs {
            assert!(latest_by(visited).is_string(), "{visited}");
            assert_eq!(latest_by(visited), latest_by(other), "{visited} {other}");
        }
    });
}

/// Whether somebody else waits for a lock of the database. On SQLite writers wait for each other before they come to it.
fn somebody_waits(connection: &mut AnyConnection) -> bool {
    #[derive(QueryableByName)]
    struct Waiting {
        #[diesel(sql_type = Bool)]
        is_there: bool,
    }
    let AnyConnection::Postgres(postgres) = connection else { return true };
    let question = "SELECT EXISTS (SELECT 1 FROM pg_locks waiting JOIN pg_locks held USING (pid) \
         JOIN pg_database ON pg_database.oid = held.database \
         WHERE NOT waiting.granted AND pg_database.datname = current_database()) AS is_there";
    diesel::sql_query(question).get_result::<Waiting>(postgres).unwrap().is_there
}

#[test]
fn what_a_schedule_tells_is_numbered_after_what_is_being_entered_as_it_is_accepted() {
    on_both_databases(|store| {
        let service = run(store);
        let proposal = proposed(&service, store);
        let subject = "entered".to_owned().try_into().unwrap();
        let entered = NewOutboxEvent {
            force: "dorset",
            event: OutwardEvent::Breach,
            kind: RecordKind::Breach,
            subject: &subject,
            offender_ref: None,
            latest_by: None,
            act: "breach.enter",
            at: scenario_clock().now(),
        };
        std::thread::scope(|scope| {
            let entering = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
                record::take_turn(connection)?;
                outbox::append(connection, entered)?;
                let accepting = scope.spawn(|| accept(&service, &proposal));
                assert!((0..1_000_000).any(|_| somebody_waits(connection)), "it waits until this is kept");
                Ok(accepting)
            });
            let accepted = entering.unwrap().join().unwrap();
            assert_eq!(accepted.status, 200, "{}", accepted.text);
        });
        let told = events(&service, &of_force(records_system(), "dorset"), "?limit=200");
        assert_eq!(
            (told[0]["type"].as_str(), told[1]["type"].as_str()),
            (Some("mosovo.breach.v1"), Some("mosovo.programmed_visits_withdrawal.v1"),)
        );
        let expected: Vec<String> = (1..=told.len()).map(|number| number.to_string()).collect();
        assert_eq!(numbers(&told), expected);
    });
}
