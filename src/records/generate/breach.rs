//! Breaches with and without a crime report, a decision and its reason.

use std::io;

use chrono::{Datelike, TimeDelta};

use super::case::{Case, Flaw, Path};
use super::chance::Chance;
use super::event::{Feed, reference};
use super::shares;
use super::when::{at_hour, at_minute};
use super::world::World;
use crate::domain::breach::{Breach, BreachCrime, BreachDecision, BreachDecisionKind, BreachKind};
use crate::domain::calendar::Instant;
use crate::domain::crime_report::{CrimeReport, CrimeReportState};
use crate::domain::record::Record;
use crate::domain::reference::Ref;

const FAILURES: [(&str, &str); 5] = [
    ("s.91(1)(a)", "Yearly confirmation made late."),
    ("s.91(1)(a)", "A name used online that was not notified."),
    ("s.91(1)(a)", "A bank card that was not notified."),
    ("s.91(1)(a)", "Stayed at another address for ten days without notifying it."),
    ("s.91(1)(b)", "Gave an address where he does not live."),
];

const ORDER_FAILURES: [&str; 3] = [
    "A second telephone with access to the internet, not shown.",
    "Internet history deleted on two days.",
    "Found with a family with children, without approval.",
];

const RATIONALES: [&str; 4] = [
    "First failure, promptly put right; words of advice given and recorded.",
    "Evidence sufficient and prosecution in the public interest.",
    "No evidence that the duty was understood; explained again and recorded.",
    "Reasonable excuse shown: in hospital on the day.",
];

/// Writes the breaches of a case with their crime reports.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, order: Option<&Ref>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("breach", case.number);
    let chance = &mut chance;
    let breached = match case.path {
        Path::Active => chance.happens(shares::BREACH),
        Path::Steady | Path::Reactive { .. } => case.has_flaw(Flaw::Breach),
    };
    if !breached {
        return Ok(());
    }
    for number in 1..=chance.weighted(&[(1, 850)], 2) {
        let most = if case.path == Path::Active { 900 } else { 400 };
        let ago = chance.between(1, most.min(case.registered.max(2)));
        let discovered_at = at_minute(world.ago(ago), chance.between(8 * 12, 18 * 12) * 5);
        let crime = (!chance.happens(shares::NO_CRIME_REPORT)).then(|| crime(case, number, discovered_at, chance));
        let crime = crime.transpose()?;
        let subject = reference(format!("{}-b{number}", case.reference))?;
        let of_order = order.filter(|_| chance.happens(500));
        let (provision, summary) = match of_order {
            Some(_) => ("s.103I", chance.text(&ORDER_FAILURES)),
            None => chance.pick(&FAILURES).copied().unwrap_or_default(),
        };
        let record = Breach {
            offender_ref: case.reference.clone(),
            kind: if of_order.is_some() { BreachKind::Order } else { BreachKind::Notification },
            provision: provision.to_owned(),
            first_failure_on: world.ago(ago + chance.between(0, 40)),
            discovered_at,
            summary: summary.to_owned(),
            order_ref: of_order.cloned(),
            crime: crime.clone(),
            decision: decision(world, case, ago, chance),
            casework: Box::default(),
        };
        feed.put(&subject, at_hour(world.ago(ago.min(chance.between(1, 20))), 20), &Record::Breach(record))?;
        if let Some(crime) = crime {
            crime_report(world, case, &subject, crime, ago, chance, feed)?;
        }
    }
    Ok(())
}

/// A crime recorded within 20 hours, by a number no other breach of the force has.
fn crime(case: &Case<'_>, number: u32, discovered_at: Instant, chance: &mut Chance) -> io::Result<BreachCrime> {
    let recorded_at = discovered_at + TimeDelta::minutes(i64::from(chance.between(30, 300)));
    let reference = reference(format!("INV/{:07}{number}/{:02}", case.number + 1, discovered_at.year() % 100))?;
    Ok(BreachCrime { reference, recorded_at, cancellation: None })
}

fn decision(world: &World<'_>, case: &Case<'_>, ago: u32, chance: &mut Chance) -> Option<BreachDecision> {
    if ago < 3 || chance.happens(shares::NO_DECISION) {
        return None;
    }
    let kind = chance.weighted(
        &[
            (BreachDecisionKind::WordsOfAdvice, 300),
            (BreachDecisionKind::Charge, 250),
            (BreachDecisionKind::NoFurtherAction, 250),
            (BreachDecisionKind::Caution, 80),
            (BreachDecisionKind::OutOfCourt, 40),
        ],
        BreachDecisionKind::NoCrime,
    );
    let supervisor = world.staff.supervisor_of(case.manager.team).filter(|_| chance.happens(400));
    let decided_by = supervisor.unwrap_or(&case.manager.reference).clone();
    let bare = kind != BreachDecisionKind::Charge && chance.happens(shares::NO_RATIONALE);
    Some(BreachDecision {
        kind,
        rationale: if bare { String::new() } else { chance.text(&RATIONALES).to_owned() },
        decided_by,
        decided_at: at_hour(world.ago(ago - chance.between(1, (ago - 1).min(30))), 11),
    })
}

/// What the crime system says of the number; now and then that it was cancelled.
fn crime_report(
    world: &World<'_>,
    case: &Case<'_>,
    breach: &Ref,
    crime: BreachCrime,
    ago: u32,
    chance: &mut Chance,
    feed: &mut Feed<'_>,
) -> io::Result<()> {
    if chance.happens(300) {
        return Ok(());
    }
    let cancelled = ago > 40 && chance.happens(80);
    let cancelled_at = cancelled.then(|| at_hour(world.ago(chance.between(1, 30)), 14));
    let record = CrimeReport {
        reference: crime.reference.clone(),
        state: if cancelled { CrimeReportState::Cancelled } else { CrimeReportState::Recorded },
        recorded_at: crime.recorded_at,
        breach_ref: Some(breach.clone()),
        offender_ref: Some(case.reference.clone()),
        cancelled_at,
        reason: cancelled.then(|| "Additional verifiable information.".to_owned()),
    };
    feed.put(&crime.reference, cancelled_at.unwrap_or(crime.recorded_at), &Record::CrimeReport(record))
}
