//! The teams of a force side by side. They add up to the force.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::List;
use super::{Known, count};
use crate::domain::flag::FlagCode;
use crate::domain::reference::Ref;
use crate::domain::standing::{CaseStanding, Standing};

/// One team's figures in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamFigures {
    /// The team.
    #[schema(value_type = String)]
    pub team_ref: Ref,
    /// Offenders on the register.
    pub register: u32,
    /// Of those, in the community.
    pub in_community: u32,
    /// By bucket; a bucket without any is left out.
    pub buckets: BTreeMap<&'static str, u32>,
    /// Home visits overdue.
    pub overdue_visits: u32,
    /// ARMS reviews overdue.
    pub overdue_assessments: u32,
    /// The home visit is overdue and contact was remote.
    pub remote_contact_only: u32,
    /// Cases that nobody in post manages.
    pub unallocated: u32,
    /// Breaches without a crime report.
    pub breaches_without_crime_report: u32,
    /// In reactive management without meeting every criterion.
    pub reactive_ineligible: u32,
    /// Reviews of reactive management that are due.
    pub reactive_review_due: u32,
    /// Officers who lack a course.
    pub training_missing: u32,
    /// The team's dashboard.
    #[schema(value_type = String)]
    pub dashboard: List,
}

/// The teams whose offenders are on the register, in the order of their references.
#[must_use]
pub fn teams(known: Known<'_>) -> Vec<TeamFigures> {
    let mut by_team: BTreeMap<&Ref, Vec<&CaseStanding>> = BTreeMap::new();
    for case in known.cases {
        by_team.entry(&case.team_ref).or_default().push(case);
    }
    by_team.into_iter().map(|(team, cases)| TeamFigures::of(known, team, &cases)).collect()
}

impl TeamFigures {
    fn of(known: Known<'_>, team: &Ref, cases: &[&CaseStanding]) -> Self {
        let standings = || cases.iter().map(|case| &case.standing);
        let has = |code| count(standings().filter(move |standing| standing.has(code)));
        let mut buckets: BTreeMap<&'static str, u32> = BTreeMap::new();
        for standing in standings() {
            *buckets.entry(standing.bucket.as_str()).or_default() += 1;
        }
        let unreported =
            |standing: &Standing| count(standing.breaches.iter().filter(|breach| breach.crime_report_due_at.is_some()));
        let untrained = known
            .staff_flags
            .iter()
            .filter(|flag| flag.code == FlagCode::TrainingMissing && flag.team_ref.as_ref() == Some(team));
        Self {
            team_ref: team.clone(),
            register: count(cases.iter()),
            in_community: count(standings().filter(|standing| standing.in_community)),
            buckets,
            overdue_visits: has(FlagCode::HomeVisitOverdue),
            overdue_assessments: has(FlagCode::ArmsReviewOverdue),
            remote_contact_only: has(FlagCode::RemoteContactOnly),
            unallocated: has(FlagCode::Unallocated),
            breaches_without_crime_report: standings().map(unreported).sum(),
            reactive_ineligible: has(FlagCode::ReactiveIneligible),
            reactive_review_due: has(FlagCode::ReactiveReviewDue),
            training_missing: count(untrained),
            dashboard: List::dashboard_of(team),
        }
    }
}
