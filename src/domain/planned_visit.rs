//! Visits of an accepted schedule, and what has changed since that puts one in doubt.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::calendar::CivilDate;
use super::case_file::CaseFile;
use super::moment::Moment;
use super::officer::Officer;
use super::reactive_suspension::is_left_unvisited;
use super::reference::Ref;

/// A visit of a team's accepted schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedVisit {
    /// Its id.
    pub id: Uuid,
    /// The proposal it was accepted with.
    pub proposal_id: Uuid,
    /// By which team.
    pub team_ref: Ref,
    /// Whom.
    pub offender_ref: Ref,
    /// Where.
    pub address_ref: Ref,
    /// When.
    pub date: CivilDate,
    /// Who goes.
    pub crew: Vec<Ref>,
}

impl PlannedVisit {
    /// What was arranged.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement<'_> {
        Arrangement { team: &self.team_ref, address: &self.address_ref, date: self.date, crew: &self.crew }
    }
}

/// What was arranged for a visit.
#[derive(Debug, Clone, Copy)]
pub struct Arrangement<'a> {
    /// By which team.
    pub team: &'a Ref,
    /// Where.
    pub address: &'a Ref,
    /// When.
    pub date: CivilDate,
    /// Who goes.
    pub crew: &'a [Ref],
}

/// What has changed since a visit was accepted, so that it may not be made as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The offender's record is gone, or another team is responsible.
    NoLongerInThisTeam,
    /// The case is of limited access, and shuts out an officer who is to go, or whoever reads of it.
    LimitedAccess,
    /// The offender is not in the community, or no longer subject to notification on the day.
    NotInCommunity,
    /// The offender was placed in reactive management, which is not suspended.
    InReactiveManagement,
    /// The offender does not live there that day.
    AddressChanged,
    /// An officer of the crew is away, out of post or with another team that day.
    OfficerNotOnDuty,
}

impl Doubt {
    /// The doubt as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoLongerInThisTeam => "no_longer_in_this_team",
            Self::LimitedAccess => "limited_access",
            Self::NotInCommunity => "not_in_community",
            Self::InReactiveManagement => "in_reactive_management",
            Self::AddressChanged => "address_changed",
            Self::OfficerNotOnDuty => "officer_not_on_duty",
        }
    }
}

/// What puts a visit in doubt; nothing where it can be made as it was arranged. Of another team's case no more is
/// told than that it is one.
#[must_use]
pub fn doubts(
    visit: Arrangement<'_>,
    case: Option<&CaseFile>,
    officers: &BTreeMap<Ref, Officer>,
    at: Moment,
) -> Vec<Doubt> {
    let is_on_duty = |officer: &Ref| {
        officers.get(officer).is_some_and(|officer| {
            let is_there = officer.is_in_post(visit.date) && !officer.is_absent(visit.date);
            is_there && officer.team_on(visit.date) == Some(visit.team)
        })
    };
    let of_the_case = case
        .filter(|case| case.offender.team_ref == *visit.team)
        .map_or_else(|| vec![Doubt::NoLongerInThisTeam], |case| of_case(visit, case, at));
    let crew_is_there = visit.crew.iter().all(is_on_duty);
    of_the_case.into_iter().chain((!crew_is_there).then_some(Doubt::OfficerNotOnDuty)).collect()
}

fn of_case(visit: Arrangement<'_>, case: &CaseFile, at: Moment) -> Vec<Doubt> {
    let shuts_out = |officer: &Ref| !case.records.admits(Some(officer));
    let lives_there = case.residence_on(visit.date).is_some_and(|held| held.subject == *visit.address);
    [
        (visit.crew.iter().any(shuts_out), Doubt::LimitedAccess),
        (!case.offender.is_in_community(visit.date), Doubt::NotInCommunity),
        (is_left_unvisited(case, at), Doubt::InReactiveManagement),
        (!lives_there, Doubt::AddressChanged),
    ]
    .into_iter()
    .filter_map(|(holds, doubt)| holds.then_some(doubt))
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::flag::tests::World;
    use crate::domain::record::RecordKind;

    fn reference(text: &str) -> Ref {
        Ref::new(text).unwrap()
    }

    /// What puts a visit of `o` by `om` and `om-2` on Tuesday 20 April 2021 in doubt.
    fn found(world: &World) -> Vec<&'static str> {
        let force = world.force_file();
        let (team, address, crew) = (reference("t"), reference("a"), [reference("om"), reference("om-2")]);
        let visit = Arrangement { team: &team, address: &address, date: "2021-04-20".parse().unwrap(), crew: &crew };
        let doubts = doubts(visit, force.cases.get(&reference("o")), &force.officers, world.moment());
        doubts.into_iter().map(Doubt::as_str).collect()
    }

    #[test]
    fn each_fact_that_changed_is_a_doubt_and_no_other() {
        let base = || World::in_order().set(RecordKind::Officer, "om-2", json!({}));
        let offender = |members| base().set(RecordKind::Offender, "o", members);
        let address = |members| base().set(RecordKind::Address, "a", members);
        let second = |members| base().set(RecordKind::Officer, "om-2", members);
        let access = |members| base().set(RecordKind::AccessRestriction, "o", members);
        let ends = |on: &str| {
            json!({ "notification": { "relevant_date": "2015-06-01", "ends_on": on, "regime": "annual",
                "under_18_at_relevant_date": false } })
        };
        let away =
            |from: &str, until: &str| json!({ "absences": [{ "from": from, "until": until, "reason": "sickness" }] });
        let lent = |from: &str| json!({ "loans": [{ "team_ref": "u", "from": from, "until": "2021-05-01", "approved_by": "sup" }] });
        let reactive = |world: World| world.set(RecordKind::ReactiveManagement, "o", json!({}));
        let arrested = json!({ "offender_ref": "o", "arrested_at": "2021-04-01T10:00:00Z" });
        let moved = |from: &str| base().set(RecordKind::Address, "b", json!({ "resident_from": from }));
        let rows: [(&str, World, &[&str]); 23] = [
            ("nothing changed", base(), &[]),
            ("the record is gone", base().without(RecordKind::Offender, "o"), &["no_longer_in_this_team"]),
            ("another team", offender(json!({ "team_ref": "u", "status": "custody" })), &["no_longer_in_this_team"]),
            ("in custody", offender(json!({ "status": "custody" })), &["not_in_community"]),
            ("missing", offender(json!({ "status": "missing" })), &["not_in_community"]),
            ("notification ends on the day", offender(ends("2021-04-20")), &[]),
            ("notification ends the day before", offender(ends("2021-04-19")), &["not_in_community"]),
            ("in reactive management", reactive(base()), &["in_reactive_management"]),
            ("suspended from it", reactive(base().set(RecordKind::Arrest, "x", arrested)), &[]),
            ("lives there to the day", address(json!({ "resident_until": "2021-04-20" })), &[]),
            ("moved out the day before", address(json!({ "resident_until": "2021-04-19" })), &["address_changed"]),
            ("has moved by the day", moved("2021-04-20"), &["address_changed"]),
            ("moves the day after", moved("2021-04-21"), &[]),
            ("the last day in post", second(json!({ "in_post_until": "2021-04-20" })), &[]),
            ("out of post", second(json!({ "in_post_until": "2021-04-19" })), &["officer_not_on_duty"]),
            ("back on the day", second(away("2021-04-01", "2021-04-19")), &[]),
            ("away on the day", second(away("2021-04-20", "2021-04-20")), &["officer_not_on_duty"]),
            ("lent on the day", second(lent("2021-04-20")), &["officer_not_on_duty"]),
            ("lent the day after", second(lent("2021-04-21")), &[]),
            ("nobody of that name", base().without(RecordKind::Officer, "om-2"), &["officer_not_on_duty"]),
            ("both admitted", access(json!({ "restricted_to": ["om", "om-2"] })), &[]),
            ("one not admitted", access(json!({ "restricted_to": ["om"] })), &["limited_access"]),
            ("one excluded", access(json!({ "excluded": ["om-2"] })), &["limited_access"]),
        ];
        for (what, world, doubts) in rows {
            assert_eq!(found(&world), doubts, "{what}");
        }
    }
}
