//! What an export of a case has in it. docs/LEGAL-HOLD.md gives its shape for whoever reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::seal::FORMAT;
use crate::casework::actor::Actor;
use crate::casework::force_file::refs_as_at;
use crate::casework::merges::{leave_out_unseen, sees};
use crate::casework::reading::Reader;
use crate::casework::visits::attempt_log::MARKING;
use crate::domain::as_at::AsAt;
use crate::domain::personal_data::offender_of;
use crate::domain::policy::Policies;
use crate::domain::reading_reason::ReadingReason;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::words::Words;
use crate::store::as_at::{self, Whose};
use crate::store::audit::chain;
use crate::store::audit::entry::{chain_of, written};
use crate::store::audit::list::about;
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::flag::ever_raised;
use crate::store::legal_hold;
use crate::store::planned_visit::{PlannedVisitRow, ever_planned};
use crate::store::timeline::{Provenance, VersionMark, contents, versions_about};

/// What is exported, by whom and why.
pub(super) struct Export<'a> {
    pub(super) reader: &'a Reader,
    pub(super) policies: &'a Policies,
    pub(super) offender: &'a Ref,
    pub(super) as_at: AsAt,
    pub(super) reason: ReadingReason,
    pub(super) recipient: Option<&'a Words>,
}

/// The instant of an export, and its sense; nothing for now.
pub(super) fn at(as_at: AsAt) -> Option<Value> {
    match as_at {
        AsAt::Now => None,
        AsAt::Known(at) => Some(json!({ "known_at": written(at) })),
        AsAt::True(at) => Some(json!({ "true_at": written(at) })),
    }
}

/// The document, within the transaction that puts its disclosure on record.
pub(super) fn document(connection: &mut AnyConnection, export: &Export<'_>) -> Result<Value, StoreError> {
    let Export { reader, offender, .. } = export;
    let force = &reader.person.force;
    let mut versions = versions_about(connection, force, offender)?;
    leave_out_unseen(connection, reader, &mut versions)?;
    versions.reverse();
    Ok(json!({
        "format": FORMAT,
        "marking": MARKING,
        "force": force,
        "offender_ref": offender,
        "exported_at": written(reader.clock.now()),
        "exported_by": Actor::Person(reader.person.clone()).to_string(),
        "reason": export.reason.as_str(),
        "recipient": export.recipient,
        "legal_hold": legal_hold::is_held(connection, force, offender)?,
        "as_at": at(export.as_at),
        "records": records(connection, reader, offender, export.as_at)?,
        "timeline": timeline(connection, &versions)?,
        "planned_visits": planned_visits(ever_planned(connection, force, offender)?),
        "audit": audit(connection, force, versions.iter().map(|version| (version.kind, &version.subject)))?,
        "flags": ever_raised(connection, force, offender)?,
        "policies": export.policies,
    }))
}

/// Every record of the case as it stood, by kind and reference.
fn records(
    connection: &mut AnyConnection,
    reader: &Reader,
    offender: &Ref,
    at: AsAt,
) -> Result<Vec<Value>, StoreError> {
    let force = &reader.person.force;
    let refs = refs_as_at(connection, force, offender, at)?;
    let whose = Whose { force, offenders: Some(&refs) };
    let mut found = Vec::new();
    for kind in RecordKind::ALL {
        let mut of_kind: Vec<Held<Record>> = Vec::new();
        as_at::records(connection, whose, *kind, at, |held| of_kind.push(held))?;
        of_kind.retain(|held| offender_of(&held.subject, &held.record).is_some_and(|of| refs.contains(of)));
        of_kind.sort_by(|a, b| a.subject.cmp(&b.subject));
        for Held { subject, record, .. } in of_kind {
            if let Record::Merge(merge) = &record
                && !sees(connection, reader, &merge.merged_ref)?
            {
                continue;
            }
            let members = record.to_json().map_err(unreadable)?;
            found.push(json!({ "kind": kind, "ref": subject, "record": members }));
        }
    }
    Ok(found)
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Unreadable { what: "record", detail: format!("{:?}", error.classify()) }
}

/// Every version of every record of the case, oldest first, with what it says and how it came.
fn timeline(connection: &mut AnyConnection, versions: &[VersionMark]) -> Result<Vec<Value>, StoreError> {
    let ids: Vec<Uuid> = versions.iter().map(|version| version.id).collect();
    let mut said = contents(connection, &ids)?;
    let version = |version: &VersionMark| {
        let (import_id, entered_by, act) = match &version.provenance {
            Provenance::Import(id) => (Some(id), None, None),
            Provenance::Entered { by, act } => (None, Some(by), Some(act)),
        };
        json!({
            "id": version.id, "kind": version.kind, "ref": version.subject,
            "event_time": written(version.event_time), "learned_at": written(version.learned_at),
            "source": version.source, "event_id": version.event_id, "import_id": import_id,
            "entered_by": entered_by, "act": act, "withdrawn": version.withdrawn,
            "content": said.remove(&version.id),
        })
    };
    Ok(versions.iter().map(version).collect())
}

/// The visits that were ever on an accepted schedule, as they are written.
pub(in crate::casework) fn planned_visits(visits: Vec<(PlannedVisitRow, Option<Uuid>)>) -> Vec<Value> {
    let planned = |(visit, superseded_by): (PlannedVisitRow, Option<Uuid>)| {
        json!({
            "id": visit.id, "proposal_id": visit.proposal_id, "team_ref": visit.team_ref,
            "address_ref": visit.address_ref, "visit_on": visit.visit_on, "starts_at": visit.starts_at,
            "ends_at": visit.ends_at, "crew": visit.crew, "why": visit.reason, "superseded_by": superseded_by,
        })
    };
    visits.into_iter().map(planned).collect()
}

/// The audit on the case's records, and where the force's chain stood: with it, this document is proof of the
/// chain up to there.
pub(in crate::casework) fn audit<'a>(
    connection: &mut AnyConnection,
    force: &str,
    records: impl IntoIterator<Item = (RecordKind, &'a Ref)>,
) -> Result<Value, StoreError> {
    let mut subjects: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (kind, subject) in records {
        subjects.entry(kind.name()).or_default().push(subject.to_string());
    }
    let mut entries = Vec::new();
    for (kind, mut subjects) in subjects {
        subjects.sort();
        subjects.dedup();
        entries.extend(about(connection, force, kind, &subjects)?);
    }
    entries.sort_by_key(|entry| entry.sequence);
    let name = chain_of(Some(force));
    let end = chain::ends(connection)?.into_iter().find(|end| end.chain == name);
    let (sequence, hash) = end.map(|end| (end.sequence, end.hash)).unzip();
    let entries: Vec<Value> = entries.iter().map(|entry| entry.exported()).collect();
    Ok(json!({ "chain": name, "sequence": sequence, "hash": hash, "entries": entries }))
}
