//! The rules as data: that they are whole, that the Act of 2026 is off, and that the document shows them.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Known, built_in, date};
use crate::domain::notification_duty::DutyCode;
use crate::domain::notification_duty::rules::{Mark, NotificationRules, Period, Rule};

/// The duties that the Crime and Policing Act 2026 adds.
const OF_2026: [DutyCode; 3] =
    [DutyCode::AbsenceFromHome, DutyCode::NewNameInAdvance, DutyCode::ChildHouseholdInAdvance];

#[test]
fn every_duty_has_a_rule_and_every_rule_its_name_and_source() {
    let rules = built_in();
    let ids: BTreeSet<&str> = rules.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.rules.len());
    for code in DutyCode::ALL {
        assert!(rules.rules.iter().any(|rule| rule.code == code), "{code}");
        assert_eq!(json!(code), json!(code.as_str()));
        assert_eq!(rules.commenced_on(code).is_none(), OF_2026.contains(&code), "{code}");
    }
    for rule in &rules.rules {
        assert!(!rule.source.is_empty() && !rule.provision.is_empty(), "{}", rule.id);
        assert!(!matches!(rule.period, Period::BeginningWith { days: 0 }), "{}", rule.id);
    }
}

#[test]
fn rules_of_one_duty_follow_each_other_by_date() {
    let mut rules = built_in();
    let hours = rules.rules.iter_mut().find(|rule| rule.code == DutyCode::TravelLateNotice).unwrap();
    hours.effective_until = Some(date("2026-12-31"));
    let mut stricter = hours.clone();
    stricter.id = "travel-late-2027".into();
    stricter.period = Period::HoursBefore { hours: 24 };
    (stricter.effective_from, stricter.effective_until) = (Some(date("2027-01-01")), None);
    rules.rules.push(stricter);
    let id = |day: &str| rules.in_force(DutyCode::TravelLateNotice, date(day)).map(|rule| rule.id.clone());
    assert_eq!(id("2012-08-12"), None);
    assert_eq!(id("2026-12-31").as_deref(), Some("travel-late-2012"));
    assert_eq!(id("2027-01-01").as_deref(), Some("travel-late-2027"));
}

fn with_2026_from(day: &str) -> NotificationRules {
    let mut rules = built_in();
    for rule in rules.rules.iter_mut().filter(|rule| OF_2026.contains(&rule.code)) {
        rule.effective_from = Some(date(day));
    }
    rules
}

#[test]
fn the_act_of_2026_is_off_and_needs_but_a_date_to_be_on() {
    let on = with_2026_from("2027-01-01");
    let away = |until: Option<&str>, told: Option<&str>| {
        let advance = told.map(|at| json!({"notified_at": at, "expected_on": "2027-03-10"}));
        Known::settled().change(
            "c",
            "absent_from_home",
            Some("2027-03-10"),
            &json!({"until": until, "advance": advance}),
        )
    };
    let name = |told: Option<&str>| {
        let advance = told.map(|at| json!({"notified_at": at, "expected_on": "2027-03-10"}));
        Known::settled().change("c", "name_used", Some("2027-03-10"), &json!({"advance": advance}))
    };
    let child = Known::settled().change("c", "child_household_begun", Some("2027-03-10"), &json!({}));
    let child_told = |at: &str, linked: &str| {
        let advance = json!({"notified_at": at, "expected_on": "2027-03-10", "notification_ref": linked});
        let over = json!({"advance": advance});
        let known = Known::settled().change("c", "child_household_begun", Some("2027-03-10"), &over);
        known.changes.iter().for_each(|held| held.record.is_acceptable(super::moment("2027-04-01")).unwrap());
        known
    };
    let absent = DutyCode::AbsenceFromHome;
    for (section, shows, known, code, at, expected) in [
        (
            "1.5",
            "six days away are more than five",
            away(Some("2027-03-15"), None),
            absent,
            "2027-04-01",
            "2027-03-09 lapsed_since 2027-03-09",
        ),
        ("1.5", "five are not", away(Some("2027-03-14"), None), absent, "2027-04-01", "none"),
        (
            "1.5",
            "twelve hours before the first day",
            away(Some("2027-03-15"), Some("2027-03-09T12:00:00Z")),
            absent,
            "2027-04-01",
            "2027-03-09 met_on 2027-03-09",
        ),
        (
            "1.5",
            "a second less",
            away(Some("2027-03-15"), Some("2027-03-09T12:00:01Z")),
            absent,
            "2027-04-01",
            "2027-03-09 met_late 2027-03-09 2027-03-09",
        ),
        ("1.5", "away without an end: from the sixth day", away(None, None), absent, "2027-03-14", "none"),
        (
            "1.5",
            "away without an end: it is",
            away(None, None),
            absent,
            "2027-03-15",
            "2027-03-09 lapsed_since 2027-03-09",
        ),
        (
            "1.5",
            "a new name seven days before",
            name(Some("2027-03-03T10:00:00Z")),
            DutyCode::NewNameInAdvance,
            "2027-04-01",
            "2027-03-03 met_on 2027-03-03",
        ),
        (
            "1.5",
            "six days before",
            name(Some("2027-03-04T10:00:00Z")),
            DutyCode::NewNameInAdvance,
            "2027-04-01",
            "2027-03-03 met_late 2027-03-04 2027-03-04",
        ),
        (
            "1.5",
            "a household with a child",
            child.clone(),
            DutyCode::ChildHouseholdInAdvance,
            "2027-04-01",
            "2027-03-09 lapsed_since 2027-03-09",
        ),
        (
            "1.5",
            "a household with a child, told twelve hours before",
            child_told("2027-03-09T12:00:00Z", "n"),
            DutyCode::ChildHouseholdInAdvance,
            "2027-04-01",
            "2027-03-09 met_on 2027-03-09",
        ),
    ] {
        assert_eq!(known.told_by(&on, code, at), expected, "section {section}: {shows}");
        assert_eq!(known.told(code, at), "none", "section {section}, off: {shows}");
        assert_eq!(
            known.told_by(&with_2026_from("2027-03-11"), code, at),
            "none",
            "section {section}, from the day after: {shows}"
        );
    }
}

#[test]
fn a_household_with_a_child_told_beforehand_is_notified_when_joined_all_the_same() {
    let advance = json!({"notified_at": "2027-03-09T10:00:00Z", "expected_on": "2027-03-10"});
    for (occurred_on, code, expected) in [
        (Some("2027-03-10"), DutyCode::ChildHouseholdBegun, "2027-03-12 lapsed_since 2027-03-13"),
        (None, DutyCode::AdvanceNoticeNotRealised, "none"),
    ] {
        let known = Known::settled().change("c", "child_household_begun", occurred_on, &json!({"advance": advance}));
        assert_eq!(known.told(code, "2027-04-01"), expected, "section 1.1, rows 6 and 9: s.84(2) is not of it");
    }
}

/// The table of docs/NOTIFICATION-DUTIES.md.
fn table(rules: &[Rule]) -> String {
    let mut lines = vec![
        "| duty | provision | period | clock stops | in force | mark | source |".to_owned(),
        "| --- | --- | --- | --- | --- | --- | --- |".to_owned(),
    ];
    for rule in rules {
        let period = match rule.period {
            Period::BeginningWith { days } => format!("{days} days beginning with the event"),
            Period::AfterDays { days } => format!("{days} days after it"),
            Period::AfterMonths { months } => format!("{months} months after it"),
            Period::DaysBefore { days } => format!("{days} days before it"),
            Period::HoursBefore { hours } => format!("{hours} hours before it"),
        };
        let clock = json!(rule.clock).as_str().unwrap().replace('_', " ");
        let in_force = match (rule.effective_from, rule.effective_until) {
            (None, _) => "off".to_owned(),
            (Some(from), None) => format!("from {from}"),
            (Some(from), Some(until)) => format!("{from} to {until}"),
        };
        let mark = match rule.mark {
            Mark::S => "S",
            Mark::M => "M",
            Mark::I => "I",
        };
        let Rule { code, provision, source, .. } = rule;
        lines.push(format!("| `{code}` | {provision} | {period} | {clock} | {in_force} | {mark} | {source} |"));
    }
    lines.join("\n")
}

#[test]
fn the_document_has_the_rules() {
    let document = include_str!("../../../../docs/NOTIFICATION-DUTIES.md");
    let rules = built_in();
    let table = table(&rules.rules);
    assert!(document.contains(&table), "docs/NOTIFICATION-DUTIES.md needs this table:\n\n{table}\n");
    let (advance, stays, periods, reviews) = (rules.advance_notice, rules.stays, rules.periods, rules.reviews);
    for row in [
        format!("| days before the date given that an advance notice covers | {} |", advance.days_before),
        format!("| days beginning with that date that it covers | {} |", advance.days_beginning_with),
        format!("| days of stays that qualify | {} |", stays.days),
        format!("| months within which they add up | {} |", stays.months),
        format!("| days of absence that may go untold (2026, off) | {} |", rules.absence.more_than_days),
        format!(
            "| days beginning with the end of a stop to which a confirmation runs on | {} |",
            rules.confirmation_after_stop.days
        ),
        format!("| days for which a duty met late is still suspected | {} |", rules.late_lookback_days),
        format!("| imprisonment that makes it indefinite, months | {} |", periods.indefinite_from_months),
        format!("| imprisonment that makes the long period, more than months | {} |", periods.long_over_months),
        format!("| the long period, months | {} |", periods.long_months),
        format!("| shorter imprisonment, months | {} |", periods.short_months),
        format!("| hospital without a restriction order, months | {} |", periods.hospital_months),
        format!("| a caution, months | {} |", periods.caution_months),
        format!("| anything else, months | {} |", periods.other_months),
        format!("| under 18: percent of it | {} |", periods.under_18_percent),
        format!("| first review, years | {} |", reviews.adult_years),
        format!("| first review, under 18, years | {} |", reviews.under_18_years),
        format!("| next review after a refusal, years | {} |", reviews.after_refusal_years),
        format!("| hours from which a stay with a child in the household counts | {} |", rules.child_household.hours),
        format!("| an application for review: days to acknowledge it | {} |", reviews.acknowledge_days),
        format!("| days for the responsible bodies to reply | {} |", reviews.bodies_reply_days),
        format!("| weeks after that to decide | {} |", reviews.decide_weeks),
        format!("| days to appeal | {} |", reviews.appeal_days),
        format!("| the most that the police may set, years | {} |", reviews.after_refusal_cap_years),
    ] {
        assert!(document.contains(&row), "docs/NOTIFICATION-DUTIES.md needs this row:\n{row}");
    }
}
