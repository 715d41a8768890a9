//! The whole history of a case, word for word: what goes to another force with it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::backend::{AnyConnection, ROWS_A_STATEMENT};
use super::error::StoreError;
use super::merge::refs_of_case;
use super::received_transfer;
use super::record::{stored_kind, stored_ref};
use super::schema::{current_record, own_entry, record_reference};
use super::timeline::{Provenance, VersionMark, contents, versions_about, versions_of};
use super::types::{DbId, DbJson};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::transfer::history::{HistoryLine, MovedRecord};

/// The history of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseHistory {
    /// Every version of every record, in the order in which it was known.
    pub lines: Vec<HistoryLine>,
    /// The records that were of the case and are of another one now.
    pub moved: BTreeSet<MovedRecord>,
    /// The offenders whose records are merged into the case's.
    pub merged: BTreeSet<Ref>,
}

/// Every version of every record about an offender and those merged into them, and of the crime reports that answer to a breach of theirs.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn case_history(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<CaseHistory, StoreError> {
    let mut marks = versions_about(connection, force, offender)?;
    let reports = crime_reports(connection, force, &marks)?;
    marks.extend(versions_of(connection, force, RecordKind::CrimeReport, &reports)?);
    marks.sort_by_key(|mark| (mark.learned_at, mark.id));
    let ids: Vec<Uuid> = marks.iter().map(|mark| mark.id).collect();
    let mut told = contents(connection, &ids)?;
    let mut entered = grounds(connection, &ids)?;
    let mut received = received_transfer::lines_of(connection, &marks)?;
    let refs = refs_of_case(connection, force, offender)?;
    let moved = moved(connection, force, &refs, &marks)?;
    let merged = refs.into_iter().filter(|of| of != offender.as_str()).map(stored_ref).collect::<Result<_, _>>()?;
    let lines = marks.into_iter().map(|mark| {
        let (by, act) = match mark.provenance {
            Provenance::Import(_) => (None, None),
            Provenance::Entered { by, act } => (Some(by), Some(act)),
        };
        let (whole, claimed_over) = entered.remove(&mark.id).unwrap_or_default();
        HistoryLine {
            id: mark.id,
            kind: mark.kind,
            subject: mark.subject,
            source: mark.source,
            event_id: mark.event_id,
            event_time: mark.event_time,
            learned_at: mark.learned_at,
            withdrawn: mark.withdrawn,
            entered_by: by,
            act,
            whole,
            claimed_over,
            content: told.remove(&mark.id).unwrap_or_default(),
            came_from: received.remove(&mark.id).map(Box::new),
        }
    });
    Ok(CaseHistory { lines: lines.collect(), moved, merged })
}

/// The crime reports that name a breach of the case and no offender of their own.
fn crime_reports(
    connection: &mut AnyConnection,
    force: &str,
    marks: &[VersionMark],
) -> Result<Vec<String>, StoreError> {
    let of_kind = |kind: RecordKind| marks.iter().filter(move |mark| mark.kind == kind).map(|mark| &mark.subject);
    let breaches: BTreeSet<&str> = of_kind(RecordKind::Breach).map(Ref::as_str).collect();
    let known: BTreeSet<&str> = of_kind(RecordKind::CrimeReport).map(Ref::as_str).collect();
    let found: Vec<String> = record_reference::table
        .filter(record_reference::force.eq(force))
        .filter(record_reference::kind.eq(RecordKind::CrimeReport.name()))
        .filter(record_reference::to_kind.eq(RecordKind::Breach.name()))
        .filter(record_reference::to_ref.eq_any(breaches))
        .select(record_reference::subject)
        .distinct()
        .order(record_reference::subject)
        .load(connection)?;
    Ok(found.into_iter().filter(|report| !known.contains(report.as_str())).collect())
}

/// Of what people entered: whether the record was made here, and over what each member was claimed.
type Grounds = (bool, BTreeMap<String, Option<String>>);

fn grounds(connection: &mut AnyConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Grounds>, StoreError> {
    let mut grounds = HashMap::new();
    for ids in ids.chunks(ROWS_A_STATEMENT) {
        let ids: Vec<DbId> = ids.iter().copied().map(DbId).collect();
        let rows: Vec<(DbId, bool, DbJson)> = own_entry::table
            .filter(own_entry::id.eq_any(&ids))
            .select((own_entry::id, own_entry::whole, own_entry::claimed_over))
            .load(connection)?;
        for (DbId(id), whole, DbJson(over)) in rows {
            let over = over.as_object().cloned().unwrap_or_default().into_iter();
            let over = over.map(|(member, digest)| (member, digest.as_str().map(str::to_owned)));
            grounds.insert(id, (whole, over.collect()));
        }
    }
    Ok(grounds)
}

/// The records among these that stand, and are about somebody else now.
fn moved(
    connection: &mut AnyConnection,
    force: &str,
    refs_of_case: &[String],
    marks: &[VersionMark],
) -> Result<BTreeSet<MovedRecord>, StoreError> {
    let mut subjects: BTreeMap<RecordKind, BTreeSet<&str>> = BTreeMap::new();
    for mark in marks {
        subjects.entry(mark.kind).or_default().insert(mark.subject.as_str());
    }
    let mut moved = BTreeSet::new();
    for (kind, subjects) in subjects {
        let rows: Vec<(String, String)> = current_record::table
            .filter(current_record::force.eq(force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::subject.eq_any(subjects))
            .filter(current_record::withdrawn.eq(false))
            .filter(current_record::offender_ref.ne_all(refs_of_case))
            .select((current_record::kind, current_record::subject))
            .load(connection)?;
        for (kind, subject) in rows {
            moved.insert(MovedRecord { kind: stored_kind(&kind)?, subject: stored_ref(subject)? });
        }
    }
    Ok(moved)
}

/// How many versions the history of a case has by now.
///
/// # Errors
/// When a statement fails, or what is stored cannot be read.
pub fn count(connection: &mut AnyConnection, force: &str, offender: &Ref) -> Result<usize, StoreError> {
    let marks = versions_about(connection, force, offender)?;
    let reports = crime_reports(connection, force, &marks)?;
    Ok(marks.len() + versions_of(connection, force, RecordKind::CrimeReport, &reports)?.len())
}

/// A line as it is kept.
pub(super) fn stored_line(said: Value) -> Result<HistoryLine, StoreError> {
    serde_json::from_value(said).map_err(super::record::unreadable)
}
