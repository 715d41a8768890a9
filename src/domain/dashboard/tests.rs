//! Figures over random forces: they add up, they agree with the flags, and teams make up the force.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde_json::{Value, json};

use super::backlog::{Overdue, bands, worst_first};
use super::breaches::oldest_first;
use super::contact::ContactFigure;
use super::finding::findings;
use super::headline::teams;
use super::{Figures, Known, StaffFlag, percent};
use crate::domain::case_file::{ForceFile, ForceFileBuilder};
use crate::domain::flag::tests::{good, held};
use crate::domain::flag::{Flag, FlagCode, SubjectKind, evaluate};
use crate::domain::moment::Moment;
use crate::domain::policy::{Policies, Policy};
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::Ref;
use crate::domain::standing::{CaseStanding, standings};

const SENT: &str = "2021-01-01T00:00:00Z";
const TEAMS: [&str; 3] = ["east", "north", "west"];

fn policy() -> Policy {
    Policies::built_in().unwrap().in_force("2021-04-15".parse().unwrap()).unwrap().clone()
}

fn moment() -> Moment {
    Moment::at("2021-04-15T08:00:00Z".parse().unwrap())
}

fn add(builder: &mut ForceFileBuilder, kind: RecordKind, subject: &str, members: Value) {
    let mut record = good(kind);
    for (name, value) in members.as_object().unwrap() {
        record.as_object_mut().unwrap().insert(name.clone(), value.clone());
    }
    builder.add(held(subject, SENT, subject, Record::from_json(kind, record).unwrap()));
}

fn any<'a, T: ?Sized>(chance: &mut Pcg64, of: &[&'a T]) -> &'a T {
    of.choose(chance).unwrap()
}

fn day(chance: &mut Pcg64) -> String {
    format!("20{}-{:02}-{:02}", chance.random_range(18..22), chance.random_range(1..5), chance.random_range(1..29))
}

/// A force in which everything that figures count is there and not there.
fn force(seed: u64, offenders: usize) -> ForceFile {
    let chance = &mut Pcg64::seed_from_u64(seed);
    let mut builder = ForceFileBuilder::default();
    let posts = [
        ("om-1", "offender_manager", json!(null)),
        ("om-2", "offender_manager", json!(null)),
        ("om-3", "offender_manager", json!("2021-02-01")),
        ("sup", "supervisor", json!(null)),
        ("di", "detective_inspector", json!(null)),
    ];
    for (at, (subject, role, until)) in posts.iter().enumerate() {
        let training = if chance.random_ratio(1, 2) {
            json!([{ "course": "visor_user", "completed_on": "2018-01-01", "expires_on": "2021-05-01" }])
        } else {
            json!([])
        };
        let members = json!({ "role": role, "team_ref": TEAMS[at % 3], "in_post_until": until, "training": training,
            "max_caseload": chance.random_range(2..9) });
        add(&mut builder, RecordKind::Officer, subject, members);
    }
    for at in 0..offenders {
        let subject = format!("o-{at:02}");
        let status = any(chance, &["community", "community", "community", "custody", "missing", "deported"]);
        let ends_on = if chance.random_ratio(1, 9) { json!("2021-04-01") } else { json!(null) };
        let notification = json!({ "relevant_date": "2015-06-01", "ends_on": ends_on, "regime": "annual",
            "under_18_at_relevant_date": false });
        let members = json!({ "status": status, "team_ref": any(chance, &TEAMS), "notification": notification });
        add(&mut builder, RecordKind::Offender, &subject, members);
        let officer = any(chance, &["om-1", "om-1", "om-2", "om-3", "sup", "nobody"]);
        if chance.random_ratio(9, 10) {
            let allocation = json!({ "officer_ref": officer, "from": "2020-01-01" });
            builder.add_allocation(held(&subject, SENT, "e", serde_json::from_value(allocation).unwrap()));
        }
        if chance.random_ratio(8, 10) {
            let overall = any(chance, &["low", "medium", "high", "very_high"]);
            let members = json!({ "offender_ref": subject, "overall": overall, "assessed_on": day(chance) });
            add(&mut builder, RecordKind::ArmsAssessment, &format!("{subject}-s"), members);
        }
        if chance.random_ratio(8, 10) {
            let action = json!({ "ref": "x", "pillar": "supervision", "description": "", "due_on": day(chance),
                "completed_on": null, "owner_ref": officer });
            let actions = if chance.random_ratio(1, 2) { json!([action]) } else { json!([]) };
            let mut members = json!({ "offender_ref": subject, "actions": actions });
            if chance.random_ratio(1, 5) {
                members["visit_requirement"] = json!(null);
            }
            add(&mut builder, RecordKind::RiskManagementPlan, &format!("{subject}-p"), members);
        }
        for visit in 0..chance.random_range(0..4) {
            let mode = any(chance, &["home", "phone", "video", "doorstep", "other"]);
            let members = json!({ "offender_ref": subject, "mode": mode, "home_inspected": chance.random_ratio(1, 2),
                "attempted_at": format!("{}T10:00:00Z", day(chance)) });
            add(&mut builder, RecordKind::Visit, &format!("{subject}-v{visit}"), members);
        }
        for breach in 0..chance.random_range(0..3) {
            let members = json!({ "offender_ref": subject, "discovered_at": format!("{}T10:00:00Z", day(chance)) });
            add(&mut builder, RecordKind::Breach, &format!("{subject}-b{breach}"), members);
        }
        if chance.random_ratio(1, 4) {
            add(&mut builder, RecordKind::ReactiveManagement, &subject, json!({ "entered_on": "2020-01-01" }));
        }
    }
    builder.build()
}

/// What a person in scope of a team, or of all, would have counted.
struct Seen {
    cases: Vec<CaseStanding>,
    elsewhere: Vec<CaseStanding>,
    officers: BTreeMap<Ref, crate::domain::officer::Officer>,
    staff_flags: Vec<StaffFlag>,
}

impl Seen {
    fn of(file: &ForceFile, flags: &[Flag], team: Option<&Ref>) -> Self {
        let all = standings(file, moment(), &policy(), flags);
        let is_ours = |of: Option<&Ref>| team.is_none() || of == team;
        let officers: BTreeMap<_, _> = file
            .officers
            .iter()
            .filter(|(_, officer)| is_ours(officer.team_ref.as_ref()))
            .map(|(reference, officer)| (reference.clone(), officer.clone()))
            .collect();
        let (cases, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|case| is_ours(Some(&case.team_ref)));
        let held = |case: &CaseStanding| case.standing.manager_ref.as_ref().is_some_and(|it| officers.contains_key(it));
        let staff = flags.iter().filter(|flag| flag.offender_ref.is_none() && is_ours(flag.team_ref.as_ref()));
        let staff = staff.map(|flag| StaffFlag {
            code: flag.code,
            subject: flag.subject.clone(),
            team_ref: flag.team_ref.clone(),
            evidence: flag.evidence.clone(),
        });
        Self { elsewhere: others.into_iter().filter(held).collect(), staff_flags: staff.collect(), cases, officers }
    }

    fn known<'a>(&'a self, policy: &'a Policy, team: Option<&'a Ref>) -> Known<'a> {
        let Self { cases, elsewhere, officers, staff_flags } = self;
        Known { at: moment(), policy, team, cases, elsewhere, officers, staff_flags }
    }
}

fn size(figures: usize) -> u32 {
    u32::try_from(figures).unwrap()
}

/// How many subjects, or offenders, flags of a code are raised on.
fn raised(flags: &[Flag], code: FlagCode) -> (u32, u32) {
    let of_code: Vec<&Flag> = flags.iter().filter(|flag| flag.code == code).collect();
    let offenders: BTreeSet<_> = of_code.iter().map(|flag| &flag.offender_ref).collect();
    (size(of_code.len()), size(offenders.len()))
}

/// Every figure of a force that a flag is counted by, with what it must be.
fn agree_with_the_flags(figures: &Figures, flags: &[Flag]) {
    let Figures { overdue_visits, overdue_assessments, breaches_without_crime_report: breaches, reactive, .. } =
        figures;
    for (code, figure) in [
        (FlagCode::HomeVisitOverdue, overdue_visits.size),
        (FlagCode::ArmsReviewOverdue, overdue_assessments.review.size),
        (FlagCode::PlanReviewOverdue, figures.overdue_plan_reviews.size),
        (FlagCode::NoArmsAssessment, overdue_assessments.never_assessed.size),
        (FlagCode::RemoteContactOnly, figures.contact.remote_contact_only.size),
        (FlagCode::Unallocated, figures.unallocated.all.size),
        (FlagCode::Unallocated, figures.register.buckets.iter().map(|bucket| bucket.unallocated).sum()),
        (FlagCode::Unallocated, figures.unallocated.by_holder.iter().map(|holder| holder.size).sum()),
        (FlagCode::RecordChangedWhileUnallocated, figures.unallocated.record_changed.size),
        (FlagCode::BreachWithoutCrimeReport, breaches.size),
        (FlagCode::BreachWithoutCrimeReport, breaches.bands.iter().map(|band| band.size).sum()),
        (FlagCode::BreachWithoutDecision, breaches.without_decision),
        (FlagCode::ReactiveIneligible, reactive.ineligible.size),
        (FlagCode::ReactiveReviewDue, reactive.review_due.size),
        (FlagCode::ReactiveCandidate, reactive.candidates.size),
        (FlagCode::ReactiveSuspensionUndecided, reactive.suspension_undecided.size),
        (FlagCode::ReactiveSuspensionUndecided, size(reactive.suspensions.iter().filter(|it| it.overdue).count())),
        (FlagCode::PlanActionOverdue, figures.plan_actions.overdue.size),
        (FlagCode::NoPlanActions, figures.plan_actions.no_actions.size),
        (FlagCode::CaseloadOverLimit, figures.caseload.over_limit.size),
        (FlagCode::CaseloadHigh, figures.caseload.high.size),
        (FlagCode::TrainingMissing, figures.training.missing.size),
        (FlagCode::TrainingMissing, size(figures.training.missing_courses.len())),
        (FlagCode::PlansFollowGrid, figures.visit_intervals.plans_follow_grid.size),
        (FlagCode::RigidVisitPattern, figures.visit_intervals.rigid_visit_pattern.size),
    ] {
        let (subjects, offenders) = raised(flags, code);
        assert_eq!(figure, subjects, "{code}");
        assert!(code.subject_kind() != SubjectKind::Offender || offenders == subjects);
    }
    assert_eq!(reactive.suspended, size(reactive.suspensions.len()));
    assert_eq!(breaches.offenders, raised(flags, FlagCode::BreachWithoutCrimeReport).1);
    let caseloads = flags.iter().filter(|flag| flag.evidence.get("caseload").is_some());
    for flag in caseloads {
        let officer = figures.caseload.officers.iter().find(|officer| officer.officer_ref == flag.subject).unwrap();
        assert_eq!(flag.evidence["caseload"], json!(officer.in_community), "{}", flag.subject);
    }
}

/// Within one dashboard, what is counted in parts adds up to the whole, and lists are as long as figures say.
fn add_up(figures: &Figures, known: Known<'_>) {
    let register = &figures.register;
    assert_eq!(register.size, size(known.cases.len()));
    assert_eq!(register.buckets.iter().map(|bucket| bucket.size).sum::<u32>(), register.size);
    let of = |name: &str| register.buckets.iter().find(|bucket| bucket.bucket == name).unwrap();
    assert_eq!(register.size - of("outside").size, register.in_community);
    assert_eq!(register.outside.values().sum::<u32>(), of("outside").size);
    for bucket in &register.buckets {
        let risks = bucket.by_risk;
        let sum = risks.very_high + risks.high + risks.medium + risks.low + risks.unknown;
        assert_eq!(sum, bucket.size, "{}", bucket.bucket);
    }
    assert_eq!(register.buckets.iter().map(|bucket| bucket.reactive).sum::<u32>(), figures.reactive.placed);
    for (backlog, overdue) in [
        (&figures.overdue_visits, Overdue::Visit),
        (&figures.overdue_assessments.review, Overdue::Assessment),
        (&figures.overdue_plan_reviews, Overdue::PlanReview),
    ] {
        let list = worst_first(known.cases, overdue, known.at, known.policy);
        assert_eq!(size(list.len()), backlog.size);
        assert!(list.is_sorted_by_key(|case| std::cmp::Reverse(case.weight)));
        assert_eq!(backlog.by_risk.iter().map(|level| level.size).sum::<u32>(), backlog.size);
        for level in &backlog.by_risk {
            assert_eq!(level.bands.iter().map(|band| band.size).sum::<u32>(), level.size);
        }
        assert_eq!(backlog.by_risk.iter().map(|level| level.longest_days).max(), Some(backlog.longest_days));
        assert!(list.iter().all(|case| case.days_overdue > 0));
    }
    let breaches = oldest_first(known.cases);
    assert_eq!(size(breaches.len()), figures.breaches_without_crime_report.size);
    assert!(breaches.is_sorted_by_key(|breach| breach.breach.discovered_at));
    let contact = &figures.contact;
    let not_reactive = known.cases.iter().filter(|case| case.standing.in_community && !case.standing.reactive);
    assert_eq!(contact.all.cases, size(not_reactive.count()));
    for figure in contact.by_risk.iter().chain([&contact.all]) {
        assert_eq!(figure.seen_at_home + figure.seen_only_remotely + figure.not_seen, figure.cases);
        let remote = figure.doorstep + figure.station + figure.office + figure.phone + figure.video;
        assert_eq!(remote, figure.remote_contacts);
    }
    let parts =
        |figure: &ContactFigure| [figure.cases, figure.home_visits, figure.remote_contacts, figure.seen_only_remotely];
    let sum = contact.by_risk.iter().map(parts).fold([0; 4], |sum, part| std::array::from_fn(|at| sum[at] + part[at]));
    assert_eq!(sum, parts(&contact.all));
    for finding in &figures.systemic.findings {
        assert!(finding.in_community * 100 > finding.of * 25 && finding.size >= finding.in_community);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn figures_add_up_agree_with_the_flags_and_teams_make_up_the_force(seed: u64, offenders in 0_usize..50) {
        let (file, policy) = (force(seed, offenders), policy());
        let flags = evaluate(&file, moment(), &policy);
        let whole = Seen::of(&file, &flags, None);
        let known = whole.known(&policy, None);
        let figures = Figures::of(known);
        agree_with_the_flags(&figures, &flags);
        add_up(&figures, known);
        assert_eq!(figures.caseload.officers.iter().map(|officer| officer.elsewhere).sum::<u32>(), 0);

        let mut sums = [0; 8];
        let side_by_side = teams(known);
        for name in TEAMS {
            let team = Ref::new(name).unwrap();
            let seen = Seen::of(&file, &flags, Some(&team));
            let known = seen.known(&policy, Some(&team));
            let own = Figures::of(known);
            add_up(&own, known);
            let parts = [
                own.register.size,
                own.overdue_visits.size,
                own.overdue_assessments.review.size,
                own.breaches_without_crime_report.size,
                own.unallocated.all.size,
                own.reactive.placed,
                own.contact.all.remote_contacts,
                own.training.missing.size,
            ];
            sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            for officer in &own.caseload.officers {
                let same = figures.caseload.officers.iter().find(|it| it.officer_ref == officer.officer_ref).unwrap();
                assert_eq!((officer.in_community, officer.weighted), (same.in_community, same.weighted));
            }
            let headline = side_by_side.iter().find(|figures| figures.team_ref == team);
            assert_eq!(headline.map_or(0, |figures| figures.register), own.register.size);
            if let Some(headline) = headline {
                assert_eq!(headline.overdue_visits, own.overdue_visits.size);
                assert_eq!(headline.breaches_without_crime_report, own.breaches_without_crime_report.size);
                assert_eq!(headline.unallocated, own.unallocated.all.size);
            }
        }
        assert_eq!(sums, [
            figures.register.size,
            figures.overdue_visits.size,
            figures.overdue_assessments.review.size,
            figures.breaches_without_crime_report.size,
            figures.unallocated.all.size,
            figures.reactive.placed,
            figures.contact.all.remote_contacts,
            figures.training.missing.size,
        ]);

        let eight = findings(known);
        assert_eq!(eight.len(), 8);
        for finding in &eight {
            assert_eq!(finding.by_team.values().sum::<u32>(), finding.size, "{}", finding.finding);
            for part in &finding.flags {
                let code = FlagCode::named(part.flag).unwrap();
                assert_eq!(part.size, raised(&flags, code).0, "{code}");
                assert!(part.unit != finding.unit || part.size <= finding.size);
            }
        }
    }
}

#[test]
fn a_band_ends_with_its_last_day_and_the_next_begins_after_it() {
    let sizes = |values: &[u32]| bands(values, &[7, 28]).into_iter().map(|(_, _, size)| size).collect::<Vec<_>>();
    assert_eq!(sizes(&[0, 1, 7, 8, 28, 29, 400]), [3, 2, 2]);
    assert_eq!(bands(&[], &[7]), [(0, Some(7), 0), (7, None, 0)]);
}

#[test]
fn a_share_is_cut_to_a_tenth_of_a_percent() {
    assert_eq!((percent(1, 3), percent(2, 2), percent(0, 0)), (33.3, 100.0, 0.0));
}

#[test]
fn a_flag_on_more_than_a_quarter_of_the_cases_is_one_finding_and_on_a_quarter_none() {
    let policy = policy();
    for (plans, systemic) in [(6, true), (5, false)] {
        let mut builder = ForceFileBuilder::default();
        for at in 0..20 {
            let subject = format!("o-{at:02}");
            add(&mut builder, RecordKind::Offender, &subject, json!({}));
            if at >= plans {
                let members = json!({ "offender_ref": subject });
                add(&mut builder, RecordKind::RiskManagementPlan, &format!("{subject}-p"), members);
            }
        }
        let file = builder.build();
        let flags = evaluate(&file, moment(), &policy);
        let seen = Seen::of(&file, &flags, None);
        let figures = Figures::of(seen.known(&policy, None));
        let found = figures.systemic.findings.iter().find(|finding| finding.flag == "no_risk_management_plan");
        assert_eq!(found.map(|finding| (finding.in_community, finding.of)), systemic.then_some((plans, 20)));
        assert!(figures.systemic.findings.iter().all(|finding| finding.severity != "info"));
    }
}

#[test]
fn a_course_that_ends_soon_is_announced_unless_it_is_renewed() {
    let policy = policy();
    let course = |expires: &str| json!({ "course": "visor_user", "completed_on": "2018-01-01", "expires_on": expires });
    for (training, expected) in [
        (json!([course("2021-07-14")]), vec!["2021-07-14"]),
        (json!([course("2021-07-15")]), vec![]),
        (json!([course("2021-04-14")]), vec![]),
        (json!([course("2021-05-01"), course("2024-05-01")]), vec![]),
    ] {
        let mut builder = ForceFileBuilder::default();
        add(&mut builder, RecordKind::Officer, "om", json!({ "training": training }));
        let file = builder.build();
        let seen = Seen::of(&file, &evaluate(&file, moment(), &policy), None);
        let figures = Figures::of(seen.known(&policy, None));
        let ending: Vec<String> = figures.training.expiring.iter().map(|it| it.expires_on.to_string()).collect();
        assert_eq!(ending, expected, "{training}");
    }
}

#[test]
fn a_post_that_was_left_is_shown_while_cases_stand_in_its_name_or_for_a_year() {
    let policy = policy();
    for (left_on, cases, shown) in
        [("2019-01-01", 1, true), ("2019-01-01", 0, false), ("2020-04-15", 0, true), ("2020-04-14", 0, false)]
    {
        let mut builder = ForceFileBuilder::default();
        add(&mut builder, RecordKind::Officer, "om", json!({ "in_post_until": left_on }));
        for at in 0..cases {
            let subject = format!("o-{at}");
            add(&mut builder, RecordKind::Offender, &subject, json!({}));
            let allocation = json!({ "officer_ref": "om", "from": "2018-01-01" });
            builder.add_allocation(held(&subject, SENT, "e", serde_json::from_value(allocation).unwrap()));
        }
        let file = builder.build();
        let seen = Seen::of(&file, &evaluate(&file, moment(), &policy), None);
        let figures = Figures::of(seen.known(&policy, None));
        let vacancies: Vec<u32> = figures.caseload.vacancies.iter().map(|vacancy| vacancy.cases).collect();
        assert_eq!(vacancies, if shown { vec![cases] } else { vec![] }, "{left_on} {cases}");
        assert_eq!((figures.caseload.officers.len(), figures.caseload.mean), (0, None));
    }
}
