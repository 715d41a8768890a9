//! Limited-access cases: which of a force's cases an officer may not see, wherever cases are asked for.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::schema::limited_access;
use super::scope::{Scope, SeenBy};
use crate::domain::access_restriction::AccessRestriction;
use crate::domain::reference::Ref;

/// Puts on file who may see a case.
///
/// # Errors
/// When a statement fails.
pub fn replace(connection: &mut AnyConnection, force: &str, restriction: &AccessRestriction) -> Result<(), StoreError> {
    let offender = restriction.offender_ref.as_str();
    diesel::delete(
        limited_access::table.filter(limited_access::force.eq(force)).filter(limited_access::offender_ref.eq(offender)),
    )
    .execute(connection)?;
    let only = restriction.restricted_to.iter().map(|officer| (officer, "only"));
    let except = restriction.excluded.iter().map(|officer| (officer, "except"));
    for (officer, rule) in only.chain(except) {
        diesel::insert_into(limited_access::table)
            .values((
                limited_access::force.eq(force),
                limited_access::offender_ref.eq(offender),
                limited_access::officer_ref.eq(officer.as_str()),
                limited_access::rule.eq(rule),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// The offenders whose cases are hidden within a scope; nothing where none is.
///
/// # Errors
/// When the statement fails.
pub fn hidden(connection: &mut AnyConnection, scope: &Scope) -> Result<Option<Vec<String>>, StoreError> {
    let officer = match &scope.seen_by {
        SeenBy::Service => return Ok(None),
        SeenBy::Officer(officer) => Some(officer.as_str()),
        // Who is not known to be somebody else may be the one who is excluded.
        SeenBy::NoOfficer => None,
    };
    let rows: Vec<(String, String, String)> = limited_access::table
        .filter(limited_access::force.eq(&scope.force))
        .select((limited_access::offender_ref, limited_access::officer_ref, limited_access::rule))
        .load(connection)?;
    let mut cases: BTreeMap<String, Limits> = BTreeMap::new();
    for (offender, named, rule) in rows {
        let limits = cases.entry(offender).or_default();
        let is_reader = officer == Some(named.as_str());
        if rule == "only" {
            limits.is_restricted = true;
            limits.is_named |= is_reader;
        } else {
            limits.is_excluded |= is_reader || officer.is_none();
        }
    }
    let hidden: Vec<String> = cases.into_iter().filter(|(_, limits)| !limits.admit()).map(|(case, _)| case).collect();
    Ok((!hidden.is_empty()).then_some(hidden))
}

/// True when a case is hidden within a scope.
///
/// # Errors
/// When the statement fails.
pub fn is_hidden(connection: &mut AnyConnection, scope: &Scope, offender: &Ref) -> Result<bool, StoreError> {
    Ok(hidden(connection, scope)?.is_some_and(|hidden| hidden.iter().any(|case| case == offender.as_str())))
}

/// What the rules on one case say of the reader; as [`AccessRestriction::admits`].
#[derive(Default)]
struct Limits {
    is_restricted: bool,
    is_named: bool,
    is_excluded: bool,
}

impl Limits {
    const fn admit(&self) -> bool {
        !self.is_excluded && (!self.is_restricted || self.is_named)
    }
}
