//! The case study of the inspection, as it should have gone (HMICFRS, Dorset 2021): an alias found on social media, a friendship
//! that breaks the order, a late periodic notification.

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::flags::force_file;
use mosovo_visits::domain::bank_holidays::BankHolidays;
use mosovo_visits::domain::moment::Moment;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::planning::due::{Due, DueContext, due};
use mosovo_visits::planning::snapshot::{Demand, Horizon};
use mosovo_visits::store::Store;
use serde_json::{Value, json};

use crate::support::caseload::{RECORDED, event, lines};
use crate::support::casework::{evaluate, evaluate_at, feed, inspector, manager, other_supervisor, supervisor};
use crate::support::http::{Running, run, run_at};
use crate::support::{import, on_both_databases};

const NOW: &str = "2021-04-15T08:00:00Z";
const A_DAY_AND_AN_HOUR_LATER: &str = "2021-04-16T09:00:00Z";
const A_WEEK_AND_A_DAY_LATER: &str = "2021-04-23T09:00:00Z";

/// n-1: in reactive management, under an order, last notified a year and a day ago.
fn history() -> String {
    let wessex = "/records/wessex/invented";
    let order = json!({"offender_ref": "n-1", "kind": "shpo", "made_on": "2019-01-01",
        "conditions": ["No unsupervised contact with a child"]});
    let spell = json!({"entered_on": "2020-12-15", "left_on": null, "approved_by": "di", "rationale": "invented"});
    let notified = json!({"offender_ref": "n-1", "kind": "periodic", "notified_at": "2020-04-14T10:00:00Z",
        "moves_periodic_date": true});
    let visit = json!({"offender_ref": "n-1", "attempted_at": "2020-12-14T10:00:00Z", "mode": "home", "outcome": "seen",
        "home_inspected": true, "address_ref": "a-1", "officer_refs": ["om-n", "om-n2"]});
    lines(&[
        event(wessex, "visit", "v-n", RECORDED, &visit),
        event(wessex, "order", "o-n", RECORDED, &order),
        event(wessex, "reactive_management", "n-1", RECORDED, &spell),
        event(wessex, "notification", "nt-1", RECORDED, &notified),
    ])
}

/// The visit that the planner owes n-1.
fn visit_due(store: &Store, now: &str) -> Option<Demand> {
    let (file, at) = (force_file(store, "wessex").unwrap(), Moment::at(now.parse().unwrap()));
    let (policies, bank_holidays) = (Policies::built_in().unwrap(), BankHolidays::built_in().unwrap());
    let context = DueContext {
        at,
        horizon: Horizon { from: at.today(), until: at.today() + chrono::Days::new(27) },
        policy: policies.in_force(at.today()).unwrap(),
        bank_holidays: &bank_holidays,
    };
    match due(&file.cases[&Ref::new("n-1").unwrap()], context)? {
        Due::Visit(demand) => Some(*demand),
        Due::NoVisitRequirement(_) => None,
    }
}

fn flagged(service: &Running, reader: &Grants, code: &str) -> Vec<Value> {
    let flags = service.get(reader, &format!("/v1/flags?code={code}&limit=200")).json();
    flags["items"].as_array().unwrap().iter().filter(|flag| flag["offender_ref"] == "n-1").cloned().collect()
}

fn breaches(service: &Running) -> Vec<Value> {
    service.get(&supervisor(), "/v1/offenders/n-1/breaches").json()["items"].as_array().unwrap().clone()
}

fn enter(service: &Running, body: &Value) -> Value {
    let reply = service.act(&manager(), "/v1/offenders/n-1/breaches", None, body);
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()
}

#[test]
fn three_breaches_are_acted_on_and_none_of_it_is_hidden_from_the_supervisor() {
    on_both_databases(|store| {
        import(store, &format!("{}\n{}", feed(), history()));
        assert_eq!(visit_due(store, NOW), None, "in reactive management");
        evaluate(store);
        let service = run(store);

        // The late notification was noticed by the service, and put before a person.
        let suspected = breaches(&service);
        assert_eq!((suspected.len(), &suspected[0]["state"]), (1, &json!("suspected")));
        let suspicion = &suspected[0]["suspicion"];
        assert_eq!((&suspicion["provision"], &suspicion["due_on"]), (&json!("SOA 2003 s.85(1)"), &json!("2021-04-14")));

        // Nobody was to visit until then; the suspicion alone puts that right.
        let spell = service.get(&manager(), "/v1/offenders/n-1/reactive-management").json();
        assert_eq!((&spell["placed"], &spell["reactive"]), (&json!(true), &json!(false)));

        let alias = enter(
            &service,
            &json!({"state": "confirmed", "provision": "s.91", "source": "intelligence",
            "first_failure_on": "2021-04-01", "discovered_at": "2021-04-15T07:00:00Z",
            "summary": "an alias on social media, not notified"}),
        );
        let friendship = enter(
            &service,
            &json!({"state": "confirmed", "provision": "s.103I", "order_ref": "o-n",
            "first_failure_on": "2021-03-20", "discovered_at": "2021-04-15T07:30:00Z", "source": "visit",
            "summary": "a friendship with a parent of two", "shows_child_contact": true,
            "children": ["Child A", "Child B"]}),
        );
        let late = format!("/v1/breaches/{}", suspected[0]["ref"].as_str().unwrap());
        let read = service.get(&manager(), &late);
        let why = json!({"rationale": "no excuse was given"});
        assert_eq!(service.act(&manager(), &format!("{late}/confirm"), read.header("etag"), &why).status, 200);
        evaluate(store);

        // Three breaches; reactive management suspended, provisionally, for a detective inspector to decide.
        assert_eq!(
            breaches(&service).iter().filter(|it| it["state"].as_str().unwrap_or("confirmed") == "confirmed").count(),
            3
        );
        let spell = service.get(&supervisor(), "/v1/offenders/n-1/reactive-management").json();
        let suspension = &spell["suspended"];
        assert_eq!((&suspension["since"], &suspension["decide_by"]), (&json!("2021-04-15"), &json!("2021-04-16")));
        assert_eq!(suspension["triggers"].as_array().unwrap().len(), 3);

        // An earlier visit: five working days from the discovery, where none was due before.
        let demand = visit_due(store, NOW).unwrap();
        assert_eq!(serde_json::to_value(demand.why.rule).unwrap(), "reactive_management_suspended");
        assert_eq!(demand.window.latest.to_string(), "2021-04-22");

        // A day and an hour later no crime has been recorded and nobody has referred the children.
        evaluate_at(store, A_DAY_AND_AN_HOUR_LATER);
        let later = run_at(store, A_DAY_AND_AN_HOUR_LATER);
        assert_eq!(flagged(&later, &supervisor(), "breach_without_crime_report").len(), 3);
        assert_eq!(flagged(&later, &supervisor(), "safeguarding_referral_missing").len(), 1);
        for code in ["reactive_ineligible", "reactive_review_due"] {
            assert_eq!(flagged(&later, &supervisor(), code).len(), 1, "{code}");
        }
        let obliged = later.get(&supervisor(), &format!("{late}/obligations")).json();
        let of = |obligation: &str| {
            let all = obliged["obligations"].as_array().unwrap();
            all.iter().find(|it| it["obligation"] == obligation).unwrap().clone()
        };
        assert_eq!((&of("crime_report")["overdue"], &of("risk_review")["due"]), (&json!(true), &json!("2021-04-22")));
        assert_eq!(
            (&of("risk_review")["done"], &of("reactive_management_review")["done"]),
            (&json!(false), &json!(false))
        );

        // One referral for both children.
        let concern = json!({"kind": "breach", "ref": friendship["ref"]});
        let shown = later.get(&supervisor(), "/v1/offenders/n-1/safeguarding").json();
        assert_eq!(shown["concerns"][0]["children_unanswered"], json!(["Child A", "Child B"]));
        let referral = json!({"concerns": [concern], "children": ["Child A", "Child B"],
            "recipient": "Wessex children's social care", "sent_at": "2021-04-16T08:55:00Z"});
        let referred = later.act(&manager(), "/v1/offenders/n-1/safeguarding-referrals", None, &referral);
        assert_eq!(referred.status, 201, "{}", referred.text);
        evaluate_at(store, A_DAY_AND_AN_HOUR_LATER);
        assert_eq!(flagged(&later, &supervisor(), "safeguarding_referral_missing"), Vec::<Value>::new());

        // A week on the risk has still not been looked at again, and the inspector has not decided.
        let after = run_at(store, A_WEEK_AND_A_DAY_LATER);
        let obliged = after.get(&supervisor(), &format!("{late}/obligations")).json();
        let overdue: Vec<_> = obliged["obligations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["overdue"] == true)
            .map(|it| it["obligation"].clone())
            .collect();
        assert!(overdue.contains(&json!("risk_review")) && overdue.contains(&json!("reactive_management_review")));
        assert_eq!(
            after.get(&inspector(), "/v1/offenders/n-1/reactive-management").json()["suspended"]["overdue"],
            true
        );

        // Another team's supervisor sees nothing of it.
        let paths = [
            "/v1/offenders/n-1/breaches".to_owned(),
            "/v1/offenders/n-1/reactive-management".to_owned(),
            "/v1/offenders/n-1/safeguarding".to_owned(),
            late.clone(),
            format!("{late}/obligations"),
            format!("/v1/breaches/{}", alias["ref"].as_str().unwrap()),
            referred.header("location").unwrap().to_owned(),
        ];
        for path in paths {
            assert_eq!(later.get(&supervisor(), &path).status, 200, "{path}");
            assert_eq!(later.get(&other_supervisor(), &path).code(), "not_found", "{path}");
        }
        for code in ["breach_without_crime_report", "reactive_ineligible", "safeguarding_referral_missing"] {
            assert_eq!(flagged(&later, &other_supervisor(), code), Vec::<Value>::new());
        }
    });
}
