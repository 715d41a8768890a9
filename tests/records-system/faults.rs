//! Faults on command: how often the records system does what each way wrong. All chance is drawn from a seed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg32;
use serde::{Deserialize, Serialize};

/// The longest that an answer is held back.
const LONGEST_MILLISECONDS: u64 = 5_000;

/// What can be done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An answer comes late.
    Slow,
    /// 500, and nothing is kept.
    Error,
    /// 429 with `Retry-After: 1`, and nothing is kept.
    TooMany,
    /// The connection breaks off in the middle of a body: of an answer once it is kept, or of what is sent.
    Cut,
    /// Something is sent twice.
    Twice,
    /// What is sent is sent in another order.
    OutOfOrder,
    /// What is sent bears a signature that is not of it.
    WrongSignature,
}

/// What is ordered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Orders {
    /// What chance is drawn from.
    seed: u64,
    /// How many times each fault happens at most; without an end where it is left out.
    times: Option<u32>,
    /// How long a slow answer takes.
    slow_milliseconds: u64,
    /// How likely each is, 0 to 1, whenever it could happen.
    probabilities: BTreeMap<Fault, f64>,
}

struct State {
    orders: Orders,
    chance: Pcg32,
    happened: BTreeMap<Fault, u32>,
}

/// The faults that are ordered, and how often each has happened since.
pub struct Faults(Mutex<State>);

impl Default for Faults {
    fn default() -> Self {
        let orders = Orders::default();
        Self(Mutex::new(State { chance: Pcg32::seed_from_u64(orders.seed), orders, happened: BTreeMap::new() }))
    }
}

impl Faults {
    /// From now on these happen and no others.
    pub fn order(&self, orders: Orders) -> anyhow::Result<()> {
        let is_likely = |probability: &f64| (0.0..=1.0).contains(probability);
        ensure!(orders.probabilities.values().all(is_likely), "a probability is 0 to 1");
        ensure!(
            orders.slow_milliseconds <= LONGEST_MILLISECONDS,
            "slow_milliseconds is at most {LONGEST_MILLISECONDS}"
        );
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { chance: Pcg32::seed_from_u64(orders.seed), orders, happened: BTreeMap::new() };
        Ok(())
    }

    /// Whether a fault happens now.
    pub fn happens(&self, fault: Fault) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let probability = state.orders.probabilities.get(&fault).copied().unwrap_or_default();
        let before = state.happened.get(&fault).copied().unwrap_or_default();
        let is_left = state.orders.times.is_none_or(|times| before < times);
        let happens = probability > 0.0 && is_left && state.chance.random_bool(probability);
        if happens {
            state.happened.insert(fault, before.saturating_add(1));
        }
        happens
    }

    /// How long an answer is held back now.
    pub fn held_back(&self) -> Duration {
        let is_slow = self.happens(Fault::Slow);
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_millis(if is_slow { state.orders.slow_milliseconds } else { 0 })
    }

    /// Which one of so many is meant, by chance.
    pub fn one_of(&self, many: usize) -> usize {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if many == 0 { 0 } else { state.chance.random_range(0..many) }
    }

    /// How often each has happened since it was ordered.
    pub fn happened(&self) -> BTreeMap<Fault, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).happened.clone()
    }
}
