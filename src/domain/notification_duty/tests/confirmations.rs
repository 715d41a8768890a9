//! Domain rules, sections 0 and 1.1, rows 11 and 12: the yearly and the weekly confirmation.

use serde_json::json;

use super::{Known, hold};
use crate::domain::notification_duty::DutyCode::{PeriodicConfirmation, WeeklyConfirmation};

fn notified_on(day: &str) -> Known {
    Known::unnotified("2010-01-01").notified("n", "initial", day, &json!({}))
}

#[test]
fn a_year_after_the_last_notification_that_moves_the_date() {
    let moved = |moves: bool| {
        notified_on("2020-01-10").notified("m", "change", "2020-06-01", &json!({"moves_periodic_date": moves}))
    };
    hold(vec![
        (
            "1.1 row 11",
            "the anniversary is the last day",
            notified_on("2020-03-01"),
            PeriodicConfirmation,
            "2021-03-01",
            "2021-03-01 due",
        ),
        (
            "1.1 row 11",
            "the day after is a failure",
            notified_on("2020-03-01"),
            PeriodicConfirmation,
            "2021-03-02",
            "2021-03-01 lapsed_since 2021-03-02",
        ),
        (
            "1.1 row 11",
            "29 days before",
            notified_on("2020-03-01"),
            PeriodicConfirmation,
            "2021-01-31",
            "2021-03-01 not_yet_due",
        ),
        (
            "1.1 row 11",
            "28 days before",
            notified_on("2020-03-01"),
            PeriodicConfirmation,
            "2021-02-01",
            "2021-03-01 due",
        ),
        ("0", "29 February: the 28th", notified_on("2020-02-29"), PeriodicConfirmation, "2021-02-28", "2021-02-28 due"),
        (
            "0",
            "29 February: and no more",
            notified_on("2020-02-29"),
            PeriodicConfirmation,
            "2021-03-01",
            "2021-02-28 lapsed_since 2021-03-01",
        ),
        (
            "0",
            "28 February before a leap year",
            notified_on("2019-02-28"),
            PeriodicConfirmation,
            "2020-02-28",
            "2020-02-28 due",
        ),
        (
            "0",
            "the date in London, not in UTC",
            Known::unnotified("2010-01-01").notified("n", "initial", "2020-06-30T23:30:00Z", &json!({})),
            PeriodicConfirmation,
            "2021-07-01",
            "2021-07-01 due",
        ),
        (
            "1.1",
            "annual date reset: a change of name moves it",
            moved(true),
            PeriodicConfirmation,
            "2021-02-01",
            "2021-06-01 not_yet_due",
        ),
        (
            "1.1",
            "annual date reset: a card does not",
            moved(false),
            PeriodicConfirmation,
            "2021-02-01",
            "2021-01-10 lapsed_since 2021-01-11",
        ),
        (
            "1.1 row 11",
            "from the commencement of Part 2",
            Known::unnotified("2001-01-01").notified("n", "initial", "2001-01-02", &json!({})),
            PeriodicConfirmation,
            "2005-05-01",
            "2005-05-01 due",
        ),
        (
            "1.2",
            "none where the period ends first",
            notified_on("2020-03-01").ends_on("2021-02-28"),
            PeriodicConfirmation,
            "2021-02-20",
            "2021-03-01 not_required",
        ),
        (
            "1.2",
            "the period's last day is the anniversary",
            notified_on("2020-03-01").ends_on("2021-03-01"),
            PeriodicConfirmation,
            "2021-02-20",
            "2021-03-01 due",
        ),
        (
            "1.1 row 11",
            "nothing without a notification",
            Known::unnotified("2020-01-01"),
            PeriodicConfirmation,
            "2021-06-01",
            "none",
        ),
    ]);
}

#[test]
fn a_period_that_closed_late_is_told_and_the_next_one_runs_from_there() {
    let late = notified_on("2019-03-01").notified("p", "periodic", "2020-04-01", &json!({}));
    let told: Vec<String> =
        late.duties("2021-03-20").iter().filter(|duty| duty.code == PeriodicConfirmation).map(super::short).collect();
    assert_eq!(told, ["2020-03-01 met_late 2020-04-01 2020-03-02", "2021-04-01 due"]);
    let suspected = |at: &str| {
        let suspected = late.suspected(at).into_iter().filter(|breach| breach.key.starts_with("periodic"));
        suspected.map(|breach| breach.key).collect::<Vec<_>>()
    };
    assert_eq!(suspected("2020-03-01"), Vec::<String>::new());
    assert_eq!(suspected("2020-03-02"), ["periodic_confirmation:n"], "while it goes on");
    assert_eq!(suspected("2020-03-31"), ["periodic_confirmation:n"], "while it goes on, whatever its age");
    assert_eq!(suspected("2020-04-01"), Vec::<String>::new(), "met 30 days after the failure could be seen");
}

#[test]
fn a_confirmation_met_late_is_suspected_for_28_days_from_its_first_failure() {
    // Notified on 1 March 2019, so the first day of failure is 2 March 2020.
    let suspected = |met_on: &str, at: &str| {
        let late = notified_on("2019-03-01").notified("p", "periodic", met_on, &json!({}));
        late.suspected(at).into_iter().filter(|breach| breach.key.starts_with("periodic_confirmation:n")).count()
    };
    for (section, shows, met_on, at, expected) in [
        ("1.1 row 11", "28 days after the first failure", "2020-03-05", "2020-03-30", 1),
        ("1.1 row 11", "29 days after it", "2020-03-05", "2020-03-31", 0),
        ("1.1 row 11", "the confirmation between is missing: a year late", "2021-02-20", "2021-02-21", 0),
    ] {
        assert_eq!(suspected(met_on, at), expected, "section {section}: {shows}");
    }
}

#[test]
fn the_annual_date_inside_custody_runs_on_to_the_third_day_beginning_with_its_end() {
    let turns = |from: &str, until: &str| {
        notified_on("2020-03-01").statuses(&[("community", "2010-01-01"), ("custody", from), ("community", until)])
    };
    let still =
        |status: &str| notified_on("2020-03-01").statuses(&[("community", "2010-01-01"), (status, "2021-02-01")]);
    hold(vec![
        (
            "0",
            "custody over the date: end + 2",
            turns("2021-02-01", "2021-06-10"),
            PeriodicConfirmation,
            "2021-06-12",
            "2021-06-12 due",
        ),
        (
            "0",
            "and no more",
            turns("2021-02-01", "2021-06-10"),
            PeriodicConfirmation,
            "2021-06-13",
            "2021-06-12 lapsed_since 2021-06-13",
        ),
        (
            "0",
            "custody from the date on",
            turns("2021-03-01", "2021-06-10"),
            PeriodicConfirmation,
            "2021-06-12",
            "2021-06-12 due",
        ),
        (
            "0",
            "custody from the day after: the year ran out first",
            turns("2021-03-02", "2021-06-10"),
            PeriodicConfirmation,
            "2021-06-12",
            "2021-03-01 lapsed_since 2021-03-02",
        ),
        (
            "0",
            "out the day before the date",
            turns("2020-04-01", "2021-02-28"),
            PeriodicConfirmation,
            "2021-03-01",
            "2021-03-01 due",
        ),
        (
            "0",
            "out on the date",
            turns("2020-04-01", "2021-03-01"),
            PeriodicConfirmation,
            "2021-03-01",
            "2021-03-01 due",
        ),
        ("0", "still in custody", still("custody"), PeriodicConfirmation, "2021-06-01", "- stopped"),
        ("0", "still in hospital", still("hospital"), PeriodicConfirmation, "2021-06-01", "- stopped"),
        ("0", "still abroad", still("abroad"), PeriodicConfirmation, "2021-06-01", "- stopped"),
        (
            "0",
            "missing stops nothing",
            still("missing"),
            PeriodicConfirmation,
            "2021-06-01",
            "2021-03-01 lapsed_since 2021-03-02",
        ),
        (
            "0",
            "a journey over the date",
            notified_on("2020-03-01").travel("t", &json!({"departs_on": "2021-02-20", "returned_on": "2021-03-20"})),
            PeriodicConfirmation,
            "2021-03-22",
            "2021-03-22 due",
        ),
        (
            "0",
            "a journey that nobody closed ends on the day notified",
            notified_on("2020-03-01")
                .travel("t", &json!({"departs_on": "2021-02-20", "return_expected_on": "2021-03-05"})),
            PeriodicConfirmation,
            "2021-03-08",
            "2021-03-07 lapsed_since 2021-03-08",
        ),
        (
            "0",
            "a journey with no end on record stops nothing",
            notified_on("2020-03-01").travel("t", &json!({"departs_on": "2021-02-20"})),
            PeriodicConfirmation,
            "2021-03-08",
            "2021-03-01 lapsed_since 2021-03-02",
        ),
        (
            "0",
            "a journey given up stops nothing",
            notified_on("2020-03-01").travel(
                "t",
                &json!({"departs_on": "2021-02-20", "returned_on": "2021-03-20", "cancelled_on": "2021-02-19"}),
            ),
            PeriodicConfirmation,
            "2021-03-08",
            "2021-03-01 lapsed_since 2021-03-02",
        ),
    ]);
}

#[test]
fn every_seven_days_without_a_sole_or_main_residence() {
    let weekly = || notified_on("2021-01-04").weekly().notified("w1", "weekly", "2021-03-01", &json!({}));
    let since = |from: &str| weekly().change("c", "no_sole_or_main_residence", Some(from), &json!({}));
    hold(vec![
        ("1.1 row 12", "the seventh day after", weekly(), WeeklyConfirmation, "2021-03-08", "2021-03-08 due"),
        (
            "1.1 row 12",
            "the eighth is a failure",
            weekly(),
            WeeklyConfirmation,
            "2021-03-09",
            "2021-03-08 lapsed_since 2021-03-09",
        ),
        (
            "1.1 row 12",
            "custody over the day",
            weekly().statuses(&[("community", "2010-01-01"), ("custody", "2021-03-05"), ("community", "2021-03-20")]),
            WeeklyConfirmation,
            "2021-03-22",
            "2021-03-22 due",
        ),
        (
            "1.1 row 12",
            "the change of the clocks takes no day",
            notified_on("2021-01-04").weekly().notified("w", "weekly", "2021-03-24", &json!({})),
            WeeklyConfirmation,
            "2021-03-31",
            "2021-03-31 due",
        ),
        (
            "1.1 row 12",
            "a home lost since: seven days from then",
            since("2021-03-05"),
            WeeklyConfirmation,
            "2021-03-12",
            "2021-03-12 due",
        ),
        ("1.1 row 12", "a home lost before", since("2021-02-05"), WeeklyConfirmation, "2021-03-08", "2021-03-08 due"),
        (
            "1.1 row 12",
            "what was yearly then stays so",
            weekly(),
            PeriodicConfirmation,
            "2021-03-08",
            "2022-01-04 met_on 2021-03-01",
        ),
    ]);
}
