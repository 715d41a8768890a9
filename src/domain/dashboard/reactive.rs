//! Reactive management: who is in it, who should not be, whose review is due.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{FlagFigure, Known, count};
use crate::domain::flag::FlagCode;

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
    /// Not in it, and meeting every criterion but the approval: the flag `reactive_candidate`.
    pub candidates: FlagFigure,
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
            candidates: known.flagged(FlagCode::ReactiveCandidate),
        }
    }
}
