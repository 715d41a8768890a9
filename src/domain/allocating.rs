//! Deciding who manages a case: an offender manager who will be there, who may see the case, and from today on.

use super::allocation::newest;
use super::calendar::{CivilDate, plus_years};
use super::case_file::{CaseFile, ForceFile};
use super::moment::Moment;
use super::officer::{Officer, OfficerRole};
use super::policy::Policy;
use super::reference::Ref;
use super::refusal::{Refusal, RefusalCode};

/// Checks that an officer may take a case over from a day.
///
/// # Errors
/// With the rule that stands against it, at `/officer_ref` or `/from`.
pub fn check(
    case: &CaseFile,
    force: &ForceFile,
    (officer_ref, from): (&Ref, CivilDate),
    (at, policy): (Moment, &Policy),
) -> Result<(), Refusal> {
    let refused = |code, detail: &str, pointer: &str| Err(Refusal::new(code, detail).at(pointer));
    if !case.is_managed(at) {
        return refused(RefusalCode::WrongState, "the case is not this force's to manage any more", "");
    }
    if from > latest(at) {
        return refused(RefusalCode::NotAcceptable, "an allocation begins within a year", "/from");
    }
    if from < at.today() {
        let detail = "an allocation begins today or later: who was responsible before is not decided afterwards";
        return refused(RefusalCode::NotAcceptable, detail, "/from");
    }
    let Some(officer) = force.officers.get(officer_ref) else {
        return refused(RefusalCode::UnknownReference, "names an officer whom the force does not have", "/officer_ref");
    };
    if let Some(detail) = unfit(officer, from, policy) {
        return refused(RefusalCode::NotAcceptable, detail, "/officer_ref");
    }
    if !case.records.admits(Some(officer_ref)) {
        let detail = "the officer could not see this limited-access case; a detective inspector admits them first";
        return refused(RefusalCode::NotAcceptable, detail, "/officer_ref");
    }
    if newest(&case.records.allocations)
        .is_some_and(|held| held.record.officer_ref.as_ref() == Some(officer_ref) && held.record.from <= from)
    {
        return refused(RefusalCode::WrongState, "the case is this officer's already", "/officer_ref");
    }
    Ok(())
}

/// The last day from which an allocation may begin: no post is filled further ahead \[I\].
fn latest(at: Moment) -> CivilDate {
    plus_years(at.today(), 1)
}

/// Why an officer cannot manage a case from a day.
fn unfit(officer: &Officer, from: CivilDate, policy: &Policy) -> Option<&'static str> {
    if officer.role != OfficerRole::OffenderManager {
        return Some("cases are managed by offender managers; one parked with somebody else counts as unallocated");
    }
    if !officer.is_in_post(from) {
        return Some("the officer is not in post on that day");
    }
    let is_away = officer.long_absence_since(from, policy.long_absence_days).is_some();
    is_away.then_some("the officer is on long absence on that day; the case would count as unallocated")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::policy::Policies;
    use crate::domain::record::RecordKind;

    #[test]
    fn a_case_goes_to_an_offender_manager_who_will_be_there_and_may_see_it() {
        use RefusalCode::{NotAcceptable, UnknownReference, WrongState};
        let world = World::in_order().set(RecordKind::Officer, "om2", json!({}));
        let changed = |members| world.clone().set(RecordKind::Officer, "om2", members);
        let away = |until: &str| json!([{"from": "2021-04-01", "until": until, "reason": "sickness"}]);
        let access =
            |only: &[&str]| world.clone().set(RecordKind::AccessRestriction, "o", json!({"restricted_to": only}));
        let policies = Policies::built_in().unwrap();
        for (world, officer, from, refused) in [
            (world.clone(), "om2", "2021-04-15", None),
            (world.clone(), "om2", "2022-04-15", None),
            (world.clone(), "om2", "2022-04-16", Some((NotAcceptable, "/from"))),
            (world.clone(), "om2", "2021-04-14", Some((NotAcceptable, "/from"))),
            (world.clone(), "nobody", "2021-04-15", Some((UnknownReference, "/officer_ref"))),
            (world.clone(), "sup", "2021-04-15", Some((NotAcceptable, "/officer_ref"))),
            (world.clone(), "om", "2021-04-15", Some((WrongState, "/officer_ref"))),
            (changed(json!({"in_post_from": "2021-04-16"})), "om2", "2021-04-16", None),
            (
                changed(json!({"in_post_from": "2021-04-16"})),
                "om2",
                "2021-04-15",
                Some((NotAcceptable, "/officer_ref")),
            ),
            (changed(json!({"in_post_until": "2021-04-15"})), "om2", "2021-04-15", None),
            (
                changed(json!({"in_post_until": "2021-04-15"})),
                "om2",
                "2021-04-16",
                Some((NotAcceptable, "/officer_ref")),
            ),
            (changed(json!({"absences": away("2021-04-28")})), "om2", "2021-04-15", None),
            (
                changed(json!({"absences": away("2021-04-29")})),
                "om2",
                "2021-04-15",
                Some((NotAcceptable, "/officer_ref")),
            ),
            (access(&["om", "om2"]), "om2", "2021-04-15", None),
            (access(&["om"]), "om2", "2021-04-15", Some((NotAcceptable, "/officer_ref"))),
            (
                world.clone().set(RecordKind::Offender, "o", json!({"status": "deceased"})),
                "om2",
                "2021-04-15",
                Some((WrongState, "")),
            ),
        ] {
            let (force, at) = (world.force_file(), world.moment());
            let policy = policies.in_force(at.today()).unwrap();
            let case = force.cases.get("o").unwrap();
            let officer_ref = Ref::new(officer).unwrap();
            let found = check(case, &force, (&officer_ref, from.parse().unwrap()), (at, policy)).err();
            let found = found.as_ref().map(|refusal| (refusal.code, refusal.pointer.as_str()));
            assert_eq!(found, refused, "{officer} {from}");
        }
    }
}
