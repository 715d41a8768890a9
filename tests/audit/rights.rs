//! The rights that docs/OPERATIONS.md gives the service's role: enough for its work, and not for changing
//! the audit.

use diesel::connection::SimpleConnection;
use mosovo_visits::store::Store;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;

use super::on_both;
use crate::support::http::{persona, run};
use crate::support::{caseload, import};
use mosovo_visits::casework::actor::Role;

/// The statements of the document, for a role of the test's own.
fn grants(role: &str) -> String {
    let document = include_str!("../../docs/OPERATIONS.md");
    let statements =
        document.lines().map(str::trim).filter(|line| line.starts_with("GRANT ") || line.starts_with("REVOKE "));
    let statements: Vec<String> = statements.map(|line| line.replace(" visits;", &format!(" {role};"))).collect();
    assert_eq!(statements.len(), 5);
    statements.join(" ")
}

#[test]
fn the_services_role_does_its_work_and_cannot_change_the_audit() {
    on_both(|proved| {
        if proved.is_sqlite() {
            return;
        }
        let role = format!("visits_{}", uuid::Uuid::now_v7().simple());
        proved.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'invented'; {}", grants(&role))).unwrap();
        let url = proved.url.replace("mosovo:invented@", &format!("{role}:invented@"));
        let store = Store::open(&url.parse().unwrap()).unwrap();
        store.require_current().unwrap();
        import(&store, &caseload::feed());
        let service = run(&store);
        assert_eq!(service.get(&persona(Role::Supervisor, &["north"]), "/v1/offenders/n-1").status, 200);
        assert_eq!(service.request("GET", "/readyz", &[], b"").status, 200);
        drop(service);
        for statement in [
            "UPDATE audit_entry SET actor = 'nobody'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
            "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
            "DROP TABLE audit_entry",
            "DELETE FROM audit_head",
        ] {
            let refused: Result<(), StoreError> =
                store.transaction(|connection: &mut AnyConnection| Ok(connection.batch_execute(statement)?));
            let refused = format!("{:?}", refused.unwrap_err());
            assert!(
                refused.contains("permission denied") || refused.contains("must be owner"),
                "{statement}: {refused}"
            );
        }
        assert!(proved.verify().chains.iter().all(|chain| chain.findings.is_empty()));
    });
}
