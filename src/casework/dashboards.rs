//! Dashboards: a team's for its supervisor, the force's for whoever answers for it. Figures are of the
//! last evaluation, and count nothing that the reader may not see.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use thiserror::Error;

use super::reading::Reader;
use crate::domain::dashboard::changes::{ChangedFlag, ChangedFlags, Changes, yesterday_began};
use crate::domain::dashboard::finding::{Finding, findings};
use crate::domain::dashboard::headline::{TeamFigures, teams};
use crate::domain::dashboard::list::Entries;
use crate::domain::dashboard::trend::{FOLLOWED, Trend, oldest_month_end};
use crate::domain::dashboard::{Figures, Known, StaffFlag};
use crate::domain::moment::Moment;
use crate::domain::officer::Officer;
use crate::domain::policy::{Policies, PolicyError};
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::standing::CaseStanding;
use crate::store::Store;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, exists, records_in_scope};
use crate::store::error::StoreError;
use crate::store::evaluation::{Evaluated, evaluated_with_standings};
use crate::store::flag_list::{self, FlagFilter, FlagState, StoredFlag};
use crate::store::scope::Scope;
use crate::store::standing;

/// A team's dashboard, or what a force's has in common with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// The team; empty for a force.
    pub team_ref: Option<Ref>,
    /// When the flags and standings that are counted were evaluated.
    pub evaluated: Moment,
    /// The policy then.
    pub policy_version: String,
    /// The figures.
    pub figures: Figures,
    /// What is new since yesterday.
    pub changes: Changes,
    /// Open flags at the month ends.
    pub trend: Trend,
}

/// A force's dashboard.
#[derive(Debug, Clone, PartialEq)]
pub struct ForceDashboard {
    /// The force's figures.
    pub dashboard: Dashboard,
    /// The findings of the 2021 inspection, counted today.
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

/// The dashboard of a team.
///
/// # Errors
/// When there is none that the reader may see, nothing has been evaluated yet, or the store fails.
pub fn of_team(store: &Store, reader: &Reader, policies: &Policies, team: &Ref) -> Result<Dashboard, DashboardError> {
    const ACT: &str = "dashboard.team.read";
    let scope = reader.person.case_scope().of_team(team);
    let found = store.transaction_that_writes(|connection| -> Result<_, DashboardError> {
        let Some(scope) = scope else {
            reader.note_refusal(connection, ACT, RecordKind::Team, team)?;
            return Ok(None);
        };
        let counted = Counted::load(connection, &scope)?;
        if counted.is_empty() && !exists(connection, &scope.force, RecordKind::Team, team)? {
            reader.note_refusal(connection, ACT, RecordKind::Team, team)?;
            return Ok(None);
        }
        let known = counted.known(policies, Some(team))?;
        let dashboard = counted.dashboard(connection, reader, &scope, known)?;
        reader.note(connection, ACT, Some((RecordKind::Team, team)), words(&dashboard))?;
        Ok(Some(dashboard))
    })?;
    found.ok_or(DashboardError::NotFound)
}

/// The dashboard of the reader's force.
///
/// # Errors
/// When nothing has been evaluated yet, or the store fails.
pub fn of_force(store: &Store, reader: &Reader, policies: &Policies) -> Result<ForceDashboard, DashboardError> {
    let scope = reader.person.case_scope();
    store.transaction_that_writes(|connection| {
        let counted = Counted::load(connection, &scope)?;
        let known = counted.known(policies, None)?;
        let dashboard = counted.dashboard(connection, reader, &scope, known)?;
        reader.note(connection, "dashboard.force.read", None, words(&dashboard))?;
        Ok(ForceDashboard { dashboard, findings: findings(known), teams: teams(known) })
    })
}

/// All that a dashboard is counted over: what its reader may see, and nothing else.
struct Counted {
    evaluated: Evaluated,
    cases: Vec<CaseStanding>,
    elsewhere: Vec<CaseStanding>,
    officers: BTreeMap<Ref, Officer>,
    staff_flags: Vec<StaffFlag>,
}

impl Counted {
    fn load(connection: &mut AnyConnection, scope: &Scope) -> Result<Self, DashboardError> {
        let evaluated = evaluated_with_standings(connection, &scope.force)?.ok_or(DashboardError::NotEvaluated)?;
        let officers = officers(connection, scope)?;
        Ok(Self {
            evaluated,
            cases: standing::in_scope(connection, scope)?,
            elsewhere: standing::elsewhere_held_by(connection, scope, officers.keys())?,
            officers,
            staff_flags: flag_list::on_staff(connection, scope)?,
        })
    }

    fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.officers.is_empty()
    }

    fn known<'a>(&'a self, policies: &'a Policies, team: Option<&'a Ref>) -> Result<Known<'a>, PolicyError> {
        let at = Moment::at(self.evaluated.standings_at);
        Ok(Known {
            at,
            policy: policies.in_force(at.today())?,
            team,
            cases: &self.cases,
            elsewhere: &self.elsewhere,
            officers: &self.officers,
            staff_flags: &self.staff_flags,
        })
    }

    fn dashboard(
        &self,
        connection: &mut AnyConnection,
        reader: &Reader,
        scope: &Scope,
        known: Known<'_>,
    ) -> Result<Dashboard, StoreError> {
        let now = reader.clock.moment();
        let spans = flag_list::spans(connection, scope, &FOLLOWED, oldest_month_end(now))?;
        Ok(Dashboard {
            team_ref: known.team.cloned(),
            evaluated: known.at,
            policy_version: known.policy.version.clone(),
            figures: Figures::of(known),
            changes: changes(connection, scope, now, known)?,
            trend: Trend::of(&spans, Some(self.evaluated.first_at), now),
        })
    }
}

fn officers(connection: &mut AnyConnection, scope: &Scope) -> Result<BTreeMap<Ref, Officer>, StoreError> {
    let held = records_in_scope(connection, Wanted::all(RecordKind::Officer, scope))?;
    let officers = held.into_iter().filter_map(|held| Some((held.subject, Officer::of(held.record)?)));
    Ok(officers.collect())
}

fn changes(
    connection: &mut AnyConnection,
    scope: &Scope,
    now: Moment,
    known: Known<'_>,
) -> Result<Changes, StoreError> {
    let since = yesterday_began(now);
    let [raised, cleared] = flag_list::changes_since(connection, scope, since)?;
    let mut first = |state| -> Result<Vec<ChangedFlag>, StoreError> {
        let filter = FlagFilter { state, since: Some(since), ..FlagFilter::default() };
        let shown = known.policy.dashboard.worst_shown;
        let flags = flag_list::list(connection, scope, &filter, now.today(), None, shown)?;
        Ok(flags.into_iter().map(changed).collect())
    };
    let (first_raised, first_cleared) = (first(FlagState::Open)?, first(FlagState::Cleared)?);
    Ok(Changes {
        since,
        raised: ChangedFlags::of(raised, first_raised, Entries::RaisedSince(since), known.team),
        cleared: ChangedFlags::of(cleared, first_cleared, Entries::ClearedSince(since), known.team),
    })
}

fn changed(flag: StoredFlag) -> ChangedFlag {
    ChangedFlag {
        id: flag.id.to_string(),
        flag: flag.code.as_str(),
        severity: flag.severity.as_str(),
        subject: flag.subject,
        offender_ref: flag.offender_ref,
        raised_at: flag.raised_at,
        cleared_at: flag.cleared_at,
    }
}

/// A dashboard as the audit tells it: how much it counted, and whom it named.
fn words(dashboard: &Dashboard) -> Value {
    let Dashboard { figures, changes, .. } = dashboard;
    let backlogs = [&figures.overdue_visits, &figures.overdue_assessments.review, &figures.overdue_plan_reviews];
    let overdue = backlogs.into_iter().flat_map(|backlog| &backlog.worst);
    let changed = changes.raised.first.iter().chain(&changes.cleared.first);
    let refs: BTreeSet<&str> = overdue
        .map(|item| item.offender_ref.as_str())
        .chain(figures.breaches_without_crime_report.oldest.iter().map(|item| item.offender_ref.as_str()))
        .chain(figures.reactive.suspensions.iter().map(|item| item.offender_ref.as_str()))
        .chain(changed.filter_map(|flag| flag.offender_ref.as_deref()))
        .collect();
    json!({
        "evaluated_at": dashboard.evaluated.now(),
        "count": figures.register.size,
        "refs": refs,
    })
}
