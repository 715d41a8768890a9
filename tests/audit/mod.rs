//! The audit: a chain of hashes a force, append-only, with its heads signed and kept outside the database.

mod acts;
mod append;
mod command_line;
mod heads;
mod rights;
mod tampering;

use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use mosovo_visits::casework::audit::verify::{AuditReport, verify};
use mosovo_visits::casework::audit::walk::FindingKind;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::heads::{HeadFiles, Heads};
use mosovo_visits::store::audit::{self, AuditEntry, StoredAuditEntry};
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use serde_json::{Value, json};

use crate::support::{on_both_databases_by_url, proof_key, proof_of};

/// A database of the tests whose audit has signed heads.
struct Proved {
    store: Store,
    url: String,
}

/// Runs a test on an empty, migrated database of each backend, with signed heads.
fn on_both(test: impl Fn(&Proved)) {
    on_both_databases_by_url(|url| {
        let proved = Proved::open(url);
        proved.store.migrate().unwrap();
        test(&proved);
    });
}

impl Proved {
    fn open(url: &str) -> Self {
        let heads = Heads::open(proof_of(url).1, proof_key(), || "2021-04-15T08:00:00Z".parse().unwrap()).unwrap();
        Self { store: Store::open(&url.parse().unwrap()).unwrap().with_heads(heads), url: url.to_owned() }
    }

    fn heads(&self) -> PathBuf {
        proof_of(&self.url).1
    }

    fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite")
    }

    /// So many acts in a force.
    fn act(&self, force: Option<&str>, times: usize) {
        for time in 0..times {
            self.store.transaction(|connection| append(connection, force, json!({ "time": time }))).unwrap();
        }
    }

    fn entries(&self) -> Vec<StoredAuditEntry> {
        self.store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap()
    }

    /// What somebody does who has the database and nothing else; what keeps entries from being changed is
    /// taken away first.
    fn tamper(&self, statements: &str) {
        let take_away = if self.is_sqlite() {
            "DROP TRIGGER IF EXISTS audit_entry_is_not_updated; DROP TRIGGER IF EXISTS audit_entry_is_not_deleted; \
             DROP TRIGGER IF EXISTS audit_entry_is_not_replaced;"
        } else {
            "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only;"
        };
        self.run(&format!("{take_away} {statements}")).unwrap();
    }

    /// Statements by a connection of their own, which signs nothing.
    fn run(&self, statements: &str) -> Result<(), StoreError> {
        let store = Store::open(&self.url.parse().unwrap()).unwrap();
        store.transaction(|connection: &mut AnyConnection| Ok(connection.batch_execute(statements)?))
    }

    fn verify(&self) -> AuditReport {
        let heads = HeadFiles::read(&self.heads()).unwrap();
        let store = Store::open(&self.url.parse().unwrap()).unwrap();
        verify(&store, &heads, &proof_key().public(), None).unwrap()
    }

    /// What is found: each kind with its place and the id there.
    fn found(&self) -> Vec<(FindingKind, Option<i64>, Option<String>)> {
        let report = self.verify();
        report.all_findings().map(|finding| (finding.kind, finding.sequence, finding.id.clone())).collect()
    }
}

fn append(connection: &mut AnyConnection, force: Option<&str>, detail: Value) -> Result<(), StoreError> {
    let entry = AuditEntry {
        at: "2021-04-15T08:00:00.1234567Z".parse().unwrap(),
        actor: "supervisor:invented",
        act: "offender.read",
        force,
        subject: Some(("offender", "n-1")),
        detail,
    };
    audit::append(connection, entry)
}
