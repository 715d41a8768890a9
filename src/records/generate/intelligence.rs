//! Intelligence received.

use std::io;

use super::case::{Case, Flaw, Path};
use super::event::{Feed, reference};
use super::shares;
use super::when::at_minute;
use super::world::World;
use crate::domain::intelligence::{Intelligence, IntelligenceCasework};
use crate::domain::record::Record;

const ITEMS: [(bool, &str); 6] = [
    (true, "Seen with a child near a playground."),
    (true, "A profile under another name on a chat site is thought to be his."),
    (true, "New relationship with somebody who has young children."),
    (true, "Partner agency reports drinking and low mood."),
    (false, "Stopped in a car; a passenger; no concerns."),
    (false, "Named as a witness to a road collision."),
];

/// Writes intelligence in some cases; more in those that nobody has managed for a while.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("intelligence", case.number);
    let flawed = case.has_flaw(Flaw::Intelligence);
    let share = match case.path {
        Path::Active => shares::INTELLIGENCE,
        Path::Steady | Path::Reactive { .. } if flawed => 1_000,
        Path::Steady | Path::Reactive { .. } => 0,
    };
    if !chance.happens(share) {
        return Ok(());
    }
    let unmanaged = case.manager.left_on.is_some();
    let received_at = at_minute(
        world.ago(chance.between(1, if unmanaged || flawed { 120 } else { 700 })),
        chance.between(7 * 12, 21 * 12) * 5,
    );
    let (relevant, summary) = chance.pick(&ITEMS).copied().unwrap_or_default();
    let record = Intelligence {
        offender_ref: case.reference.clone(),
        received_at,
        risk_relevant: relevant || flawed,
        summary: summary.to_owned(),
        source_force: chance.happens(250).then(|| "a neighbouring force".to_owned()),
        casework: IntelligenceCasework::default(),
    };
    let subject = reference(format!("{}-i1", case.reference))?;
    feed.put(&subject, received_at, &Record::Intelligence(record))
}
