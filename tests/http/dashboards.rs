//! A supervisor at eight o'clock with their team, and the head of public protection with the force.

use std::collections::{BTreeMap, BTreeSet};

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::{Value, json};

use crate::support::caseload::{self, RECORDED, event, lines, offender};
use crate::support::http::{Reply, Running, of_force, persona, run};
use crate::support::{evaluate, fixture, import, on_both_databases};

fn recorded(store: &Store, force: &str) -> Vec<StoredAuditEntry> {
    store.transaction(|connection| audit::of_force(connection, force)).unwrap()
}

fn ok(service: &Running, grants: &Grants, path: &str) -> Value {
    let reply = service.get(grants, path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply.json()
}

/// Every entry of a list, page after page.
fn entries(service: &Running, grants: &Grants, list: &str) -> Vec<Value> {
    let mut path = format!("{list}{}limit=200", if list.contains('?') { "&" } else { "?" });
    let mut items = Vec::new();
    loop {
        let reply = service.get(grants, &path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        items.extend(reply.json()["items"].as_array().unwrap().clone());
        let Some(link) = reply.header("link") else { return items };
        path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
}

/// What the scenario is known to have: who is where, and what is raised on whom.
struct Scenario {
    flags: BTreeMap<String, BTreeSet<String>>,
    team_of: BTreeMap<String, String>,
    community: BTreeSet<String>,
    reactive: BTreeSet<String>,
}

impl Scenario {
    fn read() -> Self {
        let expected: Value = serde_json::from_str(&fixture("dorset-2021.expected.json.gz")).unwrap();
        let flags = serde_json::from_value(expected["flags"].clone()).unwrap();
        let mut scenario =
            Self { flags, team_of: BTreeMap::new(), community: BTreeSet::new(), reactive: BTreeSet::new() };
        for line in fixture("dorset-2021.feed.ndjson.gz").lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let (data, subject) = (&event["data"], event["subject"].as_str().unwrap().to_owned());
            let text = |member: &str| data[member].as_str().unwrap_or_default().to_owned();
            match event["type"].as_str().unwrap() {
                "records.offender.v1" => {
                    scenario.team_of.insert(subject.clone(), text("team_ref"));
                    let ended = data["notification"]["ends_on"].as_str().is_some_and(|ends| ends < "2021-04-15");
                    if text("status") == "community" && !ended {
                        scenario.community.insert(subject);
                    }
                }
                "records.officer.v1" => {
                    scenario.team_of.insert(subject, text("team_ref"));
                }
                "records.team.v1" => {
                    scenario.team_of.insert(subject.clone(), subject);
                }
                "records.breach.v1" => {
                    scenario.team_of.insert(subject, text("offender_ref"));
                }
                "records.reactive_management.v1" => {
                    let left = data["left_on"].as_str().is_some_and(|left| left <= "2021-04-15");
                    if text("entered_on").as_str() <= "2021-04-15" && !left {
                        scenario.reactive.insert(subject);
                    }
                }
                _ => {}
            }
        }
        scenario
    }

    /// The team of an offender, breach, officer or team.
    fn team(&self, subject: &str) -> &str {
        let team = &self.team_of[subject];
        self.team_of.get(team).map_or(team, |of_offender| of_offender)
    }

    fn raised(&self, code: &str, team: Option<&str>) -> BTreeSet<String> {
        let all = self.flags.get(code).cloned().unwrap_or_default();
        all.into_iter().filter(|subject| team.is_none_or(|team| self.team(subject) == team)).collect()
    }

    /// The offenders of each bucket, from the flags alone.
    fn buckets(&self, team: Option<&str>) -> BTreeMap<&'static str, BTreeSet<String>> {
        let is_offender = |subject: &&String| subject.starts_with("rso");
        let all: BTreeSet<String> = self
            .team_of
            .keys()
            .filter(|subject| self.community.contains(*subject) || self.is_offender(subject))
            .filter(|subject| team.is_none_or(|team| self.team(subject) == team))
            .cloned()
            .collect();
        let _ = is_offender;
        let of = |codes: &[&str]| codes.iter().flat_map(|code| self.raised(code, team)).collect::<BTreeSet<_>>();
        let mut left: BTreeSet<String> = all.clone();
        let mut take = |which: &dyn Fn(&String) -> bool| {
            let taken: BTreeSet<String> = left.iter().filter(|subject| which(subject)).cloned().collect();
            left.retain(|subject| !taken.contains(subject));
            taken
        };
        let (unallocated, incomplete) =
            (of(&["unallocated"]), of(&["no_risk_management_plan", "no_visit_requirement"]));
        BTreeMap::from([
            ("outside", take(&|subject| !self.community.contains(subject))),
            ("unallocated", take(&|subject| unallocated.contains(subject))),
            ("plan_incomplete", take(&|subject| incomplete.contains(subject))),
            ("reactive", take(&|subject| self.reactive.contains(subject))),
            ("managed", take(&|_| true)),
        ])
    }

    fn is_offender(&self, _: &str) -> bool {
        true
    }
}
