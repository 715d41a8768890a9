//! `compare-grid`: the individual plans beside the old grid, on the same officers.

use mosovo_visits::store::Store;
use serde_json::Value;

use crate::support::{holding_dorset, on_both_databases_by_url, program};

/// Runs the comparison on a database, on the day of the scenario.
fn compared(url: &str, arguments: &[&str]) -> String {
    let asked = ["compare-grid", "--days", "28", "--iterations", "200", "--runs", "2"];
    let mut command = program(url, &[&asked[..], arguments].concat());
    let output = command.env("MOSOVO__CLOCK__FIXED_AT", "2021-04-15T09:00:00+01:00").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_way_of_planning_keeps_best_what_it_aims_at_and_both_are_judged_by_both_yardsticks() {
    let mut all = Vec::new();
    on_both_databases_by_url(|url| {
        holding_dorset(url);
        let told = compared(url, &["--format", "json"]);
        assert_eq!(told, compared(url, &["--format", "json"]), "the same seeds");
        all.push((told, compared(url, &[])));
    });
    assert!(all.windows(2).all(|two| two[0] == two[1]), "the two databases tell alike");

    let (told, text) = &all[0];
    let runs: Vec<Value> = serde_json::from_str(told).unwrap();
    assert_eq!(runs.iter().map(|run| run["seed"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    for run in &runs {
        let figure = |pointer: &str| run.pointer(pointer).and_then(Value::as_u64).unwrap();
        for yardstick in ["plans", "grid"] {
            let late = |side: &str| figure(&format!("/{side}/by_{yardstick}/weighted_days_late"));
            let other = if yardstick == "plans" { "grid" } else { "plans" };
            assert!(late(yardstick) < late(other), "by the {yardstick}: {run}");
        }
        let overdue = |side: &str| figure(&format!("/{side}/by_plans/high_risk_overdue_after/28"));
        assert!(overdue("plans") < overdue("grid"), "{run}");
        for side in ["plans", "grid"] {
            let of = |member: &str| figure(&format!("/{side}/summary/{member}"));
            assert_eq!(of("planned") + of("unplaced"), of("due"), "{run}");
            assert_eq!(run[side]["guessed"].as_array().unwrap().len(), 8);
        }
    }
    for row in ["| high and very high risk overdue after 28 days, by the plans |", "| guesser `ideal_day` right, % |"] {
        assert!(text.contains(row), "{text}");
    }
}

#[test]
fn where_there_is_no_team_the_comparison_says_so() {
    on_both_databases_by_url(|url| {
        Store::open(&url.parse().unwrap()).unwrap().migrate().unwrap();
        let output = program(url, &["compare-grid"]).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("there is no team to plan"));
    });
}
