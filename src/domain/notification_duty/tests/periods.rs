//! Domain rules, sections 1.2 and 1.3: how long notification lasts, and when an indefinite period is reviewed.

use serde_json::{Value, json};

use super::{Known, built_in, date, laid_over, moment};
use crate::domain::notification_duty::period::{PeriodLength, end_of_notification, notification_period};
use crate::domain::notification_duty::review::{first_review, review_of_period, review_timetable};

fn ends(sentence: &Value, under_18: bool) -> String {
    let known = Known::settled().disposal(
        "d",
        &json!({"sentence": sentence, "relevant_date": "2015-02-01",
        "under_18_at_relevant_date": under_18}),
    );
    match notification_period(&known.disposals.first().unwrap().record, &built_in().periods).length {
        PeriodLength::Indefinite => "indefinite".to_owned(),
        PeriodLength::Until { last_day } => last_day.to_string(),
    }
}

fn prison(terms: &Value) -> Value {
    json!({"kind": "imprisonment", "terms": terms})
}

#[test]
fn the_table_of_section_82() {
    let term = |months: u32, days: u32| prison(&json!([{"months": months, "days": days}]));
    // A period beginning with 1 February 2015 ends on 31 January (31 July for the half years).
    for (section, shows, sentence, adult, under_18) in [
        ("1.2", "life", json!({"kind": "life"}), "indefinite", "indefinite"),
        ("1.2", "IPP", json!({"kind": "indeterminate"}), "indefinite", "indefinite"),
        ("1.2", "30 months", term(30, 0), "indefinite", "indefinite"),
        ("1.2", "29 months and 27 days", term(29, 27), "2025-01-31", "2020-01-31"),
        ("1.2", "more than 6 months: 6 months and a day", term(6, 1), "2025-01-31", "2020-01-31"),
        ("1.2", "6 months: 7 years, halved 3.5", term(6, 0), "2022-01-31", "2018-07-31"),
        ("1.2", "a day", term(0, 1), "2022-01-31", "2018-07-31"),
        (
            "1.2",
            "hospital with a restriction order",
            json!({"kind": "hospital_order", "restriction": true}),
            "indefinite",
            "indefinite",
        ),
        (
            "1.2",
            "hospital without one: 7 years, halved 3.5",
            json!({"kind": "hospital_order", "restriction": false}),
            "2022-01-31",
            "2018-07-31",
        ),
        ("1.2", "a caution: 2 years, halved 1", json!({"kind": "caution"}), "2017-01-31", "2016-01-31"),
        (
            "1.2",
            "a conditional discharge of 12 months, not halved",
            json!({"kind": "conditional_discharge", "months": 12}),
            "2016-01-31",
            "2016-01-31",
        ),
        (
            "1.2",
            "a conditional discharge of 18 months and 10 days",
            json!({"kind": "conditional_discharge", "months": 18, "days": 10}),
            "2016-08-10",
            "2016-08-10",
        ),
        ("1.2", "anything else: 5 years, halved 2.5", json!({"kind": "other"}), "2020-01-31", "2017-07-31"),
        (
            "1.2",
            "consecutive terms add up to 30 months",
            prison(&json!([{"months": 12}, {"months": 18, "consecutive": true}])),
            "indefinite",
            "indefinite",
        ),
        ("1.2", "concurrent ones do not", prison(&json!([{"months": 12}, {"months": 18}])), "2025-01-31", "2020-01-31"),
        (
            "1.2",
            "consecutive terms of 4 and 3 months are more than 6",
            prison(&json!([{"months": 4}, {"months": 3, "consecutive": true}])),
            "2025-01-31",
            "2020-01-31",
        ),
        (
            "1.2",
            "a suspended sentence counts by its length",
            prison(&json!([{"months": 8, "suspended": true}])),
            "2025-01-31",
            "2020-01-31",
        ),
        (
            "1.2",
            "suspended and consecutive",
            prison(&json!([{"months": 24, "suspended": true}, {"months": 6, "consecutive": true}])),
            "indefinite",
            "indefinite",
        ),
    ] {
        assert_eq!(ends(&sentence, false), adult, "section {section}, adult: {shows}");
        assert_eq!(ends(&sentence, true), under_18, "section {section}, under 18: {shows}");
    }
}

#[test]
fn a_period_from_a_day_that_the_last_month_lacks_ends_with_that_month() {
    let known =
        Known::settled().disposal("d", &json!({"sentence": {"kind": "caution"}, "relevant_date": "2020-02-29"}));
    let period = notification_period(&known.disposals.first().unwrap().record, &built_in().periods);
    assert_eq!(period.length, PeriodLength::Until { last_day: date("2022-02-28") }, "sections 0 and 1.2");
    assert_eq!(period.arithmetic.last().unwrap().date, Some(date("2022-02-28")));
    let halved =
        json!({"sentence": {"kind": "other"}, "relevant_date": "2015-08-31", "under_18_at_relevant_date": true});
    let known = Known::settled().disposal("d", &halved);
    let period = notification_period(&known.disposals.first().unwrap().record, &built_in().periods);
    assert_eq!(period.length, PeriodLength::Until { last_day: date("2018-02-28") }, "sections 0 and 1.2: 30 months");
}

#[test]
fn a_record_that_differs_from_the_disposal_is_noted_and_an_order_prolongs() {
    let caution = json!({"sentence": {"kind": "caution"}});
    let noted =
        |known: &Known| end_of_notification(known.facts(), moment("2016-01-01"), &built_in().periods).notes.join("; ");
    for (section, known, note) in [
        ("1.2", Known::settled(), "no disposal is on record: the end that the record gives cannot be checked"),
        ("1.2", Known::settled().disposal("d", &caution).ends_on("2017-01-31"), ""),
        (
            "1.2",
            Known::settled().disposal("d", &caution).ends_on("2017-02-01"),
            "the record gives the anniversary 2017-02-01; a period beginning with the relevant date ends the day before",
        ),
        (
            "1.2",
            Known::settled().disposal("d", &caution).ends_on("2020-01-31"),
            "the record ends it on 2020-01-31, 1095 days from 2017-01-31, which the disposal gives",
        ),
        (
            "1.2",
            Known::settled().disposal("d", &caution),
            "the record calls it indefinite; by the disposal it ends on 2017-01-31",
        ),
        (
            "1.2",
            Known::settled()
                .disposal("d", &caution)
                .disposal("e", &json!({"sentence": {"kind": "life"}}))
                .ends_on("2017-01-31"),
            "the record ends it on 2017-01-31; by the disposal it is indefinite",
        ),
    ] {
        assert_eq!(noted(&known), note, "section {section}");
    }
    let order = |kind: &str, ends_on: Option<&str>| {
        let known =
            Known::settled().order("shpo-1", &json!({"kind": kind, "made_on": "2015-02-01", "ends_on": ends_on}));
        let end = end_of_notification(known.facts(), moment("2016-01-01"), &built_in().periods);
        end.prolonged_by_orders.into_iter().map(|step| (step.date, step.text)).collect::<Vec<_>>()
    };
    let until = "order shpo-1 lasts until this day".to_owned();
    assert_eq!(order("shpo", Some("2025-02-01")), [(Some(date("2025-02-01")), until)], "section 1.2, s.103G");
    assert_eq!(order("interim_shpo", None), [(None, "order shpo-1 has no end on record".to_owned())]);
    assert_eq!(order("sro", None), []);
    assert_eq!(order("shpo", Some("2015-12-31")), []);
}

#[test]
fn the_first_review_is_the_day_after_the_end_of_fifteen_or_eight_years() {
    let rule = built_in().reviews;
    for (section, first, under_18, last_of_years, eligible) in [
        ("1.3", "2006-05-10", false, "2021-05-09", "2021-05-10"),
        ("1.3", "2013-05-10", true, "2021-05-09", "2021-05-10"),
        ("1.3", "2004-02-29", false, "2019-02-28", "2019-03-01"),
        ("1.3", "2012-02-29", true, "2020-02-28", "2020-02-29"),
    ] {
        let (found, steps) = first_review(date(first), under_18, &rule);
        assert_eq!(found, date(eligible), "section {section}");
        assert_eq!(
            steps.iter().filter_map(|step| step.date).collect::<Vec<_>>(),
            [first, last_of_years, eligible].map(date)
        );
    }
}

#[test]
fn a_refusal_puts_the_next_review_off_by_eight_years_or_those_set_at_most_fifteen() {
    let life = json!({"sentence": {"kind": "life"}, "first_notified_on": "2006-05-10"});
    let refused = |years: Option<u32>| {
        let mut record = life.clone();
        record["review_applications"] = json!([{"received_on": "2021-05-10", "decided_on": "2021-06-01", "refused": true,
            "years_until_next": years}]);
        Known::settled().disposal("d", &record)
    };
    let eligible = |known: &Known, at: &str| {
        let review = review_of_period(known.facts(), moment(at), &built_in());
        review.and_then(|review| review.eligible_from).map(|day| day.to_string())
    };
    for (section, shows, known, at, expected) in [
        ("1.3", "15 years from the first notification", refused(None), "2021-05-31", Some("2021-05-10")),
        ("1.3", "refused: a further 8 years", refused(None), "2021-06-01", Some("2029-06-01")),
        (
            "1.3",
            "an application that is open puts nothing off",
            Known::settled().disposal(
                "d",
                &laid_over(life.clone(), &json!({"review_applications": [{"received_on": "2021-05-10"}]})),
            ),
            "2021-06-01",
            Some("2021-05-10"),
        ),
        ("1.3", "a longer time set", refused(Some(12)), "2021-06-01", Some("2033-06-01")),
        ("1.3", "no longer than 15", refused(Some(20)), "2021-06-01", Some("2036-06-01")),
        ("1.3", "no shorter than 8", refused(Some(2)), "2021-06-01", Some("2029-06-01")),
        (
            "1.3",
            "none of a period with an end",
            Known::settled().disposal("d", &json!({"sentence": {"kind": "caution"}})),
            "2021-06-01",
            None,
        ),
        (
            "1.3",
            "nor where the record gives an end and no disposal is known",
            Known::settled().ends_on("2025-02-01"),
            "2021-06-01",
            None,
        ),
        (
            "1.3",
            "by the record alone: from the first notification held",
            Known::settled(),
            "2021-06-01",
            Some("2030-02-01"),
        ),
        ("1.3", "the first notification is not known", Known::unnotified("2015-02-01"), "2021-06-01", None),
    ] {
        assert_eq!(eligible(&known, at).as_deref(), expected, "section {section}: {shows}");
    }
    let barred = Known::settled()
        .order("o2", &json!({"kind": "shpo", "made_on": "2015-02-01"}))
        .order("o1", &json!({"kind": "sro", "made_on": "2015-02-01"}));
    let review = review_of_period(barred.facts(), moment("2021-06-01"), &built_in()).unwrap();
    let ruled_out_by: Vec<&str> = review.ruled_out_by.iter().map(|order| order.as_str()).collect();
    assert_eq!(ruled_out_by, ["o2"], "section 1.3: not while under a SHPO or SOPO");
}

#[test]
fn the_years_to_a_review_run_from_the_first_notification_on_release_for_the_offence() {
    let known = |relevant_date: &str, notified: &[(&str, &str)], turns: &[(&str, &str)]| {
        let life = json!({"sentence": {"kind": "life"}, "relevant_date": relevant_date});
        let known = Known::unnotified("2003-05-01").disposal("d", &life).statuses(turns);
        notified
            .iter()
            .enumerate()
            .fold(known, |known, (number, (kind, on))| known.notified(&format!("n{number}"), kind, on, &json!({})))
    };
    let eligible = |known: &Known| {
        let review = review_of_period(known.facts(), moment("2021-06-01"), &built_in()).unwrap();
        review.eligible_from.map(|day| day.to_string())
    };
    let free = [("community", "2003-05-01")];
    let jailed = |until: &'static str| [("community", "2003-05-01"), ("custody", "2004-07-01"), ("community", until)];
    for (section, shows, known, expected) in [
        (
            "1.3",
            "one of an older caution does not count",
            known("2012-06-01", &[("initial", "2003-05-01"), ("periodic", "2012-06-02")], &free),
            Some("2027-06-02"),
        ),
        ("1.3", "and there is no other", known("2012-06-01", &[("initial", "2003-05-01")], &free), None),
        (
            "1.3",
            "one given on bail does not",
            known("2004-06-01", &[("initial", "2004-06-02"), ("change", "2008-07-02")], &jailed("2008-07-01")),
            Some("2023-07-02"),
        ),
        (
            "1.3",
            "notice of travel is under s.86, and what is on record begins too late to be the first",
            known(
                "2004-06-01",
                &[("initial", "2004-06-02"), ("travel", "2008-07-02"), ("periodic", "2009-07-01")],
                &jailed("2008-07-01"),
            ),
            None,
        ),
        (
            "1.3",
            "custody that ended before the relevant date",
            known("2012-06-01", &[("initial", "2012-06-02")], &jailed("2008-07-01")),
            Some("2027-06-02"),
        ),
        (
            "1.3",
            "sentenced in custody, and from there to hospital",
            known(
                "2004-08-01",
                &[("change", "2006-01-01"), ("change", "2008-07-02")],
                &[
                    ("community", "2003-05-01"),
                    ("custody", "2004-07-01"),
                    ("hospital", "2006-01-01"),
                    ("community", "2008-07-01"),
                ],
            ),
            Some("2023-07-02"),
        ),
        (
            "1.3",
            "not released yet",
            known(
                "2004-06-01",
                &[("initial", "2004-06-02")],
                &[("community", "2003-05-01"), ("custody", "2004-07-01")],
            ),
            None,
        ),
    ] {
        assert_eq!(eligible(&known).as_deref(), expected, "section {section}: {shows}");
    }
}

#[test]
fn the_timetable_of_an_application() {
    let application = |over: &Value| {
        let record = json!({"sentence": {"kind": "life"}, "review_applications": [laid_over(json!({"received_on": "2021-06-01"}), over)]});
        let known = Known::settled().disposal("d", &record);
        review_timetable(
            known.disposals.first().unwrap().record.review_applications.first().unwrap(),
            &built_in().reviews,
        )
    };
    let open = application(&json!({}));
    assert_eq!(open.acknowledge_by, date("2021-06-14"), "section 1.3: 14 days");
    assert_eq!((open.bodies_reply_by, open.decide_by), (None, date("2021-07-13")), "section 1.3: 6 weeks");
    let asked = application(&json!({"bodies_asked_on": "2021-06-03"}));
    assert_eq!(asked.bodies_reply_by, Some(date("2021-06-30")), "section 1.3: 28 days");
    assert_eq!((asked.decide_by, asked.appeal_by), (date("2021-08-11"), None), "section 1.3: 6 weeks after that");
    let refused = application(&json!({"decided_on": "2021-08-02", "refused": true}));
    assert_eq!(refused.appeal_by, Some(date("2021-08-22")), "section 1.3: 21 days");
    assert_eq!(application(&json!({"decided_on": "2021-08-02"})).appeal_by, None, "nothing to appeal");
}
