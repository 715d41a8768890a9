//! Who can be put forward: the team's offender managers who are there, will stay, and hold the courses of their post.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::calendar::{CivilDate, days_between, plus_days};
use crate::domain::caseload::{Limits, Load};
use crate::domain::officer::{Officer, OfficerRole};
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;
use crate::domain::team::Location;

/// The least part of a full week that counts, in percent: shifts that are hardly on file make nobody weightless.
const LEAST_CAPACITY_PERCENT: u32 = 10;

/// An officer who can be put forward.
#[derive(Debug, Clone, PartialEq)]
pub struct Manager {
    /// Who.
    pub officer_ref: Ref,
    /// The most offenders in the community that they should manage.
    pub limit: u32,
    /// Their shifts in percent of a full week; a full week where no shift is on file.
    pub capacity_percent: u32,
    /// What they can do that a visit may ask for.
    pub skills: Vec<String>,
    /// What they have in hand, or are to have by what is decided already.
    pub held: Holding,
    /// Of that, what no limited access hides from anybody: what may stand in a case's own record.
    pub open_to_all: Load,
    /// Where these live: distances stand in a case's own record too.
    pub homes: Vec<Location>,
}

/// What a manager has in hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Offenders in the community, and what they weigh.
    #[serde(flatten)]
    pub load: Load,
    /// Offenders in custody, in hospital, abroad or missing.
    pub elsewhere: u32,
    /// All of it in hundredths of a workload: those elsewhere at their part.
    #[serde(skip)]
    pub burden: u32,
}

impl Holding {
    /// The same with more.
    #[must_use]
    pub const fn with(self, more: Self) -> Self {
        Self {
            load: Load {
                cases: self.load.cases.saturating_add(more.load.cases),
                workload: self.load.workload.saturating_add(more.load.workload),
            },
            elsewhere: self.elsewhere.saturating_add(more.elsewhere),
            burden: self.burden.saturating_add(more.burden),
        }
    }

    /// The same without some of it.
    #[must_use]
    pub const fn without(self, less: Self) -> Self {
        Self {
            load: Load {
                cases: self.load.cases.saturating_sub(less.load.cases),
                workload: self.load.workload.saturating_sub(less.load.workload),
            },
            elsewhere: self.elsewhere.saturating_sub(less.elsewhere),
            burden: self.burden.saturating_sub(less.burden),
        }
    }

    /// One case of a weight.
    #[must_use]
    pub const fn one(weight: u32, is_in_community: bool, elsewhere_percent: u32) -> Self {
        if is_in_community {
            let load = Load { cases: 1, workload: weight };
            Self { load, elsewhere: 0, burden: weight.saturating_mul(100) }
        } else {
            let load = Load { cases: 0, workload: 0 };
            Self { load, elsewhere: 1, burden: weight.saturating_mul(elsewhere_percent) }
        }
    }
}

/// Why an offender manager of the team is not put forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotPutForward {
    /// Their own cases are to be spread.
    Leaver,
    /// They are not in post yet on the day the cases pass, or not any more.
    NotInPost,
    /// They are on long absence on the day the cases pass.
    LongAbsent,
    /// Their last day in post is near.
    LeavesSoon,
    /// They are lent to another team for long.
    Lent,
    /// They lack a course that their post needs.
    CourseMissing,
}

impl Manager {
    /// An officer with nothing in hand.
    #[must_use]
    pub fn of(officer_ref: Ref, officer: &Officer, policy: &Policy) -> Self {
        Self {
            officer_ref,
            limit: Limits::of(officer, policy).limit,
            capacity_percent: capacity_percent(officer, policy.allocation.full_time_minutes),
            skills: officer.skills.clone(),
            held: Holding::default(),
            open_to_all: Load::default(),
            homes: Vec::new(),
        }
    }
}

/// The weekly shifts in percent of a full week, at most all of it; all of it where no shift is on file.
fn capacity_percent(officer: &Officer, full_time_minutes: u32) -> u32 {
    let worked = |start: u16, end: u16| u32::from(end.saturating_sub(start));
    let minutes: u32 = officer.shifts.iter().map(|shift| worked(shift.start.minutes(), shift.end.minutes())).sum();
    if minutes == 0 {
        return 100;
    }
    minutes.saturating_mul(100).checked_div(full_time_minutes).unwrap_or(100).clamp(LEAST_CAPACITY_PERCENT, 100)
}

/// Why an offender manager is not put forward for cases that pass on these days, the first of them today; nothing where they are.
#[must_use]
pub fn not_put_forward(officer: &Officer, days: &BTreeSet<CivilDate>, policy: &Policy) -> Option<NotPutForward> {
    let settings = &policy.allocation;
    let on_any = |is: &dyn Fn(CivilDate) -> bool| days.iter().any(|day| is(*day));
    if on_any(&|day| !officer.is_in_post(day)) {
        return Some(NotPutForward::NotInPost);
    }
    if on_any(&|day| officer.long_absence_since(day, policy.long_absence_days).is_some()) {
        return Some(NotPutForward::LongAbsent);
    }
    if on_any(&|day| officer.has_left(plus_days(day, settings.stays_days))) {
        return Some(NotPutForward::LeavesSoon);
    }
    let is_long = |from, until| days_between(from, until) >= i64::from(policy.long_absence_days);
    let is_lent = |day| officer.loans.iter().any(|it| it.from <= day && day <= it.until && is_long(it.from, it.until));
    if on_any(&is_lent) {
        return Some(NotPutForward::Lent);
    }
    let lacks = |day: CivilDate| !officer.courses_missing(day).is_empty();
    (settings.needs_courses && on_any(&lacks)).then_some(NotPutForward::CourseMissing)
}

/// True for an offender manager of the team who is in post, or is to be: the rest are no concern of a proposal.
#[must_use]
pub fn is_of_team(officer: &Officer, team: &Ref, today: CivilDate) -> bool {
    officer.role == OfficerRole::OffenderManager && officer.team_ref.as_ref() == Some(team) && !officer.has_left(today)
}
