//! Cases received from other forces: who sent what, the receipt that was given, and the words of the other force beside the
//! versions that were made of them here. Appended, and nothing else.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::{AnyConnection, ROWS_A_STATEMENT, insert_all};
use super::case_history::stored_line;
use super::error::StoreError;
use super::record::stored_ref;
use super::schema::{received_transfer, received_version};
use super::timeline::VersionMark;
use super::types::{DbId, DbInstant, DbJson};
use crate::domain::calendar::Instant;
use crate::domain::reference::Ref;
use crate::domain::transfer::came_from;
use crate::domain::transfer::history::HistoryLine;

/// A case that was received.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedTransfer {
    /// The force that received it.
    pub force: String,
    /// The force that sent it.
    pub sending_force: String,
    /// The transfer's id.
    pub transfer_id: Uuid,
    /// The offender's reference here.
    pub offender_ref: Ref,
    /// The team that it came to.
    pub team_ref: Ref,
    /// The SHA-256 of the package.
    pub package_sha256: String,
    /// The receipt that was given, signed.
    pub receipt: Value,
    /// When.
    pub received_at: Instant,
    /// By whom.
    pub received_by: String,
}

/// Keeps that a case was received.
///
/// # Errors
/// When the statement fails.
pub fn append(connection: &mut AnyConnection, new: &ReceivedTransfer) -> Result<(), StoreError> {
    diesel::insert_into(received_transfer::table)
        .values((
            received_transfer::force.eq(&new.force),
            received_transfer::sending_force.eq(&new.sending_force),
            received_transfer::transfer_id.eq(DbId(new.transfer_id)),
            received_transfer::offender_ref.eq(new.offender_ref.as_str()),
            received_transfer::team_ref.eq(new.team_ref.as_str()),
            received_transfer::package_sha256.eq(&new.package_sha256),
            received_transfer::receipt.eq(DbJson(new.receipt.clone())),
            received_transfer::received_at.eq(DbInstant::from(new.received_at)),
            received_transfer::received_by.eq(&new.received_by),
        ))
        .execute(connection)?;
    Ok(())
}

type Row = (String, String, DbId, String, String, String, DbJson, DbInstant, String);

fn read(row: Row) -> Result<ReceivedTransfer, StoreError> {
    let (force, sending_force, id, offender, team, package_sha256, receipt, received_at, received_by) = row;
    Ok(ReceivedTransfer {
        force,
        sending_force,
        transfer_id: id.0,
        offender_ref: stored_ref(offender)?,
        team_ref: stored_ref(team)?,
        package_sha256,
        receipt: receipt.0,
        received_at: received_at.get(),
        received_by,
    })
}

/// The cases that a force received, the newest first.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<Vec<ReceivedTransfer>, StoreError> {
    let rows: Vec<Row> = received_transfer::table
        .filter(received_transfer::force.eq(force))
        .order((received_transfer::received_at.desc(), received_transfer::transfer_id.desc()))
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// A case that a force received by a transfer of another.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn one(
    connection: &mut AnyConnection,
    (force, sending_force): (&str, &str),
    transfer_id: Uuid,
) -> Result<Option<ReceivedTransfer>, StoreError> {
    let row: Option<Row> =
        received_transfer::table.find((force, sending_force, DbId(transfer_id))).first(connection).optional()?;
    row.map(read).transpose()
}

#[derive(Insertable)]
#[diesel(table_name = received_version)]
struct VersionRow {
    source: String,
    event_id: String,
    force: String,
    number: i32,
    said: DbJson,
}

/// Keeps the lines of a received history, in their order.
///
/// # Errors
/// When a statement fails.
pub fn keep_lines(
    connection: &mut AnyConnection,
    force: &str,
    source: &str,
    lines: &[(Uuid, Value)],
) -> Result<(), StoreError> {
    let row = |(number, (id, said)): (i32, &(Uuid, Value))| VersionRow {
        source: source.to_owned(),
        event_id: id.to_string(),
        force: force.to_owned(),
        number,
        said: DbJson(said.clone()),
    };
    let rows: Vec<VersionRow> = (1..).zip(lines).map(row).collect();
    insert_all!(connection, received_version::table, rows);
    Ok(())
}

/// The lines of a received history as they are kept, in their order.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn kept_lines(connection: &mut AnyConnection, source: &str) -> Result<Vec<HistoryLine>, StoreError> {
    let said: Vec<DbJson> = received_version::table
        .filter(received_version::source.eq(source))
        .order(received_version::number)
        .select(received_version::said)
        .load(connection)?;
    said.into_iter().map(|DbJson(said)| stored_line(said)).collect()
}

/// Of these versions, the lines of those that came from another force, by the version's id.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn lines_of(
    connection: &mut AnyConnection,
    versions: &[VersionMark],
) -> Result<HashMap<Uuid, HistoryLine>, StoreError> {
    let mut of_source: HashMap<&str, HashMap<&str, Uuid>> = HashMap::new();
    for version in versions.iter().filter(|version| came_from(&version.source).is_some()) {
        of_source.entry(&version.source).or_default().insert(&version.event_id, version.id);
    }
    let mut lines = HashMap::new();
    for (source, ids) in of_source {
        let event_ids: Vec<&str> = ids.keys().copied().collect();
        for some in event_ids.chunks(ROWS_A_STATEMENT) {
            let rows: Vec<(String, DbJson)> = received_version::table
                .filter(received_version::source.eq(source))
                .filter(received_version::event_id.eq_any(some))
                .select((received_version::event_id, received_version::said))
                .load(connection)?;
            for (event_id, DbJson(said)) in rows {
                if let Some(id) = ids.get(event_id.as_str()) {
                    lines.insert(*id, stored_line(said)?);
                }
            }
        }
    }
    Ok(lines)
}
