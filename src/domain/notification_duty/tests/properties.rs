//! What holds of any facts: their order does not count, a longer clock stop never brings a last day forward,
//! and no last day comes before what set the duty off, save where the law counts back from it.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;
use serde_json::json;

use super::{Known, built_in, date};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::moment::Moment;
use crate::domain::notification_duty::clock_stop::{ClockStop, StopReason};
use crate::domain::notification_duty::count::{beginning_with, running_on};
use crate::domain::notification_duty::duties;
use crate::domain::notification_duty::rules::Period;
use crate::domain::notification_duty::suspicion::suspected_breaches;
use crate::domain::status_history::{StatusSpell, StatusVersion, status_history};

const KINDS: [&str; 16] = [
    "name_used",
    "home_address_changed",
    "no_sole_or_main_residence",
    "stay",
    "released",
    "child_household_begun",
    "child_household_ceased",
    "bank_account_opened",
    "bank_account_closed",
    "card_gained",
    "card_lost",
    "card_changed",
    "identity_document_obtained",
    "identity_document_lost",
    "attendance_directed",
    "absent_from_home",
];

fn day(number: u32) -> CivilDate {
    plus_days(date("2018-01-01"), number)
}

fn noon(number: u32) -> DateTime<Utc> {
    day(number).and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(12)
}

/// A status, its first day, the event's.
fn statuses() -> impl Strategy<Value = Vec<StatusVersion>> {
    let status = select(vec!["community", "custody", "hospital", "abroad", "missing"]);
    let version = (status, 0_u32..1_500, 0_u32..60).prop_map(|(status, since, later)| StatusVersion {
        event_time: noon(since + later),
        event_id: format!("{since}-{later}-{status}"),
        source: "/records/wessex".to_owned(),
        status_since: day(since),
        status: serde_json::from_value(json!(status)).unwrap(),
    });
    proptest::collection::vec(version, 0..6)
}

fn known() -> impl Strategy<Value = Known> {
    let notification = (select(vec!["initial", "change", "periodic", "weekly", "travel"]), 0_u32..1_500, any::<bool>());
    let change = (
        select(KINDS.to_vec()),
        proptest::option::of(0_u32..1_500),
        0_u32..30,
        proptest::option::of(0_u32..1_500),
        0_usize..8,
    );
    let address = (select(vec!["main", "other", "no_fixed_abode"]), 0_u32..1_500, proptest::option::of(0_u32..60));
    let travel = (0_u32..1_500, proptest::option::of(0_u32..40), proptest::option::of(0_u32..40));
    let parts = (
        proptest::collection::vec(notification, 0..6),
        proptest::collection::vec(change, 0..6),
        proptest::collection::vec(address, 0..4),
        proptest::collection::vec(travel, 0..3),
        statuses(),
        any::<bool>(),
    );
    parts.prop_map(|(notifications, changes, addresses, travels, statuses, weekly)| {
        let mut known = Known::unnotified("2018-01-10");
        if weekly {
            known = known.weekly();
        }
        for (number, (kind, on, moves)) in notifications.into_iter().enumerate() {
            known = known.notified(&format!("n{number}"), kind, &day(on).to_string(), &json!({"moves_periodic_date": moves}));
        }
        for (number, (kind, on, long, expected, notification)) in changes.into_iter().enumerate() {
            let advance = expected.map(|on| json!({"notified_at": noon(on.saturating_sub(20)), "expected_on": day(on)}));
            let over = json!({"until": on.map(|on| day(on + long)), "advance": advance, "premises_ref": select_premises(number),
                "notification_ref": format!("n{notification}")});
            let on = on.map(|on| day(on).to_string());
            known = known.change(&format!("c{number}"), kind, on.as_deref(), &over);
        }
        for (number, (kind, from, long)) in addresses.into_iter().enumerate() {
            let until = long.map(|long| day(from + long).to_string());
            known = known.address(&format!("a{number}"), kind, &day(from).to_string(), until.as_deref());
        }
        for (number, (on, told, back)) in travels.into_iter().enumerate() {
            known = known.travel(&format!("t{number}"), &json!({"departs_on": day(on), "notified_at": told.map(|told| noon(on.saturating_sub(told))),
                "returned_on": back.map(|back| day(on + back))}));
        }
        known.spells = status_history(&statuses);
        if let Some(last) = known.spells.last() {
            (known.offender.status, known.offender.status_since) = (last.status, last.from);
        }
        known
    })
}

fn select_premises(number: usize) -> Option<&'static str> {
    match number % 3 {
        0 => Some("a0"),
        1 => Some("p"),
        _ => None,
    }
}

/// Stops in no order, as the count takes them: from a day, so many days long.
fn stops() -> impl Strategy<Value = Vec<(u32, u32)>> {
    proptest::collection::vec((0_u32..60, 0_u32..20), 0..5)
}

fn stop(from: u32, long: u32) -> ClockStop {
    ClockStop { from: Some(day(from)), ended_on: Some(day(from + long)), why: StopReason::Custody }
}

proptest! {
    #[test]
    fn the_order_of_the_facts_does_not_count((known, shuffled) in known().prop_flat_map(|known| {
        let shuffled = (
            Just(known.notifications.clone()).prop_shuffle(), Just(known.changes.clone()).prop_shuffle(),
            Just(known.addresses.clone()).prop_shuffle(), Just(known.travels.clone()).prop_shuffle(),
            Just(known.spells.clone()).prop_shuffle(),
        );
        (Just(known), shuffled)
    }), on in 0_u32..1_600) {
        let (at, rules) = (Moment::at(noon(on)), built_in());
        let other = Known { notifications: shuffled.0, changes: shuffled.1, addresses: shuffled.2, travels: shuffled.3,
            spells: shuffled.4, ..known.clone() };
        prop_assert_eq!(duties(known.facts(), at, &rules), duties(other.facts(), at, &rules));
        prop_assert_eq!(suspected_breaches(known.facts(), at, &rules), suspected_breaches(other.facts(), at, &rules));
    }

    #[test]
    fn the_order_of_the_versions_does_not_count((versions, shuffled) in statuses().prop_flat_map(|versions| {
        (Just(versions.clone()), Just(versions).prop_shuffle())
    })) {
        let spells = status_history(&versions);
        prop_assert_eq!(&spells, &status_history(&shuffled));
        let joined = |pair: &[StatusSpell]| pair[0].ended_on == Some(pair[1].from) && pair[0].status != pair[1].status;
        prop_assert!(spells.windows(2).all(joined));
        prop_assert!(spells.last().is_none_or(|last| last.ended_on.is_none()));
    }

    #[test]
    fn a_longer_stop_never_brings_a_last_day_forward(lengths in stops(), which in 0_usize..5, longer in 0_u32..30, trigger in 0_u32..60, days in 1_u32..10) {
        let short: Vec<ClockStop> = lengths.iter().map(|(from, long)| stop(*from, *long)).collect();
        let long: Vec<ClockStop> = lengths.iter().enumerate().map(|(index, (from, long))| {
            stop(*from, long + if index == which { longer } else { 0 })
        }).collect();
        let counted = |stops: &[ClockStop]| beginning_with(day(trigger), days, stops).last_day.unwrap();
        prop_assert!(counted(&short) <= counted(&long));
        prop_assert!(counted(&[]) <= counted(&short));
        prop_assert!(running_on(day(trigger), 3, &[]).last_day <= running_on(day(trigger), 3, &short).last_day);
    }

    #[test]
    fn counting_agrees_with_going_through_the_calendar_day_by_day(lengths in stops(), trigger in 0_u32..60, days in 1_u32..10) {
        let stops: Vec<ClockStop> = lengths.iter().map(|(from, long)| stop(*from, *long)).collect();
        let counts = day(trigger).iter_days().filter(|day| {
            !lengths.iter().any(|(from, long)| date("2018-01-01").signed_duration_since(*day).num_days() <= -i64::from(*from)
                && day.signed_duration_since(date("2018-01-01")).num_days() < i64::from(from + long))
        });
        let expected = counts.take(usize::try_from(days).unwrap()).last();
        prop_assert_eq!(beginning_with(day(trigger), days, &stops).last_day, expected);
    }

    #[test]
    fn no_last_day_comes_before_its_trigger_save_where_the_law_counts_back(known in known(), on in 0_u32..1_600) {
        for duty in duties(known.facts(), Moment::at(noon(on)), &built_in()) {
            let counts_back = matches!(duty.rule.period, Period::DaysBefore { .. } | Period::HoursBefore { .. });
            if let Some(last_day) = duty.last_day {
                // A journey that begins on the first day subject to notification has no day before it to tell of it.
                let is_first_day = duty.trigger.on == known.offender.notification.relevant_date;
                prop_assert_eq!(last_day < duty.trigger.on, counts_back && !is_first_day, "{:?}", duty);
            }
            prop_assert!(duty.first_failure_on().is_none_or(|failed| failed <= day(on) && duty.last_day.is_some_and(|last| last <= failed)), "{:?}", duty);
        }
    }

    #[test]
    fn a_key_names_one_duty(known in known(), on in 0_u32..1_600) {
        let mut keys: Vec<String> = duties(known.facts(), Moment::at(noon(on)), &built_in()).into_iter().map(|duty| duty.key).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
    }
}
