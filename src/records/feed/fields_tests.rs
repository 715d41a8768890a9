use std::fmt::Debug;

use serde_json::json;

use super::*;
use crate::domain::arms_assessment::{ArmsFactor, FactorLevel};
use crate::domain::working_time::DayOfWeek;

fn refused<T: Debug>(reading: Reading<T>) -> (FaultCode, String) {
    let fault = reading.expect_err("a fault");
    (fault.code, fault.pointer)
}

fn code<T: Debug>(reading: Reading<T>) -> FaultCode {
    reading.expect_err("a fault").code
}

#[test]
fn a_text_has_1_to_200_characters_and_is_not_blank() {
    assert!(text(json!("é".repeat(200))).is_ok());
    for (value, wanted) in [
        (json!("é".repeat(201)), FaultCode::TooLong),
        (json!(""), FaultCode::Blank),
        (json!(" \t\u{2003}"), FaultCode::Blank),
        (json!("a\u{0}"), FaultCode::NulCharacter),
        (json!(7), FaultCode::WrongType),
        (json!(null), FaultCode::WrongType),
    ] {
        assert_eq!(code(text(value.clone())), wanted, "{value}");
        assert_eq!(code(reference(value.clone())), wanted, "{value}");
    }
}

#[test]
fn free_text_may_be_blank_and_is_limited() {
    for value in ["".to_owned(), "  ".to_owned(), "é".repeat(10_000)] {
        assert_eq!(free_text(json!(value)), Ok(value));
    }
    assert_eq!(code(free_text(json!("é".repeat(10_001)))), FaultCode::TooLong);
}

#[test]
fn whole_numbers_may_be_written_as_floats() {
    let read = integer::<u32>(0..=500);
    for (value, wanted) in [("0", 0), ("-0.0", 0), ("30.0", 30), ("3e1", 30), ("500", 500)] {
        assert_eq!(read(serde_json::from_str(value).unwrap()), Ok(wanted), "{value}");
    }
    for (value, wanted) in [
        ("-1", FaultCode::OutOfRange),
        ("501", FaultCode::OutOfRange),
        ("1e300", FaultCode::OutOfRange),
        ("18446744073709551615", FaultCode::OutOfRange),
        ("30.5", FaultCode::WrongType),
        ("\"30\"", FaultCode::WrongType),
        ("true", FaultCode::WrongType),
    ] {
        assert_eq!(code(read(serde_json::from_str(value).unwrap())), wanted, "{value}");
    }
}

#[test]
fn numbers_keep_to_their_limits() {
    let read = number(-90.0..=90.0);
    assert_eq!(read(json!(50)), Ok(50.0));
    assert_eq!(read(json!(-90.0)), Ok(-90.0));
    assert_eq!(code(read(json!(90.000_001))), FaultCode::OutOfRange);
    assert_eq!(code(read(json!("50"))), FaultCode::WrongType);
}

#[test]
fn an_enum_takes_its_serde_names_and_a_fault_lists_them_without_the_value() {
    assert_eq!(one_of(json!("mon")), Ok(DayOfWeek::Mon));
    assert_eq!(code(one_of::<DayOfWeek>(json!({"mon": null}))), FaultCode::WrongType);
    let fault = one_of::<DayOfWeek>(json!("Smith")).unwrap_err();
    assert_eq!(fault.code, FaultCode::NotAllowed);
    assert_eq!(fault.detail, "must be one of mon, tue, wed, thu, fri, sat, sun");
}

#[test]
fn a_date_is_ten_characters_and_exists() {
    assert_eq!(date(json!("2020-02-29")), Ok(CivilDate::from_ymd_opt(2020, 2, 29).unwrap()));
    for wrong in [
        "2021-02-29",
        "2021-2-03",
        "2021-13-01",
        "20210203",
        "+2021-2-3",
        " 2021-2-03",
        "2021-02-03 ",
        "2021-02-03T",
        "",
        "２021-1-1",
    ] {
        assert_eq!(code(date(json!(wrong))), FaultCode::BadDate, "{wrong}");
    }
}

#[test]
fn an_instant_is_strict_rfc_3339_with_an_offset() {
    let at = |text: &str| text.parse::<Instant>().unwrap();
    for (written, wanted) in [
        ("2021-05-01T10:00:00Z", "2021-05-01T10:00:00Z"),
        ("2021-05-01t10:00:00z", "2021-05-01T10:00:00Z"),
        ("2021-05-01T10:00:00+01:00", "2021-05-01T09:00:00Z"),
        ("2021-05-01T00:00:00-23:59", "2021-05-01T23:59:00Z"),
        ("2021-05-01T10:00:00-00:00", "2021-05-01T10:00:00Z"),
        ("2021-05-01T10:00:00.123456789123Z", "2021-05-01T10:00:00.123456789Z"),
    ] {
        assert_eq!(instant(json!(written)), Ok(at(wanted)), "{written}");
    }
    for wrong in [
        "2021-05-01T10:00:00",
        "2021-05-01 10:00:00Z",
        "2021-05-01_10:00:00Z",
        "2021-05-01T10:00Z",
        "2021-05-01T10:00:00.Z",
        "2021-05-01T10:00:00,5Z",
        "2021-05-01T24:00:00Z",
        "2021-05-01T10:60:00Z",
        "2016-12-31T23:59:60Z",
        "2021-05-01T10:00:61Z",
        "2021-05-01T10:00:00+24:00",
        "2021-05-01T10:00:00+01:60",
        "2021-05-01T10:00:00+0100",
        "2021-05-01T10:00:00+01",
        "2021-05-01T10:00:00+1:00",
        "2021-05-01T10:00:00\u{2212}01:00",
        "2021-05-01T10:00:00 +01:00",
        "2021-05-01T10:00:00Z ",
        "2021-02-30T10:00:00Z",
        "2021-05-01",
        "",
    ] {
        assert_eq!(code(instant(json!(wrong))), FaultCode::BadInstant, "{wrong}");
    }
}

#[test]
fn lists_point_at_the_item_at_fault() {
    let days = non_empty(distinct(list(one_of::<DayOfWeek>)));
    assert_eq!(days(json!(["tue", "mon"])), Ok(vec![DayOfWeek::Tue, DayOfWeek::Mon]));
    for (value, wanted, pointer) in [
        (json!([]), FaultCode::TooFew, ""),
        (json!(["mon", "tue", "mon"]), FaultCode::NotUnique, "/2"),
        (json!(["mon", "day"]), FaultCode::NotAllowed, "/1"),
        (json!("mon"), FaultCode::WrongType, ""),
    ] {
        assert_eq!(refused(days(value.clone())), (wanted, pointer.to_owned()), "{value}");
    }
}

#[test]
fn members_are_taken_one_by_one_and_none_may_be_left() {
    let read = object(|fields: &mut Fields| {
        Ok((
            fields.required("a", boolean)?,
            fields.required_or_null("b", boolean)?,
            fields.optional("c", boolean)?,
            fields.optional_or_null("d", boolean)?,
        ))
    });
    assert_eq!(read(json!({"a": true, "b": null})), Ok((true, None, None, None)));
    assert_eq!(read(json!({"a": true, "b": false, "c": true, "d": null})), Ok((true, Some(false), Some(true), None)));
    for (value, wanted, pointer) in [
        (json!([]), FaultCode::NotAnObject, ""),
        (json!({"b": null}), FaultCode::MissingMember, "/a"),
        (json!({"a": null, "b": null}), FaultCode::WrongType, "/a"),
        (json!({"a": true}), FaultCode::MissingMember, "/b"),
        (json!({"a": true, "b": null, "c": null}), FaultCode::WrongType, "/c"),
        (json!({"a": true, "b": null, "d": 1}), FaultCode::WrongType, "/d"),
        (json!({"a": true, "b": null, "e/f": 1}), FaultCode::UnknownMember, "/e~1f"),
        (json!({"a": true, "b": null, "e\u{0}": 1}), FaultCode::UnknownMember, ""),
        (json!({"a": true, "b": null, "e".repeat(201): 1}), FaultCode::UnknownMember, ""),
    ] {
        assert_eq!(refused(read(value.clone())), (wanted, pointer.to_owned()), "{value}");
    }
}

#[test]
fn a_table_is_closed_in_names_and_values() {
    let read = table::<ArmsFactor, FactorLevel>;
    assert_eq!(read(json!({"opportunity": "low"})).unwrap().len(), 1);
    for (value, wanted, pointer) in [
        (json!({"luck": "low"}), FaultCode::UnknownMember, "/luck"),
        (json!({"opportunity": "very_high"}), FaultCode::NotAllowed, "/opportunity"),
        (json!({"opportunity": null}), FaultCode::WrongType, "/opportunity"),
        (json!(null), FaultCode::NotAnObject, ""),
    ] {
        assert_eq!(refused(read(value.clone())), (wanted, pointer.to_owned()), "{value}");
    }
}
