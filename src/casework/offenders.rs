//! Reading case files: a list, one file, its history; within the reader's scope, and on record.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::access::told;
use super::actor::Role;
use super::case_records::is_in_scope;
use super::force_file::open_case_as_at;
use super::merges::leave_out_unseen;
use super::reading::{Reader, as_at_detail};
use crate::domain::allocation::{self, Allocation};
use crate::domain::as_at::AsAt;
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;
use crate::domain::offender::{Offender, OffenderStatus};
use crate::domain::record::{Held, Kept, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::standing::Bucket;
use crate::domain::transfer::history::HistoryLine;
use crate::store::Store;
use crate::store::allocation::live_allocation_versions_of;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, records_in_scope};
use crate::store::error::StoreError;
use crate::store::merge::{home_of, merged_offenders};
use crate::store::received_transfer;
use crate::store::scope::Scope;
use crate::store::timeline::{VersionMark, contents, versions_about};

/// Offenders looked through at a time for those that a filter asks for.
const LOOKED_THROUGH: usize = 500;

/// Which offenders of those in scope.
#[derive(Debug, Clone, Default)]
pub struct OffenderFilter {
    /// Of this team.
    pub team: Option<Ref>,
    /// Managed by this officer now.
    pub officer: Option<Ref>,
    /// Of this status.
    pub status: Option<OffenderStatus>,
    /// With a flag of this code that holds, on them or on a breach of theirs.
    pub flag: Option<FlagCode>,
    /// In this bucket, as it was last evaluated.
    pub bucket: Option<Bucket>,
    /// With this in the reference, the name or an alias, or in those of a record merged into theirs.
    pub search: Option<String>,
}

impl OffenderFilter {
    fn looks_inside(&self) -> bool {
        self.officer.is_some() || self.status.is_some() || self.search.is_some()
    }

    /// The filter as the audit tells it: that something was searched for, and never what, for it may be a name.
    fn words(&self) -> Value {
        json!({
            "team": told(self.team.as_ref()), "officer": told(self.officer.as_ref()), "status": self.status, "flag": self.flag,
            "bucket": self.bucket, "search": self.search.is_some(),
        })
    }

    fn admits(&self, found: &ListedOffender, merged: &MergedOffenders) -> bool {
        let searched = self.search.as_deref().is_none_or(|search| {
            is_named(&found.reference, &found.offender, search) || is_named_before(found, merged, search)
        });
        let managed = self.officer.as_ref().is_none_or(|officer| found.manager_ref.as_ref() == Some(officer));
        searched && managed && self.status.is_none_or(|status| status == found.offender.status)
    }
}

/// True when the reference, the name either way round or an alias has the text in it, whatever its case.
fn is_named(reference: &Ref, offender: &Offender, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let (given, family) = (&offender.given_name, &offender.family_name);
    let names = [reference.to_string(), format!("{given} {family}"), format!("{family}, {given}")];
    names.iter().chain(&offender.aliases).any(|name| name.to_lowercase().contains(&text))
}

/// The same of the records merged into the offender's.
fn is_named_before(found: &ListedOffender, merged: &MergedOffenders, text: &str) -> bool {
    let merged = merged.get(&found.reference).into_iter().flatten();
    merged.into_iter().any(|(reference, offender)| is_named(reference, offender, text))
}

/// The records merged into each offender's.
type MergedOffenders = BTreeMap<Ref, Vec<(Ref, Offender)>>;

/// One offender of a list.
#[derive(Debug, Clone)]
pub struct ListedOffender {
    /// The offender's reference.
    pub reference: Ref,
    /// The offender.
    pub offender: Offender,
    /// Who manages them now.
    pub manager_ref: Option<Ref>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct OffenderPage {
    /// In the order of their references.
    pub offenders: Vec<ListedOffender>,
    /// The reference after which the list goes on, where it does.
    pub goes_on_after: Option<Ref>,
}

/// Offenders that the reader may see, after a reference, at most so many.
///
/// # Errors
/// When the store fails.
pub fn offenders(
    store: &Store,
    reader: &Reader,
    filter: &OffenderFilter,
    after: Option<Ref>,
    limit: usize,
) -> Result<OffenderPage, StoreError> {
    let (scope, at) = (reader.person.case_scope(), reader.clock.moment());
    let at_a_time = if filter.looks_inside() { LOOKED_THROUGH } else { limit.saturating_add(1) };
    store.transaction_that_writes(|connection| {
        let merged = match filter.search {
            Some(_) => merged_offenders(connection, &scope.force)?,
            None => MergedOffenders::new(),
        };
        let mut offenders: Vec<ListedOffender> = Vec::new();
        let mut after = after;
        loop {
            let wanted = Wanted::all(RecordKind::Offender, &scope).of_team(filter.team.as_ref());
            let wanted = wanted.flagged(filter.flag).in_bucket(filter.bucket);
            let held = records_in_scope(connection, wanted.page(after.as_ref(), at_a_time))?;
            let was_last = held.len() < at_a_time;
            let listed = listed(connection, &scope, at, held)?;
            after = listed.last().map(|found| found.reference.clone());
            offenders.extend(listed.into_iter().filter(|found| filter.admits(found, &merged)));
            if was_last || offenders.len() > limit {
                break;
            }
        }
        let goes_on = offenders.len() > limit;
        offenders.truncate(limit);
        let refs: Vec<&Ref> = offenders.iter().map(|found| &found.reference).collect();
        let detail = json!({ "filter": filter.words(), "count": refs.len(), "refs": refs });
        reader.note(connection, "offender.list", None, detail)?;
        let goes_on_after = offenders.last().filter(|_| goes_on).map(|found| found.reference.clone());
        Ok(OffenderPage { offenders, goes_on_after })
    })
}

fn listed(
    connection: &mut AnyConnection,
    scope: &Scope,
    at: Moment,
    held: Vec<Held<Record>>,
) -> Result<Vec<ListedOffender>, StoreError> {
    let mut allocations: BTreeMap<Ref, Vec<Held<Allocation>>> = BTreeMap::new();
    let subjects: Vec<&Ref> = held.iter().map(|held| &held.subject).collect();
    live_allocation_versions_of(connection, &scope.force, &subjects, |version| {
        allocations.entry(version.subject.clone()).or_default().push(version);
    })?;
    let manager_of = |offender: &Ref| allocation::current(allocations.get(offender)?, at)?.officer_ref.clone();
    let listed = held.into_iter().filter_map(|held| {
        let offender = Offender::of(held.record)?;
        Some(ListedOffender { manager_ref: manager_of(&held.subject), reference: held.subject, offender })
    });
    Ok(listed.collect())
}

/// One case file, and of its force the officers.
#[derive(Debug, Clone)]
pub struct OpenedCase {
    /// The case file.
    pub file: CaseFile,
    /// The force's officers; no other case.
    pub force: ForceFile,
}

/// Opens one case file for an act, such as `offender.read`, as at an instant; nothing where there is none that the
/// reader may see, or there was none then. One that is merged since can be read as it was, by whoever sees what it was merged into.
///
/// # Errors
/// When the store fails.
pub fn case_file(
    store: &Store,
    reader: &Reader,
    offender: &Ref,
    act: &str,
    as_at: AsAt,
) -> Result<Option<OpenedCase>, StoreError> {
    store.transaction_that_writes(|connection| {
        let home = match as_at {
            AsAt::Now => offender.clone(),
            AsAt::Known(_) | AsAt::True(_) => home_of(connection, &reader.person.force, offender)?,
        };
        if !may_see(connection, reader, &home, act)? {
            return Ok(None);
        }
        let mut force = open_case_as_at(connection, &reader.person.force, offender, as_at)?;
        reader.note(connection, act, Some((RecordKind::Offender, offender)), as_at_detail(as_at))?;
        Ok(force.cases.remove(offender).map(|file| OpenedCase { file, force }))
    })
}

/// Whether an offender is in the reader's scope. Where none is, that is put on record.
pub(super) fn may_see(
    connection: &mut AnyConnection,
    reader: &Reader,
    offender: &Ref,
    act: &str,
) -> Result<bool, StoreError> {
    let is_in_scope = is_in_scope(connection, reader, offender)?;
    if !is_in_scope {
        reader.note_refusal(connection, act, RecordKind::Offender, offender)?;
    }
    Ok(is_in_scope)
}

/// True of the kinds of record that a role may read of a case: who is shut out of it, and how its work was graded, are for those
/// who supervise; why it is held is for detective inspectors, for the inquiry may be into those who work on it.
pub(super) fn may_read_kind(role: Role, kind: RecordKind) -> bool {
    let is_inspector = role == Role::DetectiveInspector;
    let for_inspectors = kind == RecordKind::LegalHold;
    let for_supervisors = matches!(kind, RecordKind::AccessRestriction | RecordKind::DipSampleGrade);
    is_inspector || !(for_inspectors || for_supervisors && role != Role::Supervisor)
}

/// A version of a record, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// Which version.
    pub version: VersionMark,
    /// What it says.
    pub content: Value,
    /// What the other force knew, word for word, where it came with a case from there.
    pub came_from: Option<HistoryLine>,
}

/// A part of a case's history, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelinePage {
    /// Newest first.
    pub entries: Vec<TimelineEntry>,
    /// The version after which it goes on, where it does.
    pub goes_on_after: Option<Uuid>,
}

/// What came of asking for a part of a case's history.
#[derive(Debug, Clone, PartialEq)]
pub enum Timeline {
    /// There is no such case that the reader may see.
    NotFound,
    /// The history has no such version to go on after.
    NoSuchVersion,
    /// The part asked for.
    Page(TimelinePage),
}

/// A part of the history of a case: after a version, at most so many.
///
/// # Errors
/// When the store fails.
pub fn timeline(
    store: &Store,
    reader: &Reader,
    offender: &Ref,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Timeline, StoreError> {
    store.transaction_that_writes(|connection| {
        let act = "offender.timeline.read";
        if !may_see(connection, reader, offender, act)? {
            return Ok(Timeline::NotFound);
        }
        let mut versions = versions_about(connection, &reader.person.force, offender)?;
        versions.retain(|version| may_read_kind(reader.person.role, version.kind));
        leave_out_unseen(connection, reader, &mut versions)?;
        let begin = match after.map(|after| versions.iter().position(|version| version.id == after)) {
            None => 0,
            Some(Some(position)) => position.saturating_add(1),
            Some(None) => return Ok(Timeline::NoSuchVersion),
        };
        let goes_on = versions.len() > begin.saturating_add(limit);
        let part: Vec<VersionMark> = versions.into_iter().skip(begin).take(limit).collect();
        let ids: Vec<Uuid> = part.iter().map(|version| version.id).collect();
        let mut contents = contents(connection, &ids)?;
        let mut came_from = received_transfer::lines_of(connection, &part)?;
        reader.note(connection, act, Some((RecordKind::Offender, offender)), json!({ "count": ids.len() }))?;
        let entries = part.into_iter().map(|version| {
            let content = contents.remove(&version.id).unwrap_or_default();
            let came_from = came_from.remove(&version.id);
            TimelineEntry { version, content, came_from }
        });
        let goes_on_after = ids.last().copied().filter(|_| goes_on);
        Ok(Timeline::Page(TimelinePage { entries: entries.collect(), goes_on_after }))
    })
}
