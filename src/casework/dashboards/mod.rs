//! Dashboards: a team's for its supervisor, the force's for whoever answers for it. Figures are of the
//! last evaluation, or of an instant, evaluated anew; and count nothing that the reader may not see.

mod now;
pub(super) mod past;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use thiserror::Error;

use super::reading::{Reader, as_at_detail};
use crate::domain::as_at::AsAt;
use crate::domain::dashboard::Counted;
use crate::domain::dashboard::answer::Dashboard;
use crate::domain::dashboard::finding::{Finding, findings};
use crate::domain::dashboard::headline::{TeamFigures, teams};
use crate::domain::policy::{Policies, Policy, PolicyError};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::exists;
use crate::store::error::StoreError;

/// A force's dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct ForceDashboard {
    /// The force's figures.
    pub dashboard: Dashboard,
    /// The findings of the 2021 inspection, counted.
    pub findings: Vec<Finding>,
    /// Its teams.
    pub teams: Vec<TeamFigures>,
}

/// Why there is no dashboard.
#[derive(Debug, Error)]
pub enum DashboardError {
    /// There is no such team, as far as the reader may see.
    #[error("there is no such team")]
    NotFound,
    /// The force's flags have not been evaluated yet, and nought would look like good order.
    #[error("the force's flags have not been evaluated yet")]
    NotEvaluated,
    /// Nothing is known of the force as at that instant, and nought would look like good order.
    #[error("nothing is known of the force as at that instant")]
    NoHistory,
    /// No policy held at the evaluation.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for DashboardError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A dashboard with what it was counted over.
pub(super) struct Looked<'p> {
    pub counted: Counted,
    pub policy: &'p Policy,
    pub dashboard: Dashboard,
}

/// The dashboard of a team, now or as at an instant.
///
/// # Errors
/// When there is none that the reader may see, nothing has been evaluated or is known, or the store fails.
pub fn of_team(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    team: &Ref,
    as_at: AsAt,
) -> Result<Dashboard, DashboardError> {
    const ACT: &str = "dashboard.team.read";
    let found = store.transaction_that_writes(|connection| -> Result<_, DashboardError> {
        let Some(looked) = look_at_team(connection, reader, policies, team, as_at)? else {
            reader.note_refusal(connection, ACT, RecordKind::Team, team)?;
            return Ok(None);
        };
        reader.note(connection, ACT, Some((RecordKind::Team, team)), words(&looked.dashboard, as_at))?;
        Ok(Some(looked.dashboard))
    })?;
    found.ok_or(DashboardError::NotFound)
}

fn look_at_team<'p>(
    connection: &mut AnyConnection,
    reader: &Reader,
    policies: &'p Policies,
    team: &Ref,
    as_at: AsAt,
) -> Result<Option<Looked<'p>>, DashboardError> {
    let Some(looked) = look(connection, reader, policies, Some(team), as_at)? else { return Ok(None) };
    let is_there = !looked.counted.is_empty() || exists(connection, &reader.person.force, RecordKind::Team, team)?;
    Ok(is_there.then_some(looked))
}

/// The dashboard of the reader's force, now or as at an instant.
///
/// # Errors
/// When nothing has been evaluated or is known, or the store fails.
pub fn of_force(
    store: &Store,
    reader: &Reader,
    policies: &Policies,
    as_at: AsAt,
) -> Result<ForceDashboard, DashboardError> {
    store.transaction_that_writes(|connection| {
        let looked = look(connection, reader, policies, None, as_at)?;
        let Looked { counted, policy, dashboard } = looked.ok_or(DashboardError::NotFound)?;
        reader.note(connection, "dashboard.force.read", None, words(&dashboard, as_at))?;
        let known = counted.known(policy, None);
        Ok(ForceDashboard { findings: findings(known), teams: teams(known), dashboard })
    })
}

/// What the reader sees of a team, or of the force; nothing where the team is out of scope.
fn look<'p>(
    connection: &mut AnyConnection,
    reader: &Reader,
    policies: &'p Policies,
    team: Option<&Ref>,
    as_at: AsAt,
) -> Result<Option<Looked<'p>>, DashboardError> {
    let (scope, now) = (reader.person.case_scope(), reader.clock.moment());
    let narrowed = match team {
        Some(team) => scope.of_team(team),
        None => Some(scope.clone()),
    };
    let Some(narrowed) = narrowed else { return Ok(None) };
    let looked = match as_at {
        AsAt::Now => now::look(connection, &narrowed, policies, team, now)?,
        AsAt::Known(_) | AsAt::True(_) => past::look(connection, &scope, policies, team, (as_at, as_at.moment(now)))?,
    };
    Ok(Some(looked))
}

/// A dashboard as the audit tells it: as at when, how much it counted, and whom it named.
fn words(dashboard: &Dashboard, as_at: AsAt) -> Value {
    let mut words = as_at_detail(as_at);
    if let Some(members) = words.as_object_mut() {
        members.insert("evaluated_at".to_owned(), json!(dashboard.evaluated_at));
        members.insert("count".to_owned(), json!(dashboard.figures.register.size));
        members.insert("refs".to_owned(), json!(named(dashboard)));
    }
    words
}

/// The offenders whom a dashboard names.
pub(super) fn named(dashboard: &Dashboard) -> BTreeSet<&str> {
    let Dashboard { figures, since_yesterday, .. } = dashboard;
    let backlogs = [&figures.overdue_visits, &figures.overdue_assessments.review, &figures.overdue_plan_reviews];
    let overdue = backlogs.into_iter().flat_map(|backlog| &backlog.worst);
    let changed = since_yesterday.iter().flat_map(|changes| changes.raised.first.iter().chain(&changes.cleared.first));
    overdue
        .map(|item| item.offender_ref.as_str())
        .chain(figures.breaches_without_crime_report.oldest.iter().map(|item| item.offender_ref.as_str()))
        .chain(figures.reactive.suspensions.iter().map(|item| item.offender_ref.as_str()))
        .chain(changed.filter_map(|flag| flag.offender_ref.as_deref()))
        .collect()
}
