//! The current records of a force: by kind within a scope, and those of one case.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::backend::{AnyConnection, MultiBackend};
use super::error::StoreError;
use super::limited_access::hidden;
use super::merge::{homes_of_force, refs_of_case};
use super::record::{StoredRecord, held, stored_records, stored_ref};
use super::schema::{case_standing, current_record, flag, offender_merge};
use super::scope::{Scope, TeamScope};
use crate::domain::flag::FlagCode;
use crate::domain::record::{Held, Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::standing::Bucket;

/// Which records of a kind are asked for. The teams of the scope count for officers, posts and offenders;
/// the other kinds belong to the force as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    kind: RecordKind,
    scope: &'a Scope,
    subject: Option<&'a Ref>,
    team: Option<&'a Ref>,
    flag: Option<FlagCode>,
    bucket: Option<Bucket>,
    page: Option<(Option<&'a Ref>, usize)>,
}

impl<'a> Wanted<'a> {
    /// All of a kind.
    #[must_use]
    pub const fn all(kind: RecordKind, scope: &'a Scope) -> Self {
        Self { kind, scope, subject: None, team: None, flag: None, bucket: None, page: None }
    }

    /// One alone.
    #[must_use]
    pub const fn one(kind: RecordKind, scope: &'a Scope, subject: &'a Ref) -> Self {
        Self { kind, scope, subject: Some(subject), team: None, flag: None, bucket: None, page: None }
    }

    /// Of these, those of one team.
    #[must_use]
    pub const fn of_team(self, team: Option<&'a Ref>) -> Self {
        Self { team, ..self }
    }

    /// Of these, the offenders on whom, or on whose breaches, a flag of that code holds.
    #[must_use]
    pub const fn flagged(self, flag: Option<FlagCode>) -> Self {
        Self { flag, ..self }
    }

    /// Of these, the offenders who were last found in a bucket.
    #[must_use]
    pub const fn in_bucket(self, bucket: Option<Bucket>) -> Self {
        Self { bucket, ..self }
    }

    /// Of these, so many that come after a reference.
    #[must_use]
    pub const fn page(self, after: Option<&'a Ref>, limit: usize) -> Self {
        Self { page: Some((after, limit)), ..self }
    }
}

/// That the offender of a row is merged into another, whose case it is.
macro_rules! is_merged {
    () => {
        offender_merge::table
            .filter(offender_merge::force.eq(current_record::force))
            .filter(offender_merge::merged_ref.eq(current_record::subject))
    };
}

/// A question about current records, narrowed to a kind within a scope: which records that is stands here alone. An offender whose
/// record is merged is among none: the case goes on under another.
macro_rules! in_scope {
    ($question:expr, $connection:expr, $kind:expr, $scope:expr) => {{
        let (kind, scope): (RecordKind, &Scope) = ($kind, $scope);
        let mut question = $question
            .filter(current_record::force.eq(&scope.force))
            .filter(current_record::kind.eq(kind.name()))
            .filter(current_record::withdrawn.eq(false))
            .order(current_record::subject)
            .into_boxed::<MultiBackend>();
        if let (Some(hidden), RecordKind::Offender) = (hidden($connection, scope)?, kind) {
            question = question.filter(current_record::subject.ne_all(hidden));
        }
        if kind == RecordKind::Offender {
            question = question.filter(diesel::dsl::not(diesel::dsl::exists(is_merged!())));
        }
        let of_teams =
            matches!(kind, RecordKind::Officer | RecordKind::Offender | RecordKind::DipSample | RecordKind::Post);
        if let (TeamScope::Only(teams), true) = (&scope.teams, of_teams) {
            question = question.filter(current_record::team_ref.eq_any(teams.iter().map(Ref::as_str)));
        }
        question
    }};
}

/// The references of the current records of a kind in a scope; of offenders, those merged into one of them too.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn refs_in_scope(
    connection: &mut AnyConnection,
    kind: RecordKind,
    scope: &Scope,
) -> Result<BTreeSet<Ref>, StoreError> {
    let question = in_scope!(current_record::table.select(current_record::subject), connection, kind, scope);
    let mut refs: BTreeSet<Ref> =
        question.load::<String>(connection)?.into_iter().map(stored_ref).collect::<Result<_, _>>()?;
    if kind == RecordKind::Offender {
        let homes = homes_of_force(connection, &scope.force)?;
        let merged: Vec<Ref> =
            homes.into_iter().filter(|(_, home)| refs.contains(home)).map(|(merged, _)| merged).collect();
        refs.extend(merged);
    }
    Ok(refs)
}

/// The current records that are wanted, in the order of their references.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn records_in_scope(connection: &mut AnyConnection, wanted: Wanted<'_>) -> Result<Vec<Held<Record>>, StoreError> {
    let mut question = in_scope!(stored_records!(), connection, wanted.kind, wanted.scope);
    if let Some(subject) = wanted.subject {
        question = question.filter(current_record::subject.eq(subject.as_str()));
    }
    if let Some(team) = wanted.team {
        question = question.filter(current_record::team_ref.eq(team.as_str()));
    }
    if let Some(code) = wanted.flag {
        let holding = flag::table
            .filter(flag::force.eq(current_record::force))
            .filter(flag::code.eq(code.as_str()))
            .filter(flag::offender_ref.eq(current_record::subject.nullable()))
            .filter(flag::cleared_at.is_null());
        question = question.filter(diesel::dsl::exists(holding));
    }
    if let Some(bucket) = wanted.bucket {
        let standing = case_standing::table
            .filter(case_standing::force.eq(current_record::force))
            .filter(case_standing::offender_ref.eq(current_record::subject))
            .filter(case_standing::bucket.eq(bucket.as_str()));
        question = question.filter(diesel::dsl::exists(standing));
    }
    if let Some((after, limit)) = wanted.page {
        if let Some(after) = after {
            question = question.filter(current_record::subject.gt(after.as_str()));
        }
        question = question.limit(i64::try_from(limit).unwrap_or(i64::MAX));
    }
    let rows: Vec<StoredRecord> = question.load(connection)?;
    rows.into_iter().map(held).collect()
}

/// One current record, in anybody's scope.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn one(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<Option<Held<Record>>, StoreError> {
    Ok(records_in_scope(connection, Wanted::one(kind, &Scope::whole(force), subject))?.pop())
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

/// True when a force has, or has had, a record of that kind and reference, also one that was withdrawn.
///
/// # Errors
/// When the statement fails.
pub fn is_known(
    connection: &mut AnyConnection,
    force: &str,
    kind: RecordKind,
    subject: &Ref,
) -> Result<bool, StoreError> {
    let found: Option<String> = current_record::table
        .filter(current_record::force.eq(force))
        .filter(current_record::kind.eq(kind.name()))
        .filter(current_record::subject.eq(subject.as_str()))
        .select(current_record::subject)
        .first(connection)
        .optional()?;
    Ok(found.is_some())
}

/// Hands every current record about one offender, and about those merged into them, to `take`, by kind and reference.
///
/// # Errors
/// When the statement fails, or what is stored cannot be read.
pub fn case_records(
    connection: &mut AnyConnection,
    force: &str,
    offender: &Ref,
    mut take: impl FnMut(Held<Record>),
) -> Result<(), StoreError> {
    let refs = refs_of_case(connection, force, offender)?;
    let rows: Vec<StoredRecord> = stored_records!()
        .filter(current_record::force.eq(force))
        .filter(current_record::offender_ref.eq_any(refs))
        .filter(current_record::withdrawn.eq(false))
        .order((current_record::kind, current_record::subject))
        .load(connection)?;
    for row in rows {
        take(held(row)?);
    }
    Ok(())
}
