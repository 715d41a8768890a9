//! The store, on both databases: migrations, and what becomes of late, repeated and withdrawn records.

use diesel::connection::SimpleConnection;
use mosovo_visits::casework::actor::Actor;
use mosovo_visits::casework::flags::force_file;
use mosovo_visits::domain::exchange::Channel;
use mosovo_visits::domain::moment::Moment;
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::records::import::import_lines;
use mosovo_visits::store::Store;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::current::{Wanted, records_in_scope};
use mosovo_visits::store::error::StoreError;
use mosovo_visits::store::exchange;
use mosovo_visits::store::scope::{Scope, TeamScope};
use serde_json::{Value, json};

use crate::support::{import, on_both_databases, on_both_empty_databases, scenario_clock};

fn event(id: &str, event_type: &str, time: &str, data: Value) -> String {
    json!({
        "specversion": "1.0", "id": id, "source": "/records/wessex", "type": format!("records.{event_type}.v1"),
        "subject": "o-1", "time": time, "data": data,
    })
    .to_string()
}

fn offender(id: &str, time: &str, status: &str) -> String {
    let data = json!({
        "given_name": "Invented", "family_name": "Person", "status": status, "status_since": "2020-01-01",
        "team_ref": "team", "lead_agency": "police", "lead_agency_since": "2020-01-01",
        "mappa": {"category": 1, "level": 1},
        "notification": {"relevant_date": "2020-01-01", "ends_on": null, "regime": "annual",
                         "under_18_at_relevant_date": false},
    });
    event(id, "offender", time, data)
}

fn allocation(id: &str, time: &str, officer: &str, from: &str) -> String {
    event(id, "allocation", time, json!({"officer_ref": officer, "from": from}))
}

fn withdrawn(id: &str, time: &str, event_type: &str) -> String {
    let data = json!({"type": format!("records.{event_type}.v1"), "subject": "o-1", "reason": "entered in error"});
    event(id, "deleted", time, data)
}

fn status(store: &Store) -> Option<String> {
    let file = force_file(store, "wessex").unwrap();
    file.cases.values().next().map(|case| serde_json::to_value(case.offender.status).unwrap().as_str().unwrap().into())
}

fn manager(store: &Store, day: &str) -> Option<String> {
    let at = Moment::at(format!("{day}T12:00:00Z").parse().unwrap());
    let file = force_file(store, "wessex").unwrap();
    let case = file.cases.values().next().unwrap();
    case.current_allocation(at).and_then(|allocation| allocation.officer_ref.as_ref()).map(ToString::to_string)
}

#[test]
fn migrations_go_up_down_and_up_again_on_both_databases() {
    on_both_empty_databases(|store| {
        assert!(store.require_current().is_err());
        let up = store.migrate().unwrap();
        assert!(!up.is_empty());
        store.require_current().unwrap();
        assert_eq!(store.revert_all().unwrap().len(), up.len());
        assert_eq!(store.migrate().unwrap(), up);
    });
}

#[test]
fn the_teams_of_records_that_were_there_before_are_filled_in() {
    on_both_databases(|store| {
        import(store, &offender("e1", "2021-01-01T00:00:00Z", "community"));
        store
            .transaction(|connection| {
                let backend = if matches!(connection, AnyConnection::Postgres(_)) { "postgres" } else { "sqlite" };
                for direction in ["down", "up"] {
                    let file = format!("migrations/{backend}/2026-11-24-000002_import_force/{direction}.sql");
                    let statements = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
                    connection.batch_execute(&std::fs::read_to_string(statements).unwrap())?;
                }
                let of_team = |connection: &mut AnyConnection, team: &str| {
                    let teams = TeamScope::Only([Ref::new(team).unwrap()].into());
                    let scope = Scope { teams, ..Scope::whole("wessex") };
                    records_in_scope(connection, Wanted::all(RecordKind::Offender, &scope))
                };
                assert_eq!(of_team(connection, "team")?.len(), 1);
                assert_eq!(of_team(connection, "another")?.len(), 0);
                Ok::<(), StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn what_was_taken_in_before_exchanges_were_noted_is_one() {
    on_both_databases(|store| {
        import(store, &offender("e1", "2021-01-01T00:00:00Z", "community"));
        let sent = offender("e2", "2021-01-02T00:00:00Z", "custody");
        let (actor, clock) = (Actor::ForceJob { job: "invented", force: "wessex".to_owned() }, scenario_clock());
        import_lines(store, clock, &actor, "http", sent.as_bytes(), |_| {}).unwrap();
        let known = |store: &Store| {
            let system =
                store.transaction(|connection| exchange::records_system(connection, "wessex")).unwrap().unwrap();
            let known = system.exchanges.into_iter().map(|it| (it.channel, it.outcome, it.last_success_at));
            known.collect::<Vec<_>>()
        };
        let before = known(store);
        assert_eq!(before.iter().map(|it| it.0).collect::<Vec<_>>(), [Channel::CommandLine, Channel::Push]);
        assert!(before.iter().all(|it| it.2 == Some(scenario_clock().now())));
        store
            .transaction(|connection| {
                let backend = if matches!(connection, AnyConnection::Postgres(_)) { "postgres" } else { "sqlite" };
                for direction in ["down", "up"] {
                    let file = format!("migrations/{backend}/2026-11-28-000064_exchange/{direction}.sql");
                    let statements = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
                    connection.batch_execute(&std::fs::read_to_string(statements).unwrap())?;
                }
                Ok::<(), StoreError>(())
            })
            .unwrap();
        assert_eq!(known(store), before);
    });
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |backend: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(backend);
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("postgres"), names("sqlite"));
}

#[test]
fn an_older_event_that_arrives_later_is_stale_and_changes_nothing() {
    on_both_databases(|store| {
        let newer = offender("e2", "2021-02-01T00:00:00Z", "custody");
        let older = offender("e1", "2021-01-01T00:00:00Z", "community");
        let report = import(store, &format!("{newer}\n{older}"));
        assert_eq!((report.accepted, report.stale), (1, 1));
        assert_eq!(status(store).as_deref(), Some("custody"));
        let repeated = import(store, &older);
        assert_eq!((repeated.duplicates, repeated.stale), (1, 0));
    });
}

#[test]
fn of_two_events_of_one_time_the_greater_id_wins_in_either_order() {
    for ids in [["a", "b"], ["b", "a"]] {
        on_both_databases(|store| {
            let status_of = |id: &str| if id == "b" { "custody" } else { "community" };
            let feed = ids.map(|id| offender(id, "2021-02-01T00:00:00Z", status_of(id))).join("\n");
            import(store, &feed);
            assert_eq!(status(store).as_deref(), Some("custody"));
        });
    }
}

#[test]
fn a_withdrawn_record_is_gone_until_a_newer_event_brings_it_back() {
    on_both_databases(|store| {
        import(store, &offender("e1", "2021-01-01T00:00:00Z", "community"));
        import(store, &withdrawn("e3", "2021-03-01T00:00:00Z", "offender"));
        assert_eq!(status(store), None);
        assert_eq!(import(store, &offender("e2", "2021-02-01T00:00:00Z", "custody")).stale, 1);
        assert_eq!(status(store), None);
        import(store, &offender("e4", "2021-04-01T00:00:00Z", "hospital"));
        assert_eq!(status(store).as_deref(), Some("hospital"));
    });
}

#[test]
fn an_allocation_dated_in_the_future_does_not_end_todays_and_a_withdrawal_ends_all_before_it() {
    on_both_databases(|store| {
        let first = allocation("e1", "2021-01-01T00:00:00Z", "om-1", "2021-01-01");
        let future = allocation("e2", "2021-02-01T00:00:00Z", "om-2", "2021-06-01");
        import(store, &[offender("e0", "2021-01-01T00:00:00Z", "community"), future, first].join("\n"));
        assert_eq!(manager(store, "2021-05-31").as_deref(), Some("om-1"));
        assert_eq!(manager(store, "2021-06-01").as_deref(), Some("om-2"));
        import(store, &withdrawn("e3", "2021-01-15T00:00:00Z", "allocation"));
        assert_eq!(manager(store, "2021-05-31"), None);
        assert_eq!(manager(store, "2021-06-01").as_deref(), Some("om-2"));
    });
}

#[test]
fn one_bad_event_never_stops_the_others_and_does_not_use_up_its_id() {
    on_both_databases(|store| {
        let bad = offender("e1", "2021-01-01T00:00:00Z", "at large");
        let good = offender("e1", "2021-01-01T00:00:00Z", "community");
        let report = import(store, &format!("{bad}\n\nnot json\n{good}\n"));
        assert_eq!((report.accepted, report.refused), (1, 3));
        let lines: Vec<u64> = report.errors.iter().map(|error| error.index).collect();
        assert_eq!(lines, [1, 2, 3]);
        let first = report.errors.first().unwrap();
        assert_eq!((first.event_id.as_deref(), first.pointer.as_str()), (Some("e1"), "/data/status"));
        assert_eq!(status(store).as_deref(), Some("community"));
    });
}

#[test]
fn a_dangling_reference_is_reported_at_every_import_until_it_resolves() {
    on_both_databases(|store| {
        let feed = offender("e1", "2021-01-01T00:00:00Z", "community");
        assert_eq!(import(store, &feed).dangling, 1);
        let again = import(store, &feed);
        let dangling = again.dangling_references.first().unwrap();
        assert_eq!((dangling.pointer.as_str(), dangling.to_ref.as_str()), ("/data/team_ref", "team"));
        let team = json!({
            "specversion": "1.0", "id": "e2", "source": "/records/wessex/other", "type": "records.team.v1",
            "subject": "team", "time": "2021-01-01T00:00:00Z",
            "data": {"name": "Invented", "force": "wessex", "base": {"name": "Base", "latitude": 51, "longitude": -2}},
        });
        assert_eq!(import(store, &team.to_string()).dangling, 0);
    });
}

#[test]
fn two_forces_with_the_same_references_never_touch() {
    on_both_databases(|store| {
        let ours = offender("e1", "2021-01-01T00:00:00Z", "community");
        let theirs = offender("e1", "2021-05-01T00:00:00Z", "deceased").replace("/records/wessex", "/records/mercia");
        let report = import(store, &format!("{ours}\n{theirs}"));
        assert_eq!((report.accepted, report.duplicates), (2, 0));
        assert_eq!(status(store).as_deref(), Some("community"));
    });
}

#[test]
fn two_systems_with_the_same_id_at_the_same_time_end_alike_in_either_order() {
    let niche = offender("1", "2021-02-01T00:00:00Z", "community");
    let visor = offender("1", "2021-02-01T00:00:00Z", "custody").replace("/records/wessex", "/records/wessex/visor");
    assert_ne!(niche, visor);
    for feed in [format!("{niche}\n{visor}"), format!("{visor}\n{niche}")] {
        on_both_databases(|store| {
            import(store, &feed);
            assert_eq!(status(store).as_deref(), Some("custody"), "the greater source");
        });
    }
}

#[test]
fn an_instant_that_its_offset_carries_out_of_four_digit_years_is_kept_and_read_back() {
    on_both_databases(|store| {
        let early = offender("e1", "0000-01-01T00:00:00+14:00", "hospital");
        assert_eq!(import(store, &early).accepted, 1);
        assert_eq!(status(store).as_deref(), Some("hospital"));
        let late = offender("e2", "9999-12-31T23:59:59-12:00", "community");
        let good = offender("e3", "9999-12-31T23:59:59Z", "custody");
        assert_eq!(import(store, &format!("{late}\n{good}")).stale, 1);
        assert_eq!(status(store).as_deref(), Some("community"));
        assert_eq!(import(store, &late).duplicates, 1);
    });
}

#[test]
fn what_dangles_is_reported_by_every_import_whatever_it_spoke_of() {
    on_both_databases(|store| {
        assert_eq!(import(store, &offender("e1", "2021-01-01T00:00:00Z", "community")).dangling, 1);
        assert_eq!(import(store, "").dangling, 1);
        assert_eq!(import(store, "not json").dangling, 1);
    });
}

#[cfg(unix)]
#[test]
fn a_database_file_is_made_for_its_owner_alone_and_one_that_is_there_is_left_as_it_is() {
    use std::fs::{Permissions, metadata, remove_file, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let path = std::env::temp_dir().join(format!("mosovo-visits-{}.sqlite", uuid::Uuid::now_v7()));
    let rights = |ending: &str| metadata(format!("{}{ending}", path.display())).unwrap().permissions().mode() & 0o777;
    let store = Store::open(&format!("sqlite://{}", path.display()).parse().unwrap()).unwrap();
    store.migrate().unwrap();
    assert_eq!(["", "-wal", "-shm"].map(rights), [0o600; 3]);
    drop(store);
    set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let store = Store::open(&format!("sqlite://{}", path.display()).parse().unwrap()).unwrap();
    assert_eq!(rights(""), 0o640);
    drop(store);
    for ending in ["", "-wal", "-shm"] {
        let _ = remove_file(format!("{}{ending}", path.display()));
    }
}
