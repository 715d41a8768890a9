use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::records::feed::event::read_event;

fn day() -> crate::domain::calendar::CivilDate {
    "2021-04-15".parse().unwrap()
}

fn events(spec: &CaseloadSpec) -> Vec<Value> {
    let mut events = Vec::new();
    let written = generate(spec, |event| {
        events.push(event.clone());
        Ok(())
    });
    assert_eq!(written.unwrap(), u64::try_from(events.len()).unwrap());
    events
}

#[test]
fn the_same_spec_gives_the_same_events_and_another_seed_gives_others() {
    let spec = CaseloadSpec::of_size(3, day(), 2, 60);
    assert_eq!(events(&spec), events(&spec));
    assert_ne!(events(&spec), events(&CaseloadSpec::of_size(4, day(), 2, 60)));
}

#[test]
fn a_force_is_the_same_alone_and_among_others() {
    let spec = CaseloadSpec::of_size(3, day(), 3, 60);
    let together = events(&spec);
    let mut alone = Vec::new();
    for force in &spec.forces {
        alone.extend(events(&CaseloadSpec { forces: vec![force.clone()], ..spec.clone() }));
    }
    assert_eq!(together, alone);
}

#[test]
fn forces_share_their_references_and_nothing_else() {
    let spec = CaseloadSpec::of_size(3, day(), 2, 60);
    let refs = |force: &str| -> BTreeSet<String> {
        let source = format!("/records/{force}/invented");
        let of_force = events(&spec).into_iter().filter(|event| event["source"] == source.as_str());
        of_force
            .filter(|event| event["type"] == "records.offender.v1" || event["type"] == "records.officer.v1")
            .map(|event| event["subject"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(refs(&spec.forces[0].name), refs(&spec.forces[1].name));
}

#[test]
fn every_event_is_read_and_has_happened_before_the_day() {
    let midnight = when::at_hour(day(), 0);
    for spec in [CaseloadSpec::dorset_size(1, day()), CaseloadSpec::of_size(2, day(), 3, 1)] {
        for event in events(&spec) {
            let read = read_event(event.clone()).unwrap_or_else(|refused| panic!("{refused} {event}"));
            assert!(read.time < midnight, "{event}");
        }
    }
}

#[test]
fn a_failure_to_write_ends_the_generation() {
    let mut left = 100;
    let outcome = generate(&CaseloadSpec::dorset_size(1, day()), |_| {
        left -= 1;
        if left == 0 { Err(io::Error::other("full")) } else { Ok(()) }
    });
    assert_eq!((outcome.unwrap_err().to_string(), left), ("full".to_owned(), 0));
}
