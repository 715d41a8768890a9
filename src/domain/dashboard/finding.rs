//! The eight findings of the 2021 inspection, as eight figures of today: what a senior officer must be
//! able to say has been put right, each leading to its list.
//!
//! Source: HMICFRS, Dorset national child protection inspection (2021). The quality of the work, which
//! takes sampling, and what neighbourhood teams were told are figures of their own where they are kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::list::{Entries, List};
use super::{Known, count};
use crate::domain::flag::{FlagCode, SubjectKind};
use crate::domain::reference::Ref;
use crate::domain::standing::CaseStanding;

/// One of the findings.
struct Found {
    finding: &'static str,
    says: &'static str,
    flags: &'static [FlagCode],
}

/// The findings, in the order in which the figures show them.
const FINDINGS: [Found; 8] = [
    Found {
        finding: "visits_on_a_rigid_grid",
        says: "Visits are programmed on a rigid grid by risk level and do not follow an individual plan",
        flags: &[FlagCode::RigidVisitPattern, FlagCode::PlansFollowGrid],
    },
    Found {
        finding: "remote_contact_for_home_visits",
        says: "Telephone and other remote contact stands in for home visits that are overdue",
        flags: &[FlagCode::RemoteContactOnly],
    },
    Found {
        finding: "reactive_without_eligibility_or_review",
        says: "Offenders are in reactive management who are not eligible, or whose review is due after a breach or a year",
        flags: &[FlagCode::ReactiveIneligible, FlagCode::ReactiveReviewDue],
    },
    Found {
        finding: "cases_unallocated",
        says: "Cases are in the name of a supervisor or of somebody who left, and nobody manages them",
        flags: &[FlagCode::Unallocated],
    },
    Found {
        finding: "changes_unseen",
        says: "Intelligence or breaches came to cases while nobody managed them",
        flags: &[FlagCode::RecordChangedWhileUnallocated],
    },
    Found {
        finding: "breaches_not_acted_on",
        says: "Breaches have no crime report, or no decision that says why",
        flags: &[FlagCode::BreachWithoutCrimeReport, FlagCode::BreachWithoutDecision],
    },
    Found {
        finding: "plan_actions_not_kept",
        says: "Risk management plans have no actions, or actions that are overdue",
        flags: &[FlagCode::NoPlanActions, FlagCode::PlanActionOverdue],
    },
    Found {
        finding: "staff_untrained",
        says: "Officers and supervisors lack courses that their posts need",
        flags: &[FlagCode::TrainingMissing],
    },
];

/// One finding of the inspection, counted today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InspectionFinding)]
pub struct Finding {
    /// Its stable name.
    pub finding: &'static str,
    /// What it says.
    pub says: &'static str,
    /// What is counted: `offender`, `breach` or `officer`.
    pub unit: &'static str,
    /// How many of them have one of the flags of that unit.
    pub size: u32,
    /// The same, by team; a team without any is left out.
    #[schema(value_type = std::collections::BTreeMap<String, u32>)]
    pub by_team: BTreeMap<Ref, u32>,
    /// The flags it is counted by, each with its list.
    pub flags: Vec<FindingFlag>,
}

/// One flag of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InspectionFindingFlag)]
pub struct FindingFlag {
    /// The code of the flag.
    pub flag: &'static str,
    /// What it is raised on: `offender`, `breach`, `officer` or `team`.
    pub unit: &'static str,
    /// How many it is raised on.
    pub size: u32,
    /// Where the flags are listed, one each.
    #[schema(value_type = String)]
    pub list: List,
}

/// What a flag is raised on, with the team concerned: each subject once.
fn subjects<'a>(known: Known<'a>, code: FlagCode) -> BTreeSet<(Option<&'a Ref>, &'a Ref)> {
    let offenders = known.cases.iter().filter(|case| case.standing.has(code));
    match code.subject_kind() {
        SubjectKind::Offender | SubjectKind::PlannedVisit => {
            offenders.map(|case| (Some(&case.team_ref), &case.offender_ref)).collect()
        }
        SubjectKind::Breach => offenders.flat_map(|case| breaches(case, code)).collect(),
        SubjectKind::Officer | SubjectKind::Team | SubjectKind::Neighbourhood | SubjectKind::Force => {
            let of_code = known.staff_flags.iter().filter(|flag| flag.code == code);
            of_code.map(|flag| (flag.team_ref.as_ref(), &flag.subject)).collect()
        }
    }
}

fn breaches(case: &CaseStanding, code: FlagCode) -> impl Iterator<Item = (Option<&Ref>, &Ref)> {
    let without_report = code == FlagCode::BreachWithoutCrimeReport;
    let has = move |breach: &&crate::domain::standing::OpenBreach| {
        if without_report { breach.crime_report_due_at.is_some() } else { breach.decision_due_on.is_some() }
    };
    case.standing.breaches.iter().filter(has).map(|breach| (Some(&case.team_ref), &breach.breach_ref))
}

/// The eight findings.
#[must_use]
pub fn findings(known: Known<'_>) -> Vec<Finding> {
    FINDINGS.iter().filter_map(|found| Finding::of(known, found)).collect()
}

impl Finding {
    fn of(known: Known<'_>, found: &Found) -> Option<Self> {
        let unit = found.flags.first()?.subject_kind();
        let of_unit = found.flags.iter().filter(|code| code.subject_kind() == unit);
        let all: BTreeSet<_> = of_unit.flat_map(|code| subjects(known, *code)).collect();
        let mut by_team: BTreeMap<Ref, u32> = BTreeMap::new();
        for team in all.iter().filter_map(|(team, _)| *team) {
            *by_team.entry(team.clone()).or_default() += 1;
        }
        let flags = found.flags.iter().map(|code| FindingFlag {
            flag: code.as_str(),
            unit: code.subject_kind().as_str(),
            size: count(subjects(known, *code).iter()),
            list: known.list(Entries::Flags(*code)),
        });
        Some(Self {
            finding: found.finding,
            says: found.says,
            unit: unit.as_str(),
            size: count(all.iter()),
            by_team,
            flags: flags.collect(),
        })
    }
}
