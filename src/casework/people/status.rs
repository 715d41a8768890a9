//! Changing an offender's status.

use serde_json::{Value, json};

use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_case};
use crate::domain::calendar::CivilDate;
use crate::domain::offender::OffenderStatus;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::status_change::{NewStatus, StatusEffect, check, effects, first_visit_by};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// What the status becomes, and why.
#[derive(Debug, Clone)]
pub struct ChangingStatus {
    /// What it becomes.
    pub status: NewStatus,
    /// Since when.
    pub since: CivilDate,
    /// Why.
    pub reason: Words,
    /// On whose authority, where it rests on one.
    pub authority: Option<Words>,
}

/// A status as it was changed.
#[derive(Debug, Clone)]
pub struct StatusChanged {
    /// The offender.
    pub written: Written,
    /// What the change does, with the day by which it asks for something; empty where the same request had been
    /// carried out before.
    pub effects: Vec<(StatusEffect, Option<CivilDate>)>,
}

/// Changes an offender's status, and tells what that does.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    changing: &ChangingStatus,
    read: RecordTag,
) -> Result<StatusChanged, ActError> {
    let mut told = Vec::new();
    let written = on_case(store, acting, "offender.change_status", offender, |in_hand| {
        let ChangingStatus { status, since, reason, authority } = changing;
        let (_, officer) = in_hand.acting_officer()?;
        if status.needs_supervisor() && !officer.role.supervises() {
            let detail = "what ends this force's management is for a supervisor or detective inspector";
            return Err(Refusal::new(RefusalCode::NotQualified, detail).at("/status"));
        }
        if status.needs_authority() && authority.is_none() {
            let detail =
                "name the authority that it rests on: the other force, the court, the Home Office, the period's end";
            return Err(Refusal::new(RefusalCode::ReasonNeeded, detail).at("/authority"));
        }
        check(in_hand.case, *status, *since, in_hand.at)?;
        let due = |effect| (effect == StatusEffect::FirstVisitDue).then(|| first_visit_by(*since, in_hand.policy));
        let from = in_hand.case.offender.status;
        told = effects(from, *status).into_iter().map(|effect| (effect, due(effect))).collect();
        let becomes = status.status();
        let mut claimed: Vec<(&'static str, Value)> = vec![
            ("status", json!(becomes)),
            ("status_since", json!(since)),
            ("status_reason", json!(reason)),
            ("status_authority", json!(authority)),
        ];
        if becomes == OffenderStatus::Community {
            claimed.push(("community_since", json!(since)));
        }
        Ok(vec![Draft::claim(RecordKind::Offender, offender.clone(), claimed, Basis::Read(read))])
    })?;
    Ok(StatusChanged { written, effects: told })
}
