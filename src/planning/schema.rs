//! The JSON Schemas of the snapshot and the proposal (draft 2020-12), made from the types themselves: they say what
//! this program reads. `docs/schema/` has them as files; a test holds those to the types.
//!
//! By `schemars` and not by `utoipa`, which describes the HTTP interface: it knows dates and references by their types wherever they stand, so that a
//! new member is described as soon as it is there, and it keeps what is said of each variant of an enumeration.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::proposal::Proposal;
use super::snapshot::Snapshot;

/// The schema of a snapshot.
#[must_use]
pub fn snapshot() -> Value {
    of::<Snapshot>()
}

/// The schema of a proposal.
#[must_use]
pub fn proposal() -> Value {
    of::<Proposal>()
}

/// The schema of a document.
#[must_use]
pub fn of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    schema
}

/// Takes rustdoc's links out of the descriptions.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "description"
                    && let Value::String(text) = member
                {
                    *text = text.replace("[`", "`").replace("`]", "`");
                } else {
                    tidy(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
