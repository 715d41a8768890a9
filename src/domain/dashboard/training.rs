//! Training: courses that a post needs and its holder lacks, or will lack soon.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FlagFigure, Known, StaffFlag, count};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::flag::FlagCode;
use crate::domain::officer::{Course, Officer};
use crate::domain::reference::Ref;

/// Courses of the officers in post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TrainingFigures)]
pub struct Training {
    /// Officers in post whose post needs a course.
    pub officers: u32,
    /// Officers who lack one: the flag `training_missing`.
    pub missing: FlagFigure,
    /// Who lacks which.
    pub missing_courses: Vec<MissingCourses>,
    /// Courses held that end soon and are not renewed, the first to end first.
    pub expiring: Vec<ExpiringCourse>,
}

/// The courses that one officer lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingCourses {
    /// The officer.
    #[schema(value_type = String)]
    pub officer_ref: Ref,
    /// The courses, such as `arms_assessor`.
    #[schema(value_type = Vec<String>)]
    pub courses: Vec<Course>,
}

/// A course that ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExpiringCourse {
    /// The officer.
    #[schema(value_type = String)]
    pub officer_ref: Ref,
    /// The course.
    #[schema(value_type = String)]
    pub course: Course,
    /// The last day on which it is held.
    #[schema(value_type = String, format = Date)]
    pub expires_on: CivilDate,
}

impl Training {
    pub(super) fn of(known: Known<'_>) -> Self {
        let today = known.at.today();
        let in_post = || {
            let in_post = known.officers.iter().filter(move |(_, officer)| officer.is_in_post(today));
            in_post.filter(|(_, officer)| !officer.role.courses_needed().is_empty())
        };
        let missing = known.staff_flags.iter().filter(|flag| flag.code == FlagCode::TrainingMissing);
        let notice = plus_days(today, known.policy.dashboard.training_notice_days);
        let mut expiring: Vec<ExpiringCourse> =
            in_post().flat_map(|(reference, officer)| ending(reference, officer, today, notice)).collect();
        expiring
            .sort_by(|a, b| (a.expires_on, &a.officer_ref, a.course).cmp(&(b.expires_on, &b.officer_ref, b.course)));
        Self {
            officers: count(in_post()),
            missing: known.flagged_staff(FlagCode::TrainingMissing),
            missing_courses: missing
                .map(|flag| MissingCourses { officer_ref: flag.subject.clone(), courses: courses(flag) })
                .collect(),
            expiring,
        }
    }
}

/// The courses that a flag says are missing.
fn courses(flag: &StaffFlag) -> Vec<Course> {
    let missing = flag.evidence.get("missing").map(Vec::<Course>::deserialize);
    missing.and_then(Result::ok).unwrap_or_default()
}

/// The courses that the post needs, held today and by no later certificate beyond the notice.
fn ending<'a>(
    reference: &'a Ref,
    officer: &'a Officer,
    today: CivilDate,
    notice: CivilDate,
) -> impl Iterator<Item = ExpiringCourse> + 'a {
    officer.role.courses_needed().iter().filter_map(move |course| {
        let held = officer.training.iter().filter(|it| it.course == *course && it.is_held_on(today));
        let until = held.map(|training| training.expires_on.unwrap_or(CivilDate::MAX)).max()?;
        (until <= notice).then(|| ExpiringCourse { officer_ref: reference.clone(), course: *course, expires_on: until })
    })
}
