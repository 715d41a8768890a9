//! A records system of which nothing is heard: what the service shows, plans and flags may be out of date, and nobody would see it.

use serde_json::json;

use super::super::Finding;
use super::ServiceFacts;
use crate::domain::moment::Moment;
use crate::domain::policy::Policy;
use crate::domain::reference::Ref;

/// No exchange with the records system has succeeded for 24 ⚙ hours, by whichever channel. `failing`, where the last attempt of some channel
/// did not succeed; else `silent`. A force of which nothing ever came has nothing that could be old.
pub(super) fn stale(facts: &ServiceFacts, at: Moment, policy: &Policy) -> Option<(Ref, Finding)> {
    let system = facts.records_system.as_ref()?;
    let age = system.age(at.now(), policy);
    let is_failing = system.exchanges.iter().any(|exchange| !exchange.has_succeeded());
    let channels = system.exchanges.iter().map(|exchange| {
        json!({
            "channel": exchange.channel, "outcome": exchange.outcome, "ended_at": exchange.ended_at,
            "last_success_at": exchange.last_success_at,
        })
    });
    let evidence = json!({
        "last_exchange_at": age.last_exchange_at, "stale_after_hours": policy.records_stale_hours,
        "channels": channels.collect::<Vec<_>>(),
    });
    let reason = Some(if is_failing { "failing" } else { "silent" });
    age.is_stale.then(|| (system.force.clone(), Finding { reason, evidence }))
}
