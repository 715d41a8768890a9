//! Systemic findings: what is wrong with a large part of the cases is one thing wrong with the team.

use std::cmp::Reverse;

use serde::Serialize;
use utoipa::ToSchema;

use super::list::{Entries, List};
use super::{Known, count, percent};
use crate::domain::flag::{FlagCode, Severity, SubjectKind};
use crate::domain::standing::CaseStanding;

/// Flags on so many cases in the community that each is one finding.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SystemicFindings)]
pub struct Systemic {
    /// More than this percent of the cases in the community.
    pub over_percent: u32,
    /// The findings, the most cases first.
    pub findings: Vec<SystemicFinding>,
}

/// One flag on a large part of the cases.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SystemicFinding {
    /// The code of the flag.
    pub flag: &'static str,
    /// `high` or `medium`.
    pub severity: &'static str,
    /// Offenders in the community with it.
    pub in_community: u32,
    /// Offenders in the community.
    pub of: u32,
    /// Their share, in percent.
    pub percent: f64,
    /// All offenders with it, in the community or not: those of the list.
    pub size: u32,
    /// Where they are listed.
    #[schema(value_type = String)]
    pub list: List,
}

impl Systemic {
    pub(super) fn of(known: Known<'_>) -> Self {
        let over_percent = known.policy.dashboard.systemic_percent;
        let of = count(known.in_community());
        let about_cases = FlagCode::ALL.into_iter().filter(|code| {
            matches!(code.subject_kind(), SubjectKind::Offender | SubjectKind::Breach)
                && code.severity() != Severity::Info
        });
        let mut findings: Vec<SystemicFinding> = about_cases
            .filter_map(|code| {
                let has = |case: &&CaseStanding| case.standing.has(code);
                let in_community = count(known.in_community().filter(has));
                (u64::from(in_community) * 100 > u64::from(over_percent) * u64::from(of)).then(|| SystemicFinding {
                    flag: code.as_str(),
                    severity: code.severity().as_str(),
                    in_community,
                    of,
                    percent: percent(in_community, of),
                    size: count(known.cases.iter().filter(has)),
                    list: known.list(Entries::Flagged(code)),
                })
            })
            .collect();
        findings.sort_by_key(|finding| Reverse(finding.in_community));
        Self { over_percent, findings }
    }
}
