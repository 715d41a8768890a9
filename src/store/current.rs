//! Officers, teams and neighbourhoods of a force, as they are now.

use diesel::prelude::*;

use super::backend::{AnyConnection, MultiBackend};
use super::error::StoreError;
use super::record::{StoredVersion, held};
use super::schema::{current_record, record_version, record_version_personal_data};
use super::scope::{Scope, TeamScope};
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;

/// Which records of a kind are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The kind.
    pub kind: RecordKind,
    /// The force; and, for kinds that belong to a team, the teams.
    pub scope: &'a Scope,
    /// One alone, or all.
    pub subject: Option<&'a Ref>,
}

/// The current records of a kind within a scope, by reference. The teams of the scope count for
/// officers and offenders; the other kinds belong to the force as a whole.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn records_in_scope(connection: &mut AnyConnection, wanted: Wanted<'_>) -> Result<Vec<Held<Record>>, StoreError> {
    let mut question = current_record::table
        .inner_join(record_version::table.left_join(record_version_personal_data::table))
        .filter(current_record::force.eq(&wanted.scope.force))
        .filter(current_record::kind.eq(wanted.kind.name()))
        .filter(current_record::withdrawn.eq(false))
        .order(current_record::subject)
        .select((
            record_version::subject,
            record_version::event_id,
            record_version::event_time,
            record_version::content,
            record_version_personal_data::personal_data.nullable(),
        ))
        .into_boxed::<MultiBackend>();
    if let (TeamScope::Only(teams), RecordKind::Officer | RecordKind::Offender) = (&wanted.scope.teams, wanted.kind) {
        question = question.filter(current_record::team_ref.eq_any(teams.iter().map(Ref::as_str)));
    }
    if let Some(subject) = wanted.subject {
        question = question.filter(current_record::subject.eq(subject.as_str()));
    }
    let rows: Vec<StoredVersion> = question.load(connection)?;
    rows.into_iter().map(|row| held(wanted.kind, row)).collect()
}

/// True when a force has a current record of that kind and reference, in anybody's scope.
///
/// # Errors
/// When the statement fails.
pub fn exists(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<bool, StoreError> {
    let found: Option<String> = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .filter(current_record::withdrawn.eq(false))
        .select(current_record::subject)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}
