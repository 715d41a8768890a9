//! Reactive management: who is in it, who should not be, whose review is due.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{FlagFigure, Known, count};
use crate::domain::calendar::CivilDate;
use crate::domain::flag::FlagCode;
use crate::domain::reference::Ref;
use crate::domain::standing::Suspended;

/// Reactive management in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ReactiveFigures)]
pub struct Reactive {
    /// Everybody placed in it.
    pub placed: u32,
    /// Of those, in the community.
    pub in_community: u32,
    /// Of those, who do not meet every criterion: the flag `reactive_ineligible`.
    pub ineligible: FlagFigure,
    /// How many do not meet each criterion; a criterion that all meet is left out.
    pub unmet_criteria: BTreeMap<String, u32>,
    /// Reviews due: the flag `reactive_review_due`.
    pub review_due: FlagFigure,
    /// What calls for those reviews; one may have several causes.
    pub review_causes: BTreeMap<String, u32>,
    /// Reviews due because a breach came since the last one.
    pub review_due_after_breach: u32,
    /// Of those placed, whose placement is suspended by a breach, an arrest or a new order: they are visited as anybody
    /// else until an inspector has decided.
    pub suspended: u32,
    /// Of those, whose decision is overdue: the flag `reactive_suspension_undecided`.
    pub suspension_undecided: FlagFigure,
    /// The suspensions, that to be decided first the first.
    pub suspensions: Vec<SuspendedCase>,
    /// Not in it, and meeting every criterion but the approval: the flag `reactive_candidate`.
    pub candidates: FlagFigure,
}

/// A suspension of reactive management.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuspendedCase {
    /// Of whom.
    #[schema(value_type = String)]
    pub offender_ref: Ref,
    /// Since the day of the first breach, arrest or order that nobody has answered.
    #[schema(value_type = String, format = Date)]
    pub since: CivilDate,
    /// The last day for the decision.
    #[schema(value_type = String, format = Date)]
    pub decide_by: CivilDate,
    /// True when that day has passed.
    pub overdue: bool,
}

/// The suspensions, that to be decided first the first.
fn suspensions(known: Known<'_>) -> Vec<SuspendedCase> {
    let suspended = known.cases.iter().filter_map(|case| {
        let Suspended { since, decide_by, overdue } = case.standing.suspended?;
        Some(SuspendedCase { offender_ref: case.offender_ref.clone(), since, decide_by, overdue })
    });
    let mut suspended: Vec<SuspendedCase> = suspended.collect();
    suspended.sort_by(|a, b| (a.decide_by, a.since, &a.offender_ref).cmp(&(b.decide_by, b.since, &b.offender_ref)));
    suspended
}

impl Reactive {
    pub(super) fn of(known: Known<'_>) -> Self {
        let mut unmet_criteria: BTreeMap<String, u32> = BTreeMap::new();
        let mut review_causes: BTreeMap<String, u32> = BTreeMap::new();
        for standing in known.standings() {
            for criterion in &standing.unmet_criteria {
                *unmet_criteria.entry(criterion.clone()).or_default() += 1;
            }
            for cause in standing.reactive_review.iter().flat_map(|review| &review.causes) {
                *review_causes.entry(cause.clone()).or_default() += 1;
            }
        }
        Self {
            placed: count(known.standings().filter(|standing| standing.reactive)),
            in_community: count(known.in_community().filter(|case| case.standing.reactive)),
            ineligible: known.flagged(FlagCode::ReactiveIneligible),
            unmet_criteria,
            review_due: known.flagged(FlagCode::ReactiveReviewDue),
            review_due_after_breach: review_causes.get("breach").copied().unwrap_or_default(),
            review_causes,
            suspended: count(known.standings().filter(|standing| standing.suspended.is_some())),
            suspension_undecided: known.flagged(FlagCode::ReactiveSuspensionUndecided),
            suspensions: suspensions(known),
            candidates: known.flagged(FlagCode::ReactiveCandidate),
        }
    }
}
