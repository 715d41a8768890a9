//! What must hold at the end of a soak, and the table of it.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use mosovo_visits::domain::record::RecordKind;
use mosovo_visits::store::Store;
use mosovo_visits::store::digest::records_digest;
use mosovo_visits::store::drift::digests_here;
use serde_json::Value;

use super::Arguments;
use super::both_sides::{BothSides, Side};
use super::load::Load;
use super::run::Progress;
use super::support::say;

/// A record by type, key and digest.
type Digested = (String, String, String);

/// Looks at both sides and prints the table; true where they are equal.
pub fn judge(
    sides: &BothSides,
    url: &str,
    load: &Load,
    progress: &Progress,
    (arguments, loaded, whole): (&Arguments, Duration, Duration),
) -> anyhow::Result<bool> {
    let state = sides.state();
    let counted = |member: &str| {
        state.get("counts").and_then(|counts| counts.get(member)).and_then(Value::as_u64).context("a count is missing")
    };
    let store = Store::open(&url.parse()?)?;
    let (there, here) = (held_there(sides)?, held_here(&store, &load.force)?);
    let versions = u64::try_from(store.transaction(records_digest)?.versions)?;
    let entered = progress.entered.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let entered: BTreeSet<String> = entered.into_iter().collect();
    let keys: BTreeSet<&String> = there.iter().map(|(_, subject, _)| subject).collect();
    let echoed = entered.iter().filter(|reference| keys.contains(reference)).count();
    let audit = sides.service_command(&["audit", "verify"]).output()?.status.success();
    let told = progress.told.load(Ordering::Relaxed);
    let faults = progress.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let faults: Vec<String> = faults.iter().map(|(fault, times)| format!("{fault} {times}")).collect();
    let differing = there.symmetric_difference(&here).count();
    let checks = [
        ("records that differ, by digest", differing.to_string(), differing == 0),
        ("… as the service compares them", sides.differing().to_string(), sides.differing() == 0),
        ("events there, versions here", format!("{}, {versions}", counted("events")?), counted("events")? == versions),
        (
            "entered here, of these held there",
            format!("{}, {echoed}", entered.len()),
            entered.len() == load.acts.len() && echoed == entered.len(),
        ),
        ("told at least, received", format!("{told}, {}", counted("received")?), counted("received")? >= told),
        ("received out of order", counted("order_violations")?.to_string(), counted("order_violations")? == 0),
        ("events refused", counted("refused_events")?.to_string(), counted("refused_events")? == 0),
        ("signatures refused", counted("refused_signatures")?.to_string(), counted("refused_signatures")? == 0),
        ("audit proves", if audit { "yes" } else { "no" }.to_owned(), audit),
    ];
    let facts = [
        ("typed at the records system", (load.caseload.len() + load.changes.len()).to_string()),
        ("entered at the service", load.acts.len().to_string()),
        ("records", there.len().to_string()),
        ("told again to the records system", counted("duplicates")?.to_string()),
        ("kills of each side", arguments.kills.to_string()),
        ("faults", faults.join(", ")),
        ("seconds under load, in all", format!("{:.0}, {:.0}", loaded.as_secs_f64(), whole.as_secs_f64())),
    ];
    say("| | | |\n| --- | --- | --- |")?;
    for (what, found) in facts {
        say(&format!("| {what} | {found} | |"))?;
    }
    for (what, found, holds) in &checks {
        say(&format!("| {what} | {found} | {} |", if *holds { "ok" } else { "WRONG" }))?;
    }
    let are_equal = checks.iter().all(|(_, _, holds)| *holds);
    say(&format!("equal: {}", if are_equal { "yes" } else { "no" }))?;
    for one in there.symmetric_difference(&here).take(10) {
        say(&format!("    differs: {one:?}"))?;
    }
    Ok(are_equal)
}

fn held_there(sides: &BothSides) -> anyhow::Result<BTreeSet<Digested>> {
    let listed = sides.call(Side::RecordsSystem, ("GET", "/control/state?records=true"), &[], "");
    let (_, state) = listed.context("the records system does not answer")?;
    let records = state.get("records").and_then(Value::as_array).context("it lists no records")?;
    let text = |one: &Value, member: &str| one.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(records.iter().map(|one| (text(one, "type"), text(one, "subject"), text(one, "digest"))).collect())
}

fn held_here(store: &Store, force: &str) -> anyhow::Result<BTreeSet<Digested>> {
    let mut held = BTreeSet::new();
    for kind in RecordKind::ALL {
        let of_kind = store.transaction(|connection| digests_here(connection, force, *kind))?;
        let event_type = format!("records.{}.v1", kind.name());
        held.extend(of_kind.into_iter().map(|(subject, one)| (event_type.clone(), subject.to_string(), one.digest)));
    }
    Ok(held)
}
