//! Officers: offender managers and their shifts, leave, skills and courses; supervisors, detective
//! inspectors, neighbourhood officers. And who holds how many cases.

use std::io;

use super::chance::Chance;
use super::event::{Feed, reference};
use super::names::officer_name;
use super::shares;
use super::spec::ForceSpec;
use super::when::{at_hour, hour};
use super::world::World;
use crate::domain::calendar::{CivilDate, minus_days, plus_days};
use crate::domain::officer::{Absence, AbsenceReason, Course, Officer, OfficerRole, Shift, Training};
use crate::domain::record::Record;
use crate::domain::reference::Ref;
use crate::domain::working_time::DayOfWeek;

/// How many cases the managers in post hold, each beside the others: most about the average, some
/// far over it. A vacated post has [`VACATED_WEIGHT`].
const WEIGHTS: [usize; 8] = [9, 8, 9, 11, 8, 9, 13, 7];
const VACATED_WEIGHT: usize = 11;

/// The most cases set for a manager who works part of the week (the eighth of every eight).
const PART_TIME_LIMIT: u32 = 30;

/// An offender manager, in post or gone.
pub(super) struct Manager {
    pub(super) reference: Ref,
    /// The number of the manager's team.
    pub(super) team: u32,
    /// The last day in post of one who left.
    pub(super) left_on: Option<CivilDate>,
}

/// The staff of a force.
pub(super) struct Staff {
    pub(super) managers: Vec<Manager>,
    /// Each team's supervisor, by the team's number.
    pub(super) supervisors: Vec<Ref>,
    pub(super) inspectors: Vec<Ref>,
    /// Numbers of managers, each as often as cases fall to them.
    turns: Vec<usize>,
}

impl Staff {
    pub(super) fn of(seed: u64, as_at: CivilDate, force: &ForceSpec) -> io::Result<Self> {
        let mut chance = Chance::of(seed, &force.name, "staff", 0);
        let mut managers = Vec::new();
        let mut turns = Vec::new();
        for number in 0..force.managers + force.vacancies {
            let in_post = number < force.managers;
            let place = usize::try_from(number).unwrap_or_default();
            let weight = WEIGHTS.iter().cycle().nth(place % WEIGHTS.len()).copied().filter(|_| in_post);
            turns.extend(std::iter::repeat_n(place, weight.unwrap_or(VACATED_WEIGHT)));
            managers.push(Manager {
                reference: reference(format!("om-{:03}", number + 1))?,
                team: number % force.teams.max(1),
                left_on: (!in_post).then(|| minus_days(as_at, chance.between(60, 200))),
            });
        }
        chance.shuffle(&mut turns);
        let numbered = |prefix: &str, count: u32| -> io::Result<Vec<Ref>> {
            (1..=count).map(|number| reference(format!("{prefix}-{number}"))).collect()
        };
        let supervisors = numbered("ds", force.teams)?;
        Ok(Self { managers, supervisors, inspectors: numbered("di", force.detective_inspectors)?, turns })
    }

    /// The manager to whom a case falls, by the case's number among its like.
    pub(super) fn manager_of(&self, case: u32) -> Option<&Manager> {
        let turn = usize::try_from(case).ok()?.checked_rem(self.turns.len())?;
        self.managers.get(*self.turns.get(turn)?)
    }

    pub(super) fn supervisor_of(&self, team: u32) -> Option<&Ref> {
        self.supervisors.get(usize::try_from(team).ok()?)
    }

    /// Two officers for a visit on a day: the manager while in post, and others of the team.
    pub(super) fn crew(&self, manager: &Manager, day: CivilDate, chance: &mut Chance) -> Vec<Ref> {
        let mut crew = Vec::new();
        if manager.left_on.is_none_or(|left| day <= left) {
            crew.push(manager.reference.clone());
        }
        let mut others: Vec<&Ref> = self
            .managers
            .iter()
            .filter(|other| other.team == manager.team && other.left_on.is_none())
            .map(|other| &other.reference)
            .filter(|other| !crew.contains(other))
            .collect();
        chance.shuffle(&mut others);
        crew.extend(others.into_iter().take(2_usize.saturating_sub(crew.len())).cloned());
        crew
    }
}

/// Writes every officer of the force.
pub(super) fn write(world: &World<'_>, feed: &mut Feed<'_>) -> io::Result<()> {
    let at = at_hour(world.ago(30), 6);
    for (number, manager) in (0_u32..).zip(&world.staff.managers) {
        feed.put(&manager.reference, at, &Record::Officer(offender_manager(world, number, manager)?))?;
    }
    for (number, supervisor) in (0_u32..).zip(&world.staff.supervisors) {
        let officer = senior(world, OfficerRole::Supervisor, number, Some(world.team_ref(number)?))?;
        feed.put(supervisor, at, &Record::Officer(officer))?;
    }
    for (number, inspector) in (0_u32..).zip(&world.staff.inspectors) {
        feed.put(inspector, at, &Record::Officer(senior(world, OfficerRole::DetectiveInspector, number, None)?))?;
    }
    for (number, town) in (1_u32..).zip(&world.towns) {
        let mut chance = world.chance("neighbourhood officer", number);
        let mut officer = in_post(world, OfficerRole::NeighbourhoodOfficer, &mut chance);
        officer.neighbourhood_ref = Some(town.neighbourhood_ref.clone());
        officer.shifts = week(number.is_multiple_of(2), false);
        feed.put(&reference(format!("no-{number:02}"))?, at, &Record::Officer(officer))?;
    }
    Ok(())
}

fn offender_manager(world: &World<'_>, number: u32, manager: &Manager) -> io::Result<Officer> {
    let mut chance = world.chance("manager", number);
    let mut officer = in_post(world, OfficerRole::OffenderManager, &mut chance);
    let part_time = number % 8 == 7;
    officer.team_ref = Some(world.team_ref(manager.team)?);
    officer.in_post_until = manager.left_on;
    // Two in three hold the office of constable; the rest are police staff.
    officer.constable = Some(number % 3 != 2);
    officer.max_caseload = part_time.then_some(PART_TIME_LIMIT);
    if number.is_multiple_of(3) {
        officer.skills.push("digital_forensics_triage".to_owned());
    }
    if number % 7 == 4 {
        officer.skills.push("british_sign_language".to_owned());
    }
    let mut course = |course, held: u32| {
        if chance.happens(held) {
            let completed_on = world.ago(chance.between(200, 1_900));
            let lapses = chance.happens(150);
            let expires_on = lapses.then(|| plus_days(world.as_at, chance.between(30, 700)));
            officer.training.push(Training { course, completed_on, expires_on });
        } else if chance.happens(400) {
            let completed_on = world.ago(chance.between(1_200, 2_500));
            let expires_on = Some(world.ago(chance.between(5, 300)));
            officer.training.push(Training { course, completed_on, expires_on });
        }
    };
    course(Course::VisorUser, shares::HOLDS_VISOR_COURSE);
    course(Course::ArmsAssessor, shares::HOLDS_ARMS_COURSE);
    course(Course::MosovoFoundation, 700);
    officer.shifts = week(number.is_multiple_of(2), part_time);
    officer.absences = absences(world, &mut chance);
    Ok(officer)
}

/// A supervisor or detective inspector. The first of each lacks the course that the post needs, as
/// in the inspected force (HMICFRS, Dorset 2021).
fn senior(world: &World<'_>, role: OfficerRole, number: u32, team_ref: Option<Ref>) -> io::Result<Officer> {
    let mut chance = world.chance(if team_ref.is_some() { "supervisor" } else { "inspector" }, number);
    let mut officer = in_post(world, role, &mut chance);
    officer.team_ref = team_ref;
    officer.constable = Some(true);
    officer.shifts = week(true, false);
    let mut held = |course| {
        let completed_on = world.ago(chance.between(200, 1_500));
        officer.training.push(Training { course, completed_on, expires_on: None });
    };
    held(Course::VisorUser);
    if number > 0 {
        held(Course::MosovoSupervisor);
    }
    Ok(officer)
}

fn in_post(world: &World<'_>, role: OfficerRole, chance: &mut Chance) -> Officer {
    Officer {
        name: officer_name(chance),
        role,
        team_ref: None,
        in_post_from: world.ago(chance.between(300, 4_000)),
        neighbourhood_ref: None,
        in_post_until: None,
        constable: Some(true),
        max_caseload: None,
        skills: Vec::new(),
        training: Vec::new(),
        shifts: Vec::new(),
        absences: Vec::new(),
        loans: Vec::new(),
    }
}

/// Early and late shifts by turns; every second officer begins the week with the other one.
fn week(begins_early: bool, part_time: bool) -> Vec<Shift> {
    let mut early = begins_early;
    let mut shifts = Vec::new();
    let days = [DayOfWeek::Mon, DayOfWeek::Tue, DayOfWeek::Wed, DayOfWeek::Thu, DayOfWeek::Fri];
    for weekday in days.into_iter().take(if part_time { 3 } else { 5 }) {
        let (start, end) = if early { (hour(8), hour(16)) } else { (hour(12), hour(20)) };
        shifts.push(Shift { weekday, start, end });
        early = !early;
    }
    if !begins_early && !part_time {
        shifts.push(Shift { weekday: DayOfWeek::Sat, start: hour(10), end: hour(16) });
    }
    shifts
}

/// Leave and other days away, before and after the caseload's day; never a run of 28 days.
fn absences(world: &World<'_>, chance: &mut Chance) -> Vec<Absence> {
    let mut absences = Vec::new();
    for month in 0..7 {
        let begins = plus_days(world.ago(90), month * 30 + chance.between(0, 14));
        let (reason, days) = chance
            .weighted(
                &[
                    (Some((AbsenceReason::Leave, 7)), 220),
                    (Some((AbsenceReason::Leave, 14)), 80),
                    (Some((AbsenceReason::Training, 3)), 120),
                    (Some((AbsenceReason::Court, 1)), 120),
                    (Some((AbsenceReason::Sickness, 2)), 100),
                    (Some((AbsenceReason::Abstraction, 1)), 80),
                ],
                None,
            )
            .unzip();
        if let (Some(reason), Some(days)) = (reason, days) {
            absences.push(Absence { from: begins, until: plus_days(begins, days - 1), reason });
        }
    }
    absences
}
