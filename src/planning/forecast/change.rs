//! What might be: leave, vacancies filled, leavers, loans, releases and other levels, made on the snapshots of teams.
//!
//! Each is checked where it is made, in the order in which they are asked for; what cannot be made is refused with its
//! place in what was sent.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::added::{SUPPOSED, commonest_pattern, duties, reference};
use super::{Rules, TeamInput};
use crate::domain::calendar::{CivilDate, days_between, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::risk_management_plan::VisitInterval;
use crate::planning::due::counted_from;
use crate::planning::snapshot::{Demand, DueReason, DueRule, Horizon, OnDuty, Place, Recurrence, Window};
use crate::planning::take::thaw_what_cannot_stay;

/// Changes at most in one forecast.
pub const MAX_CHANGES: usize = 100;

/// Releases at most in one change.
pub const MAX_RELEASES: u32 = 500;

/// The longest interval of a plan that is supposed, in days: five years.
const MAX_INTERVAL_DAYS: u32 = 1_830;

/// One thing that might be. Days are both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// An officer is away.
    Absent {
        /// Who.
        officer_ref: Ref,
        /// First day away.
        from: CivilDate,
        /// Last day away.
        until: CivilDate,
    },
    /// A vacancy is filled: one more officer, on shifts like the team's commonest.
    VacancyFilled {
        /// The team; may be left out where one alone is asked for.
        team_ref: Option<Ref>,
        /// First day on duty.
        from: CivilDate,
        /// What the officer can do that a visit may ask for.
        #[serde(default)]
        skills: Vec<String>,
    },
    /// An officer leaves.
    Leaves {
        /// Who.
        officer_ref: Ref,
        /// The last day on duty.
        last_day: CivilDate,
    },
    /// An officer is lent to another team.
    Lent {
        /// Who.
        officer_ref: Ref,
        /// To which team.
        to_team_ref: Ref,
        /// First day there.
        from: CivilDate,
        /// Last day there.
        until: CivilDate,
    },
    /// So many people, not known yet, come to the community: each like one of the team's own, drawn by the seed.
    Releases {
        /// The team; may be left out where one alone is asked for.
        team_ref: Option<Ref>,
        /// How many.
        count: u32,
        /// The first day on which one is released.
        from: CivilDate,
        /// The last; all on the first where it is left out.
        until: Option<CivilDate>,
        /// Their ARMS level; that of whom they are like where it is left out.
        risk: Option<RiskLevel>,
        /// How often their plans ask for visits; as whom they are like where it is left out.
        interval: Option<VisitInterval>,
    },
    /// An offender in custody is released.
    Released {
        /// Who.
        offender_ref: Ref,
        /// When.
        on: CivilDate,
    },
    /// An offender's level and plan change, as if from the last visit.
    Level {
        /// Who.
        offender_ref: Ref,
        /// The new ARMS level.
        risk: RiskLevel,
        /// How often the new plan asks for visits.
        interval: VisitInterval,
    },
}

fn refused(member: &str, detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::NotAcceptable, detail).at(member)
}

fn unknown(member: &str, detail: &str) -> Refusal {
    Refusal::new(RefusalCode::UnknownReference, detail).at(member)
}

/// Makes changes, one after the other.
///
/// # Errors
/// With the place of the first that cannot be made.
pub fn apply(teams: &mut [TeamInput], changes: &[Change], seed: u64, rules: Rules<'_>) -> Result<(), Refusal> {
    if changes.len() > MAX_CHANGES {
        return Err(refused("/changes", format!("there are at most {MAX_CHANGES} changes")));
    }
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
            if *count == 0 || *count > MAX_RELEASES {
                return Err(refused("/count", format!("the count is 1 to {MAX_RELEASES}")));
            }
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

fn horizon(teams: &[TeamInput]) -> Option<Horizon> {
    teams.first().map(|team| team.snapshot.horizon)
}

fn within(horizon: Option<Horizon>, member: &str, day: CivilDate) -> Result<(), Refusal> {
    match horizon.filter(|horizon| !horizon.contains(day)) {
        Some(Horizon { from, until }) => {
            Err(refused(member, format!("the day lies in the days foreseen, {from} to {until}")))
        }
        None => Ok(()),
    }
}

fn span(horizon: Option<Horizon>, (from, until): (CivilDate, CivilDate)) -> Result<(), Refusal> {
    if until < from {
        return Err(refused("/until", "the last day is not before the first"));
    }
    match horizon.filter(|horizon| until < horizon.from || horizon.until < from) {
        Some(Horizon { from, until }) => {
            Err(refused("/from", format!("some of it lies in the days foreseen, {from} to {until}")))
        }
        None => Ok(()),
    }
}

fn days(from: CivilDate, until: CivilDate) -> u32 {
    u32::try_from(days_between(from, until)).unwrap_or_default()
}

/// Day counts that a plan can have: a visit is not before the earliest day, best on the ideal one, not after the latest.
fn sound(interval: VisitInterval) -> Result<(), Refusal> {
    let VisitInterval { interval_days, earliest_after_days, latest_after_days } = interval;
    let in_order = 1 <= earliest_after_days
        && earliest_after_days <= interval_days
        && interval_days <= latest_after_days
        && latest_after_days <= MAX_INTERVAL_DAYS;
    let detail =
        format!("earliest_after_days, interval_days and latest_after_days rise, from 1 to {MAX_INTERVAL_DAYS}");
    if in_order { Ok(()) } else { Err(refused("/interval", detail)) }
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

/// Somebody released on a day, who lives where one of the team's own does, is visited as that one is, and whose first visit
/// is due within the policy's days.
fn like_one_of(
    team: &TeamInput,
    chance: &mut Pcg64,
    rules: Rules<'_>,
    (offender_ref, on): (Ref, CivilDate),
) -> Result<Demand, Refusal> {
    let placed = |demand: &&Demand| demand.place.as_ref().is_some_and(|place| place.location.is_some());
    // Not like a case of limited access: its place is not to be guessed at, nor those who may go.
    let open = |demand: &&Demand| !team.limited.contains(&demand.offender_ref);
    let like: Vec<&Demand> = team.snapshot.demands.iter().chain(&team.later).filter(placed).filter(open).collect();
    let like =
        like.choose(chance).ok_or_else(|| refused("/team_ref", "nobody of the team has a known place to be like"))?;
    let place = like.place.as_ref().map(|place| Place {
        address_ref: offender_ref.clone(),
        location: place.location,
        resident_from: on,
        resident_until: None,
    });
    Ok(Demand {
        offender_ref,
        manager_ref: None,
        place,
        notification_ends_on: None,
        window: Window { earliest: on, ideal: on, latest: plus_days(on, rules.policy.first_visit_days) },
        why: DueReason {
            rule: DueRule::FirstVisit,
            plan_ref: None,
            interval: None,
            step_until: None,
            counted_from: on,
            fact: "supposed to come to the community".to_owned(),
            record_ref: None,
            last_qualifying_visit_on: None,
        },
        shut_out: Vec::new(),
        ..(*like).clone()
    })
}

fn release(teams: &mut [TeamInput], offender: &Ref, on: CivilDate) -> Result<(), Refusal> {
    for team in teams {
        let is_it = |(day, demand): &&(CivilDate, Demand)| demand.offender_ref == *offender && *day == on;
        let Some((_, demand)) = team.released.iter().find(is_it).cloned() else { continue };
        if team.snapshot.demands.iter().any(|known| known.offender_ref == *offender) {
            return Err(refused("/offender_ref", "a visit is due to the offender already"));
        }
        team.snapshot.demands.push(demand);
        return Ok(());
    }
    Err(unknown("/offender_ref", "no offender of that reference is in custody and of a team of the forecast"))
}

fn recurrence(demand: &Demand, interval: VisitInterval) -> Result<Recurrence, Refusal> {
    let plan = demand.recurrence.as_ref().map(|recurrence| recurrence.plan_ref.clone());
    let plan_ref = match plan.or_else(|| demand.why.plan_ref.clone()) {
        Some(plan) => plan,
        None => Ref::new(format!("{SUPPOSED}plan")).map_err(|error| refused("", error.to_string()))?,
    };
    Ok(Recurrence { plan_ref, interval, steps: Vec::new() })
}

/// A visit due by the plan is due by the new one from the same day; one that an event asks for stays as it is.
fn level(teams: &mut [TeamInput], offender: &Ref, (risk, interval): (RiskLevel, VisitInterval)) -> Result<(), Refusal> {
    let is_it = |demand: &Demand| demand.offender_ref == *offender;
    for team in teams {
        let due = team.snapshot.demands.extract_if(.., |demand| is_it(demand));
        let later = team.later.extract_if(.., |demand| is_it(demand));
        let found: Vec<Demand> = due.chain(later).collect();
        if let Some(mut demand) = found.into_iter().next() {
            demand.risk = Some(risk);
            demand.recurrence = Some(recurrence(&demand, interval)?);
            match demand.why.rule {
                DueRule::PlanInterval | DueRule::PlanStep | DueRule::AfterPlannedVisit => {
                    demand.window = counted_from(demand.why.counted_from, interval);
                    demand.why.interval = Some(interval);
                    demand.why.step_until = None;
                }
                DueRule::FirstVisit
                | DueRule::ReturnToCommunity
                | DueRule::NewAddress
                | DueRule::ReturnFromReactiveManagement
                | DueRule::ReactiveManagementSuspended
                | DueRule::Breach
                | DueRule::RiskRelevantIntelligence
                | DueRule::ArmsRaised
                | DueRule::FailedAttempt => {}
            }
            let is_due = demand.window.ideal <= demand.last_day_due(team.snapshot.horizon);
            if is_due {
                team.snapshot.demands.push(demand)
            } else {
                team.later.push(demand)
            }
            return Ok(());
        }
        if team.snapshot.without_requirement.contains(offender) {
            return Err(refused("/offender_ref", "no plan of the offender's asks for visits: approve one first"));
        }
    }
    Err(unknown("/offender_ref", "no visit is due to an offender of that reference in the teams of the forecast"))
}

impl Change {
    /// The offender whom the change names.
    #[must_use]
    pub const fn offender(&self) -> Option<&Ref> {
        match self {
            Self::Released { offender_ref, .. } | Self::Level { offender_ref, .. } => Some(offender_ref),
            Self::Absent { .. }
            | Self::VacancyFilled { .. }
            | Self::Leaves { .. }
            | Self::Lent { .. }
            | Self::Releases { .. } => None,
        }
    }
}
