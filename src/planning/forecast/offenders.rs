//! Changes of whom a team visits: people who come to the community, and other levels.

use rand::seq::IndexedRandom;
use rand_pcg::Pcg64;

use super::added::SUPPOSED;
use super::change::{refused, unknown};
use super::{Rules, TeamInput};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::refusal::Refusal;
use crate::domain::risk_management_plan::VisitInterval;
use crate::planning::due::counted_from;
use crate::planning::snapshot::{Demand, DueReason, DueRule, Place, Recurrence, Window};

/// Somebody released on a day, who lives where one of the team's own does, is visited as that one is, and whose first visit
/// is due within the policy's days.
pub(super) fn like_one_of(
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

pub(super) fn release(teams: &mut [TeamInput], offender: &Ref, on: CivilDate) -> Result<(), Refusal> {
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

pub(super) fn recurrence(demand: &Demand, interval: VisitInterval) -> Result<Recurrence, Refusal> {
    let plan = demand.recurrence.as_ref().map(|recurrence| recurrence.plan_ref.clone());
    let plan_ref = match plan.or_else(|| demand.why.plan_ref.clone()) {
        Some(plan) => plan,
        None => Ref::new(format!("{SUPPOSED}plan")).map_err(|error| refused("", error.to_string()))?,
    };
    Ok(Recurrence { plan_ref, interval, steps: Vec::new() })
}

/// A visit due by the plan is due by the new one from the same day; one that an event asks for stays as it is.
pub(super) fn level(
    teams: &mut [TeamInput],
    offender: &Ref,
    (risk, interval): (RiskLevel, VisitInterval),
) -> Result<(), Refusal> {
    let is_it = |demand: &Demand| demand.offender_ref == *offender;
    for team in teams {
        let due = team.snapshot.demands.extract_if(.., |demand| is_it(demand));
        let later = team.later.extract_if(.., |demand| is_it(demand));
        let found: Vec<Demand> = due.chain(later).collect();
        if let Some(mut demand) = found.into_iter().next() {
            demand.risk = Some(risk);
            demand.recurrence = Some(recurrence(&demand, interval)?);
            if demand.why.rule.is_counted_from_a_visit() {
                demand.window = counted_from(demand.why.counted_from, interval);
                demand.why.interval = Some(interval);
                demand.why.step_until = None;
            }
            let is_due = demand.window.ideal <= demand.last_day_due(team.snapshot.horizon);
            if is_due {
                team.snapshot.demands.push(demand);
            } else {
                team.later.push(demand);
            }
            return Ok(());
        }
        if team.snapshot.without_requirement.contains(offender) {
            return Err(refused("/offender_ref", "no plan of the offender's asks for visits: approve one first"));
        }
    }
    Err(unknown("/offender_ref", "no visit is due to an offender of that reference in the teams of the forecast"))
}
