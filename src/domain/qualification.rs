//! Who may decide what: rank and training, as the officer's own record has it.

use super::calendar::CivilDate;
use super::officer::{Officer, OfficerRole};

/// True of a detective inspector in post.
#[must_use]
pub fn is_detective_inspector(officer: &Officer, day: CivilDate) -> bool {
    officer.is_in_post(day) && officer.role == OfficerRole::DetectiveInspector
}

/// True of a supervisor, or a detective inspector, in post.
#[must_use]
pub fn is_supervisor_or_above(officer: &Officer, day: CivilDate) -> bool {
    let has_rank = matches!(officer.role, OfficerRole::Supervisor | OfficerRole::DetectiveInspector);
    officer.is_in_post(day) && has_rank
}
