//! The checker on pins: each stays to the minute or is told as dropped, with a rule that it breaks; and what a person keeps
//! against advice breaks the rules that were set aside for it, and no others.

use std::collections::BTreeSet;

use super::{Findings, Rule};
use crate::domain::reference::Ref;
use crate::domain::working_time::DayOfWeek;
use crate::planning::pin::{DroppedPin, Pin, PinRule};
use crate::planning::proposal::{PlannedVisit, Proposal};
use crate::planning::snapshot::{Demand, Snapshot, Window};

/// The pin that a planned visit is, to the minute and the officer.
fn of<'a>(snapshot: &'a Snapshot, visit: &PlannedVisit) -> Option<&'a Pin> {
    snapshot.pins.iter().find(|pin| is_kept_by(pin, visit))
}

fn is_kept_by(pin: &Pin, visit: &PlannedVisit) -> bool {
    let crew = |crew: &[Ref]| crew.iter().cloned().collect::<BTreeSet<Ref>>();
    (&pin.offender_ref, pin.date, pin.start, &pin.address_ref)
        == (&visit.offender_ref, visit.date, visit.start, &visit.address_ref)
        && crew(&pin.crew) == crew(&visit.crew)
}

/// True where a person has set a rule aside for a visit, whose window is this one.
pub(super) fn is_set_aside(snapshot: &Snapshot, visit: &PlannedVisit, rule: PinRule, window: Window) -> bool {
    let Some(advice) = of(snapshot, visit).and_then(|pin| pin.pinned.against_advice.as_ref()) else { return false };
    let of_days = matches!(rule, PinRule::Window | PinRule::ChainGap);
    // A window that has become tighter than the one that the person was told of was not set aside.
    let later = visit.date > window.latest && window.latest < advice.window.latest;
    let sooner = visit.date < window.earliest && window.earliest > advice.window.earliest;
    rule.may_be_set_aside() && advice.rules.contains(&rule) && !(of_days && (later || sooner))
}

pub(super) fn check(snapshot: &Snapshot, proposal: &Proposal, findings: &mut Findings) {
    for pin in &snapshot.pins {
        let at = format!("{} on {}", pin.offender_ref, pin.date);
        let kept = proposal.visits.iter().filter(|visit| is_kept_by(pin, visit)).count();
        let dropped: Vec<&DroppedPin> = proposal.dropped_pins.iter().filter(|dropped| dropped.pin == *pin).collect();
        findings.require(
            kept + dropped.len() == 1,
            Rule::Pinned,
            &at,
            "is pinned, and neither kept nor told as dropped",
        );
        for dropped in dropped {
            let is_so = |rule: &PinRule| is_broken(snapshot, proposal, pin, *rule);
            let holds = !dropped.rules.is_empty() && dropped.rules.iter().all(is_so);
            findings.require(holds, Rule::Pinned, &at, "was dropped for a rule that it does not break");
        }
    }
    for dropped in &proposal.dropped_pins {
        let pin = &dropped.pin;
        let at = format!("{} on {}", pin.offender_ref, pin.date);
        findings.require(snapshot.pins.contains(pin), Rule::Pinned, at, "is told as dropped, and was never pinned");
    }
    for visit in &proposal.visits {
        let at = format!("{} on {}", visit.offender_ref, visit.date);
        let pinned = of(snapshot, visit).map(|pin| &pin.pinned);
        findings.require(visit.pinned.as_ref() == pinned, Rule::Pinned, at, "says otherwise of who pinned it");
    }
}

/// True where a pin breaks a rule, as far as the snapshot's facts and the visits planned tell. Whether it is outside its window
/// depends on the visits before it, and whether its crew's day was full on the others pinned: of these no more is asked than
/// that they can be so.
fn is_broken(snapshot: &Snapshot, proposal: &Proposal, pin: &Pin, rule: PinRule) -> bool {
    let Some(demand) = snapshot.demands.iter().find(|demand| demand.offender_ref == pin.offender_ref) else {
        return rule == PinRule::NotDue;
    };
    let others = || snapshot.pins.iter().filter(|other| other.date == pin.date && *other != pin);
    let weekday = DayOfWeek::of(pin.date);
    let ends = u32::from(pin.start.minutes()) + demand.needs.duration_minutes;
    let on_duty = |officer: &Ref| {
        let named = snapshot.officers.iter().find(|named| named.officer_ref == *officer);
        named.is_some_and(|named| named.duties.iter().any(|duty| duty.date == pin.date))
    };
    let is_held = |skill: &String| {
        let mut in_crew = snapshot.officers.iter().filter(|officer| pin.crew.contains(&officer.officer_ref));
        in_crew.any(|officer| officer.skills.contains(skill))
    };
    let asked = usize::try_from(demand.needs.crew).unwrap_or(usize::MAX);
    match rule {
        PinRule::Window | PinRule::ChainGap => {
            let first = pin.date < demand.window.earliest || pin.date > demand.window.latest;
            first || proposal_has_another(proposal, pin) || demand.recurrence.is_some()
        }
        PinRule::TimeOfDay => {
            let windows = &demand.needs.time_windows;
            !windows.is_empty()
                && !windows.iter().any(|window| {
                    window.weekdays.contains(&weekday)
                        && window.from <= pin.start
                        && ends <= u32::from(window.until.minutes())
                })
        }
        PinRule::JointAgency => {
            let hours = &snapshot.policy.joint_agency_hours;
            let can_come = hours.weekdays.contains(&weekday)
                && hours.from <= pin.start
                && ends <= u32::from(hours.until.minutes());
            demand.needs.joint_agency.is_some() && !can_come
        }
        PinRule::Skills => !demand.needs.required_skills.iter().all(is_held),
        PinRule::CrewSize => pin.crew.len() < asked,
        PinRule::OutsideHorizon => pin.date < snapshot.horizon.from || snapshot.horizon.until < pin.date,
        // Of an offender who owes a visit, that is so of a second where no plan asks for one in the days planned.
        PinRule::NotDue | PinRule::OneVisitADay => proposal_has_another(proposal, pin) || others().next().is_some(),
        PinRule::Location => !is_at_home(snapshot, demand, pin),
        PinRule::NotificationEnded => demand.notification_ends_on.is_some_and(|ends| ends < pin.date),
        PinRule::LimitedAccess => pin.crew.iter().any(|officer| demand.shut_out.contains(officer)),
        PinRule::SingleCrew => pin.crew.len() == 1 && demand.needs.single_crew_approved_by.is_none(),
        PinRule::OfficerNotOnDuty => pin.crew.is_empty() || !pin.crew.iter().all(on_duty),
        PinRule::OneCrewADay => others().any(|other| other.crew.iter().any(|officer| pin.crew.contains(officer))),
        PinRule::CrewDayFull => pin.crew.iter().all(on_duty),
    }
}

fn proposal_has_another(proposal: &Proposal, pin: &Pin) -> bool {
    proposal.visits.iter().any(|visit| visit.offender_ref == pin.offender_ref)
}

fn is_at_home(snapshot: &Snapshot, demand: &Demand, pin: &Pin) -> bool {
    snapshot.base.is_some()
        && demand.place.as_ref().is_some_and(|place| {
            place.location.is_some()
                && place.address_ref == pin.address_ref
                && place.resident_from <= pin.date
                && place.resident_until.is_none_or(|until| pin.date <= until)
        })
}
