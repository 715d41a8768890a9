//! A supervisor at eight o'clock with their team, and the head of public protection with the force.

use std::collections::{BTreeMap, BTreeSet};

use mosovo_visits::api::auth::token::Grants;
use mosovo_visits::casework::actor::Role;
use mosovo_visits::store::Store;
use mosovo_visits::store::audit::{self, StoredAuditEntry};
use serde_json::{Value, json};

use crate::support::caseload::{self, event, lines, offender};
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

/// What the scenario is known to have, told by its feed and the flags expected of it alone.
struct Scenario {
    flags: BTreeMap<String, BTreeSet<String>>,
    /// The team of every offender, breach, officer and team.
    team_of: BTreeMap<String, String>,
    offenders: BTreeSet<String>,
    community: BTreeSet<String>,
    reactive: BTreeSet<String>,
}

impl Scenario {
    fn read() -> Self {
        let expected: Value = serde_json::from_str(&fixture("dorset-2021.expected.json.gz")).unwrap();
        let flags = serde_json::from_value(expected["flags"].clone()).unwrap();
        let (mut team_of, mut of_breach) = (BTreeMap::new(), Vec::new());
        let (mut offenders, mut community, mut reactive) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let today = "2021-04-15";
        for line in fixture("dorset-2021.feed.ndjson.gz").lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let (data, subject) = (&event["data"], event["subject"].as_str().unwrap().to_owned());
            let text = |member: &str| data[member].as_str().unwrap_or_default().to_owned();
            match event["type"].as_str().unwrap() {
                "records.offender.v1" => {
                    let has_ended = data["notification"]["ends_on"].as_str().is_some_and(|ends| ends < today);
                    team_of.insert(subject.clone(), text("team_ref"));
                    offenders.insert(subject.clone());
                    if text("status") == "community" && !has_ended {
                        community.insert(subject);
                    }
                }
                "records.officer.v1" => drop(team_of.insert(subject, text("team_ref"))),
                "records.team.v1" => drop(team_of.insert(subject.clone(), subject)),
                "records.breach.v1" => of_breach.push((subject, text("offender_ref"))),
                "records.reactive_management.v1" => {
                    let has_left = data["left_on"].as_str().is_some_and(|left| left <= today);
                    if text("entered_on").as_str() <= today && !has_left {
                        reactive.insert(subject);
                    }
                }
                _ => {}
            }
        }
        for (breach, offender) in of_breach {
            let team = team_of[&offender].clone();
            team_of.insert(breach, team);
        }
        Self { flags, team_of, offenders, community, reactive }
    }

    fn is_of(&self, subject: &str, team: Option<&str>) -> bool {
        team.is_none_or(|team| self.team_of[subject] == team)
    }

    /// What a flag is raised on.
    fn raised(&self, code: &str, team: Option<&str>) -> BTreeSet<String> {
        let all = self.flags.get(code).into_iter().flatten();
        all.filter(|subject| self.is_of(subject, team)).cloned().collect()
    }

    /// The offenders of each bucket.
    fn buckets(&self, team: Option<&str>) -> BTreeMap<&'static str, BTreeSet<String>> {
        let of = |codes: &[&str]| codes.iter().flat_map(|code| self.raised(code, team)).collect::<BTreeSet<_>>();
        let outside = self.offenders.difference(&self.community).cloned().collect();
        let tried = [
            ("outside", outside),
            ("unallocated", of(&["unallocated"])),
            ("plan_incomplete", of(&["no_risk_management_plan", "no_visit_requirement"])),
            ("reactive", self.reactive.clone()),
            ("managed", self.offenders.clone()),
        ];
        let mut left: BTreeSet<String> =
            self.offenders.iter().filter(|subject| self.is_of(subject, team)).cloned().collect();
        let take = |(bucket, which): (&'static str, BTreeSet<String>)| {
            let taken: BTreeSet<String> = left.intersection(&which).cloned().collect();
            left.retain(|subject| !taken.contains(subject));
            (bucket, taken)
        };
        tried.into_iter().map(take).collect()
    }
}

fn refs(items: &[Value], member: &str) -> BTreeSet<String> {
    let refs: BTreeSet<String> = items.iter().map(|item| item[member].as_str().unwrap().to_owned()).collect();
    assert_eq!(refs.len(), items.len(), "somebody is listed twice");
    refs
}

/// Where each figure of a flag stands: the pointer to its size, the pointer to its list, the member that
/// names an entry of the list.
const FIGURES: [(&str, &str, &str, &str); 18] = [
    ("home_visit_overdue", "/overdue_visits/size", "/overdue_visits/list", "offender_ref"),
    ("arms_review_overdue", "/overdue_assessments/review/size", "/overdue_assessments/review/list", "offender_ref"),
    (
        "no_arms_assessment",
        "/overdue_assessments/never_assessed/size",
        "/overdue_assessments/never_assessed/list",
        "ref",
    ),
    ("remote_contact_only", "/contact/remote_contact_only/size", "/contact/remote_contact_only/list", "ref"),
    ("unallocated", "/unallocated/all/size", "/unallocated/all/list", "ref"),
    ("record_changed_while_unallocated", "/unallocated/record_changed/size", "/unallocated/record_changed/list", "ref"),
    (
        "breach_without_crime_report",
        "/breaches_without_crime_report/size",
        "/breaches_without_crime_report/list",
        "breach_ref",
    ),
    (
        "breach_without_decision",
        "/breaches_without_crime_report/without_decision",
        "/breaches_without_crime_report/without_decision_list",
        "subject",
    ),
    ("plan_review_overdue", "/overdue_plan_reviews/size", "/overdue_plan_reviews/list", "ref"),
    ("reactive_ineligible", "/reactive/ineligible/size", "/reactive/ineligible/list", "ref"),
    ("reactive_review_due", "/reactive/review_due/size", "/reactive/review_due/list", "ref"),
    ("reactive_candidate", "/reactive/candidates/size", "/reactive/candidates/list", "ref"),
    ("plan_action_overdue", "/plan_actions/overdue/size", "/plan_actions/overdue/list", "ref"),
    ("no_plan_actions", "/plan_actions/no_actions/size", "/plan_actions/no_actions/list", "ref"),
    ("caseload_over_limit", "/caseload/over_limit/size", "/caseload/over_limit/list", "subject"),
    ("caseload_high", "/caseload/high/size", "/caseload/high/list", "subject"),
    ("training_missing", "/training/missing/size", "/training/missing/list", "subject"),
    (
        "rigid_visit_pattern",
        "/visit_intervals/rigid_visit_pattern/size",
        "/visit_intervals/rigid_visit_pattern/list",
        "ref",
    ),
];

/// One dashboard, figure by figure: its size, and its list entry by entry.
fn agrees(service: &Running, grants: &Grants, dashboard: &Value, scenario: &Scenario, team: Option<&str>) {
    for (bucket, expected) in scenario.buckets(team) {
        let buckets = dashboard["register"]["buckets"].as_array().unwrap();
        let figure = buckets.iter().find(|figure| figure["bucket"] == bucket).unwrap();
        assert_eq!(figure["size"], expected.len(), "{team:?} {bucket}");
        let listed = entries(service, grants, figure["list"].as_str().unwrap());
        assert_eq!(refs(&listed, "ref"), expected, "{team:?} {bucket}");
    }
    for (code, size, list, member) in FIGURES {
        let expected = scenario.raised(code, team);
        assert_eq!(dashboard.pointer(size), Some(&json!(expected.len())), "{team:?} {code}");
        let listed = entries(service, grants, dashboard.pointer(list).and_then(Value::as_str).unwrap());
        assert_eq!(refs(&listed, member), expected, "{team:?} {code}");
    }
    let grid = scenario.raised("plans_follow_grid", team).len();
    assert_eq!(dashboard.pointer("/visit_intervals/plans_follow_grid/size"), Some(&json!(grid)));
    let community = scenario.community.iter().filter(|subject| scenario.is_of(subject, team)).count();
    for finding in dashboard["systemic"]["findings"].as_array().unwrap() {
        let raised = entries(service, grants, finding["list"].as_str().unwrap());
        assert_eq!((&finding["of"], &finding["size"]), (&json!(community), &json!(raised.len())), "{finding}");
    }
}

#[test]
fn the_scenarios_dashboards_agree_with_what_is_expected_of_it_figure_by_figure_and_teams_make_up_the_force() {
    let scenario = Scenario::read();
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        evaluate(store, "dorset");
        let service = run(store);
        let inspector = of_force(persona(Role::DetectiveInspector, &[]), "dorset");
        let force = ok(&service, &inspector, "/v1/dashboards/force");
        assert_eq!((&force["register"]["size"], &force["team_ref"]), (&json!(1_083), &json!(null)));
        assert_eq!(force["evaluated_at"], "2021-04-15T08:00:00Z");
        agrees(&service, &inspector, &force, &scenario, None);
        let mut outside = force["register"]["outside"].clone();
        let ended = outside.as_object_mut().unwrap().remove("notification_ended").unwrap_or(json!(0));
        assert_eq!(outside, json!({"abroad": 37, "custody": 170, "hospital": 22, "missing": 4}));
        assert_eq!(ended, 850 - scenario.community.len());

        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for team in ["bournemouth", "poole", "west"] {
            let supervisor = of_force(persona(Role::Supervisor, &[team]), "dorset");
            let path = format!("/v1/dashboards/team/{team}");
            let own = ok(&service, &supervisor, &path);
            agrees(&service, &supervisor, &own, &scenario, Some(team));
            assert_eq!(ok(&service, &inspector, &path), own, "the same figures, whoever may read them");
            for (code, size, _, _) in FIGURES {
                *sums.entry(code).or_default() += own.pointer(size).unwrap().as_u64().unwrap();
            }
            let teams = force["teams"].as_array().unwrap();
            let headline = teams.iter().find(|headline| headline["team_ref"] == team).unwrap();
            assert_eq!(headline["dashboard"], path);
            assert_eq!(headline["overdue_visits"], own["overdue_visits"]["size"]);
            let buckets = headline["buckets"].as_object().unwrap().values();
            assert_eq!(buckets.map(|size| size.as_u64().unwrap()).sum::<u64>(), own["register"]["size"]);
        }
        for (code, size, _, _) in FIGURES {
            assert_eq!(force.pointer(size), Some(&json!(sums[code])), "{code}");
        }

        let findings = force["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 8);
        for finding in findings {
            let mut union = BTreeSet::new();
            for flag in finding["flags"].as_array().unwrap() {
                let raised = scenario.raised(flag["flag"].as_str().unwrap(), None);
                let listed = entries(&service, &inspector, flag["list"].as_str().unwrap());
                assert_eq!((refs(&listed, "subject"), &flag["size"]), (raised.clone(), &json!(raised.len())), "{flag}");
                if flag["unit"] == finding["unit"] {
                    union.extend(raised);
                }
            }
            assert_eq!(finding["size"], union.len(), "{finding}");
        }
    });
}

#[test]
fn a_worklist_is_the_worst_first_and_its_pages_tell_everybody_once() {
    on_both_databases(|store| {
        import(store, &fixture("dorset-2021.feed.ndjson.gz"));
        evaluate(store, "dorset");
        let service = run(store);
        let supervisor = of_force(persona(Role::Supervisor, &["west"]), "dorset");
        let number = |item: &Value, member: &str| item[member].as_u64().unwrap();
        for list in ["overdue-visits", "overdue-assessments"] {
            let path = format!("/v1/worklists/{list}");
            let all = entries(&service, &supervisor, &path);
            assert!(all.len() > 20, "{list}");
            let order = |item: &Value| {
                (
                    u64::MAX - number(item, "weight"),
                    u64::MAX - number(item, "days_overdue"),
                    item["offender_ref"].to_string(),
                )
            };
            assert!(all.is_sorted_by_key(order), "{list}");
            let weights = BTreeMap::from([("very_high", 8), ("high", 4), ("medium", 2), ("low", 1), ("unknown", 4)]);
            for item in &all {
                let risk = weights[item["risk"].as_str().unwrap()];
                assert_eq!(number(item, "weight"), risk * number(item, "days_overdue"), "{item}");
            }
            let (mut paged, mut next) = (Vec::new(), Some(format!("{path}?limit=7")));
            while let Some(page) = next {
                let reply = service.get(&supervisor, &page);
                assert_eq!(reply.json()["size"], all.len());
                paged.extend(reply.json()["items"].as_array().unwrap().clone());
                let link = reply.header("link").map(|link| link.trim_start_matches('<').split('>').next().unwrap());
                next = link.map(str::to_owned);
            }
            assert_eq!(paged, all, "{list}");
            let high = entries(&service, &supervisor, &format!("{path}?risk=high"));
            let expected: Vec<Value> = all.iter().filter(|item| item["risk"] == "high").cloned().collect();
            assert_eq!(high, expected);
            let officer = all[0]["manager_ref"].as_str().unwrap();
            let theirs = entries(&service, &supervisor, &format!("{path}?officer={officer}"));
            assert!(!theirs.is_empty() && theirs.iter().all(|item| item["manager_ref"] == officer));
        }
        let breaches = entries(&service, &supervisor, "/v1/worklists/breaches-without-crime-report");
        assert!(breaches.is_sorted_by_key(|item| item["discovered_at"].as_str().unwrap().to_owned()));
        let paged = entries(&service, &supervisor, "/v1/worklists/breaches-without-crime-report?team=west");
        assert_eq!(paged, breaches);
        let first = service.get(&supervisor, "/v1/worklists/breaches-without-crime-report?limit=1").json();
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest =
            entries(&service, &supervisor, &format!("/v1/worklists/breaches-without-crime-report?cursor={cursor}"));
        assert_eq!([first["items"].as_array().unwrap().clone(), rest].concat(), breaches);
        for wrong in ["risk=grave", "limit=0", "cursor=7a", "colour=red"] {
            let code = service.get(&supervisor, &format!("/v1/worklists/overdue-visits?{wrong}")).code();
            assert!(["invalid_query", "invalid_cursor"].contains(&code.as_str()), "{wrong}: {code}");
        }
    });
}

fn supervisor(team: &str) -> Grants {
    persona(Role::Supervisor, &[team])
}

fn inspector() -> Grants {
    persona(Role::DetectiveInspector, &[])
}

#[test]
fn one_teams_supervisor_cannot_see_anothers_not_even_as_a_count() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "wessex");
        let service = run(store);
        let north = ok(&service, &supervisor("north"), "/v1/dashboards/team/north");
        assert_eq!((&north["register"]["size"], &north["register"]["in_community"]), (&json!(2), &json!(1)));
        assert_eq!(ok(&service, &inspector(), "/v1/dashboards/force")["register"]["size"], 3);
        assert!(!north.to_string().contains("s-1") && !north.to_string().contains("om-s"), "{north}");

        let before = recorded(store, "wessex").len();
        let told = |reply: &Reply| {
            let mut problem = reply.json();
            problem["request_id"] = json!(null);
            problem["instance"] = json!(null);
            (reply.status, problem)
        };
        let theirs = service.get(&supervisor("north"), "/v1/dashboards/team/south");
        let nobodys = service.get(&supervisor("north"), "/v1/dashboards/team/nowhere");
        assert_eq!((theirs.code().as_str(), told(&theirs)), ("not_found", told(&nobodys)));
        let trace: Vec<_> = recorded(store, "wessex").split_off(before);
        let trace: Vec<_> = trace.iter().map(|entry| (entry.act.as_str(), &entry.detail["why"])).collect();
        assert_eq!(trace, [("access.refused", &json!("out_of_scope")), ("access.refused", &json!("not_known"))]);
        assert_eq!(service.get(&inspector(), "/v1/dashboards/team/nowhere").code(), "not_found");
        assert_eq!(service.get(&supervisor("nowhere"), "/v1/dashboards/team/nowhere").code(), "not_found");

        for path in ["/v1/worklists/overdue-visits", "/v1/worklists/overdue-assessments"] {
            let own = entries(&service, &supervisor("north"), path);
            assert!(own.iter().all(|item| item["team_ref"] == "north"), "{own:?}");
            assert_eq!(entries(&service, &supervisor("north"), &format!("{path}?team=south")), Vec::<Value>::new());
            assert_eq!(entries(&service, &persona(Role::Supervisor, &[]), path), Vec::<Value>::new());
        }
        let both = entries(&service, &inspector(), "/v1/worklists/overdue-visits");
        assert!(both.iter().any(|item| item["team_ref"] == "south"), "there was something to hide");
        for (role, path) in [
            (Role::NeighbourhoodOfficer, "/v1/dashboards/team/north"),
            (Role::OffenderManager, "/v1/dashboards/team/north"),
            (Role::Supervisor, "/v1/dashboards/force"),
            (Role::Administrator, "/v1/dashboards/force"),
            (Role::NeighbourhoodOfficer, "/v1/worklists/overdue-visits"),
        ] {
            assert_eq!(service.get(&persona(role, &["north"]), path).code(), "forbidden", "{role:?} {path}");
        }
    });
}

#[test]
fn a_dashboard_is_told_from_the_last_evaluation_tagged_and_on_record() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        let service = run(store);
        for path in ["/v1/dashboards/team/north", "/v1/dashboards/force", "/v1/worklists/overdue-visits"] {
            let untold = service.get(&inspector(), path);
            assert_eq!((untold.status, untold.code().as_str()), (409, "not_evaluated"), "{path}");
        }
        evaluate(store, "wessex");
        let read = service.get(&supervisor("north"), "/v1/dashboards/team/north");
        let token = format!("Bearer {}", service.token(&supervisor("north")));
        let headers = [("authorization", token.as_str()), ("if-none-match", read.header("etag").unwrap())];
        assert_eq!(service.request("GET", "/v1/dashboards/team/north", &headers, b"").status, 304);

        let entry = recorded(store, "wessex").pop().unwrap();
        assert_eq!((entry.act.as_str(), entry.subject), ("dashboard.team.read", Some(("team".into(), "north".into()))));
        assert_eq!((&entry.detail["count"], &entry.detail["refs"]), (&json!(2), &json!(["n-1", "n-2"])));
        ok(&service, &inspector(), "/v1/worklists/overdue-visits");
        let entry = recorded(store, "wessex").pop().unwrap();
        assert_eq!(entry.act, "worklist.overdue_visits.read");
        assert!(entry.detail["refs"].as_array().unwrap().contains(&json!("s-1")), "{}", entry.detail);
        assert!(
            ok(&service, &of_force(inspector(), "wessex"), "/v1/dashboards/force")["teams"][1]["team_ref"] == "south"
        );
        assert_eq!(service.get(&of_force(inspector(), "mercia"), "/v1/dashboards/force").code(), "not_evaluated");
    });
}

#[test]
fn an_officer_who_manages_another_teams_cases_carries_them_and_the_team_does_not_see_whose_they_are() {
    on_both_databases(|store| {
        let source = "/records/wessex/invented";
        let moved = event(
            source,
            "allocation",
            "s-1",
            "2021-02-01T09:00:00Z",
            &json!({"officer_ref": "om-n", "from": "2021-02-01"}),
        );
        import(store, &format!("{}\n{moved}", caseload::feed()));
        evaluate(store, "wessex");
        let service = run(store);
        let north = ok(&service, &supervisor("north"), "/v1/dashboards/team/north");
        let officers = north["caseload"]["officers"].as_array().unwrap();
        let [officer] = officers.as_slice() else { panic!("{officers:?}") };
        assert_eq!(
            (&officer["officer_ref"], &officer["in_community"], &officer["elsewhere"]),
            (&json!("om-n"), &json!(2), &json!(1))
        );
        assert_eq!((&north["register"]["size"], north.to_string().contains("s-1")), (&json!(2), false));
    });
}

#[test]
fn an_offender_who_passes_to_another_team_is_counted_there_before_the_next_evaluation() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "wessex");
        let source = "/records/wessex/invented";
        let moved = event(source, "offender", "n-1", "2021-02-01T09:00:00Z", &offender("Nestor", "south", "community"));
        import(store, &lines(&[moved]));
        let service = run(store);
        let sizes = ["north", "south"].map(|team| {
            let path = format!("/v1/dashboards/team/{team}");
            ok(&service, &supervisor(team), &path)["register"]["size"].clone()
        });
        assert_eq!(sizes, [json!(1), json!(2)]);
        let overdue = entries(&service, &supervisor("north"), "/v1/worklists/overdue-visits");
        assert!(overdue.iter().all(|item| item["offender_ref"] != "n-1"));
    });
}

#[test]
fn the_list_of_offenders_is_narrowed_by_bucket() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "wessex");
        let service = run(store);
        let of = |grants: &Grants, bucket: &str| service.get(grants, &format!("/v1/offenders?bucket={bucket}")).refs();
        assert_eq!(of(&inspector(), "outside"), ["n-2"]);
        assert_eq!(of(&inspector(), "plan_incomplete"), ["n-1", "s-1"]);
        assert_eq!(of(&supervisor("south"), "plan_incomplete"), ["s-1"]);
        assert_eq!(of(&inspector(), "managed"), Vec::<String>::new());
        assert_eq!(service.get(&inspector(), "/v1/offenders?bucket=drawer").code(), "invalid_query");
        let withdrawn = json!({"type": "records.offender.v1", "subject": "n-2", "reason": "entered in error"});
        let deleted = event("/records/wessex", "deleted", "n-2", "2021-03-01T09:00:00Z", &withdrawn);
        import(store, &lines(&[deleted]));
        assert_eq!(of(&inspector(), "outside"), Vec::<String>::new());
        assert_eq!(ok(&service, &inspector(), "/v1/dashboards/force")["register"]["size"], 2);
        evaluate(store, "wessex");
        assert_eq!(ok(&service, &inspector(), "/v1/dashboards/force")["register"]["size"], 2);
    });
}
