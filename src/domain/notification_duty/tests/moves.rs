//! Domain rules, section 1.1, rows 3 and 5: homes and releases that the records tell of.

use serde_json::{Value, json};

use super::{Known, hold};
use crate::domain::notification_duty::DutyCode::{HomeAddressChanged, Released};

fn nothing() -> Value {
    json!({})
}

#[test]
fn release_is_read_off_the_statuses() {
    let turns = |from: &str, to: &str| {
        Known::settled().statuses(&[("community", "2015-02-01"), (from, "2020-03-01"), (to, "2021-03-01")])
    };
    hold(vec![
        ("1.1 row 5", "from custody", turns("custody", "community"), Released, "2021-03-03", "2021-03-03 due"),
        (
            "1.1 row 5",
            "from hospital",
            turns("hospital", "community"),
            Released,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 5",
            "and not seen since",
            turns("custody", "missing"),
            Released,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 5",
            "from custody to hospital is no release",
            turns("custody", "hospital"),
            Released,
            "2021-03-04",
            "none",
        ),
        ("1.1 row 5", "coming back from abroad is none", turns("abroad", "community"), Released, "2021-03-04", "none"),
        (
            "1.1 row 5",
            "notified on the third day",
            turns("custody", "community").notified("n", "change", "2021-03-03", &nothing()),
            Released,
            "2021-04-01",
            "2021-03-03 met_on 2021-03-03",
        ),
        (
            "1.1 row 5",
            "a bank card's notification does not tell of it",
            turns("custody", "community").notified(
                "n",
                "change",
                "2021-03-02",
                &json!({"provision": "2012 regs: bank card"}),
            ),
            Released,
            "2021-04-01",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 5",
            "one entered by a person stands for it",
            turns("custody", "community").notified("n", "change", "2021-03-20", &nothing()).change(
                "c",
                "released",
                Some("2021-03-01"),
                &nothing(),
            ),
            Released,
            "2021-04-01",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 5",
            "what came before the first status known is no release",
            Known::settled().statuses(&[("community", "2021-03-01")]),
            Released,
            "2021-04-01",
            "none",
        ),
    ]);
}

#[test]
fn a_new_home_on_record_is_a_change_of_home_address() {
    let moved = || {
        Known::settled().address("a1", "main", "2015-01-01", Some("2021-02-28")).address(
            "a2",
            "main",
            "2021-03-01",
            None,
        )
    };
    let lost = Known::settled().address("a2", "no_fixed_abode", "2021-03-01", None);
    hold(vec![
        ("1.1 row 3", "the third day", moved(), HomeAddressChanged, "2021-03-03", "2021-03-03 due"),
        ("1.1 row 3", "the fourth", moved(), HomeAddressChanged, "2021-03-04", "2021-03-03 lapsed_since 2021-03-04"),
        (
            "1.1 row 3",
            "notified",
            moved().notified("n", "change", "2021-03-03", &nothing()),
            HomeAddressChanged,
            "2021-04-01",
            "2021-03-03 met_on 2021-03-03",
        ),
        (
            "1.1 row 3",
            "a confirmation tells of it too, late",
            moved().notified("n", "periodic", "2021-03-20", &nothing()),
            HomeAddressChanged,
            "2021-04-01",
            "2021-03-03 met_late 2021-03-20 2021-03-04",
        ),
        (
            "1.1 row 3",
            "a notification of the day before is none of it",
            moved().notified("n", "change", "2021-02-28", &nothing()),
            HomeAddressChanged,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 3",
            "one of a card is none of it",
            moved().notified("n", "change", "2021-03-01", &json!({"provision": "2012 regs: bank card"})),
            HomeAddressChanged,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 3",
            "one of a name is none of it",
            moved().notified("n", "change", "2021-03-01", &json!({"provision": "s.84(1)(a)"})),
            HomeAddressChanged,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 3",
            "notice of travel is none of it",
            moved().notified("n", "travel", "2021-03-01", &json!({"moves_periodic_date": false})),
            HomeAddressChanged,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 3",
            "the home of the first notification is no change",
            Known::settled().address("a1", "main", "2015-02-01", None),
            HomeAddressChanged,
            "2021-03-04",
            "none",
        ),
        (
            "1.1 row 3",
            "a place where regularly found is a home",
            lost,
            HomeAddressChanged,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        ("1.1 row 3", "a home to come", moved(), HomeAddressChanged, "2021-02-20", "2021-03-03 not_yet_due"),
        (
            "1.1 row 3",
            "nothing before the first notification",
            Known::unnotified("2015-02-01").address("a", "main", "2021-03-01", None),
            HomeAddressChanged,
            "2021-03-04",
            "none",
        ),
        (
            "1.1 row 3",
            "taken up from custody: from release",
            Known::settled()
                .statuses(&[("community", "2015-02-01"), ("custody", "2020-01-01"), ("community", "2021-04-01")])
                .address("a2", "main", "2021-03-01", None),
            HomeAddressChanged,
            "2021-04-03",
            "2021-04-03 due",
        ),
        (
            "1.1 row 3",
            "entered by a person with its advance notice",
            moved().change(
                "c",
                "home_address_changed",
                Some("2021-03-01"),
                &json!({"premises_ref": "a2",
                "advance": {"notified_at": "2021-02-01T10:00:00Z", "expected_on": "2021-03-02"}}),
            ),
            HomeAddressChanged,
            "2021-04-01",
            "2021-03-03 met_on 2021-02-01",
        ),
    ]);
    let key = |known: &Known| known.suspected("2021-03-04").into_iter().map(|breach| breach.key).collect::<Vec<_>>();
    let entered = moved().change("c", "home_address_changed", Some("2021-03-01"), &json!({"premises_ref": "a2"}));
    assert_eq!(key(&moved()), key(&entered), "the same lapse, whoever tells of it");
}

#[test]
fn a_move_met_late_is_suspected_for_28_days_from_when_it_was_put_on_record() {
    // Put on record on 1 January 2021, as everything of these tests.
    let suspected = |from: &str, met_on: &str, at: &str| {
        let moved = Known::settled().address("a2", "main", from, None).notified("n", "periodic", met_on, &nothing());
        moved.suspected(at).into_iter().filter(|breach| breach.key.starts_with("home_address_changed")).count()
    };
    for (section, shows, from, met_on, at, expected) in [
        ("1.1 row 3", "learned of with its late notification", "2019-03-01", "2021-01-04", "2021-01-29", 1),
        ("1.1 row 3", "28 days before", "2019-03-01", "2021-01-04", "2021-01-30", 0),
        ("1.1 row 3", "on record long before it was told", "2019-03-01", "2021-03-04", "2021-03-05", 0),
        ("1.1 row 3", "failed since it was on record", "2021-02-01", "2021-03-03", "2021-03-04", 1),
        ("1.1 row 3", "failed more than 28 days ago", "2021-02-01", "2021-03-03", "2021-03-05", 0),
    ] {
        assert_eq!(suspected(from, met_on, at), expected, "section {section}: {shows}");
    }
}
