//! What might be: leave, vacancies filled, leavers, loans, releases and other levels, as they are asked for.

use serde::{Deserialize, Serialize};

use super::TeamInput;
use crate::domain::calendar::CivilDate;
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::refusal::{Refusal, RefusalCode};
use crate::domain::risk_management_plan::VisitInterval;
use crate::planning::snapshot::Horizon;

/// Changes at most in one forecast.
pub const MAX_CHANGES: usize = 100;

/// People at most who are supposed to be released in one forecast, all its changes together.
pub const MAX_RELEASES: u32 = 500;

/// Skills at most of a supposed officer, each of so many characters at most.
const MAX_SKILLS: (usize, usize) = (50, 100);

/// The longest interval of a plan that is supposed, in days: five years.
const MAX_INTERVAL_DAYS: u32 = 1_830;

/// One thing that might be. Days are both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// An officer is away.
    Absent {
        /// Who.
        officer_ref: Ref,
        /// First day away.
        from: CivilDate,
        /// Last day away.
        until: CivilDate,
    },
    /// A vacancy is filled: one more officer, on shifts like the team's commonest.
    VacancyFilled {
        /// The team; may be left out where one alone is asked for.
        team_ref: Option<Ref>,
        /// First day on duty.
        from: CivilDate,
        /// What the officer can do that a visit may ask for.
        #[serde(default)]
        skills: Vec<String>,
    },
    /// An officer leaves.
    Leaves {
        /// Who.
        officer_ref: Ref,
        /// The last day on duty.
        last_day: CivilDate,
    },
    /// An officer is lent to another team.
    Lent {
        /// Who.
        officer_ref: Ref,
        /// To which team.
        to_team_ref: Ref,
        /// First day there.
        from: CivilDate,
        /// Last day there.
        until: CivilDate,
    },
    /// So many people, not known yet, come to the community: each like one of the team's own, drawn by the seed.
    Releases {
        /// The team; may be left out where one alone is asked for.
        team_ref: Option<Ref>,
        /// How many.
        count: u32,
        /// The first day on which one is released.
        from: CivilDate,
        /// The last; all on the first where it is left out.
        until: Option<CivilDate>,
        /// Their ARMS level; that of whom they are like where it is left out.
        risk: Option<RiskLevel>,
        /// How often their plans ask for visits; as whom they are like where it is left out.
        interval: Option<VisitInterval>,
    },
    /// An offender in custody is released.
    Released {
        /// Who.
        offender_ref: Ref,
        /// When.
        on: CivilDate,
    },
    /// An offender's level and plan change, as if from the last visit.
    Level {
        /// Who.
        offender_ref: Ref,
        /// The new ARMS level.
        risk: RiskLevel,
        /// How often the new plan asks for visits.
        interval: VisitInterval,
    },
}

/// Whether so much may be asked for at once.
///
/// # Errors
/// With the place of the first change that is too much.
pub fn within_limits(changes: &[Change]) -> Result<(), Refusal> {
    if changes.len() > MAX_CHANGES {
        return Err(refused("/changes", format!("there are at most {MAX_CHANGES} changes")));
    }
    let mut released: u32 = 0;
    for (at, change) in changes.iter().enumerate() {
        let member = |member: &str| format!("/changes/{at}/{member}");
        if let Change::Releases { count, .. } = change {
            released = released.saturating_add(*count);
            if *count == 0 || released > MAX_RELEASES {
                return Err(refused(&member("count"), format!("the counts are 1 to {MAX_RELEASES}, all together")));
            }
        }
        if let Change::VacancyFilled { skills, .. } = change {
            let (count, chars) = MAX_SKILLS;
            if skills.len() > count || skills.iter().any(|skill| skill.chars().count() > chars) {
                let detail = format!("there are at most {count} skills of at most {chars} characters");
                return Err(refused(&member("skills"), detail));
            }
        }
    }
    Ok(())
}

pub(super) fn refused(member: &str, detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::NotAcceptable, detail).at(member)
}

pub(super) fn unknown(member: &str, detail: &str) -> Refusal {
    Refusal::new(RefusalCode::UnknownReference, detail).at(member)
}

pub(super) fn horizon(teams: &[TeamInput]) -> Option<Horizon> {
    teams.first().map(|team| team.snapshot.horizon)
}

pub(super) fn within(horizon: Option<Horizon>, member: &str, day: CivilDate) -> Result<(), Refusal> {
    match horizon.filter(|horizon| !horizon.contains(day)) {
        Some(Horizon { from, until }) => {
            Err(refused(member, format!("the day lies in the days foreseen, {from} to {until}")))
        }
        None => Ok(()),
    }
}

pub(super) fn span(horizon: Option<Horizon>, (from, until): (CivilDate, CivilDate)) -> Result<(), Refusal> {
    if until < from {
        return Err(refused("/until", "the last day is not before the first"));
    }
    match horizon.filter(|horizon| until < horizon.from || horizon.until < from) {
        Some(Horizon { from, until }) => {
            Err(refused("/from", format!("some of it lies in the days foreseen, {from} to {until}")))
        }
        None => Ok(()),
    }
}

/// Day counts that a plan can have: a visit is not before the earliest day, best on the ideal one, not after the latest.
pub(super) fn sound(interval: VisitInterval) -> Result<(), Refusal> {
    let VisitInterval { interval_days, earliest_after_days, latest_after_days } = interval;
    let in_order = 1 <= earliest_after_days
        && earliest_after_days <= interval_days
        && interval_days <= latest_after_days
        && latest_after_days <= MAX_INTERVAL_DAYS;
    let detail =
        format!("earliest_after_days, interval_days and latest_after_days rise, from 1 to {MAX_INTERVAL_DAYS}");
    if in_order { Ok(()) } else { Err(refused("/interval", detail)) }
}
