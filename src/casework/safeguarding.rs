//! Safeguarding: contact with a child is referred, or decided not to be, and disclosure is decided.

use serde_json::json;

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::breaches::{has_happened, supervisor_or_above};
use super::record_act::{new_reference, on_record};
use crate::domain::calendar::Instant;
use crate::domain::record::{Held, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::safeguarding::{
    Concern, ConcernRef, DisclosureDecision, ReferralReply, SafeguardingDecision, SafeguardingReferral, concerns,
};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// The concerns that an act names: at least one, and each one of the case.
fn named(in_hand: &CaseInHand<'_>, refs: &[ConcernRef]) -> Result<Vec<Concern>, Refusal> {
    if refs.is_empty() {
        let detail = "names no concern; GET /v1/offenders/{ref}/safeguarding lists them";
        return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/concerns"));
    }
    let all = concerns(in_hand.case, in_hand.at, in_hand.policy);
    let find = |(index, named): (usize, &ConcernRef)| {
        let found = all.iter().find(|concern| concern.named() == *named).cloned();
        found.ok_or_else(|| {
            let detail = "names nothing in the case that shows contact with a child";
            Refusal::new(RefusalCode::UnknownReference, detail).at(format!("/concerns/{index}/ref"))
        })
    };
    refs.iter().enumerate().map(find).collect()
}

/// What was sent to children's social care.
#[derive(Debug, Clone)]
pub struct Referring {
    /// The concerns that it answers.
    pub concerns: Vec<ConcernRef>,
    /// The children whom it is about.
    pub children: Vec<Words>,
    /// To whom.
    pub recipient: Words,
    /// The recipient's reference.
    pub reference: Option<Words>,
    /// When it was sent.
    pub sent_at: Instant,
}

/// Enters a referral.
///
/// # Errors
/// See [`ActError`].
pub fn refer(store: &Store, acting: &Acting<'_>, offender: &Ref, referring: Referring) -> Result<Written, ActError> {
    on_case(store, acting, "safeguarding.refer", offender, |in_hand| {
        let (sent_by, _) = in_hand.acting_officer()?;
        has_happened(in_hand, referring.sent_at, "/sent_at")?;
        let concerns = named(in_hand, &referring.concerns)?;
        if concerns.iter().any(|concern| concern.shown_at > referring.sent_at) {
            let detail = "was sent before what it is to answer was known";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/sent_at"));
        }
        let referral = SafeguardingReferral {
            offender_ref: offender.clone(),
            concerns: referring.concerns,
            children: referring.children.into_iter().map(String::from).collect(),
            recipient: referring.recipient.into(),
            reference: referring.reference.map(String::from),
            sent_at: referring.sent_at,
            sent_by: sent_by.clone(),
            reply: None,
        };
        Ok(vec![Draft::new(new_reference("referral")?, referral)])
    })
}

fn referral_of<'a>(in_hand: &CaseInHand<'a>, subject: &Ref) -> Result<&'a Held<SafeguardingReferral>, Refusal> {
    let found = in_hand.case.records.safeguarding_referrals.iter().find(|held| held.subject == *subject);
    found.ok_or_else(|| Refusal::new(RefusalCode::UnknownReference, "the case has no such referral"))
}

/// Enters the reply to a referral.
///
/// # Errors
/// See [`ActError`].
pub fn reply(
    store: &Store,
    acting: &Acting<'_>,
    referral: &Ref,
    (replied_at, text): (Instant, Words),
    read: RecordTag,
) -> Result<Written, ActError> {
    let kind = RecordKind::SafeguardingReferral;
    on_record(store, acting, "safeguarding.reply", (kind, referral), |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        has_happened(in_hand, replied_at, "/replied_at")?;
        if replied_at < referral_of(in_hand, referral)?.record.sent_at {
            let detail = "is before the referral was sent";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/replied_at"));
        }
        let reply = ReferralReply { replied_at, text: text.into(), entered_by: entered_by.clone() };
        Ok(vec![Draft::claim(kind, referral.clone(), [("reply", json!(reply))], Basis::Read(read))])
    })
}

/// Decides that no referral is needed: a supervisor or a detective inspector, with a reason.
///
/// # Errors
/// See [`ActError`].
pub fn not_needed(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    (concerns, children, reason): (Vec<ConcernRef>, Vec<Words>, Words),
) -> Result<Written, ActError> {
    on_case(store, acting, "safeguarding.not_needed", offender, |in_hand| {
        let decided_by = supervisor_or_above(in_hand, "deciding that no referral is needed")?;
        named(in_hand, &concerns)?;
        let decision = SafeguardingDecision {
            offender_ref: offender.clone(),
            concerns,
            children: children.into_iter().map(String::from).collect(),
            reason: reason.into(),
            decided_by: decided_by.clone(),
            decided_at: in_hand.at.now(),
        };
        Ok(vec![Draft::new(new_reference("not-needed")?, decision)])
    })
}

/// Whether what is known is disclosed.
#[derive(Debug, Clone)]
pub struct Disclosing {
    /// The concerns that it answers.
    pub concerns: Vec<ConcernRef>,
    /// Whether it is disclosed.
    pub disclose: bool,
    /// To whom, where it is.
    pub to: Option<Words>,
    /// Why, or why not.
    pub reason: Words,
}

/// Decides on disclosure: a supervisor or a detective inspector, with a reason.
///
/// # Errors
/// See [`ActError`].
pub fn disclose(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    disclosing: Disclosing,
) -> Result<Written, ActError> {
    on_case(store, acting, "safeguarding.disclose", offender, |in_hand| {
        let decided_by = supervisor_or_above(in_hand, "a decision on disclosure")?;
        named(in_hand, &disclosing.concerns)?;
        if disclosing.disclose != disclosing.to.is_some() {
            let detail = "a disclosure says to whom, and no disclosure names nobody";
            return Err(Refusal::new(RefusalCode::NotAcceptable, detail).at("/to"));
        }
        let decision = DisclosureDecision {
            offender_ref: offender.clone(),
            concerns: disclosing.concerns,
            disclose: disclosing.disclose,
            to: disclosing.to.map(String::from),
            reason: disclosing.reason.into(),
            decided_by: decided_by.clone(),
            decided_at: in_hand.at.now(),
        };
        Ok(vec![Draft::new(new_reference("disclosure")?, decision)])
    })
}
