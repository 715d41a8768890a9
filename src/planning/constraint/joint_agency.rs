//! Joint agency: a visit with another agency is made when that agency can come.

use super::Span;
use crate::domain::planning_policy::PlanningPolicy;
use crate::domain::working_time::DayOfWeek;
use crate::planning::snapshot::VisitNeeds;

/// When the agency can come on that weekday; the whole day where none goes along.
#[must_use]
pub fn hours(needs: &VisitNeeds, policy: &PlanningPolicy, weekday: DayOfWeek) -> Option<Span> {
    if needs.joint_agency.is_none() {
        return Some(Span::WHOLE_DAY);
    }
    let hours = &policy.joint_agency_hours;
    hours.weekdays.contains(&weekday).then(|| Span { from: hours.from.seconds(), until: hours.until.seconds() })
}
