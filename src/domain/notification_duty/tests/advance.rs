//! Domain rules, section 1.1, rows 9 and 10: advance notices.

use serde_json::json;

use super::{Known, hold};
use crate::domain::notification_duty::DutyCode::{AdvanceNoticeNotRealised, HomeAddressChanged, NameUsed, PaymentCard};

#[test]
fn advance_notice_covers_from_two_days_before_to_the_third_day_beginning_with_the_date_given() {
    // Notified on 1 March for 20 March: covered from 18 to 22 March.
    let moved = |on: Option<&str>, said: Option<&str>| {
        let advance =
            json!({"notified_at": "2021-03-01T10:00:00Z", "expected_on": "2021-03-20", "said_not_happened_at": said});
        Known::settled().change("c", "home_address_changed", on, &json!({"advance": advance}))
    };
    hold(vec![
        (
            "1.1 row 9",
            "three days before is not covered",
            moved(Some("2021-03-17"), None),
            HomeAddressChanged,
            "2021-03-25",
            "2021-03-19 lapsed_since 2021-03-20",
        ),
        (
            "1.1 row 9",
            "two days before is",
            moved(Some("2021-03-18"), None),
            HomeAddressChanged,
            "2021-03-25",
            "2021-03-20 met_on 2021-03-01",
        ),
        (
            "1.1 row 9",
            "the day itself is",
            moved(Some("2021-03-20"), None),
            HomeAddressChanged,
            "2021-03-25",
            "2021-03-22 met_on 2021-03-01",
        ),
        (
            "1.1 row 9",
            "the third day beginning with it is",
            moved(Some("2021-03-22"), None),
            HomeAddressChanged,
            "2021-03-25",
            "2021-03-24 met_on 2021-03-01",
        ),
        (
            "1.1 row 9",
            "the fourth is not",
            moved(Some("2021-03-23"), None),
            HomeAddressChanged,
            "2021-03-26",
            "2021-03-25 lapsed_since 2021-03-26",
        ),
        (
            "1.1 row 10",
            "it may still happen",
            moved(None, None),
            AdvanceNoticeNotRealised,
            "2021-03-22",
            "2021-03-25 not_yet_due",
        ),
        (
            "1.1 row 10",
            "it has not: six days beginning with the date",
            moved(None, None),
            AdvanceNoticeNotRealised,
            "2021-03-23",
            "2021-03-25 due",
        ),
        ("1.1 row 10", "the sixth day", moved(None, None), AdvanceNoticeNotRealised, "2021-03-25", "2021-03-25 due"),
        (
            "1.1 row 10",
            "the seventh",
            moved(None, None),
            AdvanceNoticeNotRealised,
            "2021-03-26",
            "2021-03-25 lapsed_since 2021-03-26",
        ),
        (
            "1.1 row 10",
            "told on the sixth",
            moved(None, Some("2021-03-25T10:00:00Z")),
            AdvanceNoticeNotRealised,
            "2021-04-01",
            "2021-03-25 met_on 2021-03-25",
        ),
        (
            "1.1 row 10",
            "told on the seventh",
            moved(None, Some("2021-03-26T10:00:00Z")),
            AdvanceNoticeNotRealised,
            "2021-04-01",
            "2021-03-25 met_late 2021-03-26 2021-03-26",
        ),
        (
            "1.1 row 10",
            "happened on the last day covered",
            moved(Some("2021-03-22"), None),
            AdvanceNoticeNotRealised,
            "2021-04-01",
            "2021-03-25 not_required",
        ),
        (
            "1.1 row 10",
            "happened too early: the notice counts for nothing, and there is nothing to take back",
            moved(Some("2021-03-10"), None),
            AdvanceNoticeNotRealised,
            "2021-04-01",
            "2021-03-25 not_required",
        ),
        (
            "1.1 row 10",
            "happened too late: both duties",
            moved(Some("2021-03-28"), None),
            AdvanceNoticeNotRealised,
            "2021-04-01",
            "2021-03-25 lapsed_since 2021-03-26",
        ),
        (
            "1.1 row 10",
            "custody is disregarded here too",
            moved(None, None).statuses(&[
                ("community", "2015-02-01"),
                ("custody", "2021-03-21"),
                ("community", "2021-04-10"),
            ]),
            AdvanceNoticeNotRealised,
            "2021-04-14",
            "2021-04-14 due",
        ),
        (
            "1.1 row 9",
            "a notice given after the event is none in advance",
            Known::settled().change(
                "c",
                "name_used",
                Some("2021-03-20"),
                &json!({"advance": {"notified_at": "2021-03-25T10:00:00Z", "expected_on": "2021-03-20"}}),
            ),
            NameUsed,
            "2021-04-01",
            "2021-03-22 lapsed_since 2021-03-23",
        ),
        (
            "1.1 row 9",
            "a card cannot be notified in advance",
            Known::settled().change(
                "c",
                "card_gained",
                Some("2021-03-20"),
                &json!({"advance":
                {"notified_at": "2021-03-01T10:00:00Z", "expected_on": "2021-03-20"}}),
            ),
            PaymentCard,
            "2021-03-25",
            "2021-03-22 lapsed_since 2021-03-23",
        ),
    ]);
}

#[test]
fn the_event_of_a_stay_told_in_advance_is_its_seventh_day() {
    // Notified on 20 February that the seventh day is to be 10 March: covered up to 12 March.
    let stayed = |from: &str, until: Option<&str>, also: Option<(&str, &str)>| {
        let advance = json!({"notified_at": "2021-02-20T10:00:00Z", "expected_on": "2021-03-10"});
        let stay = json!({"premises_ref": "p", "until": until, "advance": advance});
        let known = Known::settled().change("c", "stay", Some(from), &stay);
        match also {
            Some((from, until)) => known.change("d", "stay", Some(from), &json!({"premises_ref": "p", "until": until})),
            None => known,
        }
    };
    hold(vec![
        (
            "1.1 row 10",
            "three days of a stay are no event: he says so within six days",
            stayed("2021-03-01", Some("2021-03-03"), None),
            AdvanceNoticeNotRealised,
            "2021-03-13",
            "2021-03-15 due",
        ),
        (
            "1.1 row 10",
            "and no later",
            stayed("2021-03-01", Some("2021-03-03"), None),
            AdvanceNoticeNotRealised,
            "2021-03-16",
            "2021-03-15 lapsed_since 2021-03-16",
        ),
        (
            "1.1 row 10",
            "the seventh day within the days that it covers",
            stayed("2021-03-06", Some("2021-03-12"), None),
            AdvanceNoticeNotRealised,
            "2021-03-16",
            "2021-03-15 not_required",
        ),
        (
            "1.1 row 10",
            "reached by two stays at the same place",
            stayed("2021-03-01", Some("2021-03-03"), Some(("2021-03-08", "2021-03-11"))),
            AdvanceNoticeNotRealised,
            "2021-03-16",
            "2021-03-15 not_required",
        ),
        (
            "1.1 row 10",
            "reached after those days",
            stayed("2021-03-08", Some("2021-03-20"), None),
            AdvanceNoticeNotRealised,
            "2021-03-14",
            "2021-03-15 due",
        ),
        (
            "1.1 row 10",
            "a stay that goes on and has not reached it yet",
            stayed("2021-03-05", None, None),
            AdvanceNoticeNotRealised,
            "2021-03-10",
            "2021-03-15 not_yet_due",
        ),
    ]);
}
