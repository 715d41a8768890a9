//! First noticed on: the flags of a force replayed day by day over what is on file.

use mosovo_visits::casework::first_noticed::{ReplayError, first_noticed};
use mosovo_visits::casework::flags::force_file;
use mosovo_visits::domain::case_file::ForceFile;
use mosovo_visits::domain::first_noticed::FirstNoticed;
use mosovo_visits::domain::flag::{Family, FlagCode};
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::store::Store;
use mosovo_visits::store::replay::Replay;
use serde_json::{Value, json};

use crate::support::caseload::{self, event, lines};
use crate::support::{evaluate, fixture, import, on_both_databases, on_both_databases_by_url, program, scenario_clock};

const WESSEX: &str = "/records/wessex/invented";

fn breach(crime: Value) -> Value {
    json!({
        "offender_ref": "n-1", "kind": "notification", "provision": "s.91", "first_failure_on": "2021-02-20",
        "discovered_at": "2021-03-01T10:00:00Z", "summary": "invented", "crime": crime, "decision": null,
    })
}

/// A breach of 1 March that is recorded on the 10th and has its crime report on the 20th.
fn feed() -> String {
    let crime = json!({"ref": "INV/1", "recorded_at": "2021-03-20T08:00:00Z"});
    let later = lines(&[
        event(WESSEX, "breach", "b-1", "2021-03-10T09:00:00Z", &breach(json!(null))),
        event(WESSEX, "breach", "b-1", "2021-03-20T09:00:00Z", &breach(crime)),
    ]);
    format!("{}\n{later}", caseload::feed())
}

fn look(store: &Store, from: &str, until: &str) -> Result<Vec<FirstNoticed>, ReplayError> {
    let days = (from.parse().unwrap(), until.parse().unwrap());
    let rules = (&Policies::built_in().unwrap(), Some(Family::Records));
    first_noticed(store, "wessex", days, scenario_clock().moment().today(), rules, |_| {})
}

#[test]
fn told_to_the_end_the_history_is_what_is_on_file() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        evaluate(store, "dorset");
        let mut replay = store.transaction(|connection| Replay::of(connection, "dorset")).unwrap();
        replay.tell_until("2100-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let (told, on_file) = (replay.force_file(), force_file(store, "dorset").unwrap());
        assert_eq!(told.cases.len(), 1_083);
        for (offender, case) in &on_file.cases {
            assert_eq!(format!("{:?}", told.cases.get(offender).unwrap()), format!("{case:?}"));
        }
        let reports = |file: &ForceFile| format!("{:?}", file.crime_reports);
        assert!(format!("{told:?}") == format!("{on_file:?}"), "{}\n{}", reports(&told), reports(&on_file));
    });
}

#[test]
fn a_finding_is_dated_by_when_its_facts_were_recorded_and_ends_when_they_change() {
    on_both_databases(|store| {
        import(store, &feed());
        let found = look(store, "2021-03-01", "2021-03-31").unwrap();
        let of_breach = found.iter().find(|found| found.code == FlagCode::BreachWithoutCrimeReport).unwrap();
        assert_eq!(of_breach.subject.as_str(), "b-1");
        assert_eq!(of_breach.first_noticed_on, "2021-03-10".parse().unwrap());
        assert_eq!((of_breach.last_held_on, of_breach.days_held), ("2021-03-19".parse().unwrap(), 10));
        assert!(!of_breach.held_from_the_start);
        let decision = found.iter().find(|found| found.code == FlagCode::BreachWithoutDecision).unwrap();
        assert_eq!(
            (decision.first_noticed_on, decision.last_held_on),
            ("2021-03-10".parse().unwrap(), "2021-03-31".parse().unwrap())
        );
        let plan = found.iter().find(|found| found.code == FlagCode::NoRiskManagementPlan).unwrap();
        assert!(plan.held_from_the_start);
        assert_eq!(plan.days_held, 31);
    });
}

#[test]
fn a_span_without_days_or_one_that_is_not_over_is_refused() {
    on_both_databases(|store| {
        import(store, &feed());
        assert!(matches!(look(store, "2021-03-02", "2021-03-01"), Err(ReplayError::NoDays)));
        assert!(matches!(look(store, "2021-03-02", "2021-04-15"), Err(ReplayError::NotOver)));
        assert!(look(store, "2021-04-14", "2021-04-14").is_ok());
    });
}

#[test]
fn the_command_prints_each_finding_with_its_first_day() {
    on_both_databases_by_url(|url| {
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.migrate().unwrap();
        import(&store, &feed());
        let arguments =
            ["first-noticed", "--force", "wessex", "--from", "2021-03-01", "--until", "2021-03-31", "--format", "json"];
        let printed = program(url, &arguments).output().unwrap();
        assert!(printed.status.success(), "{printed:?}");
        let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
        let of_breach = printed["findings"].as_array().unwrap().iter().find(|found| found["subject"] == "b-1").unwrap();
        assert_eq!(of_breach["first_noticed_on"], "2021-03-10");
        let code =
            printed["codes"].as_array().unwrap().iter().find(|told| told["code"] == "breach_without_decision").unwrap();
        assert_eq!((&code["findings"], &code["median_days_visible"]), (&json!(1), &json!(22)));
    });
}
