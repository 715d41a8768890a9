//! Lending officers: for some days an officer works for another team, with the approval of the one that lends.

use serde_json::json;

use super::officer;
use crate::casework::acting::{ActError, Acting, Basis, Draft, Written, on_force};
use crate::domain::calendar::CivilDate;
use crate::domain::officer::{Loan, OfficerRole};
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::store::Store;

/// Where an officer goes, and when.
#[derive(Debug, Clone)]
pub struct Lending {
    /// The team that borrows.
    pub team_ref: Ref,
    /// First day there.
    pub from: CivilDate,
    /// Last day there.
    pub until: CivilDate,
}

/// Lends an officer of the person's teams to another.
///
/// # Errors
/// See [`ActError`].
pub fn lend(store: &Store, acting: &Acting<'_>, subject: &Ref, lending: &Lending) -> Result<Written, ActError> {
    on_force(store, acting, "officer.lend", (RecordKind::Officer, subject), |in_hand| {
        let approved_by = in_hand.acting_supervisor()?;
        let lent = officer(in_hand, subject)?;
        let Lending { team_ref, from, until } = lending;
        let refused = |detail: &str, at: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(at));
        if lent.role != OfficerRole::OffenderManager {
            return refused("offender managers are lent", "");
        }
        if lent.team_ref.as_ref() == Some(team_ref) {
            return refused("an officer is lent to another team than their own", "/team_ref");
        }
        if !in_hand.force.teams.contains_key(team_ref) {
            let detail = "names a team that the force does not have";
            return Err(Refusal::new(RefusalCode::UnknownReference, detail).at("/team_ref"));
        }
        if until < from {
            return refused("a loan ends on the day it begins or later", "/until");
        }
        if *from < in_hand.at.today() {
            return refused("a loan begins today or later", "/from");
        }
        if lent.loans.iter().any(|known| known.from <= *until && *from <= known.until) {
            return refused("the officer is on loan on some of those days already", "/from");
        }
        let mut loans = lent.loans.clone();
        let (team_ref, approved_by) = (team_ref.clone(), approved_by.clone());
        loans.push(Loan { team_ref, from: *from, until: *until, approved_by });
        loans.sort_by_key(|loan| loan.from);
        Ok(vec![Draft::claim(RecordKind::Officer, subject.clone(), [("loans", json!(loans))], Basis::Loaded)])
    })
}

/// Ends a loan early, or takes it back where it is to have no last day.
///
/// # Errors
/// See [`ActError`].
pub fn end(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    from: CivilDate,
    last_day: Option<CivilDate>,
) -> Result<Written, ActError> {
    on_force(store, acting, "officer.end_loan", (RecordKind::Officer, subject), |in_hand| {
        in_hand.acting_supervisor()?;
        let mut loans = officer(in_hand, subject)?.loans.clone();
        let Some(known) = loans.iter_mut().find(|loan| loan.from == from) else {
            let detail = "the officer has no loan that begins on that day";
            return Err(Refusal::new(RefusalCode::WrongState, detail).at("/from"));
        };
        match last_day {
            Some(last_day) if last_day < known.from || last_day > known.until => {
                let detail = "a loan that ends early ends within its days";
                return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/last_day"));
            }
            Some(last_day) => known.until = last_day,
            None => loans.retain(|loan| loan.from != from),
        }
        Ok(vec![Draft::claim(RecordKind::Officer, subject.clone(), [("loans", json!(loans))], Basis::Loaded)])
    })
}
