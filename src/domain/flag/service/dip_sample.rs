//! Dip samples that are not complete when their month is over.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::Finding;
use crate::domain::calendar::first_of_month;
use crate::domain::case_file::ForceFile;
use crate::domain::dip_sample::{DipSampleGrade, due_on, month_due, of_month, standing};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;

/// A team with offenders in the community whose sample of last month is not graded as it asks for; or was never drawn, until
/// this month's is, for a month that is over is not drawn any more.
pub(super) fn due<'a>(force: &'a ForceFile, at: Moment, policy: &Policy) -> Vec<(&'a Ref, Finding)> {
    let month = month_due(at.today());
    let in_community = force.cases.values().filter(|case| case.is_in_community(at));
    let teams: BTreeSet<&Ref> = in_community.map(|case| &case.offender.team_ref).collect();
    let found = |team: &'a Ref| {
        let Some(sample) = of_month(force, team, month) else {
            let is_drawn = of_month(force, team, first_of_month(at.today())).is_some();
            let evidence = json!({ "month": month, "due_on": due_on(month) });
            return (!is_drawn).then_some(Finding { reason: Some("not_drawn"), evidence });
        };
        let of_sample = force.dip_sample_grades.iter().filter(|held| held.record.sample_ref == sample.subject);
        let grades: Vec<&DipSampleGrade> = of_sample.map(|held| &held.record).collect();
        let standing = standing(&sample.record, &grades, &force.officers, &policy.dip_sample);
        let evidence = json!({
            "month": month, "due_on": due_on(month), "sample_ref": sample.subject, "cases": standing.cases,
            "ungraded": standing.ungraded.len(), "want_second": standing.want_second.len(),
            "graded_by_inspector": standing.graded_by_inspector,
            "inspector_must_grade": standing.inspector_must_grade,
        });
        (!standing.is_complete()).then_some(Finding { reason: Some("not_complete"), evidence })
    };
    teams.into_iter().filter_map(|team| Some((team, found(team)?))).collect()
}
