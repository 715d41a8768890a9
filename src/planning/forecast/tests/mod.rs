//! The forecast over invented worlds: what does not change is the baseline, figures are recounted day by day, moves clear
//! what they say and none can be left out, a number of officers is planned again, and chance is the seed's alone.

mod chance;
mod changes;
mod figures;
mod moves;
mod officers;

use super::*;
use crate::domain::policy::Policies;
use crate::planning::worlds::{today, world};

const ITERATIONS: u32 = 20;

fn policies() -> (Policies, BankHolidays) {
    (Policies::built_in().unwrap(), BankHolidays::built_in().unwrap())
}

fn team(snapshot: Snapshot) -> TeamInput {
    TeamInput::of_snapshot(snapshot, policies().0.in_force(today()).unwrap())
}

/// A second team beside a world, with its own references.
fn other(seed: u64, offenders: usize, officers: usize, days: u32) -> TeamInput {
    let text = world(seed, offenders, officers, days).to_json().unwrap();
    let text = text.replace("\"p-", "\"q-").replace("\"om-", "\"on-").replace("\"west\"", "\"east\"");
    team(serde_json::from_str(&text).unwrap())
}

fn asked(changes: Vec<Change>, seed: u64) -> Asked {
    Asked { changes, clear_backlog: false, staffing: false, seed, iterations: ITERATIONS }
}

fn made(input: &Input, each: Each<'_>) -> Result<Forecast, ForecastError> {
    let (policies, bank_holidays) = policies();
    let rules = Rules { policy: policies.in_force(today()).unwrap(), bank_holidays: &bank_holidays };
    forecast(input, rules, each, &|_, _| {})
}

/// A world whose three officers cannot make every visit.
fn short() -> TeamInput {
    let mut snapshot = world(5, 40, 2, 28);
    snapshot.without_requirement.clear();
    team(snapshot)
}
