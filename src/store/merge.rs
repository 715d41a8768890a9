//! What merges come to, as questions ask it: under which offender the case of each merged one goes on. The merges themselves are
//! records like all others; this is worked out anew whenever one of them, or an offender's record, changes.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::backend::{AnyConnection, ROWS_A_STATEMENT, insert_all};
use super::error::StoreError;
use super::record::{StoredRecord, held, stored_records, stored_ref};
use super::schema::{current_record, offender_merge};
use crate::domain::merge::{Merge, Resolved, resolve};
use crate::domain::offender::Offender;
use crate::domain::record::{Held, Kept, RecordKind};
use crate::domain::reference::Ref;

#[derive(Insertable)]
#[diesel(table_name = offender_merge)]
struct Row<'a> {
    force: &'a str,
    merged_ref: &'a str,
    home_ref: &'a str,
}

/// True of the kinds of record on which it hangs what merges come to.
pub(super) const fn counts(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Merge | RecordKind::Offender)
}

/// Works out what a force's merges come to, and keeps it.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub(super) fn settle(connection: &mut AnyConnection, force: &str) -> Result<(), StoreError> {
    let homes = resolved(connection, force)?.1.homes;
    if homes == homes_of_force(connection, force)? {
        return Ok(());
    }
    diesel::delete(offender_merge::table.filter(offender_merge::force.eq(force))).execute(connection)?;
    let rows: Vec<Row<'_>> = homes
        .iter()
        .map(|(merged, home)| Row { force, merged_ref: merged.as_str(), home_ref: home.as_str() })
        .collect();
    insert_all!(connection, offender_merge::table, rows);
    Ok(())
}

/// A force's merges, those undone too, and what they come to.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn resolved(connection: &mut AnyConnection, force: &str) -> Result<(Vec<Held<Merge>>, Resolved), StoreError> {
    let rows: Vec<StoredRecord> = stored_records!()
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(RecordKind::Merge.name()))
        .filter(current_record::withdrawn.eq(false))
        .load(connection)?;
    let mut merges = Vec::with_capacity(rows.len());
    for row in rows {
        let Held { subject, event_time, event_id, record } = held(row)?;
        merges.extend(Merge::of(record).map(|record| Held { subject, event_time, event_id, record }));
    }
    let kept: BTreeSet<&Ref> = merges.iter().map(|held| &held.record.kept_ref).collect();
    let kept: Vec<&Ref> = kept.into_iter().collect();
    let mut there = BTreeSet::new();
    for some in kept.chunks(ROWS_A_STATEMENT) {
        let found: Vec<String> = current_record::table
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(RecordKind::Offender.name()))
            .filter(current_record::withdrawn.eq(false))
            .filter(current_record::subject.eq_any(some.iter().map(|kept| kept.as_str())))
            .select(current_record::subject)
            .load(connection)?;
        there.extend(found);
    }
    let resolved = resolve(&merges, |offender| there.contains(offender.as_str()));
    Ok((merges, resolved))
}

/// Under which offender the case of each merged one of a force goes on.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn homes_of_force(connection: &mut AnyConnection, force: &str) -> Result<BTreeMap<Ref, Ref>, StoreError> {
    let rows: Vec<(String, String)> = offender_merge::table
        .filter(offender_merge::force.eq(force))
        .select((offender_merge::merged_ref, offender_merge::home_ref))
        .load(connection)?;
    rows.into_iter().map(|(merged, home)| Ok((stored_ref(merged)?, stored_ref(home)?))).collect()
}

/// The offender under whom somebody's case goes on: themselves, unless their record is merged.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn home_of(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<Ref, StoreError> {
    let home: Option<String> = offender_merge::table
        .filter(offender_merge::force.eq(force))
        .filter(offender_merge::merged_ref.eq(offender.as_str()))
        .select(offender_merge::home_ref)
        .first(connection)
        .optional()?;
    home.map_or_else(|| Ok(offender.clone()), stored_ref)
}

/// The offenders by whose references a case goes: its own, and those merged into it.
///
/// # Errors
/// When the statement fails.
pub fn refs_of_case(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<Vec<String>, StoreError> {
    let mut refs: Vec<String> = offender_merge::table
        .filter(offender_merge::force.eq(force))
        .filter(offender_merge::home_ref.eq(offender.as_str()))
        .select(offender_merge::merged_ref)
        .load(connection)?;
    refs.push(offender.to_string());
    refs.sort();
    Ok(refs)
}

/// The records of a force's merged offenders, by the offender under whom the case goes on.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn merged_offenders(
    connection: &mut AnyConnection,
    force: &str,
) -> Result<BTreeMap<Ref, Vec<(Ref, Offender)>>, StoreError> {
    let homes = homes_of_force(connection, force)?;
    let merged: Vec<&Ref> = homes.keys().collect();
    let mut found: BTreeMap<Ref, Vec<(Ref, Offender)>> = BTreeMap::new();
    for some in merged.chunks(ROWS_A_STATEMENT) {
        let rows: Vec<StoredRecord> = stored_records!()
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(RecordKind::Offender.name()))
            .filter(current_record::withdrawn.eq(false))
            .filter(current_record::subject.eq_any(some.iter().map(|merged| merged.as_str())))
            .load(connection)?;
        for row in rows {
            let Held { subject, record, .. } = held(row)?;
            if let (Some(home), Some(offender)) = (homes.get(&subject), Offender::of(record)) {
                found.entry(home.clone()).or_default().push((subject, offender));
            }
        }
    }
    Ok(found)
}
