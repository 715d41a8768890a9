//! A supervisor proposes, reads, compares and accepts a schedule; the officers read their own day.

use std::collections::BTreeSet;

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::audit;
use serde_json::{Value, json};

use crate::support::http::{Reply, Running, persona, run};
use crate::support::{fixture, import, on_both_databases};

fn of_dorset(role: Role, teams: &[&str]) -> Grants {
    Grants { force: Some("dorset".to_owned()), ..persona(role, teams) }
}

fn manager(officer: &str) -> Grants {
    Grants { officer_ref: Some(officer.to_owned().try_into().unwrap()), ..of_dorset(Role::OffenderManager, &[]) }
}

impl Running {
    fn post(&self, grants: &Grants, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let token = format!("Bearer {}", self.token(grants));
        let mut all = vec![("authorization", token.as_str()), ("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.request("POST", path, &all, body.to_string().as_bytes())
    }

    /// Asks for a proposal, and reads it once it is planned.
    fn propose(&self, grants: &Grants, seed: u64) -> Reply {
        self.plan(
            grants,
            &json!({ "team_ref": "west", "from": "2021-04-16", "days": 14, "seed": seed, "iterations": 20 }),
        )
    }

    fn repair(&self, grants: &Grants) -> Reply {
        let body = json!({ "team_ref": "west", "from": "2021-04-16", "days": 14, "seed": 1, "iterations": 20, "repair": true });
        self.plan(grants, &body)
    }

    fn plan(&self, grants: &Grants, body: &Value) -> Reply {
        let asked = self.post(grants, "/v1/schedules", &[], body);
        assert_eq!(asked.status, 202, "{}", asked.text);
        let location = asked.header("location").unwrap().to_owned();
        (0..100_000).map(|_| self.get(grants, &location)).find(|read| read.json()["state"] != "planning").unwrap()
    }

    fn accept(&self, grants: &Grants, read: &Reply) -> Reply {
        let path = format!("/v1/schedules/{}/accept", read.json()["id"].as_str().unwrap());
        self.post(grants, &path, &[("if-match", read.header("etag").unwrap())], &json!({}))
    }
}

fn first_visit(read: &Reply) -> (String, String, String) {
    let visit = &read.json()["visits"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&visit["crew"][0]), text(&visit["date"]), text(&visit["offender_ref"]))
}

#[test]
fn a_proposal_is_read_compared_accepted_once_and_follows_its_parent() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let (service, supervisor) = (run(store), of_dorset(Role::Supervisor, &["west"]));
        let (first, rival) = (service.propose(&supervisor, 1), service.propose(&supervisor, 2));
        let proposal = first.json();
        let (visits, unplaced) = (proposal["visits"].as_array().unwrap(), proposal["unplaced"].as_array().unwrap());
        assert!(!visits.is_empty() && !unplaced.is_empty());
        assert_eq!(proposal["summary"]["due"], visits.len() + unplaced.len());
        let id = proposal["id"].as_str().unwrap();
        let part = |part: &str| service.get(&supervisor, &format!("/v1/schedules/{id}/{part}")).json();
        assert_eq!(part("visits")["items"], proposal["visits"]);
        assert_eq!(part("unplaced")["items"], proposal["unplaced"]);
        assert_eq!((&part("diff")["kept"], part("diff")["added"].as_array().unwrap().len()), (&json!(0), visits.len()));

        let path = format!("/v1/schedules/{id}/accept");
        assert_eq!(service.post(&supervisor, &path, &[], &json!({})).code(), "precondition_required");
        let wrong = [("if-match", "\"9\"")];
        assert_eq!(service.post(&supervisor, &path, &wrong, &json!({})).code(), "precondition_failed");
        let accepted = service.accept(&supervisor, &first);
        assert_eq!((accepted.status, &accepted.json()["state"]), (200, &json!("accepted")));
        assert_eq!(service.accept(&supervisor, &accepted).code(), "already_accepted");
        assert_eq!(service.accept(&supervisor, &rival).code(), "stale_parent");
        assert_eq!(part("diff")["kept"], visits.len());

        let next = service.propose(&supervisor, 3);
        assert_eq!(next.json()["parent_id"], id);
        // Accepted visits of the next three working days, to Tuesday the 20th, stay as they are.
        let near = |visits: &[Value]| -> Vec<Value> {
            let near = visits.iter().filter(|visit| visit["date"].as_str().unwrap() <= "2021-04-20");
            near.map(|visit| json!([visit["offender_ref"], visit["date"], visit["start"], visit["crew"]])).collect()
        };
        let stays = near(visits);
        let kept = near(next.json()["visits"].as_array().unwrap());
        assert!(!stays.is_empty() && stays.iter().all(|visit| kept.contains(visit)));
        assert_eq!(service.accept(&supervisor, &next).status, 200);

        let list = |grants: &Grants, query: &str| service.get(grants, &format!("/v1/schedules{query}")).json();
        let ids = |list: &Value| -> Vec<Value> {
            list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
        };
        let all = ids(&list(&supervisor, ""));
        assert_eq!(all.len(), 3);
        let first_page = list(&supervisor, "?limit=2");
        let rest = list(&supervisor, &format!("?limit=2&cursor={}", first_page["next_cursor"].as_str().unwrap()));
        assert_eq!([ids(&first_page), ids(&rest)].concat(), all);
        assert_eq!(ids(&list(&supervisor, "?team=west&state=accepted")).len(), 2);
        assert_eq!(ids(&list(&of_dorset(Role::Supervisor, &["poole"]), "")), Vec::<Value>::new());
        assert_eq!(ids(&list(&persona(Role::DetectiveInspector, &[]), "")), Vec::<Value>::new(), "another force");
    });
}

#[test]
fn a_repair_after_an_officer_falls_ill_moves_no_more_visits_than_were_lost() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let supervisor = Grants {
            officer_ref: Some("ds-west".to_owned().try_into().unwrap()),
            ..of_dorset(Role::Supervisor, &["west"])
        };
        let service = run(store);
        let read = service.propose(&supervisor, 1);
        assert_eq!(service.accept(&supervisor, &read).status, 200);
        let (officer, ..) = first_visit(&read);
        let away = json!({"from": "2021-04-16", "until": "2021-04-30", "reason": "sickness"});
        let ill = service.act(&supervisor, &format!("/v1/officers/{officer}/absences"), None, &away);
        assert_eq!(ill.status, 200, "{}", ill.text);

        let repaired = service.repair(&supervisor).json();
        let visits = |proposal: &Value| -> BTreeSet<String> {
            let visits = proposal["visits"].as_array().unwrap().iter();
            let at = |visit: &Value| ["offender_ref", "date", "start", "crew"].map(|member| visit[member].to_string());
            visits.map(|visit| at(visit).join(" ")).collect()
        };
        let (before, after) = (visits(&read.json()), visits(&repaired));
        let lost: BTreeSet<&String> = before.iter().filter(|visit| visit.contains(&officer)).collect();
        assert!(!lost.is_empty() && after.iter().all(|visit| !visit.contains(&officer)));
        let gone: BTreeSet<&String> = before.difference(&after).collect();
        assert_eq!(gone, lost, "whatever still can be made stays to the minute");
        let id = repaired["id"].as_str().unwrap();
        let diff = service.get(&supervisor, &format!("/v1/schedules/{id}/diff")).json();
        let changed = |of: &str| diff[of].as_array().unwrap().len();
        assert_eq!(changed("moved") + changed("removed"), lost.len(), "{diff}");
    });
}

#[test]
fn an_offender_manager_reads_their_own_list_and_a_supervisor_the_teams() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let (service, supervisor) = (run(store), of_dorset(Role::Supervisor, &["west"]));
        let read = service.propose(&supervisor, 1);
        let (officer, date, offender) = first_visit(&read);
        let path = format!("/v1/officers/{officer}/daily-list?date={date}");
        let before = service.get(&supervisor, &path).json();
        assert_eq!(before["visits"], json!([]), "nothing is on a list before a person accepts");
        assert_eq!(service.accept(&supervisor, &read).status, 200);

        let own = service.get(&manager(&officer), &path);
        assert_eq!(own.status, 200, "{}", own.text);
        let visit = &own.json()["visits"][0];
        assert_eq!((&visit["offender_ref"], &visit["doubts"]), (&json!(offender), &json!([])));
        for member in
            ["/offender/family_name", "/address/lines/0", "/window/latest", "/why/rule", "/chosen", "/crew/1/name"]
        {
            assert!(visit.pointer(member).is_some_and(Value::is_string), "{member}: {visit}");
        }
        assert_eq!(service.get(&supervisor, &path).json(), own.json());
        assert_eq!(service.get(&of_dorset(Role::DetectiveInspector, &[]), &path).json(), own.json());

        assert_eq!(service.get(&manager("om-001"), &path).code(), "not_found");
        assert_eq!(service.get(&of_dorset(Role::OffenderManager, &["west"]), &path).code(), "not_found");
        assert_eq!(service.get(&of_dorset(Role::Supervisor, &["poole"]), &path).code(), "not_found");
        assert_eq!(service.get(&persona(Role::DetectiveInspector, &["west"]), &path).code(), "not_found");
        assert_eq!(service.get(&manager(&officer), "/v1/officers/om-999/daily-list").code(), "not_found");
        assert_eq!(service.get(&of_dorset(Role::NeighbourhoodOfficer, &["west"]), &path).code(), "forbidden");
        assert_eq!(service.request("GET", &path, &[], b"").code(), "unauthorized");
        let entries = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
        let refused = entries.iter().filter(|entry| {
            entry.act == "access.refused" && entry.subject == Some(("officer".to_owned(), officer.clone()))
        });
        assert_eq!(refused.count(), 3, "another manager, one without a reference, another team's supervisor");
    });
}

#[test]
fn another_teams_schedules_are_as_if_they_were_not_there() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let (service, other) = (run(store), of_dorset(Role::Supervisor, &["poole"]));
        let read = service.propose(&of_dorset(Role::Supervisor, &["west"]), 1);
        let id = read.json()["id"].as_str().unwrap().to_owned();
        for part in ["", "/visits", "/unplaced", "/diff"] {
            assert_eq!(service.get(&other, &format!("/v1/schedules/{id}{part}")).code(), "not_found", "{part}");
        }
        assert_eq!(service.accept(&other, &read).code(), "not_found");
        let nowhere = "/v1/schedules/01900000-0000-7000-8000-000000000000";
        assert_eq!(service.get(&other, nowhere).code(), "not_found");
        let body = json!({ "team_ref": "west", "from": "2021-04-16", "days": 14 });
        let refused = service.post(&other, "/v1/schedules", &[], &body);
        assert_eq!((refused.code().as_str(), &refused.json()["pointer"]), ("not_found", &json!("/team_ref")));
        let entries = store.transaction(|connection| audit::of_force(connection, "dorset")).unwrap();
        let refused: Vec<&Value> =
            entries.iter().filter(|entry| entry.act == "access.refused").map(|entry| &entry.detail["why"]).collect();
        assert_eq!(refused.len(), 7, "four readings, an acceptance, one of nothing, a proposal");
        assert_eq!(refused.iter().filter(|why| ***why == "not_known").count(), 1);
    });
}

#[test]
fn of_several_people_at_once_one_accepts_and_the_others_are_told_that_they_are_late() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        let (service, supervisor) = (run(store), of_dorset(Role::Supervisor, &["west"]));
        let asked: Vec<Reply> = std::thread::scope(|scope| {
            let askers: Vec<_> = (0..6)
                .map(|at| {
                    scope.spawn({
                        let (service, supervisor) = (&service, &supervisor);
                        move || service.propose(supervisor, 1 + at % 3)
                    })
                })
                .collect();
            askers.into_iter().map(|asker| asker.join().unwrap()).collect()
        });
        let mut codes: Vec<String> = std::thread::scope(|scope| {
            let people: Vec<_> = asked
                .iter()
                .map(|read| {
                    scope.spawn({
                        let (service, supervisor) = (&service, &supervisor);
                        move || {
                            let reply = service.accept(supervisor, read);
                            if reply.status == 200 { "accepted".to_owned() } else { reply.code() }
                        }
                    })
                })
                .collect();
            people.into_iter().map(|person| person.join().unwrap()).collect()
        });
        codes.sort();
        assert_eq!(codes.first().map(String::as_str), Some("accepted"));
        let late = ["already_accepted", "precondition_failed", "stale_parent"];
        assert!(codes[1..].iter().all(|code| late.contains(&code.as_str())), "{codes:?}");
    });
}

#[test]
fn what_cannot_be_planned_is_told_with_its_place() {
    on_both_databases(|store| {
        import(store, &crate::support::caseload::feed());
        let (service, supervisor) = (run(store), persona(Role::Supervisor, &["north", "nowhere"]));
        let good = json!({ "team_ref": "north", "from": "2021-04-16", "days": 14 });
        for (member, value, code, pointer) in [
            ("days", json!(0), "invalid_body", Some("/days")),
            ("days", json!(92), "invalid_body", Some("/days")),
            ("iterations", json!(2_000_001), "invalid_body", Some("/iterations")),
            ("seed", json!(u64::MAX), "invalid_body", Some("/seed")),
            ("from", json!("tomorrow"), "invalid_body", None),
            ("from", json!("2021-04-14"), "invalid_body", Some("/from")),
            ("from", json!("2023-04-14"), "invalid_body", Some("/from")),
            ("until", json!("2021-05-01"), "unknown_member", None),
            ("team_ref", json!("nowhere"), "not_found", Some("/team_ref")),
        ] {
            let mut body = good.clone();
            body[member] = value;
            let refused = service.post(&supervisor, "/v1/schedules", &[], &body);
            assert_eq!(refused.code(), code, "{member}");
            assert_eq!(refused.json().get("pointer").and_then(Value::as_str), pointer, "{member}");
        }
        let mut named = good;
        named["team_ref"] = json!("An Invented Name");
        assert_eq!(service.post(&supervisor, "/v1/schedules", &[], &named).code(), "not_found");
        let entries = store.transaction(|connection| audit::of_force(connection, "wessex")).unwrap();
        let last = entries.iter().rfind(|entry| entry.act == "access.refused").unwrap();
        assert_eq!((&last.subject, &last.detail["act"]), (&None, &json!("schedule.propose")), "it may be a name");
    });
}

#[test]
fn a_list_says_what_has_changed_since_it_was_accepted() {
    on_both_databases(|store| {
        let feed = fixture("dorset-2021.feed.ndjson.gz");
        import(store, &feed);
        let (service, supervisor) = (run(store), of_dorset(Role::Supervisor, &["west"]));
        let read = service.propose(&supervisor, 1);
        let (officer, date, offender) = first_visit(&read);
        assert_eq!(service.accept(&supervisor, &read).status, 200);
        let path = format!("/v1/officers/{officer}/daily-list?date={date}");
        let record = feed
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|event| event["type"] == "records.offender.v1" && event["subject"] == offender.as_str())
            .unwrap();
        let change = |time: &str, member: &str, value: &str| {
            let mut event = record.clone();
            event["id"] = json!(format!("changed-{time}"));
            event["time"] = json!(time);
            event["data"][member] = json!(value);
            import(store, &event.to_string());
            let list = service.get(&manager(&officer), &path).json();
            let visits = list["visits"].as_array().unwrap().clone();
            visits.into_iter().find(|visit| visit["offender_ref"] == offender.as_str()).unwrap()
        };
        let away = change("2021-04-15T06:00:00Z", "status", "custody");
        assert_eq!(away["doubts"], json!(["not_in_community"]));
        let moved = change("2021-04-15T07:00:00Z", "team_ref", "poole");
        assert_eq!(moved["doubts"], json!(["no_longer_in_this_team"]));
        assert_eq!((&moved["offender"], &moved["address"]), (&Value::Null, &Value::Null), "another team's case now");
    });
}
