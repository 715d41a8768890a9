//! Making a forecast that was asked for, under a lease, and telling how far it is.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use chrono::TimeDelta;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{ForecastError, note};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::bank_holidays::BankHolidays;
use crate::domain::calendar::Instant;
use crate::domain::policy::Policies;
use crate::planning::forecast::{Forecast, Input, Rules, forecast};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::forecast as stored;

/// How long a forecast is left to whoever is at it without a word of theirs: longer than any step of one takes.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// How many times a forecast is begun before it is given up.
const ATTEMPTS: i32 = 3;

/// The code of a forecast that could not be made.
const UNMADE: &str = "forecast_failed";

/// One forecast is made at a time by a process, and beside other work: schedules and moves do not wait for it.
static MAKING: Mutex<()> = Mutex::new(());

/// Makes a forecast from its input alone, on the processors of the pool that it is called in. `tell` is told how many steps are done;
/// nothing more is begun once `goes_on` says no.
///
/// # Errors
/// When a change cannot be made, it did not go on, or the program is at fault.
pub fn from_input(
    input: &Input,
    tell: &(dyn Fn(usize, usize) + Sync),
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Result<Forecast, ForecastError> {
    let (policies, bank_holidays) = (Policies::built_in()?, BankHolidays::built_in()?);
    let Some(first) = input.teams.first() else { return Err(ForecastError::TeamUnknown) };
    let rules = Rules { policy: policies.in_force(first.snapshot.as_of)?, bank_holidays: &bank_holidays };
    let each = |count: usize, work: &(dyn Fn(usize) + Sync)| {
        (0..count).into_par_iter().filter(|_| goes_on()).for_each(work);
    };
    Ok(forecast(input, rules, &each, tell)?)
}

/// Makes a forecast that was asked for, and keeps it. Nothing where it is made or somebody else is at it.
///
/// # Errors
/// When it cannot be made; it is begun again later, and given up after the third time.
pub fn make(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    id: Uuid,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Option<Forecast>, ForecastError> {
    let _one = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let owner = Uuid::now_v7().to_string();
    let until = || clock.now() + LEASE;
    let lease = |now| store.transaction_that_writes(|connection| stored::lease(connection, id, &owner, (now, until())));
    let Some((force, input, attempt)) = lease(clock.now())? else { return Ok(None) };
    if attempt > ATTEMPTS {
        // Whoever was at it three times died over it.
        store.transaction_that_writes(|connection| stored::finish(connection, (id, &owner), Err(UNMADE)))?;
        return Ok(None);
    }
    let is_told = AtomicBool::new(true);
    let told = |done: usize, of: usize| {
        tell(done, of);
        let steps = i32::try_from(done).unwrap_or(i32::MAX);
        let renewed =
            store.transaction_that_writes(|connection| stored::tell(connection, (id, owner.as_str()), steps, until()));
        // How far it is matters less than that it is made: the lease says at the end whether it still was ours.
        if renewed.is_err() && is_told.swap(false, Ordering::Relaxed) {
            tracing::warn!(%id, "it could not be told how far a forecast is");
        }
    };
    let renew = || store.transaction_that_writes(|connection| stored::renew(connection, (id, &owner), until()));
    let made = serde_json::from_str(&input)
        .map_err(ForecastError::from)
        .and_then(|input| while_leased(renew, |goes_on| aside(|| from_input(&input, &told, goes_on))));
    store.transaction_that_writes(|connection| -> Result<(), ForecastError> {
        match &made {
            Ok(forecast) => {
                let result = serde_json::to_string(forecast)?;
                if stored::finish(connection, (id, &owner), Ok(&result))? {
                    let detail = json!({ "teams": forecast.teams.len() });
                    note(connection, (clock.now(), actor), "forecast.made", &force, id, detail)?;
                }
            }
            Err(_) if attempt < ATTEMPTS => {
                stored::leave(connection, (id, &owner))?;
            }
            Err(_) => {
                stored::finish(connection, (id, &owner), Err(UNMADE))?;
            }
        }
        Ok(())
    })?;
    made.map(Some)
}

/// Does work while a lease is renewed beside it, however long its steps take; the work is told to stop once the lease is lost.
fn while_leased<T>(
    renew: impl Fn() -> Result<bool, StoreError> + Sync,
    work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> T,
) -> T {
    let is_lost = AtomicBool::new(false);
    let (done, is_done) = channel::<()>();
    let (renew, lost) = (&renew, &is_lost);
    thread::scope(|threads| {
        threads.spawn(move || {
            let wait = LEASE.to_std().unwrap_or_default() / 3;
            while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) && !lost.load(Ordering::Relaxed) {
                // What fails once may succeed before the lease runs out.
                lost.fetch_or(renew().is_ok_and(|is_ours| !is_ours), Ordering::Relaxed);
            }
        });
        let made = work(&|| !is_lost.load(Ordering::Relaxed));
        drop(done);
        made
    })
}

/// Does work on a pool of its own, which leaves one processor to all else.
fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    match ThreadPoolBuilder::new().num_threads(processors.saturating_sub(1).max(1)).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// What came of making what nobody had finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Forecasts made.
    pub made: usize,
    /// Forecasts that could not be.
    pub failed: usize,
}

/// Makes what was asked for before an instant and nobody is at, for instance because a process died. One that fails does not
/// stop the others.
///
/// # Errors
/// When the store cannot say what is unfinished.
pub fn make_unfinished(store: &Store, clock: Clock, actor: &Actor, before: Instant) -> Result<Finished, ForecastError> {
    let unfinished = store.transaction(|connection| stored::unfinished(connection, before, clock.now()))?;
    let mut finished = Finished { made: 0, failed: 0 };
    for id in unfinished {
        match make(store, clock, actor, id, &|_, _| {}) {
            Ok(made) => finished.made += usize::from(made.is_some()),
            Err(error) => {
                tracing::error!(%id, %error, "a forecast could not be made");
                finished.failed += 1;
            }
        }
    }
    Ok(finished)
}
