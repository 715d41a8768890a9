//! Visits and contacts: seen at home, put off by telephone, nobody in, one officer alone.

use std::io;

use super::case::{Case, Path};
use super::chance::Chance;
use super::event::{Feed, reference};
use super::shares;
use super::when::{at_hour, at_minute};
use super::world::World;
use crate::domain::calendar::Instant;
use crate::domain::record::{Record, RecordKind};
use crate::domain::risk_management_plan::VisitInterval;
use crate::domain::visit::{Visit, VisitMode, VisitOutcome};
use crate::domain::working_time::DayOfWeek;

const SEEN: [&str; 6] = [
    "Seen at home, rooms shown, devices looked at.",
    "Seen at home. Calm, in work, no concerns raised.",
    "Seen at home. Room untidy; low in mood; support offered.",
    "Seen at home with a visitor, whose details were taken.",
    "Seen at home. One new telephone shown and noted.",
    "Seen at home. Neighbours' dispute discussed.",
];

const REMOTE: [&str; 4] = [
    "Spoken to by telephone; says all is well.",
    "Spoken to on the doorstep because of restrictions.",
    "Welfare call; home not seen.",
    "Contact made instead of the visit that was due.",
];

const FAILED: [&str; 3] =
    ["No reply; lights on.", "No reply; card not left.", "No reply; neighbour says he is at work."];

/// One visit to be written.
struct Made {
    ago: u32,
    mode: VisitMode,
    outcome: VisitOutcome,
    inspected: bool,
    entry_sought: bool,
    alone: bool,
}

/// Writes the visits of a case, oldest first.
pub(super) fn write(
    world: &World<'_>,
    case: &Case<'_>,
    interval: VisitInterval,
    feed: &mut Feed<'_>,
) -> io::Result<()> {
    let mut chance = world.chance("visit", case.number);
    let chance = &mut chance;
    let mut made = visits(case, interval, chance);
    for visit in &mut made {
        visit.ago -= u32::from(visit.ago > 1 && DayOfWeek::of(world.ago(visit.ago)) == DayOfWeek::Sun);
    }
    made.sort_by_key(|visit| std::cmp::Reverse(visit.ago));
    for (number, visit) in (1_u32..).zip(&made) {
        let subject = reference(format!("{}-v{number}", case.reference))?;
        let attempted_at = at_minute(world.ago(visit.ago), chance.between(9 * 12, 19 * 12) * 5);
        let record = record(world, case, visit, attempted_at, chance);
        feed.put(&subject, at_hour(world.ago(visit.ago), 22), &Record::Visit(record.clone()))?;
        if visit.ago > 2 && chance.happens(3) {
            let twice = reference(format!("{subject}-again"))?;
            feed.put(&twice, at_hour(world.ago(visit.ago), 23), &Record::Visit(record))?;
            let found = at_hour(world.ago(visit.ago - 1), 8);
            feed.withdraw(RecordKind::Visit, &twice, found, "Entered twice.")?;
        }
    }
    Ok(())
}

fn visits(case: &Case<'_>, interval: VisitInterval, chance: &mut Chance) -> Vec<Made> {
    let Some(last) = last_seen(case, interval, chance) else {
        return since_last(case, case.standing, chance);
    };
    let alone = chance.happens(shares::VISITED_ALONE);
    let mut made = Vec::new();
    let mut ago = last;
    for number in 0..chance.between(3, 7) {
        if ago >= case.standing && case.in_community() {
            break;
        }
        made.push(Made { alone: number == 0 && alone, ..Made::at_home(ago) });
        ago += chance.between(interval.earliest_after_days, interval.latest_after_days + 30);
    }
    if made.is_empty() {
        return since_last(case, case.standing, chance);
    }
    if case.in_community() {
        made.extend(since_last(case, last, chance));
    }
    made
}

impl Made {
    const fn at_home(ago: u32) -> Self {
        let (mode, outcome) = (VisitMode::Home, VisitOutcome::Seen);
        Self { ago, mode, outcome, inspected: true, entry_sought: false, alone: false }
    }
}

/// How long ago the offender was last seen at home.
fn last_seen(case: &Case<'_>, interval: VisitInterval, chance: &mut Chance) -> Option<u32> {
    let latest = interval.latest_after_days;
    match case.path {
        Path::Active if !case.in_community() => chance.happens(400).then(|| case.standing + chance.between(5, 90)),
        Path::Active if case.standing <= 15 => chance.happens(500).then(|| chance.between(1, case.standing)),
        Path::Active if chance.happens(shares::VISIT_OVERDUE) => Some(latest + chance.between(5, 480)),
        Path::Active => Some(chance.between(1, (latest * 9 / 10).min(case.standing))),
        Path::Steady => Some(chance.between(5, 300)),
        Path::Reactive { entered, .. } => Some(entered + chance.between(5, 200)),
    }
}

/// What came after that: contact that did not show the home, and doors that stayed shut.
fn since_last(case: &Case<'_>, last: u32, chance: &mut Chance) -> Vec<Made> {
    let mut made = Vec::new();
    if case.path != Path::Active || !case.in_community() || last < 12 {
        return made;
    }
    // A long time since the last visit is what put-off visits look like.
    if last > 60 && chance.happens(shares::PUT_OFF_BY_REMOTE_CONTACT) {
        for _ in 0..chance.between(1, 3) {
            let mode = chance.weighted(
                &[
                    (VisitMode::Phone, 600),
                    (VisitMode::Doorstep, 260),
                    (VisitMode::Station, 60),
                    (VisitMode::Video, 50),
                ],
                VisitMode::Office,
            );
            let ago = chance.between(2, (last - 5).min(340));
            made.push(Made { mode, inspected: false, alone: true, ..Made::at_home(ago) });
        }
    }
    let lived_here = case.homes.first().map_or(0, |home| home.since).min(last - 1).min(170);
    if lived_here > 10 && chance.happens(shares::ENTRY_SOUGHT) {
        for _ in 0..2 {
            let outcome = chance.weighted(&[(VisitOutcome::NoReply, 600)], VisitOutcome::RefusedEntry);
            let ago = chance.between(2, lived_here - 1);
            made.push(Made { outcome, inspected: false, entry_sought: true, ..Made::at_home(ago) });
        }
    } else if chance.happens(130) {
        let outcome = chance.weighted(&[(VisitOutcome::NoReply, 850)], VisitOutcome::Abandoned);
        made.push(Made { outcome, inspected: false, ..Made::at_home(chance.between(1, last - 2)) });
    }
    made
}

fn record(world: &World<'_>, case: &Case<'_>, visit: &Made, attempted_at: Instant, chance: &mut Chance) -> Visit {
    let mut crew = world.staff.crew(case.manager, world.ago(visit.ago), chance);
    if visit.alone {
        crew.truncate(1);
    }
    let at_an_address = matches!(visit.mode, VisitMode::Home | VisitMode::Doorstep);
    let summaries: &[&str] = match (visit.mode, visit.outcome) {
        (VisitMode::Home, VisitOutcome::Seen) => &SEEN,
        (_, VisitOutcome::Seen) => &REMOTE,
        (_, _) => &FAILED,
    };
    let summary = chance.pick(summaries).map(|text| (*text).to_owned());
    Visit {
        offender_ref: case.reference.clone(),
        attempted_at,
        mode: visit.mode,
        outcome: visit.outcome,
        officer_refs: crew,
        address_ref: case.home_at(visit.ago).filter(|_| at_an_address).map(|home| home.reference.clone()),
        announced: Some(!at_an_address || chance.happens(250)),
        home_inspected: Some(visit.inspected),
        entry_sought_for_risk_assessment: visit.entry_sought.then_some(true),
        single_crew_approved_by: None,
        summary,
        write_up: None,
        corrections: Vec::new(),
    }
}
