//! The invented caseload of Dorset's size: as the contract asks, of the size it says, and with every
//! finding in it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use mosovo_visits::casework::flags::force_file;
use mosovo_visits::domain::case_file::{ForceFile, ForceFileBuilder};
use mosovo_visits::domain::flag::{Family, FlagCode, evaluate};
use mosovo_visits::domain::officer::OfficerRole;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::record::{Held, Record};
use mosovo_visits::records::feed::event::{Change, read_event};
use mosovo_visits::records::generate::{CaseloadSpec, generate};
use serde_json::Value;

use crate::feed::schema::SCHEMA;
use crate::support::{import, on_both_databases, scenario_clock};

fn dorset_size(seed: u64) -> CaseloadSpec {
    CaseloadSpec::dorset_size(seed, scenario_clock().moment().today())
}

fn events(spec: &CaseloadSpec) -> Vec<Value> {
    let mut events = Vec::new();
    generate(spec, |event| {
        events.push(event.clone());
        Ok(())
    })
    .unwrap();
    events
}

/// The case files that a feed in order of time amounts to.
fn files_of(events: Vec<Value>) -> ForceFile {
    let mut builder = ForceFileBuilder::default();
    let mut current = BTreeMap::new();
    for event in events {
        let event = read_event(event).unwrap();
        match event.change {
            Change::Put(record) => {
                let (event_time, event_id) = (event.time, event.id);
                let held = Held { subject: event.subject, event_time, event_id, record: *record };
                if let Record::Allocation(record) = held.record {
                    let Held { subject, event_time, event_id, .. } = held;
                    builder.add_allocation(Held { subject, event_time, event_id, record });
                } else {
                    current.insert((event.kind, held.subject.clone()), held);
                }
            }
            Change::Withdrawn { .. } => assert!(current.remove(&(event.kind, event.subject)).is_some()),
        }
    }
    current.into_values().for_each(|held| builder.add(held));
    builder.build()
}

fn counts(file: &ForceFile) -> BTreeMap<&'static str, usize> {
    let at = scenario_clock().moment();
    let policies = Policies::built_in().unwrap();
    let mut counts = BTreeMap::new();
    let flags = evaluate(file, at, policies.in_force(at.today()).unwrap());
    for flag in flags.into_iter().filter(|flag| flag.code.family() == Family::Records) {
        *counts.entry(flag.code.as_str()).or_default() += 1;
    }
    counts
}

#[test]
fn every_event_of_it_satisfies_the_contracts_schema() {
    let refused: Vec<String> = events(&dorset_size(1))
        .iter()
        .filter_map(|event| SCHEMA.validate(event).err().map(|error| format!("{error} in {event}")))
        .take(3)
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn it_imports_whole_on_both_databases() {
    let events = events(&dorset_size(1));
    let feed: Vec<String> = events.iter().map(Value::to_string).collect();
    let expected = counts(&files_of(events));
    on_both_databases(|store| {
        let report = import(store, &feed.join("\n"));
        let whole = u64::try_from(feed.len()).unwrap();
        assert_eq!((report.accepted, report.duplicates, report.stale, report.refused), (whole, 0, 0, 0));
        assert_eq!(report.dangling_references, []);
        assert_eq!(counts(&force_file(store, "wessex").unwrap()), expected);
    });
}

#[test]
fn it_has_dorsets_numbers_and_every_flag_whatever_the_seed() {
    let at = scenario_clock().moment();
    // The feed cannot say what the service's own flags are about.
    let of_records = FlagCode::ALL.into_iter().filter(|code| code.family() == Family::Records);
    let every_code: BTreeSet<&str> = of_records.map(FlagCode::as_str).collect();
    for seed in [1, 2, 3, 2_021, u64::MAX] {
        let file = files_of(events(&dorset_size(seed)));
        assert_eq!(file.cases.len(), 1_083);
        let in_community = file.cases.values().filter(|case| case.is_in_community(at)).count();
        assert_eq!(in_community, 850);
        let managers = || file.officers.values().filter(|officer| officer.role == OfficerRole::OffenderManager);
        let in_post = managers().filter(|officer| officer.is_in_post(at.today())).count();
        assert_eq!((in_post, managers().count()), (16, 18));
        let reactive = file.cases.values().filter(|case| case.reactive_spell(at).is_some()).count();
        assert!((60..=110).contains(&reactive), "{reactive} in reactive management");
        let counts = counts(&file);
        assert_eq!(counts.keys().copied().collect::<BTreeSet<_>>(), every_code, "seed {seed}");
        for (code, plausible) in [
            ("unallocated", 100..=200),
            ("home_visit_overdue", 220..=450),
            ("remote_contact_only", 150..=400),
            ("rigid_visit_pattern", 450..=750),
            ("no_plan_actions", 350..=850),
            ("reactive_ineligible", 20..=70),
            ("plans_follow_grid", 1..=1),
            ("caseload_over_limit", 1..=6),
        ] {
            assert!(plausible.contains(&counts[code]), "seed {seed}: {} {code}", counts[code]);
        }
    }
}

#[test]
fn the_command_refuses_a_day_before_there_was_a_register() {
    for (day, accepted) in [("1996-12-31", false), ("15/04/2021", false), ("1997-09-01", true)] {
        let output = Command::new(env!("CARGO_BIN_EXE_mosovo-visits"))
            .args(["generate", "--offenders", "1", "--as-at", day])
            .output()
            .unwrap();
        assert_eq!(output.status.success(), accepted, "{day}");
        assert_eq!(output.stdout.is_empty(), !accepted, "{day}");
    }
}

#[test]
fn the_command_writes_the_same_events_and_needs_no_database() {
    let output = Command::new(env!("CARGO_BIN_EXE_mosovo-visits"))
        .args(["generate", "--seed", "7", "--forces", "2", "--offenders", "30"])
        .env("MOSOVO__DATABASE__URL", "postgres://nobody@127.0.0.1:1/nowhere")
        .env("MOSOVO__CLOCK__FIXED_AT", "2021-04-14T23:30:00Z")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = events(&CaseloadSpec::of_size(7, "2021-04-15".parse().unwrap(), 2, 30));
    let expected: String = expected.iter().map(|event| format!("{event}\n")).collect();
    assert!(output.stdout == expected.as_bytes(), "the command and the library differ");
}
