//! Limited-access cases: which of a force's cases an officer may not see, wherever cases are asked for.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::backend::AnyConnection;
use super::error::StoreError;
use super::merge::homes_of_force;
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

/// Who may see which of a force's limited-access cases, as it stands: by each reference that a case goes by, the rules on each of its
/// records.
#[derive(Debug, Default)]
pub struct LimitedAccess(BTreeMap<String, Vec<Named>>);

/// Those named by the rules on one record.
#[derive(Debug, Clone, Default)]
struct Named {
    restricted_to: BTreeSet<Ref>,
    excluded: BTreeSet<Ref>,
}

impl Named {
    fn admits(&self, officer: Option<&Ref>) -> bool {
        admits(&self.restricted_to, &self.excluded, officer)
    }
}

/// True where none of the rules on a case shuts an officer out.
fn admit(rules: &[Named], officer: Option<&Ref>) -> bool {
    rules.iter().all(|named| named.admits(officer))
}

impl LimitedAccess {
    /// True when an officer may see an offender's case.
    #[must_use]
    pub fn admits(&self, offender: &Ref, officer: &Ref) -> bool {
        self.0.get(offender.as_str()).is_none_or(|rules| admit(rules, Some(officer)))
    }
}

/// The limited-access cases of a force. Whoever is shut out by a record that was merged is shut out of the case that it was merged into.
///
/// # Errors
/// When the statement fails.
pub fn of_force(connection: &mut AnyConnection, force: &str) -> Result<LimitedAccess, StoreError> {
    let rows: Vec<(String, String, String)> = limited_access::table
        .filter(limited_access::force.eq(force))
        .select((limited_access::offender_ref, limited_access::officer_ref, limited_access::rule))
        .load(connection)?;
    let mut named: BTreeMap<String, Named> = BTreeMap::new();
    for (offender, officer, rule) in rows {
        let named = named.entry(offender).or_default();
        let named = if rule == "only" { &mut named.restricted_to } else { &mut named.excluded };
        named.insert(stored_ref(officer)?);
    }
    let homes = homes_of_force(connection, force)?;
    let home = |offender: &str| homes.get(offender).map_or(offender, Ref::as_str).to_owned();
    let mut cases: BTreeMap<String, Vec<Named>> = BTreeMap::new();
    for (offender, named) in named {
        cases.entry(home(&offender)).or_default().push(named);
    }
    for (merged, home) in &homes {
        if let Some(rules) = cases.get(home.as_str()).cloned() {
            cases.insert(merged.to_string(), rules);
        }
    }
    Ok(LimitedAccess(cases))
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
        cases.into_iter().filter(|(_, rules)| !admit(rules, officer)).map(|(case, _)| case).collect();
    Ok((!hidden.is_empty()).then_some(hidden))
}

/// True when a case is hidden within a scope.
///
/// # Errors
/// When the statement fails.
pub fn is_hidden(connection: &mut AnyConnection, scope: &Scope, offender: &Ref) -> Result<bool, StoreError> {
    Ok(hidden(connection, scope)?.is_some_and(|hidden| hidden.iter().any(|case| case == offender.as_str())))
}
