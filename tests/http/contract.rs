//! The OpenAPI document: it has every route, and its page needs no internet.

use std::collections::BTreeSet;

use mosovo_visits::api::openapi::openapi;
use mosovo_visits::api::routes::ROUTES;
use serde_json::{Value, json};

use crate::support::http::run;
use crate::support::on_both_databases;

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
