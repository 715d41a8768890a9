//! Entering assessments: ARMS as a trained assessor judged it, or another tool where ARMS does not apply; and putting
//! them right.

use std::collections::BTreeMap;

use serde_json::json;

use uuid::Uuid;

use super::acting::{ActError, Acting, Basis, CaseInHand, Draft, Written, on_case};
use super::record_act::{in_case, on_record};
use crate::domain::arms_assessment::{ArmsAssessment, ArmsFactor, FactorLevel};
use crate::domain::assessing::{another_tool_applies, arms_applies, has_every_factor, is_in_time, population};
use crate::domain::calendar::CivilDate;
use crate::domain::correction::Correction;
use crate::domain::offender::RiskLevel;
use crate::domain::officer::Course;
use crate::domain::other_assessment::OtherAssessment;
use crate::domain::qualification;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::words::Words;
use crate::store::Store;
use crate::store::own_entry::RecordTag;

/// An ARMS assessment as its assessor judged it.
#[derive(Debug, Clone)]
pub struct Assessing {
    /// When.
    pub assessed_on: CivilDate,
    /// The overall level.
    pub overall: RiskLevel,
    /// The eleven factors.
    pub factors: BTreeMap<ArmsFactor, FactorLevel>,
    /// Why.
    pub rationale: Words,
    /// When it is reviewed.
    pub next_review_on: CivilDate,
    /// That the offender is an adult man, where the record does not show it.
    pub adult_male: Option<bool>,
}

/// An assessment by another tool.
#[derive(Debug, Clone)]
pub struct AssessingOtherwise {
    /// The tool.
    pub tool: Words,
    /// Its version.
    pub version: Words,
    /// The band as the tool names it.
    pub band: Words,
    /// When.
    pub assessed_on: CivilDate,
    /// When it is reviewed.
    pub next_review_on: CivilDate,
    /// Why ARMS does not apply, where the record does not show it.
    pub why_not_arms: Option<Words>,
    /// Why this band.
    pub rationale: Words,
}

/// The trained assessor who acts: they hold the course on the day of the assessment and today.
fn assessor<'a>(in_hand: &'a CaseInHand<'_>, assessed_on: CivilDate) -> Result<&'a Ref, Refusal> {
    let (assessor, officer) = in_hand.acting_officer()?;
    for day in [assessed_on, in_hand.at.today()] {
        qualification::holds(officer, Course::ArmsAssessor, day)?;
    }
    Ok(assessor)
}

/// Enters an ARMS assessment. Nothing of it is computed.
///
/// # Errors
/// See [`ActError`].
pub fn assess(store: &Store, acting: &Acting<'_>, offender: &Ref, assessing: Assessing) -> Result<Written, ActError> {
    on_case(store, acting, "arms_assessment.enter", offender, |in_hand| {
        is_in_time(assessing.assessed_on, assessing.next_review_on, in_hand.at, in_hand.policy)?;
        has_every_factor(&assessing.factors)?;
        arms_applies(population(&in_hand.case.offender, assessing.assessed_on), assessing.adult_male)?;
        let assessor = assessor(in_hand, assessing.assessed_on)?;
        let assessment = ArmsAssessment {
            offender_ref: offender.clone(),
            assessed_on: assessing.assessed_on,
            overall: assessing.overall,
            factors: assessing.factors,
            assessor_ref: Some(assessor.clone()),
            next_review_on: Some(assessing.next_review_on),
            rationale: Some(assessing.rationale.into()),
            adult_male: assessing.adult_male,
            corrections: Vec::new(),
        };
        Ok(vec![Draft::new(Uuid::now_v7().into(), assessment)])
    })
}

/// What is put right in an ARMS assessment.
#[derive(Debug, Clone, Default)]
pub struct AssessmentCorrection {
    /// When it was made.
    pub assessed_on: Option<CivilDate>,
    /// The overall level.
    pub overall: Option<RiskLevel>,
    /// The factors, all eleven.
    pub factors: Option<BTreeMap<ArmsFactor, FactorLevel>>,
    /// Why.
    pub rationale: Option<Words>,
    /// When it is reviewed.
    pub next_review_on: Option<CivilDate>,
}

/// Puts an ARMS assessment right, with a reason: a slip of the pen, not a new judgement, which is a new assessment.
///
/// # Errors
/// See [`ActError`].
pub fn correct(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (correction, reason, read): (AssessmentCorrection, Words, RecordTag),
) -> Result<Written, ActError> {
    on_record(store, acting, "arms_assessment.correct", (RecordKind::ArmsAssessment, subject), |in_hand| {
        let before = in_case(&in_hand.case.records.assessments, subject)?;
        let mut after = before.clone();
        after.assessed_on = correction.assessed_on.unwrap_or(before.assessed_on);
        after.overall = correction.overall.unwrap_or(before.overall);
        after.factors = correction.factors.unwrap_or_else(|| before.factors.clone());
        after.rationale = correction.rationale.map(String::from).or_else(|| before.rationale.clone());
        after.next_review_on = correction.next_review_on.or(before.next_review_on);
        let by = assessor(in_hand, after.assessed_on)?;
        if let Some(review_on) = after.next_review_on {
            is_in_time(after.assessed_on, review_on, in_hand.at, in_hand.policy)?;
        }
        if after.factors != before.factors {
            has_every_factor(&after.factors)?;
        }
        if after == *before {
            return Err(Refusal::new(RefusalCode::NotAcceptable, "nothing would change"));
        }
        after.corrections.push(Correction { by: by.clone(), at: in_hand.at.now(), reason });
        let members = [
            ("assessed_on", json!(after.assessed_on), after.assessed_on != before.assessed_on),
            ("overall", json!(after.overall), after.overall != before.overall),
            ("factors", json!(after.factors), after.factors != before.factors),
            ("rationale", json!(after.rationale), after.rationale != before.rationale),
            ("next_review_on", json!(after.next_review_on), after.next_review_on != before.next_review_on),
            ("corrections", json!(after.corrections), true),
        ];
        let changed = members.into_iter().filter(|(.., changed)| *changed).map(|(member, value, _)| (member, value));
        Ok(vec![Draft::claim(RecordKind::ArmsAssessment, subject.clone(), changed, Basis::Read(read))])
    })
}

/// Enters an assessment by another tool than ARMS, as the tool gives it.
///
/// # Errors
/// See [`ActError`].
pub fn assess_otherwise(
    store: &Store,
    acting: &Acting<'_>,
    offender: &Ref,
    assessing: AssessingOtherwise,
) -> Result<Written, ActError> {
    on_case(store, acting, "other_assessment.enter", offender, |in_hand| {
        is_in_time(assessing.assessed_on, assessing.next_review_on, in_hand.at, in_hand.policy)?;
        another_tool_applies(
            population(&in_hand.case.offender, assessing.assessed_on),
            assessing.why_not_arms.is_some(),
        )?;
        let (assessor, _) = in_hand.acting_officer()?;
        let assessment = OtherAssessment {
            offender_ref: offender.clone(),
            tool: assessing.tool,
            version: assessing.version,
            band: assessing.band,
            assessed_on: assessing.assessed_on,
            next_review_on: assessing.next_review_on,
            assessor_ref: assessor.clone(),
            why_not_arms: assessing.why_not_arms,
            rationale: assessing.rationale,
            corrections: Vec::new(),
        };
        Ok(vec![Draft::new(Uuid::now_v7().into(), assessment)])
    })
}

/// What is put right in an assessment by another tool.
#[derive(Debug, Clone, Default)]
pub struct OtherAssessmentCorrection {
    /// The tool.
    pub tool: Option<Words>,
    /// Its version.
    pub version: Option<Words>,
    /// The band.
    pub band: Option<Words>,
    /// When it was made.
    pub assessed_on: Option<CivilDate>,
    /// When it is reviewed.
    pub next_review_on: Option<CivilDate>,
    /// Why this band.
    pub rationale: Option<Words>,
}

/// Puts an assessment by another tool right, with a reason.
///
/// # Errors
/// See [`ActError`].
pub fn correct_other(
    store: &Store,
    acting: &Acting<'_>,
    subject: &Ref,
    (correction, reason, read): (OtherAssessmentCorrection, Words, RecordTag),
) -> Result<Written, ActError> {
    on_record(store, acting, "other_assessment.correct", (RecordKind::OtherAssessment, subject), |in_hand| {
        let before = in_case(&in_hand.case.records.other_assessments, subject)?;
        let (by, _) = in_hand.acting_officer()?;
        let mut after = before.clone();
        after.tool = correction.tool.unwrap_or(after.tool);
        after.version = correction.version.unwrap_or(after.version);
        after.band = correction.band.unwrap_or(after.band);
        after.assessed_on = correction.assessed_on.unwrap_or(after.assessed_on);
        after.next_review_on = correction.next_review_on.unwrap_or(after.next_review_on);
        after.rationale = correction.rationale.unwrap_or(after.rationale);
        is_in_time(after.assessed_on, after.next_review_on, in_hand.at, in_hand.policy)?;
        if after == *before {
            return Err(Refusal::new(RefusalCode::NotAcceptable, "nothing would change"));
        }
        after.corrections.push(Correction { by: by.clone(), at: in_hand.at.now(), reason });
        Ok(vec![Draft::whole(subject.clone(), after, Basis::Read(read))])
    })
}
