//! The soak itself: load at both sides, kills in between, quiet at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use serde_json::{Value, json};

use super::Arguments;
use super::both_sides::{BothSides, Programs, Setting, Side};
use super::judge::judge;
use super::load::{Act, Load, Officer};
use super::support::database::Server;

/// Records that are typed at the records system at a time.
const TYPED_AT_A_TIME: usize = 100;

/// How many of its events may wait before more are typed, so that kills fall while there is something to lose.
const MOST_WAITING: u64 = 1_000;

/// How many people enter something at the service at once.
const HANDS: usize = 2;

/// How long between two looks, and how often quiet must be seen.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
const QUIET_LOOKS: u32 = 3;

/// Faults of the records system, in percent of what could go wrong.
const PERCENT: [(&str, f64); 6] =
    [("slow", 2.0), ("error", 0.1), ("too_many", 0.5), ("cut", 0.3), ("twice", 20.0), ("out_of_order", 20.0)];

/// How far it has come, and what came of it.
#[derive(Default)]
pub struct Progress {
    /// The references of what was entered at the service.
    pub entered: Mutex<Vec<String>>,
    /// Of how many events that tells.
    pub told: AtomicU64,
    /// Faults of the records system that its later lives have forgotten.
    pub faults: Mutex<BTreeMap<String, u64>>,
    is_over: AtomicBool,
}

impl Progress {
    fn entered(&self) -> usize {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }

    /// Adds up the faults that a life of the records system tells of.
    pub fn note_faults(&self, state: &Value) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        for (fault, times) in state.get("faults").and_then(Value::as_object).into_iter().flatten() {
            *faults.entry(fault.clone()).or_default() += times.as_u64().unwrap_or_default();
        }
    }
}

/// Ends the run when it is dropped, so that a thread that failed is not waited for by the others.
struct Ending<'a>(&'a Progress);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

/// One soak; true where both sides are equal at its end.
pub fn soak(server: &Server, directory: &Path, programs: &Programs, arguments: &Arguments) -> anyhow::Result<bool> {
    let (began, load) = (Instant::now(), Load::of(arguments.events, arguments.seed)?);
    let until = began + Duration::from_secs(arguments.minutes * 60);
    let database = server.fresh(directory)?;
    let sides = wired(&database.url, &load.force, directory, programs);
    let subscription =
        sides.subscribe(&["mosovo.visit_outcome.v1", "mosovo.breach.v1", "mosovo.crime_report_request.v1"]);
    let progress = Progress::default();
    let tokens = tokens(&sides, &load.acts);
    order_faults(&sides, arguments.seed);
    thread::scope(|scope| -> anyhow::Result<()> {
        let _ending = Ending(&progress);
        let typing = scope.spawn(|| {
            type_in(&sides, &progress, &load.caseload)?;
            type_in(&sides, &progress, &load.changes)
        });
        let hands: Vec<_> = (0..HANDS)
            .map(|hand| {
                let (sides, progress, load, tokens) = (&sides, &progress, &load, &tokens);
                scope.spawn(move || enter(sides, progress, load, tokens, hand))
            })
            .collect();
        kill_now_and_then(&sides, &progress, &load, arguments, until)?;
        while !(typing.is_finished() && hands.iter().all(thread::ScopedJoinHandle::is_finished)) {
            ensure!(Instant::now() < until, "it was not over in {} minutes", arguments.minutes);
            sleep(BETWEEN_LOOKS);
        }
        let mut all = hands.into_iter().chain([typing]);
        all.try_for_each(|one| one.join().unwrap_or_else(|_| bail!("a thread broke off")))
    })?;
    let loaded = began.elapsed();
    progress.note_faults(&sides.state());
    sides.tell_system("/control/faults", "{}").context("the records system does not answer")?;
    quiet(&sides, &subscription, until)?;
    judge(&sides, &database.url, &load, &progress, (arguments, loaded, began.elapsed()))
}

fn wired(url: &str, force: &str, directory: &Path, programs: &Programs) -> BothSides {
    let port = super::both_sides::free_port();
    let pull = format!("[{{force=\"{force}\",url=\"http://127.0.0.1:{port}/feed\"}}]");
    let service = vec![
        ("MOSOVO__RECORDS__PULL", pull),
        ("MOSOVO__JOBS__PULL_RECORDS", "*/2 * * * * *".to_owned()),
        ("MOSOVO__LOG__FILTER", "warn,mosovo_visits::startup=info".to_owned()),
    ];
    let setting = Setting { programs: programs.clone(), service, system_port: Some(port), ..Setting::default() };
    BothSides::start(url, force, directory, setting)
}

fn tokens(sides: &BothSides, acts: &[Act]) -> BTreeMap<Officer, String> {
    let officers: BTreeSet<&Officer> = acts.iter().map(|act| &act.officer).collect();
    let token = |officer: &Officer| {
        let of_whom = ["--team", &officer.team, "--officer", &officer.reference, "--expires-in", "1d"];
        sides.token("offender_manager", &of_whom)
    };
    officers.into_iter().map(|officer| (officer.clone(), token(officer))).collect()
}

fn order_faults(sides: &BothSides, seed: u64) {
    let probabilities: BTreeMap<&str, f64> =
        PERCENT.into_iter().map(|(fault, percent)| (fault, percent / 100.0)).collect();
    let orders = json!({ "seed": seed, "slow_milliseconds": 300, "probabilities": probabilities });
    sides.tell_system("/control/faults", &orders.to_string());
}

fn counted(sides: &BothSides, member: &str) -> Option<u64> {
    let (_, state) = sides.call(Side::RecordsSystem, ("GET", "/control/state"), &[], "")?;
    state.get("counts").and_then(|counts| counts.get(member)).and_then(Value::as_u64)
}

/// Types records in at the records system, again where it was killed over it.
fn type_in(sides: &BothSides, progress: &Progress, lines: &[String]) -> anyhow::Result<()> {
    for some in lines.chunks(TYPED_AT_A_TIME) {
        while counted(sides, "to_be_sent").is_none_or(|waiting| waiting > MOST_WAITING) {
            ensure!(progress.goes_on(), "it was given up");
            sleep(BETWEEN_LOOKS);
        }
        while sides.tell_system("/control/records", &some.join("\n")).is_none() {
            ensure!(progress.goes_on(), "it was given up");
            sleep(BETWEEN_LOOKS);
        }
    }
    Ok(())
}

/// Enters every so-manieth act at the service, each until it is answered; the case may not have come yet.
fn enter(
    sides: &BothSides,
    progress: &Progress,
    load: &Load,
    tokens: &BTreeMap<Officer, String>,
    hand: usize,
) -> anyhow::Result<()> {
    while counted(sides, "sent").is_none_or(|sent| sent < u64::try_from(load.caseload.len()).unwrap_or(u64::MAX)) {
        ensure!(progress.goes_on(), "it was given up");
        sleep(BETWEEN_LOOKS);
    }
    for (number, act) in load.acts.iter().enumerate().skip(hand).step_by(HANDS) {
        let token = tokens.get(&act.officer).context("an officer without a token")?;
        let reference = loop {
            ensure!(progress.goes_on(), "it was given up");
            match sides.act(token, &act.path, &format!("act-{number}"), &act.body) {
                Some((201, made)) => break made.get("ref").and_then(Value::as_str).map(str::to_owned),
                Some((status, problem)) if status < 500 => bail!("an act was refused: {status} {problem}"),
                Some(_) | None => sleep(BETWEEN_LOOKS),
            }
        };
        progress.told.fetch_add(act.tells, Ordering::Relaxed);
        let mut entered = progress.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.push(reference.context("what was entered has no reference")?);
    }
    Ok(())
}

/// Kills either side whenever the run has come so far, and starts it again.
fn kill_now_and_then(
    sides: &BothSides,
    progress: &Progress,
    load: &Load,
    arguments: &Arguments,
    until: Instant,
) -> anyhow::Result<()> {
    let mut chance = Pcg32::seed_from_u64(arguments.seed.wrapping_add(1));
    let kills = arguments.kills;
    let mut moments: Vec<(f64, Side)> = [Side::Service, Side::RecordsSystem]
        .into_iter()
        .flat_map(|side| (0..kills).map(move |_| side))
        .map(|side| (chance.random_range(0.02..0.98), side))
        .collect();
    moments.sort_by(|one, other| one.0.total_cmp(&other.0));
    let whole = load.caseload.len() + load.changes.len() + load.acts.len();
    for (life, (moment, side)) in (1..).zip(moments) {
        loop {
            let sent = usize::try_from(counted(sides, "sent").unwrap_or_default())?;
            // What was entered at the service comes back as an event of the records system.
            let done = f64::from(u32::try_from(sent + progress.entered())?);
            if done >= moment * f64::from(u32::try_from(whole + load.acts.len())?) {
                break;
            }
            ensure!(Instant::now() < until, "it was not over in {} minutes", arguments.minutes);
            sleep(BETWEEN_LOOKS);
        }
        if side == Side::RecordsSystem {
            progress.note_faults(&sides.state());
        }
        sides.kill(side);
        sleep(Duration::from_millis(chance.random_range(0..300)));
        sides.start_again(side);
        if side == Side::RecordsSystem {
            order_faults(sides, arguments.seed.wrapping_add(life));
        }
    }
    Ok(())
}

/// Waits until nothing is under way on either side any more.
fn quiet(sides: &BothSides, subscription: &str, until: Instant) -> anyhow::Result<()> {
    let administrator = sides.token("administrator", &[]);
    let mut looks = 0;
    while looks < QUIET_LOOKS {
        ensure!(Instant::now() < until, "no quiet before the time was over: {}", sides.state());
        let pulled = sides.service_command(&["pull", "--force", &sides.force]).output()?;
        let waiting = sides.read(&administrator, &format!("/v1/subscriptions/{subscription}"));
        let is_told = waiting.get("waiting") == Some(&json!(0));
        let counts = sides.state().get("counts").cloned().unwrap_or_default();
        let is_done = ["to_be_sent", "to_be_dealt_with"].iter().all(|member| counts.get(member) == Some(&json!(0)));
        looks = if pulled.status.success() && is_told && is_done { looks + 1 } else { 0 };
        sleep(BETWEEN_LOOKS);
    }
    Ok(())
}
