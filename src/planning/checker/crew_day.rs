//! The checker on crews: size, skills, access, duty, the road between doors, the break, one crew a day.

use std::collections::{BTreeMap, BTreeSet};

use super::road::{Door, Roads};
use super::{Findings, Rule, pins};
use crate::domain::calendar::CivilDate;
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::pin::PinRule;
use crate::planning::proposal::{PlannedVisit, Proposal};
use crate::planning::snapshot::{GivenCrew, OnDuty, Snapshot};

/// A crew on a day, as it is named in the proposal.
type CrewOnDay<'a> = (CivilDate, BTreeSet<&'a Ref>);

pub(super) fn check(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    let officers: BTreeMap<&Ref, &OnDuty> =
        snapshot.officers.iter().map(|officer| (&officer.officer_ref, officer)).collect();
    let mut crew_days: BTreeMap<CrewOnDay<'_>, Vec<&PlannedVisit>> = BTreeMap::new();
    for visit in &proposal.visits {
        let at = format!("{} on {}", visit.offender_ref, visit.date);
        let members: BTreeSet<&Ref> = visit.crew.iter().collect();
        findings.require(members.len() == visit.crew.len(), Rule::CrewSize, &at, "names an officer twice");
        crew(snapshot, &officers, visit, &at, findings);
        crew_days.entry((visit.date, members)).or_default().push(visit);
    }
    let roads = Roads::of(snapshot);
    let mut busy: BTreeSet<(CivilDate, &Ref)> = BTreeSet::new();
    let mut on_the_road = 0;
    for ((date, members), mut visits) in crew_days {
        let named = members.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        let at = format!("{named} on {date}");
        for member in &members {
            findings.require(
                busy.insert((date, member)),
                Rule::OneCrewADay,
                &at,
                "shares an officer with another crew",
            );
        }
        let is_given =
            |given: &GivenCrew| given.date == date && given.officer_refs.iter().collect::<BTreeSet<_>>() == members;
        let given = snapshot.crews.as_ref().is_none_or(|crews| crews.iter().any(is_given));
        findings.require(given, Rule::GivenCrew, &at, "is no crew of those given");
        visits.sort_by_key(|visit| visit.start);
        let hours: Option<Vec<(i64, i64)>> = members.iter().map(|member| duty(officers.get(*member)?, date)).collect();
        let Some(hours) = hours.filter(|hours| !hours.is_empty()) else {
            findings.broken(Rule::Shift, &at, "has an officer who is not on duty");
            continue;
        };
        let from = hours.iter().map(|(from, _)| *from).max().unwrap_or_default();
        let until = hours.iter().map(|(_, until)| *until).min().unwrap_or_default();
        on_the_road += one_day((snapshot, &roads), &visits, (from, until), &at, findings);
    }
    // Each leg may differ by the second to which it is rounded.
    let legs = i64::try_from(2 * proposal.visits.len()).unwrap_or(i64::MAX);
    let said = i64::try_from(proposal.score.travel).unwrap_or(i64::MAX);
    findings.require((said - on_the_road).abs() <= legs, Rule::Accounting, proposal.id, "miscounts its travel");
}

/// When an officer is on duty on a day, in seconds after midnight.
fn duty(officer: &OnDuty, date: CivilDate) -> Option<(i64, i64)> {
    let duty = officer.duties.iter().find(|duty| duty.date == date)?;
    Some((i64::from(duty.from.minutes()) * 60, i64::from(duty.until.minutes()) * 60))
}

/// Size, skills and access of the crew of one visit.
fn crew(
    snapshot: &Snapshot,
    officers: &BTreeMap<&Ref, &OnDuty>,
    visit: &PlannedVisit,
    at: &str,
    findings: &mut Findings,
) {
    let Some(demand) = snapshot.demands.iter().find(|demand| demand.offender_ref == visit.offender_ref) else {
        return;
    };
    let approved = demand.needs.single_crew_approved_by.is_some();
    let asked = usize::try_from(demand.needs.crew).unwrap_or(usize::MAX);
    let set_aside = |rule| pins::is_set_aside(snapshot, visit, rule, visit.window);
    let (is_large_enough, is_small) = (visit.crew.len() >= asked.max(1), set_aside(PinRule::CrewSize));
    findings.advise(is_large_enough, Rule::CrewSize, at, (is_small, "has fewer officers than asked for"));
    findings.require(visit.crew.len() >= 2 || approved, Rule::CrewSize, at, "is by one officer without an approval");
    for skill in &demand.needs.required_skills {
        let held =
            visit.crew.iter().filter_map(|member| officers.get(member)).any(|officer| officer.skills.contains(skill));
        let lacks = (set_aside(PinRule::Skills), "asks for a skill that nobody in the crew has");
        findings.advise(held, Rule::Skills, at, lacks);
    }
    for member in &demand.shut_out {
        findings.require(!visit.crew.contains(member), Rule::Access, at, "sends an officer whom the case shuts out");
    }
}

/// From leaving the base to being back: the road fits, and so does the break. Tells the seconds on the
/// road.
fn one_day(
    (snapshot, roads): (&Snapshot, &Roads<'_>),
    visits: &[&PlannedVisit],
    duty: (i64, i64),
    at: &str,
    findings: &mut Findings,
) -> i64 {
    let Some(base) = snapshot.base else {
        findings.broken(Rule::Location, at, "goes out from a base that nobody knows");
        return 0;
    };
    let mut on_the_road = 0;
    let (from, until) = duty;
    // Spells in which the crew is neither on the road nor at a door: any of them may hold the break.
    let mut free: Vec<(i64, i64)> = Vec::new();
    let base = Door { of: None, at: base };
    let (mut place, mut time) = (base, from);
    for visit in visits {
        let at_the_door = Location { latitude: visit.latitude, longitude: visit.longitude };
        let there = Door { of: Some(&visit.offender_ref), at: at_the_door };
        let road = roads.seconds(place, there);
        let start = i64::from(visit.start.minutes()) * 60;
        findings.require(start - road >= time, Rule::Travel, at, "cannot be at its next door in time");
        let said = i64::from(visit.travel_seconds_before);
        findings.require((said - road).abs() <= 1, Rule::Travel, at, "says another time on the road");
        on_the_road += road;
        free.push((time, start - road));
        (place, time) = (there, i64::from(visit.end.minutes()) * 60);
    }
    let home = roads.seconds(place, base);
    findings.require(time + home <= until, Rule::Shift, at, "is not back at its base in time");
    free.push((time, until - home));
    let breaks = &snapshot.policy.breaks;
    if until - from > i64::from(breaks.if_longer_than_minutes) * 60 {
        let (not_before, begun_by) =
            (from + i64::from(breaks.not_before_minutes) * 60, from + i64::from(breaks.begun_by_minutes) * 60);
        let holds = free.iter().any(|(begins, ends)| {
            let taken = (*begins).max(not_before);
            taken <= begun_by && taken + i64::from(breaks.minutes) * 60 <= *ends
        });
        findings.require(holds, Rule::Break, at, "has no room for its break");
    }
    on_the_road + home
}
