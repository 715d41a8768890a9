use serde_json::{Value, json};

use super::*;
use crate::records::feed::event::read_event;

const EXAMPLE: &str = include_str!("../../../docs/examples/extract/mapping.json");

fn example() -> Mapping {
    Mapping::read(&serde_json::from_str(EXAMPLE).unwrap()).unwrap()
}

fn as_of() -> Instant {
    "2021-04-14T06:00:00Z".parse().unwrap()
}

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

fn built(at: usize, otherwise: &[(&str, Cell)]) -> Result<Option<BuiltEvent>, RowFault> {
    let mapping = example();
    event(&mapping, &mapping.records[at], Some(as_of()), &row(&mapping, otherwise))
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
        let built = event(&mapping, &mapping.records[0], Some(as_of.parse().unwrap()), &row).unwrap().unwrap();
        built.event["id"].as_str().unwrap().to_owned()
    };
    let first = id(&[], "2021-04-14T06:00:00Z");
    assert_eq!(id(&[("Postcode", text("IN1 1AA"))], "2021-04-14T06:00:00Z"), first, "of another record");
    assert_ne!(id(&[("Forename", text("Nemo"))], "2021-04-14T06:00:00Z"), first);
    assert_ne!(id(&[], "2021-04-15T06:00:00Z"), first);
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
        event(&mapping, &mapping.records[1], Some(as_of()), &row).map(|built| built.unwrap().event["time"].clone())
    };
    assert_eq!(time(text("01/07/2020"), text("09:15")).unwrap(), "2020-07-01T08:15:00Z");
    assert_eq!(time(Cell::Empty, text("09:15")).unwrap_err().code, "missing_time");
    assert_eq!(time(text("01/07/2020"), Cell::Empty).unwrap_err().code, "bad_instant");
    assert_eq!(time(text("28/03/2021"), text("01:30")).unwrap_err().code, "no_such_local_time");
}
