//! Dashboards over time, on both databases: what is new since yesterday, and the trend from history kept.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use mosovo_visits::casework::actor::{Actor, Person, Role};
use mosovo_visits::casework::clock::Clock;
use mosovo_visits::casework::dashboards::{DashboardError, ForceDashboard, of_force, of_team};
use mosovo_visits::casework::flags::evaluate_force;
use mosovo_visits::casework::reading::Reader;
use mosovo_visits::domain::as_at::AsAt;
use mosovo_visits::domain::dashboard::answer::{Dashboard, RestsOn};
use mosovo_visits::domain::dashboard::trend::MonthEnd;
use mosovo_visits::domain::flag::FlagCode;
use mosovo_visits::domain::policy::Policies;
use mosovo_visits::domain::reference::Ref;
use mosovo_visits::store::Store;
use mosovo_visits::store::backend::AnyConnection;
use mosovo_visits::store::error::StoreError;
use serde_json::json;

use crate::support::caseload::{self, event, lines, offender};
use crate::support::{casework, import, learn, on_both_databases};

fn policies() -> Policies {
    Policies::built_in().unwrap()
}

fn clock(now: &str) -> Clock {
    Clock::FixedAt(now.parse().unwrap())
}

fn evaluate(store: &Store, now: &str) {
    evaluate_force(store, clock(now), &Actor::Job("nightly_flags"), "wessex", &policies()).unwrap();
}

fn reader(now: &str, role: Role, teams: &[&str]) -> Reader {
    let person = Person {
        sends: None,
        reason: None,
        subject: "invented-person".to_owned(),
        role,
        force: "wessex".to_owned(),
        teams: teams.iter().map(|team| Ref::new(*team).unwrap()).collect(),
        officer_ref: None,
        neighbourhoods: BTreeSet::new(),
    };
    Reader { person, clock: clock(now) }
}

fn force(store: &Store, now: &str) -> Dashboard {
    of_force(store, &reader(now, Role::DetectiveInspector, &[]), &policies(), AsAt::Now).unwrap().dashboard
}

fn north(store: &Store, now: &str) -> Dashboard {
    let team = Ref::new("north").unwrap();
    of_team(store, &reader(now, Role::Supervisor, &["north"]), &policies(), &team, AsAt::Now).unwrap()
}

fn status(subject: &str, team: &str, at: &str, status: &str) -> String {
    lines(&[event("/records/wessex/invented", "offender", subject, at, &offender("Nestor", team, status))])
}

#[test]
fn what_is_new_since_yesterday_is_what_was_raised_and_cleared_since_it_began_in_london() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "2021-04-12T08:00:00Z");
        let first = force(store, "2021-04-13T22:59:59Z").since_yesterday.unwrap();
        assert_eq!(first.since, "2021-04-11T23:00:00Z".parse::<mosovo_visits::domain::calendar::Instant>().unwrap());
        assert!(first.raised.size > 10 && first.cleared.size == 0, "{first:?}");
        assert_eq!(first.raised.first.len(), 10);
        let grave = |severity: &str| ["high", "medium", "info"].iter().position(|it| *it == severity);
        assert!(first.raised.first.is_sorted_by_key(|flag| grave(flag.severity)), "the gravest first");
        assert_eq!(first.raised.first[0].severity, "high");
        let next = force(store, "2021-04-13T23:00:00Z").since_yesterday.unwrap();
        assert_eq!((next.raised.size, next.cleared.size), (0, 0), "a day on, yesterday began after it");

        import(store, &status("n-1", "north", "2021-04-14T06:00:00Z", "deported"));
        evaluate(store, "2021-04-14T07:00:00Z");
        let changes = north(store, "2021-04-14T08:00:00Z").since_yesterday.unwrap();
        assert!(changes.cleared.size > 3 && changes.raised.size == 0, "{changes:?}");
        assert_eq!(changes.cleared.by_flag.get(&FlagCode::NoRiskManagementPlan), Some(&1));
        // With the last case in the community goes the sample that the team owed of it.
        let of_team = changes.cleared.first.iter().filter(|flag| flag.offender_ref.is_none());
        assert_eq!(of_team.map(|flag| flag.flag).collect::<Vec<_>>(), ["dip_sample_due"]);
        let of_cases = changes.cleared.first.iter().filter_map(|flag| flag.offender_ref.as_deref());
        assert!(of_cases.into_iter().all(|offender| offender == "n-1"));
        assert_eq!(changes.cleared.size, changes.cleared.by_flag.values().sum::<u32>());
        assert_eq!(changes.cleared.list.as_str(), "/v1/flags?state=cleared&since=2021-04-12T23%3A00%3A00Z&team=north");

        import(store, &status("s-1", "south", "2021-04-15T06:00:00Z", "missing"));
        evaluate(store, "2021-04-15T07:00:00Z");
        let raised = force(store, "2021-04-15T08:00:00Z").since_yesterday.unwrap().raised;
        assert_eq!(raised.by_flag.get(&FlagCode::WhereaboutsUnknown), Some(&1));
        let team = north(store, "2021-04-15T08:00:00Z").since_yesterday.unwrap();
        assert_eq!(team.raised.size, 0, "another team's is not in the team's");
        assert!(team.cleared.size > 3, "yesterday's");
    });
}

/// What a detective inspector is told of the force and its teams, by their side.
fn told(store: &Store, now: &str, as_at: AsAt) -> (ForceDashboard, Vec<Dashboard>) {
    let reader = reader(now, Role::DetectiveInspector, &[]);
    let team = |team: &str| of_team(store, &reader, &policies(), &Ref::new(team).unwrap(), as_at).unwrap();
    (of_force(store, &reader, &policies(), as_at).unwrap(), vec![team("north"), team("south")])
}

/// The same, as if it rested on the last evaluation.
fn as_if_evaluated((mut force, mut teams): (ForceDashboard, Vec<Dashboard>)) -> (ForceDashboard, Vec<Dashboard>) {
    for dashboard in teams.iter_mut().chain([&mut force.dashboard]) {
        assert_eq!(dashboard.rests_on, RestsOn::RecordsKnownThen);
        dashboard.rests_on = RestsOn::Evaluation;
    }
    (force, teams)
}

#[test]
fn a_dashboard_as_known_when_an_evaluation_was_made_is_the_one_that_was_answered_then() {
    on_both_databases(|store| {
        let mut answered = Vec::new();
        for (now, feed) in [
            ("2021-01-10T08:00:00Z", caseload::feed()),
            ("2021-02-15T08:00:00Z", status("s-1", "south", "2021-02-14T06:00:00Z", "custody")),
            ("2021-02-16T06:00:00.000001Z", status("n-1", "south", "2021-02-16T05:00:00Z", "community")),
            ("2021-04-01T08:00:00Z", status("s-1", "south", "2021-03-30T06:00:00Z", "community")),
            ("2021-04-14T08:00:00Z", status("n-2", "north", "2021-04-14T07:00:00Z", "missing")),
        ] {
            learn(store, now, &feed);
            evaluate(store, now);
            answered.push((now, told(store, now, AsAt::Now)));
        }
        let sizes = |(_, (force, teams)): &(&str, (ForceDashboard, Vec<Dashboard>))| {
            (force.dashboard.figures.register.in_community, teams[0].figures.register.size)
        };
        let sizes: Vec<_> = answered.iter().map(sizes).collect();
        assert_eq!(sizes, [(2, 2), (1, 2), (1, 1), (2, 1), (2, 1)], "the figures move");
        for (then, answer) in answered {
            let known = told(store, "2021-04-15T08:00:00Z", AsAt::Known(then.parse().unwrap()));
            assert_eq!(as_if_evaluated(known), answer, "{then}");
        }
    });
}

#[test]
fn what_came_late_was_true_then_and_not_known_then() {
    on_both_databases(|store| {
        // The plan of n-1 asks for a visit by 14 February.
        learn(store, "2021-01-10T08:00:00Z", &casework::feed());
        evaluate(store, "2021-01-10T08:00:00Z");
        let visit = json!({"offender_ref": "n-1", "attempted_at": "2021-02-18T10:00:00Z", "mode": "home",
            "outcome": "seen", "home_inspected": true, "officer_refs": ["om-n", "sup-n"]});
        let late = event("/records/wessex/invented", "visit", "v-late", "2021-02-18T10:00:00Z", &visit);
        learn(store, "2021-03-01T08:00:00Z", &lines(&[late]));
        let now = "2021-04-15T08:00:00Z";
        let reader = reader(now, Role::Supervisor, &["north"]);
        let north = |as_at| of_team(store, &reader, &policies(), &Ref::new("north").unwrap(), as_at).unwrap();
        let then = "2021-02-20T08:00:00Z".parse().unwrap();
        let (known, is_true) = (north(AsAt::Known(then)), north(AsAt::True(then)));
        assert_eq!((known.figures.overdue_visits.size, is_true.figures.overdue_visits.size), (1, 0));
        assert_eq!((known.evaluated_at, is_true.evaluated_at), (then, then));
        assert_eq!(is_true.rests_on, RestsOn::RecordsKnownNow);
        assert_eq!(known.trend.unwrap().months.len(), 1, "January alone had ended since there is a history");
        assert_eq!((is_true.since_yesterday, is_true.trend), (None, None), "what was noticed is not what was true");
        let before_the_visit = "2021-02-17T08:00:00Z".parse().unwrap();
        assert_eq!(north(AsAt::True(before_the_visit)).figures.overdue_visits.size, 1);
    });
}

#[test]
fn who_may_see_a_case_is_not_asked_of_the_past() {
    on_both_databases(|store| {
        learn(store, "2021-01-10T08:00:00Z", &caseload::feed());
        evaluate(store, "2021-01-10T08:00:00Z");
        let then = AsAt::Known("2021-01-10T08:00:00Z".parse().unwrap());
        let size = |now: &str, role, teams: &[&str]| {
            let reader = reader(now, role, teams);
            let north = of_team(store, &reader, &policies(), &Ref::new("north").unwrap(), then).unwrap();
            let held = north.figures.caseload.officers.iter().map(|officer| officer.in_community).sum::<u32>();
            (north.figures.register.size, held)
        };
        let before = size("2021-02-01T08:00:00Z", Role::Supervisor, &["north"]);
        assert_eq!(before.0, 2);
        learn(store, "2021-02-16T06:00:00Z", &status("n-1", "south", "2021-02-16T05:00:00Z", "community"));
        let after = size("2021-03-01T08:00:00Z", Role::Supervisor, &["north"]);
        assert_eq!(after, (1, before.1), "n-1 is another team's now: in its officer's caseload a number, and no more");
        let inspector = size("2021-03-01T08:00:00Z", Role::DetectiveInspector, &[]);
        assert_eq!(inspector, before, "who answers for both teams is told what was told then");
        let none = reader("2021-03-01T08:00:00Z", Role::Supervisor, &["south"]);
        let untold = of_team(store, &none, &policies(), &Ref::new("north").unwrap(), then);
        assert!(matches!(untold, Err(DashboardError::NotFound)), "{untold:?}");
    });
}

#[test]
fn an_officer_who_has_gone_to_another_team_is_not_among_those_of_the_past_for_whoever_leads_that_one() {
    on_both_databases(|store| {
        learn(store, "2021-01-10T08:00:00Z", &caseload::feed());
        evaluate(store, "2021-01-10T08:00:00Z");
        let then = AsAt::Known("2021-01-10T08:00:00Z".parse().unwrap());
        let officers = |role, teams: &[&str]| {
            let reader = reader("2021-03-01T08:00:00Z", role, teams);
            let north = of_team(store, &reader, &policies(), &Ref::new("north").unwrap(), then).unwrap();
            north.figures.caseload.officers.iter().map(|officer| officer.officer_ref.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(officers(Role::Supervisor, &["north"]), ["om-n"]);
        let moved = json!({"name": "Nora Invented", "role": "offender_manager", "team_ref": "south",
            "in_post_from": "2015-01-01"});
        let moved = event("/records/wessex/invented", "officer", "om-n", "2021-02-16T05:00:00Z", &moved);
        learn(store, "2021-02-16T06:00:00Z", &lines(&[moved]));
        assert_eq!(officers(Role::Supervisor, &["north"]), Vec::<String>::new());
        assert_eq!(officers(Role::DetectiveInspector, &[]), ["om-n"], "who answers for both teams is told");
    });
}

fn counts(months: &[MonthEnd], code: &str) -> Vec<(String, u32)> {
    months.iter().map(|month| (month.ended_on.to_string(), *month.open.get(code).unwrap())).collect()
}

#[test]
fn the_trend_counts_what_was_open_at_each_month_end_since_there_is_a_history() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "2021-01-10T08:00:00Z");
        evaluate(store, "2021-02-10T08:00:00Z");
        import(store, &status("s-1", "south", "2021-02-14T06:00:00Z", "custody"));
        evaluate(store, "2021-02-15T08:00:00Z");
        import(store, &status("s-1", "south", "2021-03-14T06:00:00Z", "community"));
        evaluate(store, "2021-03-15T08:00:00Z");
        let expect = |numbers: [u32; 3]| {
            ["2021-01-31", "2021-02-28", "2021-03-31"].map(str::to_owned).into_iter().zip(numbers).collect::<Vec<_>>()
        };
        let trend = force(store, "2021-04-15T08:00:00Z").trend.unwrap();
        assert_eq!(trend.history_since, "2021-01-10T08:00:00Z".parse().ok());
        assert_eq!(counts(&trend.months, "no_risk_management_plan"), expect([2, 1, 2]));
        assert_eq!(counts(&trend.months, "plan_action_overdue"), expect([0, 0, 0]));
        let team = north(store, "2021-04-15T08:00:00Z").trend.unwrap();
        assert_eq!(counts(&team.months, "no_risk_management_plan"), expect([1, 1, 1]));
        let later = force(store, "2022-02-15T08:00:00Z").trend.unwrap();
        assert_eq!((later.months.len(), later.months[0].ended_on.to_string().as_str()), (12, "2021-02-28"));
    });
}

#[test]
fn an_evaluation_replaces_what_has_changed_and_nothing_else() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "2021-04-14T08:00:00Z");
        let before = force(store, "2021-04-14T08:00:00Z").figures;
        evaluate(store, "2021-04-14T09:00:00Z");
        let again = force(store, "2021-04-14T09:00:00Z");
        assert_eq!((&again.figures, again.evaluated_at), (&before, "2021-04-14T09:00:00Z".parse().unwrap()));
        let longest = |dashboard: &Dashboard| dashboard.figures.overdue_visits.longest_days;
        evaluate(store, "2021-04-15T09:00:00Z");
        let next_day = force(store, "2021-04-15T09:00:00Z");
        assert_eq!(longest(&next_day), longest(&again) + 1, "a day on, a day longer overdue");
        import(store, &status("n-1", "north", "2021-04-15T10:00:00Z", "custody"));
        evaluate(store, "2021-04-15T11:00:00Z");
        assert_eq!(force(store, "2021-04-15T11:00:00Z").figures.register.in_community, 1);
    });
}

/// Runs the statements of this change's migration, one way.
fn migrate(store: &Store, direction: &str) {
    store
        .transaction(|connection| {
            let backend = if matches!(connection, AnyConnection::Postgres(_)) { "postgres" } else { "sqlite" };
            let file = format!("migrations/{backend}/2026-11-24-000008_case_standing/{direction}.sql");
            let statements = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            connection.batch_execute(&std::fs::read_to_string(statements).unwrap())?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_database_from_before_says_that_nothing_is_evaluated_yet_and_keeps_its_history() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "2021-01-10T08:00:00Z");
        evaluate(store, "2021-04-14T08:00:00Z");
        migrate(store, "down");
        migrate(store, "up");
        let now = "2021-04-15T08:00:00Z";
        let untold = of_force(store, &reader(now, Role::DetectiveInspector, &[]), &policies(), AsAt::Now);
        assert!(matches!(untold, Err(DashboardError::NotEvaluated)), "{untold:?}");
        evaluate(store, now);
        let dashboard = force(store, now);
        assert_eq!(dashboard.figures.register.size, 3);
        assert_eq!(dashboard.trend.unwrap().history_since, "2021-01-10T08:00:00Z".parse().ok());
    });
}

#[test]
fn what_is_kept_of_a_case_has_no_name_in_it() {
    on_both_databases(|store| {
        import(store, &caseload::feed());
        evaluate(store, "2021-04-14T08:00:00Z");
        let told = json!(force(store, "2021-04-14T08:00:00Z").figures).to_string();
        for personal in ["Nestor", "Inventio", "Fictus", "Invented Row", "1970-02-03", "Nora"] {
            assert!(!told.contains(personal), "{personal}");
        }
    });
}
