//! Journeys abroad that people enter, and what becomes of them.

use super::acting::{ActError, Acting, Basis, Draft, Written, on_case};
use super::record_act::{new_reference, on_record};
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::foreign_travel::ForeignTravel;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// What is said of a journey: each member only where it is given; of two options the inner says that it is empty now.
#[derive(Debug, Clone, Default)]
pub struct Travelling {
    /// The day of departure.
    pub departs_on: Option<CivilDate>,
    /// The hour of departure.
    pub departs_at: Option<Option<Instant>>,
    /// When it was notified.
    pub notified_at: Option<Option<Instant>>,
    /// The excuse for late notice, which the person finds reasonable.
    pub late_notice_excuse: Option<Option<Words>>,
    /// When the details changed.
    pub details_changed_at: Option<Option<Instant>>,
    /// When that was notified.
    pub details_change_notified_at: Option<Option<Instant>>,
    /// The day of return that was notified.
    pub return_expected_on: Option<Option<CivilDate>>,
    /// The point of return that was notified.
    pub return_point: Option<Option<Words>>,
    /// The day of return.
    pub returned_on: Option<Option<CivilDate>>,
    /// Whether it was at that point.
    pub returned_at_point_notified: Option<Option<bool>>,
    /// When the return was notified.
    pub return_notified_at: Option<Option<Instant>>,
    /// The day on which the journey was given up.
    pub cancelled_on: Option<Option<CivilDate>>,
}

/// Enters a journey of an offender in the person's scope.
///
/// # Errors
/// See [`ActError`].
pub fn enter(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    departs_on: CivilDate,
    travelling: Travelling,
) -> Result<Written, ActError> {
    on_case(store, acting, "foreign_travel.enter", offender, |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        let travel = ForeignTravel {
            offender_ref: offender.clone(),
            departs_on,
            departs_at: None,
            notified_at: None,
            late_notice_excuse: None,
            details_changed_at: None,
            details_change_notified_at: None,
            return_expected_on: None,
            return_point: None,
            returned_on: None,
            returned_at_point_notified: None,
            return_notified_at: None,
            cancelled_on: None,
            entered_by: Some(entered_by.clone()),
        };
        let travel = told(travel, travelling);
        travel.is_acceptable(in_hand.at)?;
        Ok(vec![Draft::new(new_reference("travel")?, travel)])
    })
}

/// Changes a journey on the version that was read.
///
/// # Errors
/// See [`ActError`].
pub fn change(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    travelling: Travelling,
    read: RecordTag,
) -> Result<Written, ActError> {
    on_record(store, acting, "foreign_travel.change", (RecordKind::ForeignTravel, subject), |in_hand| {
        let (entered_by, _) = in_hand.acting_officer()?;
        let held = in_hand.case.records.travels.iter().find(|held| held.subject == *subject);
        let held = held.ok_or_else(|| Refusal::new(RefusalCode::UnknownReference, "the case has no such journey"))?;
        let mut travel = told(held.record.clone(), travelling);
        travel.entered_by = Some(entered_by.clone());
        travel.is_acceptable(in_hand.at)?;
        Ok(vec![Draft::whole(subject.clone(), travel, Basis::Read(read))])
    })
}

fn told(travel: ForeignTravel, said: Travelling) -> ForeignTravel {
    let words = |words: Option<Words>| words.map(String::from);
    ForeignTravel {
        departs_on: said.departs_on.unwrap_or(travel.departs_on),
        departs_at: said.departs_at.unwrap_or(travel.departs_at),
        notified_at: said.notified_at.unwrap_or(travel.notified_at),
        late_notice_excuse: said.late_notice_excuse.map_or(travel.late_notice_excuse, words),
        details_changed_at: said.details_changed_at.unwrap_or(travel.details_changed_at),
        details_change_notified_at: said.details_change_notified_at.unwrap_or(travel.details_change_notified_at),
        return_expected_on: said.return_expected_on.unwrap_or(travel.return_expected_on),
        return_point: said.return_point.map_or(travel.return_point, words),
        returned_on: said.returned_on.unwrap_or(travel.returned_on),
        returned_at_point_notified: said.returned_at_point_notified.unwrap_or(travel.returned_at_point_notified),
        return_notified_at: said.return_notified_at.unwrap_or(travel.return_notified_at),
        cancelled_on: said.cancelled_on.unwrap_or(travel.cancelled_on),
        ..travel
    }
}
