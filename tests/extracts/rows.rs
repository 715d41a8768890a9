//! Rows of both kinds of file, into the service: what is read, what is refused, what is the same.

use std::cell::RefCell;
use std::io::{self, Read};
use std::thread;

use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::import::ImportReport;
use mosovo_visits::records::extract::check::Mapping;
use mosovo_visits::records::extract::csv_rows::CsvRows;
use mosovo_visits::records::extract::fault::FileCode;
use mosovo_visits::records::extract::import::{ExtractError, ExtractFile, Taking, import_extract};
use mosovo_visits::records::extract::unpacked::MAX_UNPACKED_BYTES;
use mosovo_visits::records::extract::xlsx_rows::Workbook;
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::{Store, extract, record};
use serde_json::{Value, json};

use crate::support::waiting::until_somebody_waits;
use crate::support::workbook::{Shown, workbook};
use crate::support::{caseload, import, on_both_databases, scenario_clock};

const AS_OF: &str = "2021-04-14T06:00:00Z";

fn mapping() -> Value {
    json!({
        "format": "mosovo-visits/extract-mapping/1", "source": "/records/wessex/niche",
        "code_lists": {"outcome": {"1": "seen", "2": "no_reply"}},
        "records": [{
            "type": "records.visit.v1", "subject": {"column": "Id"},
            "data": {
                "offender_ref": {"column": "Nominal"},
                "attempted_at": {"columns": ["Day", "At"], "as": "instant", "format": "%d/%m/%Y %H:%M"},
                "mode": {"constant": "home"},
                "outcome": {"column": "Outcome", "code_list": "outcome"},
                "officer_refs": {"column": "Officers", "separator": "/", "empty": "empty_list"},
                "home_inspected": {"column": "Inspected", "as": "boolean"},
                "summary": {"column": "Summary"},
            },
        }],
    })
}

const HEADER: &str = "Id,Nominal,Day,At,Outcome,Officers,Inspected,Summary\n";

fn take(
    store: &Store,
    mapping: &Value,
    file: &[u8],
    as_of: &str,
    is_dry_run: bool,
) -> Result<ImportReport, ExtractError> {
    let mapping = Mapping::read(mapping).unwrap();
    let taking = Taking { mapping: &mapping, saved: None, as_of: as_of.parse().ok(), is_dry_run };
    let opened = if file.starts_with(b"PK") {
        ExtractFile::Xlsx(Box::new(Workbook::open(file.to_vec(), &mapping, None, MAX_UNPACKED_BYTES)?))
    } else {
        ExtractFile::Csv(Box::new(CsvRows::open(file, &mapping, u64::MAX)?))
    };
    import_extract(store, scenario_clock(), &Actor::Operator, &taking, opened, |_| {})
}

/// New, changed, unchanged, stale and refused visits.
fn counts(report: &ImportReport) -> [u64; 5] {
    let counts = report.extract.as_ref().unwrap().records["records.visit.v1"];
    [counts.new, counts.changed, counts.unchanged, counts.stale, counts.refused]
}

/// What a dry run foretells and the import then does, which are the same.
fn foretold(store: &Store, mapping: &Value, file: &[u8], as_of: &str) -> [u64; 5] {
    let before = store.transaction(records_digest).unwrap();
    let dry = take(store, mapping, file, as_of, true).unwrap();
    assert_eq!(store.transaction(records_digest).unwrap(), before, "a dry run keeps nothing");
    let done = take(store, mapping, file, as_of, false).unwrap();
    let totals = |report: &ImportReport| [report.accepted, report.duplicates, report.stale, report.refused];
    assert_eq!((counts(&dry), totals(&dry), &dry.errors), (counts(&done), totals(&done), &done.errors));
    let [new, changed, unchanged, stale, refused] = counts(&done);
    let unreadable = done.extract.as_ref().unwrap().unreadable_rows;
    assert_eq!(totals(&done), [new + changed, unchanged, stale, refused + unreadable]);
    counts(&done)
}

fn rows(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}{}\n", rows.join("\n")).into_bytes()
}

#[test]
fn a_dry_run_foretells_what_the_import_does_through_the_life_of_extracts() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let (one, two) = ("x-1,n-1,01/04/2021,09:00,1,om-n/om-s,Y,invented", "x-2,n-1,02/04/2021,09:00,2,,N,");
        let mapping = mapping();
        assert_eq!(foretold(store, &mapping, &rows(&[one, two]), AS_OF), [2, 0, 0, 0, 0]);
        let versions = || store.transaction(records_digest).unwrap().versions;
        let after_first = versions();
        assert_eq!(foretold(store, &mapping, &rows(&[two, one, one]), AS_OF), [0, 0, 3, 0, 0], "the same again");
        let later = "2021-04-14T18:00:00Z";
        assert_eq!(foretold(store, &mapping, &rows(&[one, two]), later), [0, 0, 2, 0, 0], "unchanged in a later one");
        assert_eq!(versions(), after_first, "what has not changed is no new version");
        let changed = "x-2,n-1,02/04/2021,09:00,1,om-n,N,";
        let last = "2021-04-15T06:00:00Z";
        let dry = take(store, &mapping, &rows(&[one, changed]), last, true).unwrap();
        let told = &dry.extract.unwrap().changed_records;
        assert_eq!((told.len(), told[0].subject.as_str()), (1, "x-2"));
        assert_eq!(told[0].members, ["officer_refs", "outcome"]);
        assert_eq!(foretold(store, &mapping, &rows(&[one, changed]), last), [0, 1, 1, 0, 0]);
        assert_eq!(versions(), after_first + 1);
        let older = take(store, &mapping, &rows(&[one, two]), later, false);
        assert!(matches!(older, Err(ExtractError::OlderExtract { .. })), "{older:?}");
        let to_come = take(store, &mapping, &rows(&[one]), "2021-04-15T09:00:00Z", true);
        assert!(matches!(to_come, Err(ExtractError::AsOfToCome)), "{to_come:?}");
        let without = take(store, &mapping, &rows(&[one]), "", true);
        assert!(matches!(without, Err(ExtractError::NeedsAsOf)), "{without:?}");
    });
}

#[test]
fn rows_with_a_time_of_their_own_are_versions_by_that_time() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let mut mapping = mapping();
        mapping["records"][0]["time"] = json!({"column": "Changed", "as": "instant", "format": "%d/%m/%Y %H:%M"});
        let row =
            |outcome: &str, changed: &str| format!("x-1,n-1,01/04/2021,09:00,{outcome},om-n,Y,invented,{changed}");
        let file = |rows: &[String]| {
            let header = HEADER.replace('\n', ",Changed\n");
            format!("{header}{}\n", rows.join("\n")).into_bytes()
        };
        let (first, second) = (row("2", "02/04/2021 10:00"), row("1", "03/04/2021 10:00"));
        let all = file(&[second.clone(), first.clone(), second.clone()]);
        assert_eq!(foretold(store, &mapping, &all, ""), [1, 0, 1, 1, 0]);
        assert_eq!(foretold(store, &mapping, &all, ""), [0, 0, 3, 0, 0]);
        let third = file(&[row("1", "04/04/2021 10:00")]);
        assert_eq!(foretold(store, &mapping, &third, ""), [0, 1, 0, 0, 0], "it says that it was changed then");
        let many: Vec<String> = (10..30).map(|day| row("2", &format!("{day}/03/2021 10:00"))).collect();
        assert_eq!(foretold(store, &mapping, &file(&many), ""), [0, 0, 0, 20, 0]);
    });
}

/// A file of which, once so many bytes of it were read, something happens.
struct Interrupted<'a, F> {
    file: &'a [u8],
    read: usize,
    at: usize,
    by: Option<F>,
}

impl<F: FnOnce()> Read for Interrupted<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read >= self.at
            && let Some(by) = self.by.take()
        {
            by();
        }
        let most = buffer.len().min(1_000);
        let read = self.file.read(&mut buffer[..most])?;
        self.read += read;
        Ok(read)
    }
}

#[test]
fn an_extract_that_a_newer_one_overtakes_changes_nothing_behind_it() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let (mapping, newest) = (mapping(), "2021-04-15T06:00:00Z");
        let said = |outcome: &str| format!("x-1,n-1,01/04/2021,09:00,{outcome},om-n,Y,invented");
        let (as_ever, otherwise) = (rows(&[&said("1")]), said("2"));
        assert_eq!(foretold(store, &mapping, &as_ever, "2021-04-13T06:00:00Z"), [1, 0, 0, 0, 0]);
        let versions = || store.transaction(records_digest).unwrap().versions;
        let before = versions();
        let many: Vec<String> =
            (0..700).map(|number| format!("y-{number:03},n-1,01/04/2021,09:00,1,om-n,Y,invented")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).chain([otherwise.as_str()]).collect();
        let older = rows(&many);
        // At 25,000 bytes the first 500 rows have been taken, and the last ones not read.
        let overtake = || {
            let report = take(store, &mapping, &as_ever, newest, false).unwrap();
            assert_eq!(counts(&report), [0, 0, 1, 0, 0], "it finds the record as it was");
        };
        let read = Mapping::read(&mapping).unwrap();
        let taking = Taking { mapping: &read, saved: None, as_of: AS_OF.parse().ok(), is_dry_run: false };
        let file = Interrupted { file: &older, read: 0, at: 25_000, by: Some(overtake) };
        let file = ExtractFile::Csv(Box::new(CsvRows::open(file, &read, u64::MAX).unwrap()));
        let overtaken = import_extract(store, scenario_clock(), &Actor::Operator, &taking, file, |_| {});
        assert!(matches!(overtaken, Err(ExtractError::Overtaken { .. })), "{overtaken:?}");
        assert_eq!(versions(), before + 500, "what was taken stays");
        assert_eq!(
            foretold(store, &mapping, &as_ever, newest),
            [0, 0, 1, 0, 0],
            "and what the newer one found is so still"
        );
    });
}

#[test]
fn of_two_extracts_that_begin_at_once_the_newer_stays_the_newest() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let (said, file) = (mapping(), rows(&["x-1,n-1,01/04/2021,09:00,1,om-n,Y,invented"]));
        let (mapping, file, system) = (&said, &file, ("wessex", "/records/wessex/niche"));
        let kinds = Mapping::read(mapping).unwrap().kinds_as_of();
        let newer = "2021-04-15T06:00:00Z".parse().unwrap();
        let is_refused = thread::scope(|scope| {
            // The newer one has begun, and not yet said so for good, when the older one begins.
            let older = store.transaction_that_writes(|connection| -> Result<_, StoreError> {
                record::take_turn(connection)?;
                extract::keep_taken(connection, system, &kinds, newer)?;
                let taken = move || take(store, mapping, file, AS_OF, false);
                let older = scope.spawn(move || matches!(taken(), Err(ExtractError::OlderExtract { .. })));
                until_somebody_waits(connection);
                Ok(older)
            });
            older.unwrap().join().unwrap()
        });
        assert!(is_refused);
        let as_of = AS_OF.parse().unwrap();
        store.transaction_that_writes(|connection| extract::keep_taken(connection, system, &kinds, as_of)).unwrap();
        let newest = store.transaction(|connection| extract::newest_taken(connection, system, &kinds)).unwrap();
        assert_eq!(newest, Some(newer), "it never goes back");
    });
}

#[test]
fn a_row_that_cannot_be_read_is_told_by_its_place_and_stops_no_other() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let file = rows(&[
            "x-1,n-1,01/04/2021,09:00,1,om-n,Y,invented",
            "x-2,n-1,28/03/2021,01:30,1,om-n,Y,confidential",
            "x-3,n-1,01/04/2021,09:00,7,om-n,Y,confidential",
            "x-4,n-1,01/04/2021",
            "x-5,,01/04/2021,09:00,1,om-n,Y,confidential",
            "x-6,n-1,01/04/2021,09:00,1,om-n/om-n,Y,confidential",
            ",,,,,,,",
            "x-1,n-1,01/04/2021,09:00,2,om-n,Y,confidential",
            "x-7,n-1,01/04/2021,09:00,1,om-n,Y,invented",
        ]);
        assert_eq!(foretold(store, &mapping(), &file, AS_OF), [2, 0, 0, 0, 5]);
        let report = take(store, &mapping(), &file, AS_OF, false).unwrap();
        let told: Vec<_> = report
            .errors
            .iter()
            .map(|error| (error.row.unwrap(), error.column.as_deref(), error.code.as_str(), error.pointer.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (3, Some("Day"), "no_such_local_time", "/data/attempted_at"),
                (4, Some("Outcome"), "unknown_code", "/data/outcome"),
                (5, None, "uneven_row", ""),
                (6, Some("Nominal"), "missing_member", "/data/offender_ref"),
                (7, Some("Officers"), "not_unique", "/data/officer_refs/1"),
                (9, Some("Id"), "contradicts_earlier_row", "/data"),
            ]
        );
        assert!(!serde_json::to_string(&report).unwrap().contains("confidential"));
        assert!(report.errors.iter().all(|error| error.event_id.is_none()), "an id could be held against guesses");
        let outcome = report.extract.unwrap();
        assert_eq!((outcome.rows, outcome.unreadable_rows), (8, 1));
    });
}

#[test]
fn both_kinds_of_file_come_to_the_same() {
    use Shown::{Formula, Moment, Nothing, Number, Text, Truth};
    let header: Vec<Shown<'_>> = HEADER.trim().split(',').map(Text).collect();
    // 1 and 2 April 2021; a quarter past nine is 0.385416… of a day.
    let (first, second, time) = (44_287.0, 44_288.0, 555.0 / 1_440.0);
    let one = [
        Text("x-1"),
        Formula("n-1"),
        Moment(first),
        Moment(time),
        Number(1.0),
        Text("om-n / om-s"),
        Truth(true),
        Text("Caf\u{e9}"),
    ];
    let two = [Number(7.0), Text("n-1"), Moment(second), Text("09:15"), Number(2.0), Nothing, Nothing, Nothing];
    let mixed_is_refused = workbook(&[("Visits", &[&header, &one, &two])]);
    let two = [Number(7.0), Text("n-1"), Text("02/04/2021"), Text("09:15"), Number(2.0), Nothing, Nothing, Nothing];
    let xlsx = workbook(&[("Visits", &[&header, &one, &[], &two, &[Nothing]])]);
    let lines = ["x-1,n-1,01/04/2021,09:15,1,om-n/om-s,Y,Caf\u{e9}", "7,n-1,02/04/2021,09:15,2,,,"];
    let csv = rows(&lines);
    let windows: Vec<u8> =
        csv.iter().copied().filter(|byte| *byte != 0xc3).map(|byte| if byte == 0xa9 { 0xe9 } else { byte }).collect();
    let mut in_windows = mapping();
    in_windows["file"] = json!({"encoding": "windows-1252"});
    let digests = RefCell::new(Vec::new());
    for (mapping, file) in [(mapping(), csv), (mapping(), xlsx), (in_windows, windows)] {
        on_both_databases(|store| {
            let report = take(store, &mapping, &file, AS_OF, false).unwrap();
            assert_eq!((counts(&report), &report.errors), ([2, 0, 0, 0, 0], &Vec::new()));
            digests.borrow_mut().push(store.transaction(records_digest).unwrap());
        });
    }
    let digests = digests.into_inner();
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{digests:?}");
    on_both_databases(|store| {
        let report = take(store, &mapping(), &mixed_is_refused, AS_OF, false).unwrap();
        assert_eq!((counts(&report), report.errors[0].code.as_str()), ([1, 0, 0, 0, 1], "wrong_type"));
    });
}

#[test]
fn a_workbook_is_refused_where_it_cannot_be_read_as_meant() {
    use Shown::{Error, Number, Text};
    let header: Vec<Shown<'_>> = HEADER.trim().split(',').map(Text).collect();
    let bad =
        [Text("x-1"), Text("n-1"), Text("01/04/2021"), Text("09:00"), Error, Text("om-n"), Text("Y"), Number(5.0)];
    let rows: &[&[Shown<'_>]] = &[&header, &bad];
    let several = workbook(&[("A", rows), ("B", rows)]);
    let mapping = Mapping::read(&mapping()).unwrap();
    let code = |file: &[u8], sheet: Option<&str>, most: u64| {
        Workbook::open(file.to_vec(), &mapping, sheet, most).map(|_| ()).map_err(|fault| fault.code)
    };
    assert_eq!(code(&several, None, 1_000_000), Err(FileCode::NoSuchSheet));
    assert_eq!(code(&several, Some("C"), 1_000_000), Err(FileCode::NoSuchSheet));
    assert_eq!(code(&several, Some("B"), 1_000_000), Ok(()));
    assert_eq!(code(&several, Some("B"), 1_000), Err(FileCode::UnpacksTooLarge));
    assert_eq!(code(b"no workbook", None, 1_000), Err(FileCode::UnreadableWorkbook));
    let empty = workbook(&[("A", &[])]);
    assert_eq!(code(&empty, None, 1_000_000), Err(FileCode::NoHeader));
    let lacking = workbook(&[("A", &[&[Text("Id")]])]);
    assert_eq!(code(&lacking, None, 1_000_000), Err(FileCode::MissingColumn));
    on_both_databases(|store| {
        let report =
            take(store, &serde_json::to_value(&mapping.document).unwrap(), &workbook(&[("A", rows)]), AS_OF, false)
                .unwrap();
        let error = &report.errors[0];
        assert_eq!((error.row, error.column.as_deref(), error.code.as_str()), (Some(2), Some("Outcome"), "error_cell"));
    });
}
