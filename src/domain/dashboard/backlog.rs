//! Backlogs: how many are overdue, at what risk, for how long; the worst first.

use std::cmp::Reverse;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::{Entries, List};
use super::risk::{LEVELS, named};
use super::{FlagFigure, Known, count};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;
use crate::domain::standing::{CaseStanding, LastContact, Standing};

/// What is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// The home visit.
    Visit,
    /// The review of the ARMS assessment.
    Assessment,
    /// The review of the risk management plan.
    PlanReview,
}

impl Overdue {
    const fn flag(self) -> FlagCode {
        match self {
            Self::Visit => FlagCode::HomeVisitOverdue,
            Self::Assessment => FlagCode::ArmsReviewOverdue,
            Self::PlanReview => FlagCode::PlanReviewOverdue,
        }
    }

    const fn list(self) -> Entries {
        match self {
            Self::Visit => Entries::OverdueVisits,
            Self::Assessment => Entries::OverdueAssessments,
            Self::PlanReview => Entries::Flagged(FlagCode::PlanReviewOverdue),
        }
    }

    const fn due_on(self, standing: &Standing) -> Option<CivilDate> {
        match self {
            Self::Visit => standing.visit_due_on,
            Self::Assessment => standing.assessment_due_on,
            Self::PlanReview => standing.plan_review_due_on,
        }
    }
}

/// One case that is overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueCase<'a> {
    /// The case.
    pub case: &'a CaseStanding,
    /// When it was due.
    pub due_on: CivilDate,
    /// Whole days since.
    pub days_overdue: u32,
    /// The weight of the risk × days overdue: what the worst is told by.
    pub weight: u64,
}

impl OverdueCase<'_> {
    /// Its place in the order: the greatest weight first, then the longest overdue, then the reference.
    #[must_use]
    pub fn place(&self) -> (Reverse<u64>, Reverse<u32>, &Ref) {
        (Reverse(self.weight), Reverse(self.days_overdue), &self.case.offender_ref)
    }
}

/// The cases that are overdue, the worst first.
#[must_use]
pub fn worst_first<'a>(
    cases: &'a [CaseStanding],
    overdue: Overdue,
    at: Moment,
    policy: &Policy,
) -> Vec<OverdueCase<'a>> {
    let mut listed: Vec<OverdueCase<'a>> = cases
        .iter()
        .filter_map(|case| {
            let due_on = overdue.due_on(&case.standing)?;
            let days_overdue = u32::try_from(days_between(due_on, at.today())).unwrap_or_default();
            let weight = u64::from(policy.planning.risk_weights.of(case.standing.risk)) * u64::from(days_overdue);
            Some(OverdueCase { case, due_on, days_overdue, weight })
        })
        .collect();
    listed.sort_by(|a, b| a.place().cmp(&b.place()));
    listed
}

/// A backlog: its size by risk by days overdue, and the worst of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Backlog {
    /// The flag that each of them has.
    pub flag: &'static str,
    /// Cases.
    pub size: u32,
    /// Days overdue of the one longest overdue; 0 where there is none.
    pub longest_days: u32,
    /// By the level of the current ARMS assessment, the highest first; every level is there.
    pub by_risk: Vec<BacklogLevel>,
    /// The worst: the weight of the risk × days overdue, the greatest first.
    pub worst: Vec<WorklistItem>,
    /// Where all are listed.
    #[schema(value_type = String)]
    pub list: List,
}

/// One level of risk of a backlog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BacklogLevel {
    /// `very_high`, `high`, `medium`, `low`, or `unknown` without a current assessment.
    pub risk: &'static str,
    /// Cases.
    pub size: u32,
    /// Days overdue of the one longest overdue; 0 where there is none.
    pub longest_days: u32,
    /// By days overdue; the bands are the same at every level.
    pub bands: Vec<DayBand>,
}

/// Cases overdue for so many days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayBand {
    /// More days than this.
    pub over_days: u32,
    /// Up to so many days; empty for the last band.
    pub up_to_days: Option<u32>,
    /// Cases.
    pub size: u32,
}

/// One case of a worklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WorklistItem {
    /// The offender.
    #[schema(value_type = String)]
    pub offender_ref: Ref,
    /// The team responsible.
    #[schema(value_type = String)]
    pub team_ref: Ref,
    /// Whom the case is allocated to, in post or not.
    #[schema(value_type = Option<String>)]
    pub manager_ref: Option<Ref>,
    /// The neighbourhood the offender lives in.
    #[schema(value_type = Option<String>)]
    pub neighbourhood_ref: Option<Ref>,
    /// The bucket the case is in.
    pub bucket: &'static str,
    /// `very_high`, `high`, `medium`, `low` or `unknown`.
    pub risk: &'static str,
    /// When it was due.
    #[schema(value_type = String, format = Date)]
    pub due_on: CivilDate,
    /// Whole days since.
    pub days_overdue: u32,
    /// The weight of the risk × days overdue.
    pub weight: u64,
    /// The last visit at which the offender was seen at home and the home inspected.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_home_visit_on: Option<CivilDate>,
    /// The last contact at which the offender was seen, of any kind.
    #[schema(value_type = Option<String>, format = Date)]
    pub last_contact_on: Option<CivilDate>,
    /// How that was made, such as `phone`.
    #[schema(value_type = Option<String>)]
    pub last_contact_mode: Option<crate::domain::visit::VisitMode>,
    /// Since the last home visit the offender was seen remotely alone: the flag `remote_contact_only`.
    pub remote_contact_only: bool,
}

impl From<&OverdueCase<'_>> for WorklistItem {
    fn from(overdue: &OverdueCase<'_>) -> Self {
        let CaseStanding { offender_ref, team_ref, standing } = overdue.case;
        Self {
            offender_ref: offender_ref.clone(),
            team_ref: team_ref.clone(),
            manager_ref: standing.manager_ref.clone(),
            neighbourhood_ref: standing.neighbourhood_ref.clone(),
            bucket: standing.bucket.as_str(),
            risk: named(standing.risk),
            due_on: overdue.due_on,
            days_overdue: overdue.days_overdue,
            weight: overdue.weight,
            last_home_visit_on: standing.last_home_visit_on,
            last_contact_on: standing.last_contact.map(|contact| contact.on),
            last_contact_mode: standing.last_contact.map(|LastContact { mode, .. }| mode),
            remote_contact_only: standing.has(FlagCode::RemoteContactOnly),
        }
    }
}

impl Backlog {
    pub(super) fn of(known: Known<'_>, overdue: Overdue) -> Self {
        let listed = worst_first(known.cases, overdue, known.at, known.policy);
        let by_risk = LEVELS.into_iter().map(|level| {
            let days = |of: &OverdueCase<'_>| (of.case.standing.risk == level).then_some(of.days_overdue);
            let days: Vec<u32> = listed.iter().filter_map(days).collect();
            BacklogLevel {
                risk: named(level),
                size: count(days.iter()),
                longest_days: days.iter().copied().max().unwrap_or_default(),
                bands: day_bands(&days, &known.policy.dashboard.overdue_bands_days),
            }
        });
        let code = overdue.flag();
        Self {
            flag: code.as_str(),
            size: count(known.standings().filter(|standing| standing.has(code))),
            longest_days: listed.iter().map(|case| case.days_overdue).max().unwrap_or_default(),
            by_risk: by_risk.collect(),
            worst: listed.iter().take(known.policy.dashboard.worst_shown).map(WorklistItem::from).collect(),
            list: known.list(overdue.list()),
        }
    }
}

/// The bands that end at `ends`, with what lies in each; the last has no end.
pub(super) fn bands(values: &[u32], ends: &[u32]) -> Vec<(u32, Option<u32>, u32)> {
    let begins = std::iter::once(0).chain(ends.iter().copied());
    let ends = ends.iter().copied().map(Some).chain(std::iter::once(None));
    begins
        .zip(ends)
        .enumerate()
        .map(|(at, (over, up_to))| {
            let within = |value: &&u32| (at == 0 || **value > over) && up_to.is_none_or(|up_to| **value <= up_to);
            (over, up_to, count(values.iter().filter(within)))
        })
        .collect()
}

fn day_bands(days: &[u32], ends: &[u32]) -> Vec<DayBand> {
    let bands = bands(days, ends).into_iter();
    bands.map(|(over_days, up_to_days, size)| DayBand { over_days, up_to_days, size }).collect()
}

/// ARMS assessments: those whose review is overdue, and apart from them those never made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverdueAssessments {
    /// The review of the current assessment is overdue.
    pub review: Backlog,
    /// There is no assessment: the flag `no_arms_assessment`.
    pub never_assessed: FlagFigure,
}

impl OverdueAssessments {
    pub(super) fn of(known: Known<'_>) -> Self {
        Self {
            review: Backlog::of(known, Overdue::Assessment),
            never_assessed: known.flagged(FlagCode::NoArmsAssessment),
        }
    }
}
