//! Reading a forecast.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{ForecastError, note, note_refusal};
use crate::casework::actor::Actor;
use crate::casework::clock::Clock;
use crate::domain::record::RecordKind;
use crate::domain::reference::Ref;
use crate::planning::forecast::added::SUPPOSED;
use crate::store::Store;
use crate::store::current::refs_in_scope;
use crate::store::forecast::{self, StoredForecast};
use crate::store::scope::Scope;

/// A forecast as it stands.
#[derive(Debug, Clone)]
pub struct ReadForecast {
    /// As stored.
    pub stored: StoredForecast,
    /// What came of it, once it is made.
    pub result: Option<Value>,
}

/// Reads a forecast within reach: of teams in scope, none of whose cases that it counts is hidden from the reader. Whoever
/// has passed to another team since is counted and not named.
///
/// # Errors
/// [`ForecastError::NotFound`] where there is none within reach; or the store fails.
pub fn read(
    store: &Store,
    clock: Clock,
    actor: &Actor,
    scope: &Scope,
    id: Uuid,
) -> Result<ReadForecast, ForecastError> {
    let found = store.transaction_that_writes(|connection| -> Result<_, ForecastError> {
        let by = (clock.now(), actor);
        let Some(stored) = forecast::forecast(connection, scope, id)? else {
            let is_there = forecast::exists(connection, &scope.force, id)?;
            let subject = id.to_string();
            note_refusal(connection, by, &scope.force, ("forecast.read", is_there), Some(("forecast", &subject)))?;
            return Ok(None);
        };
        let mut result: Option<Value> = stored.result.as_deref().map(serde_json::from_str).transpose()?;
        if let Some(result) = &mut result {
            name_only(result, &refs_in_scope(connection, RecordKind::Offender, scope)?);
        }
        note(connection, by, "forecast.read", &scope.force, id, json!({}))?;
        Ok(Some(ReadForecast { stored, result }))
    })?;
    found.ok_or(ForecastError::NotFound)
}

/// Takes out the rows that name somebody else than these.
fn name_only(value: &mut Value, offenders: &BTreeSet<Ref>) {
    match value {
        Value::Array(rows) => {
            let names_another = |row: &Value| {
                let named =
                    row.get("offender_ref").and_then(Value::as_str).filter(|named| !named.starts_with(SUPPOSED));
                named.map(Ref::new).is_some_and(|named| !named.is_ok_and(|named| offenders.contains(&named)))
            };
            rows.retain(|row| !names_another(row));
            rows.iter_mut().for_each(|row| name_only(row, offenders));
        }
        Value::Object(members) => members.values_mut().for_each(|member| name_only(member, offenders)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
