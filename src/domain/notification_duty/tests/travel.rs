//! Domain rules, section 1.1, rows 13 to 15: leaving the United Kingdom and coming back.

use serde_json::{Value, json};

use super::{Known, hold, laid_over};
use crate::domain::notification_duty::DutyCode::{ReturnToUk, TravelDetailsChanged, TravelLateNotice, TravelNotice};

fn leaving(over: &Value) -> Known {
    let subject = Known::unnotified("2010-02-01").notified("n0", "initial", "2010-02-01", &json!({}));
    subject.travel("t", &laid_over(json!({"departs_on": "2021-06-15"}), over))
}

#[test]
fn seven_days_before_departure() {
    let told = |at: &str| leaving(&json!({"notified_at": at}));
    hold(vec![
        ("1.1 row 13", "the last day", leaving(&json!({})), TravelNotice, "2021-06-08", "2021-06-08 due"),
        (
            "1.1 row 13",
            "the day after",
            leaving(&json!({})),
            TravelNotice,
            "2021-06-09",
            "2021-06-08 lapsed_since 2021-06-09",
        ),
        (
            "1.1 row 13",
            "a fortnight before that",
            leaving(&json!({})),
            TravelNotice,
            "2021-05-24",
            "2021-06-08 not_yet_due",
        ),
        (
            "1.1 row 13",
            "notified seven days before",
            told("2021-06-08T10:00:00Z"),
            TravelNotice,
            "2021-07-01",
            "2021-06-08 met_on 2021-06-08",
        ),
        (
            "1.1 row 13",
            "notified six days before",
            told("2021-06-09T10:00:00Z"),
            TravelNotice,
            "2021-07-01",
            "2021-06-08 met_late 2021-06-09 2021-06-09",
        ),
        (
            "1.1 row 13",
            "any length since 13 August 2012",
            leaving(&json!({"departs_on": "2012-08-13"})),
            TravelNotice,
            "2012-08-06",
            "2012-08-06 due",
        ),
        (
            "1.1 row 13",
            "no rule is held of before",
            leaving(&json!({"departs_on": "2012-08-12"})),
            TravelNotice,
            "2012-08-20",
            "none",
        ),
        ("1.1 row 13", "given up", leaving(&json!({"cancelled_on": "2021-06-10"})), TravelNotice, "2021-07-01", "none"),
        (
            "1.1 row 13",
            "custody does not stop it",
            leaving(&json!({})).statuses(&[
                ("community", "2015-02-01"),
                ("custody", "2021-06-01"),
                ("community", "2021-06-10"),
            ]),
            TravelNotice,
            "2021-06-10",
            "2021-06-08 lapsed_since 2021-06-09",
        ),
    ]);
}

#[test]
fn twelve_hours_before_with_a_reasonable_excuse_whatever_the_clocks_do() {
    let late = |departs: &str, at: &str| {
        let (day, notified) = (departs.split('T').next().unwrap(), (!at.is_empty()).then_some(at));
        leaving(
            &json!({"departs_on": day, "departs_at": departs, "late_notice_excuse": "a funeral", "notified_at": notified}),
        )
    };
    let summer = "2021-06-15T18:00:00+01:00";
    hold(vec![
        (
            "1.1 row 13",
            "twelve hours before",
            late(summer, "2021-06-15T05:00:00Z"),
            TravelLateNotice,
            "2021-07-01",
            "2021-06-15 met_on 2021-06-15",
        ),
        (
            "1.1 row 13",
            "a second less",
            late(summer, "2021-06-15T05:00:01Z"),
            TravelLateNotice,
            "2021-07-01",
            "2021-06-15 met_late 2021-06-15 2021-06-15",
        ),
        ("1.1 row 13", "not yet over", late(summer, ""), TravelLateNotice, "2021-06-15T05:00:00Z", "2021-06-15 due"),
        (
            "1.1 row 13",
            "over",
            late(summer, ""),
            TravelLateNotice,
            "2021-06-15T05:00:01Z",
            "2021-06-15 lapsed_since 2021-06-15",
        ),
        ("1.1 row 13", "no seven days then", late(summer, ""), TravelNotice, "2021-06-15", "none"),
        (
            "1.1 row 13",
            "a blank excuse is none",
            leaving(&json!({"late_notice_excuse": " "})),
            TravelLateNotice,
            "2021-06-15",
            "none",
        ),
        (
            "1.1 row 13",
            "hour not known: from the day's first moment",
            leaving(&json!({"late_notice_excuse": "a funeral"})),
            TravelLateNotice,
            "2021-06-14T11:00:01Z",
            "2021-06-14 lapsed_since 2021-06-14",
        ),
        (
            "0",
            "over the hour that spring takes: 17:00 the day before",
            late("2021-03-28T06:00:00+01:00", "2021-03-27T17:00:00Z"),
            TravelLateNotice,
            "2021-04-01",
            "2021-03-27 met_on 2021-03-27",
        ),
        (
            "0",
            "and not 18:00",
            late("2021-03-28T06:00:00+01:00", "2021-03-27T18:00:00Z"),
            TravelLateNotice,
            "2021-04-01",
            "2021-03-27 met_late 2021-03-27 2021-03-27",
        ),
        (
            "0",
            "over the hour that autumn gives: 19:00 the day before",
            late("2021-10-31T06:00:00Z", "2021-10-30T19:00:00+01:00"),
            TravelLateNotice,
            "2021-11-01",
            "2021-10-30 met_on 2021-10-30",
        ),
        (
            "0",
            "and not 19:01",
            late("2021-10-31T06:00:00Z", "2021-10-30T19:01:00+01:00"),
            TravelLateNotice,
            "2021-11-01",
            "2021-10-30 met_late 2021-10-30 2021-10-30",
        ),
    ]);
}

#[test]
fn details_that_change_are_told_twelve_hours_before_departure() {
    let changed = |changed: &str, told: Option<&str>| {
        leaving(
            &json!({"departs_at": "2021-06-15T18:00:00+01:00", "notified_at": "2021-06-01T10:00:00Z", "details_changed_at": changed,
            "details_change_notified_at": told}),
        )
    };
    hold(vec![
        (
            "1.1 row 14",
            "in time",
            changed("2021-06-10T10:00:00Z", Some("2021-06-15T05:00:00Z")),
            TravelDetailsChanged,
            "2021-07-01",
            "2021-06-15 met_on 2021-06-15",
        ),
        (
            "1.1 row 14",
            "late",
            changed("2021-06-10T10:00:00Z", Some("2021-06-15T05:00:01Z")),
            TravelDetailsChanged,
            "2021-07-01",
            "2021-06-15 met_late 2021-06-15 2021-06-15",
        ),
        (
            "1.1 row 14",
            "never",
            changed("2021-06-10T10:00:00Z", None),
            TravelDetailsChanged,
            "2021-07-01",
            "2021-06-15 lapsed_since 2021-06-15",
        ),
        (
            "1.1 row 14",
            "changed with fewer hours left: before departure",
            changed("2021-06-15T08:00:00Z", Some("2021-06-15T16:59:00Z")),
            TravelDetailsChanged,
            "2021-07-01",
            "2021-06-15 met_on 2021-06-15",
        ),
        (
            "1.1 row 14",
            "nothing had been notified",
            leaving(&json!({"details_changed_at": "2021-06-10T10:00:00Z"})),
            TravelDetailsChanged,
            "2021-07-01",
            "none",
        ),
    ]);
}

#[test]
fn three_days_beginning_with_the_return_unless_it_was_notified_and_kept_to() {
    let back = |over: &Value| {
        let notified = json!({"notified_at": "2021-06-01T10:00:00Z", "returned_on": "2021-06-20", "return_expected_on": "2021-06-20",
            "return_point": "Dover", "returned_at_point_notified": true});
        leaving(&laid_over(notified, over))
    };
    let expected_late = json!({"return_expected_on": "2021-06-19"});
    hold(vec![
        ("1.1 row 15", "kept to", back(&json!({})), ReturnToUk, "2021-07-01", "2021-06-22 not_required"),
        ("1.1 row 15", "another day: the third", back(&expected_late), ReturnToUk, "2021-06-22", "2021-06-22 due"),
        (
            "1.1 row 15",
            "the fourth",
            back(&expected_late),
            ReturnToUk,
            "2021-06-23",
            "2021-06-22 lapsed_since 2021-06-23",
        ),
        (
            "1.1 row 15",
            "another point",
            back(&json!({"returned_at_point_notified": false})),
            ReturnToUk,
            "2021-06-23",
            "2021-06-22 lapsed_since 2021-06-23",
        ),
        (
            "1.1 row 15",
            "the point is not known",
            back(&json!({"returned_at_point_notified": null})),
            ReturnToUk,
            "2021-06-23",
            "2021-06-22 lapsed_since 2021-06-23",
        ),
        (
            "1.1 row 15",
            "no point was notified",
            back(&json!({"return_point": null})),
            ReturnToUk,
            "2021-06-23",
            "2021-06-22 lapsed_since 2021-06-23",
        ),
        (
            "1.1 row 15",
            "told on the third day",
            back(&json!({"return_expected_on": null, "return_notified_at": "2021-06-22T10:00:00Z"})),
            ReturnToUk,
            "2021-07-01",
            "2021-06-22 met_on 2021-06-22",
        ),
        ("1.1 row 15", "not back", back(&json!({"returned_on": null})), ReturnToUk, "2021-07-01", "none"),
    ]);
}

#[test]
fn nobody_tells_of_a_journey_before_being_subject_to_the_requirements() {
    let since = |day: &str, travel: &Value| Known::unnotified(day).travel("t", travel);
    let excused = |over: &Value| laid_over(json!({"departs_on": "2021-04-13", "late_notice_excuse": "work"}), over);
    hold(vec![
        (
            "1.1 row 13",
            "seven days before would be before the relevant date: notified that day",
            since("2021-04-12", &json!({"departs_on": "2021-04-15", "notified_at": "2021-04-12T10:00:00Z"})),
            TravelNotice,
            "2021-04-20",
            "2021-04-12 met_on 2021-04-12",
        ),
        (
            "1.1 row 13",
            "the day after is late",
            since("2021-04-12", &json!({"departs_on": "2021-04-15", "notified_at": "2021-04-13T10:00:00Z"})),
            TravelNotice,
            "2021-04-20",
            "2021-04-12 met_late 2021-04-13 2021-04-13",
        ),
        (
            "1.1 row 13",
            "seven days before is the relevant date",
            since("2021-04-08", &json!({"departs_on": "2021-04-15"})),
            TravelNotice,
            "2021-04-08",
            "2021-04-08 due",
        ),
        (
            "1.1 row 13",
            "fewer than twelve hours from the relevant date: before leaving",
            since(
                "2021-04-13",
                &excused(&json!({"notified_at": "2021-04-13T08:00:00Z",
                "departs_at": "2021-04-13T09:00:00Z"})),
            ),
            TravelLateNotice,
            "2021-04-20",
            "2021-04-13 met_on 2021-04-13",
        ),
        (
            "1.1 row 13",
            "a journey of the year before",
            since("2021-03-01", &json!({"departs_on": "2020-07-01", "returned_on": "2020-07-20"})),
            TravelNotice,
            "2021-04-20",
            "2020-06-24 not_required",
        ),
        (
            "1.1 row 15",
            "its return",
            since("2021-03-01", &json!({"departs_on": "2020-07-01", "returned_on": "2020-07-20"})),
            ReturnToUk,
            "2021-04-20",
            "2020-07-22 not_required",
        ),
        (
            "1.1 row 13",
            "subject already, s.83(2): notified before the relevant date",
            since("2021-03-01", &json!({"departs_on": "2020-07-01"})).notified(
                "n",
                "initial",
                "2012-01-01",
                &json!({}),
            ),
            TravelNotice,
            "2020-07-01",
            "2020-06-24 lapsed_since 2020-06-25",
        ),
    ]);
}
