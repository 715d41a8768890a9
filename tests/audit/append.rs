//! Appending: in the transaction of the act, without gaps, and nothing but appending.

use std::io::BufReader;
use std::thread;

use diesel::connection::SimpleConnection;
use mosovo_visits::casework::actor::{Actor, Role};
use mosovo_visits::records::import::import_lines;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::{self, list};
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::error::StoreError;
use serde_json::json;

use super::{Proved, append, on_both};
use crate::support::http::{persona, run};
use crate::support::{caseload, import, on_both_databases, scenario_clock};

#[test]
fn a_chain_begins_at_one_has_no_gaps_and_is_proved_to_its_end() {
    on_both(|proved| {
        proved.act(Some("wessex"), 3);
        proved.act(None, 2);
        proved.act(Some("mercia"), 1);
        proved
            .store
            .transaction(|connection| {
                (0..100).try_for_each(|time| append(connection, Some("wessex"), json!({ "time": time })))
            })
            .unwrap();
        let sequences: Vec<i64> = proved.entries().iter().map(|entry| entry.sequence).collect();
        assert_eq!(sequences, (1..=103).collect::<Vec<_>>());
        let report = proved.verify();
        assert!(report.is_clean(), "{report:?}");
        let proved: Vec<_> = report
            .chains
            .iter()
            .map(|chain| (chain.chain.as_str(), chain.entries, chain.proved_up_to.as_ref().unwrap().sequence))
            .collect();
        assert_eq!(proved, [("force:mercia", 1, 1), ("force:wessex", 103, 103), ("service", 2, 2)]);
    });
}

#[test]
fn what_a_transaction_appended_goes_with_it() {
    on_both(|proved| {
        proved.act(Some("wessex"), 1);
        let given_up: Result<(), StoreError> = proved.store.transaction(|connection| {
            append(connection, Some("wessex"), json!({}))?;
            append(connection, Some("mercia"), json!({}))?;
            Err(StoreError::Behind)
        });
        assert!(given_up.is_err());
        proved.act(Some("wessex"), 1);
        let report = proved.verify();
        assert!(report.is_clean(), "{report:?}");
        assert_eq!((report.entries, report.chains.len()), (2, 1));
    });
}

#[test]
fn writers_at_once_leave_chains_without_gaps() {
    on_both(|proved| {
        let (writers, times) = (8_usize, 20_usize);
        thread::scope(|scope| {
            for writer in 0..writers {
                let other = Proved::open(&proved.url);
                scope.spawn(move || {
                    let store: Store = other.store;
                    for time in 0..times {
                        let force = ["wessex", "mercia"][(writer + time) % 2];
                        let detail = json!({ "writer": writer, "time": time });
                        store.transaction(|connection| append(connection, Some(force), detail)).unwrap();
                    }
                });
            }
        });
        let report = proved.verify();
        assert!(report.is_clean(), "{report:?}");
        let chains: Vec<_> = report
            .chains
            .iter()
            .map(|chain| (chain.entries, chain.last_sequence, chain.proved_up_to.as_ref().unwrap().sequence))
            .collect();
        assert_eq!(chains, [(80, 80, 80), (80, 80, 80)]);
    });
}

#[test]
fn numbers_and_texts_hash_alike_whichever_way_the_database_writes_them() {
    on_both(|proved| {
        for detail in [
            json!({ "b": 1, "a": { "d": -0.0, "c": 1e21 } }),
            json!([
                1.0,
                1.5,
                1e-7,
                1e300,
                9_007_199_254_740_993_u64,
                u64::MAX,
                i64::MIN,
                1e16,
                12_345_678_901_234_567e3
            ]),
            json!({ "text": "é\u{1}\n\"\\/\u{7f}\u{1F600}", "": null, "é": true }),
        ] {
            proved.store.transaction(|connection| append(connection, Some("wessex"), detail)).unwrap();
        }
        let report = proved.verify();
        assert!(report.is_clean(), "{report:?}");
    });
}

#[test]
fn an_entry_is_neither_changed_nor_taken_out_nor_replaced() {
    on_both(|proved| {
        proved.act(Some("wessex"), 2);
        let replace = "INSERT OR REPLACE INTO audit_entry SELECT id, at, 'nobody', act, force, subject_kind, subject, \
            detail, operation, reason, chain, sequence, previous_hash, hash FROM audit_entry";
        let beside = "INSERT OR REPLACE INTO audit_entry SELECT 'another' || sequence, at, 'nobody', act, force, \
            subject_kind, subject, detail, operation, reason, chain, sequence, previous_hash, hash FROM audit_entry";
        let own = if proved.is_sqlite() {
            [replace, beside]
        } else {
            ["TRUNCATE audit_entry", "TRUNCATE audit_entry CASCADE"]
        };
        let both = ["UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"];
        for statement in both.into_iter().chain(own) {
            let refused = format!("{:?}", proved.run(statement).unwrap_err());
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
        assert_eq!(proved.entries().len(), 2);
        assert!(proved.verify().is_clean());
    });
}

/// Makes every further entry fail.
fn fill_up(proved: &Proved) {
    let statement = if proved.is_sqlite() {
        "CREATE TRIGGER full_up BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'full'); END"
    } else {
        "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$; \
         CREATE TRIGGER full_up BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION full_up()"
    };
    proved.run(statement).unwrap();
}

#[test]
fn an_act_that_cannot_be_logged_is_not_done() {
    on_both(|proved| {
        import(&proved.store, &caseload::feed());
        let before = proved.store.transaction(records_digest).unwrap();
        fill_up(proved);
        let changed = caseload::event(
            "/records/wessex/invented",
            "offender",
            "n-1",
            "2021-02-01T09:00:00Z",
            &caseload::offender("Another", "north", "custody"),
        );
        let changed = changed.to_string();
        let feed = BufReader::new(changed.as_bytes());
        let refused = import_lines(&proved.store, scenario_clock(), &Actor::Operator, "test", feed, |_| {});
        assert!(refused.is_err());
        assert_eq!(proved.store.transaction(records_digest).unwrap(), before);
        let service = run(&proved.store);
        let reply = service.get(&persona(Role::Supervisor, &["north"]), "/v1/offenders/n-1");
        assert_eq!((reply.status, reply.code().as_str()), (500, "internal"));
        assert!(!reply.text.contains("Nestor"));
        let refusal = service.get(&persona(Role::Auditor, &[]), "/v1/offenders/n-1");
        assert_eq!((refusal.status, refusal.code().as_str()), (500, "internal"));
    });
}

#[test]
fn what_was_logged_before_there_were_chains_is_chained_by_migrate() {
    on_both_databases(|store| {
        let backend = if store.url().to_string().starts_with("sqlite") { "sqlite" } else { "postgres" };
        let step = |direction: &str| {
            let file = format!("migrations/{backend}/2026-11-24-000006_audit_chain/{direction}.sql");
            std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
        };
        import(store, &caseload::feed());
        let imported = store.transaction(list::acts).unwrap();
        assert_eq!(imported, ["records.apply"]);
        let earlier = "INSERT INTO audit_entry (id, at, actor, act, force, detail) VALUES \
            ('01900000-0000-7000-8000-000000000002', '2021-01-02T00:00:00.000000Z', 'operator', 'offender.read', 'wessex', '{\"n\": 2}'), \
            ('01900000-0000-7000-8000-000000000001', '2021-01-01T00:00:00.000000Z', 'operator', 'offender.list', 'wessex', '{\"n\": 1}')";
        store
            .transaction(|connection| {
                connection.batch_execute(&step("down"))?;
                connection.batch_execute(earlier)?;
                connection.batch_execute(&step("up"))?;
                Ok::<(), StoreError>(())
            })
            .unwrap();
        store.migrate().unwrap();
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let told: Vec<_> =
            entries.iter().map(|entry| (entry.sequence, entry.act.as_str(), entry.operation.as_str())).collect();
        assert_eq!(told, [(1, "offender.list", "consultation"), (2, "offender.read", "consultation")]);
        store.transaction(|connection| append(connection, Some("wessex"), json!({}))).unwrap();
    });
}
