//! Domain rules, section 1.1, rows 1 to 8 and 16: the first notification and changes.

use serde_json::{Value, json};

use super::{Known, date, hold};
use crate::domain::notifiable_change::{ChangeKind, NotifiableChange};
use crate::domain::notification_duty::DutyCode::{
    AttendanceDirection, BankAccount, ChildHouseholdBegun, ChildHouseholdCeased, HomeAddressChanged, IdentityDocument,
    InitialNotification, NameUsed, PaymentCard, Released,
};
use crate::domain::record::Held;

fn nothing() -> Value {
    json!({})
}

#[test]
fn the_first_notification() {
    let convicted = || Known::unnotified("2021-03-01");
    let straight_to_custody = convicted().statuses(&[("custody", "2021-03-01"), ("community", "2021-09-01")]);
    let of_1999 = Known::unnotified("1999-05-05");
    hold(vec![
        (
            "1.1 row 1",
            "three days beginning with the relevant date",
            convicted(),
            InitialNotification,
            "2021-03-03",
            "2021-03-03 due",
        ),
        (
            "1.1 row 1",
            "the fourth is a failure",
            convicted(),
            InitialNotification,
            "2021-03-04",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 1",
            "on the third day",
            convicted().notified("n", "initial", "2021-03-03", &nothing()),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 met_on 2021-03-03",
        ),
        (
            "1.1 row 1",
            "on the fourth",
            convicted().notified("n", "initial", "2021-03-04", &nothing()),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 met_late 2021-03-04 2021-03-04",
        ),
        (
            "1.1 row 1",
            "sentenced straight to custody: not while there",
            convicted().statuses(&[("custody", "2021-03-01")]),
            InitialNotification,
            "2021-08-01",
            "- stopped",
        ),
        (
            "1.1 row 1",
            "and three days from release",
            straight_to_custody.clone(),
            InitialNotification,
            "2021-09-03",
            "2021-09-03 due",
        ),
        (
            "1.1 row 1",
            "and no more",
            straight_to_custody,
            InitialNotification,
            "2021-09-04",
            "2021-09-03 lapsed_since 2021-09-04",
        ),
        (
            "1.1 row 1",
            "remanded the day after the conviction: two days are left",
            convicted().statuses(&[
                ("community", "2021-03-01"),
                ("custody", "2021-03-02"),
                ("community", "2021-04-01"),
            ]),
            InitialNotification,
            "2021-04-02",
            "2021-04-02 due",
        ),
        (
            "1.1 row 1",
            "before Part 2 commenced: three days from then",
            of_1999.clone(),
            InitialNotification,
            "2004-05-03",
            "2004-05-03 due",
        ),
        (
            "1.1 row 1",
            "notified before the relevant date: subject already",
            Known::unnotified("2021-03-01").notified("n", "initial", "2018-01-01", &nothing()),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 met_on 2018-01-01",
        ),
        (
            "1.1 row 1",
            "not on record, but a later one shows it",
            convicted().notified("n", "periodic", "2021-03-20", &nothing()),
            InitialNotification,
            "2021-04-01",
            "2021-03-03 met_late 2021-03-20 2021-03-04",
        ),
        (
            "1.1 row 1",
            "notice of travel shows nothing",
            convicted().notified("n", "travel", "2021-03-02", &nothing()),
            InitialNotification,
            "2021-03-10",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 1",
            "a notification that is yet to come has not been given",
            convicted().notified("n", "initial", "2021-03-03", &nothing()),
            InitialNotification,
            "2021-03-02",
            "2021-03-03 due",
        ),
    ]);
    assert_eq!(of_1999.duties("2004-05-03").first().unwrap().arithmetic.get(1).unwrap().date, Some(date("2004-05-01")));
}

#[test]
fn every_kind_of_change_has_three_days() {
    let change = |kind: &str| Known::settled().change("c", kind, Some("2021-03-01"), &nothing());
    let rows = [
        ("1.1 row 2", "name_used", NameUsed),
        ("1.1 row 3", "home_address_changed", HomeAddressChanged),
        ("1.1 row 12", "no_sole_or_main_residence", HomeAddressChanged),
        ("1.1 row 5", "released", Released),
        ("1.1 row 6", "child_household_begun", ChildHouseholdBegun),
        ("1.1 row 6", "child_household_ceased", ChildHouseholdCeased),
        ("1.1 row 7", "bank_account_opened", BankAccount),
        ("1.1 row 7", "bank_account_closed", BankAccount),
        ("1.1 row 7", "card_gained", PaymentCard),
        ("1.1 row 7", "card_lost", PaymentCard),
        ("1.1 row 7", "card_changed", PaymentCard),
        ("1.1 row 8", "identity_document_obtained", IdentityDocument),
        ("1.1 row 8", "identity_document_replaced", IdentityDocument),
        ("1.1 row 8", "identity_document_lost", IdentityDocument),
    ];
    for (section, kind, code) in rows {
        hold(vec![
            (section, kind, change(kind), code, "2021-03-03", "2021-03-03 due"),
            (section, kind, change(kind), code, "2021-03-04", "2021-03-03 lapsed_since 2021-03-04"),
        ]);
    }
}

#[test]
fn a_stay_in_a_household_with_a_child_counts_from_twelve_hours() {
    let stayed = |hours: Value| {
        Known::settled().change("c", "child_household_begun", Some("2021-03-01"), &json!({"hours": hours}))
    };
    hold(vec![
        ("1.1 row 6", "12 hours", stayed(json!(12)), ChildHouseholdBegun, "2021-03-03", "2021-03-03 due"),
        ("1.1 row 6", "11 hours", stayed(json!(11)), ChildHouseholdBegun, "2021-03-10", "2021-03-03 not_required"),
        (
            "1.1 row 6",
            "not known, or living there",
            stayed(json!(null)),
            ChildHouseholdBegun,
            "2021-03-03",
            "2021-03-03 due",
        ),
    ]);
}

#[test]
fn what_2012_brought_was_no_duty_before() {
    let on = |kind: &str, day: &str| Known::unnotified("2010-01-01").change("c", kind, Some(day), &nothing());
    hold(vec![
        ("1.1 row 7", "the day before", on("card_gained", "2012-08-12"), PaymentCard, "2013-01-01", "none"),
        ("1.1 row 7", "the day", on("card_gained", "2012-08-13"), PaymentCard, "2012-08-15", "2012-08-15 due"),
        (
            "1.1 row 6",
            "the day before",
            on("child_household_begun", "2012-08-12"),
            ChildHouseholdBegun,
            "2013-01-01",
            "none",
        ),
        (
            "1.1 row 2",
            "a name before Part 2",
            Known::unnotified("2003-01-01").change("c", "name_used", Some("2004-04-30"), &nothing()),
            NameUsed,
            "2005-01-01",
            "none",
        ),
    ]);
}

#[test]
fn what_a_person_entered_is_met_by_the_notification_a_person_named() {
    let used = |over: &Value| {
        Known::settled()
            .notified("early", "change", "2021-02-20", &nothing())
            .notified("bank", "change", "2021-03-02", &json!({"provision": "2012 regs: bank card"}))
            .notified("later", "change", "2021-03-20", &nothing())
            .change("c", "name_used", Some("2021-03-01"), over)
    };
    hold(vec![
        (
            "1.1 row 2",
            "nobody named one",
            used(&nothing()),
            NameUsed,
            "2021-04-01",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 2",
            "the one named was late",
            used(&json!({"notification_ref": "later"})),
            NameUsed,
            "2021-04-01",
            "2021-03-03 met_late 2021-03-20 2021-03-04",
        ),
        (
            "1.1 row 2",
            "and had not been given then",
            used(&json!({"notification_ref": "later"})),
            NameUsed,
            "2021-03-10",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 2",
            "the one named came before it",
            used(&json!({"notification_ref": "early"})),
            NameUsed,
            "2021-04-01",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 2",
            "the one named is not there",
            used(&json!({"notification_ref": "gone"})),
            NameUsed,
            "2021-04-01",
            "2021-03-03 lapsed_since 2021-03-04",
        ),
        (
            "1.1 row 2",
            "in time",
            used(&json!({"notification_ref": "bank"})),
            NameUsed,
            "2021-04-01",
            "2021-03-03 met_on 2021-03-02",
        ),
    ]);
    let known = used(&nothing());
    let duties = known.duties("2021-04-01");
    let named = duties.iter().find(|duty| duty.code == NameUsed).unwrap();
    let may: Vec<&str> = named.may_be_met_by.iter().map(|reference| reference.as_str()).collect();
    assert_eq!(may, ["later"], "what may have told of it is shown; a bank card's notification cannot have");
}

#[test]
fn a_direction_is_to_be_followed_when_it_is_given() {
    let directed = |over: &Value| {
        Known::settled().notified("n", "periodic", "2021-03-01", &nothing()).change(
            "c",
            "attendance_directed",
            Some("2021-03-01"),
            over,
        )
    };
    hold(vec![
        ("1.1 row 16", "the day itself", directed(&nothing()), AttendanceDirection, "2021-03-01", "2021-03-01 due"),
        (
            "1.1 row 16",
            "the day after",
            directed(&nothing()),
            AttendanceDirection,
            "2021-03-02",
            "2021-03-01 lapsed_since 2021-03-02",
        ),
        (
            "1.1 row 16",
            "followed",
            directed(&json!({"notification_ref": "n"})),
            AttendanceDirection,
            "2021-03-02",
            "2021-03-01 met_on 2021-03-01",
        ),
    ]);
}

#[test]
fn names_addresses_stays_and_release_move_the_year_unless_a_person_chose_otherwise() {
    let moves = |kind: &str, over: &Value| {
        let known = Known::settled().change("c", kind, Some("2021-03-01"), over);
        let change: &Held<NotifiableChange> = known.changes.first().unwrap();
        change.record.moves_periodic_date()
    };
    for kind in ["name_used", "home_address_changed", "stay", "released", "no_sole_or_main_residence"] {
        assert!(moves(kind, &nothing()), "section 1.1, annual date reset: {kind}");
        assert!(!moves(kind, &json!({"moves_periodic_date": false})), "section 1.1: {kind}");
    }
    for kind in [
        "bank_account_opened",
        "card_lost",
        "identity_document_obtained",
        "child_household_begun",
        "child_household_ceased",
    ] {
        assert!(!moves(kind, &nothing()), "section 1.1, annual date reset: {kind}");
        assert!(moves(kind, &json!({"moves_periodic_date": true})), "section 1.1: {kind}");
    }
    assert!(!ChangeKind::AbsentFromHome.moves_periodic_date());
}

#[test]
fn the_same_lapse_is_suspected_once_and_forgotten_never_while_it_goes_on() {
    let lapsed = Known::settled().notified("p", "periodic", "2021-02-01", &nothing()).change(
        "c",
        "name_used",
        Some("2021-03-01"),
        &nothing(),
    );
    let late = lapsed.clone().notified("n", "change", "2021-04-01", &json!({"moves_periodic_date": false}));
    let mut late = late;
    late.changes.first_mut().unwrap().record.notification_ref = Some("n".to_owned().try_into().unwrap());
    let of_name = |known: &Known, at: &str| {
        let found = known.suspected(at).into_iter().filter(|breach| breach.code == NameUsed);
        found.map(|breach| (breach.key, breach.first_failure_on, breach.met_on)).collect::<Vec<_>>()
    };
    let first_failure_on = date("2021-03-04");
    assert_eq!(of_name(&lapsed, "2021-03-03"), []);
    let open = [("name_used:c".to_owned(), first_failure_on, None)];
    assert_eq!(of_name(&lapsed, "2021-03-04"), open);
    assert_eq!(of_name(&lapsed, "2031-03-04"), open);
    assert_eq!(of_name(&late, "2021-03-10"), open);
    let closed = [("name_used:c".to_owned(), first_failure_on, Some(date("2021-04-01")))];
    assert_eq!(of_name(&late, "2021-04-01"), closed, "28 days after the first failure");
    assert_eq!(of_name(&late, "2021-04-02"), [], "it was on record while it went on");
    late.changes.first_mut().unwrap().event_time = "2021-04-02T10:00:00Z".parse().unwrap();
    assert_eq!(of_name(&late, "2021-04-29"), closed, "28 days after it was met, learned of since");
    assert_eq!(of_name(&late, "2021-04-30"), []);
}
