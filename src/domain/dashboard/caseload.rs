//! Caseloads: per offender manager in post, and the posts that their holders left.
//!
//! 50 offenders to an officer is in line with national practice, over 60 a high workload (HMICFRS,
//! Dorset 2022 and Cambridgeshire 2024); the plain count comes first, the weighted one beside it.

use std::cmp::Reverse;

use serde::Serialize;
use utoipa::ToSchema;

use super::risk::ByRisk;
use super::{FlagFigure, Known, count};
use crate::domain::calendar::{CivilDate, days_between};
use crate::domain::flag::FlagCode;
use crate::domain::officer::{Officer, OfficerRole};
use crate::domain::reference::Ref;
use crate::domain::standing::CaseStanding;

/// Cases by officer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CaseloadFigures)]
pub struct Caseload {
    /// Offender managers in post, the heaviest caseload first.
    pub officers: Vec<OfficerCaseload>,
    /// Posts of offender managers who have left, as far as is known: those with cases still in their
    /// name, and those left within the last year.
    pub vacancies: Vec<Vacancy>,
    /// Offenders in the community to each offender manager in post, to one decimal; empty where none is.
    pub mean: Option<f64>,
    /// Officers over their limit: the flag `caseload_over_limit`.
    pub over_limit: FlagFigure,
    /// Officers whose caseload is high, and not over the limit: the flag `caseload_high`.
    pub high: FlagFigure,
}

/// The caseload of one offender manager in post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfficerCaseload {
    /// The officer.
    #[schema(value_type = String)]
    pub officer_ref: Ref,
    /// Their team.
    #[schema(value_type = Option<String>)]
    pub team_ref: Option<Ref>,
    /// Offenders in the community currently allocated to them, in whatever team.
    pub in_community: u32,
    /// Of those, of other teams than these figures are of.
    pub elsewhere: u32,
    /// Offenders allocated to them who are not in the community.
    pub outside: u32,
    /// Those in the community, by the level of the current ARMS assessment.
    pub by_risk: ByRisk,
    /// The same, each with the weight of its level: work, not heads.
    pub weighted: u32,
    /// The most offenders in the community they should manage.
    pub limit: u32,
    /// `green`, `amber` (flag `caseload_high`) or `red` (flag `caseload_over_limit`).
    pub level: &'static str,
    /// The first day of a long absence that goes on; their cases count as unallocated.
    #[schema(value_type = Option<String>, format = Date)]
    pub long_absent_since: Option<CivilDate>,
}

/// A post that its holder left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Vacancy {
    /// Who left.
    #[schema(value_type = String)]
    pub officer_ref: Ref,
    /// Their team.
    #[schema(value_type = Option<String>)]
    pub team_ref: Option<Ref>,
    /// Their last day in post.
    #[schema(value_type = String, format = Date)]
    pub left_on: CivilDate,
    /// Cases still in their name.
    pub cases: u32,
    /// Of those, in the community.
    pub in_community: u32,
}

impl Caseload {
    pub(super) fn of(known: Known<'_>) -> Self {
        let managers = || known.officers.iter().filter(|(_, officer)| officer.role == OfficerRole::OffenderManager);
        let in_post = managers().filter(|(_, officer)| officer.is_in_post(known.at.today()));
        let mut officers: Vec<OfficerCaseload> =
            in_post.map(|(reference, officer)| OfficerCaseload::of(known, reference, officer)).collect();
        officers.sort_by_key(|officer| Reverse((officer.in_community, officer.weighted)));
        let held: u32 = officers.iter().map(|officer| officer.in_community).sum();
        let posts = count(officers.iter());
        Self {
            mean: (posts > 0).then(|| f64::from(held * 10 / posts.max(1)) / 10.0),
            vacancies: managers().filter_map(|(reference, officer)| Vacancy::of(known, reference, officer)).collect(),
            officers,
            over_limit: known.flagged_staff(FlagCode::CaseloadOverLimit),
            high: known.flagged_staff(FlagCode::CaseloadHigh),
        }
    }
}

fn held_by<'a>(cases: &'a [CaseStanding], officer: &Ref) -> impl Iterator<Item = &'a CaseStanding> {
    cases.iter().filter(move |case| case.standing.manager_ref.as_ref() == Some(officer))
}

impl OfficerCaseload {
    fn of(known: Known<'_>, reference: &Ref, officer: &Officer) -> Self {
        let in_community = |case: &&CaseStanding| case.standing.in_community;
        let here = held_by(known.cases, reference).filter(in_community);
        let elsewhere: Vec<&CaseStanding> = held_by(known.elsewhere, reference).filter(in_community).collect();
        let held: Vec<&CaseStanding> = here.chain(elsewhere.iter().copied()).collect();
        let outside = held_by(known.cases, reference).chain(held_by(known.elsewhere, reference));
        let weight = |case: &&CaseStanding| known.policy.workload_weights.of(case.standing.risk);
        let has = |code| known.staff_flags.iter().any(|flag| flag.code == code && flag.subject == *reference);
        Self {
            officer_ref: reference.clone(),
            team_ref: officer.team_ref.clone(),
            in_community: count(held.iter()),
            elsewhere: count(elsewhere.iter()),
            outside: count(outside.filter(|case| !case.standing.in_community)),
            by_risk: ByRisk::of(held.iter().map(|case| case.standing.risk)),
            weighted: held.iter().map(weight).sum(),
            limit: officer.max_caseload.unwrap_or(known.policy.caseload_limit),
            level: if has(FlagCode::CaseloadOverLimit) {
                "red"
            } else if has(FlagCode::CaseloadHigh) {
                "amber"
            } else {
                "green"
            },
            long_absent_since: officer.long_absence_since(known.at.today(), known.policy.long_absence_days),
        }
    }
}

impl Vacancy {
    fn of(known: Known<'_>, reference: &Ref, officer: &Officer) -> Option<Self> {
        let today = known.at.today();
        let left_on = officer.in_post_until.filter(|until| *until < today)?;
        let held: Vec<&CaseStanding> =
            held_by(known.cases, reference).chain(held_by(known.elsewhere, reference)).collect();
        let lately = days_between(left_on, today) <= i64::from(known.policy.dashboard.vacancy_shown_days);
        (lately || !held.is_empty()).then(|| Self {
            officer_ref: reference.clone(),
            team_ref: officer.team_ref.clone(),
            left_on,
            cases: count(held.iter()),
            in_community: count(held.iter().filter(|case| case.standing.in_community)),
        })
    }
}
