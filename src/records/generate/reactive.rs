//! Spells in reactive management.

use std::io;

use super::case::{Case, Flaw, Path};
use super::event::Feed;
use super::when::at_hour;
use super::world::World;
use crate::domain::reactive_management::ReactiveManagement;
use crate::domain::record::Record;

/// Writes the spell of a case that has one; some other cases left theirs long ago.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("reactive", case.number);
    let inspector = chance.pick(&world.staff.inspectors).cloned();
    let record = match case.path {
        Path::Reactive { entered, flaw } => {
            let supervisor = world.staff.supervisor_of(case.manager.team).filter(|_| chance.happens(600)).cloned();
            let reviewed = entered > 30 && chance.happens(if entered > 365 { 700 } else { 200 });
            ReactiveManagement {
                entered_on: world.ago(entered),
                left_on: None,
                approved_by: if flaw == Some(Flaw::NotApproved) { supervisor } else { inspector },
                rationale: Some("Low for years, settled, compliant.".to_owned()),
                last_reviewed_on: reviewed.then(|| world.ago(chance.between(5, entered.min(350)))),
            }
        }
        Path::Active if case.in_community() && case.standing > 1_500 && chance.happens(20) => ReactiveManagement {
            entered_on: world.ago(chance.between(700, 1_400)),
            left_on: Some(world.ago(chance.between(100, 600))),
            approved_by: inspector,
            rationale: Some("Ended after intelligence; visits taken up again.".to_owned()),
            last_reviewed_on: None,
        },
        Path::Active | Path::Steady => return Ok(()),
    };
    let at = at_hour(record.last_reviewed_on.or(record.left_on).unwrap_or(record.entered_on), 12);
    feed.put(&case.reference, at, &Record::ReactiveManagement(record))
}
