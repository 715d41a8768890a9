//! Dashboards: the figures of a team or a force, each counted over the standings of its cases.
//!
//! Inspectors found leaders who saw how many visits were overdue, and neither for how long nor at what
//! risk (HMICFRS, Cambridgeshire 2024), and little performance data at all (HMICFRS, Dorset 2021). So a
//! backlog is its size by risk by days overdue, the worst first, and every figure leads to its list.
//! Figures that come of a flag count exactly those on whom, or on which, it is raised.

pub mod actions;
pub mod answer;
pub mod backlog;
pub mod breaches;
pub mod caseload;
pub mod changes;
pub mod contact;
pub mod finding;
pub mod headline;
pub mod interval;
pub mod list;
pub mod past;
pub mod reactive;
pub mod register;
pub mod risk;
pub mod systemic;
#[cfg(test)]
mod tests;
pub mod training;
pub mod trend;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use self::actions::PlanActions;
use self::backlog::{Backlog, Overdue, OverdueAssessments};
use self::breaches::Breaches;
use self::caseload::Caseload;
use self::contact::Contact;
use self::interval::Intervals;
use self::list::{Entries, List};
use self::reactive::Reactive;
use self::register::{Register, UnallocatedCases};
use self::systemic::Systemic;
use self::training::Training;
use super::flag::FlagCode;
use super::moment::Moment;
use super::officer::Officer;
use super::policy::Policy;
use super::reference::Ref;
use super::standing::{CaseStanding, Standing};

/// A flag raised on an officer or a team.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffFlag {
    /// Which rule.
    pub code: FlagCode,
    /// The officer or the team.
    pub subject: Ref,
    /// The team concerned.
    pub team_ref: Option<Ref>,
    /// The facts used.
    pub evidence: Value,
}

/// All that the figures are counted over. What may not be seen is not in it.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// When the standings were made.
    pub at: Moment,
    /// The policy then.
    pub policy: &'a Policy,
    /// The one team whose figures these are; the force's where there is none.
    pub team: Option<&'a Ref>,
    /// The cases in scope.
    pub cases: &'a [CaseStanding],
    /// Cases of other teams that the officers in scope manage.
    pub elsewhere: &'a [CaseStanding],
    /// The officers in scope.
    pub officers: &'a BTreeMap<Ref, Officer>,
    /// The flags on officers and teams in scope.
    pub staff_flags: &'a [StaffFlag],
}

/// What a team's figures, or a force's, are counted over: what the reader may see, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// As at when.
    pub at: Moment,
    /// The cases in scope.
    pub cases: Vec<CaseStanding>,
    /// Cases of other teams that the officers in scope manage.
    pub elsewhere: Vec<CaseStanding>,
    /// The officers in scope.
    pub officers: BTreeMap<Ref, Officer>,
    /// The flags on officers and teams in scope.
    pub staff_flags: Vec<StaffFlag>,
}

impl Counted {
    /// True where there is nothing to count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.officers.is_empty()
    }

    /// The same with the policy of then, for one team or for the force.
    #[must_use]
    pub fn known<'a>(&'a self, policy: &'a Policy, team: Option<&'a Ref>) -> Known<'a> {
        let Self { at, cases, elsewhere, officers, staff_flags } = self;
        Known { at: *at, policy, team, cases, elsewhere, officers, staff_flags }
    }
}

impl<'a> Known<'a> {
    fn standings(self) -> impl Iterator<Item = &'a Standing> {
        self.cases.iter().map(|case| &case.standing)
    }

    fn in_community(self) -> impl Iterator<Item = &'a CaseStanding> {
        self.cases.iter().filter(|case| case.standing.in_community)
    }

    fn list(self, entries: Entries) -> List {
        List::of(entries, self.team)
    }

    /// How many offenders a flag is raised on, themselves or by a breach of theirs.
    fn flagged(self, code: FlagCode) -> FlagFigure {
        FlagFigure {
            flag: code.as_str(),
            size: count(self.standings().filter(|standing| standing.has(code))),
            list: self.list(Entries::Flagged(code)),
        }
    }

    /// How many officers or teams a flag is raised on.
    fn flagged_staff(self, code: FlagCode) -> FlagFigure {
        FlagFigure {
            flag: code.as_str(),
            size: count(self.staff_flags.iter().filter(|flag| flag.code == code)),
            list: self.list(Entries::Flags(code)),
        }
    }
}

/// How many there are.
pub(super) fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// So many of a hundred, to one decimal; nought of nothing.
fn percent(part: u32, whole: u32) -> f64 {
    let per_mille = u64::from(part) * 1_000 / u64::from(whole.max(1));
    f64::from(u32::try_from(per_mille).unwrap_or(u32::MAX)) / 10.0
}

/// What a flag is raised on, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FlagFigure {
    /// The code of the flag.
    pub flag: &'static str,
    /// How many it is raised on: offenders, unless the figure says otherwise.
    pub size: u32,
    /// Where they are listed.
    #[schema(value_type = String)]
    pub list: List,
}

/// The figures of a team or a force. Where nothing else is said a figure counts offenders.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = DashboardFigures)]
pub struct Figures {
    /// Every offender on the register, each in one bucket.
    pub register: Register,
    /// Cases that nobody in post manages.
    pub unallocated: UnallocatedCases,
    /// Home visits overdue: flag `home_visit_overdue`.
    pub overdue_visits: Backlog,
    /// ARMS assessments whose review is overdue: flag `arms_review_overdue`.
    pub overdue_assessments: OverdueAssessments,
    /// Risk management plans whose review is overdue: flag `plan_review_overdue`.
    pub overdue_plan_reviews: Backlog,
    /// Home visits against remote contact.
    pub contact: Contact,
    /// Breaches without a crime report, with their age.
    pub breaches_without_crime_report: Breaches,
    /// Reactive management.
    pub reactive: Reactive,
    /// The actions of the plans.
    pub plan_actions: PlanActions,
    /// Cases by officer.
    pub caseload: Caseload,
    /// How the visit intervals of the plans spread, by ARMS level.
    pub visit_intervals: Intervals,
    /// Courses.
    pub training: Training,
    /// Flags on so many cases that each is one finding about the team or force.
    pub systemic: Systemic,
}

impl Figures {
    /// Counts them.
    #[must_use]
    pub fn of(known: Known<'_>) -> Self {
        Self {
            register: Register::of(known),
            unallocated: UnallocatedCases::of(known),
            overdue_visits: Backlog::of(known, Overdue::Visit),
            overdue_assessments: OverdueAssessments::of(known),
            overdue_plan_reviews: Backlog::of(known, Overdue::PlanReview),
            contact: Contact::of(known),
            breaches_without_crime_report: Breaches::of(known),
            reactive: Reactive::of(known),
            plan_actions: PlanActions::of(known),
            caseload: Caseload::of(known),
            visit_intervals: Intervals::of(known),
            training: Training::of(known),
            systemic: Systemic::of(known),
        }
    }
}
