//! Who may decide what: rank, training, and never on their own work.
//!
//! The token's role opens the door; what an officer is in post as, and the courses they hold, are asked of the
//! force's records on the day.

use super::calendar::CivilDate;
use super::officer::{Course, Officer, OfficerRole};
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};

/// A supervisor in post.
#[must_use]
pub fn is_supervisor_in_post(officer: &Officer, day: CivilDate) -> bool {
    officer.role == OfficerRole::Supervisor && officer.is_in_post(day)
}

/// A detective inspector in post.
#[must_use]
pub fn is_detective_inspector_in_post(officer: &Officer, day: CivilDate) -> bool {
    officer.role == OfficerRole::DetectiveInspector && officer.is_in_post(day)
}

/// A supervisor or detective inspector in post.
#[must_use]
pub fn is_supervisor_or_above(officer: &Officer, day: CivilDate) -> bool {
    officer.role.supervises() && officer.is_in_post(day)
}

/// A supervisor or detective inspector in post.
///
/// # Errors
/// When the officer is neither.
pub fn supervises(officer: &Officer, day: CivilDate) -> Result<(), Refusal> {
    if is_supervisor_or_above(officer, day) {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::NotQualified, "this is for a supervisor or detective inspector in post"))
}

/// A course held on a day.
///
/// # Errors
/// When it is not.
pub fn holds(officer: &Officer, course: Course, day: CivilDate) -> Result<(), Refusal> {
    if officer.holds(course, day) {
        return Ok(());
    }
    let named = match course {
        Course::VisorUser => "visor_user",
        Course::ArmsAssessor => "arms_assessor",
        Course::MosovoFoundation => "mosovo_foundation",
        Course::MosovoSupervisor => "mosovo_supervisor",
    };
    Err(Refusal::new(RefusalCode::NotQualified, format!("this is for an officer who holds {named} on {day}")))
}

/// Nobody approves or checks what they made themselves.
///
/// # Errors
/// When the officer is among those whose work it is.
pub fn is_not_own_work<'a>(officer: &Ref, whose: impl IntoIterator<Item = &'a Ref>) -> Result<(), Refusal> {
    if whose.into_iter().any(|whose| whose == officer) {
        return Err(Refusal::new(RefusalCode::OwnWork, "it is the work of the officer who acts; ask somebody else"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn officer(role: &str, until: Option<&str>, expires: Option<&str>) -> Officer {
        serde_json::from_value(json!({
            "name": "Invented Officer", "role": role, "in_post_from": "2020-01-01", "in_post_until": until,
            "skills": [], "shifts": [], "absences": [],
            "training": [{ "course": "arms_assessor", "completed_on": "2020-02-01", "expires_on": expires }],
        }))
        .unwrap()
    }

    #[test]
    fn rank_counts_while_in_post() {
        let day: CivilDate = "2021-04-15".parse().unwrap();
        for (role, until, supervisor, inspector) in [
            ("supervisor", None, true, false),
            ("supervisor", Some("2021-04-14"), false, false),
            ("supervisor", Some("2021-04-15"), true, false),
            ("detective_inspector", None, false, true),
            ("detective_inspector", Some("2021-04-14"), false, false),
            ("offender_manager", None, false, false),
            ("neighbourhood_officer", None, false, false),
        ] {
            let officer = officer(role, until, None);
            assert_eq!(is_supervisor_in_post(&officer, day), supervisor, "{role} {until:?}");
            assert_eq!(is_detective_inspector_in_post(&officer, day), inspector, "{role} {until:?}");
            assert_eq!(supervises(&officer, day).is_ok(), supervisor || inspector, "{role} {until:?}");
        }
    }

    #[test]
    fn a_course_counts_from_its_completion_to_its_expiry() {
        let officer = officer("offender_manager", None, Some("2021-04-15"));
        for (day, held) in [("2020-01-31", false), ("2020-02-01", true), ("2021-04-15", true), ("2021-04-16", false)] {
            assert_eq!(holds(&officer, Course::ArmsAssessor, day.parse().unwrap()).is_ok(), held, "{day}");
        }
        assert!(holds(&officer, Course::MosovoSupervisor, "2021-01-01".parse().unwrap()).is_err());
    }

    #[test]
    fn own_work_is_anybodys_who_had_a_hand_in_it() {
        let named = |name: &str| Ref::new(name).unwrap();
        let own = [named("a"), named("b")];
        assert!(is_not_own_work(&named("c"), &own).is_ok());
        assert_eq!(is_not_own_work(&named("b"), &own).unwrap_err().code, RefusalCode::OwnWork);
    }
}
