//! Changing what is plain about a team.

use super::check_team;
use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_force};
use crate::casework::merged::{Changed, merged};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Changes a team's name, base or supervisor.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    changed: Changed,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_force(store, acting, "team.change", (RecordKind::Team, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        check_team(in_hand, subject, "")?;
        let before = in_hand.force.teams.get(subject);
        let before = before.ok_or_else(|| Refusal::new(RefusalCode::WrongState, "the team's record is gone"))?;
        let after = merged(before, &changed)?;
        if !(-90.0..=90.0).contains(&after.base.latitude) || !(-180.0..=180.0).contains(&after.base.longitude) {
            let detail = "a base lies within 90 degrees north or south and 180 degrees east or west";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/base"));
        }
        let supervisor = after.supervisor_ref.as_ref().filter(|named| Some(*named) != before.supervisor_ref.as_ref());
        let supervises = |named: &Ref| in_hand.force.officers.get(named).is_none_or(|it| it.role.supervises());
        if supervisor.is_some_and(|named| !supervises(named)) {
            let detail = "a team is supervised by a supervisor or detective inspector";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/supervisor_ref"));
        }
        Ok(vec![Draft::claim(RecordKind::Team, subject.clone(), changed, Basis::Read(read))])
    })
}
