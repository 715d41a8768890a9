//! The service's own jobs, as an administrator sees them.

use mosovo_visits::casework::actor::Role;
use mosovo_visits::casework::timetable::JobName;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::jobs::Registry;
use mosovo_visits::jobs::worker::Worker;
use serde_json::{Value, json};

use crate::support::http::{persona, run, timetable};
use crate::support::{caseload, import, on_both_databases, scenario_clock};

#[test]
fn an_administrator_sees_what_is_due_and_how_it_ended() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        let nightly = || {
            let items = service.get(&persona(Role::Administrator, &[]), "/v1/jobs").json()["items"].clone();
            items.as_array().unwrap().iter().find(|job| job["name"] == "nightly_flags").unwrap().clone()
        };
        let due = nightly();
        assert_eq!((&due["state"], &due["last_run"]), (&json!("due"), &Value::Null));
        assert_eq!(due["next_run_at"], json!("2021-04-15T23:10:00Z"));
        let worker = |policies| Worker::new(store.clone(), scenario_clock(), policies, Registry::new(&timetable()));
        let no_policy: Policies = serde_json::from_str("[]").unwrap();
        worker(no_policy).run_due(JobName::NightlyFlags).unwrap().unwrap();
        let failed = nightly();
        assert_eq!((&failed["state"], &failed["last_run"]["error_code"]), (&json!("failed"), &json!("forces_failed")));
        let by_hand = worker(Policies::built_in().unwrap());
        by_hand.run_by_hand(JobName::NightlyFlags, &mosovo_visits::casework::actor::Actor::Operator).unwrap().unwrap();
        let run = nightly()["last_run"].clone();
        assert_eq!((&run["state"], &run["report"]["forces"]), (&json!("succeeded"), &json!(2)));
    });
}
