//! Dashboards of the last evaluation, from the standings that it stored.

use std::collections::BTreeMap;

use super::{DashboardError, Looked};
use crate::domain::as_at::AsAt;
use crate::domain::dashboard::answer::{Dashboard, RestsOn};
use crate::domain::dashboard::changes::{ChangedFlag, ChangedFlags, Changes, yesterday_began};
use crate::domain::dashboard::list::Entries;
use crate::domain::dashboard::trend::{FOLLOWED, Trend, oldest_month_end};
use crate::domain::dashboard::{Counted, Figures, Known};
use crate::domain::moment::Moment;
use crate::domain::officer::Officer;
use crate::domain::policy::Policies;
use crate::domain::record::{Kept, RecordKind};
use crate::domain::reference::Ref;
use crate::store::backend::AnyConnection;
use crate::store::current::{Wanted, records_in_scope};
use crate::store::error::StoreError;
use crate::store::evaluation::evaluated_with_standings;
use crate::store::flag_list::{self, FlagFilter, FlagState, StoredFlag};
use crate::store::scope::Scope;
use crate::store::standing;

/// What is counted in a scope, and the dashboard of it.
pub(super) fn look<'p>(
    connection: &mut AnyConnection,
    scope: &Scope,
    policies: &'p Policies,
    team: Option<&Ref>,
    now: Moment,
) -> Result<Looked<'p>, DashboardError> {
    let evaluated = evaluated_with_standings(connection, &scope.force)?.ok_or(DashboardError::NotEvaluated)?;
    let at = Moment::at(evaluated.standings_at);
    let policy = policies.in_force(at.today())?;
    let officers = officers(connection, scope)?;
    let counted = Counted {
        at,
        cases: standing::in_scope(connection, scope)?,
        elsewhere: standing::elsewhere_held_by(connection, scope, officers.keys())?,
        officers,
        staff_flags: flag_list::on_staff(connection, scope)?,
    };
    let known = counted.known(policy, team);
    let spans = flag_list::spans(connection, scope, &FOLLOWED, oldest_month_end(now))?;
    let dashboard = Dashboard {
        team_ref: team.cloned(),
        evaluated_at: at.now(),
        as_at: at.today(),
        rests_on: RestsOn::of(AsAt::Now),
        policy_version: policy.version.clone(),
        figures: Figures::of(known),
        since_yesterday: Some(changes(connection, scope, now, known)?),
        trend: Some(Trend::of(&spans, Some(evaluated.first_at), now)),
    };
    Ok(Looked { counted, policy, dashboard })
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
