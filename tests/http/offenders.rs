//! The list, the case file, its history, and eligibility for reactive management.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use serde_json::{Value, json};

use crate::support::caseload::{event, lines, offender};
use crate::support::http::{Reply, Running, of_force, persona, run};
use crate::support::{caseload, fixture, import, on_both_databases};

/// The path and query of the link to the next page.
fn next(reply: &Reply) -> Option<String> {
    let link = reply.header("link")?;
    Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

fn all_pages(service: &Running, grants: &Grants, first: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut path = Some(first.to_owned());
    while let Some(page) = path {
        let reply = service.get(grants, &page);
        pages.push(reply.refs());
        path = next(&reply);
        assert_eq!(path.is_some(), reply.json()["next_cursor"].is_string());
    }
    pages
}

#[test]
fn going_through_the_pages_shows_each_offender_once() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    let kinds = ["records.team.v1", "records.offender.v1", "records.allocation.v1"];
    let feed: Vec<&str> = feed.lines().filter(|line| kinds.iter().any(|kind| line.contains(kind))).collect();
    on_both_databases(|store| {
        import(store, &feed.join("\n"));
        let service = run(store);
        let inspector = of_force(persona(Role::DetectiveInspector, &[]), "dorset");
        let pages = all_pages(&service, &inspector, "/v1/offenders?limit=200");
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 83]);
        let mut refs: Vec<String> = pages.concat();
        refs.sort();
        refs.dedup();
        assert_eq!(refs.len(), 1_083);
        let in_the_community = all_pages(&service, &inspector, "/v1/offenders?status=community&limit=100");
        let in_the_community: usize = in_the_community.iter().map(Vec::len).sum();
        assert!((1..1_083).contains(&in_the_community));
    });
}

#[test]
fn a_list_is_narrowed_by_team_manager_status_and_name() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let inspector = persona(Role::DetectiveInspector, &[]);
        for (query, refs) in [
            ("team=north", &["n-1", "n-2"][..]),
            ("officer=om-n", &["n-1"]),
            ("officer=nobody", &[]),
            ("status=custody", &["n-2"]),
            ("search=NEMO", &["n-2"]),
            ("search=silvan%20fictus", &["s-1"]),
            ("search=inventio,%20nes", &["n-1"]),
            ("search=s-1", &["s-1"]),
            ("search=", &["n-1", "n-2", "s-1"]),
            ("search=inventio&status=community", &["n-1", "s-1"]),
            ("search=inventio&team=north&officer=om-s", &[]),
        ] {
            assert_eq!(service.get(&inspector, &format!("/v1/offenders?{query}")).refs(), refs, "{query}");
        }
        let pages = all_pages(&service, &inspector, "/v1/offenders?search=inventio&status=community&limit=1");
        assert_eq!(pages, [["n-1"], ["s-1"]]);
        let first = service.get(&inspector, "/v1/offenders?limit=1").json()["next_cursor"].as_str().unwrap().to_owned();
        let pages = all_pages(&service, &inspector, &format!("/v1/offenders?c%75rsor={first}&limit=1"));
        assert_eq!(pages, [["n-2"], ["s-1"]], "a cursor is one, however its name is written");
        let item = &service.get(&inspector, "/v1/offenders?officer=om-n").json()["items"][0];
        assert_eq!((&item["manager_ref"], &item["family_name"]), (&json!("om-n"), &json!("Inventio")));
    });
}

#[test]
fn a_list_is_narrowed_to_those_on_whom_or_on_whose_breaches_a_flag_holds() {
    on_both_databases(|store| {
        let wessex = "/records/wessex";
        let breach = json!({"offender_ref": "s-1", "kind": "order", "provision": "invented", "summary": "Invented",
            "first_failure_on": "2021-01-01", "discovered_at": "2021-01-01T10:00:00Z"});
        let service = run(store);
        let system = persona(Role::RecordsSystem, &[]);
        let send = |feed: &str| assert_eq!(service.send(&system, "application/x-ndjson", feed).json()["refused"], 0);
        let feed = caseload::feed();
        let ours: Vec<&str> = feed.lines().filter(|line| line.contains(wessex)).collect();
        send(&ours.join("\n"));
        send(&event(wessex, "breach", "b-1", caseload::RECORDED, &breach).to_string());
        let inspector = persona(Role::DetectiveInspector, &[]);
        let subjects = |code: &str| {
            let flags = service.get(&inspector, &format!("/v1/flags?code={code}")).json();
            flags["items"].as_array().unwrap().iter().map(|flag| flag["subject"].clone()).collect::<Vec<_>>()
        };
        let list = |grants: &Grants, query: &str| service.get(grants, &format!("/v1/offenders?flag={query}")).refs();
        assert_eq!(subjects("breach_without_crime_report"), [json!("b-1")]);
        assert_eq!(list(&inspector, "breach_without_crime_report"), ["s-1"]);
        assert_eq!(list(&persona(Role::Supervisor, &["north"]), "breach_without_crime_report"), Vec::<String>::new());
        assert_eq!(list(&inspector, "no_risk_management_plan"), ["n-1", "s-1"]);
        assert_eq!(list(&inspector, "no_risk_management_plan&search=nestor"), ["n-1"]);
        let pages = all_pages(&service, &inspector, "/v1/offenders?flag=no_risk_management_plan&limit=1");
        assert_eq!(pages, [["n-1"], ["s-1"]]);
        let gone = offender("Nestor", "north", "deported");
        send(&event(wessex, "offender", "n-1", "2021-04-01T09:00:00Z", &gone).to_string());
        assert_eq!(list(&inspector, "no_risk_management_plan"), ["s-1"], "a flag that was cleared holds no more");
    });
}

#[test]
fn a_reference_may_have_any_character() {
    on_both_databases(|store| {
        let references = ["1/2", "a b", "x&y=z+1", "é?#%2F"];
        let wessex = "/records/wessex";
        let someone = offender("Odd", "north", "community");
        let events = references.map(|reference| event(wessex, "offender", reference, caseload::RECORDED, &someone));
        import(store, &lines(&events));
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        for (reference, path) in references.iter().zip(["1%2F2", "a%20b", "x%26y%3Dz%2B1", "%C3%A9%3F%23%252F"]) {
            let file = service.get(&supervisor, &format!("/v1/offenders/{path}"));
            assert_eq!((file.status, &file.json()["ref"]), (200, &json!(reference)));
        }
        let mut paged = all_pages(&service, &supervisor, "/v1/offenders?limit=1").concat();
        paged.sort();
        assert_eq!(paged, references);
    });
}

#[test]
fn a_query_that_is_none_is_refused() {
    on_both_databases(|store| {
        let service = run(store);
        let inspector = persona(Role::DetectiveInspector, &[]);
        for (query, code) in [
            ("limit=0", "invalid_query"),
            ("limit=201", "invalid_query"),
            ("limit=many", "invalid_query"),
            ("status=at_large", "invalid_query"),
            ("flag=unheard_of", "invalid_query"),
            ("flag=", "invalid_query"),
            ("team=", "invalid_query"),
            ("colour=red", "invalid_query"),
            ("limit=1&limit=2", "invalid_query"),
            ("cursor=zz", "invalid_cursor"),
            ("cursor=", "invalid_cursor"),
        ] {
            let reply = service.get(&inspector, &format!("/v1/offenders?{query}"));
            assert_eq!((reply.status, reply.code().as_str()), (400, code), "{query}");
        }
    });
}

#[test]
fn a_case_file_shows_what_is_current_and_its_tag_changes_when_it_does() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        let reply = service.get(&supervisor, "/v1/offenders/n-1");
        let file = reply.json();
        for (pointer, value) in [
            ("/ref", json!("n-1")),
            ("/as_at", json!("2021-04-15")),
            ("/in_community", json!(true)),
            ("/offender/given_name", json!("Nestor")),
            ("/offender/date_of_birth", json!("1970-02-03")),
            ("/manager", json!({"officer_ref": "om-n", "name": "Nora Invented", "from": "2020-01-01"})),
            ("/current_address_ref", json!("a-1")),
            ("/addresses/0/lines", json!(["1 Invented Row"])),
            ("/current_assessment/ref", json!("r-1")),
            ("/current_plan", json!(null)),
            ("/last_qualifying_visit/ref", json!("v-1")),
            ("/breaches", json!([])),
        ] {
            assert_eq!(file.pointer(pointer), Some(&value), "{pointer}");
        }
        let tag = reply.header("etag").unwrap();
        let token = format!("Bearer {}", service.token(&supervisor));
        let again = |tag: &str| {
            service.request("GET", "/v1/offenders/n-1", &[("authorization", &token), ("if-none-match", tag)], b"")
        };
        let unchanged = again(&format!("\"other\", {tag}"));
        assert_eq!((unchanged.status, unchanged.text.as_str(), unchanged.header("etag")), (304, "", Some(tag)));
        let change = offender("Nestor", "north", "hospital");
        import(store, &event("/records/wessex", "offender", "n-1", "2021-02-01T09:00:00Z", &change).to_string());
        assert_eq!(again(tag).status, 200);
        assert_ne!(again(tag).header("etag"), Some(tag));
    });
}

fn told(timeline: &Value) -> Vec<(String, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = timeline["items"].as_array().unwrap().iter();
    items.map(|item| (text(&item["kind"]), text(&item["event_time"]), item["withdrawn"].as_bool().unwrap())).collect()
}

#[test]
fn the_timeline_keeps_every_version_and_withdrawal_newest_first() {
    on_both_databases(|store| {
        let wessex = "/records/wessex";
        let visit = |offender: &str| {
            json!({"offender_ref": offender, "attempted_at": "2020-12-01T10:00:00Z", "mode": "home", "outcome": "seen",
                "officer_refs": [], "summary": "Invented notes"})
        };
        let gone = |kind: &str, subject: &str| json!({"type": format!("records.{kind}.v1"), "subject": subject, "reason": "entered in error"});
        import(
            store,
            &lines(&[
                event(wessex, "offender", "n-1", "2021-01-01T00:00:00Z", &offender("Nestor", "north", "community")),
                event(wessex, "offender", "n-2", "2021-01-01T00:00:00Z", &offender("Nemo", "north", "community")),
                event(wessex, "offender", "n-1", "2021-03-01T00:00:00Z", &offender("Nestor", "north", "custody")),
                event(wessex, "visit", "v-1", "2021-02-01T00:00:00Z", &visit("n-1")),
                event(wessex, "deleted", "v-1", "2021-02-02T00:00:00Z", &gone("visit", "v-1")),
                // Entered under the wrong offender, put right, and withdrawn: the withdrawal is of the other's.
                event(wessex, "visit", "v-2", "2021-02-03T00:00:00Z", &visit("n-1")),
                event(wessex, "visit", "v-2", "2021-02-04T00:00:00Z", &visit("n-2")),
                event(wessex, "deleted", "v-2", "2021-02-05T00:00:00Z", &gone("visit", "v-2")),
            ]),
        );
        let service = run(store);
        let supervisor = persona(Role::Supervisor, &["north"]);
        let timeline = service.get(&supervisor, "/v1/offenders/n-1/timeline").json();
        let entry = |kind: &str, day: &str, withdrawn| (kind.to_owned(), format!("2021-{day}T00:00:00Z"), withdrawn);
        let expected = [
            entry("offender", "03-01", false),
            entry("visit", "02-03", false),
            entry("visit", "02-02", true),
            entry("visit", "02-01", false),
            entry("offender", "01-01", false),
        ];
        assert_eq!(told(&timeline), expected);
        assert_eq!(timeline["items"][0]["content"]["status"], "custody");
        assert_eq!(timeline["items"][2]["content"], json!({"reason": "entered in error"}));
        assert_eq!(timeline["items"][3]["content"]["summary"], "Invented notes");
        assert_eq!(timeline["items"][0]["learned_at"], "2021-04-15T08:00:00Z");
        let mut paged = Vec::new();
        let mut path = Some("/v1/offenders/n-1/timeline?limit=2".to_owned());
        while let Some(page) = path {
            let reply = service.get(&supervisor, &page);
            paged.extend(told(&reply.json()));
            path = next(&reply);
        }
        assert_eq!(paged, expected);
        let of_another = service.get(&supervisor, "/v1/offenders/n-2/timeline?limit=1").json()["next_cursor"].clone();
        let astray = format!("/v1/offenders/n-1/timeline?cursor={}", of_another.as_str().unwrap());
        assert_eq!(service.get(&supervisor, &astray).code(), "invalid_cursor");
    });
}

#[test]
fn eligibility_is_advice_criterion_by_criterion() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let reply = service.get(&persona(Role::Supervisor, &["north"]), "/v1/offenders/n-1/reactive-eligibility");
        let told = reply.json();
        let outcomes: Vec<(&str, &str)> = told["criteria"]
            .as_array()
            .unwrap()
            .iter()
            .map(|criterion| (criterion["criterion"].as_str().unwrap(), criterion["outcome"].as_str().unwrap()))
            .collect();
        assert_eq!(
            outcomes,
            [
                ("arms_low", "fail"),
                ("arms_current", "pass"),
                ("police_lead", "pass"),
                ("no_recent_breach", "pass"),
                ("no_order", "pass"),
                ("no_recent_intelligence", "pass"),
                ("single_agency", "pass"),
                ("settled", "pass"),
                ("adult", "pass"),
                ("actions_complete", "fail"),
                ("seen_at_home", "pass"),
            ]
        );
        assert_eq!(told["meets_every_criterion"], false);
        assert_eq!(told["decided_by"], "detective_inspector");
    });
}
