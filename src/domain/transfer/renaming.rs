//! References of a case that comes from another force. A reference is unique within its force alone: what comes from
//! elsewhere is named with that force before it (`wessex:n-1`), so that it is never taken for a record that this force
//! has, and its officers for officers of this one.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::calendar::CivilDate;
use crate::domain::claim::Members;
use crate::domain::record::{Record, RecordKind};
use crate::domain::reference::{MAX_REFERENCE_CHARS, Ref, ReferenceError};
use crate::domain::references::{Reference, references, under_pointers_of_their_own};

/// Why a record cannot be taken over.
#[derive(Debug, Error)]
pub enum RenamingError {
    /// It is not what a record of its kind is.
    #[error("is no record of its kind")]
    NotOfItsKind,
    /// A reference in it is not where it should be.
    #[error("names another record in a manner that cannot be followed")]
    NotFollowed,
    /// A reference cannot be made of one.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
}

/// A record under the references that it has here.
#[derive(Debug, Clone, PartialEq)]
pub struct Renamed {
    /// The record.
    pub record: Record,
    /// What it names.
    pub references: Vec<Reference>,
}

/// The reference that a record of another force has here: that force's name, a colon, and its own; where that is too long,
/// the SHA-256 of its own.
///
/// # Errors
/// Never for the name of a force that takes part in transfers.
pub fn renamed_ref(force: &str, reference: &Ref) -> Result<Ref, ReferenceError> {
    let plain = format!("{force}:{reference}");
    if plain.chars().count() <= MAX_REFERENCE_CHARS {
        return Ref::new(plain);
    }
    let digest: String = Sha256::digest(reference.as_str()).iter().map(|byte| format!("{byte:02x}")).collect();
    Ref::new(format!("{force}:sha256-{digest}"))
}

/// A record of another force under the references that it, and all that it names, have here.
///
/// # Errors
/// When it is no record of its kind, or names something in a manner that cannot be followed.
pub fn renamed(force: &str, kind: RecordKind, subject: &Ref, members: Members) -> Result<Renamed, RenamingError> {
    let read = |value: &Value| Record::from_json(kind, value.clone()).map_err(|_| RenamingError::NotOfItsKind);
    let mut value = Value::Object(members);
    let named = references(kind, subject, &read(&value)?);
    let expected = named.iter().map(|reference| renamed_ref(force, &reference.to_ref));
    let expected: BTreeSet<Ref> = expected.collect::<Result<_, _>>()?;
    rename_members(force, "", &mut value)?;
    let record = read(&value)?;
    let references = under_pointers_of_their_own(references(kind, &renamed_ref(force, subject)?, &record));
    let found: BTreeSet<Ref> = references.iter().map(|reference| reference.to_ref.clone()).collect();
    if found != expected {
        return Err(RenamingError::NotFollowed);
    }
    Ok(Renamed { record, references })
}

/// True for a member that names another record, at whatever depth; `within` is the member that it stands in. More than
/// [`references`] tells of: who wrote a visit up or did something about an action is an officer of the other force too.
fn names_a_record(within: &str, member: &str) -> bool {
    match member {
        "by" | "restricted_to" | "excluded" | "editors" => true,
        // An action has its name within its plan, and a crime its number everywhere.
        "action_ref" => false,
        "ref" => matches!(within, "concerns" | "answers"),
        _ => member.ends_with("_ref") || member.ends_with("_refs") || member.ends_with("_by"),
    }
}

fn rename_members(force: &str, within: &str, value: &mut Value) -> Result<(), RenamingError> {
    match value {
        Value::Object(members) => members.iter_mut().try_for_each(|(member, value)| {
            if within == "suspicion" && member == "duty" {
                rename_duty(force, value);
                Ok(())
            } else if names_a_record(within, member) {
                rename(force, member, value)
            } else {
                rename_members(force, member, value)
            }
        }),
        Value::Array(items) => items.iter_mut().try_for_each(|item| rename_members(force, within, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Renames a reference, or each of several. A list of such a name may be of something else, as `external_refs` and
/// `confirmed_by` are: it is looked into.
fn rename(force: &str, member: &str, value: &mut Value) -> Result<(), RenamingError> {
    match value {
        Value::String(text) => {
            *text = renamed_ref(force, &Ref::new(text.as_str())?)?.into();
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| rename(force, member, item)),
        Value::Object(_) => rename_members(force, member, value),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// The key of a duty: its code, and a day or the record that set it off. So a lapse that was discounted there is known
/// again here.
fn rename_duty(force: &str, duty: &mut Value) {
    if let Some((code, what)) = duty.as_str().and_then(|duty| duty.split_once(':'))
        && what.parse::<CivilDate>().is_err()
    {
        *duty = format!("{code}:{force}:{what}").into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: &Value) -> Members {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_reference_has_its_force_before_it_and_stays_one() {
        let named = |text: &str| renamed_ref("wessex", &Ref::new(text).unwrap()).unwrap();
        assert_eq!(named("n-1").as_str(), "wessex:n-1");
        assert_eq!(named("wessex:n-1").as_str(), "wessex:wessex:n-1");
        let long = named(&"é".repeat(200));
        assert!(long.as_str().starts_with("wessex:sha256-") && long != named(&"e".repeat(200)));
    }

    /// What a member comes to, at whatever depth.
    fn told(mut value: Value) -> Value {
        rename_members("wessex", "", &mut value).unwrap();
        value
    }

    #[test]
    fn whatever_names_a_record_is_renamed_and_nothing_else_is() {
        assert_eq!(
            told(json!({
                "officer_refs": ["a", "b"], "address_ref": "c", "summary": "a", "premises_ref": null,
                "external_refs": [{"system": "visor", "id": "a"}],
                "confirmed_by": [{"by": "a", "at": "2021-04-15T08:00:00Z"}],
                "conditions_checked": [{"order_ref": "o", "condition": "a"}],
                "actions": [{"ref": "act-1", "owner_ref": "a"}], "progress": [{"action_ref": "act-1", "by": "a"}],
                "crime": {"ref": "55"}, "concerns": [{"kind": "breach", "ref": "b-1"}],
            })),
            json!({
                "officer_refs": ["wessex:a", "wessex:b"], "address_ref": "wessex:c", "summary": "a", "premises_ref": null,
                "external_refs": [{"system": "visor", "id": "a"}],
                "confirmed_by": [{"by": "wessex:a", "at": "2021-04-15T08:00:00Z"}],
                "conditions_checked": [{"order_ref": "wessex:o", "condition": "a"}],
                "actions": [{"ref": "act-1", "owner_ref": "wessex:a"}],
                "progress": [{"action_ref": "act-1", "by": "wessex:a"}],
                "crime": {"ref": "55"}, "concerns": [{"kind": "breach", "ref": "wessex:b-1"}],
            })
        );
    }

    #[test]
    fn a_lapse_is_known_again_by_the_record_that_set_it_off() {
        let duty = |duty: &str| told(json!({ "suspicion": { "duty": duty } }))["suspicion"]["duty"].clone();
        assert_eq!(duty("initial:2021-04-01"), "initial:2021-04-01");
        assert_eq!(duty("name_used:nc-1"), "name_used:wessex:nc-1");
        assert_eq!(duty("home_address_changed:a-1:2021-04-01"), "home_address_changed:wessex:a-1:2021-04-01");
    }

    #[test]
    fn a_set_of_references_is_renamed_whole() {
        let restriction = json!({"offender_ref": "n-1", "restricted_to": ["a", "b"], "excluded": ["c"],
            "reason": "invented", "decided_by": "di"});
        let subject = Ref::new("n-1").unwrap();
        let renamed = renamed("wessex", RecordKind::AccessRestriction, &subject, members(&restriction)).unwrap();
        let json = renamed.record.to_json().unwrap();
        assert_eq!(json["restricted_to"], json!(["wessex:a", "wessex:b"]));
        assert_eq!((&json["excluded"], &json["decided_by"]), (&json!(["wessex:c"]), &json!("wessex:di")));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let subject = Ref::new("n-1").unwrap();
        let found = renamed("wessex", RecordKind::Allocation, &subject, members(&json!({"officer_ref": 7})));
        assert!(matches!(found, Err(RenamingError::NotOfItsKind)));
    }
}
