//! Circumstances that nobody has confirmed for long, or that the national record does not have.

use serde_json::{Value, json};

use super::{Case, Finding};

/// Managed; a current circumstance was not confirmed within months, or is not on the national record after days.
pub(super) fn circumstances_unconfirmed(case: Case<'_>) -> Option<Finding> {
    if !case.file.is_managed(case.at) {
        return None;
    }
    let wanting: Vec<Value> = case
        .file
        .records
        .circumstances
        .iter()
        .filter_map(|held| {
            let wanting = held.record.wanting(case.at.today(), case.policy)?;
            Some(json!({
                "circumstance_ref": held.subject,
                "kind": held.record.kind,
                "confirm_by": wanting.confirm_by,
                "record_by": wanting.record_by,
            }))
        })
        .collect();
    (!wanting.is_empty()).then(|| Finding::of(json!({ "circumstances": wanting })))
}
