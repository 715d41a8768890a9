//! Levels of risk in figures: the current ARMS level, the highest first, unknown last.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::offender::RiskLevel;

/// The levels in the order of every figure.
pub(super) const LEVELS: [Option<RiskLevel>; 5] =
    [Some(RiskLevel::VeryHigh), Some(RiskLevel::High), Some(RiskLevel::Medium), Some(RiskLevel::Low), None];

/// A level as it is written.
#[must_use]
pub const fn named(level: Option<RiskLevel>) -> &'static str {
    match level {
        Some(RiskLevel::VeryHigh) => "very_high",
        Some(RiskLevel::High) => "high",
        Some(RiskLevel::Medium) => "medium",
        Some(RiskLevel::Low) => "low",
        None => "unknown",
    }
}

/// The level that is written so.
#[must_use]
pub fn named_level(name: &str) -> Option<Option<RiskLevel>> {
    LEVELS.into_iter().find(|level| named(*level) == name)
}

/// Cases by the level of their current ARMS assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ByRisk {
    /// Very high.
    pub very_high: u32,
    /// High.
    pub high: u32,
    /// Medium.
    pub medium: u32,
    /// Low.
    pub low: u32,
    /// No current assessment.
    pub unknown: u32,
}

impl ByRisk {
    /// Counts levels.
    #[must_use]
    pub fn of(levels: impl Iterator<Item = Option<RiskLevel>>) -> Self {
        let mut counts = Self::default();
        for level in levels {
            *counts.of_level(level) += 1;
        }
        counts
    }

    const fn of_level(&mut self, level: Option<RiskLevel>) -> &mut u32 {
        match level {
            Some(RiskLevel::VeryHigh) => &mut self.very_high,
            Some(RiskLevel::High) => &mut self.high,
            Some(RiskLevel::Medium) => &mut self.medium,
            Some(RiskLevel::Low) => &mut self.low,
            None => &mut self.unknown,
        }
    }
}
