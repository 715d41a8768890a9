//! Notifications: the first, the yearly or weekly confirmations, changes of address.

use std::io;

use super::case::{Case, Path};
use super::chance::Chance;
use super::event::{Feed, reference};
use super::shares;
use super::when::at_minute;
use super::world::World;
use crate::domain::notification::{Notification, NotificationKind};
use crate::domain::record::Record;

/// Writes the notifications of a case, oldest first.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    let mut chance = world.chance("notification", case.number);
    let chance = &mut chance;
    let mut made = vec![(case.registered.max(2) - 1, NotificationKind::Initial)];
    if case.in_community() {
        // Released, or back from elsewhere: three days beginning with that day.
        if case.standing + 3 < case.registered {
            made.push((case.standing.max(2) - 1, NotificationKind::Change));
        }
        made.extend(confirmations(case, chance));
        if let Some(moved) = case.homes.first().filter(|_| case.homes.len() > 1).map(|home| home.since) {
            made.push((moved.saturating_sub(chance.between(0, 2)).max(1), NotificationKind::Change));
        }
        if chance.happens(40) {
            made.push((chance.between(1, case.standing), NotificationKind::Travel));
        }
    }
    made.sort_by_key(|(ago, _)| std::cmp::Reverse(*ago));
    for (number, (ago, kind)) in (1_u32..).zip(made) {
        let notified_at = at_minute(world.ago(ago), chance.between(9 * 12, 17 * 12) * 5);
        let (provision, moves) = provision(kind);
        let record = Notification {
            offender_ref: case.reference.clone(),
            kind,
            notified_at,
            moves_periodic_date: moves,
            provision: Some(provision.to_owned()),
            detail: None,
            received_by: None,
            periodic_date_reason: None,
        };
        let subject = reference(format!("{}-n{number}", case.reference))?;
        feed.put(&subject, notified_at, &Record::Notification(record))?;
    }
    Ok(())
}

/// The confirmations since the offender came to the community, the last few years of them.
fn confirmations(case: &Case<'_>, chance: &mut Chance) -> Vec<(u32, NotificationKind)> {
    let lapsed = case.path == Path::Active && chance.happens(shares::CONFIRMATION_LAPSED);
    if case.no_fixed_abode {
        let last = if lapsed { chance.between(9, 30) } else { chance.between(1, 6) };
        let weeks = (0..4).map(|week| last + 7 * week);
        return weeks.filter(|ago| *ago < case.standing).map(|ago| (ago, NotificationKind::Weekly)).collect();
    }
    let last = if lapsed { chance.between(370, 430) } else { chance.between(1, 355) };
    let mut made = Vec::new();
    let mut ago = last;
    while ago < case.standing && made.len() < 3 {
        made.push((ago, NotificationKind::Periodic));
        ago += chance.between(345, 364);
    }
    made
}

/// The provision of the Sexual Offences Act 2003, and whether the yearly date starts anew. Travel
/// does not move it.
const fn provision(kind: NotificationKind) -> (&'static str, bool) {
    match kind {
        NotificationKind::Initial => ("s.83(1)", true),
        NotificationKind::Change => ("s.84(1)", true),
        NotificationKind::Periodic => ("s.85(1)", true),
        NotificationKind::Weekly => ("s.85(5)(a)", true),
        NotificationKind::Travel | NotificationKind::Return => ("s.86", false),
    }
}
