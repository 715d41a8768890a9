//! Waiting for what another thread is about to do.

use std::thread;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::dsl::sql;
use diesel::sql_types::Bool;
use mosovo_visits::store::backend::AnyConnection;

/// How long something is waited for that is bound to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so.
pub fn until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "what was waited for did not come");
        thread::yield_now();
    }
}

/// Waits until another transaction waits for what this one holds. On SQLite nobody can be seen to wait, and every writer does.
pub fn until_somebody_waits(connection: &mut AnyConnection) {
    const WAITS: &str =
        "EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))";
    if let AnyConnection::Postgres(postgres) = connection {
        until(|| diesel::select(sql::<Bool>(WAITS)).get_result(postgres).unwrap());
    }
}
