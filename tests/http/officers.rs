//! Officers, teams and posts: entered and changed by their supervisors, and nobody leaves without saying who takes their cases.

use mosovo_visits::api::auth::token::Grants;
use serde_json::{Value, json};

use crate::support::casework::{evaluate, inspector, manager, other_supervisor, set_up, supervisor};
use crate::support::http::{Reply, Running, run};
use crate::support::on_both_databases;

fn etag(service: &Running, by: &Grants, path: &str) -> String {
    service.get(by, path).header("etag").unwrap().to_owned()
}

fn told(reply: &Reply) -> (u16, String, Value) {
    (reply.status, reply.code(), reply.json()["pointer"].clone())
}

#[test]
fn a_supervisor_enters_officers_of_the_team_and_an_inspector_supervisors() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let body = json!({"ref": "om-new", "name": "Nico Invented", "role": "offender_manager", "team_ref": "north",
            "in_post_from": "2021-05-01", "max_caseload": 40, "shifts": [{"weekday": "mon", "start": "08:00", "end": "16:00"}]});
        let made = service.act(&supervisor(), "/v1/officers", None, &body);
        assert_eq!((made.status, made.header("location")), (201, Some("/v1/officers/om-new")), "{}", made.text);
        assert_eq!(service.get(&supervisor(), "/v1/officers/om-new").header("etag"), made.header("etag"));
        let with = |member: &str, value: Value| {
            let mut body = body.clone();
            body["ref"] = json!("om-other");
            body[member] = value;
            body
        };
        for (by, body, status, code, pointer) in [
            (supervisor(), body.clone(), 409, "wrong_state", "/ref"),
            (supervisor(), with("team_ref", json!("south")), 403, "not_qualified", "/team_ref"),
            (supervisor(), with("role", json!("supervisor")), 403, "not_qualified", "/role"),
            (supervisor(), with("max_caseload", json!(501)), 400, "not_acceptable", "/max_caseload"),
            (inspector(), with("team_ref", json!("nowhere")), 400, "unknown_reference", "/team_ref"),
            (supervisor(), with("in_post_from", json!("2021-5-1")), 400, "invalid_body", "/in_post_from"),
        ] {
            let reply = service.act(&by, "/v1/officers", None, &body);
            assert_eq!(told(&reply), (status, code.to_owned(), json!(pointer)), "{body}");
        }
        let supervisor_entered = service.act(&inspector(), "/v1/officers", None, &with("role", json!("supervisor")));
        assert_eq!(supervisor_entered.status, 201);
        let mut made_up = body;
        made_up.as_object_mut().unwrap().remove("ref");
        let location = service.act(&supervisor(), "/v1/officers", None, &made_up);
        let path = location.header("location").unwrap();
        assert_eq!(service.get(&supervisor(), path).json()["name"], "Nico Invented");
    });
}

#[test]
fn plain_members_change_on_the_version_that_was_read() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/officers/om-n2";
        let read = etag(&service, &supervisor(), path);
        assert_eq!(service.patch(&supervisor(), path, None, &json!({"constable": false})).status, 428);
        let body = json!({"max_caseload": 40, "constable": false, "skills": ["interviewing"]});
        let changed = service.patch(&supervisor(), path, Some(&read), &body);
        assert_eq!(changed.status, 200, "{}", changed.text);
        let now = service.get(&supervisor(), path);
        assert_eq!(now.header("etag"), changed.header("etag"));
        assert_eq!((&now.json()["max_caseload"], &now.json()["skills"]), (&json!(40), &json!(["interviewing"])));
        let stale = service.patch(&inspector(), path, Some(&read), &json!({"max_caseload": 30}));
        assert_eq!(stale.status, 412);
        assert_eq!(stale.json()["changed"]["members"], json!(["constable", "max_caseload", "skills"]));
        let emptied = service.patch(&supervisor(), path, now.header("etag"), &json!({"max_caseload": null}));
        assert_eq!((emptied.status, &emptied.json()["max_caseload"]), (200, &Value::Null));
        let read = etag(&service, &supervisor(), path);
        let late = json!({"shifts": [{"weekday": "mon", "start": "16:00", "end": "08:00"}]});
        for (body, status, code, pointer) in [
            (json!({}), 400, "invalid_body", Value::Null),
            (late, 400, "not_acceptable", json!("/shifts/0/end")),
            (json!({"team_ref": "south"}), 403, "not_qualified", json!("/team_ref")),
            (json!({"role": "supervisor"}), 400, "unknown_member", json!("/role")),
        ] {
            let reply = service.patch(&supervisor(), path, Some(&read), &body);
            assert_eq!((reply.status, reply.code()), (status, code.to_owned()), "{body}");
            if code != "unknown_member" {
                assert_eq!(reply.json()["pointer"], pointer, "{body}");
            }
        }
        assert_eq!(service.patch(&other_supervisor(), path, Some(&read), &json!({"constable": true})).status, 404);
        assert_eq!(service.patch(&inspector(), path, Some(&read), &json!({"team_ref": "south"})).status, 200);
    });
}

#[test]
fn a_long_absence_is_warned_of_and_its_cases_pass_on_in_the_same_act() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/officers/om-n/absences";
        let away = |from: &str, until: &str| json!({"from": from, "until": until, "reason": "sickness"});
        let short = service.act(&supervisor(), path, None, &away("2021-04-15", "2021-05-12"));
        assert_eq!((short.status, &short.json()["advice"]), (200, &json!([])), "{}", short.text);
        let adjoining = service.act(&supervisor(), path, None, &away("2021-05-13", "2021-05-20"));
        let advice = &adjoining.json()["advice"][0];
        assert_eq!((&advice["code"], &advice["facts"]["cases"]), (&json!("long_absence"), &json!(["n-1"])));
        assert_eq!(advice["facts"]["since"], "2021-04-15");
        evaluate(store);
        let flags = service.get(&supervisor(), "/v1/flags?code=unallocated&officer=om-n").json();
        assert_eq!(flags["items"][0]["reason"], "manager_absent");
        let mut third = away("2021-05-21", "2021-06-30");
        third["reassign"] = json!([{"offender_ref": "n-1", "officer_ref": "om-n2"}]);
        let passed = service.act(&supervisor(), path, None, &third);
        assert_eq!(passed.status, 200, "{}", passed.text);
        assert_eq!(passed.json()["advice"][0]["facts"]["cases"], json!([]));
        assert_eq!(passed.json()["caseloads"][1]["officer_ref"], "om-n2");
        let spells = service.get(&supervisor(), "/v1/offenders/n-1/allocations").json();
        assert_eq!(
            (&spells["items"][0]["officer_ref"], &spells["items"][0]["from"]),
            (&json!("om-n2"), &json!("2021-05-21"))
        );
        let wrong = service.act(&supervisor(), path, None, &away("2021-05-02", "2021-05-01"));
        assert_eq!(told(&wrong), (400, "not_acceptable".to_owned(), json!("/until")));
    });
}

#[test]
fn an_absence_ends_early_or_is_cancelled() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let (path, end) = ("/v1/officers/om-n/absences", "/v1/officers/om-n/absences/end");
        let leave = json!({"from": "2021-05-03", "until": "2021-05-14", "reason": "leave"});
        assert_eq!(service.act(&supervisor(), path, None, &leave).status, 200);
        let early = json!({"from": "2021-05-03", "until": "2021-05-14", "last_day": "2021-05-07"});
        let ended = service.act(&supervisor(), end, None, &early);
        assert_eq!(ended.json()["absences"][0]["until"], "2021-05-07", "{}", ended.text);
        assert_eq!(service.act(&supervisor(), end, None, &early).code(), "wrong_state");
        let outside = json!({"from": "2021-05-03", "until": "2021-05-07", "last_day": "2021-05-08"});
        assert_eq!(service.act(&supervisor(), end, None, &outside).code(), "not_acceptable");
        let cancelled = service.act(&supervisor(), end, None, &json!({"from": "2021-05-03", "until": "2021-05-07"}));
        assert_eq!(cancelled.json()["absences"], json!([]));
    });
}

#[test]
fn training_is_entered_and_the_flag_follows() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let new = json!({"ref": "om-new", "name": "Nico Invented", "role": "offender_manager", "team_ref": "north",
            "in_post_from": "2021-04-01", "training": [{"course": "visor_user", "completed_on": "2021-04-01"}]});
        assert_eq!(service.act(&supervisor(), "/v1/officers", None, &new).status, 201);
        evaluate(store);
        let missing =
            || service.get(&supervisor(), "/v1/flags?code=training_missing&officer=om-new").json()["items"].clone();
        assert_eq!(missing()[0]["evidence"]["missing"], json!(["arms_assessor"]));
        let path = "/v1/officers/om-new/training";
        let tomorrow = json!({"course": "arms_assessor", "completed_on": "2021-04-16"});
        assert_eq!(told(&service.act(&supervisor(), path, None, &tomorrow)).2, json!("/completed_on"));
        let body = json!({"course": "arms_assessor", "completed_on": "2021-04-14", "expires_on": "2024-04-14"});
        assert_eq!(service.act(&supervisor(), path, None, &body).status, 200);
        evaluate(store);
        assert_eq!(missing(), json!([]));
    });
}

#[test]
fn nobody_leaves_without_saying_who_takes_each_of_their_cases() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let post =
            json!({"team_ref": "north", "role": "offender_manager", "title": "Invented post", "holder_ref": "om-n"});
        let post = service.act(&supervisor(), "/v1/posts", None, &post);
        assert_eq!(post.status, 201, "{}", post.text);
        let path = "/v1/officers/om-n/leave-post";
        let leaving =
            |reassign: Value| json!({"in_post_until": "2021-04-30", "reason": "moves on", "reassign": reassign});
        let taken = |offender: &str, officer: &str| json!([{"offender_ref": offender, "officer_ref": officer}]);
        for (reassign, status, code, pointer) in [
            (json!([]), 409, "cases_in_hand", "/reassign"),
            (taken("n-2", "om-n2"), 409, "cases_in_hand", "/reassign"),
            (taken("n-1", "om-n"), 400, "not_acceptable", "/reassign/0/officer_ref"),
            (taken("n-1", "sup-n"), 400, "not_acceptable", "/reassign/0/officer_ref"),
            (taken("n-1", "nobody"), 400, "unknown_reference", "/reassign/0/officer_ref"),
        ] {
            let reply = service.act(&supervisor(), path, None, &leaving(reassign.clone()));
            assert_eq!(told(&reply), (status, code.to_owned(), json!(pointer)), "{reassign}");
        }
        assert_eq!(service.get(&supervisor(), "/v1/officers/om-n").json()["in_post_until"], Value::Null);
        let left = service.act(&supervisor(), path, None, &leaving(taken("n-1", "om-n2")));
        assert_eq!((left.status, &left.json()["in_post_until"]), (200, &json!("2021-04-30")), "{}", left.text);
        let spells = service.get(&supervisor(), "/v1/offenders/n-1/allocations").json()["items"].clone();
        assert_eq!((&spells[0]["officer_ref"], &spells[0]["from"]), (&json!("om-n2"), &json!("2021-05-01")));
        assert_eq!((&spells[1]["officer_ref"], &spells[1]["until"]), (&json!("om-n"), &json!("2021-04-30")));
        let now = service.get(&supervisor(), post.header("location").unwrap()).json();
        assert_eq!((&now["holder_ref"], &now["vacant_since"]), (&Value::Null, &json!("2021-05-01")));
        assert_eq!(now["last_holder_ref"], "om-n");
    });
}

#[test]
fn a_case_hidden_from_the_supervisor_keeps_the_officer_in_post_and_is_not_told() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let hidden = json!({"restricted_to": ["om-n", "om-n2", "di"], "excluded": [], "reason": "x"});
        assert_eq!(service.act(&inspector(), "/v1/offenders/n-1/access-restriction", None, &hidden).status, 200);
        let path = "/v1/officers/om-n/leave-post";
        let leaving =
            |reassign: Value| json!({"in_post_until": "2021-04-30", "reason": "moves on", "reassign": reassign});
        let refused = service.act(&supervisor(), path, None, &leaving(json!([])));
        assert_eq!((refused.status, refused.code().as_str()), (409, "cases_in_hand"));
        assert!(!refused.text.contains("n-1"));
        let taken = json!([{"offender_ref": "n-1", "officer_ref": "om-n2"}]);
        let guessed = service.act(&supervisor(), path, None, &leaving(taken.clone()));
        assert_eq!((guessed.status, guessed.code().as_str()), (400, "unknown_reference"));
        assert_eq!(service.act(&inspector(), path, None, &leaving(taken)).status, 200);
    });
}

#[test]
fn an_officer_is_lent_by_their_own_team_for_days_that_are_free() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/officers/om-n2/loans";
        let loan = |team: &str, from: &str, until: &str| json!({"team_ref": team, "from": from, "until": until});
        for (body, code, pointer) in [
            (loan("north", "2021-05-03", "2021-05-07"), "not_acceptable", "/team_ref"),
            (loan("nowhere", "2021-05-03", "2021-05-07"), "unknown_reference", "/team_ref"),
            (loan("south", "2021-05-07", "2021-05-03"), "not_acceptable", "/until"),
            (loan("south", "2021-04-14", "2021-05-03"), "not_acceptable", "/from"),
        ] {
            let reply = service.act(&supervisor(), path, None, &body);
            assert_eq!(told(&reply), (400, code.to_owned(), json!(pointer)), "{body}");
        }
        let lent = service.act(&supervisor(), path, None, &loan("south", "2021-05-03", "2021-05-07"));
        assert_eq!(lent.status, 200, "{}", lent.text);
        assert_eq!(lent.json()["loans"][0]["approved_by"], "sup-n");
        assert_eq!(
            service.act(&supervisor(), path, None, &loan("south", "2021-05-07", "2021-05-09")).code(),
            "not_acceptable"
        );
        assert_eq!(
            service.act(&other_supervisor(), path, None, &loan("south", "2021-06-07", "2021-06-09")).status,
            404
        );
        let not_a_manager =
            service.act(&inspector(), "/v1/officers/sup-n/loans", None, &loan("south", "2021-06-07", "2021-06-09"));
        assert_eq!(not_a_manager.code(), "not_acceptable");
        let end = "/v1/officers/om-n2/loans/end";
        let ended = service.act(&supervisor(), end, None, &json!({"from": "2021-05-03", "last_day": "2021-05-04"}));
        assert_eq!(ended.json()["loans"][0]["until"], "2021-05-04");
        let back = service.act(&supervisor(), end, None, &json!({"from": "2021-05-03"}));
        assert_eq!((back.status, &back.json()["loans"]), (200, &Value::Null));
        assert_eq!(service.act(&supervisor(), end, None, &json!({"from": "2021-05-03"})).code(), "wrong_state");
    });
}

#[test]
fn posts_are_filled_and_fall_vacant_and_show_what_came_from_them() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let new = |member: &str, value: Value| {
            let mut body = json!({"team_ref": "north", "role": "offender_manager", "title": "Invented post"});
            body[member] = value;
            body
        };
        for (body, code, pointer) in [
            (new("team_ref", json!("south")), "not_qualified", "/team_ref"),
            (new("holder_ref", json!("sup-n")), "not_acceptable", "/holder_ref"),
            (new("holder_ref", json!("om-s")), "not_acceptable", "/holder_ref"),
            (new("holder_ref", json!("nobody")), "unknown_reference", "/holder_ref"),
        ] {
            let reply = service.act(&supervisor(), "/v1/posts", None, &body);
            assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), (code, &json!(pointer)), "{body}");
        }
        let made = service.act(&supervisor(), "/v1/posts", None, &new("vacant_since", json!("2021-03-01")));
        assert_eq!(made.status, 201, "{}", made.text);
        let path = made.header("location").unwrap().to_owned();
        let list = |by: &Grants| service.get(by, "/v1/teams/north/posts").json();
        assert_eq!(
            (&list(&supervisor())["vacancies"], &list(&supervisor())["items"][0]["vacant"]),
            (&json!(1), &json!(true))
        );
        let filled = service.patch(&supervisor(), &path, made.header("etag"), &json!({"holder_ref": "om-n"}));
        assert_eq!((filled.status, &filled.json()["vacant_since"]), (200, &Value::Null), "{}", filled.text);
        assert_eq!(list(&supervisor())["items"][0]["holder"]["name"], "Nora Invented");
        let stale = service.patch(&supervisor(), &path, made.header("etag"), &json!({"title": "Other"}));
        assert_eq!(stale.status, 412);
        let second = service.act(&supervisor(), "/v1/posts", None, &new("holder_ref", json!("om-n")));
        assert_eq!(second.code(), "not_acceptable");
        // Cases that an absent holder leaves behind came from the post.
        let away = json!({"from": "2021-04-01", "until": "2021-06-30", "reason": "sickness"});
        assert_eq!(service.act(&supervisor(), "/v1/officers/om-n/absences", None, &away).status, 200);
        assert_eq!(list(&supervisor())["items"][0]["unallocated_cases"], json!(["n-1"]));
        let queue = service.get(&supervisor(), "/v1/allocations/unallocated").json();
        let titles: Vec<&Value> =
            queue["groups"].as_array().unwrap().iter().map(|group| &group["post"]["title"]).collect();
        assert!(titles.contains(&&json!("Invented post")), "{queue}");
        for other in [other_supervisor(), manager()] {
            assert!([403, 404].contains(&service.get(&other, &path).status));
        }
        assert_eq!(service.get(&other_supervisor(), "/v1/teams/north/posts").status, 404);
    });
}

#[test]
fn a_team_is_changed_by_its_own_supervisor_or_an_inspector() {
    on_both_databases(|store| {
        set_up(store);
        let service = run(store);
        let path = "/v1/teams/north";
        let read = etag(&service, &supervisor(), path);
        let elsewhere = service.patch(&other_supervisor(), path, Some(&read), &json!({"name": "Mine"}));
        assert_eq!((elsewhere.status, elsewhere.code().as_str()), (403, "not_qualified"));
        let base = json!({"base": {"name": "Moon", "latitude": 91.0, "longitude": 0.0}});
        assert_eq!(told(&service.patch(&supervisor(), path, Some(&read), &base)).2, json!("/base"));
        let supervised = json!({"supervisor_ref": "om-n"});
        assert_eq!(told(&service.patch(&supervisor(), path, Some(&read), &supervised)).2, json!("/supervisor_ref"));
        let body = json!({"name": "North and East", "supervisor_ref": "sup-n",
            "base": {"name": "New base", "latitude": 51.1, "longitude": -2.1}});
        let changed = service.patch(&supervisor(), path, Some(&read), &body);
        assert_eq!((changed.status, &changed.json()["base"]["latitude"]), (200, &json!(51.1)), "{}", changed.text);
        assert_eq!(service.patch(&inspector(), path, Some(&read), &json!({"name": "North"})).status, 412);
        assert_eq!(etag(&service, &manager(), path), changed.header("etag").unwrap());
    });
}
