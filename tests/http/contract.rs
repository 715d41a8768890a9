//! The OpenAPI document: it has every route, and its page needs no internet.

use std::collections::BTreeSet;

use mosovo_visits::api::openapi::openapi;
use mosovo_visits::api::routes::ROUTES;
use mosovo_visits::casework::actor::Role;
use serde_json::{Value, json};

use crate::support::casework::{inspector, manager, set_up};
use crate::support::http::{Reply, persona, run};
use crate::support::on_both_databases;
use crate::support::receiver::Receiver;

fn document() -> Value {
    serde_json::to_value(openapi()).unwrap()
}

fn documented() -> BTreeSet<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
        })
        .collect()
}

#[test]
fn the_document_has_every_route_and_no_other() {
    let routes: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|route| !route.path.starts_with("/docs"))
        .map(|route| (route.verb.name().to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(documented(), routes);
}

#[test]
fn every_route_that_takes_a_permit_says_so() {
    let document = document();
    for route in ROUTES.iter().filter(|route| route.act.is_some()) {
        let operation = &document["paths"][route.path][route.verb.name()];
        assert_eq!(operation["security"], json!([{"bearer_token": []}]), "{}", route.path);
    }
}

#[test]
fn the_paths_of_the_document() {
    insta::assert_json_snapshot!(document()["paths"]);
}

#[test]
fn the_text_has_every_route() {
    let text = include_str!("../../docs/API.md");
    for route in ROUTES {
        let named = route.path.split("/{file").next().unwrap();
        assert!(text.contains(named), "docs/API.md does not name {named}");
    }
}

#[test]
fn the_document_and_its_page_are_served_without_the_internet() {
    on_both_databases(|store| {
        let service = run(store);
        let served = service.request("GET", "/openapi.json", &[], b"").json();
        assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
        let begin = service.request("GET", "/docs", &[], b"");
        assert_eq!((begin.status, begin.header("location")), (308, Some("/docs/")));
        let page = service.request("GET", "/docs/", &[], b"").text;
        let own: Vec<&str> = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(own.len() >= 3 && !page.contains("http://") && !page.contains("https://"), "{page}");
        for file in own {
            assert_eq!(
                service.request("GET", &format!("/docs/{}", file.trim_start_matches("./")), &[], b"").status,
                200
            );
        }
        let begins = service.request("GET", "/docs/swagger-initializer.js", &[], b"").text;
        assert!(begins.contains("/openapi.json"));
        assert_eq!(service.request("GET", "/docs/nothing.js", &[], b"").code(), "route_not_found");
    });
}

/// What is wrong with a value, by a schema of the document.
fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let whole = json!({"allOf": [schema], "components": document["components"]});
    let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn every_example_of_the_document_is_as_its_schema_has_it() {
    let document = document();
    let mut named = BTreeSet::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if let Some(example) = schema.get("example") {
            assert_eq!(faults(&document, schema, example), Vec::<String>::new(), "{name}");
            named.insert(name.as_str());
        }
    }
    let expected = ["MakeSubscription", "OutwardEvent", "RedriveDeadLetters", "ReplayEvents"];
    assert!(expected.iter().all(|name| named.contains(name)), "{named:?}");
}

/// The bodies that a document sends with `-d` in its examples, each with the path that it is sent to.
fn sent_by_example(text: &str) -> Vec<(String, Value)> {
    let calls = text.split("curl ").skip(1).filter_map(|call| {
        let call = call.split("```").next()?;
        let path = call.split("$URL").nth(1)?.split(['"', '?', ' ']).next()?;
        let body = call.split("-d '").nth(1)?.split('\'').next()?;
        Some((path.to_owned(), serde_json::from_str(body).unwrap()))
    });
    calls.collect()
}

#[test]
fn what_the_text_on_integration_sends_is_as_the_document_has_it() {
    let document = document();
    let examples = sent_by_example(include_str!("../../docs/INTEGRATION.md"));
    assert!(!examples.is_empty());
    for (path, body) in examples {
        let schema = &document["paths"][&path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(faults(&document, schema, &body), Vec::<String>::new(), "{path}");
        assert!(schema.is_object(), "{path}");
    }
}

#[test]
fn what_integration_is_answered_is_as_the_document_has_it() {
    let document = document();
    let is_as_described = |path: &str, reply: &Reply| {
        let responses = &document["paths"][path]["get"]["responses"];
        let (status, media_type) = match reply.status {
            200 => ("200", "application/json"),
            _ => ("4XX", "application/problem+json"),
        };
        let content = &responses[status]["content"];
        let schema = content.get(media_type).unwrap_or(&content["application/json"])["schema"].clone();
        assert!(schema.is_object(), "{path}: {responses}");
        assert_eq!(faults(&document, &schema, &reply.json()), Vec::<String>::new(), "{path}: {}", reply.text);
    };
    on_both_databases(|store| {
        set_up(store);
        let (service, receiver) = (run(store), Receiver::start());
        let (system, administrator) = (persona(Role::RecordsSystem, &[]), persona(Role::Administrator, &[]));
        let body = json!({ "name": "invented", "url": receiver.url(), "event_types": [] });
        let made = service.act(&administrator, "/v1/subscriptions", None, &body).json();
        let events = service.get(&system, "/v1/events");
        let event = events.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let subscription = made["id"].as_str().unwrap();
        let nobody = "0197f2a4-0000-7000-8000-000000000000";
        is_as_described("/v1/events", &events);
        is_as_described("/v1/events/{id}", &service.get(&system, &format!("/v1/events/{event}")));
        is_as_described("/v1/events/{id}", &service.get(&system, &format!("/v1/events/{nobody}")));
        is_as_described("/v1/events", &service.get(&manager(), "/v1/events"));
        is_as_described("/v1/subscriptions", &service.get(&administrator, "/v1/subscriptions"));
        let path = format!("/v1/subscriptions/{subscription}");
        is_as_described("/v1/subscriptions/{id}", &service.get(&administrator, &path));
        let dead = service.get(&administrator, &format!("{path}/dead-letters"));
        is_as_described("/v1/subscriptions/{id}/dead-letters", &dead);
        let provenance = service.get(&inspector(), "/v1/offenders/n-1/provenance");
        is_as_described("/v1/offenders/{ref}/provenance", &provenance);
    });
}
