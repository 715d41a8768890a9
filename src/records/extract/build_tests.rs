use serde_json::{Value, json};

use super::*;
use crate::records::feed::event::read_event;

const EXAMPLE: &str = include_str!("../../../docs/examples/extract/mapping.json");

fn example() -> Mapping {
    Mapping::read(&serde_json::from_str(EXAMPLE).unwrap()).unwrap()
}

const AS_OF: &str = "2021-04-14T06:00:00Z";

/// A row of the example, with these cells otherwise.
fn row(mapping: &Mapping, otherwise: &[(&str, Cell)]) -> Vec<Cell> {
    let usual = [
        ("Nominal ID", "4711"),
        ("Forename", "Nestor"),
        ("Surname", "Inventio"),
        ("DOB", "03/02/1970"),
        ("Status", "COMM"),
        ("Status since", "01/01/2020"),
        ("Team", "north"),
        ("Lead", "POL"),
        ("Lead since", "01/01/2015"),
        ("MAPPA category", "1"),
        ("MAPPA level", "1"),
        ("Convicted", "01/01/2015"),
        ("Under 18", "N"),
        ("Address no", "1"),
        ("Address type", "M"),
        ("Address 1", "1 Invented Row"),
        ("Address 2", "Riverside"),
        ("Resident from", "01/01/2018"),
    ];
    let cell = |name: &String| {
        let said = otherwise.iter().find(|(column, _)| column == name).map(|(_, cell)| cell.clone());
        let usual = || usual.iter().find(|(column, _)| column == name).map(|(_, text)| Cell::of_text(text));
        said.or_else(usual).unwrap_or(Cell::Empty)
    };
    mapping.columns.iter().map(cell).collect()
}

fn reading<'a>(mapping: &'a Mapping, as_of: &str) -> Reading<'a> {
    Reading { mapping, version: 0, as_of: Some(as_of.parse().unwrap()) }
}

fn built(at: usize, otherwise: &[(&str, Cell)]) -> Result<Option<BuiltEvent>, RowFault> {
    let mapping = example();
    event(reading(&mapping, AS_OF), &mapping.records[at], &row(&mapping, otherwise))
}

fn text(text: &str) -> Cell {
    Cell::of_text(text)
}

#[test]
fn a_row_gives_an_offender_and_an_address_that_the_feed_takes() {
    let offender = built(0, &[]).unwrap().unwrap().event;
    assert_eq!((&offender["subject"], &offender["time"]), (&json!("4711"), &json!("2021-04-14T06:00:00Z")));
    assert_eq!(
        offender["data"],
        json!({
            "given_name": "Nestor", "family_name": "Inventio", "date_of_birth": "1970-02-03", "status": "community",
            "status_since": "2020-01-01", "team_ref": "north", "lead_agency": "police", "lead_agency_since": "2015-01-01",
            "mappa": {"category": 1, "level": 1},
            "notification": {"relevant_date": "2015-01-01", "ends_on": null, "regime": "annual", "under_18_at_relevant_date": false},
        })
    );
    let address = built(1, &[]).unwrap().unwrap().event;
    assert_eq!(address["subject"], "address-4711-1");
    assert_eq!(address["data"]["lines"], json!(["1 Invented Row", "Riverside"]));
    assert!(read_event(offender).is_ok() && read_event(address).is_ok());
    assert!(built(1, &[("Address no", Cell::Empty)]).unwrap().is_none());
}

#[test]
fn cells_of_a_workbook_say_the_same_as_texts() {
    let day = |text: &str| Cell::Moment(text.parse::<chrono::NaiveDate>().unwrap().and_time(chrono::NaiveTime::MIN));
    let as_cells = [
        ("Nominal ID", Cell::Number(4711.0)),
        ("DOB", day("1970-02-03")),
        ("Under 18", Cell::Boolean(false)),
        ("MAPPA level", Cell::Number(1.0)),
    ];
    assert_eq!(built(0, &as_cells).unwrap().unwrap().event, built(0, &[]).unwrap().unwrap().event);
}

#[test]
fn the_id_follows_from_what_is_said_and_when() {
    let mapping = example();
    let id = |otherwise: &[(&str, Cell)], as_of: &str| {
        let row = row(&mapping, otherwise);
        let built = event(reading(&mapping, as_of), &mapping.records[0], &row).unwrap().unwrap();
        built.event["id"].as_str().unwrap().to_owned()
    };
    let first = id(&[], "2021-04-14T06:00:00Z");
    assert_eq!(id(&[("Postcode", text("IN1 1AA"))], "2021-04-14T06:00:00Z"), first, "of another record");
    assert_ne!(id(&[("Forename", text("Nemo"))], "2021-04-14T06:00:00Z"), first);
    assert_ne!(id(&[], "2021-04-15T06:00:00Z"), first);
    let by_version = |version: u32| {
        let reading = Reading { version, ..reading(&mapping, AS_OF) };
        let built = event(reading, &mapping.records[0], &row(&mapping, &[])).unwrap().unwrap();
        built.event["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(by_version(0), first);
    assert!([0, 2, 10].map(by_version).is_sorted(), "a later version of the mapping has the greater id");
}

#[test]
fn a_code_stands_for_a_text_a_number_or_yes_and_no() {
    let mut document: Value = serde_json::from_str(EXAMPLE).unwrap();
    document["code_lists"]["level"] = json!({"Level 2": 2, "1": 1});
    document["code_lists"]["minor"] = json!({"MINOR": true, "N": false});
    let data = &mut document["records"][0]["data"];
    data["mappa.level"] = json!({"column": "MAPPA level", "code_list": "level"});
    data["notification.under_18_at_relevant_date"] = json!({"column": "Under 18", "code_list": "minor"});
    let mapping = Mapping::read(&document).unwrap();
    let row = row(&mapping, &[("MAPPA level", text("Level 2")), ("Under 18", text("MINOR"))]);
    let data = event(reading(&mapping, AS_OF), &mapping.records[0], &row).unwrap().unwrap().event["data"].take();
    assert_eq!(
        (&data["mappa"]["level"], &data["notification"]["under_18_at_relevant_date"]),
        (&json!(2), &json!(true))
    );
}

#[test]
fn a_key_of_which_the_spreadsheet_has_lost_digits_is_refused() {
    assert_eq!(
        built(0, &[("Nominal ID", Cell::Number(999_999_999_999_999.0))]).unwrap().unwrap().event["subject"],
        "999999999999999"
    );
    for lost in [1e15, 1e18] {
        let fault = built(0, &[("Nominal ID", Cell::Number(lost))]).unwrap_err();
        assert_eq!((fault.code, fault.pointer.as_str()), ("wrong_type", "/subject"));
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_column() {
    let mapping = example();
    let faulty = CellFault::new(CellCode::ErrorCell, "shows an error");
    for (column, cell, code, pointer) in [
        ("Status", text("TEMP"), "unknown_code", "/data/status"),
        ("DOB", text("31/02/1970"), "bad_date", "/data/date_of_birth"),
        ("DOB", Cell::Number(25_602.0), "wrong_type", "/data/date_of_birth"),
        ("MAPPA level", text("one"), "wrong_type", "/data/mappa/level"),
        ("MAPPA level", text("1.5"), "wrong_type", "/data/mappa/level"),
        ("Under 18", text("perhaps"), "unknown_code", "/data/notification/under_18_at_relevant_date"),
        ("Surname", Cell::Boolean(true), "wrong_type", "/data/family_name"),
        ("Surname", Cell::Faulty(faulty), "error_cell", "/data/family_name"),
        ("Nominal ID", Cell::Empty, "missing_key", "/subject"),
    ] {
        let fault = built(0, &[(column, cell)]).unwrap_err();
        let told = fault.column.map(|at| mapping.columns[at].as_str());
        assert_eq!((fault.code, fault.pointer.as_str(), told), (code, pointer, Some(column)));
        assert!(!fault.detail.contains("TEMP") && !fault.detail.contains("perhaps"), "{}", fault.detail);
    }
}

#[test]
fn what_the_feed_refuses_is_told_with_the_column_it_came_from() {
    let mapping = example();
    for (at, otherwise, code, column) in [
        (0, ("MAPPA level", text("4")), "out_of_range", Some("MAPPA level")),
        (0, ("OSP band", text("grave")), "not_allowed", Some("OSP band")),
        (0, ("Surname", Cell::Empty), "missing_member", Some("Surname")),
        (0, ("Convicted", Cell::Empty), "missing_member", Some("Convicted")),
        (0, ("Surname", text(&"x".repeat(201))), "too_long", Some("Surname")),
        (1, ("Address 2", text(&"x".repeat(201))), "too_long", Some("Address 2")),
    ] {
        let extra = [otherwise.clone(), ("OSP date", text("01/02/2021"))];
        let built = built(at, &extra[..1 + usize::from(otherwise.0 == "OSP band")]).unwrap().unwrap();
        let refused = read_event(built.event.clone()).unwrap_err();
        let fault = built.told(&mapping.records[at], refused.fault);
        assert_eq!((fault.code, fault.column.map(|at| mapping.columns[at].as_str())), (code, column));
    }
    let both_empty = [("Address 1", Cell::Empty), ("Address 2", Cell::Empty)];
    let built = built(1, &both_empty).unwrap().unwrap();
    let fault = built.told(&mapping.records[1], read_event(built.event.clone()).unwrap_err().fault);
    assert_eq!((fault.code, fault.pointer.as_str()), ("missing_member", "/data/lines"));
    assert_eq!(fault.column.map(|at| mapping.columns[at].as_str()), Some("Address 1"));
}

#[test]
fn a_time_may_be_a_column_of_its_own() {
    let mut document: Value = serde_json::from_str(EXAMPLE).unwrap();
    document["records"][1]["time"] = json!({"columns": ["Day", "At"], "as": "instant", "format": "%d/%m/%Y %H:%M"});
    let mapping = Mapping::read(&document).unwrap();
    let time = |day: Cell, at: Cell| {
        let row = row(&mapping, &[("Day", day), ("At", at)]);
        event(reading(&mapping, AS_OF), &mapping.records[1], &row).map(|built| built.unwrap().event["time"].clone())
    };
    assert_eq!(time(text("01/07/2020"), text("09:15")).unwrap(), "2020-07-01T08:15:00Z");
    assert_eq!(time(Cell::Empty, text("09:15")).unwrap_err().code, "missing_time");
    assert_eq!(time(text("01/07/2020"), Cell::Empty).unwrap_err().code, "bad_instant");
    assert_eq!(time(text("28/03/2021"), text("01:30")).unwrap_err().code, "no_such_local_time");
}
