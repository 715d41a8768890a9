//! The old grid: visits so many months apart by level of risk (pre-2017 practice, criticised since).

use crate::domain::offender::RiskLevel;

/// The months between visits.
pub(super) const fn grid_months(level: RiskLevel) -> u32 {
    match level {
        RiskLevel::VeryHigh => 1,
        RiskLevel::High => 3,
        RiskLevel::Medium => 6,
        RiskLevel::Low => 12,
    }
}

/// The same in days.
pub(super) const fn grid_days(level: RiskLevel) -> u32 {
    365 * grid_months(level) / 12
}
