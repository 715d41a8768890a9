//! What a dashboard says: its figures, of when they are, and what they rest on.

use serde::Serialize;
use utoipa::ToSchema;

use super::Figures;
use super::changes::Changes;
use super::trend::Trend;
use crate::domain::as_at::AsAt;
use crate::domain::calendar::{CivilDate, Instant};
use crate::domain::reference::Ref;

/// What the figures rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestsOn {
    /// The last evaluation, which stored where every case stands.
    Evaluation,
    /// The records that were known at that instant, evaluated anew.
    RecordsKnownThen,
    /// The records that are known now, of what was true at that instant, evaluated anew.
    RecordsKnownNow,
}

impl RestsOn {
    /// What a dashboard as at an instant rests on.
    #[must_use]
    pub const fn of(as_at: AsAt) -> Self {
        match as_at {
            AsAt::Now => Self::Evaluation,
            AsAt::Known(_) => Self::RecordsKnownThen,
            AsAt::True(_) => Self::RecordsKnownNow,
        }
    }
}

/// A team's dashboard, or what a force's has in common with it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Dashboard {
    /// The team; empty for a force.
    #[schema(value_type = Option<String>)]
    pub team_ref: Option<Ref>,
    /// Of which instant the flags and cases are that are counted. Days and hours are counted up to then.
    #[schema(value_type = String, format = DateTime)]
    pub evaluated_at: Instant,
    /// The Europe/London date of that.
    #[schema(value_type = String, format = Date)]
    pub as_at: CivilDate,
    /// What the figures rest on. Their lists are always those of now.
    pub rests_on: RestsOn,
    /// The policy whose numbers were used.
    pub policy_version: String,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// What was new since the day before, as the service noticed. Left out of `true_at`: what it noticed is not what was
    /// true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_yesterday: Option<Changes>,
    /// Open flags at the ends of the twelve months before, as the service noticed. Left out of `true_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
}
