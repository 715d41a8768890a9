//! Neighbourhood briefings that nobody read: neighbourhood teams did not know of the offenders in their area (Merseyside 2018;
//! HMICFRS, Dorset 2021).

use std::collections::BTreeMap;

use serde_json::json;

use super::super::Finding;
use super::ServiceFacts;
use crate::domain::calendar::{london_date, minus_days};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;

/// A neighbourhood where offenders in the community live, and whose officers have not read its briefing within 28 ⚙ days; one for
/// each team whose offenders they are. A case that only named officers may see is briefed to nobody else, and does not
/// count. The evidence has dates and counts, and never who read.
pub(super) fn not_briefed<'a>(
    force: &'a ForceFile,
    facts: &ServiceFacts,
    at: Moment,
    policy: &Policy,
) -> Vec<(&'a Ref, &'a Ref, Finding)> {
    let since = minus_days(at.today(), policy.briefing_max_age_days);
    let is_open = |case: &&CaseFile| case.records.restrictions().all(|access| access.restricted_to.is_empty());
    let mut living_there: BTreeMap<(&Ref, &Ref), usize> = BTreeMap::new();
    for case in force.cases.values().filter(|case| case.is_in_community(at)).filter(is_open) {
        if let Some(area) = &case.offender.neighbourhood_ref {
            *living_there.entry((area, &case.offender.team_ref)).or_default() += 1;
        }
    }
    let mut found = Vec::new();
    for ((area, team), offenders) in living_there {
        let read_on = facts.briefings_read_at.get(area).filter(|read_at| at.has_happened(**read_at));
        let read_on = read_on.map(|read_at| london_date(*read_at));
        if read_on.is_none_or(|read_on| read_on < since) {
            let evidence = json!({ "offenders": offenders, "last_read_on": read_on, "read_needed_since": since });
            found.push((area, team, Finding::of(evidence)));
        }
    }
    found
}
