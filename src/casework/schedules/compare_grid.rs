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

/// A force's teams, or one of them, by their plans and by the grid: for the operator, who sees all of it.
///
/// # Errors
/// When the force has no such team, or the store fails.
pub fn teams(
    store: &Store,
    clock: Clock,
    force: &str,
    team: Option<&Ref>,
    horizon: Horizon,
) -> Result<Vec<Compared>, ScheduleError> {
    let (policies, bank_holidays) = (Policies::built_in()?, BankHolidays::built_in()?);
    let at = clock.moment();
    let context = DueContext { at, horizon, policy: policies.in_force(at.today())?, bank_holidays: &bank_holidays };
    let file = store.transaction(|connection| Ok::<_, ScheduleError>(force_file::load(connection, force)?))?;
    let mut teams = take::teams(&file, at.today());
    teams.retain(|known| team.is_none_or(|team| known == team));
    if team.is_some() && teams.is_empty() {
        return Err(ScheduleError::TeamUnknown);
    }
    Ok(teams.iter().map(|team| Compared::of(force, &file, team, context)).collect())
}
