//! One number for all that is stored of the records: equal contents give equal digests, whichever
//! way and in however many imports they came.

use std::collections::HashSet;

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::{current_record, record_version, record_version_personal_data};
use super::types::{DbId, DbInstant, DbJson};

/// Versions read at a time, so that memory does not grow with the history.
const PAGE: i64 = 2_000;

/// The digests of the current state and of the history, as lower-case hexadecimal SHA-256.
/// Import ids, version ids and learned-at instants are left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RecordsDigest {
    /// Over the newest version of every record, a withdrawal included.
    pub state: String,
    /// Over every version of every record.
    pub history: String,
    /// How many records there are, withdrawn ones included.
    pub records: usize,
    /// How many versions there are.
    pub versions: usize,
}

/// Digests all records of all forces.
///
/// # Errors
/// When a statement fails.
pub fn records_digest(connection: &mut AnyConnection) -> Result<RecordsDigest, StoreError> {
    let current: HashSet<DbId> = current_record::table
        .select(current_record::version_id)
        .load::<Option<DbId>>(connection)?
        .into_iter()
        .flatten()
        .collect();
    let (mut state, mut history) = (Vec::new(), Vec::new());
    let mut sources: Vec<String> = record_version::table.select(record_version::source).distinct().load(connection)?;
    sources.sort();
    for source in sources {
        let mut after = String::new();
        loop {
            let page = page_of_history(connection, &source, &after)?;
            let Some((_, last)) = page.last() else { break };
            after.clone_from(&last.4);
            for (id, row) in page {
                let line = line_of_history(row);
                if current.contains(&id) {
                    state.push(line);
                }
                history.push(line);
            }
        }
    }
    let (records, versions) = (state.len(), history.len());
    Ok(RecordsDigest { state: of_all(&mut state), history: of_all(&mut history), records, versions })
}

type HistoryRow =
    (String, String, String, String, String, DbInstant, bool, Option<String>, Option<DbJson>, Option<DbJson>);

fn page_of_history(
    connection: &mut AnyConnection,
    source: &str,
    after: &str,
) -> Result<Vec<(DbId, HistoryRow)>, StoreError> {
    Ok(record_version::table
        .left_join(record_version_personal_data::table)
        .filter(record_version::source.eq(source))
        .filter(record_version::event_id.gt(after))
        .order(record_version::event_id)
        .limit(PAGE)
        .select((
            record_version::id,
            (
                record_version::force,
                record_version::kind,
                record_version::subject,
                record_version::source,
                record_version::event_id,
                record_version::event_time,
                record_version::withdrawn,
                record_version::offender_ref,
                record_version::content,
                record_version_personal_data::personal_data.nullable(),
            ),
        ))
        .load(connection)?)
}

fn line_of_history(row: HistoryRow) -> [u8; 32] {
    let (content, personal) = (row.8.map(|json| json.0), row.9.map(|json| json.0));
    hash(&serde_json::json!([row.0, row.1, row.2, row.3, row.4, row.5.get(), row.6, row.7, content, personal]))
}

fn hash(line: &serde_json::Value) -> [u8; 32] {
    Sha256::digest(line.to_string().as_bytes()).into()
}

/// The digest of a set: sorted, so that neither the order of arrival nor a collation counts.
fn of_all(lines: &mut [[u8; 32]]) -> String {
    lines.sort_unstable();
    let mut all = Sha256::new();
    for line in lines {
        all.update(line.as_slice());
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
