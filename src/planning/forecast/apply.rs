//! Making changes on the snapshots of teams, one after the other; what cannot be made is refused with its place in what was
//! sent.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::added::{commonest_pattern, duties, reference};
use super::change::{Change, horizon, refused, sound, span, unknown, within, within_limits};
use super::offenders::{level, like_one_of, recurrence, release};
use super::{Rules, TeamInput};
use crate::domain::calendar::{CivilDate, days_between, plus_days};
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::planning::snapshot::{Demand, OnDuty};
use crate::planning::take::thaw_what_cannot_stay;

/// Makes changes, one after the other.
///
/// # Errors
/// With the place of the first that cannot be made.
pub fn apply(teams: &mut [TeamInput], changes: &[Change], seed: u64, rules: Rules<'_>) -> Result<(), Refusal> {
    within_limits(changes)?;
    for (at, change) in changes.iter().enumerate() {
        let number = u64::try_from(at).unwrap_or_default();
        let mut chance = Pcg64::seed_from_u64(seed.wrapping_add(number));
        make(teams, change, (at, &mut chance), rules).map_err(|refusal| refusal.within(&format!("/changes/{at}")))?;
    }
    if !changes.is_empty() {
        for team in teams {
            team.snapshot.demands.sort_by(|a, b| a.offender_ref.cmp(&b.offender_ref));
            team.snapshot = thaw_what_cannot_stay(team.snapshot.clone());
        }
    }
    Ok(())
}

fn make(
    teams: &mut [TeamInput],
    change: &Change,
    (at, chance): (usize, &mut Pcg64),
    rules: Rules<'_>,
) -> Result<(), Refusal> {
    match change {
        Change::Absent { officer_ref, from, until } => {
            span(horizon(teams), (*from, *until))?;
            off(teams, officer_ref, |day| *from <= day && day <= *until).map(drop)
        }
        Change::VacancyFilled { team_ref, from, skills } => {
            within(horizon(teams), "/from", *from)?;
            let team = the_team(teams, team_ref.as_ref())?;
            let duties =
                duties(&commonest_pattern(&team.snapshot), (*from, team.snapshot.horizon.until), rules.bank_holidays);
            if duties.is_empty() {
                return Err(refused(
                    "/team_ref",
                    "the team has nobody on duty from that day whose shifts could be taken",
                ));
            }
            let officer_ref = supposed(team, &format!("officer-{}", at + 1))?;
            team.take_on(OnDuty { officer_ref, skills: skills.clone(), duties });
            Ok(())
        }
        Change::Leaves { officer_ref, last_day } => {
            within(horizon(teams), "/last_day", *last_day)?;
            off(teams, officer_ref, |day| day > *last_day).map(drop)
        }
        Change::Lent { officer_ref, to_team_ref, from, until } => {
            span(horizon(teams), (*from, *until))?;
            lend(teams, officer_ref, to_team_ref, (*from, *until))
        }
        Change::Releases { team_ref, count, from, until, risk, interval } => {
            let last = until.unwrap_or(*from);
            within(horizon(teams), "/from", *from)?;
            within(horizon(teams), "/until", last)?;
            span(horizon(teams), (*from, last))?;
            interval.map_or(Ok(()), sound)?;
            let team = the_team(teams, team_ref.as_ref())?;
            for number in 0..*count {
                let name = supposed(team, &format!("release-{}-{}", at + 1, number + 1))?;
                let day = plus_days(*from, chance.random_range(0..=days(*from, last)));
                let demand = like_one_of(team, chance, rules, (name, day))?;
                let recurrence = match (interval, &demand.recurrence) {
                    (Some(interval), _) => Some(recurrence(&demand, *interval)?),
                    (None, recurrence) => recurrence.clone(),
                };
                team.snapshot.demands.push(Demand { risk: risk.or(demand.risk), recurrence, ..demand });
            }
            Ok(())
        }
        Change::Released { offender_ref, on } => {
            within(horizon(teams), "/on", *on)?;
            release(teams, offender_ref, *on)
        }
        Change::Level { offender_ref, risk, interval } => {
            sound(*interval)?;
            level(teams, offender_ref, (*risk, *interval))
        }
    }
}

fn days(from: CivilDate, until: CivilDate) -> u32 {
    u32::try_from(days_between(from, until)).unwrap_or_default()
}

/// The team named, or the only one.
fn the_team<'a>(teams: &'a mut [TeamInput], named: Option<&Ref>) -> Result<&'a mut TeamInput, Refusal> {
    if named.is_none() && teams.len() != 1 {
        return Err(refused("/team_ref", "say which team: more than one is asked for"));
    }
    let is_it = |team: &&mut TeamInput| named.is_none_or(|named| team.snapshot.team_ref == *named);
    teams.iter_mut().find(is_it).ok_or_else(|| unknown("/team_ref", "the forecast is not of a team of that reference"))
}

fn supposed(team: &TeamInput, name: &str) -> Result<Ref, Refusal> {
    reference(&team.snapshot, name).map_err(|error| refused("", error.to_string()))
}

fn off(
    teams: &mut [TeamInput],
    officer: &Ref,
    is_off: impl Fn(CivilDate) -> bool + Copy,
) -> Result<Vec<OnDuty>, Refusal> {
    let mut taken = Vec::new();
    for team in teams.iter_mut() {
        let known = team.snapshot.officers.iter().find(|known| known.officer_ref == *officer);
        if let Some(skills) = known.map(|known| known.skills.clone()) {
            let duties = team.take_off(officer, is_off);
            taken.push(OnDuty { officer_ref: officer.clone(), skills, duties });
        }
    }
    if taken.is_empty() {
        let detail = "no officer of that reference is on duty in the days and teams of the forecast";
        return Err(unknown("/officer_ref", detail));
    }
    Ok(taken)
}

fn lend(
    teams: &mut [TeamInput],
    officer: &Ref,
    to: &Ref,
    (from, until): (CivilDate, CivilDate),
) -> Result<(), Refusal> {
    let borrower = teams.iter().position(|team| team.snapshot.team_ref == *to);
    let borrower =
        borrower.ok_or_else(|| unknown("/to_team_ref", "the forecast is not of a team of that reference"))?;
    let elsewhere = |team: &TeamInput| team.snapshot.officers.iter().any(|known| known.officer_ref == *officer);
    let is_there = teams.get(borrower).is_some_and(elsewhere);
    if is_there && teams.iter().filter(|team| elsewhere(team)).count() == 1 {
        return Err(refused("/to_team_ref", "the officer works for that team already"));
    }
    let lent = off(teams, officer, |day| from <= day && day <= until)?;
    if let Some(borrower) = teams.get_mut(borrower) {
        for officer in lent.into_iter().filter(|officer| !officer.duties.is_empty()) {
            borrower.take_on(officer);
        }
    }
    Ok(())
}
