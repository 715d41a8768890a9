//! Domain rules, section 0.

use serde_json::json;

use super::{Known, date, hold};
use crate::domain::calendar::{london_date, london_midnight};
use crate::domain::notification_duty::DutyCode::{self, InitialNotification, NameUsed, PeriodicConfirmation};
use crate::domain::notification_duty::clock_stop::{ClockStop, StopReason};
use crate::domain::notification_duty::count::{beginning_with, running_on};

fn stop(from: &str, ended_on: Option<&str>) -> ClockStop {
    ClockStop { from: Some(date(from)), ended_on: ended_on.map(date), why: StopReason::Custody }
}

#[test]
fn periods_beginning_with_a_day_count_that_day() {
    let custody = stop("2021-03-02", Some("2021-03-10"));
    for (section, shows, trigger, days, stops, last_day) in [
        ("0", "3 days: +2", "2021-03-01", 3, vec![], Some("2021-03-03")),
        ("0", "6 days: +5", "2021-03-01", 6, vec![], Some("2021-03-06")),
        ("0", "1 day: the day itself", "2021-03-01", 1, vec![], Some("2021-03-01")),
        ("0", "a weekend does not extend it", "2021-03-05", 3, vec![], Some("2021-03-07")),
        ("0", "Good Friday to Easter Monday do not extend it", "2021-04-02", 3, vec![], Some("2021-04-04")),
        ("0", "over 29 February", "2020-02-28", 3, vec![], Some("2020-03-01")),
        ("0", "over the end of February of another year", "2021-02-27", 3, vec![], Some("2021-03-01")),
        ("0", "custody from the second day: two days are left", "2021-03-01", 3, vec![custody], Some("2021-03-11")),
        ("0", "custody from the day itself: all three", "2021-03-02", 3, vec![custody], Some("2021-03-12")),
        ("0", "within custody: all three from release", "2021-03-05", 3, vec![custody], Some("2021-03-12")),
        ("0", "on the day of release, which counts", "2021-03-10", 3, vec![custody], Some("2021-03-12")),
        ("0", "custody begins after the last day", "2021-02-26", 3, vec![custody], Some("2021-02-28")),
        ("0", "custody that has not ended", "2021-03-05", 3, vec![stop("2021-03-02", None)], None),
        ("0", "two stops", "2021-03-01", 3, vec![custody, stop("2021-03-11", Some("2021-03-20"))], Some("2021-03-20")),
        (
            "0",
            "stops that overlap",
            "2021-03-05",
            3,
            vec![custody, stop("2021-03-04", Some("2021-04-01"))],
            Some("2021-04-03"),
        ),
        (
            "0",
            "a stop begun and ended on one day disregards none",
            "2021-03-01",
            3,
            vec![stop("2021-03-02", Some("2021-03-02"))],
            Some("2021-03-03"),
        ),
    ] {
        let counted = beginning_with(date(trigger), days, &stops);
        assert_eq!(counted.last_day, last_day.map(date), "section {section}: {shows}");
        assert_eq!(counted.steps.last().and_then(|step| step.date), last_day.map(date), "section {section}: {shows}");
    }
}

#[test]
fn a_date_within_a_stop_runs_on_to_the_third_day_beginning_with_its_end() {
    let custody = stop("2021-03-02", Some("2021-03-10"));
    for (section, shows, due, stops, last_day) in [
        ("0", "before custody", "2021-03-01", vec![custody], Some("2021-03-01")),
        ("0", "on its first day: end + 2", "2021-03-02", vec![custody], Some("2021-03-12")),
        ("0", "on its last whole day: end + 2", "2021-03-09", vec![custody], Some("2021-03-12")),
        ("0", "on the day on which it ends", "2021-03-10", vec![custody], Some("2021-03-10")),
        ("0", "after it", "2021-03-11", vec![custody], Some("2021-03-11")),
        (
            "0",
            "custody again on the third day",
            "2021-03-05",
            vec![custody, stop("2021-03-12", Some("2021-03-20"))],
            Some("2021-03-22"),
        ),
        ("0", "custody that has not ended", "2021-03-05", vec![stop("2021-03-02", None)], None),
    ] {
        assert_eq!(running_on(date(due), 3, &stops).last_day, last_day.map(date), "section {section}: {shows}");
    }
}

#[test]
fn every_status_that_the_law_names_stops_the_clock_and_no_other() {
    for (status, last_day) in [
        ("custody", "2021-03-12"),
        ("hospital", "2021-03-12"),
        ("abroad", "2021-03-12"),
        ("missing", "2021-03-03"),
        ("community", "2021-03-03"),
    ] {
        let known = Known::settled()
            .statuses(&[("community", "2015-02-01"), (status, "2021-03-01"), ("community", "2021-03-10")])
            .change("c", "name_used", Some("2021-03-01"), &json!({}));
        let told = known.told(NameUsed, "2021-03-02");
        assert!(told.starts_with(last_day), "section 0, {status}: {told}");
    }
}

#[test]
fn dates_are_those_of_london_over_both_changes_of_the_clocks() {
    // The clocks went forward on 28 March 2021 and back on 31 October 2021.
    for (section, day, midnight) in [
        ("0", "2021-03-28", "2021-03-28T00:00:00Z"),
        ("0", "2021-03-29", "2021-03-28T23:00:00Z"),
        ("0", "2021-10-31", "2021-10-30T23:00:00Z"),
        ("0", "2021-11-01", "2021-11-01T00:00:00Z"),
    ] {
        assert_eq!(
            london_midnight(date(day)),
            midnight.parse::<chrono::DateTime<chrono::Utc>>().unwrap(),
            "section {section}"
        );
        assert_eq!(london_date(london_midnight(date(day))), date(day), "section {section}");
    }
    let named = |on: &str, at: &str| {
        Known::settled().notified("n1", "change", at, &json!({"moves_periodic_date": false})).change(
            "c",
            "name_used",
            Some(on),
            &json!({"notification_ref": "n1"}),
        )
    };
    hold(vec![
        (
            "0",
            "forward: 23:30 in London on the last day is in time",
            named("2021-03-27", "2021-03-29T22:30:00Z"),
            NameUsed,
            "2021-04-01",
            "2021-03-29 met_on 2021-03-29",
        ),
        (
            "0",
            "forward: 23:30 UTC is past midnight in London",
            named("2021-03-27", "2021-03-29T23:30:00Z"),
            NameUsed,
            "2021-04-01",
            "2021-03-29 met_late 2021-03-30 2021-03-30",
        ),
        (
            "0",
            "back: 23:30 UTC is still that day in London",
            named("2021-10-30", "2021-11-01T23:30:00Z"),
            NameUsed,
            "2021-11-05",
            "2021-11-01 met_on 2021-11-01",
        ),
        (
            "0",
            "back: asked at 23:30 UTC of the summer's eve, the third day has begun",
            named("2021-10-28", "2021-12-01"),
            NameUsed,
            "2021-10-29T23:30:00Z",
            "2021-10-30 due",
        ),
    ]);
}

#[test]
fn a_lapse_begins_the_day_after_the_last() {
    let known = || Known::settled().change("c", "name_used", Some("2021-03-01"), &json!({}));
    let rows: [(&str, &str); 5] = [
        ("2021-02-28", "2021-03-03 not_yet_due"),
        ("2021-03-01", "2021-03-03 due"),
        ("2021-03-03", "2021-03-03 due"),
        ("2021-03-04", "2021-03-03 lapsed_since 2021-03-04"),
        ("2021-09-01", "2021-03-03 lapsed_since 2021-03-04"),
    ];
    for (at, expected) in rows {
        assert_eq!(known().told(NameUsed, at), expected, "section 0, asked on {at}");
    }
}

#[test]
fn what_came_before_the_first_status_known_is_not_counted() {
    let known = Known::unnotified("2010-02-01").statuses(&[("community", "2019-06-01")]);
    hold(vec![
        (
            "0",
            "three days from the first status known",
            known.clone(),
            InitialNotification,
            "2019-06-03",
            "2019-06-03 due",
        ),
        ("0", "and no more", known.clone(), InitialNotification, "2019-06-04", "2019-06-03 lapsed_since 2019-06-04"),
        (
            "0",
            "a year that ran out before runs on after it",
            known.notified("n", "initial", "2012-02-01", &json!({})),
            PeriodicConfirmation,
            "2019-06-03",
            "2019-06-03 due",
        ),
    ]);
}

#[test]
fn who_left_this_force_or_the_register_owes_it_nothing_more() {
    let lapsed = || Known::settled().change("c", "name_used", Some("2021-03-01"), &json!({}));
    let gone = |status, on| lapsed().statuses(&[("community", "2015-02-01"), (status, on)]);
    let code: DutyCode = NameUsed;
    hold(vec![
        (
            "0",
            "transferred within the three days",
            gone("transferred_out", "2021-03-02"),
            code,
            "2021-03-10",
            "2021-03-03 stopped",
        ),
        ("0", "dead within the three days", gone("deceased", "2021-03-03"), code, "2021-03-10", "2021-03-03 stopped"),
        (
            "0",
            "lapsed before that",
            gone("transferred_out", "2021-03-05"),
            code,
            "2021-03-10",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.2",
            "the period ended within the three days",
            lapsed().ends_on("2021-03-02"),
            code,
            "2021-03-03",
            "2021-03-03 not_required",
        ),
        ("1.2", "the period ends tomorrow", lapsed().ends_on("2021-03-02"), code, "2021-03-01", "2021-03-03 due"),
        (
            "1.2",
            "the period had ended before it",
            lapsed().ends_on("2021-02-28"),
            code,
            "2021-03-10",
            "2021-03-03 not_required",
        ),
        (
            "1.2",
            "lapsed within the period",
            lapsed().ends_on("2021-03-03"),
            code,
            "2021-03-10",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
    ]);
    // Met after the last day, which came after the end: there was no duty to be late for.
    let told_late = |known: Known| {
        let told = json!({"notification_ref": "n1"});
        known.notified("n1", "change", "2021-03-10", &json!({"moves_periodic_date": false})).change(
            "d",
            "name_used",
            Some("2021-03-02"),
            &told,
        )
    };
    let transferred = |on| Known::settled().statuses(&[("community", "2015-02-01"), ("transferred_out", on)]);
    hold(vec![
        (
            "1.2",
            "told after the period had ended",
            told_late(Known::settled().ends_on("2021-03-03")),
            code,
            "2021-03-10",
            "2021-03-04 not_required",
        ),
        (
            "1.2",
            "told late within the period",
            told_late(Known::settled().ends_on("2021-03-04")),
            code,
            "2021-03-10",
            "2021-03-04 met_late 2021-03-10 2021-03-05",
        ),
        (
            "0",
            "told after another force took over",
            told_late(transferred("2021-03-04")),
            code,
            "2021-03-10",
            "2021-03-04 stopped",
        ),
        (
            "0",
            "told late before it did",
            told_late(transferred("2021-03-05")),
            code,
            "2021-03-10",
            "2021-03-04 met_late 2021-03-10 2021-03-05",
        ),
    ]);
    assert!(gone("deceased", "2021-03-05").suspected("2021-03-10").is_empty());
    assert!(gone("transferred_out", "2021-03-05").suspected("2021-03-10").is_empty());
    assert_eq!(gone("deported", "2021-03-05").suspected("2021-03-10").len(), 2, "the name, and the year that ran out");
}

#[test]
fn who_came_back_from_another_force_is_suspected_of_nothing_of_the_time_away() {
    let confirmed = Known::unnotified("2010-02-01").notified("n0", "initial", "2010-02-01", &json!({})).notified(
        "n1",
        "periodic",
        "2019-05-01",
        &json!({}),
    );
    let returned = |away| {
        confirmed.clone().statuses(&[
            ("community", "2010-02-01"),
            ("transferred_out", away),
            ("community", "2021-04-01"),
        ])
    };
    hold(vec![
        (
            "0",
            "the year ran out there: three days from the return",
            returned("2019-06-01"),
            PeriodicConfirmation,
            "2021-04-03",
            "2021-04-03 due",
        ),
        (
            "0",
            "and no more",
            returned("2019-06-01"),
            PeriodicConfirmation,
            "2021-04-04",
            "2021-04-03 lapsed_since 2021-04-04",
        ),
        (
            "0",
            "it ran out before",
            returned("2020-05-02"),
            PeriodicConfirmation,
            "2021-04-03",
            "2020-05-01 lapsed_since 2020-05-02",
        ),
    ]);
}

#[test]
fn a_new_registration_is_told_from_the_one_that_ended() {
    // The period of a first registration ended in 2015; a caution of 1 March 2021 made another one.
    let again = |from: &str| {
        Known::unnotified("2021-03-01")
            .notified("n0", "initial", "2010-02-01", &json!({}))
            .notified("n1", "periodic", "2014-06-01", &json!({}))
            .address("a2", "main", "2017-01-01", None)
            .statuses(&[("community", "2010-02-01"), ("period_ended", "2015-02-01"), ("community", from)])
    };
    let notified = again("2021-03-01").notified("n2", "initial", "2021-03-03", &json!({}));
    hold(vec![
        (
            "1.1 row 1",
            "notified in time",
            notified.clone(),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 met_on 2021-03-03",
        ),
        (
            "1.1 row 1",
            "the first registration's notification is none of it",
            again("2021-03-01"),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 1",
            "though the record says so later",
            again("2021-03-05").notified("n2", "initial", "2021-03-03", &json!({})),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 met_on 2021-03-03",
        ),
        (
            "1.1 row 1",
            "still subject, s.83(2): the period has not ended between",
            Known::unnotified("2021-03-01").notified("n0", "initial", "2010-02-01", &json!({})).statuses(&[
                ("community", "2010-02-01"),
                ("transferred_out", "2015-02-01"),
                ("community", "2020-02-01"),
            ]),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 met_on 2010-02-01",
        ),
        (
            "1.2",
            "the year of the first one is not gone on with",
            again("2021-03-01"),
            PeriodicConfirmation,
            "2021-03-10",
            "2015-06-01 not_required",
        ),
    ]);
    assert_eq!(notified.suspected("2021-03-10"), [], "sections 1.1 and 1.2");
    let suspected = again("2021-03-01").suspected("2021-03-10");
    let keys: Vec<&str> = suspected.iter().map(|breach| breach.key.as_str()).collect();
    assert_eq!(keys, ["initial_notification:2021-03-01"], "section 1.1 row 1: s.83(1)");
}

#[test]
fn an_order_keeps_its_subject_notifiable_after_the_period() {
    let named = |orders: &[(&str, &str, Option<&str>)]| {
        let known = Known::settled().ends_on("2021-01-31").change("c", "name_used", Some("2021-03-01"), &json!({}));
        orders.iter().enumerate().fold(known, |known, (number, (kind, made_on, ends_on))| {
            known.order(&format!("o{number}"), &json!({"kind": kind, "made_on": made_on, "ends_on": ends_on}))
        })
    };
    let lapsed = "2021-03-03 lapsed_since 2021-03-04";
    for (section, shows, orders, expected) in [
        ("1.2", "none", &[][..], "2021-03-03 not_required"),
        ("1.2", "a SHPO beyond it: s.103G", &[("shpo", "2020-01-31", Some("2025-01-31"))], lapsed),
        ("1.2", "a SHPO without an end", &[("shpo", "2020-01-31", None)], lapsed),
        ("1.2", "made the day after it ended", &[("sopo", "2021-02-01", None)], lapsed),
        ("1.2", "made later: another registration", &[("sopo", "2021-02-02", None)], "2021-03-03 not_required"),
        ("1.2", "one that has ended too", &[("shpo", "2020-01-31", Some("2021-02-28"))], "2021-03-03 not_required"),
        ("1.2", "one that ended since", &[("shpo", "2020-01-31", Some("2021-03-03"))], lapsed),
        (
            "1.2",
            "an interim one and then another",
            &[("shpo", "2021-02-16", None), ("interim_shpo", "2020-12-01", Some("2021-02-15"))],
            lapsed,
        ),
        ("1.2", "a sexual risk order prolongs nothing", &[("sro", "2020-01-31", None)], "2021-03-03 not_required"),
    ] {
        assert_eq!(named(orders).told(NameUsed, "2021-04-01"), expected, "section {section}: {shows}");
    }
    let confirming = Known::unnotified("2015-02-01")
        .notified("n", "initial", "2020-06-01", &json!({}))
        .ends_on("2021-01-31")
        .order("o", &json!({"kind": "shpo", "made_on": "2020-01-31", "ends_on": "2025-01-31"}));
    assert_eq!(confirming.told(PeriodicConfirmation, "2021-06-01"), "2021-06-01 due", "section 1.2: and of the year");
}
