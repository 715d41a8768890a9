//! The invented caseload dorset-2021: imported, it raises exactly the flags expected of it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use mosovo_visits::casework::flags::flags;
use mosovo_visits::domain::flag::Family;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::store::Store;
use mosovo_visits::store::digest::records_digest;

use crate::support::{fixture, import, on_both_databases, scenario_clock};

/// The flags of a family, by code.
fn raised(store: &Store, family: Family) -> BTreeMap<String, Vec<String>> {
    let at = scenario_clock().moment();
    let policies = Policies::built_in().unwrap();
    let mut raised: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let found = flags(store, "dorset", at, policies.in_force(at.today()).unwrap()).unwrap();
    for flag in found.into_iter().filter(|flag| flag.code.family() == family) {
        raised.entry(flag.code.to_string()).or_default().push(flag.subject.to_string());
    }
    raised
}

fn expected() -> BTreeMap<String, Vec<String>> {
    let expected: serde_json::Value = serde_json::from_str(&fixture("dorset-2021.expected.json.gz")).unwrap();
    serde_json::from_value(expected.get("flags").unwrap().clone()).unwrap()
}

#[test]
fn the_scenario_raises_exactly_the_flags_expected() {
    on_both_databases(|store| {
        let report = import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        assert_eq!((report.accepted, report.duplicates, report.stale, report.refused), (18_013, 0, 0, 0));
        assert_eq!(raised(store, Family::Records), expected());
        // Nothing was done here yet: no sample drawn, no briefing read, nothing decided.
        let of_service = raised(store, Family::Service);
        let codes = ["dip_sample_due", "neighbourhood_not_briefed", "reactive_suspension_undecided"];
        assert_eq!(of_service.keys().collect::<Vec<_>>(), codes);
        assert_eq!(of_service["dip_sample_due"], ["bournemouth", "poole", "west"]);
    });
}

#[test]
fn whatever_the_order_repetition_and_backend_the_state_and_history_are_the_same() {
    let feed = fixture("dorset-2021.feed.ndjson.gz");
    let mut lines: Vec<&str> = feed.lines().take(3_000).collect();
    let forwards = lines.join("\n");
    lines.reverse();
    let backwards = lines.join("\n");
    let digests = RefCell::new(Vec::new());
    for (first, second) in [(&forwards, &backwards), (&backwards, &forwards)] {
        on_both_databases(|store| {
            import(store, first);
            let again = import(store, second);
            assert_eq!((again.accepted, again.duplicates, again.stale), (0, 3_000, 0));
            digests.borrow_mut().push(store.transaction(records_digest).unwrap());
        });
    }
    let digests = digests.into_inner();
    assert!(digests.len() >= 2);
    assert!(digests.iter().all(|digest| Some(digest) == digests.first()), "{digests:?}");
}
