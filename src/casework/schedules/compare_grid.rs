//! What the comparison of the plans with the old grid is made from. Nothing is kept.

use super::ScheduleError;
use crate::casework::clock::Clock;
use crate::casework::force_file;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::planning::due::DueContext;
use crate::planning::grid::Compared;
use crate::planning::snapshot::Horizon;
use crate::planning::take;
use crate::store::Store;
use crate::store::scope::Scope;

/// The teams in scope, or one of them, by their plans and by the grid.
///
/// # Errors
/// When the team is not known or not in scope, or the store fails.
pub fn teams(
    store: &Store,
    clock: Clock,
    scope: &Scope,
    team: Option<&Ref>,
    horizon: Horizon,
) -> Result<Vec<Compared>, ScheduleError> {
    let (policies, bank_holidays) = (Policies::built_in()?, BankHolidays::built_in()?);
    let at = clock.moment();
    let context = DueContext { at, horizon, policy: policies.in_force(at.today())?, bank_holidays: &bank_holidays };
    let force = scope.force.as_str();
    let file = store.transaction(|connection| Ok::<_, ScheduleError>(force_file::load(connection, force)?))?;
    let mut teams = take::teams(&file, at.today());
    teams.retain(|known| scope.covers(known) && team.is_none_or(|team| known == team));
    if team.is_some() && teams.is_empty() {
        return Err(ScheduleError::TeamUnknown);
    }
    Ok(teams.iter().map(|team| Compared::of(force, &file, team, context)).collect())
}
