//! What a forecast is made from: each team's snapshot, and beside it what a change may ask for.

use std::collections::BTreeSet;

use super::{ForecastError, MAX_WEEKS};
use crate::casework::clock::Clock;
use crate::casework::force_file;
use crate::casework::schedules::ScheduleError;
use crate::casework::schedules::propose::{MAX_AHEAD_DAYS, accepted_and_pins, teams_within};
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::{CivilDate, london_midnight, plus_days, plus_years};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::moment::Moment;
use crate::domain::offender::OffenderStatus;
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::planning::due::{Due, DueContext, due};
use crate::planning::forecast::change::Change;
use crate::planning::forecast::rates::Rates;
use crate::planning::forecast::{Asked, Input, TeamInput};
use crate::planning::snapshot::{Demand, Horizon, Snapshot};
use crate::planning::take::{self, Stay};
use crate::store::backend::AnyConnection;
use crate::store::error::StoreError;
use crate::store::limited_access;
use crate::store::scope::Scope;

/// How far ahead visits are known that another level would make due earlier, in years: past the longest interval of a plan.
const LATER_YEARS: u32 = 10;

/// The days looked at.
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// First day.
    pub from: CivilDate,
    /// How many weeks, 1 to [`MAX_WEEKS`].
    pub weeks: u32,
}

impl Days {
    fn horizon(self) -> Horizon {
        let days = self.weeks.clamp(1, MAX_WEEKS) * 7;
        Horizon { from: self.from, until: plus_days(self.from, days - 1) }
    }
}

/// What a forecast of a team, or of every team in scope, is made from.
///
/// # Errors
/// When the days begin in the past or too far ahead, there is no such team in scope, or the store fails.
pub(super) fn input(
    connection: &mut AnyConnection,
    clock: Clock,
    scope: &Scope,
    team: Option<&Ref>,
    (days, asked): (Days, Asked),
) -> Result<Input, ForecastError> {
    let (policies, bank_holidays) = (Policies::built_in()?, BankHolidays::built_in()?);
    let at = clock.moment();
    if days.from < at.today() {
        return Err(ForecastError::InThePast);
    }
    if days.from > plus_days(at.today(), MAX_AHEAD_DAYS) {
        return Err(ForecastError::TooFarAhead);
    }
    let policy = policies.in_force(at.today())?;
    let context = DueContext { at, horizon: days.horizon(), policy, bank_holidays: &bank_holidays };
    let file = force_file::load(connection, &scope.force)?;
    let teams = teams_within(&file, at.today(), scope, team);
    if teams.is_empty() {
        return Err(ForecastError::TeamUnknown);
    }
    let hidden: BTreeSet<String> = limited_access::hidden(connection, scope)?.unwrap_or_default().into_iter().collect();
    let mut inputs = Vec::with_capacity(teams.len());
    for team in &teams {
        let standing = accepted_and_pins(connection, &scope.force, team, at.today()).map_err(of_schedule)?;
        // Weeks ahead the built-in model's roads are near enough; a road service is not asked for what may never be.
        let snapshot = take::take(&scope.force, &file, team, context, standing, Stay::Near);
        let snapshot = take::settle(snapshot, None);
        inputs.push(of_team(&file, (team, snapshot), context, (&hidden, &asked.changes)));
    }
    Ok(Input { teams: inputs, asked })
}

/// Reading an accepted schedule fails as the store does, or because it cannot be read.
fn of_schedule(error: ScheduleError) -> ForecastError {
    let unreadable = |detail| StoreError::Unreadable { what: "accepted schedule", detail };
    if let ScheduleError::Store(error) = error { error.into() } else { unreadable(error.to_string()).into() }
}

fn of_team(
    file: &ForceFile,
    (team, snapshot): (&Ref, Snapshot),
    context: DueContext<'_>,
    (hidden, changes): (&BTreeSet<String>, &[Change]),
) -> TeamInput {
    let cases = || file.cases.values().filter(|case| case.offender.team_ref == *team);
    let is_limited = |case: &&CaseFile| case.records.restrictions().next().is_some();
    let far = DueContext {
        horizon: Horizon { from: context.horizon.from, until: plus_years(context.horizon.until, LATER_YEARS) },
        ..context
    };
    let later = cases()
        .filter_map(|case| visit(case, far, &snapshot))
        .filter(|demand| demand.window.ideal > context.horizon.until);
    let released = changes.iter().filter_map(|change| match change {
        Change::Released { offender_ref, on } => {
            let case = cases().find(|case| case.offender_ref == *offender_ref)?;
            Some((*on, once_released(case, *on, context, &snapshot)?))
        }
        Change::Absent { .. }
        | Change::VacancyFilled { .. }
        | Change::Leaves { .. }
        | Change::Lent { .. }
        | Change::Releases { .. }
        | Change::Level { .. } => None,
    });
    TeamInput {
        later: later.collect(),
        released: released.collect(),
        limited: cases().filter(is_limited).map(|case| case.offender_ref.clone()).collect(),
        uncounted: cases()
            .filter(|case| hidden.contains(case.offender_ref.as_str()))
            .map(|case| case.offender_ref.clone())
            .collect(),
        rates: Rates::of_record(
            file,
            team,
            |case| !hidden.contains(case.offender_ref.as_str()),
            (context.at, &context.policy.forecast),
        ),
        snapshot,
    }
}

fn visit(case: &CaseFile, context: DueContext<'_>, snapshot: &Snapshot) -> Option<Demand> {
    match due(case, context)? {
        Due::Visit(demand) => Some(Demand { shut_out: take::shut_out(case, &snapshot.officers), ..*demand }),
        Due::NoVisitRequirement(_) => None,
    }
}

/// The visit that is due to somebody in custody, were they released on a day.
fn once_released(case: &CaseFile, on: CivilDate, context: DueContext<'_>, snapshot: &Snapshot) -> Option<Demand> {
    if case.offender.status != OffenderStatus::Custody || on < context.horizon.from {
        return None;
    }
    let mut case = case.clone();
    case.offender.status = OffenderStatus::Community;
    case.offender.status_since = on;
    case.offender.community_since = Some(on);
    let horizon = Horizon { from: on, until: context.horizon.until };
    visit(&case, DueContext { at: Moment::at(london_midnight(on)), horizon, ..context }, snapshot)
}
