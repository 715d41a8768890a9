//! The last exchange with a force's records system by each channel.

use diesel::prelude::*;

use super::backend::{AnyConnection, on_backend};
use super::error::StoreError;
use super::record::stored_ref;
use super::schema::exchange;
use super::types::DbInstant;
use crate::domain::calendar::Instant;
use crate::domain::exchange::{Channel, LastExchange, RecordsSystem, SUCCEEDED};

/// An exchange that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// By which channel.
    pub channel: Channel,
    /// When it began.
    pub began_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// [`SUCCEEDED`], or the code of why it did not: never words of the other side.
    pub outcome: &'a str,
    /// Events that it brought, the refused ones included.
    pub events: u64,
}

/// Notes an exchange as the force's last by its channel. When one last succeeded never goes back.
///
/// # Errors
/// When a statement fails.
pub fn note(connection: &mut AnyConnection, force: &str, ended: &Ended<'_>) -> Result<(), StoreError> {
    let before: Option<Option<DbInstant>> = exchange::table
        .find((force, ended.channel.as_str()))
        .select(exchange::last_success_at)
        .first(connection)
        .optional()?;
    let before = before.flatten().map(DbInstant::get);
    let success = Some(ended.ended_at).filter(|_| ended.outcome == SUCCEEDED);
    let row = (
        exchange::began_at.eq(DbInstant::from(ended.began_at)),
        exchange::ended_at.eq(DbInstant::from(ended.ended_at)),
        exchange::outcome.eq(ended.outcome),
        exchange::events.eq(Some(i64::try_from(ended.events).unwrap_or(i64::MAX))),
        exchange::last_success_at.eq(before.max(success).map(DbInstant::from)),
    );
    on_backend!(connection, c => diesel::insert_into(exchange::table)
        .values((exchange::force.eq(force), exchange::channel.eq(ended.channel.as_str()), row))
        .on_conflict((exchange::force, exchange::channel))
        .do_update()
        .set(row)
        .execute(c))?;
    Ok(())
}

type Row = (String, DbInstant, DbInstant, String, Option<i64>, Option<DbInstant>);

/// What is known of the exchanges with a force's records system; nothing where there was none.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn records_system(connection: &mut AnyConnection, force: &str) -> Result<Option<RecordsSystem>, StoreError> {
    let rows: Vec<Row> = exchange::table
        .filter(exchange::force.eq(force))
        .order(exchange::channel)
        .select((
            exchange::channel,
            exchange::began_at,
            exchange::ended_at,
            exchange::outcome,
            exchange::events,
            exchange::last_success_at,
        ))
        .load(connection)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let exchanges = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Some(RecordsSystem { force: stored_ref(force.to_owned())?, exchanges }))
}

fn read((channel, began_at, ended_at, outcome, events, last_success_at): Row) -> Result<LastExchange, StoreError> {
    let unknown = || StoreError::Unreadable { what: "exchange", detail: "by an unknown channel".to_owned() };
    Ok(LastExchange {
        channel: Channel::named(&channel).ok_or_else(unknown)?,
        began_at: began_at.get(),
        ended_at: ended_at.get(),
        outcome,
        events,
        last_success_at: last_success_at.map(DbInstant::get),
    })
}

/// The forces with whose records system there was an exchange, in order.
///
/// # Errors
/// When the statement fails.
pub fn forces(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let mut forces: Vec<String> = exchange::table.select(exchange::force).distinct().load(connection)?;
    forces.sort();
    Ok(forces)
}
