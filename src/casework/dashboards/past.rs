//! Dashboards as at an instant, evaluated anew from the history that is kept.

use super::{DashboardError, Looked};
use crate::casework::force_file::load_as_at;
use crate::domain::as_at::AsAt;
use crate::domain::calendar::Instant;
use crate::domain::case_file::ForceFile;
use crate::domain::dashboard::answer::{Dashboard, RestsOn};
use crate::domain::dashboard::changes::Changes;
use crate::domain::dashboard::past::{PastFlag, Reach};
use crate::domain::dashboard::trend::{FlagSpan, Trend, oldest_month_end};
use crate::domain::dashboard::{Counted, Figures};
use crate::domain::moment::Moment;
use crate::domain::policy::{Policies, PolicyError};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::store::backend::AnyConnection;
use crate::store::current::refs_in_scope;
use crate::store::error::StoreError;
use crate::store::evaluation::evaluated_with_standings;
use crate::store::flag_list::held_between;
use crate::store::scope::{Scope, TeamScope};

/// What is counted as at an instant, and the dashboard of it.
pub(super) fn look<'p>(
    connection: &mut AnyConnection,
    scope: &Scope,
    policies: &'p Policies,
    team: Option<&Ref>,
    (as_at, at): (AsAt, Moment),
) -> Result<Looked<'p>, DashboardError> {
    let past = Past::load(connection, scope, (at, at))?;
    let file = load_as_at(connection, &scope.force, as_at)?;
    past.look(&file, policies, team, (as_at, at))
}

/// A force's past as far as it is told to one reader: what they may see now, and the history of its flags.
pub(in crate::casework) struct Past {
    reach: Reach,
    flags: Vec<PastFlag>,
    evaluated_since: Option<Instant>,
}

impl Past {
    /// What dashboards from one moment to another need.
    pub(in crate::casework) fn load(
        connection: &mut AnyConnection,
        scope: &Scope,
        (first, last): (Moment, Moment),
    ) -> Result<Self, StoreError> {
        Ok(Self {
            reach: reach(connection, scope)?,
            flags: held_between(connection, scope, oldest_month_end(first), last.now())?,
            evaluated_since: evaluated_with_standings(connection, &scope.force)?.map(|evaluated| evaluated.first_at),
        })
    }

    /// What is counted of a force's file as at an instant, and the dashboard of it.
    pub(in crate::casework) fn look<'p>(
        &self,
        file: &ForceFile,
        policies: &'p Policies,
        team: Option<&Ref>,
        (as_at, at): (AsAt, Moment),
    ) -> Result<Looked<'p>, DashboardError> {
        if file.cases.is_empty() && file.officers.is_empty() {
            return Err(DashboardError::NoHistory);
        }
        let policy = policies.in_force(at.today()).map_err(|error| match error {
            PolicyError::NoneInForce(_) => DashboardError::NoHistory,
            PolicyError::Unreadable(_) => error.into(),
        })?;
        let counted = Counted::as_at(file, at, policy, &self.reach, team);
        let known = counted.known(policy, team);
        let mut dashboard = Dashboard {
            team_ref: team.cloned(),
            evaluated_at: at.now(),
            as_at: at.today(),
            rests_on: RestsOn::of(as_at),
            policy_version: policy.version.clone(),
            figures: Figures::of(known),
            since_yesterday: None,
            trend: None,
        };
        if matches!(as_at, AsAt::Known(_)) {
            let flags = counted.concerned(&self.flags, team);
            let spans: Vec<FlagSpan> = flags.iter().map(|flag| flag.span).collect();
            let history_since = self.evaluated_since.filter(|since| at.has_happened(*since));
            dashboard.since_yesterday = Some(Changes::as_at(&flags, at, policy.dashboard.worst_shown, team));
            dashboard.trend = Some(Trend::of(&spans, history_since, at));
        }
        Ok(Looked { counted, policy, dashboard })
    }
}

/// What of the force may be seen within a scope, now.
fn reach(connection: &mut AnyConnection, scope: &Scope) -> Result<Reach, StoreError> {
    let of_any_team = Scope { teams: TeamScope::All, ..scope.clone() };
    Ok(Reach {
        cases: refs_in_scope(connection, RecordKind::Offender, scope)?,
        in_caseloads: refs_in_scope(connection, RecordKind::Offender, &of_any_team)?,
        officers: refs_in_scope(connection, RecordKind::Officer, scope)?,
    })
}
