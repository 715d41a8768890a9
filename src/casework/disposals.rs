//! Disposals that people enter: what made somebody a relevant offender, and applications for review.

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::record_act::{new_reference, on_record};
use crate::domain::calendar::CivilDate;
use crate::domain::disposal::{Disposal, DisposalBasis, ReviewApplication, Sentence};
use crate::domain::notification_duty::NotificationRules;
use crate::domain::notification_duty::rules::RulesError;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::own_entry::RecordTag;

/// What is entered of a disposal.
#[derive(Debug, Clone)]
pub struct EnteringDisposal {
    /// How the offender became one.
    pub basis: DisposalBasis,
    /// What was imposed.
    pub sentence: Sentence,
    /// The relevant date.
    pub relevant_date: CivilDate,
    /// Under 18 on it.
    pub under_18_at_relevant_date: bool,
    /// The day of the first notification, where it is known.
    pub first_notified_on: Option<CivilDate>,
    /// Applications for review.
    pub review_applications: Vec<ReviewApplication>,
}

/// Enters a disposal of an offender in the person's scope.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    entering: EnteringDisposal,
) -> Result<Written, ActError> {
    let rules = rules()?;
    on_case(store, acting, "disposal.enter", offender, |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        let disposal = Disposal {
            offender_ref: offender.clone(),
            basis: entering.basis,
            sentence: entering.sentence,
            relevant_date: entering.relevant_date,
            under_18_at_relevant_date: entering.under_18_at_relevant_date,
            first_notified_on: entering.first_notified_on,
            review_applications: entering.review_applications,
            entered_by: Some(entered_by.clone()),
            reason: None,
        };
        fits_the_case(in_hand, &disposal, &rules)?;
        Ok(vec![Draft::new(new_reference("disposal")?, disposal)])
    })
}

/// What is changed of a disposal: each member only where it is given.
#[derive(Debug, Clone)]
pub struct ChangingDisposal {
    /// How the offender became one.
    pub basis: Option<DisposalBasis>,
    /// What was imposed.
    pub sentence: Option<Sentence>,
    /// The relevant date.
    pub relevant_date: Option<CivilDate>,
    /// Under 18 on it.
    pub under_18_at_relevant_date: Option<bool>,
    /// The day of the first notification; the inner says that it is not known after all.
    pub first_notified_on: Option<Option<CivilDate>>,
    /// Applications for review, all of them.
    pub review_applications: Option<Vec<ReviewApplication>>,
    /// Why.
    pub reason: Words,
}

/// Changes a disposal on the version that was read.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    changing: ChangingDisposal,
    read: RecordTag,
) -> Result<Written, ActError> {
    let rules = rules()?;
    on_record(store, acting, "disposal.change", (RecordKind::Disposal, subject), |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        let held = in_hand.case.records.disposals.iter().find(|held| held.subject == *subject);
        let held = held.ok_or_else(|| Refusal::new(RefusalCode::UnknownReference, "the case has no such disposal"))?;
        let before = held.record.clone();
        let disposal = Disposal {
            basis: changing.basis.unwrap_or(before.basis),
            sentence: changing.sentence.unwrap_or(before.sentence),
            relevant_date: changing.relevant_date.unwrap_or(before.relevant_date),
            under_18_at_relevant_date: changing.under_18_at_relevant_date.unwrap_or(before.under_18_at_relevant_date),
            first_notified_on: changing.first_notified_on.unwrap_or(before.first_notified_on),
            review_applications: changing.review_applications.unwrap_or(before.review_applications),
            offender_ref: before.offender_ref,
            entered_by: Some(entered_by.clone()),
            reason: Some(changing.reason.into()),
        };
        fits_the_case(in_hand, &disposal, &rules)?;
        Ok(vec![Draft::whole(subject.clone(), disposal, Basis::Read(read))])
    })
}

fn rules() -> Result<NotificationRules, ActError> {
    let unreadable = |error: RulesError| StoreError::Unreadable { what: "rules", detail: error.to_string() };
    Ok(NotificationRules::built_in().map_err(unreadable)?)
}

fn fits_the_case(in_hand: &CaseInHand<'_>, disposal: &Disposal, rules: &NotificationRules) -> Result<(), Refusal> {
    disposal.is_acceptable(in_hand.case.offender.date_of_birth, &rules.reviews, in_hand.at)
}
