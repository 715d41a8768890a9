//! ARMS: the active risk management system. Its overall level is a professional judgement, never computed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, plus_months};
use super::correction::Correction;
use super::offender::RiskLevel;
use super::reference::Ref;

/// The eleven factors of ARMS: seven of risk, four protective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArmsFactor {
    /// Risk: opportunity to offend.
    Opportunity,
    /// Risk: sexual preoccupation.
    SexualPreoccupation,
    /// Risk: offence-related sexual interests.
    OffenceRelatedSexualInterests,
    /// Risk: emotional congruence with children.
    EmotionalCongruenceWithChildren,
    /// Risk: hostile orientation.
    HostileOrientation,
    /// Risk: poor self-management.
    PoorSelfManagement,
    /// Risk: antisocial influences.
    AntisocialInfluences,
    /// Protective: commitment to desist.
    CommitmentToDesist,
    /// Protective: intimate relationship.
    IntimateRelationship,
    /// Protective: positive routine, such as employment.
    PositiveRoutine,
    /// Protective: social investment.
    SocialInvestment,
}

impl ArmsFactor {
    /// All eleven.
    pub const ALL: [Self; 11] = [
        Self::Opportunity,
        Self::SexualPreoccupation,
        Self::OffenceRelatedSexualInterests,
        Self::EmotionalCongruenceWithChildren,
        Self::HostileOrientation,
        Self::PoorSelfManagement,
        Self::AntisocialInfluences,
        Self::CommitmentToDesist,
        Self::IntimateRelationship,
        Self::PositiveRoutine,
        Self::SocialInvestment,
    ];
}

/// How strongly a factor is present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorLevel {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

/// One ARMS assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmsAssessment {
    /// Of whom.
    pub offender_ref: Ref,
    /// When.
    pub assessed_on: CivilDate,
    /// The overall level, as the assessor judged it.
    pub overall: RiskLevel,
    /// The factors recorded.
    pub factors: BTreeMap<ArmsFactor, FactorLevel>,
    /// Who assessed.
    pub assessor_ref: Option<Ref>,
    /// When it should be reviewed; not known where empty.
    pub next_review_on: Option<CivilDate>,
    /// Why.
    pub rationale: Option<String>,
    /// Entered here: that the offender is an adult man, where the record does not show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adult_male: Option<bool>,
    /// Entered here: what was put right since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

impl ArmsAssessment {
    /// The review's due date: the earlier of the date set and `assessed_on` + the longest age.
    #[must_use]
    pub fn review_due(&self, max_age_months: u32) -> CivilDate {
        let latest = plus_months(self.assessed_on, max_age_months);
        self.next_review_on.map_or(latest, |set| set.min(latest))
    }
}
