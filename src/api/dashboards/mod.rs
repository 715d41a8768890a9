//! Dashboards: a team's and the force's.

pub mod force;
pub mod team;

use chrono::SecondsFormat;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ErrorCode, Problem};
use crate::casework::dashboards::{Dashboard, DashboardError};
use crate::domain::calendar::CivilDate;
use crate::domain::dashboard::Figures;
use crate::domain::dashboard::changes::Changes;
use crate::domain::dashboard::trend::Trend;
use crate::domain::reference::Ref;

/// What every dashboard says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dashboard)]
pub struct DashboardView {
    /// The team; empty for a force.
    #[schema(value_type = Option<String>)]
    team_ref: Option<Ref>,
    /// When the flags and cases that are counted were last evaluated. Days and hours are counted up to then.
    #[schema(value_type = String, format = DateTime)]
    evaluated_at: String,
    /// The Europe/London date of that.
    #[schema(value_type = String, format = Date)]
    as_at: CivilDate,
    /// The policy whose numbers were used.
    policy_version: String,
    /// The figures.
    #[serde(flatten)]
    figures: Figures,
    /// What is new since yesterday.
    since_yesterday: Changes,
    /// Open flags at the ends of the last twelve months.
    trend: Trend,
}

impl From<Dashboard> for DashboardView {
    fn from(dashboard: Dashboard) -> Self {
        let Dashboard { team_ref, evaluated, policy_version, figures, changes, trend } = dashboard;
        Self {
            team_ref,
            evaluated_at: evaluated.now().to_rfc3339_opts(SecondsFormat::AutoSi, true),
            as_at: evaluated.today(),
            policy_version,
            figures,
            since_yesterday: changes,
            trend,
        }
    }
}

impl From<DashboardError> for Problem {
    fn from(error: DashboardError) -> Self {
        match error {
            DashboardError::NotFound => Self::not_found(),
            DashboardError::NotEvaluated => Self::new(ErrorCode::NOT_EVALUATED, error.to_string()),
            DashboardError::Policy(error) => Self::internal(&error),
            DashboardError::Store(error) => error.into(),
        }
    }
}
