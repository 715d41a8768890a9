//! Officers: their post, skills, training and working time.

use serde::{Deserialize, Serialize};

use super::calendar::{CivilDate, days_between, plus_days};
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};
use super::working_time::{DayOfWeek, TimeOfDay};

/// What an officer is in post as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficerRole {
    /// Manages a caseload of registered sex offenders.
    OffenderManager,
    /// Supervises a team.
    Supervisor,
    /// Approves reactive management.
    DetectiveInspector,
    /// Polices a neighbourhood.
    NeighbourhoodOfficer,
}

impl OfficerRole {
    /// True for those who decide on the work of others: supervisors and detective inspectors.
    #[must_use]
    pub const fn supervises(self) -> bool {
        matches!(self, Self::Supervisor | Self::DetectiveInspector)
    }

    /// The courses that a post needs (HMICFRS, Dorset 2021: inspected officers lacked them).
    #[must_use]
    pub const fn courses_needed(self) -> &'static [Course] {
        match self {
            Self::OffenderManager => &[Course::VisorUser, Course::ArmsAssessor],
            Self::Supervisor => &[Course::VisorUser, Course::MosovoSupervisor],
            Self::DetectiveInspector => &[Course::MosovoSupervisor],
            Self::NeighbourhoodOfficer => &[],
        }
    }
}

/// A course that an officer can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Course {
    /// Use of ViSOR.
    VisorUser,
    /// Accredited ARMS assessor.
    ArmsAssessor,
    /// The MOSOVO foundation course.
    MosovoFoundation,
    /// The MOSOVO supervisor course.
    MosovoSupervisor,
}

/// A course completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// Which course.
    pub course: Course,
    /// When it was completed.
    pub completed_on: CivilDate,
    /// The last day on which it is held; empty where it does not lapse.
    pub expires_on: Option<CivilDate>,
}

impl Training {
    /// True when the course is held on a day.
    #[must_use]
    pub fn is_held_on(&self, day: CivilDate) -> bool {
        self.completed_on <= day && self.expires_on.is_none_or(|expires| expires >= day)
    }
}

/// One weekly shift. An overnight spell is sent as two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The day it is worked.
    pub weekday: DayOfWeek,
    /// When it starts.
    pub start: TimeOfDay,
    /// When it ends.
    pub end: TimeOfDay,
}

/// Why an officer is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceReason {
    /// Annual leave.
    Leave,
    /// Sickness.
    Sickness,
    /// On a course.
    Training,
    /// At court.
    Court,
    /// Taken for other duties.
    Abstraction,
    /// Anything else.
    Other,
}

/// A span of whole days away from duty, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// First day away.
    pub from: CivilDate,
    /// Last day away.
    pub until: CivilDate,
    /// Why.
    pub reason: AbsenceReason,
}

/// A span of whole days on which an officer is lent to another team, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loan {
    /// The team that borrows.
    pub team_ref: Ref,
    /// First day there.
    pub from: CivilDate,
    /// Last day there.
    pub until: CivilDate,
    /// The officer of the lending team, or of the force, who approved it.
    pub approved_by: Ref,
}

/// An officer as the records system knows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Officer {
    /// The officer's name.
    pub name: String,
    /// What they are in post as.
    pub role: OfficerRole,
    /// Their team.
    pub team_ref: Option<Ref>,
    /// First day in post.
    pub in_post_from: CivilDate,
    /// The neighbourhood they police.
    pub neighbourhood_ref: Option<Ref>,
    /// Last day in post; empty where there is none.
    pub in_post_until: Option<CivilDate>,
    /// Whether they hold the office of constable; not known where empty.
    pub constable: Option<bool>,
    /// The most offenders they should manage, where one is set.
    pub max_caseload: Option<u32>,
    /// What they can do that a visit may ask for.
    pub skills: Vec<String>,
    /// Courses completed.
    pub training: Vec<Training>,
    /// Weekly shifts.
    pub shifts: Vec<Shift>,
    /// Spans away from duty.
    pub absences: Vec<Absence>,
    /// Spans with another team; decided here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loans: Vec<Loan>,
}

/// The most that a caseload's own limit can be: that of the records feed, version 1.
const MOST_CASES: u32 = 500;

impl Officer {
    /// Checks that the record does not contradict itself, as the records feed has it.
    ///
    /// # Errors
    /// With the member that is at fault.
    pub fn check(&self) -> Result<(), Refusal> {
        let refused = |pointer: String, detail: &str| Err(Refusal::new(RefusalCode::NotAcceptable, detail).at(pointer));
        if self.in_post_until.is_some_and(|until| until < self.in_post_from) {
            return refused("/in_post_until".to_owned(), "the last day in post is not before the first");
        }
        if self.max_caseload.is_some_and(|most| most > MOST_CASES) {
            return refused("/max_caseload".to_owned(), "a caseload has at most 500 offenders");
        }
        if let Some(at) = self.shifts.iter().position(|shift| shift.end < shift.start) {
            return refused(format!("/shifts/{at}/end"), "a shift ends after it begins; an overnight spell is two");
        }
        Ok(())
    }

    /// In post: from `in_post_from`, to `in_post_until` where there is one.
    #[must_use]
    pub fn is_in_post(&self, day: CivilDate) -> bool {
        self.in_post_from <= day && !self.has_left(day)
    }

    /// True after the last day in post.
    #[must_use]
    pub fn has_left(&self, day: CivilDate) -> bool {
        self.in_post_until.is_some_and(|until| until < day)
    }

    /// True when a course is held on a day.
    #[must_use]
    pub fn holds(&self, course: Course, day: CivilDate) -> bool {
        self.training.iter().any(|training| training.course == course && training.is_held_on(day))
    }

    /// The courses that the officer's post needs and they do not hold on a day.
    #[must_use]
    pub fn courses_missing(&self, day: CivilDate) -> Vec<Course> {
        self.role.courses_needed().iter().copied().filter(|course| !self.holds(*course, day)).collect()
    }

    /// True when the officer is away on a day.
    #[must_use]
    pub fn is_absent(&self, day: CivilDate) -> bool {
        self.absences.iter().any(|absence| absence.from <= day && day <= absence.until)
    }

    /// The team that an officer works for on a day: the borrowing one on the days of a loan, else their own.
    #[must_use]
    pub fn team_on(&self, day: CivilDate) -> Option<&Ref> {
        let lent = self.loans.iter().find(|loan| loan.from <= day && day <= loan.until);
        lent.map(|loan| &loan.team_ref).or(self.team_ref.as_ref())
    }

    /// The first day of a long absence that covers `day`: a run of absences without a gap of a
    /// day, adjoining or overlapping, of more than `longer_than_days`, first to last day included.
    #[must_use]
    pub fn long_absence_since(&self, day: CivilDate, longer_than_days: u32) -> Option<CivilDate> {
        let mut absences: Vec<&Absence> = self.absences.iter().collect();
        absences.sort_by_key(|absence| (absence.from, absence.until));
        let mut run: Option<(CivilDate, CivilDate)> = None;
        for absence in absences {
            run = match run {
                Some((from, until)) if absence.from <= plus_days(until, 1) => Some((from, until.max(absence.until))),
                Some((_, until)) if until >= day => break,
                Some(_) | None => Some((absence.from, absence.until)),
            };
        }
        run.filter(|(from, until)| {
            *from <= day && day <= *until && days_between(*from, *until) + 1 > i64::from(longer_than_days)
        })
        .map(|(from, _)| from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    fn officer(absences: &[(&str, &str)]) -> Officer {
        Officer {
            name: "Invented Officer".into(),
            role: OfficerRole::OffenderManager,
            team_ref: None,
            in_post_from: date("2020-01-01"),
            neighbourhood_ref: None,
            in_post_until: Some(date("2021-12-31")),
            constable: None,
            max_caseload: None,
            skills: vec![],
            training: vec![],
            shifts: vec![],
            absences: absences
                .iter()
                .map(|(from, until)| Absence { from: date(from), until: date(until), reason: AbsenceReason::Leave })
                .collect(),
            loans: vec![],
        }
    }

    #[test]
    fn a_lent_officer_works_for_the_borrowing_team_on_those_days_alone() {
        let team = |name: &str| Some(Ref::new(name).unwrap());
        let loan = Loan {
            team_ref: Ref::new("east").unwrap(),
            from: date("2021-04-01"),
            until: date("2021-04-02"),
            approved_by: Ref::new("ds").unwrap(),
        };
        let officer = Officer { team_ref: team("west"), loans: vec![loan], ..officer(&[]) };
        for (day, works_for) in
            [("2021-03-31", "west"), ("2021-04-01", "east"), ("2021-04-02", "east"), ("2021-04-03", "west")]
        {
            assert_eq!(officer.team_on(date(day)).cloned(), team(works_for), "{day}");
        }
    }

    #[test]
    fn a_post_is_held_from_its_first_day_to_its_last() {
        let officer = officer(&[]);
        for (day, in_post) in [("2019-12-31", false), ("2020-01-01", true), ("2021-12-31", true), ("2022-01-01", false)]
        {
            assert_eq!(officer.is_in_post(date(day)), in_post, "{day}");
        }
    }

    #[test]
    fn a_long_absence_joins_runs_without_a_gap_of_a_day() {
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
        let cases: [Case<'_>; 6] = [
            (&[("2021-03-01", "2021-03-28")], "2021-03-10", None),
            (&[("2021-03-01", "2021-03-29")], "2021-03-10", Some("2021-03-01")),
            (&[("2021-03-16", "2021-03-31"), ("2021-03-01", "2021-03-15")], "2021-03-20", Some("2021-03-01")),
            (&[("2021-03-01", "2021-03-15"), ("2021-03-17", "2021-03-31")], "2021-03-20", None),
            (&[("2021-03-01", "2021-04-15"), ("2021-03-05", "2021-03-06")], "2021-04-15", Some("2021-03-01")),
            (&[("2021-01-01", "2021-02-15"), ("2021-03-01", "2021-03-05")], "2021-03-02", None),
        ];
        for (absences, day, since) in cases {
            assert_eq!(officer(absences).long_absence_since(date(day), 28), since.map(date), "{absences:?} {day}");
        }
    }
}
