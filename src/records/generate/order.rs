//! Court orders.

use std::io;

use super::case::{Case, Flaw, Path};
use super::event::{Feed, reference};
use super::shares;
use super::when::at_hour;
use super::world::World;
use crate::domain::calendar::{CivilDate, plus_months, plus_years};
use crate::domain::order::{Order, OrderKind};
use crate::domain::record::Record;
use crate::domain::reference::Ref;

/// The day on which SHPOs took the place of SOPOs (Anti-social Behaviour, Crime and Policing Act
/// 2014, in force from 8 March 2015).
const SHPO_FROM: Option<CivilDate> = CivilDate::from_ymd_opt(2015, 3, 8);

const CONDITIONS: [&str; 5] = [
    "No contact with a child under 16 without the approval of a parent and of children's services",
    "No device with access to the internet unless it keeps its history and is shown on request",
    "No work or activity that brings contact with children",
    "No living or staying overnight where a child under 16 is",
    "No deleting of internet history",
];

/// Writes an order in some cases; gives its reference.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<Option<Ref>> {
    let mut chance = world.chance("order", case.number);
    let ordered = match case.path {
        Path::Active => chance.happens(shares::ORDER),
        Path::Steady | Path::Reactive { .. } => case.has_flaw(Flaw::Order),
    };
    if !ordered {
        return Ok(None);
    }
    let made_on = world.ago(case.registered.saturating_sub(chance.between(0, 60)).max(3));
    let kind = if SHPO_FROM.is_some_and(|from| made_on < from) { OrderKind::Sopo } else { OrderKind::Shpo };
    let years = chance.weighted(&[(5, 350), (7, 150)], 10);
    let mut conditions = CONDITIONS;
    chance.shuffle(&mut conditions);
    let count = usize::try_from(chance.between(1, 4)).unwrap_or(1);
    let discharged = case.path == Path::Active && chance.happens(40);
    let record = Order {
        offender_ref: case.reference.clone(),
        kind,
        made_on,
        conditions: conditions.into_iter().take(count).map(str::to_owned).collect(),
        ends_on: chance.happens(850).then(|| plus_years(made_on, years).max(plus_months(world.as_at, 2))),
        discharged_on: discharged.then(|| world.ago(chance.between(1, 2))),
        checkable_conditions: Vec::new(),
        discharge_reason: None,
    };
    let reference = reference(format!("{}-o1", case.reference))?;
    feed.put(&reference, at_hour(if discharged { world.ago(1) } else { made_on }, 15), &Record::Order(record))?;
    Ok(Some(reference))
}
