//! Entering offenders, correcting who they are, and the other names that they go by.

use serde_json::json;
use uuid::Uuid;

use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_case, on_whole_force};
use crate::casework::merged::{Changed, merged};
use crate::domain::offender::{AliasDetail, AliasKind, Offender};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// Enters an offender whom the records system has not sent yet, such as one transferred in.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    reference: Option<Ref>,
    entered: Offender,
) -> Result<Written, ActError> {
    on_whole_force(store, acting, "offender.enter", |in_hand| {
        in_hand.acting_supervisor()?;
        if !in_hand.scope.covers(&entered.team_ref) {
            let detail = "an offender is entered for a team by its supervisor or a detective inspector";
            return Err(Refusal::new(RefusalCode::NotQualified, detail).at("/team_ref"));
        }
        for (day, at) in [(entered.status_since, "/status_since"), (entered.lead_agency_since, "/lead_agency_since")] {
            if !in_hand.at.has_come(day) {
                return Err(Refusal::new(RefusalCode::NotAcceptable, "lies after today").at(at));
            }
        }
        entered.check(in_hand.at.today())?;
        Ok(vec![Draft::new(reference.unwrap_or_else(|| Uuid::now_v7().into()), entered)])
    })
}

/// Changes plain members of an offender's identity.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    changed: Changed,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_case(store, acting, "offender.change", offender, |in_hand| {
        merged(&in_hand.case.offender, &changed)?.check(in_hand.at.today())?;
        Ok(vec![Draft::claim(RecordKind::Offender, offender.clone(), changed, Basis::Read(read))])
    })
}

/// Another name that was found.
#[derive(Debug, Clone)]
pub struct FoundAlias {
    /// The name.
    pub name: Words,
    /// What kind.
    pub kind: AliasKind,
    /// Where it was found.
    pub found: Words,
    /// Whether the offender has notified it.
    pub notified: bool,
}

/// Enters another name that an offender goes by.
///
/// # Errors
/// See [`ActError`].
pub fn enter_alias(store: &Store, acting: &Acting<'_>, offender: &Ref, alias: FoundAlias) -> Result<Written, ActError> {
    on_case(store, acting, "offender.enter_alias", offender, |in_hand| {
        let known = &in_hand.case.offender;
        let (mut aliases, mut details) = (known.aliases.clone(), known.alias_details.clone());
        let FoundAlias { name, kind, found, notified } = alias;
        let is_same = |other: &str| other.to_lowercase() == name.as_str().to_lowercase();
        details.retain(|detail| !(detail.kind == kind && is_same(&detail.name)));
        if !aliases.iter().any(|other| is_same(other)) {
            aliases.push(name.to_string());
        }
        let recorded_on = in_hand.at.today();
        details.push(AliasDetail { name: name.into(), kind, found: found.into(), notified, recorded_on });
        let claimed = [("aliases", json!(aliases)), ("alias_details", json!(details))];
        Ok(vec![Draft::claim(RecordKind::Offender, offender.clone(), claimed, Basis::Loaded)])
    })
}
