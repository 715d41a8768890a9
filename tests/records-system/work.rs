//! What the records system does by itself: sends what is new, and looks up what it was told.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::line::{Failed, Line};
use crate::{System, echo, ledger};

/// The most events that are sent at a time.
const AT_A_TIME: i64 = 500;

/// How long it rests where there is nothing to do, and after a first failure; then twice as long each time.
const REST: Duration = Duration::from_millis(40);
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Begins, where there is a service to speak to.
pub fn begin(system: &Arc<System>, sends: bool) {
    if system.line.is_none() {
        return;
    }
    let dealing = Arc::clone(system);
    thread::spawn(move || keep_at(&dealing, "looking up what was told", deal_with_one));
    if sends {
        let sending = Arc::clone(system);
        thread::spawn(move || keep_at(&sending, "sending", send_some));
    }
}

/// Does something again and again; it says whether there was anything to do.
fn keep_at(system: &System, what: &str, work: impl Fn(&System, &Line) -> Result<bool, Failed>) {
    let Some(line) = &system.line else { return };
    let mut rest = REST;
    loop {
        match work(system, line) {
            Ok(true) => rest = REST,
            Ok(false) => {
                rest = REST;
                thread::sleep(REST);
            }
            Err(Failed { why, retry_after }) => {
                tracing::warn!(what, why, "is tried again");
                thread::sleep(retry_after.unwrap_or(rest).min(LONGEST_REST));
                rest = (rest * 2).min(LONGEST_REST);
            }
        }
    }
}

fn send_some(system: &System, line: &Line) -> Result<bool, Failed> {
    let unsent = system.ledger.unsent(AT_A_TIME)?;
    let Some(last) = unsent.last().map(|(place, _)| *place) else { return Ok(false) };
    let bodies: Vec<String> = unsent.into_iter().map(|(_, body)| body).collect();
    let report = line.send(&bodies, &system.faults)?;
    let refused = report.get("refused").and_then(Value::as_i64).unwrap_or_default();
    if refused > 0 {
        let codes = report.pointer("/errors/0/code").and_then(Value::as_str).unwrap_or_default();
        tracing::warn!(refused, first = codes, "the service refused events");
        system.ledger.count(ledger::REFUSED_EVENTS, refused)?;
    }
    system.ledger.sent(last)?;
    Ok(true)
}

fn deal_with_one(system: &System, line: &Line) -> Result<bool, Failed> {
    let Some(told) = system.ledger.waiting()? else { return Ok(false) };
    let found = line.call_back(&told.href)?;
    let record = found.get("record").unwrap_or(&Value::Null);
    system.ledger.deal(&told, echo::of(&told.kind, &told.reference, record))?;
    Ok(true)
}
