//! What is due, planned and overdue, by week and risk; what crews there are, and how long they are on the road.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{AddAssign, Sub};

use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::Serialize;

use super::course::{Course, Stage, WEEK};
use super::{is_for_want_of_a_crew, is_missed};
use crate::domain::calendar::{CivilDate, dates, days_between, plus_days};
use crate::domain::offender::RiskLevel;
use crate::domain::reference::Ref;
use crate::domain::team::Location;
use crate::planning::crew::{Asked, Available, pair};
use crate::planning::proposal::{PlannedVisit, UnplacedReason};
use crate::planning::snapshot::{Snapshot, Window};
use crate::planning::travel::travel_seconds;

/// The levels in the order in which they are told; none stands for not known.
const LEVELS: [Option<RiskLevel>; 5] =
    [Some(RiskLevel::VeryHigh), Some(RiskLevel::High), Some(RiskLevel::Medium), Some(RiskLevel::Low), None];

/// Visits in figures. In a difference they may be below nought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Visits whose ideal day is in the week; one that was best before the first week counts in it.
    pub due: i64,
    /// Visits made in the week.
    pub planned: i64,
    /// Visits whose window has ended by the end of the week's last day and that are not made by then.
    pub overdue: i64,
    /// The days that visits are overdue in the week, each times the weight of its risk ⚙.
    pub weighted_days_late: i64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.due += other.due;
        self.planned += other.planned;
        self.overdue += other.overdue;
        self.weighted_days_late += other.weighted_days_late;
    }
}

impl Sub for Figures {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            due: self.due - other.due,
            planned: self.planned - other.planned,
            overdue: self.overdue - other.overdue,
            weighted_days_late: self.weighted_days_late - other.weighted_days_late,
        }
    }
}

/// The figures of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OfRisk {
    /// The ARMS level; not known where empty.
    pub risk: Option<RiskLevel>,
    /// Its visits.
    #[serde(flatten)]
    pub figures: Figures,
}

/// A week. The crews and the road are the whole team's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Week {
    /// First day.
    pub from: CivilDate,
    /// Last day.
    pub until: CivilDate,
    /// All visits.
    pub all: Figures,
    /// By level, the highest first.
    pub by_risk: Vec<OfRisk>,
    /// Days of a crew that the officers on duty make, paired.
    pub crew_days_available: i64,
    /// Days of a crew that has visits.
    pub crew_days_used: i64,
    /// Seconds on the road, to the base and back included.
    pub travel_seconds: i64,
}

/// A visit that is not made, and that no crew on duty would change that of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotPlannable {
    /// Whom.
    pub offender_ref: Ref,
    /// Why.
    pub reason: UnplacedReason,
    /// The facts.
    pub detail: String,
}

/// What the weeks bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// The hash of what it was planned from.
    pub snapshot_sha256: String,
    /// How many times it was planned: once, and anew after visits had missed their window.
    pub plans: usize,
    /// The weeks.
    pub weeks: Vec<Week>,
    /// Visits not made by the last day for another reason than too few crews.
    pub not_plannable: Vec<NotPlannable>,
}

/// A visit that is due: when, and when it is made, if it is.
struct Due {
    risk: Option<RiskLevel>,
    window: Window,
    made_on: Option<CivilDate>,
}

impl Outlook {
    /// The outlook of a course, leaving out who is not counted.
    #[must_use]
    pub fn of(course: &Course, uncounted: &BTreeSet<Ref>) -> Self {
        let Some(Stage { snapshot, proposal, .. }) = course.stages.first() else {
            return Self { snapshot_sha256: String::new(), plans: 0, weeks: Vec::new(), not_plannable: Vec::new() };
        };
        let dues = dues(course, snapshot, uncounted);
        let (from, until) = (course.horizon.from, course.horizon.until);
        let firsts = dates(from, until).step_by(usize::try_from(WEEK).unwrap_or(1));
        let weeks = firsts.map(|first| week(course, snapshot, &dues, (first, plus_days(first, WEEK - 1).min(until))));
        let left = course.left().iter().filter(|unplaced| !uncounted.contains(&unplaced.offender_ref));
        let not_plannable = left
            .filter(|unplaced| unplaced.window.is_none() || is_missed(unplaced, course.horizon))
            .filter(|unplaced| !is_for_want_of_a_crew(unplaced.reason))
            .map(|unplaced| NotPlannable {
                offender_ref: unplaced.offender_ref.clone(),
                reason: unplaced.reason,
                detail: unplaced.detail.clone(),
            });
        Self {
            snapshot_sha256: proposal.snapshot_sha256.clone(),
            plans: course.stages.len(),
            weeks: weeks.collect(),
            not_plannable: not_plannable.collect(),
        }
    }

    /// The weeks' figures less another's of the same weeks.
    #[must_use]
    pub fn less(&self, other: &Self) -> Vec<Week> {
        self.weeks.iter().zip(&other.weeks).map(|(week, other)| week.less(other)).collect()
    }
}

impl Week {
    fn less(&self, other: &Self) -> Self {
        let by_risk = self.by_risk.iter().zip(&other.by_risk);
        Self {
            all: self.all - other.all,
            by_risk: by_risk.map(|(a, b)| OfRisk { risk: a.risk, figures: a.figures - b.figures }).collect(),
            crew_days_available: self.crew_days_available - other.crew_days_available,
            crew_days_used: self.crew_days_used - other.crew_days_used,
            travel_seconds: self.travel_seconds - other.travel_seconds,
            from: self.from,
            until: self.until,
        }
    }
}

/// Every visit that is due and counted: those made, and those not made of which a window is known.
fn dues(course: &Course, snapshot: &Snapshot, uncounted: &BTreeSet<Ref>) -> Vec<Due> {
    let risks: BTreeMap<&Ref, Option<RiskLevel>> =
        snapshot.demands.iter().map(|demand| (&demand.offender_ref, demand.risk)).collect();
    let made = course.made().filter(|visit| !uncounted.contains(&visit.offender_ref)).map(|visit| Due {
        risk: visit.risk,
        window: visit.window,
        made_on: Some(visit.date),
    });
    let left = course.left().iter().filter(|unplaced| !uncounted.contains(&unplaced.offender_ref)).filter_map(|left| {
        let risk = risks.get(&left.offender_ref).copied().flatten();
        Some(Due { risk, window: left.window?, made_on: None })
    });
    made.chain(left).collect()
}

fn count(yes: bool) -> i64 {
    i64::from(yes)
}

fn week(course: &Course, snapshot: &Snapshot, dues: &[Due], (from, until): (CivilDate, CivilDate)) -> Week {
    let within = |day: CivilDate| from <= day && day <= until;
    let mut by_risk = LEVELS.map(|risk| OfRisk { risk, figures: Figures::default() });
    let mut all = Figures::default();
    for due in dues {
        let is_overdue_on = |day: CivilDate| due.window.latest <= day && due.made_on.is_none_or(|made| made > day);
        // Overdue from the window's end to the day before it is made.
        let last = due.made_on.and_then(|made| made.pred_opt()).unwrap_or(until).min(until);
        let days = (days_between(due.window.latest.max(from), last) + 1).max(0);
        let weight = i64::from(snapshot.policy.risk_weights.of(due.risk));
        let figures = Figures {
            due: count(within(due.window.ideal.max(course.horizon.from).min(course.horizon.until))),
            planned: count(due.made_on.is_some_and(within)),
            overdue: count(is_overdue_on(until)),
            weighted_days_late: weight * days,
        };
        for row in by_risk.iter_mut().filter(|row| row.risk == due.risk) {
            row.figures += figures;
        }
        all += figures;
    }
    let (crew_days_used, travel) = crews(course, snapshot, (from, until));
    Week {
        from,
        until,
        all,
        by_risk: by_risk.to_vec(),
        crew_days_available: crews_on_duty(snapshot, (from, until)),
        crew_days_used,
        travel_seconds: travel,
    }
}

/// The crews that the officers on duty make, paired as the planner pairs them.
fn crews_on_duty(snapshot: &Snapshot, (from, until): (CivilDate, CivilDate)) -> i64 {
    let asked = Asked {
        shortest: snapshot.policy.shortest_crew_day_minutes * 60,
        lone: snapshot.demands.iter().any(|demand| demand.needs.crew == 1),
    };
    let on = |date: CivilDate| -> Vec<Available> {
        let officers = snapshot.officers.iter().enumerate();
        let duties = officers.flat_map(|(officer, on)| on.duties.iter().map(move |duty| (officer, duty)));
        duties
            .filter(|(_, duty)| duty.date == date)
            .map(|(officer, duty)| Available { officer, from: duty.from.seconds(), until: duty.until.seconds() })
            .collect()
    };
    // Who goes with whom is left to chance among equals; how many crews that makes is not.
    let crews = dates(from, until).map(|date| pair(on(date), asked, &mut Pcg64::seed_from_u64(0)).len());
    i64::try_from(crews.sum::<usize>()).unwrap_or(i64::MAX)
}

/// The days of a crew that has visits, and the seconds on the road.
fn crews(course: &Course, snapshot: &Snapshot, (from, until): (CivilDate, CivilDate)) -> (i64, i64) {
    let mut crews: BTreeMap<(CivilDate, &[Ref]), Vec<&PlannedVisit>> = BTreeMap::new();
    for visit in course.made().filter(|visit| from <= visit.date && visit.date <= until) {
        crews.entry((visit.date, &visit.crew)).or_default().push(visit);
    }
    let road = |visits: &Vec<&PlannedVisit>| {
        let out: u64 = visits.iter().map(|visit| u64::from(visit.travel_seconds_before)).sum();
        let last = visits.iter().max_by_key(|visit| visit.start);
        let back = last.zip(snapshot.base).map_or(0, |(visit, base)| {
            let place = Location { latitude: visit.latitude, longitude: visit.longitude };
            travel_seconds(&snapshot.policy.travel, place, base)
        });
        out + u64::from(back)
    };
    let travel: u64 = crews.values().map(road).sum();
    (i64::try_from(crews.len()).unwrap_or(i64::MAX), i64::try_from(travel).unwrap_or(i64::MAX))
}
