//! Dashboards: a team's and the force's.

pub mod force;
pub mod inspection_pack;
pub mod team;

use super::error::{ErrorCode, Problem};
use crate::casework::dashboards::DashboardError;

impl From<DashboardError> for Problem {
    fn from(error: DashboardError) -> Self {
        match error {
            DashboardError::NotFound => Self::not_found(),
            DashboardError::NotEvaluated => Self::new(ErrorCode::NOT_EVALUATED, error.to_string()),
            DashboardError::NoHistory => Self::new(ErrorCode::NO_HISTORY, error.to_string()),
            DashboardError::Policy(error) => Self::internal(&error),
            DashboardError::Store(error) => error.into(),
        }
    }
}
