//! Limited-access cases: which of a force's cases an officer may not see, wherever cases are asked for.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::record::stored_ref;
use super::schema::limited_access;
use super::scope::{Scope, SeenBy};
use crate::domain::access_restriction::{AccessRestriction, admits};
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

/// Who may see which of a force's limited-access cases, as it stands.
#[derive(Debug, Default)]
pub struct LimitedAccess(BTreeMap<String, Named>);

/// Those named by the rules on one case.
#[derive(Debug, Default)]
struct Named {
    restricted_to: BTreeSet<Ref>,
    excluded: BTreeSet<Ref>,
}

impl Named {
    fn admits(&self, officer: Option<&Ref>) -> bool {
        admits(&self.restricted_to, &self.excluded, officer)
    }
}

impl LimitedAccess {
    /// True when an officer may see an offender's case.
    #[must_use]
    pub fn admits(&self, offender: &Ref, officer: &Ref) -> bool {
        self.0.get(offender.as_str()).is_none_or(|named| named.admits(Some(officer)))
    }
}

/// The limited-access cases of a force.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<LimitedAccess, StoreError> {
    let rows: Vec<(String, String, String)> = limited_access::table
        .filter(limited_access::force.eq(force))
        .select((limited_access::offender_ref, limited_access::officer_ref, limited_access::rule))
        .load(connection)?;
    let mut cases = LimitedAccess::default();
    for (offender, officer, rule) in rows {
        let named = cases.0.entry(offender).or_default();
        let named = if rule == "only" { &mut named.restricted_to } else { &mut named.excluded };
        named.insert(stored_ref(officer)?);
    }
    Ok(cases)
}

/// The offenders whose cases are hidden within a scope; nothing where none is.
///
/// # Errors
/// When the statement fails.
pub fn hidden(connection: &mut AnyConnection, scope: &Scope) -> Result<Option<Vec<String>>, StoreError> {
    let officer = match &scope.seen_by {
        SeenBy::Service => return Ok(None),
        SeenBy::Officer(officer) => Some(officer),
        SeenBy::NoOfficer => None,
    };
    let cases = of_force(connection, &scope.force)?.0;
    let hidden: Vec<String> =
        cases.into_iter().filter(|(_, named)| !named.admits(officer)).map(|(case, _)| case).collect();
    Ok((!hidden.is_empty()).then_some(hidden))
}

/// True when a case is hidden within a scope.
///
/// # Errors
/// When the statement fails.
pub fn is_hidden(connection: &mut AnyConnection, scope: &Scope, offender: &Ref) -> Result<bool, StoreError> {
    Ok(hidden(connection, scope)?.is_some_and(|hidden| hidden.iter().any(|case| case == offender.as_str())))
}
