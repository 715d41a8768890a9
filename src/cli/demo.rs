//! `demo`: the main job on the embedded database, from nothing.

mod records_system;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufReader, Write};
use std::path::Path;

use anyhow::{Context, bail};
use chrono::TimeDelta;
use clap::Args;

use self::records_system::RecordsSystem;
use super::{plan, progress, say};
use crate::api::auth::development_key::development_key;
use crate::api::auth::token::{Grants, Mint};
use crate::casework::actor::{Actor, Role};
use crate::casework::clock::Clock;
use crate::casework::flags::{evaluate_asking, flags, force_file};
use crate::casework::schedules::accept::accept;
use crate::casework::schedules::daily_list::{DailyList, daily_list};
use crate::casework::schedules::propose::{PlanRequest, carry_out, request};
use crate::domain::calendar::{CivilDate, plus_days};
use crate::domain::case_file::{CaseFile, ForceFile};
use crate::domain::flag::FlagCode;
use crate::domain::moment::Moment;
use crate::domain::offender::OffenderStatus;
use crate::domain::officer::OfficerRole;
use crate::domain::policy::Policies;
use crate::domain::reference::Ref;
use crate::planning::proposal::Proposal;
use crate::planning::search::{Budget, DEFAULT_ITERATIONS};
use crate::planning::take::Stay;
use crate::records::generate::{CaseloadSpec, generate};
use crate::records::import::import_lines;
use crate::settings::Settings;
use crate::startup;
use crate::store::Store;
use crate::store::scope::Scope;

/// Where the demonstration keeps its database: made anew each time.
const DATABASE: &str = "mosovo-demo.sqlite";

/// Days that the demonstration plans.
const DAYS: u32 = 28;

/// What all chance of the demonstration is drawn from.
const SEED: u64 = 1;

/// What `demo` is told.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Stops before serving.
    #[arg(long)]
    exit: bool,
    /// Runs a records system beside it, wired to the service; with `--exit` it shows one round trip between the two.
    #[arg(long)]
    with_records_system: bool,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> anyhow::Result<()> {
    if settings.is_production() {
        bail!("the demonstration is refused in production: it invents people");
    }
    if arguments.with_records_system {
        records_system::program()?;
    }
    let settings = &settings.on_loopback_with(format!("sqlite://{DATABASE}"));
    let (clock, actor) = (settings.clock(), Actor::Operator);
    let store = fresh_store(settings)?;
    let at = clock.moment();
    say(&format!("{DATABASE}: made anew, all people in it are invented; today is {}", at.today()))?;

    let (force, feed) = import_caseload(&store, clock, &actor)?;
    let policies = Policies::built_in()?;
    for (force, outcome) in evaluate_asking(&store, clock, &actor, &policies, None)? {
        outcome.with_context(|| format!("the flags of {force}"))?;
    }
    let file = force_file(&store, &force)?;
    say(&caseload(&file, at))?;
    let raised = flags(&store, &force, at, policies.in_force(at.today())?)?;
    say(&flags_by_code(raised.iter().map(|flag| flag.code)))?;

    let plan = PlanRequest {
        from: plus_days(at.today(), 1),
        days: DAYS,
        budget: Budget { seed: SEED, iterations: DEFAULT_ITERATIONS },
        stay: Stay::Near,
    };
    let scope = Scope::whole(force.clone());
    let asked = request(&store, clock, &settings.road_service()?, &actor, &scope, None, plan)?;
    let bar = progress::bar(None, "planning {spinner}");
    let proposals = carry_out(&store, clock, &actor, &asked, |_, _| bar.tick())?;
    bar.finish_and_clear();
    say(&format!("\nThe next {DAYS} days, proposed team by team"))?;
    for proposal in &proposals {
        say(&plan::text(proposal))?;
        accept(&store, clock, &actor, &scope, proposal.id, None)?;
    }
    say("All accepted by the operator, for the demonstration.")?;

    let busiest = busiest(&proposals).context("no visit is planned")?;
    let list = daily_list(&store, clock, &actor, &force, &busiest.officer, busiest.date)?;
    say(&listed(&list))?;
    say(&tokens(settings, &force, &busiest)?)?;
    if arguments.with_records_system {
        let of_system = token(settings, &force, &busiest, Role::RecordsSystem)?;
        let system = RecordsSystem::begin(settings, &store, (&force, &feed), &of_system)?;
        let settings = &records_system::pulled(settings, &force);
        if arguments.exit {
            let of_manager = token(settings, &force, &busiest, Role::OffenderManager)?;
            let visited = list.visits.first().context("nobody is visited that day")?;
            return system.round_trip(settings, store, &of_manager, (&busiest.officer, &visited.offender_ref));
        }
        say(&system.what_to_try())?;
        return served(settings, store);
    }
    if arguments.exit {
        return Ok(());
    }
    served(settings, store)
}

/// Serves until it is told to stop.
fn served(settings: &Settings, store: Store) -> anyhow::Result<()> {
    say(&format!(
        "\nServing on http://{0}; the API is described at http://{0}/docs. Ctrl-C stops.",
        settings.http().bind
    ))?;
    startup::serve(settings, store, true)
}

/// An empty, migrated database where the last demonstration's was.
fn fresh_store(settings: &Settings) -> anyhow::Result<Store> {
    for ending in ["", "-wal", "-shm"] {
        let path = format!("{DATABASE}{ending}");
        if Path::new(&path).exists() {
            fs::remove_file(&path).with_context(|| format!("cannot take away {path}"))?;
        }
    }
    let heads = settings.audit_files()?.heads;
    if heads.exists() {
        fs::remove_dir_all(&heads).with_context(|| format!("cannot take away {}", heads.display()))?;
    }
    let store = startup::open_store(settings)?;
    store.migrate()?;
    Ok(store)
}

/// Invents a caseload of Dorset's size and imports it as a feed; gives the force and the feed.
fn import_caseload(store: &Store, clock: Clock, actor: &Actor) -> anyhow::Result<(String, Vec<u8>)> {
    let spec = CaseloadSpec::dorset_size(SEED, clock.moment().today());
    let mut feed = Vec::new();
    generate(&spec, |event| {
        serde_json::to_writer(&mut feed, event)?;
        feed.write_all(b"\n")
    })?;
    let bar = progress::bar(None, "importing {spinner}");
    let report = import_lines(store, clock, actor, "demonstration", BufReader::new(feed.as_slice()), |_| bar.tick())?;
    bar.finish_and_clear();
    say(&format!("\nRecords feed: {} events accepted, {} refused", report.accepted, report.refused))?;
    Ok((report.forces.into_iter().next().context("the caseload names no force")?, feed))
}

/// The caseload in figures.
fn caseload(file: &ForceFile, at: Moment) -> String {
    let count = |of: &dyn Fn(&CaseFile) -> bool| file.cases.values().filter(|case| of(case)).count();
    let status = |wanted| count(&move |case| case.is_managed(at) && case.offender.status == wanted);
    let in_post =
        |role| file.officers.values().filter(|officer| officer.role == role && officer.is_in_post(at.today())).count();
    let left = file
        .officers
        .values()
        .filter(|officer| officer.role == OfficerRole::OffenderManager && officer.has_left(at.today()))
        .count();
    [
        "\nCaseload".to_owned(),
        format!("{:>6}  registered", file.cases.len()),
        format!("{:>6}  in the community", count(&|case| case.is_in_community(at))),
        format!(
            "{:>6}  of these in reactive management",
            count(&|case| case.is_in_community(at) && case.reactive_spell(at).is_some())
        ),
        format!("{:>6}  in custody", status(OffenderStatus::Custody)),
        format!("{:>6}  missing", status(OffenderStatus::Missing)),
        format!("{:>6}  teams", file.teams.len()),
        format!("{:>6}  offender managers in post, {left} posts left vacant", in_post(OfficerRole::OffenderManager)),
        format!("{:>6}  supervisors in post", in_post(OfficerRole::Supervisor)),
    ]
    .join("\n")
}

fn flags_by_code(codes: impl Iterator<Item = FlagCode>) -> String {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for code in codes {
        *counts.entry(code.as_str()).or_default() += 1;
    }
    let mut lines = vec!["\nFlags: what the service noticed by itself".to_owned()];
    for code in FlagCode::ALL {
        if let Some(count) = counts.get(code.as_str()) {
            let severity = serde_json::to_value(code.severity()).unwrap_or_default();
            lines.push(format!("{count:>6}  {code} ({})", severity.as_str().unwrap_or_default()));
        }
    }
    lines.join("\n")
}

/// An officer's day with the most visits.
struct Busiest {
    officer: Ref,
    team: Ref,
    date: CivilDate,
}

fn busiest(proposals: &[Proposal]) -> Option<Busiest> {
    let mut days = BTreeMap::new();
    for visit in proposals.iter().flat_map(|proposal| &proposal.visits) {
        for officer in &visit.crew {
            *days.entry((visit.date, officer, &visit.team_ref)).or_insert(0_usize) += 1;
        }
    }
    let ((date, officer, team), _) = days.into_iter().rev().max_by_key(|(_, visits)| *visits)?;
    Some(Busiest { officer: officer.clone(), team: team.clone(), date })
}

/// A daily list as an officer would read it.
fn listed(list: &DailyList) -> String {
    let name = list.officer.name.as_deref().unwrap_or_default();
    let mut lines = vec![format!("\nDaily list of {name} ({}) for {}", list.officer.officer_ref, list.date)];
    for visit in &list.visits {
        let who = visit.offender.as_ref().map_or_else(
            || "withheld".to_owned(),
            |offender| format!("{} {}", offender.given_name, offender.family_name),
        );
        let place = visit.address.as_ref().map_or_else(String::new, |address| address.lines.join(", "));
        let crew: Vec<&str> = visit.crew.iter().filter_map(|officer| officer.name.as_deref()).collect();
        let text =
            |pointer: &str| visit.reason.pointer(pointer).map(ToString::to_string).unwrap_or_default().replace('"', "");
        lines.push(format!("  {}-{}  {who} ({}), {place}", visit.start, visit.end, visit.offender_ref));
        lines.push(format!(
            "               due {} to {} by {}, counted from {}; {} days late; with {}",
            text("/window/earliest"),
            text("/window/latest"),
            text("/why/rule"),
            text("/why/counted_from"),
            text("/overdue_days"),
            crew.join(" and "),
        ));
    }
    lines.join("\n")
}

/// A persona's token.
fn token(settings: &Settings, force: &str, busiest: &Busiest, role: Role) -> anyhow::Result<String> {
    let mint = Mint::new(&development_key(settings)?, settings.auth());
    // A token's times are real times, also where the clock that duties are read from is frozen.
    let now = Clock::System.now();
    let in_team = matches!(role, Role::OffenderManager | Role::Supervisor);
    let grants = Grants {
        sub: format!("demonstration-{}", role.name()),
        role: Some(role.name().to_owned()),
        force: Some(force.to_owned()),
        teams: in_team.then(|| busiest.team.clone()).into_iter().collect(),
        officer_ref: (role == Role::OffenderManager).then(|| busiest.officer.clone()),
        neighbourhoods: BTreeSet::new(),
    };
    Ok(mint.token(&grants, now, now + TimeDelta::hours(8))?)
}

/// A token for each persona.
fn tokens(settings: &Settings, force: &str, busiest: &Busiest) -> anyhow::Result<String> {
    let mut lines = vec!["\nTokens for eight hours, signed with this installation's development key".to_owned()];
    for role in Role::ALL {
        lines.push(format!("{}\n  {}", role.name(), token(settings, force, busiest, role)?));
    }
    lines.push(format!(
        "\nTry: curl -H \"Authorization: Bearer $TOKEN\" \"http://{}/v1/officers/{}/daily-list?date={}\"",
        settings.http().bind,
        busiest.officer,
        busiest.date
    ));
    Ok(lines.join("\n"))
}
