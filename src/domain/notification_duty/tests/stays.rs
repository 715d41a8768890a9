//! Domain rules, section 1.1, row 4: seven days, in one stay or in several within any 12 months.

use serde_json::json;

use super::{Known, built_in, date, hold};
use crate::domain::notification_duty::DutyCode::StayAtPremises;
use crate::domain::notification_duty::stay::{Stay, qualifies_on};

#[test]
fn the_qualifying_period_is_reached_on_the_seventh_day_within_any_twelve_months() {
    for (section, shows, stays, reached) in [
        ("1.1 row 4", "one stay of 7 days", &[("2021-03-01", "2021-03-07")][..], Some("2021-03-07")),
        ("1.1 row 4", "one stay of 6", &[("2021-03-01", "2021-03-06")], None),
        ("1.1 row 4", "a longer stay, on its seventh day", &[("2021-03-01", "2021-05-01")], Some("2021-03-07")),
        (
            "1.1 row 4",
            "3 and 4 days",
            &[("2021-01-01", "2021-01-03"), ("2021-06-01", "2021-06-04")],
            Some("2021-06-04"),
        ),
        ("1.1 row 4", "3 and 3 days", &[("2021-01-01", "2021-01-03"), ("2021-06-01", "2021-06-03")], None),
        (
            "1.1 row 4",
            "seven stays of a day",
            &[
                ("2021-01-01", "2021-01-01"),
                ("2021-02-01", "2021-02-01"),
                ("2021-03-01", "2021-03-01"),
                ("2021-04-01", "2021-04-01"),
                ("2021-05-01", "2021-05-01"),
                ("2021-06-01", "2021-06-01"),
                ("2021-07-01", "2021-07-01"),
            ],
            Some("2021-07-01"),
        ),
        (
            "1.1 row 4",
            "the first day just within 12 months",
            &[("2021-01-02", "2021-01-04"), ("2021-12-29", "2022-01-01")],
            Some("2022-01-01"),
        ),
        (
            "1.1 row 4",
            "the first day just without",
            &[("2021-01-01", "2021-01-03"), ("2021-12-29", "2022-01-01")],
            None,
        ),
        (
            "1.1 row 4",
            "the window rolls over the new year",
            &[("2020-10-01", "2020-10-04"), ("2021-02-01", "2021-02-03")],
            Some("2021-02-03"),
        ),
        (
            "1.1 row 4",
            "the window moves past the oldest",
            &[("2020-01-01", "2020-01-05"), ("2020-12-31", "2021-01-02"), ("2021-03-01", "2021-03-04")],
            Some("2021-03-04"),
        ),
        (
            "1.1 row 4",
            "12 months to 29 February begin on 1 March",
            &[("2019-03-01", "2019-03-03"), ("2020-02-26", "2020-02-29")],
            Some("2020-02-29"),
        ),
        ("1.1 row 4", "and not on 28 February", &[("2019-02-28", "2019-03-02"), ("2020-02-26", "2020-02-29")], None),
        (
            "1.1 row 4",
            "a day of two stays counts once",
            &[("2021-03-01", "2021-03-04"), ("2021-03-04", "2021-03-06")],
            None,
        ),
        ("1.1 row 4", "over the change of the clocks", &[("2021-03-25", "2021-03-31")], Some("2021-03-31")),
    ] {
        let stays: Vec<Stay> =
            stays.iter().map(|(from, until)| Stay { from: date(from), until: Some(date(until)) }).collect();
        assert_eq!(qualifies_on(&stays, built_in().stays), reached.map(date), "section {section}: {shows}");
        let backwards: Vec<Stay> = stays.into_iter().rev().collect();
        assert_eq!(
            qualifies_on(&backwards, built_in().stays),
            reached.map(date),
            "section {section}, backwards: {shows}"
        );
    }
}

#[test]
fn three_days_beginning_with_the_seventh() {
    let stayed = |until: Option<&str>| {
        Known::settled().change("s1", "stay", Some("2021-03-01"), &json!({"premises_ref": "p", "until": until}))
    };
    let twice = Known::settled()
        .change("s1", "stay", Some("2021-01-01"), &json!({"premises_ref": "p", "until": "2021-01-04"}))
        .change("s2", "stay", Some("2021-03-05"), &json!({"premises_ref": "p", "until": "2021-03-10"}));
    let two_places = Known::settled()
        .change("s1", "stay", Some("2021-01-01"), &json!({"premises_ref": "p", "until": "2021-01-04"}))
        .change("s2", "stay", Some("2021-03-05"), &json!({"premises_ref": "q", "until": "2021-03-10"}));
    let notified = |on: &str| stayed(Some("2021-03-20")).notified("n", "change", on, &json!({}));
    let mut linked = [notified("2021-03-03"), notified("2021-03-10"), notified("2021-02-27")];
    for known in &mut linked {
        known.changes.first_mut().unwrap().record.notification_ref = Some("n".to_owned().try_into().unwrap());
    }
    let [beforehand, late, too_early] = linked;
    let advance = |expected: &str| {
        Known::settled().change(
            "s1",
            "stay",
            Some("2021-03-01"),
            &json!({"premises_ref": "p", "until": "2021-03-20",
            "advance": {"notified_at": "2021-02-20T10:00:00Z", "expected_on": expected}}),
        )
    };
    let at = "2021-03-12";
    hold(vec![
        (
            "1.1 row 4",
            "the ninth day is the last",
            stayed(Some("2021-03-20")),
            StayAtPremises,
            "2021-03-09",
            "2021-03-09 due",
        ),
        (
            "1.1 row 4",
            "the tenth is a failure",
            stayed(Some("2021-03-20")),
            StayAtPremises,
            at,
            "2021-03-09 lapsed_since 2021-03-10",
        ),
        ("1.1 row 4", "a stay that goes on", stayed(None), StayAtPremises, "2021-03-02", "2021-03-09 not_yet_due"),
        ("1.1 row 4", "a stay too short", stayed(Some("2021-03-06")), StayAtPremises, at, "none"),
        ("1.1 row 4", "two stays at one place", twice, StayAtPremises, "2021-03-09", "2021-03-09 due"),
        ("1.1 row 4", "two places do not add up", two_places, StayAtPremises, at, "none"),
        ("1.1 row 4", "notified during the stay", beforehand, StayAtPremises, at, "2021-03-09 met_on 2021-03-03"),
        ("1.1 row 4", "notified late", late, StayAtPremises, at, "2021-03-09 met_late 2021-03-10 2021-03-10"),
        (
            "1.1 row 4",
            "a notification before the stay names no date",
            too_early,
            StayAtPremises,
            at,
            "2021-03-09 lapsed_since 2021-03-10",
        ),
        (
            "1.1 row 9",
            "an advance notice covers the seventh day",
            advance("2021-03-09"),
            StayAtPremises,
            at,
            "2021-03-09 met_on 2021-02-20",
        ),
        ("1.1 row 9", "or does not", advance("2021-03-10"), StayAtPremises, at, "2021-03-09 lapsed_since 2021-03-10"),
        (
            "1.1 row 4",
            "another address on record",
            Known::settled().address("a", "other", "2021-03-01", None),
            StayAtPremises,
            at,
            "2021-03-09 lapsed_since 2021-03-10",
        ),
        (
            "1.1 row 4",
            "and notified",
            Known::settled().address("a", "other", "2021-03-01", None).notified(
                "n",
                "change",
                "2021-03-05",
                &json!({}),
            ),
            StayAtPremises,
            at,
            "2021-03-09 met_on 2021-03-05",
        ),
    ]);
}
