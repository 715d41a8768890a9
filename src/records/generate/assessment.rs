//! ARMS assessments, year by year.

use std::collections::BTreeMap;
use std::io;

use super::case::{Case, Flaw, Path};
use super::chance::Chance;
use super::event::{Feed, reference};
use super::shares;
use super::when::at_hour;
use super::world::World;
use crate::domain::arms_assessment::{ArmsAssessment, ArmsFactor, FactorLevel};
use crate::domain::calendar::plus_months;
use crate::domain::offender::RiskLevel;
use crate::domain::record::Record;
use crate::domain::reference::Ref;

/// Months from one assessment to the next; the longest age in most forces.
const REVIEW_MONTHS: u32 = 12;

const FACTORS: [ArmsFactor; 11] = [
    ArmsFactor::Opportunity,
    ArmsFactor::SexualPreoccupation,
    ArmsFactor::OffenceRelatedSexualInterests,
    ArmsFactor::EmotionalCongruenceWithChildren,
    ArmsFactor::HostileOrientation,
    ArmsFactor::PoorSelfManagement,
    ArmsFactor::AntisocialInfluences,
    ArmsFactor::CommitmentToDesist,
    ArmsFactor::IntimateRelationship,
    ArmsFactor::PositiveRoutine,
    ArmsFactor::SocialInvestment,
];

const RATIONALES: [&str; 5] = [
    "Scored with the offender at home; the overall level follows the factors seen.",
    "No change in circumstances since the last assessment.",
    "Employment and routine weigh against opportunity.",
    "Isolation and time online weigh on the overall level.",
    "Disclosures made at the visit were considered.",
];

/// An assessment made: its reference, and how many days ago.
pub(super) struct Assessed {
    pub(super) reference: Ref,
    pub(super) ago: u32,
}

/// Writes the assessments; gives the last.
pub(super) fn write(world: &World<'_>, case: &Case<'_>, feed: &mut Feed<'_>) -> io::Result<Option<Assessed>> {
    let mut chance = world.chance("assessment", case.number);
    let chance = &mut chance;
    let (last, count) = match case.path {
        Path::Active if chance.happens(if case.in_community() { shares::NO_ASSESSMENT } else { 400 }) => {
            return Ok(None);
        }
        Path::Active if chance.happens(shares::ASSESSMENT_OVERDUE) => (chance.between(370, 720), chance.between(1, 4)),
        Path::Active => (chance.between(5, 350), chance.between(2, 5)),
        Path::Steady | Path::Reactive { .. } if case.has_flaw(Flaw::StaleAssessment) => (chance.between(400, 700), 5),
        Path::Steady | Path::Reactive { .. } => (chance.between(10, 340), 5),
    };
    let mut days = vec![last];
    for _ in 1..count {
        let earlier = days.last().copied().unwrap_or(last) + chance.between(330, 372);
        if earlier < case.registered || case.path != Path::Active {
            days.push(earlier);
        }
    }
    let mut newest = None;
    for (number, ago) in (1_u32..).zip(days.iter().rev().copied()) {
        let is_last = ago == last;
        let reference = reference(format!("{}-r{number}", case.reference))?;
        let record = assessment(world, case, ago, is_last, chance);
        feed.put(&reference, at_hour(world.ago(ago), 16), &Record::ArmsAssessment(record))?;
        newest = Some(Assessed { reference, ago });
    }
    Ok(newest)
}

fn assessment(world: &World<'_>, case: &Case<'_>, ago: u32, is_last: bool, chance: &mut Chance) -> ArmsAssessment {
    let assessed_on = world.ago(ago);
    let before = match case.path {
        Path::Active => {
            chance.weighted(&[(case.level, 750), (RiskLevel::Low, 60), (RiskLevel::Medium, 130)], RiskLevel::High)
        }
        Path::Steady | Path::Reactive { .. } => RiskLevel::Low,
    };
    let overall = if is_last { case.level } else { before };
    let next_review_on = chance.happens(930).then(|| plus_months(assessed_on, REVIEW_MONTHS));
    ArmsAssessment {
        offender_ref: case.reference.clone(),
        assessed_on,
        overall,
        factors: factors(overall, chance),
        assessor_ref: Some(case.manager.reference.clone()).filter(|_| chance.happens(950)),
        next_review_on,
        rationale: Some(chance.text(&RATIONALES).to_owned()),
        adult_male: None,
        corrections: Vec::new(),
    }
}

fn factors(overall: RiskLevel, chance: &mut Chance) -> BTreeMap<ArmsFactor, FactorLevel> {
    let low = match overall {
        RiskLevel::Low => 750,
        RiskLevel::Medium => 450,
        RiskLevel::High => 250,
        RiskLevel::VeryHigh => 100,
    };
    let mut draw =
        || chance.weighted(&[(FactorLevel::Low, low), (FactorLevel::Medium, (1_000 - low) / 2)], FactorLevel::High);
    FACTORS.into_iter().map(|factor| (factor, draw())).collect()
}
