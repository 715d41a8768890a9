//! What a plan says of visits: individual and varied, but for one team that types in the old grid.

use super::case::{Case, Path};
use super::chance::Chance;
use super::grid::grid_days;
use super::shares;
use super::when::hour;
use super::world::World;
use crate::domain::calendar::plus_days;
use crate::domain::offender::RiskLevel;
use crate::domain::risk_management_plan::{TimeWindow, VisitInterval, VisitRequirement, VisitStep};
use crate::domain::working_time::DayOfWeek;

/// Every third team types the grid's interval into its plans at this level.
const GRID_TEAM: u32 = 2;
const GRID_LEVEL: RiskLevel = RiskLevel::Medium;

const WEEKDAYS: [DayOfWeek; 5] = [DayOfWeek::Mon, DayOfWeek::Tue, DayOfWeek::Wed, DayOfWeek::Thu, DayOfWeek::Fri];

/// Draws a requirement for a case.
pub(super) fn requirement(world: &World<'_>, case: &Case<'_>, chance: &mut Chance) -> VisitRequirement {
    let team = case.manager.team;
    let on_grid = team % 3 == GRID_TEAM && case.level == GRID_LEVEL && chance.happens(shares::TYPED_FROM_GRID);
    let interval_days = if on_grid { grid_days(case.level) } else { individual_days(case.level, chance) };
    let interval = interval(interval_days, chance);
    let alone = case.path == Path::Active && case.level == RiskLevel::Low && chance.happens(40);
    let approved_by = world.staff.supervisor_of(team).filter(|_| alone).cloned();
    let crew = if approved_by.is_some() { 1 } else { chance.weighted(&[(2, 990)], 3) };
    let steps = if case.path == Path::Active && interval_days > 40 && chance.happens(90) {
        let until = plus_days(world.as_at, chance.between(10, 180));
        vec![VisitStep { until, interval: self::interval(interval_days / 2, chance) }]
    } else {
        vec![]
    };
    VisitRequirement {
        interval,
        duration_minutes: 5 * chance.between(4, 18),
        crew,
        unannounced: chance.happens(850),
        time_windows: time_windows(chance),
        required_skills: required_skills(case.level, chance),
        joint_agency: (case.licence_until.is_some() && chance.happens(350)).then(|| "probation".to_owned()),
        single_crew_approved_by: approved_by,
        steps,
    }
}

/// From a fortnight to 400 days, by what the case needs rather than by a rule.
fn individual_days(level: RiskLevel, chance: &mut Chance) -> u32 {
    match level {
        RiskLevel::VeryHigh => chance.between(14, 45),
        RiskLevel::High => chance.between(28, 110),
        RiskLevel::Medium => chance.between(60, 230),
        RiskLevel::Low => chance.between(120, 400),
    }
}

fn interval(days: u32, chance: &mut Chance) -> VisitInterval {
    VisitInterval {
        interval_days: days,
        earliest_after_days: (days * chance.between(55, 85) / 100).max(1),
        latest_after_days: days + (days * chance.between(10, 35) / 100).max(1),
    }
}

fn time_windows(chance: &mut Chance) -> Vec<TimeWindow> {
    let window = |weekdays: &[DayOfWeek], from, until| TimeWindow {
        weekdays: weekdays.to_vec(),
        from: hour(from),
        until: hour(until),
    };
    match chance.between(1, 20) {
        1..=9 => vec![],
        // Somebody who works by day.
        10..=13 => vec![window(&WEEKDAYS, 16, 20)],
        14..=15 => vec![window(&WEEKDAYS, 9, 13)],
        // When children are at school.
        16..=17 => vec![window(&WEEKDAYS, 9, 15)],
        18 => vec![window(&[DayOfWeek::Tue, DayOfWeek::Thu], 9, 19)],
        19 => vec![window(&[DayOfWeek::Mon, DayOfWeek::Wed], 9, 12), window(&[DayOfWeek::Fri], 14, 20)],
        _ => vec![window(&[DayOfWeek::Sat], 10, 16), window(&WEEKDAYS, 17, 20)],
    }
}

fn required_skills(level: RiskLevel, chance: &mut Chance) -> Vec<String> {
    let triage = match level {
        RiskLevel::Low => 30,
        RiskLevel::Medium => 80,
        RiskLevel::High | RiskLevel::VeryHigh => 180,
    };
    let mut skills = Vec::new();
    if chance.happens(triage) {
        skills.push("digital_forensics_triage".to_owned());
    }
    if chance.happens(6) {
        skills.push("british_sign_language".to_owned());
    }
    skills
}
